"""Wordle: honest marks, real words only, no pay for what was earned before, and an expert that finds every word."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import pytest

import gem
from gem.envs.games._wordle_solver import best_guess, codes, encoded
from gem.envs.games.wordle import State, WordleEnv, marked
from gem.envs.games.words import accepted, words
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


def playing(target: str, **arguments: object) -> WordleEnv:
    """A game in which `target` is hidden."""
    env = WordleEnv(**{"word_length": len(target), **arguments})
    env.reset(seed=0)
    env.state = State(env.max_turns, target=target)
    return env


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:Wordle{variant}")
    for seed in range(60):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == pytest.approx(1.0)


def most_turns(length: int, level: int, hidden: list[str], history: tuple[tuple[str, str], ...] = ()) -> int:
    """Turns in which the expert finds the worst of the words that are left."""
    guess = best_guess(length, level, history)
    left: dict[str, list[str]] = {}
    for word in hidden:
        left.setdefault(marked(guess, word), []).append(word)
    left.pop("G" * length, None)
    deeper = (most_turns(length, level, found, (*history, (guess, marks))) for marks, found in left.items())
    return 1 + max(deeper, default=0)


@pytest.mark.slow
@pytest.mark.parametrize(("length", "level", "worst"), [(3, 35, 8), (5, 10, 4)])
def test_solver_finds_every_word_within_the_turns_that_the_docstring_says(length: int, level: int, worst: int) -> None:
    assert most_turns(length, level, list(words(length, level))) == worst


@pytest.mark.parametrize(
    ("guess", "target", "marks"),
    [
        ("motto", "robot", "XGYXY"),
        ("eerie", "there", "YXYXG"),
        ("eagle", "level", "YXXYY"),
        ("level", "eagle", "YYXYX"),
        ("geese", "elder", "XYYXX"),
        ("aaa", "aba", "GXG"),
        ("abb", "bab", "YYG"),
        ("cat", "cat", "GGG"),
        ("dog", "cat", "XXX"),
    ],
)
def test_a_letter_is_marked_no_oftener_than_the_word_has_it(guess: str, target: str, marks: str) -> None:
    assert marked(guess, target) == marks


def test_the_solver_marks_as_the_game_does() -> None:
    guesses, targets = words(5)[::60], ("abbey", "eerie", "level", "geese", *words(5)[::100])
    found = codes(encoded(guesses), encoded(targets))
    for (row, guess), (column, target) in product(enumerate(guesses), enumerate(targets)):
        marks = marked(guess, target)
        assert found[row, column] == sum("XYG".index(mark) * 3**place for place, mark in enumerate(marks))


def test_a_non_word_is_refused_unless_any_letters_are_allowed() -> None:
    env = playing("cat")
    obs, reward, terminated, truncated, _ = env.step("\\boxed{xqz}")
    assert (reward, terminated, truncated, env.turn_count) == (0.0, False, False, 1)
    assert "no word xqz" in obs
    assert "x q z" not in obs
    env = playing("cat", only_real_words=False)
    assert "x q z\nX X X\n" in env.step("\\boxed{xqz}").obs


def test_marks_are_shown_below_spaced_letters_and_all_guesses_stay_visible() -> None:
    env = playing("robot")
    env.step("\\boxed{motto}")
    obs = env.step("\\boxed{rifle}").obs
    assert obs.endswith("m o t t o\nX G Y X Y\nr i f l e\nG X X X X\nTurns left: 18\n")


@pytest.mark.parametrize("reply", ["motto", "MOTTO", " m o t t o ", "m,o,t,t,o", "\\text{motto}", "Guess: motto"])
def test_a_clear_guess_is_read(reply: str) -> None:
    env = playing("robot")
    assert "X G Y X Y" in env.step(f"\\boxed{{{reply}}}").obs


@pytest.mark.parametrize("reply", ["", "1", "12345", "mott0", "motto 1"])
def test_what_is_no_word_at_all_ends_the_game(reply: str) -> None:
    _, reward, terminated, _, _ = playing("robot").step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (-0.1, True)


@pytest.mark.parametrize("reply", ["mot", "robots", "motto motto"])
def test_a_guess_of_another_length_wastes_its_turn(reply: str) -> None:
    env = playing("robot")
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, env.state.guesses) == (0.0, False, [])
    assert "has 5 letters" in obs


def test_a_place_pays_when_it_is_right_for_the_first_time() -> None:
    env = playing("crane")
    guesses = ["crate", "crave", "motto", "brand", "crane"]
    rewards = [env.step(f"\\boxed{{{guess}}}").reward for guess in guesses]
    assert rewards == pytest.approx([0.4, 0, 0, 0.1, 0.5])


def test_a_repeated_guess_earns_nothing_and_is_not_marked_again() -> None:
    env = playing("crane")
    first, *others = [env.step("\\boxed{crate}") for _ in range(20)]
    assert first.reward == pytest.approx(0.4)
    assert {step.reward for step in others} == {0.0}
    assert "guessed before" in others[0].obs
    assert env.state.guesses == ["crate"]
    assert others[-1].truncated


def test_a_win_returns_one_in_v0_and_in_v1_from_anywhere() -> None:
    for partial_credit in (True, False):
        env = playing("crane", partial_credit=partial_credit)
        earned = sum(env.step(f"\\boxed{{{guess}}}").reward for guess in ("crate", "moldy", "brand"))
        last = env.step("\\boxed{crane}")
        assert last.info["success"]
        assert last.terminated
        assert earned + last.reward == pytest.approx(1.0)
        assert partial_credit or last.reward == 1.0


def test_random_variant_draws_three_to_five_letters_with_five_turns_each() -> None:
    env = gem.make("game:Wordle-v0-random", seed=0)
    drawn = {(env.reset(), (len(env.state.target), env.max_turns))[1] for _ in range(50)}
    assert drawn == {(3, 15), (4, 20), (5, 25)}


def test_starts_are_as_diverse_as_there_are_words() -> None:
    for variant, least in (("-v0", 800), ("-v0-easy", 350)):
        env = gem.make(f"game:Wordle{variant}", seed=0)
        assert len({(env.reset(), env.state.target)[1] for _ in range(1000)}) > least


def test_distance_counts_the_turns_of_the_expert_and_is_zero_only_at_the_end() -> None:
    env = gem.make("game:Wordle-v1")
    for seed in range(5):
        env.reset(seed=seed)
        env.step("\\boxed{motto}")
        distances = [env.distance()]
        while not env.step(env.solve())[2]:
            distances.append(env.distance())
        assert env.distance() == 0
        assert all(before == after + 1 for before, after in pairwise([*distances, 0]))


def test_on_the_last_turn_the_solver_names_a_word_that_may_be_right() -> None:
    env = playing("mat", max_turns=2)
    env.step("\\boxed{cat}")
    guess = env.solve()[7:-1]
    assert marked("cat", guess) == "XGG"


def test_random_play_hardly_ever_wins() -> None:
    env, rng, wins = gem.make("game:Wordle-v1-easy"), np.random.default_rng(0), 0
    for seed in range(100):
        env.reset(seed=seed)
        step = env.step(env.sample_random_action(rng))
        while not (step.terminated or step.truncated):
            step = env.step(env.sample_random_action(rng))
        wins += step.info["success"]
    assert wins < 10


def test_tiers_hide_words_that_may_be_guessed() -> None:
    for name, tier in WordleEnv.tiers.items():
        env = gem.make("game:Wordle-v1", difficulty=name, seed=0)
        env.reset()
        assert len(env.state.target) == tier["word_length"]
        assert env.state.target in words(tier["word_length"], tier["level"])
        assert env.state.target in accepted(tier["word_length"])


@pytest.mark.parametrize("arguments", [{"word_length": 0}, {"word_length": 40}, {"word_length": 5, "level": 5}])
def test_lengths_without_words_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="no words"):
        WordleEnv(**arguments)
