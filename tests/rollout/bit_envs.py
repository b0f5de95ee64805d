"""A small env whose values are known exactly, and agents that read and write it as text and as tokens."""

from dataclasses import dataclass, field
from math import log

from gem.agents import Reply
from gem.agents.scripted import TextAgent
from gem.core import Env, termination, transition
from tests.rollout.test_episode import Letters

TURNS = 4


@dataclass
class Said:
    bits: list[int] = field(default_factory=list)


class Bits(Env):
    """Four turns of a bit each: a 1 pays 0.1, four of them 1 more at the end."""

    forks, closes = 0, 0

    def _reset(self):
        self.state = Said()
        return "bits: ", {}

    def _step(self, action):
        bits = self.state.bits
        bits.append(int(action))
        reward = 0.1 * bits[-1] + self.luck()
        if len(bits) == TURNS:
            return termination("over", reward + all(bits), success=all(bits))
        return transition(f"bits: {bits}", reward)

    def luck(self):
        return 0.0

    def sample_random_action(self, rng=None):
        return str(rng.integers(2))

    def fork(self):
        type(self).forks += 1
        return super().fork()

    def close(self):
        type(self).closes += 1


class LuckyBits(Bits):
    """Each turn pays up to 1 more, by chance."""

    def luck(self):
        return float(self.rng.random())


class FragileBits(Bits):
    """Breaks where the second bit is a 1."""

    def _step(self, action):
        if len(self.state.bits) == 1 and action == "1":
            raise RuntimeError("the world broke")
        return super()._step(action)


def true_value(bits, gamma, chance_of_one=0.5):
    """V of the state after `bits`, for a policy that says 1 with this chance at every turn."""
    return sum(
        share * true_action_value([*bits, bit], gamma, chance_of_one)
        for bit, share in ((0, 1 - chance_of_one), (1, chance_of_one))
    )


def true_action_value(bits, gamma, chance_of_one=0.5):
    """Q of having said the last of `bits`."""
    if len(bits) == TURNS:
        return 0.1 * bits[-1] + all(bits)
    return 0.1 * bits[-1] + gamma * true_value(bits, gamma, chance_of_one)


class Yes(TextAgent):
    """Always says 1."""

    def reply(self, request):
        return "1"


class TokenAgent:
    """Says a random bit as a token, and keeps what it was asked."""

    renderer = Letters()

    def __init__(self):
        self.prompts, self.batches = [], []

    def act(self, requests):
        self.batches.append([request.slot for request in requests])
        self.prompts += [list(request.prompt_ids) for request in requests]
        bits = [int(request.rng.integers(2)) for request in requests]
        return [Reply(str(bit), [ord(str(bit))], [log(0.5)]) for bit in bits]


def said(episode):
    """The bits that were said in an episode."""
    return [int(turn.action) for turn in episode.turns]
