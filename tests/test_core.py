"""gem.core: the contract between an env and what drives it."""

import copy
import pickle
from dataclasses import dataclass, field

import numpy as np
import pytest

import gem
from gem.core import Env, StepResult, Wrapper, termination, transition, truncation
from gem.errors import ResetNeeded, SnapshotMismatch, SnapshotUnsupported, UnknownArgument


@dataclass
class Walked:
    position: int = 0
    path: list[int] = field(default_factory=list)


class Walk(Env[str, str]):
    """Random steps to the right; ends at `goal`."""

    def __init__(self, goal: int = 50, label: str = "walk"):
        super().__init__()
        self.goal, self.label = goal, label
        self.config = {"shared": []}

    def _reset(self, start: int = 0):
        self.state = Walked(start + int(self.rng.integers(10)))
        return f"at {self.state.position}", {}

    def _step(self, action):
        self.state.position += int(self.rng.integers(1, 10))
        self.state.path.append(self.state.position)
        if self.state.position >= self.goal:
            return termination(f"at {self.state.position}", 1.0, success=True)
        return transition(f"at {self.state.position}")

    def sample_random_action(self, rng=None):
        return "go"


class Counted(Wrapper[str, str]):
    """Counts steps in its own state."""

    def __init__(self, env, by: int = 1):
        super().__init__(env)
        self.by, self.state = by, 0

    def reset(self, seed=None, **options):
        self.state = 0
        return super().reset(seed, **options)

    def step(self, action):
        self.state += self.by
        return super().step(action)


def finish(env):
    """The observations up to the end of the episode."""
    seen = []
    while True:
        result = env.step("go")
        seen.append(result.obs)
        if result.done:
            return seen


def started(seed=0, **arguments):
    env = Walk(**arguments)
    env.reset(seed=seed)
    return env


def test_a_result_is_a_plain_five_tuple_with_names():
    obs, reward, terminated, truncated, info = result = transition("o", 0.5, event="e")
    assert (obs, reward, terminated, truncated, info) == ("o", 0.5, False, False, {"event": "e"})
    assert result.info is info


@pytest.mark.parametrize(
    ("make", "flags"), [(transition, (False, False)), (termination, (True, False)), (truncation, (False, True))]
)
def test_an_outcome_sets_at_most_one_flag(make, flags):
    result = make("o", 0.0)
    assert (result.terminated, result.truncated) == flags
    assert result.done == any(flags)


def test_the_same_seed_gives_the_same_episode():
    assert finish(started(5)) == finish(started(5))
    assert finish(started(5)) != finish(started(6))


def test_reset_without_a_seed_goes_on_from_where_the_generator_is():
    one, other = started(5), started(5)
    finish(one), finish(other)
    assert one.reset() == other.reset()
    assert finish(one) == finish(other) != finish(started(5))


def test_an_env_without_a_seed_has_fresh_entropy():
    assert Walk().rng.integers(2**63) != Walk().rng.integers(2**63)


def test_options_of_reset_reach_the_env():
    assert Walk().reset(seed=0, start=100)[0] == f"at {100 + int(started(0).state.position)}"


@pytest.mark.parametrize("options", [{"strat": 1}, {"start": 1, "x": 2}])
def test_a_misspelt_option_of_reset_fails_loudly(options):
    with pytest.raises(TypeError):
        Walk().reset(**options)


def test_a_step_before_reset_says_what_to_do():
    with pytest.raises(ResetNeeded, match=r"no episode has begun; call reset\(\)"):
        Walk().step("go")


def test_a_step_after_the_end_says_what_to_do():
    env = started()
    finish(env)
    with pytest.raises(ResetNeeded, match="the episode is over"):
        env.step("go")
    env.reset()
    env.step("go")


