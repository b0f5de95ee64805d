"""Optimal play for ToyText: dynamic programming over gymnasium's transition tables, and over the cards of Blackjack.

Pure functions; no gymnasium is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

Table = Mapping[int, Mapping[int, Sequence[tuple[float, int, float, bool]]]]
"""state → action → outcomes: probability, next state, reward, whether it ends the episode."""
HASTE = 1e-6
"""What a turn costs beside the chance of success: of two ways as sure, the shorter one is taken."""
BUST, DEALER_STANDS, CARDS = 21, 17, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10)
"""Blackjack: the highest total, what the dealer stands on, and the values of a suit (an endless deck)."""


def best_actions(table: Table, wins: Callable[[float, bool], bool], turns: int) -> np.ndarray[Any, np.dtype[np.int8]]:
    """The action that makes success most likely, by turns left (0 to `turns`) and state: shape (turns + 1, states).

    `wins(reward, ended)` says which outcome is the goal.
    """
    n_states, n_actions = len(table), len(table[0])
    width = max(len(outcomes) for actions in table.values() for outcomes in actions.values())
    chance = np.zeros((n_states, n_actions, width))
    value_now, goes_on = np.zeros_like(chance), np.zeros_like(chance)
    after = np.zeros(chance.shape, dtype=int)
    for state, actions in table.items():
        for action, outcomes in actions.items():
            for index, (probability, there, reward, ended) in enumerate(outcomes):
                place = state, action, index
                chance[place], after[place] = probability, there
                value_now[place] = wins(float(reward), ended)
                goes_on[place] = not ended
    best = np.zeros((turns + 1, n_states), dtype=np.int8)
    values = np.zeros(n_states)
    for left in range(1, turns + 1):
        by_action = (chance * (value_now + goes_on * (values[after] - HASTE))).sum(axis=2)
        best[left], values = by_action.argmax(axis=1), by_action.max(axis=1)
    return best


def total(hand: Sequence[int]) -> tuple[int, bool]:
    """The value of a hand, and whether it counts an ace as 11."""
    points = sum(hand)
    soft = 1 in hand and points + 10 <= BUST
    return points + 10 * soft, soft


def should_hit(hand: Sequence[int], dealer_card: int) -> bool:
    """Whether another card makes winning more likely than standing."""
    points, soft = total(hand)
    return _hitting(points, soft, dealer_card) > _standing(points, dealer_card)


def _with_card(points: int, soft: bool, card: int) -> tuple[int, bool]:
    if card == 1 and points + 11 <= BUST:
        return points + 11, True
    points += card
    if points > BUST and soft:
        return points - 10, False
    return points, soft


@lru_cache(maxsize=4096)
def _hitting(points: int, soft: bool, dealer_card: int) -> float:
    """The chance to win if another card is taken, and the best is done from there."""
    chance = 0.0
    for card in CARDS:
        there, still_soft = _with_card(points, soft, card)
        if there <= BUST:
            chance += max(_standing(there, dealer_card), _hitting(there, still_soft, dealer_card))
    return chance / len(CARDS)


@lru_cache(maxsize=4096)
def _standing(points: int, dealer_card: int) -> float:
    """The chance that the dealer ends below `points`, or above 21."""
    ends = _dealer(*_with_card(0, False, dealer_card))
    return sum(chance for end, chance in ends.items() if end < points or end > BUST)


@lru_cache(maxsize=4096)
def _dealer(points: int, soft: bool) -> dict[int, float]:
    """Where the dealer ends, with what chance."""
    if points >= DEALER_STANDS:
        return {points: 1.0}
    ends: dict[int, float] = {}
    for card in CARDS:
        for end, chance in _dealer(*_with_card(points, soft, card)).items():
            ends[end] = ends.get(end, 0.0) + chance / len(CARDS)
    return ends
