"""Lights Out: the fewest presses, every square solvable, and no credit for presses that lead nowhere."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

import gem
from gem.envs.games.lights_out import LightsOutEnv, after, fewest_presses, patterns
from tests.envs.games.expert import finish


@pytest.mark.parametrize("variant", ["-v0", "-v0-easy", "-v0-hard", "-v1", "-v1-easy", "-v1-hard"])
def test_solver_wins_every_id_with_the_fewest_presses(variant: str) -> None:
    env = gem.make(f"game:LightsOut{variant}")
    for seed in range(100):
        env.reset(seed=seed)
        needed = env.distance()
        reward, info = finish(env)
        assert (reward, info["success"], env.turn_count) == (1.0, True, needed)


@pytest.mark.parametrize("size", [2, 3, 4])
def test_no_smaller_set_of_presses_does_it(size: int) -> None:
    rng = np.random.default_rng(0)
    for _ in range(10):
        lights = after(size, np.flatnonzero(rng.integers(2, size=size * size)).tolist())
        best = fewest_presses(size, lights)
        assert after(size, best) == lights
        smaller = combinations(range(size * size), max(len(best) - 1, 0))
        assert not best or all(after(size, list(presses)) != lights for presses in smaller)


def test_a_press_turns_over_the_light_and_its_neighbours() -> None:
    env = LightsOutEnv(3)
    env.reset(seed=0)
    env.state.lights = 0
    env.play((1, 1))
    assert env.board() == "  0 1 2\n0 . * .\n1 * * *\n2 . * .\n"
    env.play((0, 0))
    assert env.board() == "  0 1 2\n0 * . .\n1 . * *\n2 . * .\n"
    assert patterns(3)[4].bit_count() == 5


@pytest.mark.parametrize("reply", ["1 2", "1,2", "row 1, col 2", "press (1, 2)", "\\text{1 2}"])
def test_a_clear_press_is_read(reply: str) -> None:
    env = gem.make("game:LightsOut-v0-easy", seed=3)
    env.reset()
    before = env.state.lights
    result = env.step(f"\\boxed{{{reply}}}")
    assert env.state.lights == before ^ patterns(3)[5]
    assert not result.terminated or result.info["success"]


@pytest.mark.parametrize("reply", ["", "1", "1 2 3", "up", "a 2"])
def test_what_is_no_press_ends_the_game(reply: str) -> None:
    env = gem.make("game:LightsOut-v0-easy", seed=3)
    env.reset()
    assert env.step(f"\\boxed{{{reply}}}")[1:4] == (-0.1, True, False)


def test_a_press_beside_the_square_changes_nothing_but_the_turn() -> None:
    env = gem.make("game:LightsOut-v0-easy", seed=3)
    env.reset()
    before = env.state.lights
    for reply in ("3 0", "0 -1", "9 9"):
        assert env.step(f"\\boxed{{{reply}}}").reward == 0.0
    assert (env.state.lights, env.turn_count) == (before, 3)


def test_the_last_turn_pays_the_presses_that_helped() -> None:
    env = LightsOutEnv(3, 9)
    env.reset(seed=5)
    env.state.max_turns = 2
    needed = env.state.needed
    assert needed > 2
    env.step(env.solve())
    result = env.step(env.solve())
    assert (result.reward, result.truncated) == (pytest.approx(2 / needed), True)


def test_pressing_the_same_light_earns_nothing() -> None:
    env = gem.make("game:LightsOut-v0", seed=1)
    env.reset()
    total = 0.0
    while True:
        result = env.step("\\boxed{0 0}")
        total += result.reward
        if result.done:
            break
    assert total <= 0.0 or env.state.needed == 1


def test_starts_are_many() -> None:
    env = gem.make("game:LightsOut-v1-hard")
    assert len({(env.reset(seed=seed), env.state.lights)[1] for seed in range(1000)}) == 1000


@pytest.mark.parametrize("size", [1, 10, -3])
def test_a_square_of_no_sensible_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="2 to 9"):
        LightsOutEnv(size)
