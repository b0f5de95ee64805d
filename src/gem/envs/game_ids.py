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
    "game_2048:Game2048": {
        "": {"target_tile": 2048, "max_turns": 1200},
        "-easy": {"target_tile": 64, "max_turns": 50},
        "-hard": {"target_tile": 512, "max_turns": 350},
        "-extreme-hard": {"target_tile": 2048, "max_turns": 1200},
        "-random": {"target_tile": None, "max_turns": None},
    },
    "minesweeper:Minesweeper": {
        "": {"rows": 8, "cols": 8, "num_mines": 10, "max_turns": 64},
        "-easy": {"rows": 5, "cols": 5, "num_mines": 5, "max_turns": 25},
        "-hard": {"rows": 8, "cols": 8, "num_mines": 12, "max_turns": 64},
        "-random": {"rows": None, "cols": None, "num_mines": None, "max_turns": None},
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
}
"""`file:Name` of a game → variant → arguments; `None` is drawn anew for each episode."""

CERTIFIED: dict[str, dict[str, Any]] = {
    "GuessTheNumber-v1": {"max_turns": 5},
    "Game2048-v1-easy": {"target_tile": 256, "max_turns": 200},
    "Game2048-v1-random": {"target_tile": (256, 512, 1024)},
    "Sudoku-v1": {"max_turns": 32},
    "TowerofHanoi-v1": {"scattered": True, "max_turns": 15},
    "TowerofHanoi-v1-easy": {"scattered": True},
    "TowerofHanoi-v1-hard": {"scattered": True},
    "TowerofHanoi-v1-random": {"scattered": True},
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
