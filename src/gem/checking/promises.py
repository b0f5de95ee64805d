"""The promises of `gem.core`, one function each, and the table of them.

A function returns a note on how much it checked, or raises `Breach` or `NotChecked`. Those on
single answers (what a step returns, what junk earns) come first, those on time (seeds, forks,
snapshots) are in `promises_of_time`.
"""

from __future__ import annotations

import math
import pickle
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, SupportsFloat

import numpy as np

from gem.checking import promises_of_time as of_time
from gem.checking.junk import JUNK, LONG_JUNK
from gem.checking.subject import (
    Breach,
    NotChecked,
    Step,
    Subject,
    Trial,
    brief,
    expert_of,
    finding,
    random_action,
    same,
)
from gem.errors import ResetNeeded
from gem.messages import readable
from gem.seeding import generator

Promise = Callable[[Subject], str | None]

LUCKY_SEEDS = range(40)
"""Episodes of an env in which chance has its say."""
ASKED_STEPS = 12
"""Steps of an episode before which an expert is asked, where nothing is learnt from asking at each."""
LONG_REPLY_LIMIT_S = 10.0
"""Generous: a linear reader takes milliseconds for a megabyte, a quadratic one takes hours."""


def recorded_steps(subject: Subject) -> Iterator[tuple[Callable[[str], Breach], Step]]:
    """Each recorded step, with a function that turns a complaint about it into a finding."""
    for episode in subject.episodes:
        for index, step in enumerate(episode.steps):
            yield partial(finding, seed=episode.seed, actions=episode.actions[: index + 1]), step


def rewards_are_finite(subject: Subject) -> None:
    """A reward is a real number, neither NaN nor infinite."""
    for complain, step in recorded_steps(subject):
        if not _is_finite(step.reward):
            raise complain(f"the reward is {brief(step.reward)}")


def flags_exclude_each_other(subject: Subject) -> None:
    """`terminated` and `truncated` are booleans and never both true."""
    for complain, step in recorded_steps(subject):
        for flag in (step.terminated, step.truncated):
            if not isinstance(flag, bool | np.bool_):
                raise complain(f"a flag is {brief(flag)}, not a bool")
        if step.terminated and step.truncated:
            raise complain("terminated and truncated are both true")


def last_step_tells_success(subject: Subject) -> str:
    """The info of the last step holds `success`, a bool."""
    ended = 0
    for complain, step in recorded_steps(subject):
        if step.done:
            ended += 1
            if not isinstance(step.info.get("success"), bool | np.bool_):
                raise complain(f"the episode is over and info['success'] is {brief(step.info.get('success'))}")
    return f"{ended} ended episodes"


def observations_say_more_than_the_event(subject: Subject) -> None:
    """No observation is empty; it contains `info["event"]` and, while the episode goes on, more than that."""
    for complain, step in recorded_steps(subject):
        if step.obs is None or (isinstance(step.obs, str) and not step.obs.strip()):
            raise complain(f"the observation is {brief(step.obs)}")
        event = step.info.get("event")
        if event is None or not isinstance(step.obs, str):
            continue
        if str(event).strip() not in step.obs:
            raise complain(f"info['event'] {brief(event)} is no part of the observation {brief(step.obs)}")
        if not step.done and step.obs.strip() == str(event).strip():
            raise complain(f"the observation is the event alone: {brief(event)}")


def observations_are_enough_to_go_on(subject: Subject) -> str:
    """The first and the last observation determine the expert's action: nothing else need be remembered."""
    if expert_of(subject.build()) is None:
        raise NotChecked("the env has no solve()")
    if subject.build().needs_memory:
        raise NotChecked("the env says that its observations must be remembered")
    moves: dict[tuple[str, str], tuple[Any, Trial]] = {}
    looked = 0
    for seed in range(12):
        trial, rng = subject.start(seed), generator(seed)
        expert = expert_of(trial.env)
        obs = trial.first[0]
        for _ in range(8):
            assert expert is not None, "a seed does not change whether there is an expert"
            move, known = expert(), (readable(trial.first[0]), readable(obs))
            looked += 1
            before = moves.setdefault(known, (move, Trial(trial.env, seed, list(trial.actions))))
            if not same(before[0], move):
                other = f"seed {before[1].seed}, actions {brief(before[1].actions, 300)}"
                what = f"same first and last observation as [{other}], where the expert plays {brief(before[0])}"
                raise trial.breach(f"the expert plays {brief(move)} upon the {what}")
            step = trial.step(move if rng.random() < 0.4 else random_action(trial.env, rng))
            if step.done:
                break
            obs = step.obs
    return f"{looked} decisions"


