"""Sokoban: push every box onto a goal; boxes cannot be pulled.

    easy     6x6, 2 boxes, 20 turns      hard     8x8, 4 boxes, 50 turns      plain    6x6, 3 boxes, 100 turns
    random   (6x6, 2 boxes, 20 turns) or (8x8, 5 boxes, 50 turns), drawn for each episode

The outer walls count as part of the room. A room is drawn by pulling its boxes off the goals, so a solution
within 9 tenths of the turns is known to exist, and no box starts on a goal. Perfect play wins each id: its
solver finds the fewest moves. With partial credit, running out of turns on a legal move pays the share of
boxes on goals.

    tier         room, boxes, turns    perfect play: moves, pushes    positions its search finds (median)
    trivial      6x6, 1, 10             6.7,  2.6                          5
    easy         6x6, 2, 30            11.0,  4.4                         19
    medium       6x6, 3, 50            14.3,  6.1                        119
    hard         8x8, 4, 80            20.8,  9.1                        536
    very hard    10x10, 5, 120         26.0, 11.8                      3,625

The rooms depend on the seed alone, whatever other envs and threads do; those of the released GEM did not.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._game import PLAYED, Game, GameState, Outcome, illegal, won
from gem.envs.games._sokoban_rooms import Room, cells_of, draw, steps
from gem.envs.games._sokoban_search import advice

DIRECTIONS = ("up", "down", "left", "right")
WORDS = {word: place for place, name in enumerate(DIRECTIONS) for word in (name, name[0])}
FILLERS = frozenset({"move", "go", "push", "step"})
"""Words of a move that say nothing about which move it is."""
WALL, FLOOR, GOAL = "#", "_", "."
BOX, PLAYER = ("$", "*"), ("@", "+")
"""How each is shown on plain floor and on a goal."""
LEVELS = (((6, 6), 2, 20), ((8, 8), 5, 50))
"""What is drawn from where no room is given: its rows and columns, boxes and turns."""
TURNS_PER_BOX = 10
"""Turns where no limit is given."""
LEAST_SIDE, LEAST_CELLS_PER_BOX, LEAST_TURNS_PER_BOX = 5, 5, 5


@dataclass(slots=True)
class State(GameState):
    """The room, as sets of cells: cell `row * cols + col` is one bit."""

    rows: int = 6
    cols: int = 6
    floor: int = 0
    """All cells without a wall."""
    goals: int = 0
    boxes: int = 0
    player: int = 0
    """The player's cell."""


