"""Crosswords: well-formed boards, clues that say where and how long, and cells that pay once."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

import gem
from gem.envs.games.crosswords import CrosswordsEnv, Entry, State
from gem.envs.games.words import clues, words
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


def posed(hardcore: bool = False, partial_credit: bool = True) -> CrosswordsEnv:
    """COW across and CUP down, from the same corner."""
    env = CrosswordsEnv(max_turns=12, num_words=2, partial_credit=partial_credit, lengths=(3, 5))
    env.reset(seed=0)
    entries = (Entry(1, 0, 0, False, 3, clues()["cow"]), Entry(1, 0, 0, True, 3, clues()["cup"]))
    shown = list("____##_##")
    env.state = State(12, hardcore=hardcore, rows=3, cols=3, solution="COWU##P##", shown=shown, entries=entries)
    return env


def runs(env: CrosswordsEnv) -> set[tuple[int, int, bool, str]]:
    """Every run of two letters or more of the solved board: row and column of its start, its way, its letters."""
    state = env.state
    grid = [state.solution[start : start + state.cols] for start in range(0, len(state.solution), state.cols)]
    found = set[tuple[int, int, bool, str]]()
    for down, lines in ((False, grid), (True, ["".join(column) for column in zip(*grid, strict=True)])):
        for index, line in enumerate(lines):
            start = 0
            for piece in line.split("#"):
                if len(piece) > 1:
                    found.add((start, index, down, piece) if down else (index, start, down, piece))
                start += len(piece) + 1
    return found


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_with_a_cell_each_turn(variant: str) -> None:
    env = gem.make(f"game:Crosswords{variant}")
    for seed in range(100):
        env.reset(seed=seed)
        cells = env.distance()
        reward, info = finish(env)
        assert info["success"]
        assert reward == pytest.approx(1.0)
        assert env.turn_count == cells <= env.max_turns * 2 / 3
        assert env.distance() == 0


@pytest.mark.parametrize("tier", CrosswordsEnv.tiers)
def test_every_run_of_letters_is_a_word_of_a_clue_that_says_where_and_how_long(tier: str) -> None:
    env = gem.make("game:Crosswords-v0", difficulty=tier, seed=0)
    for _ in range(10):
        obs, _ = env.reset()
        told = {(entry.row, entry.col, entry.down, entry.clue) for entry in env.state.entries}
        assert told == {(row, col, down, clues()[text.lower()]) for row, col, down, text in runs(env)}
        assert len(told) == len(env.state.entries) == CrosswordsEnv.tiers[tier]["num_words"]
        for number, row, col, down, length, clue in env.state.entries:
            way = "down" if down else "across"
            assert f"{number} {way} from {row} {col}, {length} letters: {clue}\n" in obs


@pytest.mark.slow
def test_boards_are_connected_and_well_formed() -> None:
    env = gem.make("game:Crosswords-v0", seed=0)
    for _ in range(300):
        env.reset()
        state = env.state
        assert {clue for *_, clue in state.entries} == {clues()[text.lower()] for *_, text in runs(env)}
        left = {place for place, letter in enumerate(state.solution) if letter != "#"}
        reached = [min(left)]
        for place in reached:
            left.discard(place)
            row, col = divmod(place, state.cols)
            beside = [(row, col - 1), (row, col + 1), (row - 1, col), (row + 1, col)]
            reached += [r * state.cols + c for r, c in beside if 0 <= c < state.cols and r * state.cols + c in left]
        assert not left


def test_the_board_is_cropped_to_its_words() -> None:
    env = gem.make("game:Crosswords-v0", seed=0)
    for _ in range(20):
        env.reset()
        grid = np.array(list(env.state.solution)).reshape(env.state.rows, env.state.cols) != "#"
        assert all(edge.any() for edge in (grid[0], grid[-1], grid[:, 0], grid[:, -1]))


def test_words_have_the_lengths_and_the_level_asked_for() -> None:
    env = CrosswordsEnv(lengths=(4, 6), level=10, num_words=4)
    for seed in range(10):
        env.reset(seed=seed)
        assert all(text.lower() in words(len(text), 10) and 4 <= len(text) <= 6 for *_, text in runs(env))


def test_more_than_two_hundred_clues_are_used() -> None:
    env = gem.make("game:Crosswords-v0", seed=0)
    used = {entry.clue for _ in range(50) for entry in (env.reset(), env.state.entries)[1]}
    assert len(used) > 200


@pytest.mark.parametrize(
    "reply", ["0 1 O", "0 1 o", "0,1,o", "(0, 1) O", "row 0 col 1 letter O", "r0c1 O", "\\text{0 1 O}"]
)
def test_a_clear_letter_is_read(reply: str) -> None:
    env = posed()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (pytest.approx(1 / 5), False)
    assert obs.endswith("  0 1 2\n0 _ O _\n1 _ # #\n2 _ # #\n")


@pytest.mark.parametrize("reply", ["", "0 1", "0 1 CAT", "A 0 1", "0 1 2", "CAT"])
def test_what_is_no_letter_in_a_cell_ends_the_game(reply: str) -> None:
    _, reward, terminated, _, _ = posed().step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (-0.1, True)


@pytest.mark.parametrize("hardcore", [False, True])
@pytest.mark.parametrize("reply", ["3 0 A", "0 -1 A", "1 1 A", "0 0 C"])
def test_an_illegal_letter_changes_nothing_but_the_turn(reply: str, hardcore: bool) -> None:
    env = posed(hardcore)
    env.step("\\boxed{0 0 C}")
    before = env.board()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, env.turn_count) == (0.0, False, 2)
    assert obs.endswith(before)


def test_a_wrong_letter_is_refused_and_remembered() -> None:
    env = posed()
    obs = [env.step(f"\\boxed{{0 0 {letter}}}").obs for letter in "KQK"]
    assert obs[0].endswith("  0 1 2\n0 _ _ _\n1 _ # #\n2 _ # #\nWrong letters: 0 0 K.\n")
    assert "K was refused there before" in obs[2]
    assert obs[2].endswith("Wrong letters: 0 0 KQ.\n")


def test_letters_refused_by_a_cell_are_forgotten_once_it_is_filled() -> None:
    env = posed()
    env.step("\\boxed{0 0 K}")
    assert env.step("\\boxed{0 1 X}").obs.endswith("Wrong letters: 0 0 K, 0 1 X.\n")
    assert env.step("\\boxed{0 0 C}").obs.endswith("Wrong letters: 0 1 X.\n")


@pytest.mark.parametrize("letter", ["C", "R", "E"])
def test_the_letters_of_row_and_column_are_letters_too(letter: str) -> None:
    assert posed().parse(["0", "0", letter.lower()]) == (0, 0, letter)


def test_a_right_letter_stays() -> None:
    env = posed()
    env.step("\\boxed{0 0 C}")
    assert "has its letter, C" in env.step("\\boxed{0 0 X}").obs


def test_hardcore_does_not_tell_which_letters_are_right() -> None:
    shapes = list[str]()
    for letter in "CX":
        obs = posed(hardcore=True).step(f"\\boxed{{0 0 {letter}}}").obs
        shapes.append(obs.replace(letter, "?"))
    assert shapes[0] == shapes[1]


def test_hardcore_says_when_a_full_grid_is_not_right_and_lets_it_be_mended() -> None:
    env = posed(hardcore=True)
    results = [env.step(f"\\boxed{{{move}}}") for move in ("0 0 C", "0 1 O", "0 2 X", "1 0 U", "2 0 P")]
    assert "not all letters are right" in results[-1].obs
    assert env.distance() == 1
    last = env.step(env.solve())
    assert last.info["success"]
    assert sum(result.reward for result in (*results, last)) == pytest.approx(1.0)


def test_a_cell_pays_once_however_often_it_is_written() -> None:
    env = posed(hardcore=True)
    total = sum(env.step(f"\\boxed{{0 0 {letter}}}").reward for letter in "CXCXC")
    assert total == pytest.approx(1 / 5)


def test_trying_letters_one_by_one_comes_to_little() -> None:
    env = gem.make("game:Crosswords-v0-easy")
    gained, solved = 0.0, 0
    for seed in range(20):
        env.reset(seed=seed)
        places = [place for place, letter in enumerate(env.state.solution) if letter != "#"]
        for place, letter in product(places, "ETAOINSHRDLUCMWFGYPBVKJXQZ"):
            step = env.step(f"\\boxed{{{place // env.state.cols} {place % env.state.cols} {letter}}}")
            gained += step.reward
            if step.done:
                solved += bool(step.info["success"])
                break
    assert solved == 0
    assert gained / 20 < 0.35


def test_only_the_win_pays_without_partial_credit() -> None:
    env = posed(partial_credit=False)
    rewards = [env.step(env.solve()).reward for _ in range(5)]
    assert rewards == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_random_variant_draws_words_and_hardcore_and_gives_three_turns_for_two_cells() -> None:
    env = gem.make("game:Crosswords-v0-random", seed=0)
    drawn = set[tuple[int, bool]]()
    for _ in range(40):
        env.reset()
        drawn.add((len(env.state.entries), env.state.hardcore))
        assert env.max_turns == np.ceil(env.distance() * 1.5)
    assert drawn == set(product(range(3, 7), (True, False)))


def test_starts_differ() -> None:
    env = gem.make("game:Crosswords-v0-easy", seed=0)
    assert len({(env.reset(), env.state.solution)[1] for _ in range(100)}) == 100


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"lengths": (2, 5)}, "3 to 12"),
        ({"lengths": (6, 5)}, "lengths"),
        ({"num_words": 0}, "num_words is 0"),
        ({"num_words": 5, "level": 1}, "0 such words"),
        ({"num_words": 10, "max_turns": 30}, "too many of 30 turns"),
    ],
)
def test_a_crossword_that_cannot_be_made_is_refused(arguments: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        gem.make("game:Crosswords-v0", **arguments)