def any_reply_is_answered(subject: Subject) -> str:
    """Whatever the reply, the answer is a valid 5-tuple; also in the middle of an episode."""
    openings = [episode.actions[: len(episode.actions) // 2] for episode in subject.episodes[:1]]
    trial = Trial(subject.build())
    for name, junk in JUNK.items():
        for opening in ([], *openings):
            trial.reset(subject.seeds[0]).play(opening)
            _check_answer(trial, trial.step(junk), f"JUNK[{name!r}]")
    return f"{len(JUNK)} replies"


def long_replies_are_answered_quickly(subject: Subject) -> str:
    """A megabyte of anything is answered, in time linear in its length."""
    trial = Trial(subject.build())
    for name, junk in LONG_JUNK.items():
        trial.reset(subject.seeds[0])
        begun = time.perf_counter()
        step = trial.step(junk)
        seconds = time.perf_counter() - begun
        _check_answer(trial, step, f"LONG_JUNK[{name!r}]")
        if seconds > LONG_REPLY_LIMIT_S:
            raise trial.breach(f"LONG_JUNK[{name!r}] took {seconds:.0f} s")
    return f"{len(LONG_JUNK)} replies"


def junk_earns_nothing(subject: Subject) -> None:
    """An episode of nothing but junk does not pay."""
    trial = Trial(subject.build())
    for name, junk in JUNK.items():
        trial.reset(subject.seeds[0])
        for _ in range(subject.max_steps):
            if trial.step(junk).done:
                break
        total = sum(step.reward for step in trial.steps)
        if total > 0:
            raise trial.breach(f"JUNK[{name!r}] again and again earned {total}")


def oracle_wins(subject: Subject) -> str:
    """`solve()` reaches success and a return of 1, less the env's `turn_cost`, within the turn limit, on every seed.

    An env whose `luck` says why even perfect play may lose is held to less: its expert beats random moves.
    """
    env = subject.build()
    if expert_of(env) is None:
        raise NotChecked("the env has no solve()")
    luck = str(getattr(env, "luck", ""))
    if luck:
        return _wins_more_than_chance(subject, luck)
    for seed in subject.seeds:
        trial = subject.start(seed)
        success, total = _finished(trial, by_expert=True)
        costs = float(getattr(env, "turn_cost", 0.0)) * (len(trial.steps) - 1)
        if not (success and total >= 1 - costs - 1e-9):
            raise trial.breach(f"the expert got a return of {total} and success={success}")
    return f"{len(subject.seeds)} seeds"


def _wins_more_than_chance(subject: Subject, luck: str) -> str:
    expert, random = (
        sum(_finished(subject.start(seed), by_expert)[0] for seed in LUCKY_SEEDS) for by_expert in (True, False)
    )
    if expert <= random:
        raise Breach(f"the expert won {expert} of {len(LUCKY_SEEDS)} episodes and random moves {random} ({luck})")
    return f"{expert} of {len(LUCKY_SEEDS)} episodes, random moves {random}: {luck}"


def _finished(trial: Trial, by_expert: bool) -> tuple[bool, float]:
    """Play to the end: whether it was a success, and the return."""
    expert, rng = expert_of(trial.env), generator(trial.seed)
    while True:
        try:
            action = expert() if by_expert and expert else random_action(trial.env, rng)
        except NotImplementedError:
            raise NotChecked("its solve() is not implemented") from None
        step = trial.step(action)
        if step.done:
            return step.info.get("success") is True, sum(step.reward for step in trial.steps)


def solve_only_looks(subject: Subject) -> str:
    """Asking the expert changes nothing, and asking again gives the same action."""
    if expert_of(subject.build()) is None:
        raise NotChecked("the env has no solve()")
    for episode in subject.episodes:
        trial = subject.start(episode.seed)
        expert = expert_of(trial.env)
        for index, action in enumerate(episode.actions):
            if index < ASKED_STEPS and expert is not None and not same(expert(), expert()):
                raise trial.breach("solve() called twice gives two different actions")
            if not same(trial.step(action), episode.steps[index]):
                raise trial.breach("solve() called before each step changed the episode")
    return f"{len(subject.episodes)} episodes"


def random_actions_leave_the_env_alone(subject: Subject) -> str:
    """`sample_random_action` changes neither the episode nor the env's generator."""
    for episode in subject.episodes:
        trial = subject.start(episode.seed)
        for index, action in enumerate(episode.actions):
            random_action(trial.env, generator(index))
            if not same(trial.step(action), episode.steps[index]):
                raise trial.breach("sample_random_action() called before each step changed the episode")
        unasked = subject.replay(episode, len(episode.actions)).reset(None)
        if not same(trial.reset(None).opening(), unasked.opening()):
            raise Breach(f"sample_random_action() drew from the env's own generator [seed {episode.seed}]")
    return f"{len(subject.episodes)} episodes"


def steps_outside_an_episode_are_refused(subject: Subject) -> str:
    """`step` before `reset`, and after the end, raises `ResetNeeded`."""
    action = subject.episodes[0].actions[0]
    _expect_refusal(Trial(subject.build()), action, "before reset()")
    ended = [episode for episode in subject.episodes if episode.steps[-1].done]
    for episode in ended:
        _expect_refusal(subject.replay(episode, len(episode.actions)), action, "after the end of the episode")
    return f"{len(ended)} ended episodes"


def global_generators_are_left_alone(subject: Subject) -> None:
    """Building, resetting and stepping touch neither `random` nor `numpy.random`."""
    episode = subject.episodes[0]
    before = random.getstate(), pickle.dumps(np.random.get_state())
    subject.replay(episode, len(episode.actions)).reset(None)
    after = random.getstate(), pickle.dumps(np.random.get_state())
    for name, old, new in zip(("random", "numpy.random"), before, after, strict=True):
        if old != new:
            raise Breach(f"the process-wide generator of {name} was used [seed {episode.seed}]")


def answers_belong_to_the_caller(subject: Subject) -> str:
    """The env changes no observation or info it has given, and does not mind when its caller does."""
    for episode in subject.episodes:
        trial = subject.replay(episode, len(episode.actions))
        for index, (step, now) in enumerate(zip(trial.steps, trial.given, strict=True)):
            if not same(now[1], step.info):
                raise trial.breach(f"the info of step {index + 1} became {brief(now[1])} later on")
        trial = subject.start(episode.seed)
        for action in episode.actions:
            trial.step(action)
            trial.given[-1][1].clear()
        trial.reset(episode.seed).play(episode.actions)
        if not same(trial.steps, episode.steps):
            raise trial.breach("emptying each info changed the next episode")
    return f"{len(subject.episodes)} episodes"


def close_is_safe_twice(subject: Subject) -> None:
    """`close()` may be called before any episode, and again."""
    for env in (subject.build(), subject.start(subject.seeds[0]).env):
        env.close()
        env.close()


def _check_answer(trial: Trial, step: Step, name: str) -> None:
    if step.obs is None or not _is_finite(step.reward) or (step.terminated and step.truncated):
        raise trial.breach(f"{name} was answered with {brief(tuple(step), 200)}")


def _is_finite(reward: object) -> bool:
    return isinstance(reward, SupportsFloat) and not isinstance(reward, str) and math.isfinite(float(reward))


def _expect_refusal(trial: Trial, action: Any, when: str) -> None:
    try:
        trial.env.step(action)
    except ResetNeeded:
        return
    except Exception as error:
        raise trial.breach(f"step() {when} raised {type(error).__name__} instead of ResetNeeded: {error}") from error
    raise trial.breach(f"step() {when} was answered instead of raising ResetNeeded")


PROMISES: dict[str, Promise] = {
    promise.__name__: promise
    for promise in (
        rewards_are_finite,
        flags_exclude_each_other,
        last_step_tells_success,
        observations_say_more_than_the_event,
        observations_are_enough_to_go_on,
        any_reply_is_answered,
        long_replies_are_answered_quickly,
        junk_earns_nothing,
        oracle_wins,
        solve_only_looks,
        random_actions_leave_the_env_alone,
        steps_outside_an_episode_are_refused,
        global_generators_are_left_alone,
        answers_belong_to_the_caller,
        close_is_safe_twice,
        *of_time.PROMISES,
    )
}
"""Name → function; the name is what reports and `skip=` use, the docstring what it means."""
