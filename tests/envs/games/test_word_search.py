"""Word Search: each word once in its grid, told apart from all else, and paid once."""

from __future__ import annotations

import numpy as np
import pytest

import gem
from gem.envs.games.word_search import State, WordSearchEnv
from gem.envs.games.words import accepted, is_word
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")
ROWS = ("stone", "xxhxx", "xyixx", "xxrxx", "toast")


def posed(listed: bool = True, partial_credit: bool = True) -> WordSearchEnv:
    """A small grid made by hand: STONE in row 0, TOAST in row 4, THIRD not quite there."""
    env = WordSearchEnv(max_turns=6, num_words=2, partial_credit=partial_credit, lengths=(5, 5))
    env.reset(seed=0)
    env.state = State(6, listed=listed, rows=ROWS, places={"stone": (0, 0, 0, 4), "toast": (4, 0, 4, 4)})
    return env


def lines_of(rows: tuple[str, ...]) -> list[str]:
    """Every row, column and diagonal of a grid, forwards and backwards; written apart from the game's own."""
    size = len(rows)
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    falling = [
        "".join(rows[row][row + shift] for row in range(size) if 0 <= row + shift < size)
        for shift in range(1 - size, size)
    ]
    rising = [
        "".join(rows[row][total - row] for row in range(size) if 0 <= total - row < size)
        for total in range(2 * size - 1)
    ]
    lines = [*rows, *columns, *falling, *rising]
    return lines + [line[::-1] for line in lines]


def parts(rows: tuple[str, ...], length: int) -> list[str]:
    return [line[start : start + length] for line in lines_of(rows) for start in range(len(line) - length + 1)]


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_with_a_word_each_turn(variant: str) -> None:
    env = gem.make(f"game:WordSearch{variant}")
    for seed in range(100):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == pytest.approx(1.0)
        assert env.turn_count == len(env.state.places) <= env.max_turns


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["-v0", "-v0-easy", "-v0-hard", "-v0-random"])
def test_each_word_stands_in_its_grid_once(variant: str) -> None:
    env = gem.make(f"game:WordSearch{variant}", seed=0)
    for _ in range(60):
        env.reset()
        for word in env.state.places:
            assert parts(env.state.rows, len(word)).count(word) == 1


@pytest.mark.slow
def test_an_unlisted_word_cannot_be_mistaken_for_another() -> None:
    env = gem.make("game:WordSearch-v0-hard", seed=0)
    for _ in range(60):
        env.reset()
        hidden = set(env.state.places)
        for length in set(map(len, hidden)):
            assert {part for part in parts(env.state.rows, length) if part in accepted(length)} <= hidden


def test_the_words_are_real_and_have_at_least_four_letters() -> None:
    for tier in WordSearchEnv.tiers:
        env = gem.make("game:WordSearch-v0", difficulty=tier, seed=0)
        for _ in range(2):
            env.reset()
            assert all(is_word(word) and len(word) >= 4 for word in env.state.places)


def test_easy_lists_the_words_and_hard_tells_their_lengths() -> None:
    listed, hidden = (gem.make(f"game:WordSearch-v0-{kind}", seed=4) for kind in ("easy", "hard"))
    obs, _ = listed.reset()
    assert f"To find: {', '.join(listed.state.places).upper()}.\n" in obs
    obs, _ = hidden.reset()
    assert not any(word.upper() in obs.replace(" ", "").partition("Tofind")[2] for word in hidden.state.places)
    lengths = sorted(map(len, hidden.state.places))
    assert f"To find: words of {', '.join(map(str, lengths[:-1]))} and {lengths[-1]} letters.\n" in obs


def test_the_example_of_the_rules_is_a_line_of_the_smallest_grid() -> None:
    env = WordSearchEnv(num_words=1, size=4, lengths=(4, 4))
    env.reset(seed=0)
    assert "\\boxed{2 0 2 3} names the first 4 letters of row 2" in env.rules()
    assert env.is_legal("\\boxed{2 0 2 3}")


def test_words_run_only_where_the_rules_say() -> None:
    for directions, allowed in ((2, {(0, 1), (1, 0)}), (4, {(0, 1), (1, 0), (1, 1), (-1, 1)})):
        env = WordSearchEnv(directions=directions)
        seen = set[tuple[int, int]]()
        for seed in range(20):
            env.reset(seed=seed)
            for row, col, last_row, last_col in env.state.places.values():
                seen.add((int(np.sign(last_row - row)), int(np.sign(last_col - col))))
        assert seen == allowed


