"""GuessTheNumber for a policy in a table, with one state for each interval that the answers leave.

`play` is the env's rules for many episodes at once (a test compares it with `GuessTheNumberEnv`). The policy only
guesses numbers that are still possible. `exact` gives its true averages over all hidden numbers: no sampling.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from softmax_table import Estimate, Floats, SoftmaxTable, Turns, Whole


class Averages(NamedTuple):
    """What a policy does on average over all hidden numbers and all of its own chances."""

    turns: float
    success: float
    total_reward: float


class Game(NamedTuple):
    """Numbers 0..size-1, at most `limit` turns; a loss pays its nearness if `partial_credit`, else `loss`."""

    size: int
    limit: int
    partial_credit: bool = True
    loss: float = 0.0

    def policy(self, lr: float = 0.05) -> SoftmaxTable:
        """All numbers of an interval are equally likely; the interval from low to high is row low * size + high."""
        low_S, high_S = np.divmod(np.arange(self.size**2), self.size)
        # Rows of no interval are never read; they allow their own number, so that they are no special case.
        number_A = np.arange(self.size)
        inside_S_A = (number_A >= low_S[:, None]) & (number_A <= np.maximum(low_S, high_S)[:, None])
        return SoftmaxTable(inside_S_A, lr)

    def reward(self, guess_B: Whole, target_B: Whole, turn: int) -> Floats:
        """What a guess pays in turn number `turn`, counted from 1."""
        lost_B = 1 - np.abs(guess_B - target_B) / max(1, self.size - 1) if self.partial_credit else self.loss
        return np.where(guess_B == target_B, 1.0, lost_B if turn == self.limit else 0.0)


def play(
    game: Game, policy: SoftmaxTable, groups: int, rng: np.random.Generator, group_size: int = 1
) -> tuple[Turns, Whole]:
    """`groups` times `group_size` episodes, those of a group with one hidden number; and each episode's number."""
    target_B = np.repeat(rng.integers(game.size, size=groups), group_size)
    low_B, high_B = np.zeros_like(target_B), np.full_like(target_B, game.size - 1)
    going = np.arange(len(target_B))
    columns: list[tuple[Whole, Floats, Whole, Whole]] = []
    for turn in range(1, game.limit + 1):
        state = low_B[going] * game.size + high_B[going]
        guess, target = policy.draw(state, rng), target_B[going]
        columns.append((going, game.reward(guess, target, turn), state, guess))
        low_B[going] = np.where(guess < target, guess + 1, low_B[going])
        high_B[going] = np.where(guess > target, guess - 1, high_B[going])
        going = going[guess != target]
        if not len(going):
            break
    episode_N, rewards_N, state_N, action_N = (np.concatenate(column) for column in zip(*columns, strict=True))
    order = np.argsort(episode_N, kind="stable")
    episode_N = episode_N[order]
    return Turns(rewards_N[order], episode_N, episode_N // group_size, state_N[order], action_N[order]), target_B


def train(
    game: Game, estimate: Estimate, *, steps: int, seed: int, episodes: int = 64, group_size: int = 1, lr: float = 0.05
) -> SoftmaxTable:
    """A new policy after `steps` updates, each on `episodes` fresh episodes."""
    policy, rng = game.policy(lr), np.random.default_rng(seed)
    for _ in range(steps):
        turns, _ = play(game, policy, episodes // group_size, rng, group_size)
        policy.improve(turns, estimate(turns))
    return policy


def exact(game: Game, policy: SoftmaxTable) -> Averages:
    """The policy's averages."""

    def drawn(low: int, high: int, worth_A_3_T: Floats) -> Floats:
        probabilities_A = policy.probabilities(np.array([low * game.size + high]))[0, low : high + 1]
        return np.tensordot(probabilities_A, worth_A_3_T, axes=1)

    return _averages(game, drawn)


def optimum(game: Game) -> float:
    """Mean turns of the best player, who has turns enough: a shorter limit would count losses as short episodes."""

    def best(low: int, high: int, worth_A_3_T: Floats) -> Floats:
        del low, high
        return worth_A_3_T[int(np.argmin(worth_A_3_T[:, 0, 0]))]

    return _averages(game._replace(limit=game.size), best).turns


def _averages(game: Game, chosen: Callable[[int, int, Floats], Floats]) -> Averages:
    """From the shortest intervals up to the whole one: what all hidden numbers of an interval add up to.

    After a guess, that is the sum over the two intervals beside it, one turn later; `chosen` makes of what each guess
    leads to (A x 3 x turns already taken) what the player's does.
    """
    size, limit = game.size, game.limit
    numbers = np.arange(size)
    late_A_A = np.stack([game.reward(np.full(size, guess), numbers, limit) for guess in numbers])
    upto_A_A = np.pad(late_A_A.cumsum(axis=1), ((0, 0), (1, 0)))
    # Turns, wins and rewards by the turns already taken, of low..end-1; nothing where low is end.
    worth = np.zeros((size + 1, size + 1, 3, limit + 1))
    for length in range(1, size + 1):
        for low in range(size - length + 1):
            end = low + length
            beside = worth[low, low:end] + worth[low + 1 : end + 1, end]
            by_guess = np.zeros_like(beside)
            by_guess[:, :, :-1] = beside[:, :, 1:]
            by_guess[:, 0, :-1] += length
            by_guess[:, 1:, :-1] += 1
            by_guess[:, 2, limit - 1] += upto_A_A[low:end, end] - upto_A_A[low:end, low] - 1  # all but the win
            worth[low, end] = chosen(low, end - 1, by_guess)
    return Averages(*(worth[0, size][:, 0] / size).tolist())
