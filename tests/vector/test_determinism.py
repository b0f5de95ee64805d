"""The same ids, seeds and actions give the same episodes to the last byte: alone, beside siblings, under any executor.

The reference is each env alone, stepped and reset by hand. Its actions, which are the expert's, random moves and
junk, are recorded there. A vector then plays them in random portions, and its results are compared as bytes.
"""

from __future__ import annotations

import asyncio
from collections import deque
from functools import cache
from importlib.util import find_spec
from typing import NamedTuple

import pytest

import gem
from gem.checking.junk import JUNK
from gem.seeding import derive, generator
from gem.wrappers.presets import get_wrapper_fns
from tests.vector.executor_cases import EVERY, NEAR, RAY, quickly, result_bytes, serialised, under, vector_of_ids
from tests.vector.fault_envs import Patient
from tests.wrappers.chat_templates import TOKENIZERS

SEED = 11
STEPS = 14
GAMES = [
    "WikiGame-v1-easy", "Minesweeper-v1-easy", "Wordle-v1-easy", "KuhnPoker-v1", "Sokoban-v1-easy",
    "Hangman-v1-easy", "Negotiation-v1", "GuessTheNumber-v0-easy",
]  # fmt: skip
FAMILIES = {
    "game": [f"game:{name}" for name in GAMES],
    "rg": ["rg:prime_factorization", "rg:chain_sum", "rg:gsm_symbolic"],
    "ta": ["ta:TicTacToe-v0", "ta:Blackjack-v0"],
    "gymnasium": ["gymnasium:Taxi-v4", "gymnasium:Blackjack-v1"],
}
IDS = [env_id for ids in FAMILIES.values() for env_id in ids]
PACKAGES = {"rg": "reasoning_gym", "ta": "textarena", "gymnasium": "gymnasium"}
WRAPPERS = ["", "concat", "episode_tracking", "concat_chat,episode_tracking"]


class Alone(NamedTuple):
    """An env's actions, and what it answered when nothing else was about."""

    actions: list
    told: list[bytes]
    """Of the first reset and of each step."""
    endings: int


@cache
def alone(env_id, wrappers, seed):
    env = wrapped(gem.make(env_id, seed=seed), wrappers)
    rng = generator(derive(seed, "policy"))
    actions, told, endings = [], [serialised(*env.reset())], 0
    for _ in range(STEPS):
        actions.append(chosen(env, rng))
        obs, reward, terminated, truncated, info = env.step(actions[-1])
        if terminated or truncated:
            endings += 1
            first, first_info = env.reset()
            obs, info = first, {**first_info, "final_observation": obs, "final_info": info}
        told.append(result_bytes(obs, reward, terminated, truncated, info))
    return Alone(actions, told, endings)


def chosen(env, rng):
    """The expert's action, or a random one, or now and then junk."""
    draw = rng.random()
    if draw > 0.93:
        return list(JUNK.values())[rng.integers(len(JUNK))]
    expert = getattr(env, "solve", None)
    return expert() if expert is not None and draw < 0.6 else env.sample_random_action(rng)


def wrapped(env, wrappers):
    for wrap in wrapper_fns(wrappers):
        env = wrap(env)
    return env


def wrapper_fns(wrappers):
    return get_wrapper_fns(wrappers, TOKENIZERS["chatml"])


def played(vec, actions, rng):
    """What a vector tells each env's player, who acts whenever it is its turn and the dice say so."""
    told = [[serialised(*first)] for first in zip(*vec.reset(), strict=True)]
    left = [deque(each) for each in actions]
    idle, under_way = set(range(len(left))), 0
    while under_way or any(left):
        ready = [index for index in sorted(idle) if left[index]]
        asked = [int(index) for index in rng.permutation(ready) if rng.random() < 0.6]
        vec.send({index: left[index].popleft() for index in asked})
        idle -= set(asked)
        under_way += len(asked)
        received = vec.recv(min_ready=int(rng.integers(under_way + 1)))
        for index, *result in zip(*received, strict=True):
            told[index].append(result_bytes(*result))
        idle |= set(received.indices)
        under_way -= len(received.indices)
    return told


