"""2048: every id can be won within its turns, rewards of a win sum to one, rows slide by the book."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gem
from gem.envs.games._game_2048_boards import tables
from gem.envs.games._game_2048_moves import DIRECTIONS, moved
from gem.envs.games._game_2048_solver import packed
from gem.envs.games.game_2048 import Game2048Env
from tests.envs.games.expert import finish

QUICK = ("-v0-easy", "-v0-random", "-v1-easy")
LONG = ("-v0-hard", "-v1", "-v1-hard", "-v1-extreme-hard", "-v1-random")
"""-v0 and -v0-extreme-hard are the game of -v1-extreme-hard."""
tiles = st.sampled_from([0, 0, 0, 2, 4, 8, 16])


def solver_wins(variant: str, seeds: int) -> None:
    env = gem.make(f"game:Game2048{variant}")
    for seed in range(seeds):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == pytest.approx(1.0)
        assert env.turn_count <= env.max_turns


@pytest.mark.parametrize("variant", ["-v0-easy", "-v0-random"])
def test_solver_wins_the_quick_ids_within_their_turns(variant: str) -> None:
    solver_wins(variant, 3)


@pytest.mark.slow
@pytest.mark.parametrize(("variant", "seeds"), [*((v, 20) for v in QUICK), *((v, 1) for v in LONG)])
def test_solver_wins_every_id_within_its_turns(variant: str, seeds: int) -> None:
    solver_wins(variant, seeds)


@pytest.mark.parametrize("size", [3, 5])
def test_solver_plays_other_boards(size: int) -> None:
    env = Game2048Env(32, 200, board_size=size)
    env.reset(seed=0)
    assert finish(env)[1]["success"]


@pytest.mark.parametrize("variant", [*QUICK, *LONG])
def test_the_turns_of_every_id_can_bring_enough_tiles(variant: str) -> None:
    env = gem.make(f"game:Game2048{variant}", seed=0)
    for _ in range(5):
        env.reset()
        assert 2 * env.max_turns > env.state.target


def naive_left(row: list[int]) -> list[int]:
    """The rule in words: push together, merge equal neighbours from the wall on, push together again."""
    full = [tile for tile in row if tile]
    for place in range(len(full) - 1):
        if full[place] and full[place] == full[place + 1]:
            full[place], full[place + 1] = 2 * full[place], 0
    full = [tile for tile in full if tile]
    return full + [0] * (len(row) - len(full))


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 5).flatmap(lambda n: st.lists(st.lists(tiles, min_size=n, max_size=n), min_size=n, max_size=n)))
def test_grids_slide_by_the_book(rows: list[list[int]]) -> None:
    grid = tuple(map(tuple, rows))
    field = np.array(rows)
    expected = {
        "left": [naive_left(list(row)) for row in field],
        "right": [naive_left(list(row[::-1]))[::-1] for row in field],
        "up": np.array([naive_left(list(column)) for column in field.T]).T,
        "down": np.array([naive_left(list(column[::-1]))[::-1] for column in field.T]).T,
    }
    for direction in DIRECTIONS:
        assert np.array_equal(np.array(moved(grid, direction)), np.array(expected[direction]))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.lists(tiles, min_size=4, max_size=4), min_size=4, max_size=4))
def test_the_solver_knows_the_same_moves_as_the_game(rows: list[list[int]]) -> None:
    grid, known = tuple(map(tuple, rows)), tables(4, 11)
    new, _ = known.moves(np.array([packed(grid)], np.uint64))
    new[2:] = known.turned(new[2:])
    assert new.tolist() == [packed(moved(grid, way)) for way in ("left", "right", "up", "down")]


def set_grid(env: Any, *rows: tuple[int, ...]) -> None:
    env.state.grid, env.state.top = rows, max(map(max, rows))


def test_a_move_that_changes_nothing_costs_a_turn_and_brings_no_tile() -> None:
    env = gem.make("game:Game2048-v0-easy", seed=0)
    env.reset()
    set_grid(env, (2, 4, 0, 0), (0,) * 4, (0,) * 4, (0,) * 4)
    board = env.board()
    obs, reward, terminated, _, _ = env.step("\\boxed{left}")
    assert (reward, terminated, env.turn_count) == (0.0, False, 1)
    assert obs.endswith(board)


def test_a_full_board_without_moves_is_lost() -> None:
    env = gem.make("game:Game2048-v0", seed=0)
    env.reset()
    set_grid(env, (0, 64, 8, 16), (8, 16, 32, 64), (128, 8, 16, 32), (8, 16, 32, 64))
    _, _, terminated, truncated, info = env.step("\\boxed{left}")
    while not terminated:  # whatever tile came, the board has no room or runs out of it
        _, _, terminated, truncated, info = env.step(env.sample_random_action())
    assert (truncated, info["success"]) == (False, False)


@pytest.mark.parametrize("reply", ["up", "UP", " Up ", "\\text{up}", "move up", "up."])
def test_a_clear_move_is_read(reply: str) -> None:
    env = gem.make("game:Game2048-v0-easy", seed=0)
    env.reset()
    set_grid(env, (0,) * 4, (0,) * 4, (2, 4, 2, 4), (0,) * 4)
    env.step(f"\\boxed{{{reply}}}")
    assert env.state.grid[0] == (2, 4, 2, 4)


@pytest.mark.parametrize("reply", ["", "north", "up or left", "not up", "1"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    env = gem.make("game:Game2048-v0-easy", seed=0)
    env.reset()
    assert env.step(f"\\boxed{{{reply}}}")[1:4] == (-0.1, True, False)


def test_random_variants_draw_all_their_targets() -> None:
    env = gem.make("game:Game2048-v0-random", seed=0)
    drawn = {(env.reset(), (env.state.target, env.max_turns))[1] for _ in range(60)}
    assert drawn == {(16, 20), (32, 30), (64, 50)}
    certified = gem.make("game:Game2048-v1-random", seed=0)
    assert {(certified.reset(), certified.state.target)[1] for _ in range(60)} == {256, 512, 1024}


def test_there_is_no_distance_to_a_goal_that_chance_decides() -> None:
    env = gem.make("game:Game2048-v0-easy", seed=0)
    env.reset()
    with pytest.raises(NotImplementedError, match="no distance"):
        env.distance()


def test_starts_differ_and_hold_two_tiles() -> None:
    env = gem.make("game:Game2048-v0", seed=0)
    starts = [(env.reset(), env.state.grid)[1] for _ in range(200)]
    assert len(set(starts)) > 100
    assert all(sum(tile > 0 for row in grid for tile in row) == 2 for grid in starts)
    assert any(4 in row for grid in starts for row in grid)


@pytest.mark.parametrize("arguments", [(3,), (100,), (4,), (2048, 100, 2), (2**20,)])
def test_targets_that_cannot_be_made_are_refused(arguments: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="target_tile"):
        Game2048Env(*arguments)


def test_a_game_without_targets_is_refused() -> None:
    with pytest.raises(ValueError, match="target_tile"):
        Game2048Env(())


@pytest.mark.parametrize("size", [-4, 0, 1, 10**9])
def test_a_board_of_no_use_is_refused_at_once(size: int) -> None:
    with pytest.raises(ValueError, match="board_size"):
        Game2048Env(board_size=size)


@pytest.mark.parametrize(("target", "turns"), [(512, 50), (2048, 100), ((16, 512), 125)])
def test_targets_that_no_turns_suffice_for_are_refused(target: int | tuple[int, ...], turns: int) -> None:
    """The released GEM asks for 512 in 50 turns and 2048 in 100; the tiles of 50 turns sum to at most 208."""
    with pytest.raises(ValueError, match="turns"):
        Game2048Env(target, turns)
