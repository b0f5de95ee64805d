"""Small envs whose statistics are known exactly."""

from dataclasses import dataclass

from gem.core import Env, termination, transition


@dataclass
class Countdown:
    left: int


class ShortOrLong(Env):
    """Episodes of 1 or 15 turns, one as likely as the other: the mean length is 8."""

    def _reset(self):
        self.state = Countdown(15 if self.rng.random() < 0.5 else 1)
        return f"{self.state.left} turns to go", {}

    def _step(self, action):
        self.state.left -= 1
        if self.state.left == 0:
            return termination("over", 1.0, success=True)
        return transition(f"{self.state.left} turns to go", 0.1)

    def sample_random_action(self, rng=None):
        return "go"


class Fails(ShortOrLong):
    """Raises in the third turn of long episodes."""

    def _step(self, action):
        if self.state.left == 13:
            raise RuntimeError("the world broke")
        return super()._step(action)


class FailsToReset(ShortOrLong):
    """Cannot be reset."""

    def _reset(self):
        raise OSError("no connection")
