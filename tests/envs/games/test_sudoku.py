"""Sudoku: one solution always, honest answers to wrong numbers, and each right number pays once."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import gem
from gem.envs.games._sudoku_solver import grid, next_number, singles_suffice
from gem.envs.games.sudoku import State, SudokuEnv
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")
SMALL = "1234341221434321"
"""A full 4x4 grid."""
TOUGH = "4...3.......6..8..........1....5..9..8....6...7.2........1.27..5.3....4.9........"
"""A puzzle that takes search even from good solvers."""


def placed(shown: str, solution: str = SMALL, turns: int = 20) -> SudokuEnv:
    """A hand-made position."""
    env = SudokuEnv(10, turns, round(len(solution) ** 0.5))
    env.reset(seed=0)
    env.state = State(turns, solution=solution, shown=shown, gaps=shown.count("."))
    return env


def solutions(board: str, most: int = 2) -> list[str]:
    """Up to `most` solutions by plain backtracking over the emptiest cells: slow, but beyond doubt."""
    size = round(len(board) ** 0.5)
    side = round(size**0.5)

    def options(cell: int) -> list[str]:
        row, col = divmod(cell, size)
        top, left = row - row % side, col - col % side
        box = "".join(board[r * size + left : r * size + left + side] for r in range(top, top + side))
        seen = board[row * size : (row + 1) * size] + board[col::size] + box
        return [digit for digit in "123456789"[:size] if digit not in seen]

    empty = [cell for cell, number in enumerate(board) if number == "."]
    if not empty:
        return [board]
    cell = min(empty, key=lambda each: len(options(each)))
    found: list[str] = []
    for digit in options(cell):
        found += solutions(board[:cell] + digit + board[cell + 1 :], most - len(found))
        if len(found) >= most:
            break
    return found


@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_without_a_wrong_number(variant: str) -> None:
    env = gem.make(f"game:Sudoku{variant}")
    for seed in range(4):
        env.reset(seed=seed)
        gaps = env.state.gaps
        reward, info = finish(env)
        assert info["success"]
        assert reward == pytest.approx(1.0)
        assert env.turn_count == gaps <= env.max_turns


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["-v0", "-v0-easy", "-v0-hard", "-v1-random"])
def test_solver_wins_every_id_on_a_hundred_seeds(variant: str) -> None:
    env = gem.make(f"game:Sudoku{variant}")
    for seed in range(100):
        env.reset(seed=seed)
        assert finish(env)[1]["success"]


@pytest.mark.parametrize("tier", ["trivial", "easy", "medium", "hard", "very hard"])
def test_every_puzzle_has_one_solution_which_fits_the_turns(tier: str) -> None:
    env = SudokuEnv(**SudokuEnv.tiers[tier])
    for seed in range(2):
        env.reset(seed=seed)
        assert 1 <= env.state.shown.count(".") <= env.max_turns
        if env.state.gaps <= 50:  # plain backtracking takes long beyond
            assert solutions(env.state.shown) == [env.state.solution]


@pytest.mark.slow
def test_puzzles_dug_to_the_bottom_have_one_solution() -> None:
    env = SudokuEnv(**SudokuEnv.tiers["very hard"])
    for seed in range(8):
        env.reset(seed=seed)
        assert solutions(env.state.shown) == [env.state.solution]


def test_a_cell_stays_only_if_its_number_is_needed() -> None:
    env = SudokuEnv(16, 16, 4)
    for seed in range(5):
        env.reset(seed=seed)
        shown = env.state.shown
        for cell, number in enumerate(shown):
            if number != ".":
                assert len(solutions(f"{shown[:cell]}.{shown[cell + 1 :]}")) == 2


def test_digging_stops_where_the_turns_would_no_longer_do() -> None:
    env = SudokuEnv(81, 12, 9)
    env.reset(seed=0)
    assert env.state.gaps == 12


def test_tiers_grow_harder() -> None:
    gaps: list[int] = []
    easy: list[int] = []
    for arguments in SudokuEnv.tiers.values():
        env = SudokuEnv(**arguments)
        starts = [(env.reset(seed=seed), env.state.shown)[1] for seed in range(4)]
        gaps.append(sum(start.count(".") for start in starts))
        easy.append(sum(map(singles_suffice, starts)))
    assert all(one < other for one, other in pairwise(gaps))
    assert easy[:3] == [4, 4, 4]
    assert easy[-1] < 4


def test_a_right_number_pays_its_share_once() -> None:
    env = placed(".2343412214343..")
    assert env.step("\\boxed{1 1 1}")[1:4] == (pytest.approx(1 / 3), False, False)
    obs, reward, terminated, _, _ = env.step("\\boxed{1 1 1}")
    assert "row 1, column 1 already holds 1" in obs
    assert (reward, terminated) == (0.0, False)


def test_a_given_number_cannot_be_changed() -> None:
    env = placed(".2343412214343..")
    obs, reward, *_ = env.step("\\boxed{1 2 4}")
    assert "already holds 2" in obs
    assert reward == 0.0
    assert env.state.shown == ".2343412214343.."


@pytest.mark.parametrize(
    ("move", "why"), [("1 2 4", "row 1 already holds a 4"), ("1 3 2", "column 3 already holds a 2")]
)
def test_a_number_that_breaks_a_rule_is_told_which(move: str, why: str) -> None:
    env = placed("1..4341221434321")
    board = env.board()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{move}}}")
    assert why in obs
    assert (reward, terminated) == (0.0, False)
    assert obs.endswith(board)


def test_a_clash_in_the_box_alone_is_told() -> None:
    env = placed("1" + "." * 15)
    assert "box of row 2, column 2 already holds a 1" in env.step("\\boxed{2 2 1}").obs


def test_a_wrong_number_that_breaks_no_rule_is_not_said_to_break_one() -> None:
    env = placed("." * 15 + "1")
    obs, reward, terminated, _, info = env.step("\\boxed{1 1 4}")
    assert "breaks no rule" in info["event"]
    assert "violates" not in obs
    assert (reward, terminated) == (0.0, False)
    assert "Tried and wrong: 1 1 4.\n" in obs
    assert "tried before" in env.step("\\boxed{1 1 4}").obs
    assert env.board() == obs.split("\n", 1)[1]
    assert "Tried" not in env.step("\\boxed{1 1 1}").obs  # the cell is full: that is all there is to know


def test_trying_every_number_costs_the_turns() -> None:
    env = gem.make("game:Sudoku-v0-hard")
    for seed in range(3):
        env.reset(seed=seed)
        moves = [f"\\boxed{{1 {col} {number}}}" for col in range(1, 10) for number in range(1, 10)]
        results = [env.step(move) for move in moves[: env.max_turns]]
        assert results[-1].truncated
        assert sum(result.reward for result in results) < 0.15


def test_the_text_names_the_boxes_as_they_are() -> None:
    small, large = gem.make("game:Sudoku-v0-easy", seed=0), gem.make("game:Sudoku-v0", seed=0)
    assert "4 boxes of 2x2 cells" in small.reset()[0]
    assert "9 boxes of 3x3 cells" in large.reset()[0]


def test_the_board_shows_every_number_in_its_place() -> None:
    env = gem.make("game:Sudoku-v0-hard", seed=0)
    env.reset()
    lines = [line.split() for line in env.board().splitlines() if line]
    assert lines[0] == list("123456789")
    assert "".join("".join(line[1:]) for line in lines[1:]) == env.state.shown
    assert [line[0] for line in lines[1:]] == list("123456789")


@pytest.mark.parametrize(
    "reply", ["1 1 1", " 1,1,1 ", "(1, 1, 1)", "row 1 col 1 number 1", "r1c1 = 1", "\\text{1 1 1}", "Row 1 Column 1: 1"]
)
def test_a_clear_move_is_read(reply: str) -> None:
    env = placed(".2343412214343..")
    env.step(f"\\boxed{{{reply}}}")
    assert env.state.shown[0] == "1"


@pytest.mark.parametrize("reply", ["", "1 1", "1 1 1 1", "one one one", "number 1 row 1 col 1", "col 1 row 1 1", "111"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    env = placed(".2343412214343..")
    assert env.step(f"\\boxed{{{reply}}}")[1:4] == (-0.1, True, False)


@pytest.mark.parametrize("move", ["0 1 1", "1 5 1", "1 1 5", "-1 1 1", "9 9 9"])
def test_what_is_outside_the_grid_is_no_format_error(move: str) -> None:
    env = placed(".2343412214343..")
    assert env.step(f"\\boxed{{{move}}}")[1:4] == (0.0, False, False)


def test_solver_searches_where_no_number_is_forced() -> None:
    board = TOUGH
    assert not singles_suffice(board)
    while "." in board:
        cell, number = next_number(board)
        assert board[cell] == "."
        board = f"{board[:cell]}{number}{board[cell + 1 :]}"
    assert solutions(board) == [board]


def test_distance_counts_the_empty_cells() -> None:
    env = gem.make("game:Sudoku-v0-easy", seed=0)
    env.reset()
    while env.state.shown.count("."):
        before = env.distance()
        env.step(env.solve())
        assert env.distance() == before - 1
    assert env.distance() == 0


@pytest.mark.parametrize("variant", ["-v0", "-v0-easy", "-v0-hard"])
def test_starts_differ(variant: str) -> None:
    env = gem.make(f"game:Sudoku{variant}", seed=0)
    assert len({(env.reset(), env.state.shown)[1] for _ in range(20)}) == 20


def test_full_grids_begin_with_any_number() -> None:
    rng = np.random.default_rng(0)
    grids = [grid(9, lambda choices: int(rng.integers(choices))) for _ in range(60)]
    assert {full[0] for full in grids} == {full[40] for full in grids} == set("123456789")


def test_random_variant_draws_easy_and_hard() -> None:
    env = gem.make("game:Sudoku-v0-random", seed=0)
    assert {(env.reset(), (len(env.state.shown), env.max_turns))[1] for _ in range(12)} == {(16, 15), (81, 50)}


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((10, 20, 16), "scale is 16"),
        ((10, 20, 3), "scale is 3"),
        ((0, 20, 4), "clues is 0"),
        ((17, 20, 4), "clues is 17"),
        ((10, 0, 4), "max_turns is 0"),
        ((None, 20, 4), "all None"),
        ((10, None, 4), "all None"),
    ],
)
def test_what_makes_no_grid_is_refused(arguments: tuple[Any, ...], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        SudokuEnv(*arguments)
