"""Formulas, evaluated as Python where they stand in the text."""

import itertools
import re
from fractions import Fraction

import numpy as np

NUMBER = r"-?\d+(?:/\d+)?"


def value(formula, **names):
    """What a formula of the text comes to; all numbers are exact."""
    tokens = re.findall(r"\d+|[a-z]|\S", formula)
    code, before = "", ""
    for token in tokens:
        ends_factor = before.isalnum() or before == ")"
        if ends_factor and (token.isalnum() or token == "("):
            code += "*"
        code += f"Fraction({token})" if token.isdigit() and before != "^" else token.replace("^", "**")
        before = token
    return eval(code, {"Fraction": Fraction}, names)


def equation_holds(equation, **names):
    left, right = equation.split("=")
    return value(left, **names) == value(right, **names)


def linear_equation(n, text, claimed):
    (equation,) = re.fullmatch(r"Solve (.+) for x\.", text).groups()
    solves = [x for x in (claimed, claimed + 1) if equation_holds(equation, x=Fraction(x))]
    return solves == [claimed]  # a line that meets another at one of two places meets it there only


def linear_system(n, text, claimed):
    body, wanted = re.fullmatch(r"The numbers .+ satisfy (.+)\. What is (.+)\?", text).groups()
    equations = re.split(r", | and ", body)
    names = sorted(set(re.findall(r"[xyz]", body)))
    origin = dict.fromkeys(names, Fraction(0))

    def residue(equation, **at):
        left, right = equation.split("=")
        return value(left, **at) - value(right)

    constants = [residue(equation, **origin) for equation in equations]
    matrix = [
        [residue(equation, **{**origin, name: Fraction(1)}) - constant for name in names]
        for equation, constant in zip(equations, constants, strict=True)
    ]
    found = np.linalg.solve(np.array(matrix, float), -np.array(constants, float))
    solution = {name: Fraction(round(number)) for name, number in zip(names, found, strict=True)}
    return all(equation_holds(e, **solution) for e in equations) and value(wanted, **solution) == claimed


def _quadratic(text):
    (left,) = re.search(r"(?:equation|solutions of) (.+) = 0", text).groups()
    at = [value(left, x=Fraction(x)) for x in (-1, 0, 1)]
    return (at[0] + at[2]) / 2 - at[1], (at[2] - at[0]) / 2, at[1]


def quadratic(n, text, claimed):
    a, b, c = _quadratic(text)
    other = -b / a - claimed
    if a * claimed**2 + b * claimed + c or claimed == other:
        return False
    return claimed > other if "larger" in text else claimed < other


def quadratic_hard(n, text, claimed):
    r, s = np.roots([float(number) for number in _quadratic(text)])
    wanted = re.search(r"What is (.+)\?", text)[1].replace("^", "**")
    return np.isreal([r, s]).all() and np.isclose(eval(wanted, {"r": r, "s": s}), float(claimed), rtol=1e-9)


def sequence_easy(n, text, claimed):
    first = int(re.search(r"sequence is (-?\d+)", text)[1])
    step, place = n[1:]
    term = first
    for _ in range(place - 1):
        term += step if " more than" in text else -step
    return term == claimed


def sequence_by_rule(n, text, claimed):
    terms = {int(place): Fraction(term) for place, term in re.findall(r"a\((\d+)\) = (-?\d+)", text)}
    rule = re.search(r"a\(n(?: \+ 1)?\) = (.+?) for every", text)[1]
    place = int(re.search(r"What is a\((\d+)\)", text)[1])
    shift = 1 if "a(n + 1)" in text else 0
    rule = rule.replace("a(n - 1)", "p").replace("a(n - 2)", "q").replace("a(n)", "p")
    for n_th in range(len(terms) + 1, place + 1):
        terms[n_th] = value(rule, p=terms[n_th - 1], q=terms.get(n_th - 2), n=Fraction(n_th - shift))
    return terms[place] == claimed


def series_easy(n, text, claimed):
    first, second, third, last, step = n
    return third - second == second - first == step and sum(range(first, last + 1, step)) == claimed


def series_medium(n, text, claimed):
    first = int(re.search(r"sequence is (-?\d+)", text)[1])
    ratio, terms = n[1:]
    return sum(first * ratio**i for i in range(terms)) == claimed


def series_hard(n, text, claimed):
    first, ratio = re.search(rf"sequence is ({NUMBER}), and every later term is ({NUMBER}) times", text).groups()
    ratio = Fraction(ratio)
    return abs(ratio) < 1 and np.isclose(sum(int(first) * float(ratio) ** i for i in range(900)), float(claimed))


def function(n, text, claimed):
    f = re.search(r"f\(x\) = (.+?)(?: and g|\. What)", text)[1]
    g = re.search(r"g\(x\) = (.+?)\. What", text)
    wanted = re.search(r"What is (.+)\?", text)[1]
    names = {"f": lambda x: value(f, x=Fraction(x)), "g": lambda x: value(g[1], x=Fraction(x))}
    return eval(wanted, names) == claimed


def coefficient(n, text, claimed):
    product = re.search(r"Expand (.+) and collect", text)[1]
    power = re.search(r"coefficient of x(?:\^(\d+))?\?", text)[1]
    brackets = re.findall(r"\(([^)]+)\)(?:\^(\d+))?", product)
    whole = [Fraction(1)]
    for bracket, exponent in brackets:
        constant = value(bracket, x=Fraction(0))
        slope = value(bracket, x=Fraction(1)) - constant
        for _ in range(int(exponent or 1)):
            whole = [
                constant * same + slope * lower
                for same, lower in itertools.zip_longest(whole, [Fraction(0), *whole], fillvalue=Fraction(0))
            ]
    return whole[int(power or 1)] == claimed


ALGEBRA = {
    "expansions": (coefficient,) * 3,
    "functions": (function,) * 3,
    "linear_equations": (linear_equation,) * 3,
    "linear_systems": (linear_system,) * 3,
    "quadratics": (quadratic, quadratic, quadratic_hard),
    "sequences": (sequence_easy, sequence_by_rule, sequence_by_rule),
    "series": (series_easy, series_medium, series_hard),
}
