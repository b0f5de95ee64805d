"""Tower of Hanoi: bring all disks to peg C, one at a time, never a larger disk onto a smaller one.

    easy     3 disks, 10 turns       hard     5 disks, 35 turns       plain    3 disks, 100 turns
    random   (3 disks, 10 turns), (4, 20) or (5, 35), drawn for each episode

The tower starts on peg A. With `scattered=True`, as in the -v1 ids, the disks start on any pegs, the
largest not on C. Perfect play needs 2**disks - 1 moves from A, no more from elsewhere, and wins each id.
-v1 plain has 15 turns: given 100, random moves win half the games.
With partial credit, running out of turns on a legal move pays the share of the disks on C.

    tier         disks   turns   fewest moves from A   from anywhere, on average
    trivial        2        4             3                     2.7
    easy           3        9             7                     6.0
    medium         4       18            15                    12.7
    hard           5       35            31                    26.0
    very hard      7      140           127                   106.0
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won

PEGS = "ABC"
MOVES = {
    source + target: (PEGS.index(source.upper()), PEGS.index(target.upper())) for source in "abc" for target in "abc"
}
FILLERS = frozenset({"move", "disk", "from", "to", "rightarrow", "peg"})
"""Words of a move that say nothing about which move it is."""
TURNS = {3: 10, 4: 20, 5: 35}
"""Turn limit by number of disks, where none is given."""

Peg = tuple[int, ...]
"""Sizes of the disks of a peg, from bottom to top."""


@dataclass(slots=True)
class State(GameState):
    """Where the disks are."""

    disks: int = 3
    pegs: list[Peg] = field(default_factory=lambda: [(3, 2, 1), (), ()])


class TowerofHanoiEnv(Game[State, tuple[int, int]]):
    """The tower of `num_disks` disks; `None` draws 3, 4 or 5 for each episode.

    `max_turns=None` gives each height a limit of its own. Raises `ValueError` if the turns don't suffice from peg A.
    """

    suffix = "Enter your move as \\boxed{X Y}, which takes the top disk of peg X to peg Y.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"num_disks": 2, "max_turns": 4},
        "easy": {"num_disks": 3, "max_turns": 9},
        "medium": {"num_disks": 4, "max_turns": 18},
        "hard": {"num_disks": 5, "max_turns": 35},
        "very hard": {"num_disks": 7, "max_turns": 140},
    }

    def __init__(
        self,
        num_disks: int | None = 3,
        max_turns: int | None = 100,
        partial_credit: bool = True,
        scattered: bool = False,
    ) -> None:
        super().__init__(partial_credit)
        if num_disks is not None and num_disks < 1:
            raise ValueError(f"num_disks is {num_disks}; a tower has at least one disk")
        highest = max(TURNS) if num_disks is None else num_disks
        if max_turns is not None and highest >= (max_turns + 1).bit_length():
            raise ValueError(f"{highest} disks take 2**{highest} - 1 turns, which is more than {max_turns}")
        self.num_disks, self.turn_limit, self.scattered = num_disks, max_turns, scattered

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        disks = self.num_disks
        if disks is None:
            disks = int(self.rng.integers(min(TURNS), max(TURNS), endpoint=True))
        turns = self.turn_limit
        if turns is None:
            turns = TURNS.get(disks, 1 << disks)
        if not self.scattered:
            return State(turns, disks=disks, pegs=[tuple(range(disks, 0, -1)), (), ()])
        pegs: list[list[int]] = [[], [], []]
        pegs[self.rng.integers(2)].append(disks)
        for disk in range(disks - 1, 0, -1):
            pegs[self.rng.integers(3)].append(disk)
        return State(turns, disks=disks, pegs=[tuple(peg) for peg in pegs])

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        return (
            f"There are three pegs A, B, C and {state.disks} disks, numbered by size: 1 is the smallest.\n"
            f"Bring all disks to peg C within {state.max_turns} turns. Each turn takes the top disk of one peg to"
            " another peg, never onto a smaller disk.\n"
            "A peg is shown from bottom to top. Put your move in a box: \\boxed{A C} takes the top disk of A to C.\n"
        )

    def board(self) -> str:
        a, b, c = self.state.pegs
        return f"A: {_line(a)}\nB: {_line(b)}\nC: {_line(c)}\n"

    @staticmethod
    def parse(words: list[str]) -> tuple[int, int] | None:
        return MOVES.get("".join([word for word in words if word not in FILLERS]))

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: tuple[int, int]) -> Outcome:
        source, target = move
        state = self.state
        pegs = state.pegs
        if source == target:
            return illegal("a disk has to go to another peg.")
        if not pegs[source]:
            return illegal(f"peg {PEGS[source]} is empty.")
        disk = pegs[source][-1]
        if pegs[target] and pegs[target][-1] < disk:
            return illegal(f"disk {disk} may not lie on the smaller disk {pegs[target][-1]}.")
        pegs[source] = pegs[source][:-1]
        pegs[target] += (disk,)
        event = f"disk {disk} goes from {PEGS[source]} to {PEGS[target]}."
        return won(event) if len(pegs[2]) == state.disks else (event, 0.0, PLAYED)

    def consolation(self) -> float:
        return len(self.state.pegs[2]) / self.state.disks

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """The largest disk that is not where it should be goes there once the smaller ones are out of its way."""
        _, source, target = self._astray()[-1]
        return f"\\boxed{{{PEGS[source]} {PEGS[target]}}}"

    def distance(self) -> float:
        """Turns of perfect play, exact: a disk astray takes one, and the smaller ones 2**(disk - 1) - 1 to follow."""
        return sum(2 ** (disk - 1) for disk, _, _ in self._astray())

    def _astray(self) -> list[tuple[int, int, int]]:
        """The disks that are not where they should be, the largest first, each with its peg and the one for it."""
        peg_of = {disk: peg for peg, disks in enumerate(self.state.pegs) for disk in disks}
        goal, astray = 2, list[tuple[int, int, int]]()
        for disk in range(self.state.disks, 0, -1):
            if peg_of[disk] != goal:
                astray.append((disk, peg_of[disk], goal))
                goal = 3 - peg_of[disk] - goal  # where the smaller disks have to be for that move
        return astray

    def random_move(self, rng: np.random.Generator) -> str:
        tops = [peg[-1] if peg else self.state.disks + 1 for peg in self.state.pegs]
        legal = [(source, target) for source in range(3) for target in range(3) if tops[source] < tops[target]]
        source, target = legal[rng.integers(len(legal))]
        return f"{PEGS[source]} {PEGS[target]}"


@lru_cache(maxsize=4096)
def _line(peg: Peg) -> str:
    return " ".join(map(str, peg)) or "empty"
