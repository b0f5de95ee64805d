"""Seeded policies that play a game by valid moves, the same for any package that offers the game.

A policy is a generator: it yields an action string and is sent the text that the environment answered. It draws
from its own `random.Random` only, because the peer's games draw from the global one. It does not play well and does
not look inside an environment: what it needs to know it keeps track of itself or reads from the text.
"""

import itertools
import math
import random
import re
from collections.abc import Generator

Policy = Generator[str, str, None]

GUESS_RANGE = {"easy": 10, "hard": 50}
HANOI_DISKS = {"easy": 3, "hard": 5}
BOARD_SIZE = {"easy": 5, "hard": 8}
CODES = {"easy": (2, 6), "hard": (4, 8)}
GRID_SIZE = {"easy": 4, "hard": 9}
DIRECTIONS = ("up", "left", "down", "right")


class UnreadableBoard(Exception):
    """No board was found in the text, so no valid move can be chosen."""


def shuffled_guesses(highest: int, rng: random.Random) -> Policy:
    """Every number from 1 to `highest` once, then again; a repeat never falls inside one episode."""
    guesses = list(range(1, highest + 1))
    rng.shuffle(guesses)
    while True:
        for guess in guesses:
            yield f"\\boxed{{{guess}}}"


def legal_hanoi_moves(disks: int, rng: random.Random, turns: int | None = None) -> Policy:
    """Random legal moves from a tracker of the pegs, which starts afresh after `turns` moves (None: never)."""
    while True:
        pegs: dict[str, list[int]] = {"A": list(range(disks, 0, -1)), "B": [], "C": []}
        moved = 0
        while turns is None or moved < turns:
            source, target = rng.choice(_legal_pairs(pegs))
            pegs[target].append(pegs[source].pop())
            moved += 1
            yield f"\\boxed{{{source} {target}}}"


def _legal_pairs(pegs: dict[str, list[int]]) -> list[tuple[str, str]]:
    return [
        (source, target)
        for source in pegs
        for target in pegs
        if source != target and pegs[source] and (not pegs[target] or pegs[source][-1] < pegs[target][-1])
    ]


def hidden_cells(size: int, rng: random.Random) -> Policy:
    """Reveals a random cell among those that the last board in the text shows as a dot."""
    text = yield f"\\boxed{{reveal {rng.randrange(size)} {rng.randrange(size)}}}"
    while True:
        row, column = rng.choice(_dots(text, size))
        text = yield f"\\boxed{{reveal {row} {column}}}"


def _dots(text: str, size: int) -> list[tuple[int, int]]:
    """Where the dots stand in the last `size` lines of the form `row cell cell ...`."""
    lines = re.findall(rf"^ *\d+ *[:|]?((?: +[^\s|]){{{size}}}) *\|?$", text, flags=re.MULTILINE)[-size:]
    dots = [(row, column) for row, line in enumerate(lines) for column, cell in enumerate(line.split()) if cell == "."]
    if len(lines) < size or not dots:
        raise UnreadableBoard(f"found {len(lines)} of {size} board rows and {len(dots)} hidden cells in the text")
    return dots


def cycling_directions(rng: random.Random) -> Policy:
    """The four directions in turn, starting anywhere."""
    turn = rng.randrange(4)
    while True:
        yield f"\\boxed{{{DIRECTIONS[turn % 4]}}}"
        turn += 1


def random_directions(rng: random.Random) -> Policy:
    """Any of the four directions each time."""
    while True:
        yield f"\\boxed{{{rng.choice(DIRECTIONS)}}}"


def distinct_codes(length: int, highest: int, rng: random.Random) -> Policy:
    """Codes of different numbers, none of them twice."""
    tried: set[tuple[int, ...]] = set()
    while True:
        code = tuple(rng.sample(range(1, highest + 1), length))
        if code not in tried:
            tried.add(code)
            yield f"\\boxed{{{' '.join(map(str, code))}}}"


def sudoku_entries(size: int, rng: random.Random) -> Policy:
    """Fills an empty cell of the last grid in the text with a number that breaks no rule there, nothing twice."""
    tried: set[Entry] = set()
    entry = rng.randint(1, size), rng.randint(1, size), rng.randint(1, size)
    while True:
        tried.add(entry)
        text = yield f"\\boxed{{{' '.join(map(str, entry))}}}"
        fitting = _fitting(_grid(text, size))
        entry = rng.choice([entry for entry in fitting if entry not in tried] or fitting)


Entry = tuple[int, int, int]
"""Row and column, counted from 1, and number."""


def _grid(text: str, size: int) -> list[list[str]]:
    """The last `size` lines of the form `row cell cell ...`, in which bars count for nothing."""
    lines = [line.replace("|", "").split() for line in re.findall(r"^R?\d\s+(.*)$", text, flags=re.MULTILINE)]
    rows = [cells for cells in lines if len(cells) == size and set(cells) <= set(".123456789")][-size:]
    if len(rows) < size:
        raise UnreadableBoard(f"found {len(rows)} of {size} rows of the grid in the text")
    return rows


def _fitting(rows: list[list[str]]) -> list[Entry]:
    size = len(rows)
    side = math.isqrt(size)
    fitting: list[Entry] = []
    for row, col in itertools.product(range(size), repeat=2):
        if rows[row][col] == ".":
            down, right = row // side * side, col // side * side
            box = [cell for line in rows[down : down + side] for cell in line[right : right + side]]
            seen = {*rows[row], *box, *(line[col] for line in rows)}
            fitting += [(row + 1, col + 1, number) for number in range(1, size + 1) if str(number) not in seen]
    if not fitting:
        raise UnreadableBoard("no number fits any empty cell")
    return fitting