def assert_played_as_alone(executor, env_ids, wrappers="", workers=2):
    references = [alone(env_id, wrappers, SEED + k) for k, env_id in enumerate(env_ids)]
    fns = wrapper_fns(wrappers)
    with vector_of_ids(executor, env_ids, fns, seed=SEED, workers=workers) as vec:
        told = played(vec, [each.actions for each in references], generator(derive(SEED, len(env_ids))))
    for k, reference in enumerate(references):
        assert told[k] == reference.told, f"env {k} ({env_ids[k]}) tells another story"


def package_of(env_id):
    return PACKAGES.get(env_id.partition(":")[0], "gem")


def need_package_of(env_id):
    pytest.importorskip(package_of(env_id))


# -- the tests -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def records():
    """Seven lone runs of each id: made before the tests, since importing the packages takes long."""
    present = [env_id for env_id in IDS if find_spec(package_of(env_id))]
    return {env_id: [alone(env_id, "", SEED + k) for k in range(7)] for env_id in present}


@pytest.mark.parametrize("env_id", IDS)
def test_the_recorded_episodes_have_endings_and_turns_without_one(env_id, records):
    need_package_of(env_id)
    endings = sum(record.endings for record in records[env_id])
    assert endings > 0
    assert endings < 7 * STEPS or env_id.startswith("rg:")
    assert len({tuple(record.told) for record in records[env_id]}) > 1


@under(*NEAR)
@pytest.mark.parametrize("count", [1, 2, 7])
@pytest.mark.parametrize("env_id", IDS)
def test_an_env_beside_siblings_plays_as_it_plays_alone(executor, env_id, count):
    need_package_of(env_id)
    assert_played_as_alone(executor, [env_id] * count)


@under(*NEAR)
@pytest.mark.parametrize("wrappers", WRAPPERS[1:])
def test_a_wrapped_env_beside_siblings_plays_as_it_plays_alone(executor, wrappers):
    assert_played_as_alone(executor, FAMILIES["game"][:7], wrappers)


@under("processes", "mixed")
@pytest.mark.parametrize("family", FAMILIES)
def test_an_env_elsewhere_plays_as_it_plays_alone_here(executor, family):
    need_package_of(FAMILIES[family][0])
    workers = 2 if family == "game" else 1  # each imports the family's package anew
    assert_played_as_alone(executor, (FAMILIES[family] * 7)[:7], workers=workers)


@under(RAY)
def test_an_actor_plays_as_the_env_alone_here(executor):
    assert_played_as_alone(executor, [*FAMILIES["game"][:5], *FAMILIES["gymnasium"]])


@under(quickly("processes"))
@pytest.mark.parametrize("count", [1, 2])
def test_an_env_elsewhere_plays_alike_with_any_number_of_siblings(executor, count):
    assert_played_as_alone(executor, ["game:Minesweeper-v1-easy"] * count)


@under("processes")
def test_wrappers_do_elsewhere_what_they_do_here(executor):
    assert_played_as_alone(executor, FAMILIES["game"][:7], "concat_chat,episode_tracking")


@under(*EVERY)
def test_a_vector_that_is_reset_to_the_same_seeds_tells_the_same_again(executor):
    ids = FAMILIES["game"][:4]
    actions = [alone(env_id, "", SEED + k).actions for k, env_id in enumerate(ids)]
    with vector_of_ids(executor, ids, workers=2) as vec:

        def told():
            firsts = vec.reset(seed=SEED)
            return serialised(firsts), [
                serialised(*map(list, vec.step(list(each)))) for each in zip(*actions, strict=True)
            ]

        assert told() == told()


# -- envs that await ---------------------------------------------------------------------------------------


@under(*EVERY, RAY)
@pytest.mark.parametrize("count", [1, 7])
def test_an_awaiting_env_plays_as_it_plays_alone(executor, count, registry_as_it_was):
    gem.register("test:Patient-v0", Patient)
    references = [asyncio.run(awaited_alone(SEED + k)) for k in range(count)]
    with vector_of_ids(executor, ["test:Patient-v0"] * count, seed=SEED) as vec:
        told = played(vec, [["play"] * STEPS] * count, generator(count))
    assert told == references


async def awaited_alone(seed):
    env = gem.make("test:Patient-v0", seed=seed)
    told = [serialised(*await env.reset())]
    for _ in range(STEPS):
        obs, reward, terminated, truncated, info = await env.step("play")
        if terminated:
            final, final_info = obs, info
            obs, info = await env.reset()
            info = {**info, "final_observation": final, "final_info": final_info}
        told.append(result_bytes(obs, reward, terminated, truncated, info))
    return told
