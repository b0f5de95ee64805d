"""Envs and wrappers as users wrote them for the released GEM run unchanged, and can be forked and restored as well."""

import pickle
import random

import numpy as np
import pytest
from gem.envs.registration import register
from gem.utils.constants import TERMINAL_STATE
from gem.utils.parsing import extract_last_boxed_answer

import gem
from gem.core import Env, EnvWrapper
from gem.errors import SnapshotUnsupported
from gem.snapshot import Snapshot

pytestmark = pytest.mark.usefixtures("registry_as_it_was")


class ReverseEnv(Env):
    """As in the released GEM's example of a new env: overrides `reset` and `step` themselves."""

    def __init__(self, max_len: int = 5, **_):
        super().__init__()
        self.max_len = max_len
        self.reset()

    def reset(self, seed=None):
        super().reset(seed)
        self.word = "".join(self.rng.permutation(list("abcdefgh"))[: self.max_len])
        self.turns = []
        return f"Reverse {self.word}.", {}

    def step(self, action):
        self.turns.append(action)
        correct = extract_last_boxed_answer(action) == self.word[::-1]
        return TERMINAL_STATE, 1.0 if correct else 0.0, True, True, {"correct": correct}

    def sample_random_action(self):
        return "\\boxed{cba}"


class CounterEnv(Env):
    """Never calls the base constructor, names its attributes as it likes, and keeps its own generator."""

    def __init__(self, limit=3):
        self.limit = limit
        self.state = "idle"
        self.env = {"inner": []}
        self.rng = random.Random(0)

    def reset(self, seed=None, idx=None):
        Env.reset(self, seed)
        self.rng = random.Random(seed)
        self.state, self.env, self.idx = "running", {"inner": []}, idx
        return "count", {"suffix": "go"}

    def step(self, action):
        self.env["inner"].append(self.rng.randint(0, 9))
        over = len(self.env["inner"]) >= self.limit
        self.state = "over" if over else "running"
        return str(self.env["inner"]), float(over), over, over, {}


class ShoutWrapper(EnvWrapper):
    def __init__(self, env, mark="!"):
        super().__init__(env)
        self.mark = mark

    def reset(self, seed=None):
        obs, info = self.env.reset(seed)
        self.heard = [obs]
        return obs + self.mark, info

    def step(self, action):
        obs, reward, terminated, truncated, info = self.env.step(action)
        self.heard.append(obs)
        return obs + self.mark, reward, terminated, truncated, info


def make_reverse(max_len):
    return ReverseEnv(max_len)


MAKERS = {
    "class": ReverseEnv,
    "text": f"{__name__}:ReverseEnv",
    "function": make_reverse,
}


@pytest.mark.parametrize("entry_point", MAKERS.values(), ids=MAKERS)
def test_a_legacy_env_is_registered_made_and_played(entry_point):
    register("custom:Reverse-v0", entry_point, max_len=4)
    env = gem.make(env_id="custom:Reverse-v0", seed=3)
    obs, info = env.reset(seed=1)
    assert (len(env.word), obs, info) == (4, f"Reverse {env.word}.", {})
    assert env.env_id == "custom:Reverse-v0"
    result = env.step(action=f"\\boxed{{{env.word[::-1]}}}")
    assert result == (TERMINAL_STATE, 1.0, True, True, {"correct": True})


def test_a_legacy_env_may_return_both_flags_and_step_on():
    env = CounterEnv(limit=1)
    env.reset()
    assert env.step("x")[2:4] == (True, True)
    assert env.step("x")[2:4] == (True, True)


@pytest.mark.parametrize("call", [lambda env: env.reset(5), lambda env: env.reset(seed=5)])
def test_the_seed_of_a_legacy_reset_comes_by_place_or_by_name(call):
    one, other = ReverseEnv(), ReverseEnv()
    assert call(one) == call(other) == one.reset(seed=5)


@pytest.mark.parametrize("seed", [-1, 2**64, 1_790_000_000_000_000_000])
def test_any_int_seeds_a_legacy_env(seed):
    assert ReverseEnv().reset(seed) == ReverseEnv().reset(seed)


