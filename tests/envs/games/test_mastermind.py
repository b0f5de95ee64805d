"""Mastermind: honest pegs, readable guesses, and turn limits proved by trying every code."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise, permutations, product
from typing import Any

import numpy as np
import pytest

import gem
from gem.envs.games import _mastermind_codes as codes
from gem.envs.games._mastermind_codes import Code, Guess, Space, best_guess, pegs
from gem.envs.games.mastermind import MastermindEnv, State
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


def position(code: Code, guesses: tuple[Code, ...] = (), turns: int = 20) -> MastermindEnv:
    """A game with this code after these guesses."""
    env = MastermindEnv(len(code), 6, max_turns=turns)
    env.reset(seed=0)
    env.state = State(turns, numbers=6, code=code)
    for guess in guesses:
        env.step(boxed(guess))
    return env


def boxed(guess: Code) -> str:
    return f"\\boxed{{{' '.join(map(str, guess))}}}"


# -- expert ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:Mastermind{variant}")
    for seed in range(60):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == pytest.approx(1.0)


def turns_at_worst(space: Space) -> int:
    """Turns that the expert needs for the code that is hardest for it."""

    def worst(guesses: tuple[Guess, ...], left: list[Code]) -> int:
        guess = best_guess(space, guesses)
        parts: dict[tuple[int, int], list[Code]] = defaultdict(list)
        for code in left:
            parts[pegs(guess, code)].append(code)
        parts.pop((space.length, 0), None)
        return 1 + max((worst((*guesses, (guess, *answer)), part) for answer, part in parts.items()), default=0)

    numbers = range(1, space.numbers + 1)
    every = product(numbers, repeat=space.length) if space.duplicates else permutations(numbers, space.length)
    return worst((), list(every))


@pytest.mark.parametrize(("variant", "numbers"), [("-v1", 6), ("-v1-easy", 6)])
def test_certified_turns_are_just_enough_for_every_code(variant: str, numbers: int) -> None:
    env = gem.make(f"game:Mastermind{variant}", seed=0)
    env.reset()
    assert turns_at_worst(Space(len(env.state.code), numbers, duplicates=False)) == env.max_turns


@pytest.mark.slow
@pytest.mark.parametrize("numbers", [7, 8])
def test_certified_turns_of_larger_codes_are_enough_for_every_code(numbers: int) -> None:
    for variant in ("-v1-hard", "-v1-random"):
        env = gem.make(f"game:Mastermind{variant}", seed=0)
        env.reset()
        assert turns_at_worst(Space(4, numbers, duplicates=False)) <= env.max_turns


def test_solver_wins_after_a_useless_opening() -> None:
    env = position((4, 2, 6, 1), ((1, 1, 1, 1), (1, 1, 1, 2), (1, 1, 2, 1)))
    assert finish(env)[1]["success"]
    assert env.turn_count <= 3 + 5


@pytest.mark.parametrize("duplicates", [False, True])
def test_solver_and_game_count_the_same_pegs(duplicates: bool) -> None:
    space = Space(3, 5, duplicates)
    every = codes.possible(space, ())
    rows = list(map(tuple, every.tolist()))
    answers = codes._answers(every, every, space)
    expected = [[codes._answer(space, *pegs(guess, code)) for code in rows] for guess in rows]
    assert answers.tolist() == expected


def test_distance_is_the_turns_that_the_expert_takes() -> None:
    env = gem.make("game:Mastermind-v0", seed=5)
    env.reset()
    expected = env.distance()
    done = False
    while not done:
        assert env.distance() == expected > 0
        done = env.step(env.solve()).done
        expected -= 1
    assert env.distance() == 0


@pytest.mark.slow
def test_harder_tiers_take_the_expert_longer() -> None:
    means: list[float] = []
    for tier in MastermindEnv.tiers:
        env = gem.make("game:Mastermind-v1", difficulty=tier)
        turns: list[int] = []
        for seed in range(30):
            env.reset(seed=seed)
            assert finish(env)[1]["success"]
            turns.append(env.turn_count)
        means.append(sum(turns) / len(turns))
    assert all(easier + 0.3 < harder for easier, harder in pairwise(means))


# -- rules ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guess", "code", "answer"),
    [
        ((1, 2, 3, 4), (1, 2, 3, 4), (4, 0)),
        ((1, 2, 3, 4), (4, 3, 2, 1), (0, 4)),
        ((1, 2, 3, 4), (1, 3, 5, 6), (1, 1)),
        ((5, 6, 5, 6), (1, 2, 3, 4), (0, 0)),
        ((1, 1, 2, 2), (1, 2, 1, 1), (1, 2)),
        ((1, 1, 1, 2), (2, 1, 3, 4), (1, 1)),
        ((2, 2, 1, 1), (1, 1, 1, 1), (2, 0)),
    ],
)
def test_a_peg_for_each_number_once(guess: Code, code: Code, answer: tuple[int, int]) -> None:
    assert pegs(guess, code) == answer


def test_board_lists_every_guess_with_its_pegs() -> None:
    env = position((1, 3, 5, 6), ((1, 2, 3, 4),))
    obs = env.step("\\boxed{6 5 3 1}").obs
    assert obs == "Turn 2: 6 5 3 1: 0 black, 4 white.\n1 2 3 4: 1 black, 1 white\n6 5 3 1: 0 black, 4 white\n"


def test_a_guess_may_repeat_numbers_and_the_rules_say_so() -> None:
    env = position((1, 2, 3, 4))
    obs, reward, terminated, _, _ = env.step("\\boxed{1 1 2 2}")
    assert "A guess may repeat a number" in env.rules()
    assert "1 1 2 2: 1 black, 1 white" in obs
    assert (reward, terminated) == (0.25, False)


@pytest.mark.parametrize(
    "reply",
    [
        "1 2 3 4",
        "1234",
        "1, 2, 3, 4",
        "1,2,3,4",
        "[1, 2, 3, 4]",
        "\\text{1 2 3 4}",
        " 1  2 3 4 ",
        "Guess: 1 2 3 4",
        "numbers 1 2 3 4",
    ],
)
def test_a_clear_guess_is_read(reply: str) -> None:
    env = position((1, 2, 5, 6))
    obs, reward, terminated, truncated, _ = env.step(f"\\boxed{{{reply}}}")
    assert obs.endswith("1 2 3 4: 2 black, 0 white\n")
    assert (reward, terminated, truncated) == (0.5, False, False)


@pytest.mark.parametrize("reply", ["", "a b c d", "1 2 3 x", "red blue", "guess"])
def test_what_is_no_guess_ends_the_game(reply: str) -> None:
    env = position((1, 2, 5, 6))
    _, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (-0.1, True)


@pytest.mark.parametrize(
    "reply", ["1 2 3", "1 2 3 4 5", "123", "12345", "-123", "0 1 2 3", "1 2 3 7", "1 2 3 -4", "6 5 4 3"]
)
def test_an_illegal_guess_tells_and_earns_nothing(reply: str) -> None:
    env = position((1, 2, 5, 6), ((6, 5, 4, 3),))
    board = env.board()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, env.turn_count) == (0.0, False, 2)
    assert obs.endswith(board)
    assert env.board() == board


def test_a_glued_guess_stays_unread_where_numbers_have_two_digits() -> None:
    env = MastermindEnv(2, 12)
    env.reset(seed=0)
    assert "a guess has 2 numbers" in env.step("\\boxed{12}").obs
    assert env.step("\\boxed{12 11}").obs.count("12 11: ") == 2


# -- rewards --------------------------------------------------------------------------------------


def test_only_more_black_pegs_than_ever_before_pay() -> None:
    env = position((1, 2, 3, 4))
    guesses = ((1, 2, 6, 5), (5, 6, 3, 4), (4, 3, 2, 1), (1, 2, 3, 5), (1, 2, 3, 5), (1, 2, 3, 4))
    rewards = [env.step(boxed(guess)).reward for guess in guesses]
    assert rewards == [0.5, 0.0, 0.0, 0.25, 0.0, 0.25]


def test_running_out_of_turns_pays_nothing_more() -> None:
    env = position((1, 2, 3, 4), ((1, 2, 6, 5),), turns=2)
    _, reward, terminated, truncated, info = env.step("\\boxed{5 6 2 1}")
    assert (reward, terminated, truncated, info["success"]) == (0.0, False, True, False)


@pytest.mark.parametrize("variant", ["-v1", "-v1-easy", "-v1-hard", "-v1-random"])
def test_random_guesses_seldom_win_certified_ids(variant: str) -> None:
    env = gem.make(f"game:Mastermind{variant}")
    rng, wins = np.random.default_rng(0), 0
    for seed in range(200):
        env.reset(seed=seed)
        done = False
        while not done:
            _, _, terminated, truncated, info = env.step(env.sample_random_action(rng))
            done = terminated or truncated
        wins += info["success"]
    assert wins < 20


# -- instances ------------------------------------------------------------------------------------


def test_every_code_is_drawn() -> None:
    env = gem.make("game:Mastermind-v0-easy", seed=0)
    drawn = {(env.reset(), env.state.code)[1] for _ in range(400)}
    assert drawn == set(permutations(range(1, 7), 2))


def test_duplicates_are_drawn_only_if_asked_for() -> None:
    for duplicates in (False, True):
        env = MastermindEnv(3, 4, duplicate_numbers=duplicates)
        drawn = {(env.reset(seed=seed), env.state.code)[1] for seed in range(300)}
        assert any(len(set(code)) < 3 for code in drawn) == duplicates
        assert ("which may repeat" in env.rules()) == duplicates


def test_random_variant_draws_each_size_with_its_turns() -> None:
    for variant, expected in (
        ("-v0-random", {(2, 4, 10), (4, 6, 20), (4, 8, 30)}),
        ("-v1-random", {(4, 6, 7), (4, 7, 7), (4, 8, 7)}),
    ):
        env = gem.make(f"game:Mastermind{variant}", seed=0)
        drawn = {(env.reset(), (len(env.state.code), env.state.numbers, env.max_turns))[1] for _ in range(50)}
        assert drawn == expected


@pytest.mark.parametrize(
    "arguments",
    [
        {"code_length": 5, "num_numbers": 4},
        {"code_length": 0},
        {"code_length": 1, "num_numbers": 1},
        {"code_length": 8, "num_numbers": 9, "duplicate_numbers": True},
        {"code_length": 4, "num_numbers": (6, 3)},
    ],
)
def test_sizes_without_codes_or_with_too_many_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="codes; there must be"):
        MastermindEnv(**arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        {"code_length": 1, "num_numbers": 256},
        {"code_length": 16, "num_numbers": 2, "duplicate_numbers": True},
        {"code_length": 10**12, "num_numbers": 9, "duplicate_numbers": True},
        {"num_numbers": ()},
    ],
)
def test_sizes_that_the_solver_cannot_count_are_refused_at_once(arguments: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="numbers"):
        MastermindEnv(**arguments)


@pytest.mark.parametrize("arguments", [{"code_length": None}, {"num_numbers": None}])
def test_half_a_size_is_refused(arguments: dict[str, None]) -> None:
    with pytest.raises(ValueError, match="both given"):
        MastermindEnv(**arguments)
