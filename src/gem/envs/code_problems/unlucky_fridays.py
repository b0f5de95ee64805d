"""Count the Fridays that fall on the 13th of a month between two dates."""

from __future__ import annotations

from datetime import date

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, lines

TASK = """
A superstitious captain stays in the harbour on every Friday the 13th. For each of his voyages he wants to know how many
such days it has, the days of departure and return included. The calendar is the Gregorian one, also for early years: a
year is a leap year if it is divisible by 4, except for those divisible by 100 but not by 400. 1 January 2024 was a
Monday.

Input: the first line holds the number of voyages t (1 <= t <= 50); t lines follow with two dates each, written as
DD.MM.YYYY with years from 1600 to 2400, the first not after the second.
Output: the number of Fridays the 13th of each voyage, one per line.
"""

REFERENCE = """
from datetime import date

def read(text):
    day, month, year = map(int, text.split("."))
    return date(year, month, day)

for _ in range(int(input())):
    start, end = map(read, input().split())
    count = 0
    for year in range(start.year, end.year + 1):
        for month in range(1, 13):
            day = date(year, month, 13)
            count += start <= day <= end and day.weekday() == 4
    print(count)
"""

EVERY_FOURTH_YEAR = """
def number(text):
    day, month, year = map(int, text.split("."))
    lengths = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    return year * 365 + (year + 3) // 4 + sum(lengths[:month - 1]) + day

monday = number("01.01.2024")
for _ in range(int(input())):
    start, end = input().split()
    count = 0
    for year in range(int(start[-4:]), int(end[-4:]) + 1):
        for month in range(1, 13):
            day = number("13.%02d.%d" % (month, year))
            count += number(start) <= day <= number(end) and (day - monday) % 7 == 4
    print(count)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    first, last = date(1600, 1, 1).toordinal(), date(2400, 12, 31).toordinal()

    def day(number: int) -> str:
        chosen = date.fromordinal(number)
        return f"{chosen.day:02}.{chosen.month:02}.{chosen.year}"

    def voyages(count: int, longest: int) -> str:
        starts = [integer(rng, first, last - longest) for _ in range(count)]
        return lines(count, *(f"{day(start)} {day(start + integer(rng, 0, longest))}" for start in starts))

    edges = ["13.09.2024 13.09.2024", "14.09.2024 31.12.2024", "01.01.2024 13.09.2024", "13.02.1699 13.03.1700"]
    edges += ["01.01.1600 31.12.2400", "01.01.1700 31.12.1700", "01.01.2000 31.12.2000", "12.06.2025 13.06.2025"]
    edges += ["14.06.2025 13.02.2026", "13.01.2023 12.10.2023", "01.01.2400 31.12.2400", "13.12.1901 01.01.1902"]
    return [
        *(lines(1, edge) for edge in edges),
        voyages(5, 400),
        voyages(10, 4000),
        voyages(20, 40_000),
        voyages(50, 290_000),
    ]


def _answer(text: str) -> str:
    """With day numbers by arithmetic: a year of twelve months that begins in March."""

    def number(day: int, month: int, year: int) -> int:
        year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
        return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day

    def day_of(text: str) -> int:
        day, month, year = map(int, text.split("."))
        return number(day, month, year)

    monday = number(1, 1, 2024)
    thirteenths = [number(13, month, year) for year in range(1600, 2401) for month in range(1, 13)]
    fridays = np.array([day for day in thirteenths if (day - monday) % 7 == 4])
    voyages = [[day_of(end) for end in line.split()] for line in text.splitlines()[1:]]
    return "\n".join(str(int(((fridays >= start) & (fridays <= end)).sum())) for start, end in voyages)


def _valid(text: str) -> bool:
    head, *voyages = text.splitlines()

    def read(written: str) -> date:
        day, month, year = map(int, written.split("."))
        return date(year, month, day)

    spans = [[read(end) for end in voyage.split()] for voyage in voyages]
    return 1 <= int(head) == len(spans) <= 50 and all(a.year >= 1600 and a <= b and b.year <= 2400 for a, b in spans)


PROBLEM = Problem(
    name="unlucky_fridays",
    title="The Captain's Fridays",
    difficulty="easy",
    task=TASK,
    examples=((lines(2, "01.09.2024 31.12.2024", "14.09.2024 12.12.2024"), "2\n0"),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "takes every fourth year for a leap year": EVERY_FOURTH_YEAR,
        "leaves the day of return out": altered(REFERENCE, "<= end and", "< end and"),
        "leaves the day of departure out": altered(REFERENCE, "start <= day", "start < day"),
        "counts every 13th": altered(REFERENCE, " and day.weekday() == 4", ""),
        "begins the week on Sunday": altered(REFERENCE, "weekday() == 4", "isoweekday() % 7 == 4"),
        "counts the months of the first year only": altered(REFERENCE, "end.year + 1", "start.year + 1"),
    },
)
