"""What a process has of a fictional world: its passages, the index of them, its questions; all made when first needed.

Every env of the same world shares them, in as many threads as there are.
"""

from __future__ import annotations

import os
from functools import cached_property, lru_cache
from threading import RLock

from gem.envs.fictional_world.founding import found_world
from gem.envs.fictional_world.prose import passages_of
from gem.envs.fictional_world.questions import Questions
from gem.envs.fictional_world.world import World
from gem.search import MemoryRetriever, Passage, Retriever

WORLDS_KEPT = 8

_LOCK = RLock()  # nothing is made twice by two threads that need it at once


class Library:
    """The world of a number and size, written down."""

    def __init__(self, number: int, size: int) -> None:
        self.number, self.size = number, size
        self._questions: dict[int, Questions] = {}
        self._kept: dict[tuple[int, int], tuple[int, ...]] = {}

    @property
    def world(self) -> World:
        """The facts."""
        with _LOCK:
            return self._world

    @property
    def passages(self) -> tuple[Passage, ...]:
        """A passage for each thing of the world."""
        with _LOCK:
            return self._passages

    @property
    def retriever(self) -> Retriever:
        """An index of the passages, in memory."""
        with _LOCK:
            return self._retriever

    def questions(self, hops: int) -> Questions:
        """The questions of so many hops."""
        with _LOCK:
            if hops not in self._questions:
                self._questions[hops] = Questions(self._world, hops)
            return self._questions[hops]

    def kept(self, hops: int, count: int) -> tuple[int, ...]:
        """The places of the first `count` questions of so many hops; fewer if there are no more."""
        with _LOCK:
            if (hops, count) not in self._kept:
                self._kept[hops, count] = _first_places(self.questions(hops), count)
            return self._kept[hops, count]

    @cached_property
    def _world(self) -> World:
        world = found_world(self.number, self.size)
        _ = world.named_by, world.having  # here, as whatever is made later is made without the lock
        return world

    @cached_property
    def _passages(self) -> tuple[Passage, ...]:
        return passages_of(self._world)

    @cached_property
    def _retriever(self) -> Retriever:
        return MemoryRetriever(self._passages)


def _first_places(questions: Questions, count: int) -> tuple[int, ...]:
    places: list[int] = []
    for place in range(len(questions)):
        if len(places) == count:
            break
        if questions.at(place) is not None:
            places.append(place)
    return tuple(places)


def library(number: int, size: int) -> Library:
    """The library of a world; the last few are kept."""
    with _LOCK:
        return _library(number, size)


_library = lru_cache(maxsize=WORLDS_KEPT)(Library)

# A fork waits until nothing is half made: a fresh lock alone would leave the child those of `cached_property`.
os.register_at_fork(before=_LOCK.acquire, after_in_parent=_LOCK.release, after_in_child=_LOCK.release)
