r"""Gymnasium's ToyText as text games: FrozenLake, Taxi, CliffWalking and Blackjack, by the ids they have there.

The rules and their chances are the package's own (extra `gymnasium`); the text, the solvers and the seeds are ours:
chance comes from `self.rng`, and what changes is a few numbers in the state, so that snapshots stay small. Success
pays 1 and nothing else pays. With `native_rewards=True` an episode pays what gymnasium pays, and a reply that cannot be
read costs what the worst move costs and its turn: to end the episode would be the cheapest way out of Taxi.

Perfect play always wins Taxi and CliffWalking; on slippery ice and at cards chance decides.
"""

from __future__ import annotations

import copy
from abc import abstractmethod
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from gem._extras import need
from gem.envs._toy_text_solvers import best_actions, should_hit, total
from gem.envs.games._game import Game, GameState, Kind, Outcome, lost, played, won

Options = tuple[tuple[str, Any], ...]
"""Arguments of `gymnasium.make`, sorted."""
UNREADABLE = -1
"""The move of a reply that could not be read, where that does not end the episode."""


@dataclass(slots=True)
class State(GameState):
    """What changes in a world of gymnasium."""

    memory: dict[str, Any] = field(default_factory=dict[str, Any])
    """Attribute of gymnasium's env → value."""


class ToyTextEnv(Game[State, int]):
    """An env of gymnasium's ToyText, by its id there; `options` go to `gymnasium.make`. Raises `MissingExtra`."""

    actions: ClassVar[tuple[str, ...]]
    """The word for each of gymnasium's action numbers."""
    worst: ClassVar[float] = 0.0
    """Gymnasium's reward for the worst move."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls.suffix = "Enter one of " + ", ".join(f"\\boxed{{{word}}}" for word in cls.actions) + ".\n"

    def __init__(self, name: str, max_turns: int = 100, native_rewards: bool = False, **options: Any) -> None:
        super().__init__(partial_credit=native_rewards)
        self.name, self.turn_limit, self.options = name, max_turns, tuple(sorted(options.items()))
        self.world = _world(self.name, self.options)

    # -- instance ---------------------------------------------------------------------------

    def new_game(self) -> State:
        world = self._world_now({})
        world.reset()
        return State(self.turn_limit, memory=self.memory_of(world))

    def _world_now(self, memory: dict[str, Any]) -> Any:
        """Gymnasium's env at a moment, drawing from our generator; a copy that nobody else holds."""
        world = copy.copy(self.world)
        for name, value in memory.items():
            setattr(world, name, value)
        world.np_random = self.rng
        return world

    def memory_of(self, world: Any) -> dict[str, Any]:
        """What must be remembered of gymnasium's env."""
        return {"s": int(world.s)}

    # -- text -------------------------------------------------------------------------------

    @classmethod
    def parse(cls, words: list[str]) -> int | None:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The number of an action, by its word or as it is."""
        said = "".join(words)
        if said in cls.actions:
            return cls.actions.index(said)
        return int(said) if said.isascii() and said.isdigit() and int(said) < len(cls.actions) else None

    def _read(self, action: Any) -> int | None:
        move = super()._read(action)
        return UNREADABLE if move is None and self.partial_credit else move

    # -- rules ------------------------------------------------------------------------------

    def play(self, move: int) -> Outcome:
        if move == UNREADABLE:
            return "no move could be read, so nothing is done.", self.worst, Kind.ILLEGAL
        world = self._world_now(self.state.memory)
        _, native, ended, _, _ = world.step(move)
        self.state.memory = self.memory_of(world)
        event, reward = self.told(move), float(native) if self.partial_credit else 0.0
        if not ended:
            return played(event, reward)
        return won(event, reward) if self.is_success(native) else lost(event, reward)

    @staticmethod
    def is_success(native: float) -> bool:
        """Whether an episode that ends with this reward of gymnasium's has reached its goal."""
        return native > 0

    @abstractmethod
    def told(self, move: int) -> str:
        """One sentence on what the move has led to."""

    # -- solver -----------------------------------------------------------------------------

    def solve(self) -> str:
        """What makes success most likely within the turns left, by dynamic programming over gymnasium's table."""
        best = _best(type(self), self.name, self.options, self.state.max_turns)
        left = self.state.max_turns - self.state.turn
        return f"\\boxed{{{self.actions[best[left, self.state.memory['s']]]}}}"

    def random_move(self, rng: np.random.Generator) -> str:
        return self.actions[rng.integers(len(self.actions))]


class FrozenLakeEnv(ToyTextEnv):
    """Cross the ice from S to G, around the holes. `is_slippery=False` makes each step go where it is meant."""

    actions = ("left", "down", "right", "up")
    luck = "the ice is slippery"

    def rules(self) -> str:
        state, world = self.state, self.world
        slippery = len(world.P[0][0]) > 1
        ice = "The ice is slippery: a step goes where you mean it, or to one side of that, a third each.\n"
        return (
            f"Cross a frozen lake of {world.nrow} rows and {world.ncol} columns from the start to the goal G, within"
            f" {state.max_turns} turns. H is a hole, which ends the game; F is ice; @ is you.\n"
            f"{ice if slippery else ''}Put a step in a box, such as \\boxed{{down}}.\n"
        )

    def board(self) -> str:
        rows = ["".join(letter.decode() for letter in row) for row in self.world.desc]
        row, col = divmod(self.state.memory["s"], self.world.ncol)
        rows[row] = f"{rows[row][:col]}@{rows[row][col + 1 :]}"
        return "\n".join(" ".join(line) for line in rows) + "\n"

    def told(self, move: int) -> str:
        row, col = divmod(self.state.memory["s"], self.world.ncol)
        place = {b"H": ", and there is a hole", b"G": ", and that is the goal"}.get(
            bytes(self.world.desc[row, col]), ""
        )
        return f"you step {self.actions[move]} and are in row {row + 1}, column {col + 1}{place}."


