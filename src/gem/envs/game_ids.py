"""The catalogue of games, as data: a game is one file and one entry here.

`-v0` ids have the parameters and rewards that existing users know. `-v1` ids are their certified
twins: nothing but success pays, so the return of an episode says what its success says.
"""

from __future__ import annotations

from typing import Any

from gem.registry import register

GAMES: dict[str, dict[str, dict[str, Any]]] = {
    "guess_the_number:GuessTheNumber": {
        "": {"min_number": 1, "max_number": 20, "max_turns": 10},
        "-easy": {"min_number": 1, "max_number": 10, "max_turns": 4},
        "-hard": {"min_number": 1, "max_number": 50, "max_turns": 7},
        "-random": {"min_number": None, "max_number": None, "max_turns": None},
    },
    "fifteen_puzzle:FifteenPuzzle": {
        "": {"num_rows": 2, "max_turns": 20},
        "-easy": {"num_rows": 2, "max_turns": 10},
        "-hard": {"num_rows": 4, "max_turns": 50},
        "-random": {"num_rows": None, "max_turns": None},
    },
    "crosswords:Crosswords": {
        "": {"hardcore": False, "max_turns": 100, "num_words": 5},
        "-easy": {"hardcore": False, "max_turns": 30, "num_words": 3, "lengths": (3, 8), "level": 20},
        "-hard": {"hardcore": True, "max_turns": 40, "num_words": 3, "lengths": (5, 12)},
        "-random": {"hardcore": None, "max_turns": None, "num_words": None},
    },
    "word_search:WordSearch": {
        "": {"hardcore": False, "max_turns": 20, "num_words": 5},
        "-easy": {"hardcore": False, "max_turns": 20, "num_words": 5, "directions": 4},
        "-hard": {"hardcore": True, "max_turns": 20, "num_words": 5},
        "-random": {"hardcore": None, "max_turns": 20, "num_words": None},
    },
    "game_2048:Game2048": {
        "": {"target_tile": 2048, "max_turns": 1200},
        "-easy": {"target_tile": 64, "max_turns": 50},
        "-hard": {"target_tile": 512, "max_turns": 350},
        "-extreme-hard": {"target_tile": 2048, "max_turns": 1200},
        "-random": {"target_tile": None, "max_turns": None},
    },
    "mastermind:Mastermind": {
        "": {"code_length": 4, "num_numbers": 6, "max_turns": 20},
        "-easy": {"code_length": 2, "num_numbers": 6, "max_turns": 10},
        "-hard": {"code_length": 4, "num_numbers": 8, "max_turns": 30},
        "-random": {"code_length": None, "num_numbers": None, "max_turns": None},
    },
    "minesweeper:Minesweeper": {
        "": {"rows": 8, "cols": 8, "num_mines": 10, "max_turns": 64},
        "-easy": {"rows": 5, "cols": 5, "num_mines": 5, "max_turns": 25},
        "-hard": {"rows": 8, "cols": 8, "num_mines": 12, "max_turns": 64},
        "-random": {"rows": None, "cols": None, "num_mines": None, "max_turns": None},
    },
    "sokoban:Sokoban": {
        "": {"dim_room": (6, 6), "num_boxes": 3, "max_turns": 100},
        "-easy": {"dim_room": (6, 6), "num_boxes": 2, "max_turns": 20},
        "-hard": {"dim_room": (8, 8), "num_boxes": 4, "max_turns": 50},
        "-random": {"dim_room": None, "num_boxes": None, "max_turns": None},
    },
    "wordle:Wordle": {
        "": {"word_length": 5, "max_turns": 20},
        "-easy": {"word_length": 3, "max_turns": 15},
        "-hard": {"word_length": 5, "max_turns": 25},
        "-random": {"word_length": None, "max_turns": None},
    },
    "hangman:Hangman": {
        "": {"word_length": 5, "max_turns": 20},
        "-easy": {"word_length": 3, "max_turns": 10},
        "-hard": {"word_length": 7, "max_turns": 20},
        "-random": {"word_length": None, "max_turns": None},
    },
    "tower_of_hanoi:TowerofHanoi": {
        "": {"num_disks": 3, "max_turns": 100},
        "-easy": {"num_disks": 3, "max_turns": 10},
        "-hard": {"num_disks": 5, "max_turns": 35},
        "-random": {"num_disks": None, "max_turns": None},
    },
    "sudoku:Sudoku": {
        "": {"clues": 30, "max_turns": 100, "scale": 9},
        "-easy": {"clues": 10, "max_turns": 15, "scale": 4},
        "-hard": {"clues": 50, "max_turns": 50, "scale": 9},
        "-random": {"clues": None, "max_turns": None, "scale": None},
    },
    "lights_out:LightsOut": {"": {}, "-easy": {"size": 3, "max_turns": 12}, "-hard": {"size": 5, "max_turns": 30}},
    "wikigame:WikiGame": {
        "": {"max_turns": 10},
        "-easy": {"max_turns": 30, "par": (2, 4)},
        "-hard": {"max_turns": 15, "par": (5, 6)},
        "-random": {"max_turns": 15, "par": (2, 6), "variant": None},
    },
    "tic_tac_toe:TicTacToe": {
        "": {"chance": (0.0, 0.2)},
        "-easy": {"chance": (0.2, 0.5), "mistakes": 0.5},
        "-hard": {"chance": (0.0, 0.07)},
        "-random": {"chance": (0.0, 0.5)},
    },
    "kuhn_poker:KuhnPoker": {
        "": {"rounds": 2, "edge": (3, 5), "goal": 2},
        "-easy": {"rounds": 2, "edge": (5, 7), "goal": 4},
        "-hard": {"rounds": 3, "edge": (2, 3), "goal": 2},
        "-random": {"rounds": 3, "edge": (2, 7), "goal": 2},
    },
    "negotiation:Negotiation": {
        "": {"kinds": 3, "rounds": 8, "chance": (0.0, 0.5)},
        "-easy": {"kinds": 3, "rounds": 6, "chance": (0.0, 1.0)},
        "-hard": {"kinds": 4, "rounds": 8, "chance": (0.0, 0.34)},
        "-random": {"kinds": None, "rounds": 8, "chance": (0.0, 0.5)},
    },
}
"""`file:Name` of a game → variant → arguments; `None` is drawn anew for each episode."""

