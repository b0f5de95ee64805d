"""Turn, time and token limits: the step that reaches one is truncated."""

import pickle

import pytest

from gem.errors import ConfigError, ResetNeeded
from gem.wrappers.limits import TimeLimit, TokenLimit, TurnLimit
from tests.wrappers.scripted_env import Scripted

SCRIPT = ["one two", "three", "four five six", "seven", "the end"]


class Clock:
    """Stands still unless told otherwise."""

    def __init__(self):
        self.now_s = 100.0

    def __call__(self):
        return self.now_s


def words(text):
    return len(text.split())


def limits():
    return [
        TurnLimit(Scripted(*SCRIPT), max_turns=2),
        TimeLimit(Scripted(*SCRIPT), limit_s=2.0, clock=Ticking()),
        TokenLimit(Scripted(*SCRIPT), max_tokens=7, count=words),
    ]


class Ticking:
    """One second later at each look."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        self.now_s += 1
        return self.now_s


def names(env):
    return type(env).__name__


@pytest.mark.parametrize("env", limits(), ids=names)
def test_the_step_that_reaches_the_limit_is_truncated(env):
    env.reset()
    assert env.step("go").truncated is False
    result = env.step("go")
    assert (result.obs, result.reward, result.terminated, result.truncated) == ("four five six", 0.5, False, True)
    assert result.info["truncated_by"] == {"u": "turn_limit", "i": "time_limit", "o": "token_limit"}[names(env)[1]]
    assert result.info["success"] is False


@pytest.mark.parametrize("env", limits(), ids=names)
def test_after_a_limit_a_reset_is_needed_and_suffices(env):
    env.reset()
    env.step("go")
    env.step("go")
    with pytest.raises(ResetNeeded):
        env.step("go")
    assert env.reset(seed=0, skip=1)[0] == "three"
    assert env.step("go").truncated is False


@pytest.mark.parametrize("env", limits(), ids=names)
def test_what_the_rules_ended_is_not_truncated_as_well(env):
    env.reset(skip=2)
    env.step("go")
    result = env.step("go")
    assert (result.terminated, result.truncated) == (True, False)
    assert "truncated_by" not in result.info


@pytest.mark.parametrize("env", limits(), ids=names)
def test_a_fork_and_a_snapshot_know_what_is_spent(env):
    env.reset()
    env.step("go")
    moment = pickle.loads(pickle.dumps(env.snapshot()))
    twin = env.fork()
    assert env.step("go").truncated
    assert twin.step("go").truncated
    env.restore(moment)
    assert env.step("go").truncated


def test_time_between_snapshot_and_restoration_does_not_count():
    clock = Clock()
    env = TimeLimit(Scripted(*SCRIPT), limit_s=10, clock=clock)
    env.reset()
    clock.now_s += 6
    env.step("go")
    moment = env.snapshot()
    clock.now_s += 1000
    env.restore(moment)
    assert env.step("go").truncated is False
    clock.now_s += 4
    assert env.step("go").truncated


def test_a_tokenizer_can_count():
    class Words:
        def encode(self, text):
            return text.split()

        def __call__(self, text):
            return {"input_ids": text.split()}

    class Encoded:
        ids = (1, 2, 3)

    class Rust:
        def encode(self, text):
            return Encoded()

    for tokenizer, amount in ((Words(), 3), (Rust(), 6)):
        env = TokenLimit(Scripted("one two", "three"), max_tokens=100, count=tokenizer)
        env.reset()
        env.state.amount = 0
        env.step("go on")
        assert env.state.amount == amount


@pytest.mark.parametrize("make", [TurnLimit, TimeLimit, lambda env, limit: TokenLimit(env, limit, words)])
def test_a_limit_of_nothing_is_refused(make):
    with pytest.raises(ConfigError, match="more than 0"):
        make(Scripted("a"), 0)