class CliffWalkingEnv(ToyTextEnv):
    """Walk along a cliff to the goal; a step over its edge leads back to the start."""

    actions = ("up", "right", "down", "left")
    worst = -100.0

    def rules(self) -> str:
        ice = "The ground is slippery: a step goes where you mean it, or to one side of that, a third each.\n"
        return (
            f"Walk from the lower left corner to the goal G within {self.state.max_turns} turns. C is a cliff: whoever"
            " steps there is back at the start. @ is you; . is safe ground.\n"
            f"{ice if self.world.is_slippery else ''}Put a step in a box, such as \\boxed{{up}}.\n"
        )

    def board(self) -> str:
        cells = [["."] * 12 for _ in range(3)] + [["S", *"C" * 10, "G"]]
        row, col = divmod(self.state.memory["s"], 12)
        cells[row][col] = "@"
        return "\n".join(map(" ".join, cells)) + "\n"

    @staticmethod
    def is_success(native: float) -> bool:
        """The goal is all that ends the walk."""
        del native
        return True

    def told(self, move: int) -> str:
        row, col = divmod(self.state.memory["s"], 12)
        return f"you step {self.actions[move]} and are in row {row + 1}, column {col + 1}."


class TaxiEnv(ToyTextEnv):
    """Fetch a passenger at one of four places and bring them to another."""

    actions = ("south", "north", "east", "west", "pickup", "dropoff")
    worst = -10.0
    places = "RGYB"

    def rules(self) -> str:
        return (
            "You drive the taxi T. Pick the passenger up where they wait (R, G, Y or B), and drop them off where they"
            f" want to go, within {self.state.max_turns} turns. | and the frame are walls, : is open.\n"
            "Put a move in a box: \\boxed{south}, \\boxed{north}, \\boxed{east}, \\boxed{west}, \\boxed{pickup} or"
            " \\boxed{dropoff}.\n"
        )

    def board(self) -> str:
        row, col, passenger, goal = self.world.decode(self.state.memory["s"])
        lines: list[str] = ["".join(letter.decode() for letter in block) for block in self.world.desc]
        lines[row + 1] = lines[row + 1][: 2 * col + 1] + "T" + lines[row + 1][2 * col + 2 :]
        where = "in the taxi" if passenger == 4 else f"at {self.places[passenger]}, {self._place(passenger)}"
        return (
            "\n".join(lines) + f"\nTaxi: row {row + 1}, column {col + 1}. Passenger: {where}."
            f" To go to: {self.places[goal]}, {self._place(goal)}.\n"
        )

    def _place(self, number: int) -> str:
        row, col = self.world.locs[number]
        return f"row {row + 1}, column {col + 1}"

    def told(self, move: int) -> str:
        row, col, passenger, _ = self.world.decode(self.state.memory["s"])
        riding = "with the passenger" if passenger == 4 else "empty"
        return f"{self.actions[move]}: the taxi is in row {row + 1}, column {col + 1}, {riding}."


class BlackjackEnv(ToyTextEnv):
    """Get nearer to 21 than the dealer, without going over it."""

    actions = ("stick", "hit")
    luck = "the cards decide"
    worst = -1.0

    def memory_of(self, world: Any) -> dict[str, Any]:
        return {"player": [int(card) for card in world.player], "dealer": [int(card) for card in world.dealer]}

    def _world_now(self, memory: dict[str, Any]) -> Any:
        return super()._world_now({name: list(cards) for name, cards in memory.items()})

    def rules(self) -> str:
        return (
            "Blackjack with an endless deck: get nearer to 21 than the dealer, but not above it. An ace counts 11 where"
            " that fits and else 1, faces count 10. The dealer shows one card, and at the end takes more up to 17.\n"
            "Put a move in a box: \\boxed{hit} takes a card, \\boxed{stick} ends your turn.\n"
        )

    def board(self) -> str:
        player, dealer = self.state.memory["player"], self.state.memory["dealer"]
        points, soft = total(player)
        return f"Your cards: {_cards(player)} ({'soft ' if soft else ''}{points}). Dealer: {_cards(dealer[:1])}.\n"

    def told(self, move: int) -> str:
        player, dealer = total(self.state.memory["player"])[0], total(self.state.memory["dealer"])[0]
        if self.actions[move] == "hit":
            return f"you take a {_cards(self.state.memory['player'][-1:])}" + (
                " and are over 21." if player > 21 else "."
            )
        return f"you stick at {player}; the dealer ends with {_cards(self.state.memory['dealer'])}, which is {dealer}."

    def solve(self) -> str:
        """Hit or stick, whichever wins more often."""
        memory = self.state.memory
        return f"\\boxed{{{self.actions[should_hit(memory['player'], memory['dealer'][0])]}}}"


def _cards(hand: list[int]) -> str:
    return " ".join("A" if card == 1 else str(card) for card in hand)


@lru_cache(maxsize=32)
def _world(name: str, options: Options) -> Any:
    """Gymnasium's env without its wrappers; never stepped itself."""
    return need("gymnasium", extra="gymnasium").make(name, **dict(options)).unwrapped


@lru_cache(maxsize=32)
def _best(kind: type[ToyTextEnv], name: str, options: Options, turns: int) -> Any:
    return best_actions(_world(name, options).P, lambda reward, ended: ended and kind.is_success(reward), turns)