def test_an_env_without_rules_says_what_is_missing():
    class Empty(Env[str, str]):
        pass

    with pytest.raises(NotImplementedError, match="Empty implements neither"):
        Empty()._reset()
    with pytest.raises(NotImplementedError, match="Empty implements neither"):
        Empty()._step("x")
    with pytest.raises(NotImplementedError, match="Empty has no random action"):
        Empty().sample_random_action()


def test_fork_does_not_touch_its_parent():
    env = started()
    env.step("go")
    before = copy.deepcopy(env.state)
    finish(env.fork())
    assert env.state == before


def test_fork_continues_as_its_parent_does():
    env = started()
    env.step("go")
    twin = env.fork()
    assert finish(env) == finish(twin)
    assert env.reset() == twin.reset()


def test_fork_shares_configuration():
    env = started()
    assert env.fork().config is env.config


def test_an_env_can_be_forked_before_reset_and_after_the_end():
    fresh = Walk().fork()
    with pytest.raises(ResetNeeded):
        fresh.step("go")
    env = started()
    finish(env)
    with pytest.raises(ResetNeeded):
        env.fork().step("go")


def test_snapshot_restores_into_another_env_and_more_than_once():
    env = started()
    env.step("go")
    moment = env.snapshot()
    expected = finish(env)
    other = Walk()
    for _ in range(2):
        other.restore(moment)
        assert finish(other) == expected


def test_a_snapshot_taken_before_the_end_brings_an_ended_env_back():
    env = started()
    moment = env.snapshot()
    expected = finish(env)
    env.restore(moment)
    assert finish(env) == expected


def test_a_snapshot_of_another_class_is_refused():
    with pytest.raises(SnapshotMismatch, match="a snapshot of Walk"):
        gem.make("game:GuessTheNumber-v0").restore(started().snapshot())


def test_a_snapshot_of_another_version_is_refused():
    env = started()
    with pytest.raises(SnapshotMismatch, match="version 99"):
        env.restore(env.snapshot()._replace(version=99))


def test_what_cannot_be_copied_is_named():
    env = started()
    env.state.path.append(x for x in ())
    for attempt in (env.snapshot, env.fork):
        with pytest.raises(SnapshotUnsupported, match="Walk"):
            attempt()


def test_get_state_and_set_state_are_snapshot_and_restore():
    env = started()
    moment = env.get_state()
    expected = finish(env)
    env.set_state(moment)
    assert finish(env) == expected


def test_an_env_survives_pickling():
    env = started()
    env.step("go")
    assert finish(pickle.loads(pickle.dumps(env))) == finish(env)


def test_spawn_builds_another_env_with_the_same_arguments():
    env = Walk(30, label="mine")
    twin = env.spawn()
    assert (twin.goal, twin.label) == (30, "mine")
    assert twin.config is not env.config


def test_spawn_changes_the_arguments_it_is_given():
    assert Walk(30, label="mine").spawn(goal=7).goal == 7
    assert Walk(30).spawn(label="other").goal == 30
    with pytest.raises(UnknownArgument, match="Did you mean 'goal'"):
        Walk().spawn(goall=7)


def test_spawn_seeds_the_new_env():
    env = Walk()
    assert env.spawn(seed=3).reset() == env.spawn(seed=3).reset() == Walk().reset(seed=3)


def test_spawn_at_the_same_state_continues_alike():
    env = started()
    env.step("go")
    one, other = env.spawn(same_state=True), env.spawn(same_state=True, label="other")
    assert finish(one) == finish(other) == finish(env)


def test_spawn_at_the_same_state_with_a_seed_draws_from_that_seed():
    env = started()
    one, again, other = (env.spawn(same_state=True, seed=seed) for seed in (1, 1, 2))
    assert one.state == env.state
    assert finish(one) == finish(again) != finish(other)


def test_spawn_keeps_the_id():
    env = gem.make("game:GuessTheNumber-v0-easy")
    assert env.spawn().env_id == "game:GuessTheNumber-v0-easy"


def test_close_is_safe_twice_and_an_env_is_a_context():
    with Walk() as env:
        env.close()
    env.close()


