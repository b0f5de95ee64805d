"""Minesweeper: won by opening every safe cell, by logic alone, with flags that protect."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gem
from gem.envs.games._minesweeper_deduction import deduced, opened_by, size, solvable
from gem.envs.games._minesweeper_odds import safest
from gem.envs.games.minesweeper import MinesweeperEnv
from gem.parsing import boxed_answers
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


def opened(env: Any, action: str = "\\boxed{reveal 2 2}") -> Any:
    env.reset(seed=1)
    env.step(action)
    return env


def cell_of(env: Any, mined: bool) -> str:
    """Row and column of a closed cell with or without a mine."""
    state = env.state
    place = next(p for p, seen in enumerate(state.shown) if seen == "." and bool(state.mined >> p & 1) == mined)
    return f"{place // state.cols} {place % state.cols}"


@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:Minesweeper{variant}")
    for seed in range(8):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == pytest.approx(1.0)
        assert env.turn_count <= env.max_turns


@pytest.mark.parametrize("first", ["0 0", "0 3", "4 4", "7 0"])
def test_a_board_is_won_by_logic_alone_wherever_it_is_opened(first: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gem.envs.games._minesweeper_odds.safest", None)  # a guess would raise
    env = gem.make("game:Minesweeper-v0-hard")
    for seed in range(10):
        env.reset(seed=seed)
        if not env.step(f"\\boxed{{reveal {first}}}").terminated:
            assert finish(env)[1]["success"]


def test_the_first_cell_and_those_around_it_are_safe() -> None:
    env = MinesweeperEnv(5, 5, 16, no_guess=False)
    for seed in range(20):
        env.reset(seed=seed)
        _, _, terminated, _, info = env.step("\\boxed{reveal 2 2}")
        assert terminated  # the 3x3 in the middle are all safe cells
        assert info["success"]


def test_opening_every_safe_cell_wins_whatever_the_flags() -> None:
    for flag_mine in (True, False):
        env = opened(gem.make("game:Minesweeper-v0-easy"))
        if flag_mine:
            env.step(f"\\boxed{{flag {cell_of(env, mined=True)}}}")
        assert finish(env)[1]["success"]


def test_distance_bounds_the_turns_of_the_solver_and_is_zero_only_when_won() -> None:
    env = gem.make("game:Minesweeper-v0-easy")
    for seed in range(10):
        env.reset(seed=seed)
        assert env.distance() == 20
        env.step("\\boxed{flag 0 0}")
        bound, turns = env.distance(), env.turn_count
        done = False
        while not done:
            before = env.distance()
            assert before > 0
            done = env.step(env.solve()).done
            assert env.distance() < before
        assert env.distance() == 0
        assert env.turn_count - turns <= bound


def test_a_flag_guards_its_cell_and_comes_off_again() -> None:
    env = opened(gem.make("game:Minesweeper-v0-easy"))
    cell = cell_of(env, mined=True)
    env.step(f"\\boxed{{flag {cell}}}")
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{reveal {cell}}}")
    assert "flag" in obs
    assert (reward, terminated) == (0.0, False)
    env.step(f"\\boxed{{flag {cell}}}")
    assert env.step(f"\\boxed{{reveal {cell}}}")[1:4] == (0.0, True, False)


def test_an_opening_region_passes_over_flags() -> None:
    env = MinesweeperEnv(5, 5, 1)
    env.reset(seed=0)
    env.step("\\boxed{flag 2 3}")
    env.step("\\boxed{reveal 2 2}")
    assert env.state.shown[13] == "F"
    env.step("\\boxed{unflag 2 3}")
    assert finish(env)[1]["success"]


def test_solver_takes_a_wrong_flag_away() -> None:
    env = opened(gem.make("game:Minesweeper-v0-easy"))
    env.step(f"\\boxed{{flag {cell_of(env, mined=False)}}}")
    assert finish(env)[1]["success"]


@pytest.mark.parametrize(
    "reply", ["reveal 2 3", "Reveal  2, 3", "\\text{reveal} 2 3", "reveal(2,3)", "open row 2 col 3", "reveal r2 c3"]
)
def test_a_clear_move_is_read(reply: str) -> None:
    env = gem.make("game:Minesweeper-v0", seed=0)
    env.reset()
    env.step(f"\\boxed{{{reply}}}")
    assert env.state.opened >> (2 * 8 + 3) & 1


@pytest.mark.parametrize("reply", ["", "2 3", "reveal 2", "reveal 1 2 3", "dig 1 2", "reveal a b"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    env = gem.make("game:Minesweeper-v0", seed=0)
    env.reset()
    assert env.step(f"\\boxed{{{reply}}}")[1:4] == (-0.1, True, False)


@pytest.mark.parametrize("move", ["reveal 9 0", "reveal -1 0", "flag 0 5", "reveal 2 2", "flag 2 2", "unflag 0 0"])
def test_an_illegal_move_changes_nothing_but_the_turn(move: str) -> None:
    env = opened(gem.make("game:Minesweeper-v0-easy"))
    env.state.shown[0] = "."
    board = env.board()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{move}}}")
    assert (reward, terminated) == (0.0, False)
    assert obs.endswith(board)
    assert env.turn_count == 2


@pytest.mark.parametrize("arguments", [(3, 3, 1), (5, 5, 17), (8, 8, 56), (4, 4, -1), (8, 8, None), (None, 8, 10)])
def test_mines_without_room_are_refused(arguments: tuple[int | None, ...]) -> None:
    with pytest.raises(ValueError, match="mines"):
        MinesweeperEnv(*arguments)


@pytest.mark.parametrize("arguments", [(10**9, 8, 10), (8, 10**9, 10), (60, 60, 300)])
def test_a_huge_board_is_refused_at_once(arguments: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="cells"):
        MinesweeperEnv(*arguments)


def test_the_examples_of_the_rules_are_legal_in_every_tier() -> None:
    for tier in MinesweeperEnv.tiers:
        env = gem.make("game:Minesweeper-v0", difficulty=tier, seed=0)
        env.reset()
        examples = boxed_answers(env.rules())
        assert len(examples) == 2
        assert all(env.is_legal(f"\\boxed{{{example}}}") for example in examples)


def test_random_variant_draws_every_size_and_boards_differ() -> None:
    env = gem.make("game:Minesweeper-v0-random", seed=0)
    drawn = {(env.reset(), (env.state.rows, env.state.cols, env.state.mines, env.max_turns))[1] for _ in range(60)}
    assert drawn == {(n, n, n * n // 5, n * n) for n in (5, 6, 7, 8)}
    easy = gem.make("game:Minesweeper-v0-easy", seed=0)
    assert len({(easy.reset(), easy.step("\\boxed{reveal 2 2}"), easy.state.mined)[2] for _ in range(100)}) > 60


def test_first_and_last_observation_are_enough_to_play() -> None:
    env = opened(gem.make("game:Minesweeper-v0-easy"))
    cells = re.findall(r"^\d((?: .){5})$", env.board(), flags=re.MULTILINE)
    assert [cell for line in cells for cell in line.split()] == env.state.shown


def test_a_fork_before_the_first_reveal_finds_the_same_mines() -> None:
    env = gem.make("game:Minesweeper-v0-hard", seed=5)
    env.reset()
    fork = env.fork()
    assert env.step("\\boxed{reveal 3 3}") == fork.step("\\boxed{reveal 3 3}")


def test_random_moves_are_legal() -> None:
    env = gem.make("game:Minesweeper-v0-hard", seed=0)
    env.reset()
    rng = np.random.default_rng(0)
    assert all(re.fullmatch(r"\\boxed\{(reveal|flag) [0-7] [0-7]\}", env.sample_random_action(rng)) for _ in range(50))


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 7), st.integers(3, 7), st.data())
def test_deduction_never_takes_a_mine_for_safe(rows: int, cols: int, data: st.DataObject) -> None:
    shape = size(rows, cols)
    mines = data.draw(st.integers(1, shape.cells - 1))
    seen = data.draw(st.integers(0, shape.cells)) & ~mines
    for place in range(rows * cols):  # what is around an open 0 is open too, as in the game
        if seen >> place & 1 and not shape.around[place] & mines:
            seen |= shape.around[place]
    safe, known = deduced(shape, seen, shape.neighbours(mines), mines.bit_count())
    assert safe & mines == 0
    assert known & ~mines == 0
    assert safe & seen == 0


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([(5, 5), (4, 6), (8, 8)]), st.data())
def test_a_board_is_taken_exactly_if_deduction_wins_it(rows_cols: tuple[int, int], data: st.DataObject) -> None:
    shape = size(*rows_cols)
    first = data.draw(st.integers(0, shape.cells.bit_length() - 1))
    room = [place for place in range(shape.cells.bit_length()) if not shape.widened(1 << first) >> place & 1]
    mined = data.draw(st.sets(st.sampled_from(room), min_size=1, max_size=len(room) // 3))
    mines = sum(1 << place for place in mined)
    seen = opened_by(shape, mines, 1 << first)
    while safe := deduced(shape, seen, shape.neighbours(mines), len(mined))[0]:
        seen = opened_by(shape, mines, seen | safe)
    assert solvable(shape, mines, first) == (seen == shape.cells ^ mines)


def test_a_cell_walled_in_by_mines_is_safe_once_all_mines_are_known() -> None:
    # Mines at 3, 8 and 9 wall in cell 4, the corner of a 5x5 board. The other 21 cells are open.
    shape, mines = size(5, 5), 0b1100001000
    seen = shape.cells ^ (mines | 1 << 4)
    assert deduced(shape, seen, shape.neighbours(mines), 3) == (1 << 4, mines)
    assert solvable(shape, mines, 20)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(2, 6), st.data())
def test_neighbours_are_counted_right(rows: int, cols: int, data: st.DataObject) -> None:
    shape = size(rows, cols)
    cells = data.draw(st.integers(0, shape.cells))
    planes = shape.neighbours(cells)
    for place in range(rows * cols):
        row, col = divmod(place, cols)
        near = [(y, x) for y in range(row - 1, row + 2) for x in range(col - 1, col + 2) if (y, x) != (row, col)]
        count = sum(cells >> (y * cols + x) & 1 for y, x in near if 0 <= y < rows and 0 <= x < cols)
        assert sum((plane >> place & 1) << digit for digit, plane in enumerate(planes)) == count


def test_the_safest_cell_is_the_one_in_the_fewest_layouts() -> None:
    # Cells 0 to 3, 2 mines among 0, 1, 2 and 1 among 2, 3: mines at 2 and one of 0, 1; or at 0, 1 and 3.
    assert safest(0b1111, {0b0111: 2, 0b1100: 1}, 2) == 3
    assert safest(0b1111, {0b0111: 2, 0b1100: 1}, 3) == 2
