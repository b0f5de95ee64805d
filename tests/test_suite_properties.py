"""What holds for every game whatever is replied, beside `check_env`: Hypothesis looks for the reply that breaks it."""

import math
from collections import deque

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gem
from gem.checking.fuzz import edited
from gem.seeding import derive, generator
from gem.snapshot import Snapshot

pytestmark = pytest.mark.slow

FAMILIES = sorted({(s.entry_point, "-v0" in s.id): s.id for s in gem.specs() if s.id.startswith("game:")}.values())
"""An id of each game with and without partial credit."""
SEEDS = st.integers(min_value=-(2**70), max_value=2**70)
TEXTS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet="\\boxed{}0123456789 abcrstupdown,-", max_size=40),
    st.text(max_size=20).map(lambda text: f"\\boxed{{{text}}}"),
    st.text(min_size=1, max_size=4).map(lambda text: text * 25_000),
)


def moves(env, seed, turns):
    """A plausible way through an episode: expert moves, random moves and edits of them."""
    rng = generator(seed)
    for _ in range(turns):
        kind = rng.integers(10)
        random = env.sample_random_action(rng)
        yield env.solve() if kind < 3 else edited(random, rng) if kind == 9 else random


def play(env, seed, turns):
    """The steps of such an episode, up to its end."""
    steps = []
    for action in moves(env, seed, turns):
        steps.append(env.step(action))
        if steps[-1].done:
            break
    return steps


def is_well_formed(result):
    obs, reward, terminated, truncated, info = result
    ended = terminated or truncated
    return (
        isinstance(obs, str)
        and obs != ""
        and math.isfinite(reward)
        and not (terminated and truncated)
        and info["event"] in obs
        and (not ended or isinstance(info["success"], bool))
    )


@pytest.mark.parametrize("env_id", FAMILIES)
@settings(max_examples=15)
@given(seed=SEEDS, text=TEXTS)
def test_any_text_gets_a_well_formed_answer_and_no_pay(env_id, seed, text):
    env = gem.make(env_id, seed=seed)
    env.reset()
    legal = env.is_legal(text) if hasattr(env, "is_legal") else True
    result = env.step(text)
    assert is_well_formed(result)
    assert legal or result.reward <= 0


@pytest.mark.parametrize("env_id", FAMILIES)
@settings(max_examples=10)
@given(seed=SEEDS, turns=st.integers(0, 8))
def test_the_return_is_bounded_and_a_step_never_pays_more_than_the_win(env_id, seed, turns):
    env = gem.make(env_id, seed=seed)
    env.reset()
    total = sum(step.reward for step in play(env, seed, turns))
    assert -5.0 <= total <= 1.0 + 1e-9


@pytest.mark.parametrize("env_id", FAMILIES)
@settings(max_examples=5)
@given(seed=SEEDS, turns=st.integers(0, 6), more=st.integers(1, 4))
def test_a_fork_in_mid_episode_goes_its_own_way_and_its_parent_stays(env_id, seed, turns, more):
    env = gem.make(env_id, seed=seed)
    env.reset()
    if any(step.done for step in play(env, seed, turns)):
        env.reset()
    before = env.snapshot()
    twin = env.fork()
    first = play(twin, derive(seed, "fork"), more)
    assert env.snapshot() == before
    again = gem.make(env_id)
    again.restore(Snapshot.from_json(before.to_json()))
    assert play(again, derive(seed, "fork"), more) == first


@pytest.mark.parametrize("env_id", FAMILIES)
@settings(max_examples=3)
@given(seed=st.integers(0, 2**32))
def test_interleaved_siblings_do_not_hear_each_other(env_id, seed):
    def episodes(count):
        """Each sibling's steps, taken in turn with the others."""
        envs = [gem.make(env_id, seed=derive(seed, index)) for index in range(count)]
        steps = [[env.reset()] for env in envs]
        waiting = deque((env, moves(env, derive(seed, index), 6), steps[index]) for index, env in enumerate(envs))
        while waiting:
            env, source, told = waiting.popleft()
            action = next(source, None)
            if action is not None:
                told.append(env.step(action))
                if not told[-1].done:
                    waiting.append((env, source, told))
        return steps

    assert episodes(3)[:1] == episodes(1)
