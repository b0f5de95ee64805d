"""Trees of episodes: at chosen turns the env is forked, and the same policy goes on in several ways.

Every turn of a tree belongs to the branch that played it, and is trained on once: the episode of a branch holds its
own turns only. All tokens before them stand in its first turn's prompt: the policy reads them, no loss counts them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gem.agents.protocol import Agent
from gem.core import Env
from gem.errors import ConfigError
from gem.rollout.episode import Anchor
from gem.rollout.moments import SLOTS, Continuation, Moment, moments_of, play_on, retraced
from gem.rollout.trajectory import Episode
from gem.seeding import derive

Chooser = Callable[[Episode], Sequence[int]]
"""The turns, counted from 0, at which an episode branches."""


def every_turn(episode: Episode) -> list[int]:
    """Branch everywhere."""
    return list(range(len(episode.turns)))


def evenly(count: int) -> Chooser:
    """Branch at `count` turns at equal distances, the first one among them; at every turn of shorter episodes."""

    def at(episode: Episode) -> list[int]:
        length = len(episode.turns)
        return sorted({turn * length // count for turn in range(count)}) if length > count else every_turn(episode)

    return at


def uncertain(count: int) -> Chooser:
    """Branch at the `count` turns whose tokens were least likely on average, the earlier of equals.

    As in ARPO (arXiv 2507.19849), which branches where the entropy of tokens rises. The reply that made a turn stand
    out is one of those it is compared with, so a turn's value is a little biased towards rare replies.
    """

    def at(episode: Episode) -> list[int]:
        surprise = [-fmean(turn.logprobs) if turn.logprobs else 0.0 for turn in episode.turns]
        return sorted(sorted(range(len(surprise)), key=lambda turn: -surprise[turn])[:count])

    return at


@dataclass(slots=True)
class Branch:
    """The turns that were played on one branch."""

    episode: Episode
    parent: int | None = None
    """Number of the branch it leaves; None for the root."""
    turn: int = 0
    """The turn of its parent's episode, counted from 0, that its own first turn is an alternative to."""


@dataclass(slots=True)
class Tree:
    """An episode and what else might have happened: the root, then its branches, each after its parent."""

    branches: list[Branch]
    lost: int = 0
    """Continuations that the world broke off: they are no branches."""

    @property
    def episodes(self) -> list[Episode]:
        """The episodes of all branches, as a batch takes them."""
        return [branch.episode for branch in self.branches]

    def advantages(self, gamma: float) -> NDArray[np.float64]:
        """The advantage of every turn, flat, in the order of `episodes`. Raises `ConfigError` for γ outside [0, 1].

        The value of a state is the mean over the ways to go on from it: V(s) = mean_a Q(s, a), Q(s, a) = r + γ V(s').
        A segment runs from one place where the tree branches to the next, and all of its turns get the advantage of its
        first, Q - V (SPO, arXiv 2505.23564, segment advantages on a tree). It is zero where there was no other way.
        """
        if not 0 <= gamma <= 1:
            raise ConfigError(f"gamma is between 0 and 1, not {gamma}")
        children = self._children()
        q = [np.array(episode.rewards, dtype=np.float64) for episode in self.episodes]
        values = [np.zeros_like(rewards) for rewards in q]
        for number in reversed(range(len(q))):  # children come after their parents
            after = 0.0
            for turn in reversed(range(len(q[number]))):
                q[number][turn] += gamma * after
                ways = [q[number][turn], *(q[child][0] for child in children.get((number, turn), ()))]
                after = values[number][turn] = fmean(ways)
        advantages: list[float] = []
        for number, branch in enumerate(self.branches):
            for turn in range(len(q[number])):
                if turn == 0 and branch.parent is not None:
                    advantages.append(float(q[number][0] - values[branch.parent][branch.turn]))
                elif turn == 0 or (number, turn) in children:
                    advantages.append(float(q[number][turn] - values[number][turn]))
                else:
                    advantages.append(advantages[-1])
        return np.array(advantages)

    def _children(self) -> dict[tuple[int, int], list[int]]:
        children: dict[tuple[int, int], list[int]] = {}
        for number, branch in enumerate(self.branches):
            if branch.parent is not None:
                children.setdefault((branch.parent, branch.turn), []).append(number)
        return children


