"""Negotiation: two sides divide items that are worth something else to each, by offers in turn.

    easy     3 kinds of items, 6 offers (-v1: chance 40 to 70 %)    hard     4 kinds, 8 offers, chance up to 34 %
    plain    3 kinds, 8 offers, chance up to 50 %                   random   2 to 4 kinds, 8 offers, chance up to 50 %

All items come to 10 for each side; how much one is worth to the other side is its secret. The opponent asks
for less as time passes, sooner or later as it is stubborn, and never goes below a limit. The goal is the most
that it can be brought to leave; the chance is that of insisting on any share that reaches it and spares what can
be spared. Each instance is one that the solver wins, seeing only what the player sees, but not at once. With
partial credit, a smaller deal pays its share of the goal. `NegotiationMatch` is the game for two agents: each
gets a tenth of what its items are worth to it, and nothing without a deal.

    tier        trivial       easy        medium        hard     very hard
    kinds           3           3            3            3           4
    chance      over 50 %   40 to 50 %   30 to 40 %   20 to 30 %   up to 20 %
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem.envs.games._negotiation_solver import TOTAL, Split, best_offer, leanest, ledgers, rest, splits
from gem.envs.games._two_players import Duel, DuelState, Match, Payoffs, Table

ITEMS = ("books", "hats", "balls", "cups")
MOST = {2: 4, 3: 4, 4: 2}
"""Items of a kind, at most, by the number of kinds."""
ACCEPT: Split = ()
LEAVE: Split = (-1,)
"""Moves that are no offers."""
WORDS = {
    **dict.fromkeys(("accept", "agree", "deal"), ACCEPT),
    **dict.fromkeys(("leave", "quit"), LEAVE),
}
FILLERS = frozenset(
    {"offer", "propose", "ask", "i", "take", "keep", "and"} | {name for item in ITEMS for name in (item, item[:-1])}
)
LIMITS = (3, 6)
"""Worth below which the opponent never goes: the limit is drawn from here."""
PATIENCE = (0.5, 1.0, 2.0)
"""Exponents of the opponent's curve of demands: above 1 it gives in late."""
SPARE_TURNS = 2
"""Turns more than offers: for illegal moves."""
MAX_TRIES = 500
"""Instances drawn at most until one fits; a few dozen are enough."""
NO_OFFERS = "No offers yet.\n"


@dataclass(slots=True)
class Plan:
    """What the opponent has in mind."""

    asks: list[Split]
    """What it asks for at each of its offers."""
    demands: list[float]
    """The worth that satisfies it, at each of them and after the last."""


