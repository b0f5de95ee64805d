"""Put version numbers into order."""

from __future__ import annotations

from functools import cmp_to_key
from itertools import zip_longest
from typing import Any

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer

TASK = """
A release of a program has a version such as "2.10.1": one or more whole numbers with dots between them, perhaps with
leading zeros. Versions are compared number by number from the left; where one version has no number any more, 0 takes
its place. So "1.2" is before "1.10", and "1.0" and "1" are equal. Return the versions as they are written, the oldest
first; equal ones stay in the order in which they were given.

Bounds: 0 to 2000 versions of 1 to 8 numbers, each with 1 to 9 digits.
"""

REFERENCE = """
def in_order(versions):
    def key(version):
        numbers = [int(number) for number in version.split(".")]
        return numbers + [0] * (8 - len(numbers))
    return sorted(versions, key=key)
"""


def _generate(rng: np.random.Generator) -> list[Any]:
    def version(longest: int, highest: int) -> str:
        numbers = rng.integers(0, highest, integer(rng, 1, longest), endpoint=True)
        return ".".join("0" * int(rng.random() < 0.2) + str(number) for number in numbers)

    edges: list[list[str]] = [
        [],
        ["1"],
        ["1.10", "1.2"],
        ["1.0", "1", "1.0.0"],
        ["2", "1.9.9"],
        ["01", "1", "001"],
        ["1.0.1", "1"],
    ]
    edges += [["1.999999999", "1.1000"], ["0.0.1", "0", "0.0"], ["10", "9", "1"], ["1.1", "1.01", "1.001", "1.0001"]]
    edges += [["1.0", "0.9", "1"], ["3.0.0.0.0.0.0.1", "3"]]
    small = [[version(4, 2) for _ in range(integer(rng, 4, 12))] for _ in range(4)]
    return [
        (versions,)
        for versions in [
            *edges,
            *small,
            [version(8, 99_999_999) for _ in range(2000)],
            [version(3, 12) for _ in range(2000)],
        ]
    ]


def _answer(arguments: tuple[list[str]]) -> list[str]:
    def compare(a: str, b: str) -> int:
        for x, y in zip_longest(a.split("."), b.split("."), fillvalue="0"):
            if int(x) != int(y):
                return -1 if int(x) < int(y) else 1
        return 0

    return sorted(arguments[0], key=cmp_to_key(compare))


def _valid(arguments: tuple[list[str]]) -> bool:
    (versions,) = arguments
    numbers = [version.split(".") for version in versions]
    return len(versions) <= 2000 and all(
        1 <= len(row) <= 8 and all(n.isdecimal() and len(n) <= 9 for n in row) for row in numbers
    )


PROBLEM = Problem(
    name="newest_release",
    title="Releases in Order",
    difficulty="easy",
    signature="def in_order(versions: list[str]) -> list[str]",
    task=TASK,
    examples=(((["1.10", "1.2", "1.02.0", "0.9"],), ["0.9", "1.2", "1.02.0", "1.10"]),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    checker="exact",
    reference=REFERENCE,
    wrong={
        "compares text": "def in_order(versions):\n    return sorted(versions)\n",
        "takes 1 and 1.0 for different": altered(REFERENCE, " + [0] * (8 - len(numbers))", ""),
        "puts equal versions into order too": altered(
            REFERENCE, "key=key", "key=lambda version: (key(version), version)"
        ),
        "compares the parts as text": altered(REFERENCE, "[int(number) for", "[number for").replace("[0] *", '["0"] *'),
        "forgets how versions were written": altered(
            REFERENCE,
            "return sorted(versions, key=key)",
            'return [".".join(str(int(n)) for n in v.split(".")) for v in sorted(versions, key=key)]',
        ),
        "looks at three numbers": altered(
            REFERENCE, "return numbers + [0] * (8 - len(numbers))", "return (numbers + [0, 0])[:3]"
        ),
    },
)
