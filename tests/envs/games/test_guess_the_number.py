"""Guess The Number: binary search is optimal, and a constant guess earns next to nothing."""

from __future__ import annotations

import pytest

import gem
from gem.envs.games.guess_the_number import GuessTheNumberEnv, State
from gem.errors import ConfigError
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:GuessTheNumber{variant}")
    for seed in range(200):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == 1.0
        assert env.turn_count <= env.max_turns


def test_solver_needs_the_fewest_turns_possible_on_easy() -> None:
    env = GuessTheNumberEnv(1, 10, 4)
    turns: list[int] = []
    for target in range(1, 11):
        env.reset(seed=0)
        env.state = State(4, low=1, high=10, target=target)
        finish(env)
        turns.append(env.turn_count)
    assert sum(turns) == 29


def test_distance_is_the_worst_case_of_binary_search() -> None:
    env, worst = GuessTheNumberEnv(1, 20, 20), 0
    for target in range(1, 21):
        env.reset(seed=0)
        env.state = State(20, low=1, high=20, target=target)
        assert env.distance() == 5
        done = False
        while not done:
            before = env.distance()
            done = env.step(env.solve()).done
            assert env.distance() <= before - 1
        assert env.distance() == 0
        worst = max(worst, env.turn_count)
    assert worst == 5


def test_distance_follows_what_the_answers_leave() -> None:
    env = GuessTheNumberEnv(1, 20, 20)
    env.reset(seed=0)
    env.state.target = 20
    env.step("\\boxed{19}")
    assert env.distance() == 1
    env.step("\\boxed{3}")
    assert env.distance() == 1


def test_repeating_one_guess_earns_no_consolation() -> None:
    env = gem.make("game:GuessTheNumber-v0-hard")
    for seed in range(30):
        env.reset(seed=seed)
        env.state.target = 30
        results = [env.step("\\boxed{25}") for _ in range(7)]
        assert sum(result.reward for result in results) == 0.0
        assert results[-1].truncated


def test_running_out_of_turns_on_a_legal_guess_pays_by_distance() -> None:
    env = GuessTheNumberEnv(1, 11, 1)
    env.reset(seed=0)
    env.state.target = 11
    assert env.step("\\boxed{6}").reward == pytest.approx(0.5)


def test_zero_is_a_guess_out_of_range_and_no_format_error() -> None:
    env = gem.make("game:GuessTheNumber-v0-easy", seed=0)
    env.reset()
    assert env.step("\\boxed{0}")[1:4] == (0.0, False, False)


@pytest.mark.parametrize("reply", ["5", " 5 ", "+5", "\\text{5}", "05", "guess 5", "Number: 5"])
def test_a_clear_guess_is_read(reply: str) -> None:
    env = gem.make("game:GuessTheNumber-v0-easy", seed=0)
    env.reset()
    env.step(f"\\boxed{{{reply}}}")
    assert env.state.guesses == [5]


@pytest.mark.parametrize("reply", ["500000", "500,000", "500{,}000", "500 000"])
def test_thousands_may_be_set_apart(reply: str) -> None:
    env = gem.make("game:GuessTheNumber-v1", difficulty="very hard", seed=0)
    env.reset()
    env.step(f"\\boxed{{{reply}}}")
    assert env.state.guesses == [500_000]


@pytest.mark.parametrize("reply", ["", "five", "guess", "4 5", "1.5", "5 or 6", "12,34", "1000,000"])
def test_what_is_no_guess_ends_the_game(reply: str) -> None:
    env = gem.make("game:GuessTheNumber-v0-easy", seed=0)
    env.reset()
    assert env.step(f"\\boxed{{{reply}}}")[1:4] == (-0.1, True, False)


def test_instances_of_the_random_variant_differ_and_every_number_is_hidden() -> None:
    env = gem.make("game:GuessTheNumber-v0-random", seed=0)
    ranges = {(env.reset(), (env.state.low, env.state.high))[1] for _ in range(300)}
    assert len(ranges) > 150
    easy = gem.make("game:GuessTheNumber-v0-easy", seed=0)
    assert {(easy.reset(), easy.state.target)[1] for _ in range(100)} == set(range(1, 11))


@pytest.mark.parametrize("turns", [0, -1, "x", 2.5])
def test_a_turn_limit_is_a_number_of_turns(turns: object) -> None:
    with pytest.raises(ConfigError, match="at least one turn"):
        gem.make("game:GuessTheNumber-v0", max_turns=turns)
