"""Tower of Hanoi: optimal play from anywhere, and no credit for moves that earn none."""

from __future__ import annotations

from itertools import product

import pytest

import gem
from gem.envs.games.tower_of_hanoi import State, TowerofHanoiEnv
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_wins_every_id_within_its_turns(variant: str) -> None:
    env = gem.make(f"game:TowerofHanoi{variant}")
    for seed in range(100):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert info["success"]
        assert reward == 1.0
        assert env.turn_count <= min(env.max_turns, 2**env.state.disks - 1)


def distances(disks: int) -> dict[tuple[int, ...], int]:
    """Fewest moves to peg 2 from every placement of disks (peg of disk 1 first), by breadth-first search."""
    goal = (2,) * disks
    found, wave = {goal: 0}, [goal]
    while wave:
        ahead: list[tuple[int, ...]] = []
        for pegs in wave:
            for disk, target in product(range(disks), range(3)):
                moved = (*pegs[:disk], target, *pegs[disk + 1 :])
                free = not any(pegs[smaller] in (pegs[disk], target) for smaller in range(disk))
                if free and moved not in found:
                    found[moved] = found[pegs] + 1
                    ahead.append(moved)
        wave = ahead
    return found


def test_solver_is_optimal_from_every_state() -> None:
    env = TowerofHanoiEnv(4, 100)
    for placement, distance in distances(4).items():
        if distance == 0:
            continue
        env.reset(seed=0)
        pegs = [tuple(disk for disk in (4, 3, 2, 1) if placement[disk - 1] == peg) for peg in range(3)]
        env.state = State(100, disks=4, pegs=pegs)
        assert finish(env)[1]["success"]
        assert env.turn_count == distance


def test_distance_is_the_fewest_moves_and_each_move_of_the_solver_takes_one_off() -> None:
    env = TowerofHanoiEnv(4, 100)
    for placement, distance in distances(4).items():
        pegs = [tuple(disk for disk in (4, 3, 2, 1) if placement[disk - 1] == peg) for peg in range(3)]
        env.reset(seed=0)
        env.state = State(100, disks=4, pegs=pegs)
        assert env.distance() == distance
        if distance:
            env.step(env.solve())
            assert env.distance() == distance - 1


def test_v0_starts_on_peg_a_and_v1_starts_anywhere_but_done() -> None:
    classic = gem.make("game:TowerofHanoi-v0-hard", seed=0)
    scattered = gem.make("game:TowerofHanoi-v1-hard", seed=0)
    assert {str((classic.reset(), classic.state.pegs)[1]) for _ in range(5)} == {"[(5, 4, 3, 2, 1), (), ()]"}
    starts = [list((scattered.reset(), scattered.state.pegs)[1]) for _ in range(200)]
    assert len(set(map(str, starts))) > 80
    assert not any(5 in pegs[2] for pegs in starts)


@pytest.mark.parametrize(
    "reply",
    [
        "A C",
        "a,c",
        "AC",
        "A to C",
        "move peg A to peg C",
        "\\text{A C}",
        " A  C ",
        "A->C",
        "A \\rightarrow C",
        "disk A C",
    ],
)
def test_a_clear_move_is_read(reply: str) -> None:
    env = gem.make("game:TowerofHanoi-v0-easy", seed=0)
    env.reset()
    obs, reward, terminated, truncated, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert obs.endswith("A: 3 2\nB: empty\nC: 1\n")


@pytest.mark.parametrize("reply", ["", "A", "A B C", "A D", "1", "disk"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    env = gem.make("game:TowerofHanoi-v0-easy", seed=0)
    env.reset()
    _, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated) == (-0.1, True)


@pytest.mark.parametrize("reply", ["A A", "B C"])
def test_an_illegal_move_changes_nothing_but_the_turn(reply: str) -> None:
    env = gem.make("game:TowerofHanoi-v0-easy", seed=0)
    env.reset()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, env.turn_count) == (0.0, False, 1)
    assert obs.endswith("A: 3 2 1\nB: empty\nC: empty\n")


def test_a_larger_disk_may_not_lie_on_a_smaller_one() -> None:
    env = gem.make("game:TowerofHanoi-v0-easy", seed=0)
    env.reset()
    env.step("\\boxed{A C}")
    obs = env.step("\\boxed{A C}").obs
    assert "smaller" in obs
    assert obs.endswith("A: 3 2\nB: empty\nC: 1\n")


def test_one_move_and_then_junk_earns_nothing() -> None:
    env = gem.make("game:TowerofHanoi-v0-easy", seed=0)
    env.reset()
    total = sum(env.step(action).reward for action in ["\\boxed{A C}", *["\\boxed{B B}"] * 9])
    assert total == 0.0


def test_running_out_of_turns_on_a_legal_move_pays_the_disks_on_c() -> None:
    env = TowerofHanoiEnv(3)
    env.reset(seed=0)
    env.state.max_turns = 1
    _, reward, terminated, truncated, info = env.step("\\boxed{A C}")
    assert (reward, terminated, truncated, info["success"]) == (1 / 3, False, True, False)


def test_random_variant_draws_each_size_with_its_turns() -> None:
    env = gem.make("game:TowerofHanoi-v0-random", seed=0)
    drawn = {(env.reset(), (env.state.disks, env.max_turns))[1] for _ in range(50)}
    assert drawn == {(3, 10), (4, 20), (5, 35)}


@pytest.mark.parametrize(("disks", "turns"), [(3, 6), (7, 100), (None, 30), (10**12, 100), (3, 0)])
def test_a_tower_too_high_for_its_turns_is_refused(disks: int | None, turns: int) -> None:
    with pytest.raises(ValueError, match="turns"):
        TowerofHanoiEnv(disks, turns)


def test_a_tower_without_disks_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one disk"):
        TowerofHanoiEnv(0)