CERTIFIED: dict[str, dict[str, Any]] = {
    "GuessTheNumber-v1": {"max_turns": 5},
    "FifteenPuzzle-v1": {"num_rows": 3, "max_turns": 31},
    "FifteenPuzzle-v1-easy": {"num_rows": 3, "max_turns": 15},
    "FifteenPuzzle-v1-random": {"num_rows": (3, 4)},
    "Game2048-v1": {"target_tile": 1024, "max_turns": 700},
    "Game2048-v1-easy": {"target_tile": 256, "max_turns": 175},
    "Game2048-v1-hard": {"max_turns": 315},
    "Game2048-v1-random": {"target_tile": (256, 512, 1024)},
    "Sudoku-v1": {"clues": 40, "max_turns": 40},
    "Sudoku-v1-easy": {"clues": 16, "max_turns": 12},
    "Mastermind-v1": {"max_turns": 5},
    "Mastermind-v1-easy": {"code_length": 3, "max_turns": 5},
    "Mastermind-v1-hard": {"max_turns": 7},
    "Mastermind-v1-random": {"code_length": 4, "num_numbers": (6, 7, 8), "max_turns": 7},
    "Wordle-v1": {"max_turns": 8},
    "Wordle-v1-easy": {"max_turns": 10},
    "Wordle-v1-hard": {"max_turns": 6},
    "Hangman-v1": {"max_turns": 16},
    "Hangman-v1-easy": {"max_turns": 12},
    "Hangman-v1-hard": {"max_turns": 16},
    "Hangman-v1-random": {"word_length": (5, 6, 7), "max_turns": 17},
    "TowerofHanoi-v1": {"scattered": True, "max_turns": 15},
    "TowerofHanoi-v1-easy": {"scattered": True},
    "TowerofHanoi-v1-hard": {"scattered": True},
    "TowerofHanoi-v1-random": {"scattered": True},
    "WikiGame-v1-easy": {"par": (4, 4)},
    "WikiGame-v1-random": {"par": (3, 6)},
    "TicTacToe-v1": {"chance": (0.0, 0.12)},
    "TicTacToe-v1-easy": {"chance": (0.08, 0.15), "mistakes": 0.0},
    "TicTacToe-v1-random": {"chance": (0.0, 0.15)},
    "Negotiation-v1-easy": {"chance": (0.4, 0.7)},
}
"""What a -v1 id has otherwise than its twin, besides `partial_credit=False`: where random moves would win too often."""


def register_games() -> None:
    """Register every variant of every game, and its certified twin."""
    for path, variants in GAMES.items():
        module, _, name = path.partition(":")
        entry_point = f"gem.envs.games.{module}:{name}Env"
        for variant, arguments in variants.items():
            register(f"game:{name}-v0{variant}", entry_point, **arguments)
            certified = f"{name}-v1{variant}"
            changes = {"partial_credit": False, **CERTIFIED.get(certified, {})}
            register(f"game:{certified}", entry_point, **{**arguments, **changes})
