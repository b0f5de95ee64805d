"""Formulas in answers, read without running them: exact arithmetic, expanded polynomials, derivatives at points.

The text becomes a syntax tree of which only numbers, names, operators and known functions are ever looked at:
no text can call anything, and the work is linear in its length. What cannot be read is `None`.
"""

from __future__ import annotations

import ast
import cmath
import math
import re
from collections import Counter
from collections.abc import Callable
from fractions import Fraction

Polynomial = Counter[tuple[tuple[str, int], ...]]
"""Monomial, as sorted pairs of variable and exponent → coefficient."""
Dual = tuple[complex, complex]
"""A value and its derivative by the variable."""

MAX_ARITHMETIC_CHARS = 200
MAX_EXPONENT = 1000
POINTS = (-7.19, -4.71, -2.83, -1.37, -0.61, -0.31, -0.23, -0.07, 0.05, 0.19, 0.29, 0.67, 1.31, 2.77, 4.63, 7.41)
"""Where two functions are compared."""
ENOUGH_POINTS = 4
TOLERANCE = 1e-6
UNREADABLE = (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError, KeyError, TypeError)
"""What reading or evaluating a text that is no formula raises."""

_ARITHMETIC = re.compile(r"[\d+\-*/()\s]+")
_IMPLIED_PRODUCT = re.compile(r"(?<=\d)(?=\(|[A-Za-z](?!\d))")


def arithmetic(text: str) -> Fraction | None:
    """The value of whole numbers joined by + - * / and brackets.

    >>> arithmetic("(1 + 2) / 4")
    Fraction(3, 4)
    """
    if len(text) > MAX_ARITHMETIC_CHARS or not _ARITHMETIC.fullmatch(text):
        return None
    try:
        return _exact(ast.parse(text.strip(), mode="eval").body)
    except UNREADABLE:
        return None