# -- wrappers ---------------------------------------------------------------------------------


def wrapped(seed=0):
    env = Counted(Counted(Walk(), by=10))
    env.reset(seed=seed)
    return env


def test_a_wrapper_passes_attributes_through_live():
    env = wrapped()
    env.step("go")
    assert env.goal == 50
    assert env.unwrapped.state.position == env.env.env.state.position
    env.unwrapped.goal = 7
    assert env.goal == 7
    with pytest.raises(AttributeError, match="nothing"):
        _ = env.nothing


def test_a_wrapper_passes_random_actions_and_the_generator_through():
    env = wrapped()
    assert env.sample_random_action() == env.sample_random_action(np.random.default_rng(0)) == "go"
    assert env.rng is env.unwrapped.rng


def test_a_wrapper_passes_options_of_reset_through():
    assert Counted(Walk()).reset(seed=0, start=100) == Walk().reset(seed=0, start=100)


def test_a_fork_of_wrappers_forks_every_layer():
    env = wrapped()
    env.step("go")
    twin = env.fork()
    rest = finish(twin)
    assert (env.state, env.env.state) == (1, 10)
    assert len(env.unwrapped.state.path) == 1
    assert finish(env) == rest


def test_snapshots_of_wrappers_nest():
    env = wrapped()
    env.step("go")
    moment = pickle.loads(pickle.dumps(env.snapshot()))
    expected = finish(env)
    fresh = Counted(Counted(Walk(), by=10))
    fresh.restore(moment)
    assert (fresh.state, fresh.env.state) == (1, 10)
    assert finish(fresh) == expected


def test_a_snapshot_of_the_bare_env_is_no_snapshot_of_the_wrapper():
    env = wrapped()
    with pytest.raises(SnapshotMismatch, match="without an inner one"):
        env.restore(env.unwrapped.snapshot())
    with pytest.raises(SnapshotMismatch, match="a snapshot of Counted"):
        env.unwrapped.restore(env.snapshot())


def test_spawn_of_a_wrapper_changes_the_wrapped_env():
    env = wrapped()
    spawned = env.spawn(goal=7)
    assert (spawned.unwrapped.goal, spawned.by, spawned.env.by) == (7, 1, 10)


def test_spawn_of_a_wrapper_at_the_same_state_continues_alike():
    env = wrapped()
    env.step("go")
    for twin in (env.spawn(same_state=True), env.spawn(same_state=True, label="x")):
        assert (twin.state, twin.env.state) == (1, 10)
        assert finish(twin) == finish(env.fork())


def test_a_wrapper_survives_pickling_and_copying():
    env = wrapped()
    env.step("go")
    for twin in (pickle.loads(pickle.dumps(env)), copy.deepcopy(env)):
        assert (twin.state, twin.env.state) == (1, 10)
        assert finish(twin) == finish(env.fork())


def test_a_wrapper_without_state_keeps_its_attributes():
    class Old(Wrapper):
        def reset(self, seed=None):
            self.seen = []
            return self.env.reset(seed)

        def step(self, action):
            self.seen.append(action)
            return self.env.step(action)

    env = Old(Walk())
    env.reset(0)
    env.step("go")
    twin = env.fork()
    twin.step("go")
    assert (env.seen, twin.seen) == (["go"], ["go", "go"])
    assert twin.env is not env.env


def test_closing_a_wrapper_closes_what_it_wraps():
    closed = []

    class Closing(Walk):
        def close(self):
            closed.append(True)

    Counted(Counted(Closing())).close()
    assert closed == [True]


def test_results_can_be_any_five_tuple():
    class Plain(Walk):
        def _step(self, action):
            return "o", 0.0, True, False, {}

    env = Plain()
    env.reset(seed=0)
    assert not isinstance(env.step("go"), StepResult)
    with pytest.raises(ResetNeeded):
        env.step("go")
