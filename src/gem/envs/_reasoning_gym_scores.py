r"""How right an answer is: the scorers of reasoning-gym, guarded and audited.

Guarded, always: whatever the text, nothing raises, hangs or runs as code, and the score lies in [0, 1]. The package
`eval`s answers in four data sets, hands them to sympy's `parse_expr` (which is `eval`) in five, and may take hours
over them in six: an answer reaches such a scorer only if it is of the shape that is asked for (`SHAPES`),
or not at all (`READERS`).

Audited, if `strict`: 1 for a right answer; for a right but roundabout path (`ROUNDABOUT`) the package's share; else 0.
The package pays for junk (0.01 to 1 for one fixed text in 21 data sets), for constants (0.95 in game_of_life, 0.4 in
time_intervals), for the question said back (sudoku), and takes some wrong answers for right; `OWN` and `SHAPES` name
each repair with its reason.

LaTeX in the box is read for what it shows: `\text{Yes}`, `\frac{1}{2}`, `2 \times 3`, `\{"0": 1\}`.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from gem.envs._reasoning_gym_formulas import arithmetic, is_antiderivative, polynomial

Entry = dict[str, Any]

MAX_CHARS = 4000
"""The longest answer that is read, where the right one is not known to be longer."""
MAX_RATIO = 3
"""How often the length of the right answer an answer may be."""
RIGHT = 1 - 1e-9
NEARLY_RIGHT = 0.99
ROUNDED = frozenset({"complex_arithmetic", "polynomial_equations"})
"""Scored by distance: a difference of rounding is no mistake."""
ROUNDABOUT = {"knight_swap": 0.05, "quantum_lock": 0.0, "shortest_path": 0.0, "tower_of_hanoi": 0.05}
"""Paths that arrive by a detour earn a share; what the package pays for paths that do not arrive at all."""
YES_NO = frozenset({"true", "false", "yes", "no"})


class Score(NamedTuple):
    """What an answer is worth."""

    value: float
    """In [0, 1]."""
    trouble: str = ""
    """What the package's scorer raised, if it did."""


def score(name: str, dataset: Any, answer: str, entry: Entry, strict: bool = True) -> Score:
    """The better of the answer as it stands and its LaTeX read for what it shows. Never raises."""
    plain = answer.strip()
    if not plain or len(plain) > max(MAX_CHARS, MAX_RATIO * len(entry["answer"] or "")):
        return Score(0.0)
    readings = dict.fromkeys((plain, without_latex(plain)))
    return max(_judge(name, dataset, reading, entry, strict) for reading in readings)


def _judge(name: str, dataset: Any, answer: str, entry: Entry, strict: bool) -> Score:
    if not answer:
        return Score(0.0)
    try:
        if name in READERS or (strict and name in OWN):
            return Score(float({**OWN, **READERS}[name](answer, entry)))
        if name in SHAPES and not SHAPES[name].fullmatch(answer):
            return Score(0.0)
        raw = float(dataset.score_answer(answer, entry))
    except Exception as error:  # noqa: BLE001 - a stranger's scorer meets a stranger's text: it is worth nothing
        return Score(0.0, f"{type(error).__name__}: {error}"[:200])
    raw = min(max(raw, 0.0), 1.0) if math.isfinite(raw) else 0.0
    return Score(_audited(name, raw, answer, entry) if strict else raw)


def _audited(name: str, raw: float, answer: str, entry: Entry) -> float:
    right = str(entry["answer"]).lower()
    if raw >= (NEARLY_RIGHT if name in ROUNDED else RIGHT) or (right in YES_NO and answer.lower() == right):
        return 1.0
    return raw if name in ROUNDABOUT and raw > ROUNDABOUT[name] else 0.0


# -- what an answer must look like before the package's scorer sees it --------------------------------

_LITERAL = re.compile(r"[\[\]\s\d,'\"A-Z_-]*")
_SUM = re.compile(r"(?!.*\*\s*\*)(?!.*/\s*/)[\d+\-*/()\s]{1,200}", re.DOTALL)
SHAPES = {
    "binary_matrix": _LITERAL,  # eval
    "n_queens": _LITERAL,  # eval
    "spiral_matrix": _LITERAL,  # eval
    "string_insertion": _LITERAL,  # eval
    "countdown": _SUM,  # parse_expr
    "puzzle24": _SUM,  # parse_expr
    "coin_flip": re.compile(r"[\d./\s]{1,40}(?:[eE]-\d\d?)?"),  # Fraction("1e999999999") takes for ever
    "complex_arithmetic": re.compile(r"[-+\d.()\sijIJeE]{1,100}"),  # "nan" is at no distance from anything: 1.0
    "number_sorting": re.compile(r"[\[\]\s\d.,'\"eE+-]*"),  # NaN is sorted, and within 1 of everything: 1.0
    "pool_matrix": re.compile(r"[-+\d.eE\s]*"),  # loadtxt warns of texts without numbers
    "propositional_logic": re.compile(r"[A-Z()∧∨¬→↔\s]{1,400}"),  # a truth table of any names, however many
    "rubiks_cube": re.compile(r"(?!.*\d\d)[\w'\s]*", re.DOTALL),  # U999999999 is turned so often
    "rush_hour": re.compile(r"(?!.*\d\d)[A-Z\d+\-,\s]*", re.DOTALL),  # A+999999999 is driven so far
}
"""Data set → the only answers that its scorer is shown, in either mode."""