class SokobanEnv(Game[State, int]):
    """A room of `dim_room` rows and columns, outer walls included; `None` draws one of `LEVELS` for each episode.

    `max_turns=None` gives 10 turns for each box, as those levels have. Raises `ValueError` for a room too
    small for its boxes and for too few turns.
    """

    suffix = "Enter your move as \\boxed{up}, \\boxed{down}, \\boxed{left} or \\boxed{right}.\n"
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"dim_room": (6, 6), "num_boxes": 1, "max_turns": 10},
        "easy": {"dim_room": (6, 6), "num_boxes": 2, "max_turns": 30},
        "medium": {"dim_room": (6, 6), "num_boxes": 3, "max_turns": 50},
        "hard": {"dim_room": (8, 8), "num_boxes": 4, "max_turns": 80},
        "very hard": {"dim_room": (10, 10), "num_boxes": 5, "max_turns": 120},
    }

    def __init__(
        self,
        dim_room: tuple[int, int] | None = (6, 6),
        max_turns: int | None = 100,
        num_boxes: int | None = 3,
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        if (dim_room is None) is not (num_boxes is None):
            raise ValueError("dim_room and num_boxes are both given, or both None to be drawn for each episode")
        drawn = LEVELS if dim_room is None or num_boxes is None else ((dim_room, num_boxes, max_turns),)
        self.levels: list[tuple[int, int, int, int]] = []
        """Rows, columns, boxes and turns of each kind of room."""
        for (rows, cols), boxes, _ in drawn:
            turns = TURNS_PER_BOX * boxes if max_turns is None else max_turns
            _check(rows, cols, boxes, turns)
            self.levels.append((rows, cols, boxes, turns))

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        levels = self.levels
        rows, cols, boxes, turns = levels[0] if len(levels) == 1 else levels[int(self.rng.integers(len(levels)))]
        start = draw(self.rng, rows, cols, boxes, turns)
        return State(
            turns,
            rows=rows,
            cols=cols,
            floor=start.room.floor,
            goals=start.room.goals,
            boxes=start.boxes,
            player=start.player,
        )

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        count = state.goals.bit_count()
        task = f"the {count} boxes onto the goals" if count > 1 else "the box onto the goal"
        return (
            f"Push {task} within {state.max_turns} moves. A move takes you one cell up, down, left or right.\n"
            "You push a box by moving into it, if the cell behind it holds no wall and no other box. You cannot pull,"
            " so a box in a corner is stuck.\n"
            "# wall, _ floor, . goal, $ box, * box on a goal, @ you, + you on a goal.\n"
            "Answer with \\boxed{up}, \\boxed{down}, \\boxed{left} or \\boxed{right}.\n"
        )

    def board(self) -> str:
        state = self.state
        goals = state.goals
        glyphs = [*_empty(state.rows, state.cols, state.floor, goals)]
        for cell in cells_of(state.boxes):
            glyphs[cell] = BOX[goals >> cell & 1] + " "
        glyphs[state.player] = PLAYER[goals >> state.player & 1] + " "
        return "".join(glyphs)

    @staticmethod
    def parse(words: list[str]) -> int | None:
        match [word for word in words if word not in FILLERS]:
            case [word]:
                return WORDS.get(word)
            case _:
                return None

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: int) -> Outcome:
        state = self.state
        name, step = DIRECTIONS[move], steps(state.cols)[move]
        here = state.player + step
        if not state.floor >> here & 1:
            return illegal(f"a wall stops you from going {name}.")
        if not state.boxes >> here & 1:
            state.player = here
            return f"you go {name}.", 0.0, PLAYED
        behind = here + step
        if not (state.floor & ~state.boxes) >> behind & 1:
            what = "box" if state.boxes >> behind & 1 else "wall"
            return illegal(f"a {what} stops you from pushing the box {name}.")
        state.boxes ^= 1 << here | 1 << behind
        state.player = here
        home = (state.boxes & state.goals).bit_count()
        event = f"you push a box {name}. Boxes on goals: {home} of {state.goals.bit_count()}."
        return won(event) if state.boxes == state.goals else (event, 0.0, PLAYED)

    def consolation(self) -> float:
        """The share of boxes on goals; none is on a goal at the start."""
        return (self.state.boxes & self.state.goals).bit_count() / self.state.goals.bit_count()

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """The next step of a shortest solution; where there is none, a step that moves no box if possible."""
        state = self.state
        known = advice(Room(state.cols, state.floor, state.goals), (state.boxes, state.player))
        move = self._waiting_move() if known is None else steps(state.cols).index(known.step)
        return f"\\boxed{{{DIRECTIONS[move]}}}"

    def _waiting_move(self) -> int:
        state = self.state
        free = state.floor & ~state.boxes
        return next((place for place, step in enumerate(steps(state.cols)) if free >> state.player + step & 1), 0)

    def distance(self) -> float:
        """The exact number of moves to the nearest solution, but never more than twice the turn limit.

        That is also the answer where no solution is left.
        """
        state = self.state
        if state.boxes == state.goals:
            return 0.0
        known = advice(Room(state.cols, state.floor, state.goals), (state.boxes, state.player))
        most = 2 * state.max_turns
        return float(most if known is None else min(known.moves, most))

    def random_move(self, rng: np.random.Generator) -> str:
        return DIRECTIONS[rng.integers(4)]


def _check(rows: int, cols: int, boxes: int, turns: int) -> None:
    """Raise `ValueError` unless the room is large enough for its boxes, and the turns are."""
    if min(rows, cols) < LEAST_SIDE:
        raise ValueError(
            f"dim_room is {rows}x{cols}; a room with its outer walls is at least {LEAST_SIDE}x{LEAST_SIDE}"
        )
    most = (rows - 2) * (cols - 2) // LEAST_CELLS_PER_BOX
    if not 1 <= boxes <= most:
        raise ValueError(f"num_boxes is {boxes}; a room of {rows}x{cols} takes 1 to {most}")
    if turns < LEAST_TURNS_PER_BOX * boxes:
        raise ValueError(f"max_turns is {turns}; {boxes} boxes take at least {LEAST_TURNS_PER_BOX * boxes}")


@lru_cache(maxsize=1024)
def _empty(rows: int, cols: int, floor: int, goals: int) -> tuple[str, ...]:
    """The room without boxes and player: a glyph for each cell, with what parts it from the next."""
    glyphs = (WALL if not floor >> cell & 1 else GOAL if goals >> cell & 1 else FLOOR for cell in range(rows * cols))
    return tuple(glyph + (" " if (cell + 1) % cols else "\n") for cell, glyph in enumerate(glyphs))
