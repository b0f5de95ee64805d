"""Collecting episodes from a batch of slots, without favouring short ones.

Taking "the first N finished episodes" and dropping the rest over-samples short episodes: by 20 to
50 % in mean length on realistic batches. Here every episode that starts is delivered exactly once:
`episodes(n)` waits for the n that it started, and `turns(n)` carries unfinished ones over to its
next call.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from gem.agents.protocol import Agent, Reply, Request
from gem.core import Env
from gem.rollout.episode import play
from gem.rollout.trajectory import Episode
from gem.seeding import derive

EpisodeGenerator = Generator[Request, Reply, Episode]


class Collector:
    """Plays episode after episode of one kind of env in parallel slots.

    Episode number i has the seed `derive(seed, i)` for its instance and its sampling noise, so what
    happens in it depends neither on the number of slots nor on its neighbours.
    """

    def __init__(
        self,
        make_env: Callable[[], Env[Any, Any]],
        agent: Agent,
        *,
        slots: int,
        seed: int,
        max_turns: int | None = None,
    ) -> None:
        self.agent, self.seed, self.max_turns = agent, seed, max_turns
        self.envs = [make_env() for _ in range(slots)]
        self.next_index = 0
        """Number of the next episode to start: all that a resumed run needs to know."""
        self._playing: dict[int, tuple[int, EpisodeGenerator, Request]] = {}
        self._failed_at_reset: list[Episode] = []

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
            seed = derive(self.seed, index)
            turns = play(env, seed=seed, renderer=self.agent.renderer, max_turns=self.max_turns, slot=slot)
            try:
                self._playing[slot] = index, turns, next(turns)
            except StopIteration as failed:  # the env could not even be reset
                failed.value.index = index
                self._failed_at_reset.append(failed.value)

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
                ended.value.index = index
                yield ended.value
