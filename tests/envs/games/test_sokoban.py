"""Sokoban: rooms that can be solved, shortest solutions, and no credit for boxes that nobody pushed home."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import gem
from gem.envs.games import _sokoban_search
from gem.envs.games._sokoban_rooms import Room, draw, steps
from gem.envs.games._sokoban_search import Position, advice
from gem.envs.games.sokoban import SokobanEnv, State
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")
SMALL_VARIANTS = [variant for variant in VARIANTS if not variant.endswith(("hard", "random"))]


def placed(picture: str, max_turns: int = 50, partial_credit: bool = True) -> SokobanEnv:
    """An env whose board is the picture."""
    rows = picture.split()
    cells = "".join(rows)

    def where(glyphs: str) -> int:
        return sum(1 << cell for cell, glyph in enumerate(cells) if glyph in glyphs)

    env = SokobanEnv(max_turns=max(max_turns, 15), partial_credit=partial_credit)
    env.reset(seed=0)
    env.state = State(
        max_turns,
        rows=len(rows),
        cols=len(rows[0]),
        floor=where("_.$*@+"),
        goals=where(".*+"),
        boxes=where("$*"),
        player=where("@+").bit_length() - 1,
    )
    return env


def picture_of(env: SokobanEnv) -> list[str]:
    return env.board().replace(" ", "").split()


def act(env: SokobanEnv, *moves: str) -> list[Any]:
    return [env.step(f"\\boxed{{{move}}}") for move in moves]


CORRIDOR = "####### #@$__.# #######"
TWO_BOXES = "####### #_@$._# #_$_._# #######"

# -- the instance ---------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_in_as_many_moves_as_it_says(variant: str) -> None:
    env = gem.make(f"game:Sokoban{variant}")
    for seed in range(50 if variant in SMALL_VARIANTS else 12):
        env.reset(seed=seed)
        moves = env.distance()
        reward, info = finish(env)
        assert info["success"]
        assert reward == 1.0
        assert env.turn_count == moves <= 0.9 * env.max_turns


@pytest.mark.parametrize(
    ("rows", "cols", "boxes", "turns"), [(5, 5, 1, 5), (6, 6, 3, 15), (8, 8, 5, 50), (5, 9, 2, 30)]
)
def test_a_room_is_walled_in_connected_and_has_no_box_on_a_goal(rows: int, cols: int, boxes: int, turns: int) -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        start = draw(rng, rows, cols, boxes, turns)
        _, floor, goals = start.room
        assert start.boxes.bit_count() == goals.bit_count() == boxes
        assert not start.boxes & goals
        assert not (start.boxes | goals | 1 << start.player) & ~floor
        assert not start.boxes >> start.player & 1
        assert all(0 < cell // cols < rows - 1 and 0 < cell % cols < cols - 1 for cell in members(floor))
        reached = {members(floor)[0]}
        while more := {cell + step for cell in reached for step in steps(cols) if floor >> cell + step & 1} - reached:
            reached |= more
        assert sorted(reached) == members(floor)
        assert start.most_moves <= 0.9 * turns


def members(cells: int) -> list[int]:
    return [cell for cell in range(cells.bit_length()) if cells >> cell & 1]


@pytest.mark.slow
@pytest.mark.parametrize("variant", ["-v0", "-v0-easy", "-v0-hard", "-v0-random"])
def test_starts_differ(variant: str) -> None:
    env = gem.make(f"game:Sokoban{variant}")
    assert len({env.reset(seed=seed)[0] for seed in range(100)}) >= 90


def test_threads_draw_the_same_rooms_as_one_alone() -> None:
    def rooms(seed: int) -> list[str]:
        env = gem.make("game:Sokoban-v0-easy", seed=seed)
        return [env.reset()[0] for _ in range(5)]

    alone = [rooms(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(rooms, range(8))) == alone


def test_random_variant_draws_both_levels() -> None:
    env = gem.make("game:Sokoban-v0-random", seed=0)
    drawn = {(env.reset(), (env.state.rows, env.state.boxes.bit_count(), env.max_turns))[1] for _ in range(12)}
    assert drawn == {(6, 2, 20), (8, 5, 50)}


def test_turns_are_ten_for_each_box_where_none_are_given() -> None:
    env = SokobanEnv((6, 6), None, 2)
    env.reset(seed=0)
    assert env.max_turns == 20


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SokobanEnv((4, 6), 50, 1), "at least 5x5"),
        (lambda: SokobanEnv((6, 6), 50, 4), "takes 1 to 3"),
        (lambda: SokobanEnv((6, 6), 50, 0), "takes 1 to 3"),
        (lambda: SokobanEnv((6, 6), 14, 3), "at least 15"),
        (lambda: SokobanEnv(None, 50, 3), "both given"),
    ],
)
def test_impossible_rooms_are_refused(make: Callable[[], SokobanEnv], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()


# -- the rules ------------------------------------------------------------------------------


@pytest.mark.parametrize("reply", ["right", "RIGHT", " Right ", "\\text{right}", "move right", "push right", "r"])
def test_a_clear_move_is_read(reply: str) -> None:
    env = placed(CORRIDOR)
    ((obs, reward, terminated, truncated, _),) = act(env, reply)
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert obs.endswith("# _ @ $ _ . #\n# # # # # # #\n")


@pytest.mark.parametrize("reply", ["", "right right", "1", "north", "up down"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    ((_, reward, terminated, _, _),) = act(placed(CORRIDOR), reply)
    assert (reward, terminated) == (-0.1, True)


@pytest.mark.parametrize(
    ("picture", "move", "why"),
    [
        (CORRIDOR, "up", "wall"),
        ("###### #@$#.# ######", "right", "wall"),
        ("####### #@$$..# #######", "right", "box stops you"),
    ],
)
def test_an_illegal_move_changes_nothing_but_the_turn(picture: str, move: str, why: str) -> None:
    env = placed(picture)
    ((obs, reward, terminated, _, _),) = act(env, move)
    assert why in obs
    assert (reward, terminated, env.turn_count) == (0.0, False, 1)
    assert picture_of(env) == picture.split()


def test_a_box_is_pushed_but_never_pulled_and_goals_show_through() -> None:
    env = placed("###### #_@$.# #_.__# ######")
    act(env, "right")
    assert picture_of(env) == ["######", "#__@*#", "#_.__#", "######"]
    act(env, "left", "down")
    assert picture_of(env) == ["######", "#___*#", "#_+__#", "######"]


def test_the_last_box_on_its_goal_wins() -> None:
    for partial_credit in (True, False):
        (*_, last) = act(placed(CORRIDOR, partial_credit=partial_credit), "right", "right", "right")
        assert (last.reward, last.terminated, last.truncated, last.info["success"]) == (1.0, True, False, True)


def test_running_out_of_turns_on_a_legal_move_pays_the_boxes_on_goals() -> None:
    (*_, last) = act(placed(TWO_BOXES, 2), "right", "left")
    assert (last.reward, last.terminated, last.truncated, last.info["success"]) == (0.5, False, True, False)
    (*_, last) = act(placed(TWO_BOXES, 2, partial_credit=False), "right", "left")
    assert last.reward == 0.0


@pytest.mark.slow
def test_junk_and_illegal_moves_earn_nothing() -> None:
    env = gem.make("game:Sokoban-v0-easy")
    for seed in range(5):
        for move in ("up", "down", "left", "right"):
            env.reset(seed=seed)
            steps_taken = act(env, move)
            while not (steps_taken[-1].terminated or steps_taken[-1].truncated):
                steps_taken += act(env, move)
            assert sum(step.reward for step in steps_taken) == 0.0
    (*_, last) = act(placed(TWO_BOXES, 2), "right", "up")
    assert last.reward == 0.0


# -- the solver -----------------------------------------------------------------------------


def distances(room: Room) -> dict[Position, int]:
    """Fewest moves to the solution from every position, by plain search, a step at a time."""
    cols, floor, goals = room
    cells = members(floor)
    wave = [(goals, cell) for cell in cells if not goals >> cell & 1]
    found = dict.fromkeys(wave, 0)
    while wave:
        ahead: list[Position] = []
        for arrangement, player in wave:
            for step in steps(cols):
                before, behind = player - step, player + step
                if not floor >> before & 1 or arrangement >> before & 1:
                    continue
                options = [(arrangement, before)]
                if arrangement >> behind & 1:
                    options.append((arrangement ^ 1 << behind ^ 1 << player, before))
                for position in options:
                    if position not in found:
                        found[position] = found[arrangement, player] + 1
                        ahead.append(position)
        wave = ahead
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("boxes", "seed"), [(1, 0), (2, 1), (2, 2), (3, 3)])
def test_advice_is_exact_and_knows_what_is_lost_in_every_position(boxes: int, seed: int) -> None:
    room = draw(np.random.default_rng(seed), 6, 6, boxes, 40).room
    truth = distances(room)
    cells = members(room.floor)
    rng = np.random.default_rng(seed)
    for _ in range(400):
        chosen = rng.permutation(cells)[: boxes + 1].tolist()
        position = sum(1 << cell for cell in chosen[1:]), chosen[0]
        if position[0] == room.goals:
            continue
        known = advice(room, position)
        assert (known.moves if known else None) == truth.get(position)


def test_advice_depends_on_the_position_alone_not_on_what_was_asked_before() -> None:
    env = gem.make("game:Sokoban-v0")
    for seed in range(5):
        env.reset(seed=seed)
        room = Room(env.state.cols, env.state.floor, env.state.goals)
        while env.distance() > 1:
            position = env.state.boxes, env.state.player
            noted = advice(room, position)
            _sokoban_search._chart.cache_clear()
            assert advice(room, position) == noted
            env.step(env.solve())


@pytest.mark.slow
@pytest.mark.parametrize("variant", SMALL_VARIANTS)
def test_solver_wins_after_other_moves_whenever_that_is_possible(variant: str) -> None:
    env = gem.make(f"game:Sokoban{variant}")
    rng = np.random.default_rng(0)
    won = 0
    for seed in range(40):
        env.reset(seed=seed)
        for _ in range(4):
            env.step(env.sample_random_action(rng))
        if env.distance() <= env.max_turns - env.turn_count:
            assert finish(env)[1]["success"]
            won += 1
    assert won > 10


def test_a_lost_position_is_far_from_the_goal_and_answered_with_a_legal_step() -> None:
    env = placed("##### #__$# #_@_# #.__# #####")
    assert env.distance() == 100.0
    assert env.solve() == "\\boxed{up}"
    assert placed("##### #$_$# #@#_# #._.# #####").solve() in {"\\boxed{down}", "\\boxed{up}"}


def test_distance_falls_by_one_each_turn_to_zero() -> None:
    env = gem.make("game:Sokoban-v1-easy", seed=4)
    env.reset()
    expected = env.distance()
    assert expected >= 2
    while expected:
        assert env.distance() == expected
        env.step(env.solve())
        expected -= 1
    assert env.distance() == 0.0


def test_random_play_hardly_ever_wins() -> None:
    env = gem.make("game:Sokoban-v1-easy")
    rng = np.random.default_rng(0)
    wins = 0
    for seed in range(60):
        env.reset(seed=seed)
        step = env.step(env.sample_random_action(rng))
        while not (step.terminated or step.truncated):
            step = env.step(env.sample_random_action(rng))
        wins += step.info["success"]
    assert wins <= 3
