"""The executor that goes past one machine: actors on a Ray cluster, each with some of the envs.

Every node needs this package, and those of the envs, in the same versions. Ray restarts nothing: what becomes
of the envs of a lost actor is decided in `far`.
"""

from __future__ import annotations

import math
import os
import pickle
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from gem._extras import need
from gem.errors import VectorError
from gem.vector.chunk import NOBODY, Chunk, Setup
from gem.vector.cluster import Cluster
from gem.vector.far import FarVectorEnv
from gem.vector.last_words import Diary, account
from gem.vector.link import Link, LinkLost, end_all
from gem.vector.patience import CLOSING_S, Deadline
from gem.vector.seat import Raised
from gem.vector.travel import pack, portable_error

READING_S = 30.0
"""How long to wait for the log of a lost actor: on a busy node Ray takes seconds to start what reads it."""


class RayVectorEnv(FarVectorEnv):
    """Steps its envs in `workers` actors (default: one for each free CPU), spread over the nodes of the cluster.

    Each actor asks for one CPU, or for a part of one where there are more actors than CPUs. A step that
    outlasts `step_timeout_s` costs its whole actor, and so the episodes of the envs beside it. The
    successor of a lost actor goes where a CPU is free; if none is, it shares one.
    """

    placing_s = 60.0
    """How long the cluster may take to start an actor, for which it may have to start a node first."""

    def _open(self) -> None:
        self._cluster = Cluster()
        try:
            total = self._cluster.cpus()
            if not self.workers:
                self.workers = max(1, int(min(self.num_envs, self._cluster.free_cpus(total))))
            self._share = 1 / math.ceil(min(self.workers, self.num_envs) / max(1.0, total))
            super()._open()
        except BaseException:
            self._cluster.leave()
            raise
        self._finalizer = weakref.finalize(self, _leave, self._cluster, self._links)

    def _start(self, worker: int, setup: Setup) -> ActorLink:
        self._cluster.check()
        quarters = Quarters(self._share, self.placing_s)
        if setup.next_seeds:
            quarters = self._of_successor(worker, quarters)
        return ActorLink(
            self._cluster, quarters, setup, self._packed_setup(setup, need("ray.cloudpickle", extra="ray").dumps)
        )

    def _of_successor(self, worker: int, quarters: Quarters) -> Quarters:
        node = self._cluster.refuge(worker)
        if node is not None:
            return quarters._replace(cpus=0.0, strategy=_affinity(node, soft=True))
        free = self._cluster.free_cpus(quarters.cpus) >= quarters.cpus
        return quarters if free else quarters._replace(cpus=0.0)

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        self._cluster.check()
        super()._dispatch(method, arguments)

    def _answered(self, workers: Sequence[int], timeout_s: float | None) -> Sequence[int]:
        self._cluster.check()
        links: dict[int, ActorLink] = {}
        for worker in workers:
            link = self._links[worker]
            assert isinstance(link, ActorLink)
            links[worker] = link
        awaited = {link.answer: worker for worker, link in links.items()}
        limits_s = [timeout_s, *(link.patience_s() for link in links.values())]
        until_s = min((limit_s for limit_s in limits_s if limit_s is not None), default=None)
        ready, rest = self._cluster.ray.wait(list(awaited), timeout=until_s)
        if ready and rest:
            ready += self._cluster.ray.wait(rest, num_returns=len(rest), timeout=0)[0]
        return [awaited[answer] for answer in ready] or [each for each in links if links[each].patience_s() == 0]

    def _shut(self) -> None:
        self._finalizer()


class Quarters(NamedTuple):
    """What an actor asks of the cluster."""

    cpus: float
    patience_s: float
    """How long it may take to start it."""
    strategy: Any = "SPREAD"


