"""The promises on seeds, siblings, forks, snapshots and spawning: the same moment always continues the same."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from gem.checking.subject import Breach, NotChecked, Subject, Trial, brief, layers_of, same
from gem.errors import SnapshotUnsupported
from gem.snapshot import Snapshot

ODD_SEEDS = (0, -1, 2**31, 2**32 + 7, 2**64 + 1, -(2**70))


def any_int_is_a_seed(subject: Subject) -> str:
    """Negative seeds and those beyond 64 bits are seeds like any other."""
    for seed in ODD_SEEDS:
        if not same(subject.start(seed).opening(), subject.start(seed).opening()):
            raise Breach(f"reset(seed={seed}) twice gives two different episodes")
    return f"{len(ODD_SEEDS)} seeds"


def same_seed_same_episode(subject: Subject) -> str:
    """Same seed and same actions give the same episode, and the same unseeded episode after it."""
    for episode in subject.episodes:
        once, again = (subject.replay(episode, len(episode.actions)) for _ in range(2))
        _expect_same(once, episode.steps, 0, "a second play of the same seed and actions")
        if not same(once.first, episode.first):
            raise once.breach("a second reset with the same seed gives another first observation")
        if not same(once.reset(None).opening(), again.reset(None).opening()):
            raise Breach(f"after equal episodes, reset() gives different ones [seed {episode.seed}]")
        once.reset(episode.seed).play(episode.actions)
        _expect_same(once, episode.steps, 0, "a replay on an env that was used before")
    return f"{len(subject.episodes)} episodes"


def siblings_do_not_matter(subject: Subject) -> str:
    """The episode is the same when other envs reset and step between its steps."""
    episodes = subject.episodes
    for index, episode in enumerate(episodes):
        other = episodes[index - 1]
        trial, sibling = Trial(subject.build()), Trial(subject.build())
        sibling.reset(other.seed)
        trial.reset(episode.seed)
        for turn, action in enumerate(episode.actions):
            sibling.reset(other.seed + turn).step(other.actions[0])
            trial.step(action)
        _expect_same(trial, episode.steps, 0, "an episode beside a sibling that steps in between")
    return f"{len(episodes)} episodes"


def make_takes_a_seed(subject: Subject) -> str:
    """The first episode of `make(id, seed=s)` depends on s alone."""
    if subject.env_id is None:
        raise NotChecked("it was not made from an id")
    for seed in subject.seeds:
        openings = [Trial(subject.build(seed=seed)).reset(None).opening() for _ in range(2)]
        if not same(*openings):
            raise Breach(f"make({subject.env_id!r}, seed={seed}) twice gives two different first episodes")
    return f"{len(subject.seeds)} seeds"


def seeds_differ(subject: Subject) -> str:
    """Different seeds give different episodes; `skip` this for an env that has a single one."""
    actions = subject.episodes[0].actions[:1]
    trials = [subject.start(seed) for seed in range(20)]
    seen = [(trial.first, [layer.memory for layer in layers_of(trial.env)], trial.play(actions)) for trial in trials]
    if all(same(seen[0], other) for other in seen[1:]):
        raise Breach("seeds 0 to 19 all give the same episode")
    return "20 seeds"


def forks_continue_alike(subject: Subject) -> str:
    """A fork continues exactly as its parent does, and neither touches the other."""
    for episode, n_steps in subject.moments():
        rest = episode.actions[n_steps:]
        for twin_first in (True, False):
            parent = subject.replay(episode, n_steps)
            twin = Trial(_copied(parent.env.fork), episode.seed, list(parent.actions), steps=list(parent.steps))
            for trial in (twin, parent) if twin_first else (parent, twin):
                trial.play(rest)
                who = "the fork" if trial is twin else "the parent of a fork"
                _expect_same(trial, episode.steps, n_steps, f"{who}, taken after {n_steps} steps,")
            if not same(twin.reset(None).opening(), parent.reset(None).opening()):
                raise twin.breach("the next episode of a fork is not that of its parent")
    return f"{sum(1 for _ in subject.moments())} moments"


def snapshots_continue_alike(subject: Subject) -> str:
    """A snapshot restored, into the same env or a new one, continues as the first time."""
    return _check_restoring(subject, lambda snapshot: snapshot)


def snapshots_survive_pickling(subject: Subject) -> str:
    """A snapshot that went through `pickle` is as good."""
    return _check_restoring(subject, lambda snapshot: pickle.loads(pickle.dumps(snapshot)))


def snapshots_survive_json(subject: Subject) -> str:
    """A snapshot that went through `to_json` and `from_json` is as good."""
    return _check_restoring(subject, lambda snapshot: Snapshot.from_json(snapshot.to_json()))


def spawned_envs_play_alike(subject: Subject) -> str:
    """`spawn()` gives an env with the same episodes, `spawn(same_state=True)` one at the same moment."""
    episode = subject.episodes[0]
    parent = subject.replay(episode, len(episode.actions) // 2)
    for same_state in (False, True):
        try:
            env = parent.env.spawn(same_state=same_state)
        except SnapshotUnsupported as reason:
            raise NotChecked(str(reason)) from reason
        n_steps = len(parent.actions) if same_state else 0
        spawned = Trial(env, episode.seed, list(parent.actions[:n_steps]), steps=list(parent.steps[:n_steps]))
        if not same_state:
            spawned.reset(episode.seed)
        spawned.play(episode.actions[n_steps:])
        _expect_same(spawned, episode.steps, n_steps, f"spawn(same_state={same_state})")
    return "2 envs"


def _check_restoring(subject: Subject, passed_on: Callable[[Snapshot], Snapshot]) -> str:
    for episode, n_steps in subject.moments():
        source = subject.replay(episode, n_steps)
        try:
            snapshot = passed_on(_copied(source.env.snapshot))
        except SnapshotUnsupported as reason:
            raise NotChecked(str(reason)) from reason
        source.play(episode.actions[n_steps:])
        for env, which in ((source.env, "the env it was taken from"), (subject.build(), "a new env")):
            for _ in range(2):  # twice: restoring must not use the snapshot up
                env.restore(snapshot)
                trial = Trial(env, episode.seed, episode.actions[:n_steps], steps=episode.steps[:n_steps])
                trial.play(episode.actions[n_steps:])
                what = f"a snapshot taken after {n_steps} steps and restored into {which}"
                _expect_same(trial, episode.steps, n_steps, what)
    return f"{sum(1 for _ in subject.moments())} moments"


def _expect_same(trial: Trial, expected: list[Any], start: int, what: str) -> None:
    """Compare the record of `trial` with `expected`, step by step."""
    for index in range(start, len(expected)):
        if not same(trial.steps[index], expected[index]):
            ours, theirs = brief(tuple(trial.steps[index]), 200), brief(tuple(expected[index]), 200)
            trial.actions = trial.actions[: index + 1]
            raise trial.breach(f"{what} differs at step {index + 1}: {ours} instead of {theirs}")


def _copied(take: Callable[[], Any]) -> Any:
    """What `fork` or `snapshot` gives; an env that says it cannot be copied isn't checked."""
    try:
        return take()
    except SnapshotUnsupported as reason:
        raise NotChecked(str(reason)) from reason


PROMISES = (
    any_int_is_a_seed,
    same_seed_same_episode,
    siblings_do_not_matter,
    make_takes_a_seed,
    seeds_differ,
    forks_continue_alike,
    snapshots_continue_alike,
    snapshots_survive_pickling,
    snapshots_survive_json,
    spawned_envs_play_alike,
)
