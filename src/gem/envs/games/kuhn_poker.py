"""Kuhn poker: three cards, one bet; end a match of many hands ahead of an opponent with fixed habits.

    easy     24 hands, edge 5 to 7, 4 chips ahead     hard     36 hands, edge 2 to 3, 2 chips ahead
    plain    24 hands, edge 3 to 5, 2 chips ahead     random   36 hands, edge 2 to 7, 2 chips ahead

The edge is what the best answer to the opponent's habits wins in twelve hands, in chips. Twelve hands hold
each deal once from both sides, so the cards favour nobody and skill decides. The habits have to be found out:
all cards are shown after a hand. The solver answers what it has seen and guesses the rest; it won all of
2,500 matches measured, though no strategy can be sure to. With partial credit, a smaller lead pays its share of
the goal. `KuhnPokerMatch` is the match of twelve hands for two agents: a half each if they end even, more for
whoever is ahead.

    tier    trivial    easy    medium    hard    very hard
    edge    6 to 7       5        4        3         2
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import product
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._two_players import Duel, DuelState, Match, Payoffs, Table

CARDS = "JQK"
JACK, KING = CARDS[0], CARDS[-1]
PASS, BET = "p", "b"
WORDS = {
    **dict.fromkeys(("pass", "check", "fold", PASS), PASS),
    **dict.fromkeys(("bet", "call", "raise", BET), BET),
}
FULL = {PASS: "pass", BET: "bet"}
ENDINGS = {"pp": 1, "bp": 1, "bb": 2, "pbp": 1, "pbb": 2}
"""How a hand may go → the chips at stake."""
SITUATIONS = [(card, before) for card in CARDS for before in ("", "p", "b", "pb")]
"""A card and what was done before: where a player decides."""
OBVIOUS = {(KING, "b"): BET, (KING, "pb"): BET, (JACK, "b"): PASS, (JACK, "pb"): PASS}
"""What to do where only one thing makes sense: no king folds, no jack calls."""
PLANS = ("bb", "bp", "pb", "pp")
"""What a player may mean to do at its next two decisions."""
DECISIONS = 18
"""Decisions of one player in twelve hands, at most."""

Deal = tuple[str, str, int]
"""The cards of player 0 and 1, and who moves first."""
DEALS: list[Deal] = [
    (mine, theirs, first) for mine, theirs in product(CARDS, CARDS) if mine != theirs for first in (0, 1)
]
"""Every deal."""
BetChance = Callable[[str, str], float]
"""The chance that a player bets with a card after what was done before."""


@dataclass(slots=True)
class Hands(Table[str]):
    """The rules; moves are `PASS` and `BET`."""

    deals: list[Deal] = field(default_factory=lambda: list(DEALS))
    done: list[str] = field(default_factory=lambda: [""])
    """What was done in each hand so far, the present one last."""
    names: ClassVar[tuple[str, str]] = ("A", "B")
    suffix: ClassVar[str] = "Enter your move as \\boxed{pass} or \\boxed{bet}.\n"

    @property
    def mover(self) -> int:
        hand = min(len(self.done), len(self.deals)) - 1
        return (self.deals[hand][2] + len(self.done[-1])) % 2

    @property
    def payoffs(self) -> Payoffs | None:
        if len(self.done) <= len(self.deals):
            return None
        share = self.chips(0) / (4 * len(self.deals))
        return 0.5 + share, 0.5 - share

    def chips(self, player: int) -> int:
        """What `player` has won so far, less what it has lost."""
        return sum(won_by(player, deal, done) for deal, done in zip(self.deals, self.done, strict=False))

    def rules(self, player: int) -> str:
        return (
            f"Kuhn poker: you are {self.names[player]}, the other player is {self.names[1 - player]}. In each of"
            f" {len(self.deals)} hands both put in a chip and get one of three cards: K beats Q, Q beats J.\n"
            "Whoever moves first bets another chip or passes. After a bet the other bets too (a call), or passes and"
            " gives up what is in the middle. After a pass the other may bet, which the first then answers. The higher"
            " card wins otherwise.\n"
            "In every 12 hands each deal comes once from both sides. After a hand its cards are shown.\n"
        )

    def view(self, player: int) -> str:
        past = "".join(self._line(hand, player) for hand in range(min(len(self.done) - 1, len(self.deals))))
        past = f"Hands so far (your card, the other's, moves, your chips):\n{past}" if past else ""
        chips = f"{self.chips(player):+d}" if past else "0"
        if self.payoffs is not None:
            return f"{past}Your chips: {chips}.\n"
        deal, done = self.deals[len(self.done) - 1], self.done[-1]
        said = f"moves so far: {self._moves(deal, done)}" if done else f"{self.names[deal[2]]} moves first"
        return f"{past}Your chips: {chips}. Hand {len(self.done)}: you hold {deal[player]}; {said}.\n"

    @staticmethod
    def parse(words: list[str]) -> str | None:
        return WORDS.get(words[0]) if len(words) == 1 else None

    def refusal(self, move: str) -> str:
        del move  # there is always a choice between the two
        return ""

    def play(self, move: str) -> str:
        hand = len(self.done) - 1
        event = f"{self.names[self.mover]} {'bets' if move == BET else 'passes'}."
        self.done[hand] += move
        if self.done[hand] not in ENDINGS:
            return event
        deal = self.deals[hand]
        winner = 0 if won_by(0, deal, self.done[hand]) > 0 else 1
        self.done.append("")
        stake = ENDINGS[self.done[hand]]
        return f"{event} {self.names[winner]} wins {stake} with {deal[winner]} against {deal[1 - winner]}."

    def random_move(self, rng: np.random.Generator) -> str:
        return FULL[PASS if rng.random() < 0.5 else BET]

    def _line(self, hand: int, player: int) -> str:
        deal, done = self.deals[hand], self.done[hand]
        return f"{deal[player]} {deal[1 - player]}: {self._moves(deal, done)}: {won_by(player, deal, done):+d}\n"

    def _moves(self, deal: Deal, done: str) -> str:
        return ", ".join(f"{self.names[(deal[2] + turn) % 2]} {FULL[move]}" for turn, move in enumerate(done))


class KuhnPokerEnv(Duel[Hands, str]):
    """`rounds` times twelve hands against habits whose edge lies within `edge`; the goal is a lead of `goal` chips.

    Raises `ValueError` if no habits have such an edge.
    """

    suffix = Hands.suffix
    parse = staticmethod(Hands.parse)
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"rounds": 2, "edge": (6, 7)},
        "easy": {"rounds": 2, "edge": (5, 5)},
        "medium": {"rounds": 2, "edge": (4, 4)},
        "hard": {"rounds": 3, "edge": (3, 3)},
        "very hard": {"rounds": 3, "edge": (2, 2)},
    }

    def __init__(
        self, rounds: int = 2, edge: tuple[int, int] = (3, 5), goal: int = 1, partial_credit: bool = True
    ) -> None:
        super().__init__(partial_credit)
        if rounds < 1 or goal < 1 or not habits_with(*edge):
            raise ValueError(f"rounds {rounds}, goal {goal} and edge {edge}: at least 1, 1 and within 2 to 7")
        self.rounds, self.edge, self.goal = rounds, edge, goal

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> DuelState[Hands]:
        choices = habits_with(*self.edge)
        habits = choices[self.rng.integers(len(choices))]
        table = Hands(shuffled_deals(self.rng, self.rounds))
        self.state = DuelState(DECISIONS * self.rounds, table=table, goal=self.goal, script=habits)
        self.answered()
        return self.state

    def reply(self) -> str:
        table = self.state.table
        card = table.deals[len(table.done) - 1][1]
        return self.state.script[SITUATIONS.index((card, table.done[-1]))]

    def share(self, payoffs: Payoffs) -> float:
        del payoffs
        return self.state.table.chips(0) / self.state.goal

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        return (
            f"{super().rules()}B has fixed habits: with the same card after the same moves it always does the same."
            " It never folds a K and never calls with a J.\n"
            f"Your goal: be ahead by {state.goal} or more chips at the end.\n"
        )

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """The best answer to the habits seen so far, and to a guess at the others, given the deals still to come."""
        table = self.state.table
        hand, before = len(table.done) - 1, table.done[-1]
        past = zip(table.deals[:hand], table.done, strict=False)
        known = {
            (deal[1], done[:turn]): float(done[turn] == BET)
            for deal, done in past
            for turn in range(len(done))
            if (deal[2] + turn) % 2 == 1
        }
        card, _, first = table.deals[hand]
        seen = table.deals[hand - hand % len(DEALS) : hand]
        possible = [deal for deal in DEALS if deal[0] == card and deal[2] == first and deal not in seen]
        _, plan = best_plan(possible, before, lambda card, done: known.get((card, done), guess(card, done)))
        return f"\\boxed{{{FULL[plan[0]]}}}"


class KuhnPokerMatch(Match[Hands, str]):
    """Two agents, "A" and "B"."""

    table = Hands
    max_replies = DECISIONS + 1

    def new_table(self) -> Hands:
        return Hands(shuffled_deals(self.rng, 1))


# -- one hand: pure functions -------------------------------------------------------------------


def shuffled_deals(rng: np.random.Generator, rounds: int) -> list[Deal]:
    """Every deal once in each round, in a random order."""
    return [DEALS[place] for _ in range(rounds) for place in rng.permutation(len(DEALS)).tolist()]


def won_by(player: int, deal: Deal, done: str) -> int:
    """The chips that a hand brought `player`: nothing while it goes on."""
    stake = ENDINGS.get(done, 0)
    if done in {"bp", "pbp"}:
        winner = (deal[2] + len(done)) % 2  # whoever passed gave up: the other one, who would move next
    else:
        winner = 0 if CARDS.index(deal[0]) > CARDS.index(deal[1]) else 1
    return stake if winner == player else -stake


def expected(plan: str, deal: Deal, done: str, bets: BetChance) -> float:
    """Chips that player 0 wins on average if it does what `plan` says at its next decisions."""
    if done in ENDINGS:
        return won_by(0, deal, done)
    if (deal[2] + len(done)) % 2 == 0:
        return expected(plan[1:], deal, done + plan[0], bets)
    chance = bets(deal[1], done)
    after_bet, after_pass = (expected(plan, deal, done + move, bets) for move in (BET, PASS))
    return chance * after_bet + (1 - chance) * after_pass


def best_plan(deals: list[Deal], done: str, bets: BetChance) -> tuple[float, str]:
    """The plan of player 0 that wins most over all these deals, each weighed by how well it explains what B did."""
    weights = [explained(deal, done, bets) for deal in deals]
    return max(
        (sum(weight * expected(plan, deal, done, bets) for deal, weight in zip(deals, weights, strict=True)), plan)
        for plan in PLANS
    )


def explained(deal: Deal, done: str, bets: BetChance) -> float:
    """The chance that player 1 does what it did in `done`, holding its card of this deal."""
    chance = 1.0
    for turn, move in enumerate(done):
        if (deal[2] + turn) % 2 == 1:
            bet = bets(deal[1], done[:turn])
            chance *= bet if move == BET else 1 - bet
    return chance


def edge_of(habits: str) -> int:
    """What the best answer to these habits wins in twelve hands."""
    total = 0.0
    for mine in CARDS:
        first, second = ([deal for deal in DEALS if deal[0] == mine and deal[2] == place] for place in (0, 1))
        spots = ((first, ""), (second, PASS), (second, BET))
        total += sum(best_plan(deals, done, partial(habit, habits))[0] for deals, done in spots)
    return round(total)


def habit(habits: str, card: str, done: str) -> float:
    """1 if these habits bet there, else 0."""
    return float(habits[SITUATIONS.index((card, done))] == BET)


@lru_cache(maxsize=256)
def habits_with(low: int, high: int) -> list[str]:
    """All sensible habits whose edge lies within these bounds."""
    return [habits for habits, edge in _sensible_habits() if low <= edge <= high]


@lru_cache(maxsize=1)
def _sensible_habits() -> list[tuple[str, int]]:
    choices = [OBVIOUS.get(situation, PASS + BET) for situation in SITUATIONS]
    return [(habits, edge_of(habits)) for habits in map("".join, product(*choices))]


def guess(card: str, before: str) -> float:
    """The chance of a bet where the habit is not known."""
    if (card, before) in OBVIOUS:
        return float(OBVIOUS[card, before] == BET)
    return 0.45 if before.endswith(BET) else {"J": 0.4, "Q": 0.3, "K": 0.7}[card]
