"""Potential-based shaping: dense on the way, and in sum exactly what the env pays."""

from itertools import permutations

import numpy as np
import pytest

import gem
from gem.envs.games.tower_of_hanoi import State, TowerofHanoiEnv
from gem.errors import ConfigError, EnvError
from gem.snapshot import Snapshot
from gem.wrappers.shaping import PotentialShaping
from tests.wrappers.scripted_env import Scripted

MOVES = [f"\\boxed{{{source} {target}}}" for source, target in permutations("ABC", 2)]
IDS = ["game:TowerofHanoi-v1-hard", "game:GuessTheNumber-v0-hard", "game:Minesweeper-v0-easy", "game:Sudoku-v0-easy"]


def played(env, gamma, noise, seed):
    """Discounted returns, as shaped and as the env paid, of an episode of an expert that errs."""
    rng = np.random.default_rng(seed)
    env.reset(seed=seed)
    shaped = paid = 0.0
    for turn in range(1000):
        action = env.sample_random_action(rng) if rng.random() < noise else env.solve()
        _, reward, terminated, truncated, info = env.step(action)
        shaped += gamma**turn * reward
        paid += gamma**turn * info["unshaped_reward"]
        if terminated or truncated:
            return shaped, paid
    raise AssertionError("the episode does not end")


@pytest.mark.parametrize("env_id", IDS)
@pytest.mark.parametrize("gamma", [1.0, 0.9])
def test_returns_telescope_to_those_of_the_env(env_id, gamma):
    env = PotentialShaping(gem.make(env_id), gamma=gamma)
    for seed in range(8):
        shaped, paid = played(env, gamma, noise=seed / 8, seed=seed)
        assert shaped == pytest.approx(paid, abs=1e-12)


def test_every_expert_move_earns_its_share_of_the_way():
    env = PotentialShaping(gem.make("game:TowerofHanoi-v1-easy", seed=0))
    env.reset()
    turns = int(env.distance())
    rewards = [env.step(env.solve()).reward for _ in range(turns)]
    assert rewards[:-1] == pytest.approx([1 / turns] * (turns - 1))
    assert sum(rewards) == pytest.approx(1.0)


def test_a_step_away_costs_what_the_step_back_earns():
    env = PotentialShaping(TowerofHanoiEnv(3, 50), scale=2.0)
    env.reset(seed=0)
    toward, away = env.step("\\boxed{A C}"), env.step("\\boxed{C A}")
    assert toward.reward == pytest.approx(2 / 7)
    assert away.reward == pytest.approx(-2 / 7)


def q_values(shaped, gamma=0.9, sweeps=120):
    """Optimal action values of the two-disk tower, by value iteration over all its states."""
    env = PotentialShaping(TowerofHanoiEnv(2, 10_000), gamma=gamma) if shaped else TowerofHanoiEnv(2, 10_000)
    env.reset(seed=0)
    start = env.snapshot()
    places = [(big, small) for big in range(3) for small in range(3) if (big, small) != (2, 2)]
    model = {}
    for place in places:
        for move in MOVES:
            env.restore(start)
            pegs = [tuple(disk for disk, peg in ((2, place[0]), (1, place[1])) if peg == at) for at in range(3)]
            env.unwrapped.state = State(10_000, disks=2, pegs=pegs)
            if shaped:
                env.state.now = 1 - env.distance() / env.state.start
            _, reward, done, _, _ = env.step(move)
            after = {disk: peg for peg, disks in enumerate(env.unwrapped.state.pegs) for disk in disks}
            model[place, move] = reward, done, (after[2], after[1])
    values = dict.fromkeys(model, 0.0)
    for _ in range(sweeps):
        best = {place: max(values[place, move] for move in MOVES) for place in places}
        values = {key: reward + (0.0 if done else gamma * best[there]) for key, (reward, done, there) in model.items()}
    return places, values


def test_the_optimal_policy_is_unchanged_on_an_enumerable_game():
    places, plain = q_values(shaped=False)
    _, shaped = q_values(shaped=True)
    for place in places:
        shifts = [plain[place, move] - shaped[place, move] for move in MOVES]
        assert shifts == pytest.approx([shifts[0]] * len(MOVES), abs=1e-4)  # by the potential of the state alone
    assert len({round(plain[place, MOVES[0]] - shaped[place, MOVES[0]], 3) for place in places}) > 1


def test_a_fork_goes_on_with_the_same_potential():
    env = PotentialShaping(gem.make("game:TowerofHanoi-v1-hard", seed=4))
    env.reset()
    env.step(env.solve())
    twin, other = env.fork(), env.spawn()
    other.restore(Snapshot.from_json(env.snapshot().to_json()))
    for _ in range(3):
        action = env.solve()
        assert env.step(action) == twin.step(action) == other.step(action)


def test_an_env_without_distance_is_refused():
    with pytest.raises(EnvError, match=r"Scripted has no distance\(\)"):
        PotentialShaping(Scripted("one", "two")).reset()
    with pytest.raises(EnvError, match="no distance"):
        PotentialShaping(gem.make("game:Game2048-v0")).reset(seed=0)


def test_a_discount_above_one_is_refused():
    with pytest.raises(ConfigError, match="between 0 and 1"):
        PotentialShaping(Scripted("one", "two"), gamma=1.5)