class _Tip(NamedTuple):
    """A branch that has not branched yet."""

    tree: Tree
    number: int
    origin: Continuation | None
    """How it was begun; None for a root."""


class _Shoot(NamedTuple):
    """A branch to be played."""

    tree: Tree
    parent: int
    turn: int
    continuation: Continuation


def grow(
    env: Env[Any, Any],
    episodes: Sequence[Episode],
    agent: Agent,
    *,
    at: Chooser,
    width: int,
    seed: int,
    rounds: int = 1,
    max_turns: int | None = None,
    slots: int = SLOTS,
    anchor: Anchor | None = None,
) -> list[Tree]:
    """Make each episode the root of a tree: at its turns `at(episode)`, `width` more continuations are played.

    In each further round the branches of the round before branch likewise, except at their first turns, which are
    alternatives already. The episodes began with `reset(seed=episode.seed)` of an env such as `env`, in which they are
    played again to find the moments (`gem.rollout.moments`); one that the world broke off stays alone. The
    continuations of all trees go on side by side in `slots` slots, however many; that changes nothing in what happens.
    Raises `ConfigError` for settings out of range, and for a turn that an episode does not have.
    """
    if width < 1 or rounds < 1:
        raise ConfigError(f"width and rounds are at least 1, not {width} and {rounds}")
    trees = [Tree([Branch(episode)]) for episode in episodes]
    tips = [_Tip(tree, 0, None) for tree in trees]
    with ExitStack() as forks:
        for _ in range(rounds):
            shoots = [shoot for tip in tips for shoot in _shoots(tip, env, at, width, seed, forks)]
            continuations = [shoot.continuation for shoot in shoots]
            played = play_on(continuations, agent, max_turns=max_turns, slots=slots, anchor=anchor)
            grown = zip(shoots, played, strict=True)
            tips = [tip for shoot, episode in grown if (tip := _grafted(shoot, episode)) is not None]
    return trees


def _shoots(tip: _Tip, env: Env[Any, Any], at: Chooser, width: int, seed: int, forks: ExitStack) -> Iterator[_Shoot]:
    episode = tip.tree.branches[tip.number].episode
    if episode.error is not None:
        return
    turns = sorted({turn for turn in at(episode) if turn != 0 or tip.origin is None})
    if any(not 0 <= turn < len(episode.turns) for turn in turns):
        raise ConfigError(f"an episode of {len(episode.turns)} turns cannot branch at the turns {turns}")
    if not turns:
        return
    if tip.origin is None:
        retracing = moments_of(env, episode)
    else:
        again = forks.enter_context(closing(tip.origin.begin()))
        retracing = retraced(again, episode, tip.origin.moment.opening)
    moments: list[Moment] = []
    for moment in retracing:
        forks.callback(moment.env.close)
        moments.append(moment)
    root = tip.tree.branches[0].episode.index
    for turn in turns:
        for way in range(width):
            noise = derive(seed, "branch", root, tip.number, turn, way)
            yield _Shoot(tip.tree, tip.number, turn, Continuation(moments[turn], noise))


def _grafted(shoot: _Shoot, episode: Episode) -> _Tip | None:
    """Make the played continuation a branch of its tree."""
    tree = shoot.tree
    if episode.error is not None or not episode.turns:
        tree.lost += 1
        return None
    root = tree.branches[0].episode
    episode.index, episode.group = root.index, root.group
    tree.branches.append(Branch(episode, shoot.parent, shoot.turn))
    return _Tip(tree, len(tree.branches) - 1, shoot.continuation)