@dataclass(slots=True)
class Bargain(Table[Split]):
    """The rules; a move is what the mover asks for itself, or `ACCEPT` or `LEAVE`. Each side has `rounds` offers."""

    counts: Split = (1, 1, 1)
    values: tuple[Split, Split] = ((1, 1, 8), (8, 1, 1))
    """What an item of each kind is worth to each side."""
    rounds: int = 8
    opener: int = 0
    """Who offers first."""
    offers: list[Split] = field(default_factory=list[Split])
    """What was asked for, by turns."""
    ended: str = ""
    """How it ended: "deal", "no deal", or not yet."""
    names: ClassVar[tuple[str, str]] = ("A", "B")
    suffix: ClassVar[str] = (
        "Enter your move as \\boxed{offer ...}, a number for each kind of item, or \\boxed{accept}.\n"
    )

    @property
    def mover(self) -> int:
        return (self.opener + len(self.offers)) % 2

    @property
    def payoffs(self) -> Payoffs | None:
        if not self.ended:
            return None
        if self.ended != "deal":
            return 0.0, 0.0
        asked = self.offers[-1]
        shares = asked, rest(self.counts, asked)
        asker = 1 - self.mover
        return self._payoff(0, shares[asker]), self._payoff(1, shares[1 - asker])

    def rules(self, player: int) -> str:
        me, other = self.names[player], self.names[1 - player]
        items = "; ".join(
            f"{name}: {count}, worth {value} each"
            for name, count, value in zip(ITEMS, self.counts, self.values[player], strict=False)
        )
        return (
            f"You are {me}. You and {other} divide these, worth {TOTAL} to you in all.\n{items}.\n"
            f"They are worth {TOTAL} to {other} too, but {other} has its own values.\n"
            f"You offer in turn, each at most {self.rounds} times; without a deal both get nothing.\n"
            f"An offer is what you keep of each: \\boxed{{offer {_spaced(_some(self.counts))}}} leaves the rest to"
            f" {other}. \\boxed{{accept}} takes the last offer, \\boxed{{leave}} ends it without a deal.\n"
        )

    def view(self, player: int) -> str:
        lines = [self._line(turn, player) for turn in range(len(self.offers))]
        left = max(2 * self.rounds - len(self.offers) + (self.mover == player), 0) // 2
        last = "" if self.ended else f"Offers left to you: {left}.\n"
        return f"{''.join(lines) or NO_OFFERS}{last}"

    @staticmethod
    def parse(words: list[str]) -> Split | None:
        words = [word for word in words if word not in FILLERS]
        if len(words) == 1 and words[0] in WORDS:
            return WORDS[words[0]]
        if not words or any(word.isalpha() for word in words):
            return None
        return tuple(map(int, words))

    def refusal(self, move: Split) -> str:
        if move == LEAVE:
            return ""
        if move == ACCEPT:
            return "" if self.offers else "there is no offer to accept."
        if len(self.offers) >= 2 * self.rounds:
            return "no offers are left: accept or leave."
        if len(move) != len(self.counts):
            return f"an offer has {len(self.counts)} numbers, one for each kind of item."
        if any(not 0 <= asked <= count for asked, count in zip(move, self.counts, strict=True)):
            return f"there are {_spaced(self.counts)} to divide."
        return ""

    def play(self, move: Split) -> str:
        name = self.names[self.mover]
        if move == ACCEPT:
            self.ended = "deal"
            return f"{name} accepts."
        if move == LEAVE:
            self.ended = "no deal"
            return f"{name} leaves without a deal."
        self.offers.append(move)
        return f"{name} asks for {_spaced(move)}."

    def random_move(self, rng: np.random.Generator) -> str:
        if self.offers and (len(self.offers) >= 2 * self.rounds or rng.random() < 0.1):
            return "accept"
        choices = splits(self.counts)
        return f"offer {_spaced(choices[rng.integers(len(choices))])}"

    def worth(self, player: int, share: Split) -> int:
        """What a share is worth to `player`."""
        return ledgers(self.counts)[self.values[player]][share]

    def _payoff(self, player: int, share: Split) -> float:
        return self.worth(player, share) / TOTAL

    def _line(self, turn: int, player: int) -> str:
        asker, asked = (self.opener + turn) % 2, self.offers[turn]
        mine = asked if asker == player else rest(self.counts, asked)
        return f"{self.names[asker]}'s offer: {_spaced(mine)} for you, worth {self.worth(player, mine)}\n"


class NegotiationEnv(Duel[Bargain, Split]):
    """Items of `kinds` kinds, `None` to draw 2 to 4; insisting on a lean share wins with a chance within `chance`.

    Raises `ValueError` for other numbers of kinds, or no offers at all.
    """

    suffix = Bargain.suffix
    parse = staticmethod(Bargain.parse)
    tiers: ClassVar[dict[str, dict[str, Any]]] = {
        "trivial": {"kinds": 3, "rounds": 8, "chance": (0.5, 1.0)},
        "easy": {"kinds": 3, "rounds": 8, "chance": (0.4, 0.5)},
        "medium": {"kinds": 3, "rounds": 8, "chance": (0.3, 0.4)},
        "hard": {"kinds": 3, "rounds": 8, "chance": (0.2, 0.3)},
        "very hard": {"kinds": 4, "rounds": 8, "chance": (0.0, 0.2)},
    }

    def __init__(
        self,
        kinds: int | None = 3,
        rounds: int = 8,
        chance: tuple[float, float] = (0.0, 0.5),
        partial_credit: bool = True,
    ) -> None:
        super().__init__(partial_credit)
        if kinds not in {None, 2, 3, 4} or rounds < 1:
            raise ValueError(
                f"kinds {kinds} and rounds {rounds}: there are 2 to {len(ITEMS)} kinds and at least 1 round"
            )
        self.kinds, self.rounds, self.chance = kinds, rounds, chance

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> DuelState[Bargain]:
        low, high = self.chance
        for _ in range(MAX_TRIES):
            counts, mine, theirs = _drawn_items(self.rng, self.kinds)
            limit = int(self.rng.integers(*LIMITS, endpoint=True))
            goal, chance = _prospects(counts, mine, theirs, limit)
            if low < chance <= high:
                plan = self._plan(counts, theirs, limit)
                table = Bargain(counts, (mine, theirs), self.rounds, opener=1)
                self.state = DuelState(self.rounds + SPARE_TURNS, table=table, goal=goal / TOTAL, script=plan)
                if _winnable(self.state):
                    self.answered()
                    return self.state
        raise ValueError(f"no negotiation over {self.kinds} kinds in {self.rounds} rounds has chance {self.chance}")

    def _plan(self, counts: Split, values: Split, limit: int) -> Plan:
        """Demands that sink to the limit; each asks for one of the shares that just satisfy it."""
        patience = PATIENCE[self.rng.integers(len(PATIENCE))]
        demands = [TOTAL - (TOTAL - limit) * (turn / self.rounds) ** patience for turn in range(self.rounds + 1)]
        by_worth: dict[int, list[Split]] = {}
        for share, worth in ledgers(counts)[values].items():
            by_worth.setdefault(worth, []).append(share)
        choices = [by_worth[min(worth for worth in by_worth if worth >= demand)] for demand in demands[:-1]]
        return Plan([shares[self.rng.integers(len(shares))] for shares in choices], demands)

    def reply(self) -> Split:
        table, plan = self.state.table, self.state.script
        turn = len(table.offers) // 2
        if table.offers and table.worth(1, rest(table.counts, table.offers[-1])) >= plan.demands[turn]:
            return ACCEPT
        return plan.asks[turn] if turn < table.rounds else LEAVE

    # -- text -------------------------------------------------------------------------------

    def rules(self) -> str:
        state = self.state
        return (
            f"{super().rules()}B never asks for more than before, and accepts what is worth to it as much as what it"
            " would ask for next.\n"
            f"You have {state.max_turns} turns. Your goal: a deal that is worth {_goal(state)} or more to you.\n"
        )

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        move = _expert_move(self.state.table, _goal(self.state))
        return f"\\boxed{{{'accept' if move == ACCEPT else f'offer {_spaced(move)}'}}}"


