"""Envs in this process: building their seats, replacing one, closing them all."""

from __future__ import annotations

import logging
from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from gem.core import Env
from gem.vector.base import VectorEnv
from gem.vector.seat import Seat, Seated


class NearVectorEnv(VectorEnv):
    """The part that the executors within this process share."""

    envs: list[Seated]
    _places: list[Seat]

    def _open(self) -> None:
        self._places = []
        try:
            for make in self.env_fns:
                self._places.append(Seat(make(), self.autoreset_mode))
            self._ready_executor()
        except BaseException:
            self._close_envs()
            raise
        self.envs = [Seated(seat) for seat in self._places]

    @abstractmethod
    def _ready_executor(self) -> None:
        """The envs are there: set up what runs them."""

    def _succeed(self, index: int) -> Seat:
        """Put a successor in the place of an env that cannot be used any more; it is built when it is first needed."""
        seat = self._places[index].successor(self.env_fns[index], self._replacement_seed(index))
        self._places[index], self.envs[index] = seat, Seated(seat)
        return seat

    def _close_envs(self) -> None:
        close_all([seat.env for seat in self._places if seat.is_built])


def close_all(envs: Sequence[Env[Any, Any]]) -> None:
    """Close every env; one that fails to close is logged."""
    for env in envs:
        try:
            env.close()
        except Exception:
            logging.getLogger(__name__).warning("could not close %s", env.unwrapped, exc_info=True)
