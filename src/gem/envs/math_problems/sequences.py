"""Sequences that a rule gives: a term far along."""

from __future__ import annotations

from gem.envs.math_problems.problem import Levels, Problem, Rng
from gem.envs.math_problems.writing import combination, integer, nonzero


def _easy(rng: Rng) -> Problem:
    first, step, place = nonzero(rng, 50), nonzero(rng, 15), integer(rng, 9, 60)
    rule = f"{abs(step)} {'more' if step > 0 else 'less'} than"
    return Problem(
        f"The first term of a sequence is {first}, and every later term is {rule} the one before it. What is term "
        f"number {place}?",
        first + (place - 1) * step,
    )


def _medium(rng: Rng) -> Problem:
    first, slope, shift, place = nonzero(rng, 30), integer(rng, 2, 9), nonzero(rng, 20), integer(rng, 9, 40)
    rule = combination({"a(n)": 1, "n": slope, "": shift})
    return Problem(
        f"A sequence begins with a(1) = {first}, and a(n + 1) = {rule} for every n from 1 on. What is a({place})?",
        first + slope * place * (place - 1) // 2 + shift * (place - 1),
    )


def _hard(rng: Rng) -> Problem:
    terms = [nonzero(rng, 9), nonzero(rng, 9)]
    last, before, place = nonzero(rng, 4), nonzero(rng, 4), integer(rng, 7, 10)
    beginning = f"a(1) = {terms[0]} and a(2) = {terms[1]}"
    while len(terms) < place:
        terms.append(last * terms[-1] + before * terms[-2])
    rule = combination({"a(n - 1)": last, "a(n - 2)": before})
    return Problem(
        f"A sequence begins with {beginning}, and a(n) = {rule} for every n from 3 on. What is a({place})?", terms[-1]
    )


LEVELS: Levels = {"easy": _easy, "medium": _medium, "hard": _hard}