class ActorLink:
    """An actor, its answer to come, and the log that it would leave on its node."""

    def __init__(self, cluster: Cluster, quarters: Quarters, setup: Setup, packed_setup: bytes) -> None:
        self._cluster, self._ray = cluster, cluster.ray
        self._quarters, self._step_timeout_s = quarters, setup.step_timeout_s
        self._log = f"gem-vector-{uuid4().hex}.log"
        options = {"num_cpus": quarters.cpus, "scheduling_strategy": quarters.strategy, "max_restarts": 0}
        options["memory"] = 1  # byte: to place what asks for nothing, Ray turns to any node, even one that is lost
        self._actor = self._ray.remote(**options)(EnvActor).remote(self._log, setup.step_timeout_s)
        self._born = self._actor.node_id.remote()
        self._node_id = ""
        self._patience = Deadline(quarters.patience_s)
        self._parting: Any = None
        self._closing = Deadline(0.0)
        self.answer = self._actor.build.remote(packed_setup)

    def post(self, packed: bytes) -> None:
        """Send a message."""
        self._cluster.check()
        self.answer = self._actor.perform.remote(packed)

    def fetch(self) -> list[tuple[int, Any]]:
        """The answer to the last message."""
        try:
            if not self._node_id:
                self._node_id = self._placed()
            return pickle.loads(self._ray.get(self.answer))
        except self._ray.exceptions.RayError as error:
            raise self._lost(error) from None

    def patience_s(self) -> float | None:
        """How long the actor may still wait for its place; None if it has one."""
        return None if self._node_id or self._is_placed(0.0) else self._patience.remaining_s()

    def part(self) -> None:
        """Ask the actor to close its envs."""
        if self._cluster.connected():
            self._closing = Deadline(CLOSING_S if self._is_placed(0.0) else 0.0)
            self._parting = self._actor.close.remote()

    def end(self) -> None:
        """Wait until it has done so, some seconds at most; then it is killed."""
        if not self._cluster.connected():
            return
        closed, _ = self._ray.wait([self._parting], timeout=self._closing.remaining_s())
        self._ray.kill(self._actor)
        if not closed:
            self._last_words()

    def _placed(self) -> str:
        """The node where the actor is. Raises `VectorError` if there was no place for it."""
        if self._is_placed(self._patience.remaining_s()):
            return self._ray.get(self._born)
        free, total = self._cluster.free_cpus(0.0), self._cluster.cpus()
        raise VectorError(
            f"the Ray cluster started no further actor within {self._quarters.patience_s:g} s: "
            f"each asks for {self._quarters.cpus:g} CPU, and of {total:g} only {free:g} are free; "
            "ask for fewer workers, or see what else runs there"
        )

    def _is_placed(self, timeout_s: float | None) -> bool:
        return bool(self._ray.wait([self._born], timeout=timeout_s)[0])

    def _lost(self, error: Exception) -> LinkLost:
        """What became of the actor: Ray's word on it is the last line of `error`."""
        if isinstance(error, self._ray.exceptions.ActorUnavailableError):
            self._cluster.doubtful.add(self._node_id)
        word = str(error).strip().splitlines()[-1].partition(" Some common causes")[0]
        how = f"its actor was lost: {word}"
        return account(self._last_words(), how, self._step_timeout_s)

    def _last_words(self) -> bytes:
        """The log of an actor that has ended, taken from its node; empty if that is lost, too."""
        if not self._node_id or self._node_id in self._cluster.doubtful:
            return b""
        there = _affinity(self._node_id, soft=False)
        take = self._ray.remote(num_cpus=0, max_retries=0, scheduling_strategy=there)(take_log)
        try:
            return self._ray.get(take.remote(self._log), timeout=READING_S)
        except self._ray.exceptions.RayError:
            return b""


class EnvActor:
    """What a Ray actor does: it builds its envs, then what messages ask, always in its main thread."""

    def __init__(self, log: str, step_timeout_s: float | None) -> None:
        fd = os.open(_path(log), os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._log, self._diary = log, Diary(fd, step_timeout_s)

    def node_id(self) -> str:
        """Where it is."""
        return need("ray", extra="ray").get_runtime_context().get_node_id()

    def build(self, packed_setup: bytes) -> bytes:
        """Build the envs; the answer is empty, or what that raised."""
        try:
            self._chunk = Chunk(pickle.loads(packed_setup))
        except Exception as error:  # noqa: BLE001 - raised where the vector is made
            return pack([(NOBODY, Raised(portable_error(error)))])
        return pack([])

    def perform(self, packed: bytes) -> bytes:
        """Do the jobs of a message."""
        jobs = pickle.loads(packed)
        answers = self._chunk.perform(jobs, self._diary.busy_with)
        self._diary.idle()
        return self._chunk.packed(jobs, answers, pack)

    def close(self) -> None:
        """Close the envs; nothing is to be explained any more."""
        try:
            self._chunk.close()
        finally:
            _path(self._log).unlink(missing_ok=True)


def take_log(log: str) -> bytes:
    """Read that log on this node, and remove it."""
    path = _path(log)
    try:
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


def _affinity(node_id: str, *, soft: bool) -> Any:
    strategies = need("ray.util.scheduling_strategies", extra="ray")
    return strategies.NodeAffinitySchedulingStrategy(node_id, soft=soft)


def _path(log: str) -> Path:
    """Beside Ray's own logs, where this process writes its errors: so what a lost cluster leaves goes with them."""
    errors = Path("/proc/self/fd/2").resolve()
    return (errors.parent if errors.is_file() else Path(tempfile.gettempdir())) / log


def _leave(cluster: Cluster, links: Sequence[Link | None]) -> None:
    end_all(links)
    cluster.leave()