def test_a_found_word_is_not_paid_again_from_its_other_end() -> None:
    env = posed()
    assert env.step("\\boxed{0 0 0 4}").reward == 0.5
    for again in ("0 0 0 4", "0 4 0 0"):
        obs, reward, terminated, _, _ = env.step(f"\\boxed{{{again}}}")
        assert (reward, terminated) == (0.0, False)
        assert "was found before" in obs
    assert env.distance() == 1


@pytest.mark.parametrize(
    "reply", ["0 0 0 4", "(0,0) (0,4)", "0, 4, 0, 0", "row 0 col 0 to row 0 col 4", "\\text{0 0 0 4}"]
)
def test_a_clear_place_is_read_from_either_end(reply: str) -> None:
    env = posed()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (0.5, False)
    assert obs.endswith("Found: STONE 0 0 0 4.\nTo find: TOAST.\n")


@pytest.mark.parametrize("reply", ["", "0 0 0", "0 0 0 4 4", "stone", "a b c d"])
def test_what_is_no_place_ends_the_game(reply: str) -> None:
    _, reward, terminated, _, _ = posed().step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (-0.1, True)


@pytest.mark.parametrize("reply", ["0 0 0 5", "-1 0 0 0", "0 0 2 1", "1 1 1 1", "9999999999 0 0 0"])
def test_what_is_no_line_changes_nothing_but_the_turn(reply: str) -> None:
    env = posed()
    before = env.board()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, env.turn_count) == (0.0, False, 1)
    assert obs.endswith(before)


def test_a_line_without_a_word_is_remembered_and_not_looked_at_twice() -> None:
    env = posed()
    obs = env.step("\\boxed{0 2 4 2}").obs
    assert "0 2 4 2 spells OHIRA, which is no hidden word" in obs
    assert "No hidden words: 0 2 4 2.\n" in obs
    assert "was named before" in env.step("\\boxed{4 2 0 2}").obs


def test_a_part_of_a_word_earns_nothing() -> None:
    assert posed().step("\\boxed{0 1 0 3}").reward == 0.0


def test_only_the_win_pays_without_partial_credit() -> None:
    env = posed(listed=False, partial_credit=False)
    rewards = [env.step(f"\\boxed{{{place}}}").reward for place in ("4 4 4 0", "0 0 0 4")]
    assert rewards == [0.0, 1.0]


def test_solver_goes_on_from_what_was_found_before() -> None:
    env = gem.make("game:WordSearch-v0-hard", seed=1)
    env.reset()
    *_, last = env.state.places.values()
    env.step("\\boxed{0 0 0 4}")
    env.step("\\boxed{{{} {} {} {}}}".format(*last))
    left = env.distance()
    assert finish(env)[1]["success"]
    assert env.turn_count == 2 + left


def test_random_variant_draws_the_number_of_words_and_whether_they_are_listed() -> None:
    env = gem.make("game:WordSearch-v0-random", seed=0)
    drawn = {(env.reset(), (len(env.state.places), len(env.state.rows), env.state.listed))[1] for _ in range(30)}
    assert {(count, size) for count, size, _ in drawn} == {(count, count + 5) for count in range(3, 9)}
    assert {listed for _, _, listed in drawn} == {True, False}


def test_starts_differ() -> None:
    env = gem.make("game:WordSearch-v0-easy", seed=0)
    assert len({(env.reset(), env.state.rows)[1] for _ in range(50)}) == 50


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"directions": 3}, "directions"),
        ({"lengths": (3, 5)}, "range within 4"),
        ({"lengths": (4, 6), "hardcore": True}, "range within 5"),
        ({"lengths": (6, 5)}, "range"),
        ({"num_words": 0}, "at least one word"),
        ({"num_words": 21}, "turn for each"),
        ({"size": 10**9}, "at most"),
        ({"size": 7}, "more room"),
        ({"size": 8, "num_words": 9}, "more room"),
    ],
)
def test_a_grid_that_cannot_be_made_is_refused(arguments: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        gem.make("game:WordSearch-v0", **arguments)
