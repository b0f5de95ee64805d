"""gem.checking: it passes sound envs, and each promise is broken by a small env made to break just that."""

import itertools
import json
import random
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pytest

import gem
from gem.checking import JUNK, PROMISES, Report, check_env, verdicts
from gem.core import Env, StepResult, Wrapper, termination, transition, truncation
from gem.errors import CheckFailed, ConfigError, SnapshotUnsupported
from gem.parsing import extract_last_boxed_answer

QUICK = ["long_replies_are_answered_quickly"]


@dataclass
class Asked:
    secret: int
    turn: int = 0
    told: list[str] = field(default_factory=list)


class Sound(Env[str, str]):
    """Find a number from 0 to 9, told "more" or "less". Keeps every promise."""

    def __init__(self, max_turns: int = 5):
        super().__init__()
        self.max_turns = max_turns

    def _reset(self):
        self.state = Asked(int(self.rng.integers(10)))
        return f"A number from 0 to 9. {self.board()}", {}

    def board(self):
        return f"So far: {' '.join(self.state.told)}."

    def _step(self, action):
        return self.answer(action)

    def answer(self, action):
        state = self.state
        state.turn += 1
        text = extract_last_boxed_answer(action) if isinstance(action, str) else None
        if text is None or text not in list("0123456789"):
            return termination(f"Unreadable. {self.board()}", -0.1, event="Unreadable.", success=False)
        guess = int(text)
        event = "right" if guess == state.secret else "more" if guess < state.secret else "less"
        state.told.append(f"{guess} {event}")
        obs = f"{event}. {self.board()}"
        if guess == state.secret:
            return termination(obs, 1.0, event=event, success=True)
        if state.turn >= self.max_turns:
            return truncation(obs, 0.0, event=event, success=False)
        return transition(obs, 0.0, event=event)

    def sample_random_action(self, rng=None):
        rng = np.random.default_rng() if rng is None else rng
        return f"\\boxed{{{rng.integers(10)}}}"

    def solve(self):
        low, high = 0, 9
        for told in self.state.told:
            guess, answer = told.split()
            low = max(low, int(guess) + 1) if answer == "more" else low
            high = min(high, int(guess) - 1) if answer == "less" else high
        return f"\\boxed{{{(low + high) // 2}}}"


class NaNReward(Sound):
    def _step(self, action):
        return self.answer(action)._replace(reward=float("nan"))


class BothFlags(Sound):
    def _step(self, action):
        result = self.answer(action)
        return result._replace(terminated=result.done, truncated=result.done)


class NoSuccess(Sound):
    def _step(self, action):
        result = self.answer(action)
        result.info.pop("success", None)
        return result


class EventAlone(Sound):
    def _step(self, action):
        result = self.answer(action)
        return result if result.done else result._replace(obs=result.info["event"])


class Forgetful(Sound):
    """Shows the last answer only, so that its player must remember the others."""

    def board(self):
        return f"Last: {self.state.told[-1] if self.state.told else 'nothing'}."


class RaisesOnJunk(Sound):
    def _step(self, action):
        if isinstance(action, str) and "\0" in action:
            raise ValueError("NUL")
        return self.answer(action)


class RaisesOnLongJunk(Sound):
    def _step(self, action):
        if isinstance(action, str) and len(action) > 100_000:
            raise MemoryError("too long")
        return self.answer(action)


class PaysForJunk(Sound):
    def _step(self, action):
        result = self.answer(action)
        return result._replace(reward=0.1) if result.reward < 0 else result


class WeakSolver(Sound):
    def solve(self):
        return "\\boxed{0}"


class MeddlingSolver(Sound):
    def solve(self):
        self.state.secret = 4
        return super().solve()


class GreedySampler(Sound):
    def sample_random_action(self, rng=None):
        self.rng.random()
        return super().sample_random_action(rng)


class StepsOn(Sound):
    def step(self, action):
        if "state" not in vars(self):
            self.reset()
        return self._step(action)


class GlobalRandom(Sound):
    def _reset(self):
        random.random()
        return super()._reset()


