"""An env that says which env, episode and turn this is; it can be told to break."""

from __future__ import annotations

from gem.core import Env
from gem.vector import AutoresetMode, SyncVectorEnv


class CountUp(Env):
    """Overrides reset and step, as envs of other gyms do. Plans: `{(episode, turn): error}`; turn 0 is the reset."""

    def __init__(self, name="env 0", length=3, plans=None):
        super().__init__()
        self.name, self.length, self.plans = name, length, dict(plans or {})
        self.episode = self.turn = 0
        self.closed = 0

    def reset(self, seed=None, length=None):
        super().reset(seed)
        self.length = length or self.length
        self.episode, self.turn = self.episode + 1, 0
        self._perhaps_break()
        return self._text(), {"episode": self.episode}

    def step(self, action):
        self.turn += 1
        self._perhaps_break()
        done = self.turn >= self.length
        return self._text(), 1.0, done, False, {"correct": True} if done else {}

    def close(self):
        self.closed += 1

    def _text(self):
        return f"{self.name} episode {self.episode} turn {self.turn}"

    def _perhaps_break(self):
        if error := self.plans.get((self.episode, self.turn)):
            raise error


def vector(count, lengths=None, plans=None, mode=AutoresetMode.SAME_STEP, wrap=lambda env: env):
    """Envs that count, each with its length and its plans."""

    def maker(index):
        length = lengths[index] if lengths else 3
        return lambda: wrap(CountUp(f"env {index}", length, (plans or {}).get(index)))

    return SyncVectorEnv([f"test:{index}" for index in range(count)], [maker(index) for index in range(count)], mode)
