"""Envs in this process: building their seats, replacing one, closing them all."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from gem.core import Env
from gem.vector.base import VectorEnv
from gem.vector.seat import Loss, Raised, Seat, Seated, crashed


class NearVectorEnv(VectorEnv):
    """The part that the executors within this process share."""

    envs: list[Seated]
    _places: list[Seat]

    def _open(self) -> None:
        self._places = []
        try:
            for make in self.env_fns:
                self._places.append(Seat(make(), self.autoreset_mode))
        except BaseException:
            self._close_envs()
            raise
        self.envs = [Seated(seat) for seat in self._places]
        self._ready_executor()

    @abstractmethod
    def _ready_executor(self) -> None:
        """The envs are there: set up what runs them."""

    def _replace(self, index: int, method: str, error: Exception) -> Any:
        """Put another env in the place of one that cannot be used any more; the result of the `method` under way."""
        lost = self._places[index]
        logging.getLogger(__name__).warning("%s of env %d is given up: %s", method, index, error)
        try:
            seat = Seat(self.env_fns[index](), self.autoreset_mode, self._replacement_seed(index))
        except Exception as failed:  # noqa: BLE001 - the old one stays, and begins anew with the next step
            lost.between_episodes = True
            return Raised(failed) if method == "begin" else crashed(lost.last_obs, failed)
        seat.was_reset = lost.was_reset
        self._places[index], self.envs[index] = seat, Seated(seat)
        return Raised(error) if method == "begin" else seat.lose(Loss(error, lost.last_obs))

    def _close_envs(self) -> None:
        close_all([seat.env for seat in self._places])


def close_all(envs: Sequence[Env[Any, Any]]) -> None:
    """Close every env; one that fails to close is logged."""
    for env in envs:
        try:
            env.close()
        except Exception:
            logging.getLogger(__name__).warning("could not close %s", env.unwrapped, exc_info=True)
