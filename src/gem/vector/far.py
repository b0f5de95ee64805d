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
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, Protocol

from gem.core import Info, StepResult
from gem.errors import WorkerDied
from gem.vector.base import VectorEnv
from gem.vector.chunk import Job, Setup
from gem.vector.cores import CORES
from gem.vector.interrupts import HeldBack
from gem.vector.patience import Deadline
from gem.vector.seat import AutoresetMode, Call, Loss, Method, Raised, Start, crashed


class LinkLost(Exception):
    """The worker is gone. `guilty` is the env that it was busy with, if that is known, and `error` what befell it."""

    def __init__(self, error: Exception, guilty: int | None = None) -> None:
        super().__init__(str(error))
        self.error, self.guilty = error, guilty

    def error_of(self, index: int) -> Exception:
        """What to say of env `index`."""
        if self.guilty in (None, index):
            return self.error
        return WorkerDied(f"its worker was lost with env {self.guilty}: {str(self.error).partition(chr(10))[0]}")


class Link(Protocol):
    """A running worker, seen from here. Each method raises `LinkLost` if the worker is gone."""

    def post(self, packed: Any) -> None:
        """Send a packed message."""

    def fetch(self) -> list[tuple[int, Any]]:
        """The answer to the last message; waits for it."""
        ...

    def part(self) -> None:
        """Tell the worker to close its envs and end. Raises nothing."""

    def end(self) -> None:
        """Wait until it has ended, or kill it. Raises nothing."""


class Message(NamedTuple):
    """Jobs for one worker."""

    jobs: list[Job]
    packed: Any


GREETING = Message([], None)
"""In place of a message: the worker has been started, and will answer when it has built its envs."""
ASKED = Message([], None)
"""In place of a message: the answer is for whoever asks for an attribute, and nobody's if that was interrupted."""


class FarSeat:
    """The near end of an env that lives elsewhere: what the vector must know of it, and a way to reach the rest.

    Attributes are copies. Methods run in the worker; so do `reset` and `step`, which the vector takes note of.
    """

    __slots__ = ("_ask", "_index", "between_episodes", "last_obs", "mode", "was_reset")

    def __init__(self, index: int, mode: AutoresetMode, ask: Callable[[int, str, Any], Any]) -> None:
        self._index, self._ask = index, ask
        self.mode = mode
        self.last_obs: Any = None
        self.between_episodes = True
        self.was_reset = False

    def reset(self, seed: int | None = None, **options: Any) -> tuple[Any, Info]:
        """Start an episode; what the env raises is the caller's."""
        return self._ask(self._index, "begin", Start(seed, options))

    def step(self, action: Any) -> StepResult[Any]:
        """Step the env as if there were no vector."""
        result = self._ask(self._index, "call", Call("step", (action,), {}))
        self.last_obs, self.between_episodes = result[0], result[2] or result[3]
        return result

    def __getattr__(self, name: str) -> Any:
        """An attribute of the env, by a round trip to the worker."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = self._ask(self._index, "look", name)
        return partial(self._call, name) if isinstance(found, Method) else found

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        return self._ask(self._index, "call", Call(name, args, kwargs))

    def begun(self, first: tuple[Any, Info]) -> None:
        """Take note of an episode's start."""
        self.last_obs, self.between_episodes, self.was_reset = first[0], False, True

    def advanced(self, result: StepResult[Any]) -> None:
        """Take note of a step."""
        self.last_obs = result[0]
        self.between_episodes = (result[2] or result[3]) and self.mode is not AutoresetMode.SAME_STEP


class FarVectorEnv(VectorEnv):
    """Env i lives in worker i modulo their number. Executors say how a worker is started, and waited for."""

    _places: list[FarSeat]

    @abstractmethod
    def _start(self, worker: int, setup: Setup) -> Link:
        """Start a worker without waiting until it is ready; its first answer is that to an empty message."""

    @abstractmethod
    def _pack(self, jobs: list[Job]) -> Any:
        """The jobs as they travel. Raises `VectorError` for what cannot."""

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


def end_all(links: Sequence[Link | None]) -> None:
    """End those workers, all at the same time."""
    there = [link for link in links if link is not None]
    for link in there:
        link.part()
    for link in there:
        link.end()


def _lost(error: Exception) -> LinkLost:
    return error if isinstance(error, LinkLost) else LinkLost(error)
