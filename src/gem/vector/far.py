"""Envs that live in workers, each of which holds some of them: what processes and Ray actors share.

The near end is a `FarSeat` for each env and a `Link` for each worker; the far end is a `Chunk` of seats. One
message goes to a worker for all of its envs that are to do something, and one comes back. A worker has one
message at a time: so neither side can ever wait for the other to read. When a worker is lost, so are the
episodes that go on in it, and nothing else: it is started anew, and each of its envs shows a truncated
step with the reason at its next turn.
"""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from gem.errors import VectorError, WorkerDied
from gem.vector.base import VectorEnv
from gem.vector.chunk import Job, Setup
from gem.vector.cores import CORES
from gem.vector.far_seat import FarSeat
from gem.vector.interrupts import HeldBack
from gem.vector.link import Link, LinkLost, end_all
from gem.vector.patience import Deadline
from gem.vector.seat import Loss, Raised, crashed
from gem.vector.travel import Dumps, pack, travels, unpicklable


class Message(NamedTuple):
    """Jobs for one worker."""

    jobs: list[Job]
    packed: Any


GREETING = Message([], None)
"""In place of a message: the worker has been started, and will answer when it has built its envs."""
ASKED = Message([], None)
"""In place of a message: the answer is for whoever asks for an attribute, and nobody's if that was interrupted."""


