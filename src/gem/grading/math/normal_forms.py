"""The two normal forms of answers that papers report exact matches in. Comparing them is no algebra.

Sources: the MATH data set (Hendrycks et al., 2021) for `mathd_normalize_answer`; Minerva (Lewkowycz et al., 2022,
appendix D.1) for `normalize_final_answer`.
"""

from __future__ import annotations

import re

_FRACTION = re.compile(r"\\frac\s*(\{[^{}]*\}|[^\s{}\\])\s*(\{[^{}]*\}|[^\s{}\\])")
_ROOT = re.compile(r"\\sqrt\s*([^\s{\[\\])")
_SLASHED = re.compile(r"(-?\d+)/(-?\d+)")
_UNIT = re.compile(r"\\text\{ .*$", re.DOTALL)
_POINT = re.compile(r"(^|[\s{])\.(?=\d)")
_ENTITLED = re.compile(r"[^=]{1,2}=([^=]+)")
_DROPPED = re.compile(r"\n|\\!|\\left(?![a-z])|\\right(?![a-z])|\^\{?\\circ\}?|\\?\$|\\?%|\\,|\\;")

_MINERVA_WORDS = """
    square ways integers dollars mph inches ft hours km units sue points feet minutes digits cents degrees cm gm pounds
    meters meals edges students childrentickets multiples
""".split()  # noqa: SIM905 - a list of words reads best as words
_MINERVA_LATEX = (
    r"\ldots", r"\text{s}", r"\text{.}", "\\text{\ns}", r"\text{}^2", r"\text{}^3", "\\text{\n}", r"\text{}",
    r"\mathrm{th}", r"^\circ", r"^{\circ}", r"\;", r",\!", "{,}", '"', r"\dots",
)  # fmt: skip
_MINERVA_REPLACED = (
    ("an ", ""), ("a ", ""), (".$", "$"), (r"\$", ""), (r"\ ", ""), (" ", ""), ("mbox", "text"),
    (r",\text{and}", ","), (r"\text{and}", ","), (r"\text{m}", r"\text{}"),
)  # fmt: skip
MAX_WRAPPED = 500
"""Characters that are unwrapped at most: of openings that are never closed, none is looked at further."""
_UNWRAPPED = [re.compile(rf"\\{name}\{{([^}}\n]{{0,{MAX_WRAPPED}}})\}}") for name in ("text", "textbf", "overline")]
_BOX = r"\boxed{"
_IN_DOLLARS = re.compile(r"\$(.*)\$", re.DOTALL)


def mathd_normalize_answer(answer: str | None) -> str | None:
    r"""The form in which answers of MATH are compared; None stays None.

    >>> mathd_normalize_answer(r"x = \dfrac12 \text{ inches}")
    '\\frac{1}{2}'
    """
    if answer is None:
        return None
    text = answer.strip()
    if text.startswith(r"\text{") and text.endswith("}"):
        text = text[len(r"\text{") : -1].strip()
    text = text.replace("\\\\", "\\").replace("tfrac", "frac").replace("dfrac", "frac")
    text = _POINT.sub(r"\g<1>0.", _DROPPED.sub("", _UNIT.sub("", text)))
    entitled = _ENTITLED.fullmatch(text.replace(" ", ""))
    text = _braced((entitled[1] if entitled else text).replace(" ", ""))
    slashed = _SLASHED.fullmatch(text)
    if slashed:
        return f"\\frac{{{slashed[1]}}}{{{slashed[2]}}}"
    return r"\frac{1}{2}" if text == "0.5" else text


def normalize_final_answer(final_answer: str) -> str:
    r"""The form in which Minerva compares answers.

    >>> normalize_final_answer(r"The area is $x = 1{,}000 \text{ square feet}$.")
    '1000'
    """
    text = final_answer.rsplit("=", maxsplit=1)[-1]
    for old, new in _MINERVA_REPLACED:
        text = text.replace(old, new)
    for expression in (*_MINERVA_WORDS, *_MINERVA_LATEX):
        text = text.replace(expression, "")
    for wrapped in (_IN_DOLLARS, *_UNWRAPPED):
        text = wrapped.sub(r"\1", text)
    text = _braced(_unboxed(text)).replace("$", "").strip(".")
    digits = text.replace(",", "")
    return digits if digits.isdigit() else text


def _unboxed(text: str) -> str:
    """Without the first box, which ends with the last brace."""
    start, end = text.find(_BOX), text.rfind("}")
    return text[:start] + text[start + len(_BOX) : end] + text[end + 1 :] if 0 <= start < end else text


def _braced(text: str) -> str:
    r"""`\frac12` and `\sqrt3` with their braces."""
    text = _ROOT.sub(r"\\sqrt{\1}", text)
    return _FRACTION.sub(lambda match: f"\\frac{_group(match[1])}{_group(match[2])}", text)


def _group(part: str) -> str:
    return part if part.startswith("{") else f"{{{part}}}"