class SharedInfo(Sound):
    def __init__(self):
        super().__init__()
        self.info = {}

    def _step(self, action):
        result = self.answer(action)
        self.info.clear()
        self.info.update(result.info)
        return result._replace(info=self.info)


class ClosesOnce(Sound):
    def __init__(self):
        super().__init__()
        self.file = [1]

    def close(self):
        self.file.pop()


class SmallSeeds(Sound):
    def reset(self, seed=None):
        np.random.RandomState(0 if seed is None else seed)
        return super().reset(seed)


class OwnEntropy(Sound):
    def _reset(self):
        first = super()._reset()
        self.state.secret = int(np.random.default_rng().integers(10))
        return first


class SharedCounter(Sound):
    count = itertools.count()

    def _step(self, action):
        result = self.answer(action)
        return result._replace(info={**result.info, "calls": next(SharedCounter.count) % 7})


class OneEpisode(Sound):
    def _reset(self):
        super()._reset()
        self.state.secret = 3
        return self.board(), {}


class MemoryOutsideState(Sound):
    """Its turn counter is configuration by mistake: forks and snapshots share or miss it."""

    def __init__(self):
        super().__init__()
        self.calls = []

    def _reset(self):
        self.calls.clear()
        return super()._reset()

    def _step(self, action):
        self.calls.append(action)
        result = self.answer(action)
        return result._replace(obs=f"{result.obs} Call {len(self.calls)}.")


class SnapshotAfterwards(Sound):
    def restore(self, snapshot):
        super().restore(snapshot)
        self.state.secret = 9 - self.state.secret


class PicklesBadly(Sound):
    def _reset(self):
        first = super()._reset()
        self.state = PickledWrong(**vars(self.state))
        return first


@dataclass
class PickledWrong(Asked):
    def __getstate__(self):
        return {**vars(self), "turn": 0, "secret": 0}

    def __deepcopy__(self, memo):
        return PickledWrong(self.secret, self.turn, list(self.told))


@dataclass
class AskedTwice(Asked):
    shown: list[str] = field(default_factory=list)


class SharesWithinState(Sound):
    """One list under two names, which JSON makes into two lists."""

    def _reset(self):
        first = super()._reset()
        self.state = AskedTwice(**vars(self.state), shown=self.state.told)
        return first

    def board(self):
        return f"So far: {' '.join(getattr(self.state, 'shown', []))}."


class SpawnsAnother(Sound):
    def spawn(self, same_state=False, **overrides):
        return super().spawn(same_state, max_turns=1)


BREAKERS = {
    "rewards_are_finite": NaNReward,
    "flags_exclude_each_other": BothFlags,
    "last_step_tells_success": NoSuccess,
    "observations_say_more_than_the_event": EventAlone,
    "observations_are_enough_to_go_on": Forgetful,
    "any_reply_is_answered": RaisesOnJunk,
    "long_replies_are_answered_quickly": RaisesOnLongJunk,
    "junk_earns_nothing": PaysForJunk,
    "oracle_wins": WeakSolver,
    "solve_only_looks": MeddlingSolver,
    "random_actions_leave_the_env_alone": GreedySampler,
    "steps_outside_an_episode_are_refused": StepsOn,
    "global_generators_are_left_alone": GlobalRandom,
    "answers_belong_to_the_caller": SharedInfo,
    "close_is_safe_twice": ClosesOnce,
    "any_int_is_a_seed": SmallSeeds,
    "same_seed_same_episode": OwnEntropy,
    "siblings_do_not_matter": SharedCounter,
    "make_takes_a_seed": OwnEntropy,
    "seeds_differ": OneEpisode,
    "forks_continue_alike": MemoryOutsideState,
    "snapshots_continue_alike": SnapshotAfterwards,
    "snapshots_survive_pickling": PicklesBadly,
    "snapshots_survive_json": SharesWithinState,
    "spawned_envs_play_alike": SpawnsAnother,
}