def _exact(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() as number):
            return Fraction(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_exact(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _exact(left) + _exact(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _exact(left) - _exact(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _exact(left) * _exact(right)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _exact(left) / _exact(right)
        case _:
            raise ValueError("no arithmetic")


def polynomial(text: str) -> Polynomial | None:
    """The terms of a polynomial that is written as a sum of monomials; products of sums are not multiplied out.

    >>> polynomial("3*x^2 + x*x - 1") == polynomial("4*x**2 - 1")
    True
    """
    terms: Polynomial = Counter()
    try:
        _add_terms(_tree(text), 1, terms)
    except UNREADABLE:
        return None
    return Counter({monomial: factor for monomial, factor in terms.items() if factor})


def _add_terms(node: ast.expr, sign: int, terms: Polynomial) -> None:
    match node:
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as operator, right=right):
            _add_terms(left, sign, terms)
            _add_terms(right, -sign if isinstance(operator, ast.Sub) else sign, terms)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            _add_terms(operand, -sign, terms)
        case _:
            factor, powers = _monomial(node)
            terms[tuple(sorted(powers.items()))] += sign * factor


def _monomial(node: ast.expr) -> tuple[int, Counter[str]]:
    match node:
        case ast.Constant(value=int() as number):
            return number, Counter()
        case ast.Name(id=name):
            return 1, Counter({name: 1})
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            factor, powers = _monomial(operand)
            return -factor, powers
        case ast.BinOp(left=ast.Name(id=name), op=ast.Pow(), right=ast.Constant(value=int() as exponent)):
            if exponent > MAX_EXPONENT:
                raise ValueError("an exponent beyond any asked for")
            return 1, Counter({name: exponent})
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            (one, powers), (other, more) = _monomial(left), _monomial(right)
            return one * other, powers + more
        case _:
            raise ValueError("no monomial")


def is_antiderivative(answer: str, integrand: str, variable: str) -> bool:
    """Whether the derivative of `answer` is `integrand`, up to rounding, wherever it can be evaluated.

    It is compared where the integrand is real, or at every point if that is almost nowhere.
    """
    try:
        function, target = _tree(answer), _tree(integrand)
    except UNREADABLE:
        return False
    wanted = {point: value[0] for point in POINTS if (value := _dual_at(target, variable, point)) is not None}
    real = {point: value for point, value in wanted.items() if not value.imag}
    wanted = real if len(real) >= ENOUGH_POINTS else wanted
    slopes = {point: value[1] for point in wanted if (value := _dual_at(function, variable, point)) is not None}
    return len(slopes) >= ENOUGH_POINTS and all(
        abs(slope - wanted[point]) <= TOLERANCE * max(1.0, abs(wanted[point])) for point, slope in slopes.items()
    )


def _tree(text: str) -> ast.expr:
    explicit = _IMPLIED_PRODUCT.sub("*", text.strip().replace("^", "**"))
    return ast.parse(explicit, mode="eval").body


def _dual_at(node: ast.expr, variable: str, point: float) -> Dual | None:
    try:
        value, slope = _dual(node, {variable: (complex(point), 1 + 0j)})
    except UNREADABLE:
        return None
    return (value, slope) if cmath.isfinite(value) and cmath.isfinite(slope) else None


CONSTANTS: dict[str, Dual] = {"C": (0j, 0j), "c": (0j, 0j), "E": (math.e + 0j, 0j), "pi": (math.pi + 0j, 0j)}


def _dual(node: ast.expr, known: dict[str, Dual]) -> Dual:
    match node:
        case ast.Constant(value=int() | float() as number):
            return complex(number), 0j
        case ast.Name(id=name):
            return known[name] if name in known else CONSTANTS[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value, slope = _dual(operand, known)
            return -value, -slope
        case ast.BinOp(left=left, op=operator, right=right):
            return _combined(operator, _dual(left, known), _dual(right, known))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]):
            function, derivative = FUNCTIONS[name]
            value, slope = _dual(argument, known)
            return function(value), derivative(value) * slope if slope else 0j
        case _:
            raise ValueError("no formula")


def _combined(operator: ast.operator, left: Dual, right: Dual) -> Dual:
    (a, da), (b, db) = left, right
    match operator:
        case ast.Add():
            return a + b, da + db
        case ast.Sub():
            return a - b, da - db
        case ast.Mult():
            return a * b, a * db + da * b
        case ast.Div():
            return a / b, (da * b - a * db) / (b * b)
        case ast.Pow():
            power = a**b
            return power, (b * a ** (b - 1) * da if da else 0j) + (power * cmath.log(a) * db if db else 0j)
        case _:
            raise ValueError("no operator of formulas")


FUNCTIONS: dict[str, tuple[Callable[[complex], complex], Callable[[complex], complex]]] = {
    "sin": (cmath.sin, cmath.cos),
    "cos": (cmath.cos, lambda z: -cmath.sin(z)),
    "tan": (cmath.tan, lambda z: 1 + cmath.tan(z) ** 2),
    "exp": (cmath.exp, cmath.exp),
    "log": (cmath.log, lambda z: 1 / z),
    "ln": (cmath.log, lambda z: 1 / z),
    "sqrt": (cmath.sqrt, lambda z: 0.5 / cmath.sqrt(z)),
    "asin": (cmath.asin, lambda z: 1 / cmath.sqrt(1 - z * z)),
    "acos": (cmath.acos, lambda z: -1 / cmath.sqrt(1 - z * z)),
    "atan": (cmath.atan, lambda z: 1 / (1 + z * z)),
    "arcsin": (cmath.asin, lambda z: 1 / cmath.sqrt(1 - z * z)),
    "arccos": (cmath.acos, lambda z: -1 / cmath.sqrt(1 - z * z)),
    "arctan": (cmath.atan, lambda z: 1 / (1 + z * z)),
    "sinh": (cmath.sinh, cmath.cosh),
    "cosh": (cmath.cosh, cmath.sinh),
    "tanh": (cmath.tanh, lambda z: 1 - cmath.tanh(z) ** 2),
    "abs": (abs, lambda z: z.conjugate() / abs(z)),
    "Abs": (abs, lambda z: z.conjugate() / abs(z)),
}
"""Name → the function and its derivative."""
