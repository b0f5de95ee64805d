"""For every kind and level, whether an answer is right: found from the numbers in the text alone, by brute force.

An oracle is `oracle(numbers, text, claimed)`: the whole numbers of the text in order, unsigned; the text; the answer.
"""

import re

from tests.envs.math_oracles.algebra import ALGEBRA
from tests.envs.math_oracles.chance import CHANCE
from tests.envs.math_oracles.counting import COUNTING
from tests.envs.math_oracles.numbers import NUMBERS
from tests.envs.math_oracles.stories import STORIES

ORACLES = {**STORIES, **ALGEBRA, **NUMBERS, **CHANCE, **COUNTING}
"""Kind → oracles of the levels easy, medium and hard."""


def is_right(kind, level, question, claimed):
    numbers = [int(number) for number in re.findall(r"\d+", question)]
    oracle = ORACLES[kind][("easy", "medium", "hard").index(level)]
    return bool(oracle(numbers, question, claimed))
