"""Which policy plays which game: the policies themselves are in policies.py and policies_words.py."""

import random
from collections.abc import Callable

import policies as boards
import policies_words as language

MAKERS: dict[str, Callable[[str, random.Random], boards.Policy]] = {
    "GuessTheNumber": lambda level, rng: boards.shuffled_guesses(boards.GUESS_RANGE[level], rng),
    "TowerofHanoi": lambda level, rng: boards.legal_hanoi_moves(boards.HANOI_DISKS[level], rng),
    "Minesweeper": lambda level, rng: boards.hidden_cells(boards.BOARD_SIZE[level], rng),
    "Game2048": lambda _, rng: boards.cycling_directions(rng),
    "Mastermind": lambda level, rng: boards.distinct_codes(*boards.CODES[level], rng),
    "FifteenPuzzle": lambda _, rng: boards.cycling_directions(rng),
    "Sudoku": lambda level, rng: boards.sudoku_entries(boards.GRID_SIZE[level], rng),
    "Sokoban": lambda _, rng: boards.random_directions(rng),
    "Wordle": lambda level, rng: language.shuffled_words(language.WORD_LENGTH[level], rng),
    "Hangman": lambda _, rng: language.shuffled_letters(rng),
    "Crosswords": lambda _, rng: language.crossword_letters(rng),
    "WordSearch": lambda _, rng: language.straight_lines(rng),
}
"""Takes easy or hard."""

COMMON_IDS = tuple(f"game:{game}-v0-{level}" for game in MAKERS for level in ("easy", "hard"))
"""The ids that both packages offer and that run offline (the peer's WikiGame asks a server)."""


def policy_for(env_id: str, seed: int) -> boards.Policy:
    """The policy for one of `COMMON_IDS`."""
    game, level = env_id.removeprefix("game:").split("-v0-")
    # A bare int would replay the very stream with which the peer's games, seeded alike, draw their secrets.
    return MAKERS[game](level, random.Random(f"policy {seed}"))
