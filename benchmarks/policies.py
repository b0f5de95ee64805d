"""Seeded policies that play a game by valid moves, the same for any package that offers the game.

A policy is a generator: it yields an action string and is sent the text that the environment answered. It draws
from its own `random.Random` only, because the peer's games draw from the global one. It does not play well and does
not look inside an environment: what it needs to know it keeps track of itself or reads from the text.
"""

import random
import re
from collections.abc import Callable, Generator

Policy = Generator[str, str, None]

GUESS_RANGE = {"easy": 10, "hard": 50}
HANOI_DISKS = {"easy": 3, "hard": 5}
BOARD_SIZE = {"easy": 5, "hard": 8}
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


MAKERS: dict[str, Callable[[str, random.Random], Policy]] = {
    "GuessTheNumber": lambda level, rng: shuffled_guesses(GUESS_RANGE[level], rng),
    "TowerofHanoi": lambda level, rng: legal_hanoi_moves(HANOI_DISKS[level], rng),
    "Minesweeper": lambda level, rng: hidden_cells(BOARD_SIZE[level], rng),
    "Game2048": lambda _, rng: cycling_directions(rng),
}


def policy_for(env_id: str, seed: int) -> Policy:
    """The policy for an id such as `game:TowerofHanoi-v0-hard`."""
    name, level = env_id.removeprefix("game:").split("-v0-")
    # A bare int would replay the very stream with which the peer's games, seeded alike, draw their secrets.
    return MAKERS[name](level, random.Random(f"policy {seed}"))
