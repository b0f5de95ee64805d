"""gymnasium:*: ToyText as text, with its chances, our seeds, and play that cannot be bettered."""

import numpy as np
import pytest

import gem
from gem.checking import check_env
from gem.envs._toy_text_solvers import best_actions, should_hit, total
from gem.envs.gymnasium_ids import TOYS
from gem.snapshot import Snapshot
from tests.envs.games.expert import finish

gymnasium = pytest.importorskip("gymnasium")
IDS = [f"gymnasium:{name}" for name in TOYS]
ONE_START = ("CliffWalking",)
"""Worlds whose episodes all begin alike."""


@pytest.mark.slow
@pytest.mark.parametrize("env_id", IDS)
def test_a_toy_keeps_the_promises(env_id):
    alike = ["seeds_differ"] if any(name in env_id for name in ONE_START) else []
    check_env(env_id, seeds=(0, -7, 2**64), skip=alike)


def test_every_toy_of_the_package_is_listed():
    toys = {spec.id for spec in gymnasium.registry.values() if "toy_text" in str(spec.entry_point)}
    assert set(TOYS) == toys


def test_listing_the_ids_imports_no_gymnasium(run_python):
    printed = run_python(
        "import sys, gem; print(len([s for s in gem.specs() if 'gymnasium:' in s.id]), 'gymnasium' in sys.modules)"
    )
    assert printed.split() == [str(len(TOYS)), "False"]


@pytest.mark.parametrize("name", ["Taxi-v4", "CliffWalking-v1"])
def test_the_expert_always_wins_where_chance_has_no_say(name):
    env = gem.make(f"gymnasium:{name}")
    for seed in range(20):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert (reward, info["success"]) == (1.0, True)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "low", "high"), [("FrozenLake-v1", 0.64, 0.84), ("Blackjack-v1", 0.36, 0.48)])
def test_the_expert_wins_as_often_as_theory_says(name, low, high):
    env = gem.make(f"gymnasium:{name}")
    wins = 0
    for seed in range(300):
        env.reset(seed=seed)
        wins += finish(env)[1]["success"]
    assert low <= wins / 300 <= high


def test_the_steps_are_those_of_gymnasium():
    env, theirs = gem.make("gymnasium:Taxi-v4", native_rewards=True), gymnasium.make("Taxi-v4")
    env.reset(seed=5)
    theirs.reset(seed=0)
    theirs.unwrapped.s = env.state.memory["s"]
    rng = np.random.default_rng(0)
    for _ in range(100):
        action = int(rng.integers(6))
        result = env.step(f"\\boxed{{{env.actions[action]}}}")
        there, reward, ended, _, _ = theirs.step(action)
        assert (env.state.memory["s"], result.reward) == (there, 1.0 if ended else reward)
        if result.done:
            break


def test_slippery_ice_leads_to_all_three_sides():
    env = gem.make("gymnasium:FrozenLake-v1")
    seen = set()
    for seed in range(60):
        env.reset(seed=seed)
        env.step("\\boxed{right}")
        seen.add(env.state.memory["s"])
    assert seen == {0, 1, 4}
    firm = gem.make("gymnasium:FrozenLake-v1", is_slippery=False, seed=0)
    assert "slippery" not in firm.reset()[0]
    firm.step("\\boxed{right}")
    assert firm.state.memory["s"] == 1


@pytest.mark.parametrize("reply", ["drop off", "Dropoff", "5", "\\text{dropoff}", "DROP-OFF"])
def test_an_action_is_read_by_name_or_number(reply):
    env = gem.make("gymnasium:Taxi-v4", seed=0)
    env.reset()
    result = env.step(f"\\boxed{{{reply}}}")
    assert "dropoff" in result.info["event"]
    assert not result.done


@pytest.mark.parametrize("reply", ["6", "-1", "north west", ""])
def test_what_is_no_action_ends_the_episode(reply):
    env = gem.make("gymnasium:Taxi-v4", seed=0)
    env.reset()
    assert env.step(f"\\boxed{{{reply}}}")[1:4] == (-0.1, True, False)


def test_with_native_rewards_nonsense_is_never_the_cheapest_way_out():
    env = gem.make("gymnasium:Taxi-v4", native_rewards=True, seed=0)
    env.reset()
    total_reward, done = 0.0, False
    while not done:
        result = env.step("I give up.")
        total_reward += result.reward
        done = result.done
    assert total_reward == -10.0 * 200
    env.reset()
    assert finish(env)[1]["success"]


def test_the_dealer_s_second_card_is_not_shown():
    env = gem.make("gymnasium:Blackjack-v1")
    for seed in range(30):
        obs, _ = env.reset(seed=seed)
        env.state.memory["dealer"][1] = 7
        assert env.board() == obs.splitlines(keepends=True)[-1]


def test_basic_strategy():
    assert should_hit([10, 2], 10)
    assert not should_hit([10, 10], 5)
    assert not should_hit([10, 3], 6)
    assert should_hit([1, 6], 9)
    assert (total([1, 6]), total([1, 6, 10])) == ((17, True), (17, False))


def test_dynamic_programming_takes_the_surer_way_and_of_two_the_shorter():
    table = {
        0: {0: [(0.5, 2, 1.0, True), (0.5, 0, 0.0, True)], 1: [(1.0, 1, 0.0, False)]},
        1: {0: [(1.0, 2, 1.0, True)], 1: [(1.0, 0, 0.0, False)]},
        2: {0: [(1.0, 2, 0.0, True)], 1: [(1.0, 2, 0.0, True)]},
    }
    best = best_actions(table, lambda reward, ended: reward > 0, turns=3)
    assert best[3, 0] == 1
    assert best[1, 0] == 0
    assert best[3, 1] == 0


def test_a_snapshot_is_small_and_goes_through_json():
    env = gem.make("gymnasium:Taxi-v4", seed=3)
    env.reset()
    env.step(env.solve())
    text = env.snapshot().to_json()
    assert len(text) < 1000
    twin = gem.make("gymnasium:Taxi-v4")
    twin.restore(Snapshot.from_json(text))
    assert twin.step(twin.solve()) == env.step(env.solve())
