"""Colours for boards in a terminal. What is painted stays the same text once the colours are taken away."""

from __future__ import annotations

import os
import re
import sys

RESET, DIM, BOLD, RED, GREEN, YELLOW = "\x1b[0m", "\x1b[2m", "\x1b[1m", "\x1b[31m", "\x1b[32m", "\x1b[33m"
NUMBERS = tuple(f"\x1b[{code}m" for code in (2, 94, 32, 91, 35, 33, 36, 95, 34, 31))
"""The colours of 0 to 9, as players of Minesweeper and Sudoku know them; greater numbers go by their length in bits."""
PIECES = {**dict.fromkeys("#.·_-|+", DIM), **dict.fromkeys("@FGO", GREEN), **dict.fromkeys("*YX$", YELLOW)}
"""The colours of other pieces."""
_TOKEN = re.compile(r"\d+|\S")


def wanted() -> bool:
    """Whether the output is a terminal that may be coloured (https://no-color.org)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def in_colour(text: str, colour: str) -> str:
    """The text in one colour."""
    return f"{colour}{text}{RESET}"


def board(text: str) -> str:
    """An observation with its boards painted: lines of pieces and numbers, their labels dim. Prose stays plain."""
    painted: list[str] = []
    labelled = False
    for line in text.split("\n"):
        if not _is_row(line):
            painted.append(line)
            labelled = False
        elif line.startswith(" ") and _counts(line.split()):
            painted.append(in_colour(line, DIM))
            labelled = True
        else:
            label, gap, row = line.partition(" ") if labelled else ("", "", line)
            painted.append((in_colour(label, DIM) if label else "") + gap + _TOKEN.sub(_piece, row))
    return "\n".join(painted)


def _counts(words: list[str]) -> bool:
    """Whether these are the labels of columns: 0 1 2 … or 1 2 3 …"""
    return words in ([str(number) for number in range(start, start + len(words))] for start in (0, 1))


def _is_row(line: str) -> bool:
    """Whether a line belongs to a board: it has several words, all pieces or numbers, or a wall."""
    words = line.split()
    if len(words) < 2:
        return line.startswith("#")
    return all(len(word) <= 2 or word.isdigit() or not any(map(str.isalnum, word)) for word in words)


def _piece(found: re.Match[str]) -> str:
    token = found[0]
    if not token.isdigit():
        colour = PIECES.get(token)
    else:
        number = int(token[:18])
        colour = NUMBERS[number if number < 10 else number.bit_length() % len(NUMBERS)]
    return in_colour(token, colour) if colour else token
