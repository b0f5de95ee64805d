"""Tic-tac-toe: openings that can be held or won, an opponent that never errs, and honest goals."""

from __future__ import annotations

import numpy as np
import pytest

import gem
from gem.envs.games.tic_tac_toe import Board, TicTacToeEnv, TicTacToeMatch, best_moves, chance_of, openings, worth
from gem.multiagent import play_match
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


def at(cells: str, **arguments: object) -> TicTacToeEnv:
    """A game against a perfect opponent that stands like this, the player to move."""
    env = TicTacToeEnv((0.0, 1.0), **arguments)  # pyright: ignore[reportArgumentType]
    env.reset(seed=0)
    env.state.table = Board(cells)
    env.state.player = env.state.table.mover
    env.state.goal = 1.0 if worth(cells) > 0 else 0.5
    return env


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_reaches_the_goal_of_every_id(variant: str) -> None:
    env = gem.make(f"game:TicTacToe{variant}")
    for seed in range(100):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert (reward, info["success"]) == (1.0, True)
        assert env.turn_count <= env.max_turns - 2


@pytest.mark.parametrize(
    ("cells", "value", "moves"),
    [
        (".........", 0, list(range(9))),
        ("X........", 0, [4]),
        ("XX.OO....", 1, [2]),
        ("XX..O.O..", 1, [2]),
        ("X...O...X", 0, [1, 3, 5, 7]),
        ("XX.XO..O.", -1, [2, 5, 6, 8]),
    ],
)
def test_worth_and_best_moves_of_known_positions(cells: str, value: int, moves: list[int]) -> None:
    assert (worth(cells), best_moves(cells)) == (value, moves)


def test_openings_can_be_held_or_won_and_keep_their_chance() -> None:
    for cells in openings(0.0, 0.07):
        assert worth(cells) >= 0
        assert 0 < chance_of(cells, worth(cells)) <= 0.07
    assert len(openings(0.0, 0.2)) == 779


def test_the_chance_is_that_of_random_moves() -> None:
    cells = "X........"  # O to move: only the centre holds
    env, rng = at(cells), np.random.default_rng(0)
    held = 0
    for _ in range(400):
        env = at(cells)
        while not (result := env.step(env.sample_random_action(rng))).done:
            pass
        held += result.info["success"]
    assert held / 400 == pytest.approx(chance_of(cells, 0), abs=0.03)


def test_the_goal_is_told_and_what_it_pays() -> None:
    assert "Your goal: win." in at("XX.OO....").rules()
    assert "Your goal: do not lose." in at("X...O...X").rules()
    _, reward, terminated, _, info = at("XX.OO....").step("\\boxed{3}")
    assert (reward, terminated, info["success"]) == (1.0, True, True)


def test_a_draw_pays_half_where_a_win_was_possible() -> None:
    total, info = finish_with(at("XOXXO.OX."), ["\\boxed{9}"])
    assert (total, info["success"]) == (1.0, True)
    env = at("XOXXO.OX.")
    env.state.goal = 1.0
    assert env.step("\\boxed{6}").reward == 0.5


def test_a_draw_is_success_where_no_win_was_possible() -> None:
    env = at("X...O...X", partial_credit=False)
    reward, info = finish(env)
    assert (reward, info["success"], env.state.table.payoffs) == (1.0, True, (0.5, 0.5))


def test_a_loss_pays_nothing_and_ends_the_game() -> None:
    env = at("X...O...X")
    result = env.step("\\boxed{3}")  # X threatens two lines at once from here
    while not result.done:
        result = env.step(env.sample_random_action(np.random.default_rng(1)))
    assert (result.reward, result.terminated, result.info["success"]) == (0.0, True, False)


@pytest.mark.parametrize("reply", ["3", "cell 3", " 3 ", "\\text{3}", "X 3"])
def test_a_clear_move_is_read(reply: str) -> None:
    assert at("XX.OO....").step(f"\\boxed{{{reply}}}").info["success"]


@pytest.mark.parametrize("reply", ["", "centre", "1 2", "x"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    assert at("XX.OO....").step(f"\\boxed{{{reply}}}")[1:3] == (-0.1, True)


@pytest.mark.parametrize("reply", ["1", "5", "0", "10", "-3", "99999999999999999999"])
def test_an_illegal_move_changes_nothing_but_the_turn(reply: str) -> None:
    env = at("XX.OO....")
    _, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, env.turn_count, env.state.table.cells) == (0.0, False, 1, "XX.OO....")


def test_illegal_moves_run_out_of_turns_and_earn_nothing() -> None:
    env = gem.make("game:TicTacToe-v0", seed=0)
    env.reset()
    total, taken = 0.0, env.state.table.cells.replace(".", "_")
    action = f"\\boxed{{{next(cell for cell, mark in enumerate(taken, 1) if mark in 'XO')}}}"
    while not (result := env.step(action)).done:
        total += result.reward
    assert (total + result.reward, result.truncated, result.info["success"]) == (0.0, True, False)


def test_an_opponent_that_errs_can_be_beaten_from_the_start() -> None:
    env = TicTacToeEnv((0.2, 0.5), mistakes=1.0)
    env.reset(seed=0)
    replies = {(env.reset(), env.step(env.solve()).info["event"])[1] for _ in range(50)}
    assert len(replies) > 20


def test_instances_are_diverse() -> None:
    env = gem.make("game:TicTacToe-v0", seed=0)
    assert len({env.reset()[0] for _ in range(1000)}) > 450  # of 779 openings


def test_distance_bounds_the_turns_and_is_0_only_at_the_goal() -> None:
    env = gem.make("game:TicTacToe-v1", seed=0)
    for seed in range(50):
        env.reset(seed=seed)
        bounds = [env.distance()]
        while not env.step(env.solve()).done:
            bounds.append(env.distance())
        assert all(bound >= len(bounds) - turn > 0 for turn, bound in enumerate(bounds))
        assert env.distance() == 0


def test_a_chance_that_no_opening_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no opening"):
        TicTacToeEnv((0.0, 0.001))


def test_perfect_players_draw_their_match() -> None:
    for seed in range(5):
        env = TicTacToeMatch()
        expert = lambda obs, env=env: f"\\boxed{{{best_moves(env.state.table.cells)[-1] + 1}}}"  # noqa: E731
        assert play_match(env, {"X": expert, "O": expert}, seed=seed) == {"X": 0.5, "O": 0.5}


def finish_with(env: TicTacToeEnv, actions: list[str]) -> tuple[float, dict[str, object]]:
    """The return of these actions and the last info."""
    results = [env.step(action) for action in actions]
    return sum(result.reward for result in results), results[-1].info
