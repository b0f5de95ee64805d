"""Collecting episodes from a batch of slots, without favouring short ones.

Taking "the first N finished episodes" and dropping the rest over-samples short episodes: by 20 to
50 % in mean length on realistic batches. Here every episode that starts is delivered exactly once:
`episodes(n)` waits for the n that it started, and `turns(n)` carries unfinished ones over to its
next call.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Any

from gem.agents.protocol import Agent, Reply, Request
from gem.core import Env
from gem.errors import ConfigError
from gem.rollout.episode import Anchor, Opening, play
from gem.rollout.trajectory import Episode
from gem.seeding import derive
from gem.snapshot import Snapshot

EpisodeGenerator = Generator[Request, Reply, Episode]


class Collector:
    """Plays episode after episode of one kind of env in parallel slots.

    Episode number i has the seed `derive(seed, i)` for its instance and its sampling noise, so what
    happens in it depends neither on the number of slots nor on its neighbours. With `group_size` above 1, episodes
    that follow each other begin in one state: the first of a group is reset, the others get its snapshot. Then
    episode i has the instance of `derive(seed, i // group_size)`.
    """

    def __init__(
        self,
        make_env: Callable[[], Env[Any, Any]],
        agent: Agent,
        *,
        slots: int,
        seed: int,
        max_turns: int | None = None,
        group_size: int = 1,
        anchor: Anchor | None = None,
    ) -> None:
        if slots < 1 or group_size < 1:
            raise ConfigError(f"slots and group_size are at least 1, not {slots} and {group_size}")
        self.agent, self.seed, self.max_turns = agent, seed, max_turns
        self.group_size, self.anchor = group_size, anchor
        self.envs = [make_env() for _ in range(slots)]
        self.next_index = 0
        """Number of the next episode to start: all that a resumed run needs to know."""
        self._playing: dict[int, tuple[int, EpisodeGenerator, Request]] = {}
        self._failed_at_reset: list[Episode] = []
        self._begun: tuple[int, Snapshot, Opening] | None = None
        """The group that was begun last, and where."""

    def episodes(self, count: int) -> list[Episode]:
        """Play `count` new episodes to their ends; in the order of their numbers."""
        assert not self._playing, "episodes() and turns() are two ways of collecting: use one of them"
        last = self.next_index + count
        done: list[Episode] = []
        while len(done) < count:
            self._fill(last)
            done += self._advance()
        return sorted(done, key=lambda episode: episode.index)

    def turns(self, count: int) -> list[Episode]:
        """Play until finished episodes hold at least `count` turns; the others go on in the next call."""
        done: list[Episode] = []
        while sum(len(episode.turns) for episode in done) < count:
            self._fill(None)
            done += self._advance()
        return sorted(done, key=lambda episode: episode.index)

    def close(self) -> None:
        """Close every env."""
        for env in self.envs:
            env.close()

    def _fill(self, last: int | None) -> None:
        """Start an episode in every free slot, up to episode number `last`."""
        for slot, env in enumerate(self.envs):
            if slot in self._playing or (last is not None and self.next_index >= last):
                continue
            index = self.next_index
            self.next_index += 1
            turns = self._play(env, index, slot)
            try:
                self._playing[slot] = index, turns, next(turns)
            except StopIteration as failed:  # the env could not even be reset
                self._failed_at_reset.append(self._numbered(failed.value, index))

    def _play(self, env: Env[Any, Any], index: int, slot: int) -> EpisodeGenerator:
        """Begin episode number `index`."""
        group, member = divmod(index, self.group_size)
        seed = derive(self.seed, group)
        opening = partial(self._opening, env, group, seed) if self.group_size > 1 else None
        noise = derive(seed, "sampling", member) if self.group_size > 1 else None
        return play(
            env,
            seed=seed,
            renderer=self.agent.renderer,
            max_turns=self.max_turns,
            slot=slot,
            opening=opening,
            noise=noise,
            anchor=self.anchor,
        )

    def _opening(self, env: Env[Any, Any], group: int, seed: int) -> Opening:
        """Put `env` where its group begins. If that fails for one member, the next one begins the group."""
        if self._begun is None or self._begun[0] != group:
            opening = Opening(*env.reset(seed=seed))
            self._begun = group, env.snapshot(), opening
        else:
            env.restore(self._begun[1])
        return self._begun[2]

    def _numbered(self, episode: Episode, index: int) -> Episode:
        episode.index, episode.group = index, index // self.group_size
        return episode

    def _advance(self) -> Iterator[Episode]:
        """Let the agent answer every waiting request; yields the episodes that end."""
        yield from self._failed_at_reset
        self._failed_at_reset.clear()
        slots = list(self._playing)
        replies = self.agent.act([self._playing[slot][2] for slot in slots]) if slots else []
        for slot, reply in zip(slots, replies, strict=True):
            index, turns, _ = self._playing[slot]
            try:
                self._playing[slot] = index, turns, turns.send(reply)
            except StopIteration as ended:
                del self._playing[slot]
                yield self._numbered(ended.value, index)
