"""Make the table of a league from the results of its matches."""

from __future__ import annotations

import re

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters, lines, two_of

TASK = """
A league gives 3 points for a won match, 1 for a draw and 0 for a lost one. Make its table: the team with the most
points first; among equals the larger goal difference (goals scored minus goals conceded) decides, then the more goals
scored, then the alphabetical order of the names.

Input: the first line holds the number of matches m (1 <= m <= 2000); m lines follow such as "Foxes 2:0 Owls", the home
team, the goals and the guests. Names are 1 to 10 English letters, the first a capital, the others small; goals are
from 0 to 99. A team never plays itself. There are at most 100 teams, and each plays at least once.
Output: one line for each team: its name, its points and its goal difference, separated by blanks.
"""

REFERENCE = """
import sys

table = {}
for line in sys.stdin.read().splitlines()[1:]:
    home, goals, guests = line.split()
    a, b = map(int, goals.split(":"))
    for team, scored, conceded in ((home, a, b), (guests, b, a)):
        row = table.setdefault(team, [0, 0, 0])
        row[0] += 3 if scored > conceded else 1 if scored == conceded else 0
        row[1] += scored - conceded
        row[2] += scored
for team in sorted(table, key=lambda team: (-table[team][0], -table[team][1], -table[team][2], team)):
    print(team, table[team][0], table[team][1])
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def season(teams: int, matches: int, goals: int) -> str:
        names = sorted({letters(rng, integer(rng, 1, 6), "abcxyz").capitalize() for _ in range(teams)} | {"Ab", "Ba"})
        pairs = [[i - 1, j - 1] for i, j in two_of(rng, matches, len(names))]
        scores = rng.integers(0, goals, (matches, 2), endpoint=True)
        return lines(matches, *(f"{names[i]} {a}:{b} {names[j]}" for (i, j), (a, b) in zip(pairs, scores, strict=True)))

    edges = [["B 1:1 A"], ["B 0:1 A"], ["Ant 99:0 Bee"], ["C 2:1 D", "B 1:0 A"], ["C 3:2 D", "B 1:0 A"]]
    edges += [["Owl 0:0 Fox", "Fox 1:1 Owl"], ["A 1:0 B", "B 1:0 A"], ["A 4:0 B", "C 1:0 D", "C 1:0 D", "B 0:0 D"]]
    edges.append(["A 10:9 B", "C 9:8 D", "E 10:2 F"])
    small = [season(integer(rng, 3, 5), integer(rng, 5, 12), 2) for _ in range(5)]
    return [*(lines(len(matches), *matches) for matches in edges), *small, season(98, 2000, 99), season(60, 300, 1)]


def _answer(text: str) -> str:
    """By sorting four times, the weightiest rule last."""
    matches = re.findall(r"(\w+) (\d+):(\d+) (\w+)", text)
    results = [(home, int(a), int(b)) for home, a, b, _ in matches] + [
        (guest, int(b), int(a)) for _, a, b, guest in matches
    ]
    names = sorted({name for name, _, _ in results})
    place = {name: index for index, name in enumerate(names)}
    points, difference, scored = np.zeros((3, len(names)), np.int64)
    for name, made, taken in results:
        points[place[name]] += (made >= taken) + 2 * (made > taken)
        difference[place[name]] += made - taken
        scored[place[name]] += made
    order = np.lexsort((np.arange(len(names)), -scored, -difference, -points))
    return "\n".join(f"{names[i]} {points[i]} {difference[i]}" for i in order)


def _valid(text: str) -> bool:
    head, *matches = text.splitlines()
    name = "[A-Z][a-z]{0,9}"
    shaped = [re.fullmatch(f"({name}) [0-9]{{1,2}}:[0-9]{{1,2}} ({name})", match) for match in matches]
    pairs = [match.groups() for match in shaped if match]
    teams = {team for pair in pairs for team in pair}
    return 1 <= int(head) == len(pairs) == len(matches) <= 2000 and len(teams) <= 100 and all(a != b for a, b in pairs)


PROBLEM = Problem(
    name="league_table",
    title="The League Table",
    difficulty="easy",
    task=TASK,
    examples=((lines(3, "Foxes 2:0 Owls", "Owls 1:1 Bears", "Bears 0:0 Foxes"), "Foxes 4 2\nBears 2 0\nOwls 1 -2"),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "gives 2 points for a won match": altered(REFERENCE, "3 if", "2 if"),
        "does not look at the goal difference": altered(REFERENCE, "-table[team][1], ", ""),
        "does not look at the goals scored": altered(REFERENCE, "-table[team][2], ", ""),
        "lets the first seen win the last tie": altered(REFERENCE, "-table[team][2], team)", "-table[team][2])"),
        "compares goals as text": altered(REFERENCE, "scored > conceded", "str(scored) > str(conceded)"),
        "forgets the guests": altered(REFERENCE, "(guests, b, a)", "(guests, 0, 0)"),
        "prints the goals scored": altered(
            REFERENCE, "table[team][0], table[team][1])", "table[team][0], table[team][2])"
        ),
    },
)