def verdict_on(env, promise):
    found = [verdict for verdict in verdicts(env, skip=PROMISES.keys() - {promise}) if verdict.promise == promise]
    return found[0]


def test_a_sound_env_keeps_every_promise():
    report = check_env(Sound, skip=[*QUICK, "make_takes_a_seed"])
    assert {verdict.kept for verdict in report.verdicts} == {True, None}
    assert report.broken == ()


def test_every_promise_has_an_env_that_breaks_it():
    assert BREAKERS.keys() == PROMISES.keys()


@pytest.mark.usefixtures("registry_as_it_was")
@pytest.mark.parametrize("promise", PROMISES)
def test_a_broken_promise_is_found(promise):
    gem.register("t:Broken-v0", BREAKERS[promise])
    verdict = verdict_on("t:Broken-v0", promise)
    assert verdict.kept is False, verdict
    assert verdict.note


@pytest.mark.parametrize("promise", [name for name in PROMISES if name not in QUICK])
def test_a_kept_promise_is_not_accused(promise):
    assert verdict_on(Sound, promise).kept in (True, None)


def test_a_failure_names_the_env_the_promise_the_seed_and_the_actions():
    with pytest.raises(CheckFailed) as caught:
        check_env(NaNReward, skip=QUICK)
    message = str(caught.value)
    assert message.startswith("NaNReward breaks")
    assert "rewards_are_finite: the reward is nan [seed 0, actions ['\\\\boxed{" in message


def test_what_a_finding_says_shows_it_again():
    note = verdict_on(RaisesOnJunk, "any_reply_is_answered").note
    env = RaisesOnJunk()
    env.reset(seed=0)
    assert "step raised ValueError: NUL [seed 0, actions [" in note
    with pytest.raises(ValueError, match="NUL"):
        env.step(JUNK["NUL bytes"])


@pytest.mark.parametrize(
    "env", ["game:GuessTheNumber-v0-easy", Sound, partial(Sound, 4), Sound(), lambda: Wrapper(Sound())],
    ids=["id", "class", "function", "env", "wrapper"],
)  # fmt: skip
def test_an_env_is_given_as_an_id_a_class_a_function_or_itself(env):
    assert not check_env(env, seeds=(0,), skip=QUICK).broken


def test_an_env_without_solver_random_actions_or_copies_is_checked_as_far_as_it_goes():
    class Bare(Env):
        def _reset(self):
            self.state = int(self.rng.integers(100))
            return "?", {}

        def _step(self, action):
            return StepResult("done", 0.0, True, False, {"success": False})

        def snapshot(self):
            raise SnapshotUnsupported("the world is elsewhere")

        fork = snapshot

    report = {verdict.promise: verdict for verdict in verdicts(Bare, skip=QUICK)}
    assert {name for name, verdict in report.items() if verdict.kept is False} == {"seeds_differ"}
    assert report["oracle_wins"].note == "the env has no solve()"
    assert report["forks_continue_alike"].note == "the world is elsewhere"
    assert report["make_takes_a_seed"].note == "it was not made from an id"


def test_a_misspelt_promise_is_refused():
    with pytest.raises(ConfigError, match="orakle_wins"):
        check_env(Sound, skip=["orakle_wins"])
    with pytest.raises(ConfigError, match="at least one seed"):
        check_env(Sound, seeds=())


def test_an_env_that_cannot_even_start_breaks_promises_instead_of_the_check():
    class Dead(Sound):
        def _reset(self):
            raise RuntimeError("no world")

    assert "reset raised RuntimeError: no world" in verdict_on(Dead, "rewards_are_finite").note


def test_a_report_prints_a_line_for_each_promise():
    report = check_env(Sound, skip=QUICK)
    lines = str(report).splitlines()
    assert len(lines) == 1 + len(PROMISES)
    assert isinstance(report, Report)


def test_every_promise_says_what_it_means():
    assert all(promise.__doc__ for promise in PROMISES.values())


def test_junk_holds_no_move_and_is_printable():
    json.dumps(sorted(JUNK))
    assert "" in JUNK.values()