class NegotiationMatch(Match[Bargain, Split]):
    """Two agents, "A" and "B"; A offers first, over three kinds of items."""

    table = Bargain
    max_replies = 12

    def new_table(self) -> Bargain:
        counts, first, second = _drawn_items(self.rng, 3)
        return Bargain(counts, (first, second))


def _drawn_items(rng: np.random.Generator, kinds: int | None) -> tuple[Split, Split, Split]:
    """How many there are of each kind, and what one is worth to either side: not the same to both."""
    number = int(rng.integers(2, len(ITEMS), endpoint=True)) if kinds is None else kinds
    values: list[Split] = []
    counts: Split = ()
    while len(values) < 2:
        counts = tuple(rng.integers(1, MOST[number], number, endpoint=True).tolist())
        values = list(ledgers(counts))
    mine = int(rng.integers(len(values)))
    theirs = int(rng.integers(len(values) - 1))
    return counts, values[mine], values[theirs + (theirs >= mine)]


@lru_cache(maxsize=4096)
def _prospects(counts: Split, mine: Split, theirs: Split, limit: int) -> tuple[int, float]:
    """The most that a side with such a limit can be brought to leave, and the part of `leanest` that gets it."""
    worth, theirs_worth = ledgers(counts)[mine], ledgers(counts)[theirs]
    agreeable = {share for share in splits(counts) if TOTAL - theirs_worth[share] >= limit}
    goal = max(worth[share] for share in agreeable)
    wanted = leanest(counts, mine, goal)
    return goal, sum(share in agreeable for share in wanted) / len(wanted)


def _goal(state: DuelState[Bargain]) -> int:
    return round(state.goal * TOTAL)


def _expert_move(table: Bargain, goal: int) -> Split:
    """The last offer if it is good enough; else what the other side most likely agrees to."""
    asked, mine = tuple(table.offers[::2]), table.offers[1::2]
    if table.worth(0, rest(table.counts, asked[-1])) >= goal:
        return ACCEPT
    refused = tuple(rest(table.counts, share) for share in mine)
    return best_offer(table.counts, table.values[0], goal, asked, refused)


def _winnable(state: DuelState[Bargain]) -> bool:
    """Whether the expert gets there, and not at once."""
    table, plan = state.table, state.script
    tried = Bargain(table.counts, table.values, table.rounds, table.opener)
    for turn, ask in enumerate(plan.asks):
        tried.offers.append(ask)
        move = _expert_move(tried, _goal(state))
        agreed = move == ACCEPT or table.worth(1, rest(table.counts, move)) >= plan.demands[turn + 1]
        if agreed:
            return turn > 0
        tried.offers.append(move)
    return False


def _spaced(share: Split) -> str:
    return " ".join(map(str, share))


def _some(counts: Split) -> Split:
    """An example of an offer: all but one of the first kind."""
    return (counts[0] - 1, *counts[1:])
