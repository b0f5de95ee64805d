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
from gem.vector.far_seat import FarPlace, FarSeat
from gem.vector.interrupts import HeldBack
from gem.vector.link import Link, LinkLost, end_all
from gem.vector.patience import Deadline
from gem.vector.seat import Called, Loss, Raised, broken_off
from gem.vector.travel import Dumps, pack, portable_error, travels, unpicklable


class Message(NamedTuple):
    """Jobs for one worker."""

    jobs: list[Job]
    packed: Any
    is_second_try: bool = False


GREETING = Message([], None)
"""In place of a message: the worker has been started, and will answer when it has built its envs."""
ASKED = Message([], None)
"""In place of a message: the answer is for whoever asks for an attribute, and nobody's if that was interrupted."""


class FarVectorEnv(VectorEnv):
    """Env i lives in worker i modulo their number. Executors say how a worker is started, and waited for."""

    envs: list[FarSeat]
    _places: list[FarPlace]

    @abstractmethod
    def _start(self, worker: int, setup: Setup) -> Link:
        """Start a worker without waiting until it is ready; its first answer is that to an empty message."""

    @abstractmethod
    def _answered(self, workers: Sequence[int], timeout_s: float | None) -> Sequence[int]:
        """Those of the busy `workers` that have answered or are lost; waits for the first, or for `timeout_s`."""

    def _open(self) -> None:
        count = min(self.num_envs, self.workers or CORES)
        self.envs = [FarSeat(index, self._ask) for index in range(self.num_envs)]
        self._places = [FarPlace(self.autoreset_mode) for _ in range(self.num_envs)]
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
            for_worker.setdefault(index % count, []).append(Job(index, method, argument))
        messages = {worker: self._message(jobs) for worker, jobs in for_worker.items()}
        with HeldBack():  # only now: what cannot be packed is refused before anything is sent
            for worker, message in messages.items():
                self._tell_losses(message)
                self._backlog[worker].append(message)
                self._send_next(worker)

    def _pack(self, jobs: list[Job]) -> bytes:
        """The jobs as they travel. Raises `VectorError` for what cannot."""
        try:
            return pack(jobs)
        except Exception as error:
            for index, _, argument in jobs:
                if not travels(argument):
                    what = unpicklable(argument, "the action")
                    raise VectorError(f"for env {self.numbers[index]}: {what}") from error
            raise

    def _packed_setup(self, setup: Setup, dumps: Dumps) -> bytes:
        """What a worker needs to know, as it travels. Raises `VectorError` for what cannot."""
        try:
            return dumps(setup)
        except Exception as error:
            for index, make in setup.env_fns.items():
                if not travels(make, dumps):
                    what = f"env {self.numbers[index]} ({self.env_ids[index]}) cannot be sent to a worker"
                    raise VectorError(f"{what}: {unpicklable(make, 'its recipe', dumps)}") from error
            raise

    def _message(self, jobs: list[Job], is_second_try: bool = False) -> Message:
        """Those jobs; in place of a step in an episode that was lost, its loss."""
        jobs = [self._job(*job) for job in jobs]
        return Message(jobs, self._pack(jobs), is_second_try)

    def _job(self, index: int, method: str, argument: Any) -> Job:
        error = self._lost.get(index)
        if error is None or method != "advance":
            return Job(index, method, argument)
        return Job(index, "lose", Loss(error, self._places[index].last_obs))

    def _tell_losses(self, message: Message) -> None:
        """The losses in this message will be told."""
        for index, method, _ in message.jobs:
            if method == "lose":
                self._lost.pop(index, None)

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
                message = self._message(message.jobs, message.is_second_try)
                self._tell_losses(message)
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
        place = self._places[index]
        if isinstance(result, Raised):
            place.between_episodes = place.between_episodes or method == "begin"
        elif method == "begin":
            self._lost.pop(index, None)
            place.begun(result)
        elif method == "call":
            place.called(result)
        elif method in ("advance", "lose"):
            place.advanced(result)

    def _mourn(self, worker: int, message: Message, lost: LinkLost) -> None:
        """A worker is gone, with this message: its episodes are lost, and those that were under way answered."""
        logging.getLogger(__name__).warning("worker %d is lost: %s", worker, lost)
        link, self._links[worker] = self._links[worker], None
        end_all([link])
        for index in self._members(worker):
            if not self._places[index].between_episodes:
                self._lost[index] = lost.error_of(index, self.numbers)
        if message is GREETING:  # it could not even start: whoever waits is told so, and the next message tries again
            jobs = self._backlog[worker].popleft().jobs if self._backlog[worker] else []
            self._refuse(jobs, lost)
        else:
            methods = ("advance",) if message.is_second_try else ("advance", "begin")
            self._refuse([job for job in message.jobs if job.method not in methods], lost)
            again = [job for job in message.jobs if job.method in methods]
            steps = (index for index, method, _ in again if method == "advance")
            self._lost.update((index, lost.error_of(index, self.numbers)) for index in steps)
            if again:
                following = self._message(again, is_second_try=True)
                self._tell_losses(following)
                self._backlog[worker].appendleft(following)
        self._send_next(worker)

    def _refuse(self, jobs: Iterable[Job], lost: LinkLost) -> None:
        """Answer jobs that no worker will do; an episode that was to begin must wait for the next step."""
        for index, method, _ in jobs:
            error, place = lost.error_of(index, self.numbers), self._places[index]
            steps = method in ("advance", "lose")
            self._ready[index] = broken_off(place.mode, place.last_obs, error) if steps else Raised(error)
            self._lost.pop(index, None)
            place.between_episodes = True

    def _ask(self, index: int, method: str, argument: Any) -> Any:
        """One job for one env, done as soon as its worker has nothing else to do."""
        self._check_open()
        worker = index % len(self._links)
        packed = self._pack([Job(index, method, argument)])
        with HeldBack():
            if self._links[worker] is None:
                self._start_anew(worker, {each: self._replacement_seed(each) for each in self._members(worker)})
        while worker in self._busy:
            for answered in self._answered([worker], None):
                with HeldBack():
                    self._receive(answered)
        link = self._links[worker]
        if link is None:
            raise WorkerDied(f"the worker of env {self.numbers[index]} could not be started; the log says why")
        try:
            with HeldBack():
                self._busy[worker] = ASKED
                link.post(packed)
            while not self._answered([worker], None):
                pass
            with HeldBack():
                try:
                    ((_, result),) = link.fetch()
                finally:
                    del self._busy[worker]
                self._note(index, method, result)
        except LinkLost as lost:
            with HeldBack():
                self._busy.pop(worker, None)
                self._mourn(worker, ASKED, lost)
            raise lost.error_of(index, self.numbers) from None
        if isinstance(result, Raised):
            raise result.error
        return result.value if isinstance(result, Called) else result


def _lost(error: Exception) -> LinkLost:
    return error if isinstance(error, LinkLost) else LinkLost(portable_error(error))
