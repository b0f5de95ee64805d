"""Seeded policies for the word games, the same for any package that offers them: see policies.py."""

import random
import re
from string import ascii_uppercase

from policies import Policy, UnreadableBoard
from word_data import words

WORD_LENGTH = {"easy": 3, "hard": 5}
GUESS_LEVEL = 35
"""Words that players know, which any word game takes."""
LEAST_GRID = 7
"""Rows and columns that every word search has."""
BLIND_RANGE = 5
"""Where a policy that has seen no crossword yet puts its first letter."""


def shuffled_words(length: int, rng: random.Random) -> Policy:
    """Words of `length` letters, none of them twice."""
    guesses = [word for word in words(GUESS_LEVEL) if len(word) == length]
    rng.shuffle(guesses)
    for guess in guesses:
        yield f"\\boxed{{{guess}}}"


def shuffled_letters(rng: random.Random) -> Policy:
    """Every letter once: more than any game of Hangman has turns."""
    for letter in rng.sample(ascii_uppercase, 26):
        yield f"\\boxed{{{letter}}}"


def straight_lines(rng: random.Random) -> Policy:
    """The ends of lines of 3 to 7 cells to the right or down, none of them twice."""
    tried: set[tuple[int, ...]] = set()
    while True:
        length = rng.randint(3, LEAST_GRID)
        across, along = rng.randrange(LEAST_GRID), rng.randint(0, LEAST_GRID - length)
        last = along + length - 1
        line = (across, along, across, last) if rng.random() < 0.5 else (along, across, last, across)
        if line not in tried:
            tried.add(line)
            yield f"\\boxed{{{' '.join(map(str, line))}}}"


def crossword_letters(rng: random.Random) -> Policy:
    """A letter for an empty cell of the last grid in the text (for any cell once all are filled), nothing twice."""
    tried: set[tuple[int, int, str]] = set()
    move = rng.randrange(BLIND_RANGE), rng.randrange(BLIND_RANGE), rng.choice(ascii_uppercase)
    while True:
        tried.add(move)
        text = yield f"\\boxed{{{' '.join(map(str, move))}}}"
        cells = _cells(text, "_") or _cells(text, ascii_uppercase)
        if not cells:
            raise UnreadableBoard("found no grid of a crossword in the text")
        move = rng.choice(
            [(*cell, letter) for cell in cells for letter in ascii_uppercase if (*cell, letter) not in tried]
        )


def _cells(text: str, wanted: str) -> list[tuple[int, int]]:
    """Where the last grid of lines `row cell cell ...` shows one of the `wanted` signs."""
    lines = re.findall(r"^ *R?(\d+)((?: +[A-Z_#.])+) *$", text, flags=re.MULTILINE)
    rows = {int(row): cells.split() for row, cells in lines}
    return [(row, col) for row, cells in rows.items() for col, cell in enumerate(cells) if cell in wanted]
