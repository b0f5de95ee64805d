"""math-verify as graders use it: its own verdicts, sooner, and with nothing of an answer reaching Python's `eval`.

Four functions behind it are wrapped. Its LaTeX parser predicts without context first, and with context where that
fails, which by ANTLR's documentation gives the same tree (`PredictionMode.SLL`). SymPy's `parse_expr`, which calls
`eval`, reads numbers, signs and single names, and refuses all else. And a difference that is a polynomial with
rational coefficients, or a number far from zero, needs no simplification to be seen zero or not; equations of lines
need no solving. A version of these libraries that lacks one of the functions goes without its wrapping, except for
`parse_expr`.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

FEW_OPERATIONS, LOW_DEGREE = 200, 40
FAR = 1e-6
"""Numbers are evaluated to fifteen digits that hold: one so far from zero is not zero."""
_NUMBERS = re.compile(r"[0-9eE.+\-*/()\s]*|[A-Za-z][A-Za-z0-9]*")


def load() -> None:
    """Import the library, silence it, and put the wrappings on."""
    logging.disable(logging.CRITICAL)
    import_module("math_verify")
    _guard_names()
    for wrap in (_predict_without_context_first, _see_zero, _see_lines):
        try:
            wrap()
        except (AttributeError, ImportError):
            continue


def parse(text: str) -> list[Any]:
    """What the library makes of a text: expressions, and the text as it compares texts."""
    return sys.modules["math_verify"].parse(text, parsing_timeout=None)


def verify(gold: list[Any], target: list[Any]) -> bool:
    """Whether what was made of an answer equals what was made of the gold: x > 2 and (2, ∞) are equal either way."""
    return sys.modules["math_verify"].verify(gold, target, allow_set_relation_comp=True, timeout_seconds=None)


def _guard_names() -> None:
    """In place of `parse_expr` put one that evaluates numbers only, with SymPy's names and without Python's."""
    sympy, parser = import_module("sympy"), import_module("sympy.parsing.sympy_parser")
    plain = parser.parse_expr
    names: dict[str, Any] = {name: getattr(sympy, name) for name in sympy.__all__}

    def parse_expr(s: str, *args: Any, **kwargs: Any) -> Any:
        if not _NUMBERS.fullmatch(s):
            raise ValueError("this is more than numbers")
        return plain(s, *args, **({"global_dict": {**names, "__builtins__": {}}} | kwargs))

    for module in [module for module in sys.modules.values() if isinstance(module, ModuleType)]:  # pyright: ignore[reportUnnecessaryIsInstance]
        if vars(module).get("parse_expr") is plain:
            vars(module)["parse_expr"] = parse_expr


def _predict_without_context_first() -> None:
    conversion, modes = import_module("latex2sympy2_extended.latex2sympy2"), import_module("antlr4.atn.PredictionMode")
    converter = vars(conversion)["_Latex2Sympy"]
    make, convert = converter.create_parser, converter.parse
    modes_in_turn = (modes.PredictionMode.SLL, modes.PredictionMode.LL)

    def create_parser(self: Any, latex: str) -> Any:
        parser = make(self, latex)
        parser._interp.predictionMode = self.prediction
        return parser

    def parse(self: Any, latex: str) -> Any:
        for self.prediction in modes_in_turn:
            try:
                return convert(self, latex)
            except Exception:
                if self.prediction is modes_in_turn[-1]:
                    raise
        raise AssertionError

    converter.create_parser, converter.parse = create_parser, parse


def _see_zero() -> None:
    grader = import_module("math_verify.grader")
    simplify: Callable[[Any, Any], bool] = grader.sympy_symbolic_eq

    def sympy_symbolic_eq(a: Any, b: Any) -> bool:
        try:
            seen = is_zero(a - b)
        except Exception:  # noqa: BLE001 - whatever SymPy raises over it, simplifying is the answer
            seen = None
        return simplify(a, b) if seen is None else seen

    vars(grader)["sympy_symbolic_eq"] = sympy_symbolic_eq


def is_zero(difference: Any) -> bool | None:
    """Whether an expression is zero; None where that takes more than a look."""
    sympy = import_module("sympy")
    if not isinstance(difference, sympy.Expr) or difference.count_ops() > FEW_OPERATIONS:
        return None
    if not difference.free_symbols:
        value = difference.evalf()
        return False if value.is_Number and value.is_finite and abs(value) > FAR else None
    if any(not 0 <= power.exp <= LOW_DEGREE for power in difference.atoms(sympy.Pow) if power.exp.is_Integer):
        return None
    polynomial = difference.as_poly(*difference.free_symbols, domain="QQ")
    return None if polynomial is None else polynomial.is_zero


def _see_lines() -> None:
    grader = import_module("math_verify.grader")
    solve: Callable[..., bool] = grader.sympy_solve_and_compare

    def sympy_solve_and_compare(gold: Any, pred: Any, *precision: Any) -> bool:
        seen = is_same_line(gold, pred)
        return solve(gold, pred, *precision) if seen is None else seen

    vars(grader)["sympy_solve_and_compare"] = sympy_solve_and_compare


def is_same_line(gold: Any, pred: Any) -> bool | None:
    """Whether two linear equations between the same variables, two or more, have the same solutions; else None."""
    sympy = import_module("sympy")
    variables = gold.free_symbols
    if not (isinstance(gold, sympy.Eq) and isinstance(pred, sympy.Eq)):
        return None
    if len(variables) < 2 or pred.free_symbols != variables:
        return None
    sides: list[Any] = []
    for equation in (gold, pred):
        if not all(isinstance(side, sympy.Expr) and side.count_ops() <= FEW_OPERATIONS for side in equation.args):
            return None
        if equation.atoms(sympy.Pow):
            return None
        sides.append((equation.lhs - equation.rhs).as_poly(*variables, domain="QQ"))
    if any(side is None or not side.is_linear or side.free_symbols != variables for side in sides):
        return None
    ours, theirs = sides
    return bool((ours * theirs.LC() - theirs * ours.LC()).is_zero)
