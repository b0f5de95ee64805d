"""Reading replies of language models: boxed answers, code fences, tags. Nothing here ever raises.

Every function takes any text (empty, huge, with NUL bytes or unbalanced braces) and is linear
in its length. What is not found is `None`.
"""

from __future__ import annotations

import re

_BRACE = re.compile(r"\\boxed\s*\{|\\\\(?=[{}])|\\[{}]|[{}]")  # \\ is a line break: the brace after it is real
_SIMPLE_BOX = re.compile(r"\\boxed\s*\{([^{}]*)(?<!\\)\}")
_LATEX = re.compile(r"\\(?:(?:text|math|operatorname)[a-z]*|q?quad|to|(?:long)?rightarrow)(?![a-z])")
_WORD = re.compile(r"[a-z]+|(?:(?<!\d)[+-])?\d+")  # in 2-3 the hyphen is no minus
_CODE_FENCE = re.compile(r"```[ \t]*(?:[\w+#-]+[ \t]*)?\n(.*?)```", re.DOTALL)

MAX_MOVE_CHARS = 200
"""A boxed text longer than this is no move in any game."""
MAX_NESTED_CHARS = 10_000
"""Boxes around more text than this are left out of `boxed_answers`: nested ones would repeat it for each level."""


def boxed_answers(text: str, longest: int = MAX_NESTED_CHARS) -> list[str]:
    r"""The contents of every balanced `\boxed{…}` up to `longest` characters, in the order in which the boxes open."""
    return [text[start:end] for start, end in _boxed_spans(text) if end - start <= longest]


def _boxed_spans(text: str) -> list[tuple[int, int]]:
    open_braces: list[tuple[int, bool]] = []
    spans: list[tuple[int, int]] = []
    for token in _BRACE.finditer(text):
        brace = token[0]
        if brace == "}":
            if open_braces:
                start, is_box = open_braces.pop()
                if is_box:
                    spans.append((start, token.start()))
        elif brace == "{":
            open_braces.append((token.end(), False))
        elif brace[-1] == "{" and len(brace) > 2:
            open_braces.append((token.end(), True))
    return sorted(spans)


def extract_last_boxed_answer(text: str) -> str | None:
    r"""The content of the last balanced `\boxed{…}`, with nested braces kept.

    >>> extract_last_boxed_answer(r"first \boxed{1}, then \boxed{\frac{1}{2}}")
    '\\frac{1}{2}'
    """
    start = text.rfind("\\boxed")
    if start < 0:
        return None
    simple = _SIMPLE_BOX.match(text, start)
    if simple:
        return simple[1]
    spans = _boxed_spans(text)
    return text[slice(*spans[-1])] if spans else None


def last_boxed_only_string(text: str) -> str | None:
    r"""The last boxed answer together with its box: `\boxed{…}`."""
    answer = extract_last_boxed_answer(text)
    return None if answer is None else f"\\boxed{{{answer}}}"


def remove_boxed(text: str | None) -> str | None:
    r"""What stands inside a text that is one `\boxed{…}`, or `None`."""
    if text is None:
        return None
    boxed = text.strip()
    return extract_last_boxed_answer(boxed) if boxed.startswith("\\boxed") else None


def last_box(text: str) -> str:
    r"""The content of the last `\boxed{…}` if it is short and has no braces inside; else ""."""
    _, box, rest = text.rpartition("\\boxed{")  # partitioning beats a regular expression by far
    if box:
        answer, closed, after = rest.partition("}")
        if closed and len(answer) <= MAX_MOVE_CHARS and "{" not in answer and "\\boxed" not in after:
            return answer
    return ""


def move_words(answer: str) -> list[str]:
    r"""The lower-case words and whole numbers of a boxed answer; [] if it is too long to be a move.

    Spacing, capitals, commas, brackets and LaTeX styling do not matter.

    >>> move_words(r"\text{Reveal}  2, 3")
    ['reveal', '2', '3']
    """
    if len(answer) > MAX_MOVE_CHARS:
        return []
    bare = answer.replace(" ", "")
    if bare.isascii() and (bare.isalpha() or bare.isdigit()):  # most moves: no need of a regular expression
        return answer.lower().split()
    if "\\" in answer:
        answer = _LATEX.sub(" ", answer)
    return _WORD.findall(answer.lower())


def extract_code_from_model(text: str) -> str | None:
    """The content of the last fenced code block (```` ```python … ``` ````), stripped."""
    blocks: list[str] = _CODE_FENCE.findall(text)
    return blocks[-1].strip() if blocks else None


def extract_last_tagged_answer(text: str) -> str | None:
    """What stands in the last `<answer>…</answer>`, stripped."""
    end = text.rfind("</answer>")
    start = text.rfind("<answer>", 0, max(end, 0))
    return text[start + len("<answer>") : end].strip() if start >= 0 else None
