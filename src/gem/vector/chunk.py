"""The far end of a worker: some envs in their seats, and what is done with them.

What cannot travel back is found out here, where the env is, so that it ends one episode and not the worker.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from gem.core import Env, StepResult
from gem.vector.near import close_all
from gem.vector.seat import AutoresetMode, Loss, Raised, Seat, broken_off, crashed, perform
from gem.vector.travel import portable_error, travels, unpicklable

NOBODY = -1
"""In place of an env's index, where an answer concerns its worker."""


class Job(NamedTuple):
    """One thing to do with one env: a method of its seat, and the argument."""

    env: int
    """Its index."""
    method: str
    argument: Any


class Setup(NamedTuple):
    """What a worker needs to know."""

    env_fns: dict[int, Callable[[], Env[Any, Any]]]
    mode: AutoresetMode
    next_seeds: dict[int, int]
    """Of envs that take the place of lost ones."""
    step_timeout_s: float | None


class Chunk:
    """Builds the envs of a worker, and does its jobs, one after the other."""

    def __init__(self, setup: Setup) -> None:
        self.seats: dict[int, Seat] = {}
        try:
            for index, make in setup.env_fns.items():
                self.seats[index] = Seat(make(), setup.mode, setup.next_seeds.get(index))
        except BaseException:
            self.close()
            raise

    def perform(self, jobs: Sequence[Job], before: Callable[[int, bool], None]) -> list[tuple[int, Any]]:
        """What came of each job. `before` is told which env is next, and whether its time is limited."""
        answers: list[tuple[int, Any]] = []
        for index, method, argument in jobs:
            before(index, method not in UNLIMITED)
            answers.append((index, perform(self.seats[index], method, argument)))
        return answers

    def packed(self, jobs: Sequence[Job], answers: list[tuple[int, Any]], pack: Callable[[Any], bytes]) -> bytes:
        """The answers as bytes; what cannot be packed is replaced by an account of it."""
        if any(isinstance(result, Raised) for _, result in answers):
            answers = [(index, _portable(result)) for index, result in answers]
        try:
            return pack(answers)
        except Exception:  # noqa: BLE001 - pickling calls code of the env, which may raise anything
            return pack([self._packable(job, result, pack) for job, (_, result) in zip(jobs, answers, strict=True)])

    def _packable(self, job: Job, result: Any, pack: Callable[[Any], bytes]) -> tuple[int, Any]:
        """The result, or the end of an episode whose result cannot travel."""
        try:
            pack(result)
        except Exception as error:  # noqa: BLE001 - as above
            where = unpicklable(result, _NAMES.get(job.method, "what was asked for"))
            refused = pickle.PicklingError(f"{where}: {error}")
            if job.method not in ("advance", "lose"):
                return job.env, Raised(refused)
            result = _lost(self.seats[job.env], result, refused)
            if not travels(result):  # neither does the next episode's first info
                result = broken_off(self.seats[job.env].mode, None, refused)
        return job.env, result

    def close(self) -> None:
        """Close the envs."""
        close_all([seat.env for seat in self.seats.values()])


UNLIMITED = ("look", "call")
"""What takes as long as it takes, even where steps may not."""
_NAMES = {"advance": "step", "lose": "step", "begin": "reset"}


def _portable(result: Any) -> Any:
    return Raised(portable_error(result.error)) if isinstance(result, Raised) else result


def _lost(seat: Seat, result: StepResult[Any], error: Exception) -> StepResult[Any]:
    """The end of an episode in place of a result that cannot travel."""
    obs, _, terminated, truncated, info = result
    if not (terminated or truncated) or "final_observation" not in info:
        return seat.lose(Loss(error, obs if travels(obs) else None))
    last_obs = info["final_observation"]  # the seat has begun the next episode
    _, _, _, _, final_info = crashed(last_obs, error)
    ending = {"final_observation": last_obs if travels(last_obs) else None, "final_info": final_info}
    return StepResult(obs if travels(obs) else None, 0.0, False, True, {"error": final_info["error"], **ending})