class FarVectorEnv(VectorEnv):
    """Env i lives in worker i modulo their number. Executors say how a worker is started, and waited for."""

    _places: list[FarSeat]

    @abstractmethod
    def _start(self, worker: int, setup: Setup) -> Link:
        """Start a worker without waiting until it is ready; its first answer is that to an empty message."""

    @abstractmethod
    def _answered(self, workers: Sequence[int], timeout_s: float | None) -> Sequence[int]:
        """Those of the busy `workers` that have answered or are lost; waits for the first, or for `timeout_s`."""

    def _open(self) -> None:
        count = min(self.num_envs, self.workers or CORES)
        self.envs = [FarSeat(index, self.autoreset_mode, self._ask) for index in range(self.num_envs)]
        self._places = self.envs
        self._links: list[Link | None] = [None] * count
        self._busy: dict[int, Message] = {}
        """The message that each busy worker has not answered."""
        self._backlog: list[deque[Message]] = [deque() for _ in range(count)]
        self._lost: dict[int, Exception] = {}
        """What became of episodes that nobody has been told about."""
        try:
            for worker in range(count):
                self._start_anew(worker, {})
            for worker in range(count):
                self._greet(worker)
        except BaseException as error:
            end_all(self._links)
            if isinstance(error, LinkLost):
                raise error.error from None
            raise

    def _members(self, worker: int) -> range:
        return range(worker, self.num_envs, len(self._links))

    def _start_anew(self, worker: int, next_seeds: Mapping[int, int]) -> None:
        """Start a worker, without waiting for it."""
        env_fns = {index: self.env_fns[index] for index in self._members(worker)}
        setup = Setup(env_fns, self.autoreset_mode, dict(next_seeds), self.step_timeout_s)
        self._links[worker] = self._start(worker, setup)
        self._busy[worker] = GREETING

    def _greet(self, worker: int) -> None:
        """Wait until a new worker has built its envs. Raises `LinkLost`, or what building them raised."""
        for _, greeting in self._link(worker).fetch():
            if isinstance(greeting, Raised):
                raise greeting.error
        del self._busy[worker]

    def _link(self, worker: int) -> Link:
        link = self._links[worker]
        assert link is not None, "a worker without a link is started before it is used"
        return link

    def _dispatch(self, method: str, arguments: Mapping[int, Any]) -> None:
        for_worker: dict[int, list[Job]] = {}
        count = len(self._links)
        for index, argument in arguments.items():
            for_worker.setdefault(index % count, []).append(self._job(index, method, argument))
        messages = {worker: Message(jobs, self._pack(jobs)) for worker, jobs in for_worker.items()}
        with HeldBack():  # only now: what cannot be packed is refused before anything is sent
            for worker, message in messages.items():
                self._backlog[worker].append(message)
                self._send_next(worker)

    def _pack(self, jobs: list[Job]) -> bytes:
        """The jobs as they travel. Raises `VectorError` for what cannot."""
        try:
            return pack(jobs)
        except Exception as error:
            for index, _, argument in jobs:
                if not travels(argument):
                    raise VectorError(f"for env {index}: {unpicklable(argument, 'the action')}") from error
            raise

    def _packed_setup(self, setup: Setup, dumps: Dumps) -> bytes:
        """What a worker needs to know, as it travels. Raises `VectorError` for what cannot."""
        try:
            return dumps(setup)
        except Exception as error:
            for index, make in setup.env_fns.items():
                if not travels(make, dumps):
                    what = f"env {index} ({self.env_ids[index]}) cannot be sent to a worker"
                    raise VectorError(f"{what}: {unpicklable(make, 'its recipe', dumps)}") from error
            raise

    def _job(self, index: int, method: str, argument: Any) -> Job:
        """That job, or the loss of the episode it was meant for."""
        error = self._lost.pop(index, None)
        if error is None or method != "advance":
            return Job(index, method, argument)
        return Job(index, "lose", Loss(error, self._places[index].last_obs))

    def _send_next(self, worker: int) -> None:
        """Send the worker its next message, if it is free and there is one; a lost worker is started first."""
        if worker in self._busy or not self._backlog[worker]:
            return
        try:
            if self._links[worker] is None:
                self._start_anew(worker, {index: self._replacement_seed(index) for index in self._members(worker)})
                return
            message = self._backlog[worker].popleft()
            if any(index in self._lost for index, _, _ in message.jobs):  # lost since it was packed
                jobs = [self._job(*job) for job in message.jobs]
                message = Message(jobs, self._pack(jobs))
            self._busy[worker] = message
            self._link(worker).post(message.packed)
        except Exception as error:  # noqa: BLE001 - a worker that cannot be started is a lost one
            self._mourn(worker, self._busy.pop(worker, GREETING), _lost(error))

    def _collect(self, min_ready: int, timeout_s: float | None) -> None:
        deadline, ready = Deadline(timeout_s), self._ready
        while self._busy:
            enough = len(ready) >= min_ready or deadline.passed()
            for worker in self._answered(list(self._busy), 0.0 if enough else deadline.remaining_s()):
                with HeldBack():
                    self._receive(worker)
            if enough:
                break

    def _receive(self, worker: int) -> None:
        """Take a worker's answer, and give it its next message."""
        message = self._busy[worker]
        try:
            answers = self._link(worker).fetch()
        except Exception as error:  # noqa: BLE001 - what cannot be read is lost, too
            self._mourn(worker, self._busy.pop(worker), _lost(error))
            return
        del self._busy[worker]
        if message is GREETING:
            for _, greeting in answers:
                self._mourn(worker, GREETING, LinkLost(greeting.error))
        for (_, method, _), (index, result) in zip(message.jobs, answers if message.jobs else (), strict=True):
            self._note(index, method, result)
            self._ready[index] = result
        self._send_next(worker)

    def _note(self, index: int, method: str, result: Any) -> None:
        if isinstance(result, Raised):
            return
        if method == "begin":
            self._lost.pop(index, None)
            self._places[index].begun(result)
        elif method in ("advance", "lose"):
            self._places[index].advanced(result)

    def _mourn(self, worker: int, message: Message, lost: LinkLost) -> None:
        """A worker is gone, with this message: its episodes are lost, and those that were under way answered."""
        logging.getLogger(__name__).warning("worker %d is lost: %s", worker, lost)
        link, self._links[worker] = self._links[worker], None
        end_all([link])
        for index in self._members(worker):
            if not self._places[index].between_episodes:
                self._lost[index] = lost.error_of(index)
        if message is GREETING:  # it could not even start: whoever waits is told so, and the next message tries again
            jobs = self._backlog[worker].popleft().jobs if self._backlog[worker] else []
            self._refuse(jobs, lost)
        else:
            self._refuse([job for job in message.jobs if job.method != "advance"], lost)
            again = [job for job in message.jobs if job.method == "advance"]
            self._lost.update((index, lost.error_of(index)) for index, _, _ in again)
            if again:
                jobs = [self._job(*job) for job in again]
                self._backlog[worker].appendleft(Message(jobs, self._pack(jobs)))
        self._send_next(worker)

    def _refuse(self, jobs: Iterable[Job], lost: LinkLost) -> None:
        """Answer jobs that no worker will do; an episode that was to begin must wait for the next step."""
        for index, method, _ in jobs:
            error = lost.error_of(index)
            steps = method in ("advance", "lose")
            self._ready[index] = crashed(self._places[index].last_obs, error) if steps else Raised(error)
            if steps:
                self._lost.pop(index, None)
                self._places[index].between_episodes = True

    def _ask(self, index: int, method: str, argument: Any) -> Any:
        """One job for one env, done at once: after what its worker is doing, before what waits for it."""
        self._check_open()
        worker = index % len(self._links)
        packed = self._pack([Job(index, method, argument)])
        if self._links[worker] is None:
            self._start_anew(worker, {each: self._replacement_seed(each) for each in self._members(worker)})
        while worker in self._busy:
            for answered in self._answered([worker], None):
                with HeldBack():
                    self._receive(answered)
        link = self._links[worker]
        if link is None:
            raise WorkerDied(f"the worker of env {index} could not be started; the log says why")
        self._busy[worker] = ASKED
        try:
            link.post(packed)
            while not self._answered([worker], None):
                pass
            with HeldBack():
                ((_, result),) = link.fetch()
                del self._busy[worker]
                self._note(index, method, result)
        except LinkLost as lost:
            self._mourn(worker, self._busy.pop(worker), lost)
            raise lost.error_of(index) from None
        if isinstance(result, Raised):
            raise result.error
        return result

    def _shut(self) -> None:
        end_all(self._links)


def _lost(error: Exception) -> LinkLost:
    return error if isinstance(error, LinkLost) else LinkLost(error)
