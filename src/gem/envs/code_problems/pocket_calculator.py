"""Evaluate a formula with brackets, signs and division that drops the fraction."""

from __future__ import annotations

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer

TASK = """
A pocket calculator evaluates formulas of whole numbers (digits only), the operators + - * /, brackets ( ) and blanks,
which mean nothing. * and / bind stronger than + and -; operators of equal strength are applied from left to right. A -
or + may also stand as a sign directly before a number, a bracket or another sign, and binds strongest. The quotient is
cut off towards zero: 7 / -2 is -3. The calculator shows ERROR if it would have to divide by 0.

Input: one line with a correct formula of 1 to 2000 characters. No value on the way exceeds 10^15 in size, and brackets
and signs are nested at most 50 deep.
Output: the value, or ERROR.
"""

REFERENCE = """
import re

tokens = re.findall(r"\\d+|[-+*/()]", input()) + ["end"]
at = 0

def take():
    global at
    at += 1
    return tokens[at - 1]

def factor():
    token = take()
    if token == "-":
        return -factor()
    if token == "+":
        return factor()
    if token == "(":
        value = total()
        take()
        return value
    return int(token)

def product():
    value = factor()
    while tokens[at] in "*/":
        if take() == "*":
            value *= factor()
        else:
            divisor = factor()
            quotient = abs(value) // abs(divisor)
            value = quotient if (value < 0) == (divisor < 0) else -quotient
    return value

def total():
    value = product()
    while tokens[at] in "+-":
        value = value + product() if take() == "+" else value - product()
    return value

try:
    print(total())
except ZeroDivisionError:
    print("ERROR")
"""

PYTHON = """
formula = input().strip()
try:
    print(eval(formula.replace("/", "//")))
except ZeroDivisionError:
    print("ERROR")
"""

LEFT_TO_RIGHT = altered(REFERENCE, 'tokens[at] in "*/"', 'tokens[at] in "*/+-"').replace(
    """        if take() == "*":
""",
    """        operator = take()
        if operator in "+-":
            value += factor() if operator == "+" else -factor()
        elif operator == "*":
""",
)
"""Every operator binds alike."""


def _generate(rng: np.random.Generator) -> list[str]:
    def formula(depth: int) -> str:
        pick = rng.random()
        if depth == 0 or pick < 0.1:
            return str(integer(rng, 0, 30))
        if pick < 0.25:
            return f"-{formula(0)}" if rng.random() < 0.5 else f"-({formula(depth - 1)})"
        left, right = formula(depth - 1), formula(depth - 1)
        operator = "+-*/"[integer(rng, 0, 3)]
        if operator == "/":
            return (
                f"({left})/{integer(rng, 1, 9)}"
                if rng.random() < 0.7
                else f"{integer(rng, 1, 99)} / -{integer(rng, 1, 9)}"
            )
        if operator == "*":
            return f"({left}) * {integer(rng, 0, 12)}"
        return f"{left} {operator} {right}" if rng.random() < 0.6 else f"({left}{operator}{right})"

    edges = [
        "7",
        "-3",
        "7 / -2",
        "-7/2",
        "2 - 3 - 4",
        "100/7/3",
        "2+3*4",
        "(2+3)*4",
        "- - 5",
        "1/0",
        "4/(2-2)*0",
        "2*-3",
    ]
    edges += [
        "+(1)",
        "((((9))))",
        "0/5",
        "10-4/3*2",
        "-(2-8)/4",
        "3--3",
        "-7/-2",
        "8 - -(3 + 1) * 2",
        "0 * (1 / 0)",
        "5 - 2 * 3 + 1",
    ]
    nested = "-(" * 20 + "7" + ")" * 20
    long = "".join(f"{integer(rng, 0, 999)}{'+-'[integer(rng, 0, 1)]}" for _ in range(450))
    drawn = [formula(3) for _ in range(6)] + [formula(5)]
    return [f"{text}\n" for text in [*edges, nested, f"{long}1", *(text for text in drawn if len(text) <= 2000)]]


def _answer(text: str) -> str:
    """With one stack for the values and one for the operators that wait."""
    strength = {"(": 0, "+": 1, "-": 1, "*": 2, "/": 2, "neg": 3, "pos": 3}
    values: list[int] = []
    operators: list[str] = []

    def apply(operator: str) -> None:
        right = values.pop()
        if operator in ("neg", "pos"):
            values.append(-right if operator == "neg" else right)
            return
        left = values.pop()
        if operator == "/":
            quotient, rest = divmod(left, right)
            values.append(quotient + (rest != 0 and quotient < 0))
        else:
            values.append({"+": left + right, "-": left - right, "*": left * right}[operator])

    spaced = "".join(mark if mark.isdigit() else f" {mark} " for mark in text)
    operand_before = False
    try:
        for token in spaced.split():
            if token.isdigit():
                values.append(int(token))
            elif token == "(":
                operators.append(token)
            elif token == ")":
                while operators[-1] != "(":
                    apply(operators.pop())
                operators.pop()
            elif not operand_before:
                operators.append("neg" if token == "-" else "pos")
            else:
                while operators and strength[operators[-1]] >= strength[token]:
                    apply(operators.pop())
                operators.append(token)
            operand_before = token.isdigit() or token == ")"
        while operators:
            apply(operators.pop())
    except ZeroDivisionError:
        return "ERROR"
    return str(values[0])


def _valid(text: str) -> bool:
    formula = text.removesuffix("\n")
    return 1 <= len(formula) <= 2000 and set(formula) <= set("0123456789+-*/() ")


PROBLEM = Problem(
    name="pocket_calculator",
    title="The Pocket Calculator",
    difficulty="hard",
    task=TASK,
    examples=(("2 * (3 - -4) - 7 / 2\n", "11"), ("5 / (3 - 3)\n", "ERROR")),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "rounds quotients down": PYTHON,
        "applies all operators from left to right": LEFT_TO_RIGHT,
        "subtracts from right to left": altered(REFERENCE, "else value - product()", "else value - total()"),
        "crash: knows no signs": altered(
            REFERENCE, 'if token == "-":\n        return -factor()', 'if token == "-":\n        return int("-")'
        ),
        "divides by 0 without a word": altered(REFERENCE, 'print("ERROR")', "print(0)"),
    },
)
