"""Fifteen puzzle: every start can be solved in time, starts are many, and the expert is short or shortest."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import numpy as np
import pytest

import gem
from gem.envs.games._fifteen_puzzle_boards import DIRECTIONS, Board, distances, moved, solved
from gem.envs.games._fifteen_puzzle_search import plan, route
from gem.envs.games.fifteen_puzzle import FifteenPuzzleEnv, State, _shuffled
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-random", "-v1", "-v1-easy")
WITH_4X4 = ("-v0-hard", "-v1-hard", "-v1-random")
ALMOST = (1, 2, 3, 4, 5, 6, 7, 0, 8)


def position(tiles: Board, turns: int = 20) -> FifteenPuzzleEnv:
    """A game at this board."""
    rows = int(len(tiles) ** 0.5)
    env = FifteenPuzzleEnv(turns, rows)
    env.reset(seed=0)
    env.state = State(turns, rows=rows, tiles=tiles, start=tiles)
    return env


def solved_by(board: Board, ways: tuple[str, ...]) -> bool:
    for way in ways:
        board = moved(board, way) or ()
    return board == solved(int(len(board) ** 0.5))


def can_be_solved(tiles: Board) -> bool:
    """By the parity of the tiles, as cycles: independent of how the game counts it."""
    rows = int(len(tiles) ** 0.5)
    goal = solved(rows)
    seen: set[int] = set()
    odd = False
    for first in range(len(tiles)):
        cell = first
        while cell not in seen:
            seen.add(cell)
            cell = goal.index(tiles[cell])
            odd ^= cell not in seen
    gap = tiles.index(0)
    return odd == bool((2 * rows - 2 - gap // rows - gap % rows) % 2)


# -- expert ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_small_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:FifteenPuzzle{variant}")
    for seed in range(10 if "random" in variant else 100):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == 1.0


@pytest.mark.slow
@pytest.mark.parametrize("variant", WITH_4X4)
def test_solver_wins_every_large_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:FifteenPuzzle{variant}")
    for seed in range(60):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == 1.0


def test_solver_takes_the_fewest_moves_on_small_boards() -> None:
    away, wave = {solved(2): 0}, [solved(2)]
    for board in wave:
        for after in filter(None, (moved(board, way) for way in DIRECTIONS)):
            if after not in away:
                away[after] = away[board] + 1
                wave.append(after)
    assert len(away) == 12
    for board, moves in away.items():
        assert distances(2).of(board) == moves
        assert len(plan(board, 6) or ()) == moves


def test_distances_of_3x3_are_those_of_the_literature() -> None:
    known = distances(3)
    assert known.within[:6] == [1, 3, 7, 15, 31, 51]
    assert len(known.within) - 1 == 31
    assert known.within[-1] - known.within[-2] == 2
    assert known.within[-1] == 362880 // 2


def test_a_shortest_way_stays_the_same_along_itself() -> None:
    board = distances(3).drawn(np.random.default_rng(0), 31)
    ways = distances(3).shortest(board)
    assert len(ways) == distances(3).of(board)
    assert solved_by(board, ways)
    while ways:
        board, ways = moved(board, ways[0]) or board, ways[1:]
        assert distances(3).shortest(board) == ways


def test_a_route_knows_the_rest_from_each_of_its_boards() -> None:
    env = gem.make("game:FifteenPuzzle-v0-hard", seed=1)
    env.reset()
    for board, ways in route(env.state.start, 50).items():
        assert solved_by(board, ways)


@pytest.mark.parametrize("turns", [32, 50])
def test_solver_finds_its_way_back_from_random_moves(turns: int) -> None:
    rng = np.random.default_rng(0)
    for seed in range(3):
        env = gem.make("game:FifteenPuzzle-v0-hard", max_turns=turns, mc_rand_moves=24)
        env.reset(seed=seed)
        for _ in range(4):
            env.step(env.sample_random_action(rng))
        assert finish(env)[1]["success"]


def test_solver_still_moves_when_the_game_cannot_be_won() -> None:
    for rows, turns in ((2, 10), (3, 20), (4, 50)):
        env = FifteenPuzzleEnv(turns, rows)
        env.reset(seed=0)
        for _ in range(turns - 1):
            env.step("\\boxed{up}")
        before = env.state.tiles
        env.step(env.solve())
        assert env.state.tiles != before


def test_distance_falls_by_one_with_each_move_of_the_expert() -> None:
    for variant in ("-v1", "-v1-hard"):
        env = gem.make(f"game:FifteenPuzzle{variant}", seed=2)
        env.reset()
        expected = env.distance()
        done = False
        while not done:
            assert env.distance() == expected > 0
            done = env.step(env.solve()).done
            expected -= 1
        assert env.distance() == 0


def test_harder_small_tiers_are_farther_from_solved() -> None:
    def mean(furthest: int, rows: int) -> float:
        within = distances(rows).within[: furthest + 1]
        return sum(moves * (within[moves] - within[moves - 1]) for moves in range(1, len(within))) / (within[-1] - 1)

    means = [mean(tier["max_turns"], tier["num_rows"]) for tier in list(FifteenPuzzleEnv.tiers.values())[:3]]
    assert [round(moves, 1) for moves in means] == [3.3, 13.3, 22.0]


@pytest.mark.slow
def test_harder_large_tiers_take_the_expert_longer() -> None:
    means: list[float] = []
    for tier in ("hard", "very hard"):
        env = gem.make("game:FifteenPuzzle-v1", difficulty=tier)
        means.append(float(np.mean([(env.reset(seed=seed), env.distance())[1] for seed in range(30)])))
    assert 22 < means[0] < means[1] - 10


# -- instances ------------------------------------------------------------------------------------


def test_easy_starts_from_every_unsolved_2x2_board() -> None:
    env = gem.make("game:FifteenPuzzle-v0-easy", seed=0)
    starts = Counter((env.reset(), env.state.tiles)[1] for _ in range(1100))
    assert len(starts) == 11
    assert min(starts.values()) > 60


def test_every_3x3_start_can_be_solved_within_its_turns() -> None:
    for turns in (1, 7, 20):
        env = FifteenPuzzleEnv(turns, 3)
        away = {(env.reset(seed=seed), distances(3).of(env.state.tiles))[1] for seed in range(200)}
        assert 1 <= min(away) <= max(away) == turns


def test_large_starts_are_diverse_and_never_solved() -> None:
    env = gem.make("game:FifteenPuzzle-v1-hard")
    starts = {(env.reset(seed=seed), env.state.tiles)[1] for seed in range(300)}
    assert len(starts) > 295
    assert {tiles.index(0) for tiles in starts} == set(range(16))
    assert all(can_be_solved(tiles) for tiles in starts)


@pytest.mark.parametrize("moves", [1, 2, 5])
def test_a_short_walk_is_an_easy_start(moves: int) -> None:
    env = FifteenPuzzleEnv(50, 4, mc_rand_moves=moves)
    away = {(env.reset(seed=seed), int(env.distance()))[1] for seed in range(20)}
    assert away == {max(moves - 1, 1), moves}


def test_pure_random_draws_any_board_that_can_be_solved() -> None:
    rng = np.random.default_rng(0)
    drawn = {_shuffled(2, rng) for _ in range(300)}
    assert drawn == {tiles for tiles in permutations(range(4)) if can_be_solved(tiles)}
    assert len(drawn) == 12
    assert all(can_be_solved(_shuffled(4, rng)) for _ in range(50))


@pytest.mark.slow
def test_pure_random_boards_are_solved_in_time() -> None:
    for rows, seeds in ((4, 30), (5, 5)):
        env = FifteenPuzzleEnv(2 * rows**3, rows, "pure_random")
        for seed in range(seeds):
            env.reset(seed=seed)
            assert finish(env)[1]["success"]


def test_random_variant_draws_each_size_with_its_turns() -> None:
    for variant, expected in (("-v0-random", {(2, 10), (3, 20), (4, 50)}), ("-v1-random", {(3, 20), (4, 50)})):
        env = gem.make(f"game:FifteenPuzzle{variant}", seed=0)
        drawn = {(env.reset(), (env.state.rows, env.max_turns))[1] for _ in range(50)}
        assert drawn == expected


@pytest.mark.parametrize("variant", ["-v1", "-v1-easy", "-v1-hard", "-v1-random"])
def test_random_moves_seldom_win_certified_ids(variant: str) -> None:
    env = gem.make(f"game:FifteenPuzzle{variant}")
    rng, wins = np.random.default_rng(0), 0
    for seed in range(50):
        env.reset(seed=seed)
        done = False
        while not done:
            _, _, terminated, truncated, info = env.step(env.sample_random_action(rng))
            done = terminated or truncated
        wins += info["success"]
    assert wins <= 5


# -- rules and rewards ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("way", "after"),
    [
        ("up", (1, 2, 3, 4, 8, 5, 7, 0, 6)),
        ("down", (1, 0, 3, 4, 2, 5, 7, 8, 6)),
        ("left", (1, 2, 3, 4, 5, 0, 7, 8, 6)),
        ("right", (1, 2, 3, 0, 4, 5, 7, 8, 6)),
    ],
)
def test_the_tile_goes_into_the_gap(way: str, after: Board) -> None:
    env = position((1, 2, 3, 4, 0, 5, 7, 8, 6))
    _, reward, terminated, truncated, _ = env.step(f"\\boxed{{{way}}}")
    assert env.state.tiles == after
    assert (reward, terminated, truncated) == (0.0, False, False)


def test_board_shows_all_tiles_and_the_gap() -> None:
    env = position((1, 2, 3, 4, 0, 5, 7, 8, 6))
    assert env.step("\\boxed{up}").obs == "Turn 1: tile 8 goes up.\n 1  2  3\n 4  8  5\n 7  _  6\n"


@pytest.mark.parametrize("reply", ["left", "LEFT", "Left.", "\\text{left}", " left ", "move left", "slide tile left"])
def test_a_clear_move_is_read(reply: str) -> None:
    obs, reward, terminated, _, info = position(ALMOST).step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, info["success"]) == (1.0, True, True)
    assert obs.endswith(" 7  8  _\n")


@pytest.mark.parametrize("reply", ["", "8", "north", "left right", "l", "tile 8"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    _, reward, terminated, _, _ = position(ALMOST).step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (-0.1, True)


def test_an_illegal_move_changes_nothing_but_the_turn() -> None:
    env = position(ALMOST)
    obs, reward, terminated, _, _ = env.step("\\boxed{up}")
    assert (reward, terminated, env.turn_count, env.state.tiles) == (0.0, False, 1, ALMOST)
    assert obs == "Turn 1: no tile can go up.\n 1  2  3\n 4  5  6\n 7  _  8\n"


def test_running_out_of_turns_on_a_legal_move_pays_the_tiles_in_place() -> None:
    _, reward, terminated, truncated, info = position(ALMOST, turns=1).step("\\boxed{right}")
    assert (reward, terminated, truncated, info["success"]) == (6 / 8, False, True, False)


def test_running_out_of_turns_on_an_illegal_move_pays_nothing() -> None:
    assert position(ALMOST, turns=1).step("\\boxed{up}").reward == 0.0


@pytest.mark.parametrize("way", DIRECTIONS)
def test_one_way_again_and_again_earns_little(way: str) -> None:
    for variant, most in (("-v0-hard", 0.0), ("-v1-easy", 0.05)):
        env = gem.make(f"game:FifteenPuzzle{variant}")
        total = 0.0
        for seed in range(50):
            env.reset(seed=seed)
            done = False
            while not done:
                _, reward, terminated, truncated, _ = env.step(f"\\boxed{{{way}}}")
                total += reward
                done = terminated or truncated
        assert total / 50 <= most


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ({"num_rows": 1}, "boards have 2 to 5 rows"),
        ({"num_rows": (3, 6)}, "boards have 2 to 5 rows"),
        ({"init_algo": "monte carlo"}, "there are 'monte_carlo' and 'pure_random'"),
        ({"mc_rand_moves": 0}, "at least 1"),
        ({"max_turns": 0}, "at least 1"),
        ({"num_rows": 4, "max_turns": 100, "init_algo": "pure_random"}, "needs at least 128 turns"),
    ],
)
def test_arguments_that_make_no_game_are_refused(arguments: dict[str, object], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        FifteenPuzzleEnv(**arguments)
