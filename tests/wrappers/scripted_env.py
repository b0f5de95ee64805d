"""An env that says what it is told to say."""

from __future__ import annotations

from dataclasses import dataclass

from gem.core import Env, StepResult


@dataclass
class Line:
    at: int = 0


class Scripted(Env):
    """Gives the observations and infos of a script; the last one ends the episode."""

    def __init__(self, *script):
        super().__init__()
        self.script = [entry if isinstance(entry, tuple) else (entry, {}) for entry in script]

    def _reset(self, skip=0):
        self.state = Line(skip)
        obs, info = self.script[skip]
        return obs, dict(info)

    def _step(self, action):
        self.state.at += 1
        obs, info = self.script[self.state.at]
        return StepResult(obs, 0.5, self.state.at == len(self.script) - 1, False, dict(info))


def observations(env, actions=None):
    """The observations of an episode."""
    seen = [env.reset()[0]]
    for action in actions or [f"act{turn}" for turn in range(len(env.unwrapped.script) - 1)]:
        seen.append(env.step(action)[0])
    return seen
