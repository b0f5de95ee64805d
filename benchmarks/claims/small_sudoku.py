"""4x4 Sudokus with few empty cells, under ids of their own: what a small model can learn in minutes.

What a right number pays is its share of the empty cells, so the return is the share of them that was filled.
"""

from __future__ import annotations

import gem
from gem.registry import ENV_REGISTRY

SPARE_TURNS = 2


def small_sudoku(clues: int) -> str:
    """The id of a Sudoku in which so many cells were tried for removal, with two turns to spare."""
    env_id = f"claims:Sudoku-{clues}"
    if env_id not in ENV_REGISTRY:
        gem.register(env_id, "gem.envs.games.sudoku:SudokuEnv", clues=clues, max_turns=clues + SPARE_TURNS, scale=4)
    return env_id