# -- scorers of our own -----------------------------------------------------------------------------


def _same_text(answer: str, entry: Entry) -> bool:
    return answer.lower() == str(entry["answer"]).strip().lower()


def _same_json(answer: str, entry: Entry) -> bool:
    one, other = (json.dumps(json.loads(text), sort_keys=True) for text in (answer, entry["answer"]))
    return one == other


def _same_digits(answer: str, entry: Entry) -> bool:
    """The grid of the solution, whatever stands between its digits."""
    rows = [[int(digit) for digit in re.findall("[1-9]", line)] for line in answer.splitlines()]
    return [row for row in rows if row] == [list(row) for row in entry["metadata"]["solution"]]


def _same_factors(answer: str, entry: Entry) -> bool:
    if not re.fullmatch(r"[\d\s×x*·]+", answer):
        return False
    return sorted(map(int, re.findall(r"\d+", answer))) == sorted(map(int, entry["answer"].split("×")))


def _same_chance(answer: str, entry: Entry) -> bool:
    if not SHAPES["coin_flip"].fullmatch(answer):
        return False
    chance = Fraction(entry["answer"])
    return abs(Fraction(answer.replace(" ", "")) - chance) <= chance / 1000


def _same_number(answer: str, entry: Entry) -> bool:
    numbers = re.findall(r"-?\d+(?:\.\d+)?", answer.replace(",", ""))
    return len(numbers) == 1 and float(numbers[0]) == float(entry["answer"])


def _uses_numbers(answer: str, target: float, entry: Entry) -> bool:
    used = sorted(map(int, re.findall(r"\d+", answer)))
    return used == sorted(entry["metadata"]["numbers"]) and arithmetic(answer) == target


def _is_product(answer: str, entry: Entry) -> bool:
    terms = polynomial(answer)
    return terms is not None and terms == polynomial(entry["answer"])


def _is_integral(answer: str, entry: Entry) -> bool:
    return is_antiderivative(answer, entry["metadata"]["integrand"], entry["metadata"]["variable"])


Scorer = Callable[[str, Entry], bool]

READERS: dict[str, Scorer] = {
    "codeio": _same_json,  # compares JSON as trees, minutes for 4000 characters, and pays for what is similar
    "intermediate_integration": _is_integral,  # `Integral(f, x)` is right, and sympy may take hours
    "simple_integration": _is_integral,  # the same
    "polynomial_multiplication": _is_product,  # parse_expr
}
"""In place of the package's scorers in either mode, as those run the answer or may not come to an end."""

OWN: dict[str, Scorer] = {
    "coin_flip": _same_chance,  # "0" is the whole beginning of "0.875", so right; so is any chance below 1/10000
    "countdown": lambda answer, entry: _uses_numbers(answer, entry["metadata"]["target"], entry),  # 1.5 uses 1 and 5
    "futoshiki": _same_digits,  # a share of the cells for the question said back
    "game_of_life_halting": _same_text,  # any text is true, and so is "False": all right
    "gsm_symbolic": _same_number,  # the first of several numbers counts
    "mini_sudoku": _same_digits,  # a share of the cells for the question said back
    "prime_factorization": _same_factors,  # half for the number itself; raises for what is no number
    "puzzle24": lambda answer, entry: _uses_numbers(answer, 24, entry),  # any four numbers; 24.9 is 24
    "sudoku": _same_digits,  # a share of the cells for the question said back
}
"""In place of the package's scorers if `strict`, with what those get wrong."""


# -- LaTeX --------------------------------------------------------------------------------------------

_SYMBOLS = {
    "times": "×", "cdot": "*", "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "neg": "¬", "lnot": "¬",
    "to": "→", "rightarrow": "→", "implies": "→", "leftrightarrow": "↔", "iff": "↔", "circ": "°",
    "{": "{", "}": "}", "_": "_", "%": "%", "#": "#", ",": "", " ": " ", "left": "", "right": "",
}  # fmt: skip
_SYMBOL = re.compile(r"\^?\{?\\(circ)\}?|\\([a-z]+(?![a-z])|[{}_%#, ])")
_STYLE = re.compile(r"\\(?:text|math|operatorname)[a-z]*\s*\{([^{}]*)\}")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{(-?\d+)\}\s*\{(\d+)\}")


def without_latex(answer: str) -> str:
    r"""The answer with its LaTeX replaced by what it shows; what is not known stays.

    >>> without_latex(r"\text{Yes}"), without_latex(r"\frac{1}{2}"), without_latex(r"2 \times 3")
    ('Yes', '1/2', '2 × 3')
    """
    if "\\" not in answer:
        return answer
    answer = _FRACTION.sub(r"\1/\2", _STYLE.sub(r"\1", answer))
    return _SYMBOL.sub(lambda found: _SYMBOLS.get(found[1] or found[2], found[0]), answer).strip()
