"""Hangman: letters and words both win, nothing is paid twice, and an expert that seldom loses."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

import gem
from gem.envs.games.hangman import HangmanEnv, State, best_guess
from gem.envs.games.words import words
from tests.envs.games.expert import finish

SURE = ("-v0", "-v0-hard", "-v1", "-v1-easy", "-v1-hard", "-v1-random")
"""Ids whose every word the expert finds in time."""


def playing(target: str, **arguments: object) -> HangmanEnv:
    """A game in which `target` is hidden."""
    env = HangmanEnv(**{"word_length": len(target), **arguments})
    env.reset(seed=0)
    env.state = State(env.max_turns, target=target)
    return env


def wins(variant: str, seeds: int) -> int:
    """Games that the solver wins, each checked to pay 1."""
    env, won = gem.make(f"game:Hangman{variant}"), 0
    for seed in range(seeds):
        env.reset(seed=seed)
        reward, info = finish(env)
        won += info["success"]
        assert reward == pytest.approx(1.0) or not info["success"]
    return won


@pytest.mark.slow
@pytest.mark.parametrize("variant", SURE)
def test_solver_wins_where_no_chance_decides(variant: str) -> None:
    assert wins(variant, 120) == 120


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["-v0-easy", "-v0-random"])
def test_solver_loses_seldom_where_turns_are_short(variant: str) -> None:
    assert wins(variant, 120) >= 115


def play_out(env: HangmanEnv, guesses: list[str]) -> list[float]:
    return [env.step(f"\\boxed{{{guess}}}").reward for guess in guesses]


def test_showing_all_letters_wins() -> None:
    env = playing("level")
    assert play_out(env, ["e", "v"]) == pytest.approx([0.2, 0.1])
    obs, reward, terminated, truncated, info = env.step("\\boxed{l}")
    assert (reward, terminated, truncated, info["success"]) == (pytest.approx(0.7), True, False, True)
    assert "Word: l e v e l" in obs


def test_naming_the_word_pays_for_all_that_was_hidden() -> None:
    assert play_out(playing("house"), ["house"]) == [1.0]
    env = playing("house")
    assert play_out(env, ["e", "q", "mouse", "house"]) == pytest.approx([0.1, 0, 0, 0.9])
    assert "Word: h o u s e" in env.board()


def test_only_the_win_pays_in_v1() -> None:
    assert play_out(playing("cat", partial_credit=False), ["c", "a", "t"]) == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("guess", ["e", "q", "mouse"])
def test_a_repeat_is_refused_and_earns_nothing(guess: str) -> None:
    env = playing("house")
    env.step(f"\\boxed{{{guess}}}")
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{guess}}}")
    assert (reward, terminated, env.turn_count) == (0.0, False, 2)
    assert "guessed before" in obs


def test_rules_tell_letter_from_word() -> None:
    rules = playing("house").rules()
    assert "\\boxed{e} guesses a letter" in rules
    assert "more letters guesses the word" in rules


def test_the_board_shows_all_that_was_learnt() -> None:
    env = playing("house")
    play_out(env, ["e", "q", "mouse", "z"])
    assert env.board() == "Word: _ _ _ _ e\nLetters not in it: q z\nWrong words: mouse\nTurns left: 16\n"


@pytest.mark.parametrize("reply", ["h", "Letter: h", "\\text{h}", "HOUSE", "h o u s e", "h,o,u,s,e", "word house"])
def test_a_clear_guess_is_read(reply: str) -> None:
    assert playing("house").step(f"\\boxed{{{reply}}}").reward > 0


def test_naming_a_letter_as_one_is_no_guess_at_a_word() -> None:
    env = playing("cartoon")
    env.step("\\boxed{letter e}")
    assert (env.state.letters, env.state.wrong) == (["e"], [])


@pytest.mark.parametrize("word", ["guess", "words"])
def test_a_word_that_says_what_is_guessed_can_be_guessed(word: str) -> None:
    assert playing(word).step(f"\\boxed{{{word}}}").info["success"]


@pytest.mark.parametrize("reply", ["", "1", "e2", "?"])
def test_what_is_no_guess_ends_the_game(reply: str) -> None:
    _, reward, terminated, _, _ = playing("house").step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (-0.1, True)


@pytest.mark.parametrize("reply", ["he", "houses"])
def test_a_word_of_another_length_wastes_its_turn(reply: str) -> None:
    env = playing("house")
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, env.state.wrong) == (0.0, False, [])
    assert "has 5 letters" in obs


def test_the_solver_leaves_out_what_was_shown_to_be_wrong() -> None:
    assert best_guess("_at", "at", ("bat", "cat"), 10) not in {"a", "t", "bat", "cat"}
    for word in ("hat", "sat", "eat"):
        env = playing(word, max_turns=16)
        play_out(env, ["a", "t", "bat"])
        assert finish(env)[1]["success"]
    assert best_guess("ho__e", "aeho", ("horse",), 35, last=True) not in {"horse", "homie"}


def test_on_the_last_turn_the_solver_names_a_word_that_fits() -> None:
    env = playing("house", max_turns=3)
    play_out(env, ["o", "e"])
    guess = env.solve()[7:-1]
    assert (len(guess), guess[1], guess[4], guess.count("o")) == (5, "o", "e", 1)


def test_random_variant_draws_each_length_with_its_turns() -> None:
    env = gem.make("game:Hangman-v0-random", seed=0)
    drawn = {(env.reset(), (len(env.state.target), env.max_turns))[1] for _ in range(50)}
    assert drawn == {(3, 10), (5, 15), (7, 20)}
    env = gem.make("game:Hangman-v1-random", seed=0)
    drawn = {(env.reset(), (len(env.state.target), env.max_turns))[1] for _ in range(50)}
    assert drawn == {(5, 17), (6, 17), (7, 17)}


def test_hardcore_draws_rarer_words() -> None:
    env = HangmanEnv(5, hardcore=True)
    env.reset(seed=0)
    drawn = {(env.reset(), env.state.target)[1] for _ in range(300)}
    assert drawn - set(words(5, 35))
    assert drawn <= set(words(5, 50))


def test_starts_are_as_diverse_as_there_are_words() -> None:
    for variant, least in (("-v0", 800), ("-v0-hard", 900), ("-v0-easy", 150)):
        env = gem.make(f"game:Hangman{variant}", seed=0)
        assert len({(env.reset(), env.state.target)[1] for _ in range(1000)}) > least


def test_distance_counts_the_turns_of_the_expert_and_is_zero_only_at_the_end() -> None:
    env = gem.make("game:Hangman-v1")
    for seed in range(5):
        env.reset(seed=seed)
        env.step("\\boxed{z}")
        distances = [env.distance()]
        while not env.step(env.solve())[2]:
            distances.append(env.distance())
        assert env.distance() == 0
        assert all(before == after + 1 for before, after in pairwise([*distances, 0]))


@pytest.mark.parametrize("variant", ["-v1", "-v1-easy", "-v1-hard", "-v1-random"])
def test_random_letters_hardly_ever_win(variant: str) -> None:
    env, rng, won = gem.make(f"game:Hangman{variant}"), np.random.default_rng(0), 0
    for seed in range(100):
        env.reset(seed=seed)
        step = env.step(env.sample_random_action(rng))
        while not (step.terminated or step.truncated):
            step = env.step(env.sample_random_action(rng))
        won += step.info["success"]
    assert won < 15


def test_lengths_without_words_are_refused() -> None:
    for lengths in (0, 40, (5, 40)):
        with pytest.raises(ValueError, match="no words"):
            HangmanEnv(lengths)