def test_seeding_a_legacy_env_leaves_global_generators_alone():
    before = random.getstate(), np.random.get_state()[1].tolist()
    ReverseEnv().reset(seed=3)
    assert (random.getstate(), np.random.get_state()[1].tolist()) == before


def played(env, n=2):
    return [tuple(env.step("x"))[:2] for _ in range(n)]


@pytest.mark.parametrize(
    "make", [ReverseEnv, CounterEnv, lambda: ShoutWrapper(ReverseEnv()), lambda: ShoutWrapper(CounterEnv())]
)
def test_a_legacy_env_is_forked_and_restored(make):
    env = make()
    env.reset(seed=2)
    env.step("x")
    moment = pickle.loads(pickle.dumps(env.snapshot()))
    twin = env.fork()
    expected = played(twin)
    assert played(env) == expected
    env.restore(moment)
    assert played(env) == expected
    other = make()
    other.restore(moment)
    assert played(other) == expected


def test_a_fork_of_a_legacy_env_shares_nothing_that_changes():
    env = CounterEnv()
    env.reset(seed=2)
    twin = env.fork()
    twin.step("x")
    assert (env.state, env.env) == ("running", {"inner": []})
    assert env.rng.random() == random.Random(2).random()


def test_attributes_that_appeared_later_are_gone_after_restore():
    env = CounterEnv()
    moment = env.snapshot()
    env.reset(idx=3)
    env.restore(moment)
    assert not hasattr(env, "idx")
    assert env.state == "idle"


def test_a_legacy_env_with_plain_attributes_survives_json():
    env = ReverseEnv()
    env.reset(seed=2)
    word = env.word
    moment = Snapshot.from_json(env.snapshot().to_json())
    env.reset(seed=3)
    env.restore(moment)
    assert env.word == word


def test_a_generator_that_is_not_numpys_is_kept_in_pickled_snapshots_only():
    env = CounterEnv()
    env.reset(seed=2)
    with pytest.raises(SnapshotUnsupported, match="Random"):
        env.snapshot().to_json()


def test_a_legacy_env_is_spawned_with_other_arguments():
    env = ReverseEnv(max_len=3)
    assert env.spawn(max_len=4).max_len == 4
    assert env.spawn(same_state=True).word == env.word


def test_a_legacy_wrapper_sees_the_env_live():
    env = ShoutWrapper(CounterEnv(limit=9))
    assert env.reset(seed=0)[0] == "count!"
    env.step("x")
    assert env.state == "running"
    assert len(env.heard) == 2
    assert env.limit == env.unwrapped.limit == 9
    assert isinstance(env.unwrapped, CounterEnv)


def test_legacy_wrappers_stack_and_spawn():
    env = ShoutWrapper(ShoutWrapper(ReverseEnv(max_len=3)), mark="?")
    assert env.reset(1)[0].endswith("!?")
    assert env.sample_random_action() == "\\boxed{cba}"
    spawned = env.spawn(max_len=4)
    assert (spawned.mark, spawned.env.mark, spawned.max_len) == ("?", "!", 4)


def test_a_subclass_of_a_legacy_env_may_call_the_base_class_by_name():
    class Child(ReverseEnv):
        def __init__(self):
            Env.__init__(self)
            self.max_len = 2

        def reset(self, seed=None):
            Env.reset(self, seed)
            return ReverseEnv.reset(self)

    env = Child()
    assert env.reset(4) == env.reset(4)
    assert len(env.word) == 2


def test_a_dataset_that_is_exhausted_may_return_none():
    class Exhausted(ReverseEnv):
        def reset(self, seed=None):
            return None, None

    assert Exhausted().reset(1) == (None, None)


def test_an_env_that_holds_a_connection_says_that_it_cannot_be_copied():
    env = CounterEnv()
    env.lines = (line for line in ())
    with pytest.raises(SnapshotUnsupported, match="CounterEnv"):
        env.fork()
