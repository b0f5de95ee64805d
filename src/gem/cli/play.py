"""`gem-gym play ID`: a person plays an env in the terminal, or watches its solver play.

Moves can be taken back (each turn begins with a snapshot), and the episode can be recorded as a line of JSON.
"""

from __future__ import annotations

import argparse
import sys
import time
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from gem.cli import paint
from gem.cli.sitting import Sitting
from gem.errors import ConfigError
from gem.parsing import extract_last_boxed_answer
from gem.registry import make

HELP = "play an env yourself, or watch its solver play"
COMMANDS = {
    "?": "ask the expert",
    "/moves": "show some legal moves",
    "/undo": "take the last move back",
    "/board": "show the present state again",
    "/help": "show this list",
    "/quit": "leave",
}
INTRODUCTION = "Type a move and press Enter. ? asks the expert, /moves shows legal moves, /undo takes one back; /help."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The env, its instance, who plays, and what is kept."""
    parser.add_argument("id", metavar="ID", help="an id that `gem-gym list` shows")
    parser.add_argument("--seed", type=int, help="play this episode again and again")
    parser.add_argument("--difficulty", metavar="TIER", help='of games that have tiers: "trivial" to "very hard"')
    parser.add_argument("--raw", action="store_true", help="send replies as typed, without putting them in \\boxed{}")
    parser.add_argument("--solver", action="store_true", help="watch the env's solver play")
    parser.add_argument(
        "--delay", type=float, default=0.6, metavar="S", help="seconds between its moves (default: 0.6)"
    )
    parser.add_argument("--record", type=Path, metavar="FILE", help="append the episode to FILE, a line of JSON")


def run(args: argparse.Namespace) -> int:
    """Play one episode."""
    if args.delay < 0:
        raise ConfigError("--delay is at least 0 seconds")
    tier = {} if args.difficulty is None else {"difficulty": args.difficulty}
    with make(args.id, **tier) as env:
        game = Sitting(env, args.seed, str if args.raw else boxed, colours=paint.wanted())
        try:
            watch(game, args.delay) if args.solver else converse(game)
        except (EOFError, KeyboardInterrupt):
            print("\nGoodbye.")
        if args.record:
            game.record(args.record)
            print(f"Recorded in {args.record}.")
    return 0


def boxed(reply: str) -> str:
    r"""The reply as an env reads it: in `\boxed{}`, unless the player boxed it already."""
    return reply if "\\boxed" in reply else f"\\boxed{{{reply}}}"


def typed(action: str) -> str:
    """An action as a player types it: what stands in its box."""
    return extract_last_boxed_answer(action) or action


def converse(game: Sitting) -> None:
    """Read replies and commands until the game is over and the player does not take the end back."""
    if sys.stdin.isatty() and find_spec("readline"):
        import_module("readline")  # makes input() editable, with a history
    print(f"{INTRODUCTION}\n\n{game.shown()}")
    while True:
        reply = input("> ").strip()
        if reply == "/quit":
            raise EOFError
        if reply in COMMANDS:
            print(_answer(game, reply))
        elif reply.startswith("/"):
            print(f"There is no command {reply}. /help shows them.")
        elif reply:
            reward = game.step(game.as_action(reply))
            print(game.news(reward))
            if game.over:
                print(game.ending())
                if not (sys.stdin.isatty() and _takes_back(game)):
                    return


def watch(game: Sitting, delay_s: float) -> None:
    """Show the solver's moves one by one."""
    if game.expert_move() is None:
        raise ConfigError(f"{game.env.env_id} has no solver to watch")
    print(game.shown())
    while not game.over:
        time.sleep(delay_s)
        action = game.expert_move() or ""
        reward = game.step(action)
        print(f"{game.coloured(f'> {action}', paint.BOLD)}\n{game.news(reward)}")
    print(game.ending().replace("You", "It", 1))


def _answer(game: Sitting, command: str) -> str:
    if command == "?":
        move = game.expert_move()
        return "This env has no expert." if move is None else f"The expert would play: {typed(move)}"
    if command == "/moves":
        moves = game.legal_moves()
        return f"Legal here, among others: {'  '.join(map(typed, moves))}" if moves else "This env suggests no moves."
    if command == "/undo":
        return game.shown() if game.undo() else "There is nothing to take back."
    if command == "/board":
        return game.shown()
    return "\n".join(f"{name:8} {what}" for name, what in COMMANDS.items())


def _takes_back(game: Sitting) -> bool:
    """Whether the player goes back from the end of the game."""
    if input("Enter to leave, /undo to take the last move back > ").strip() != "/undo" or not game.undo():
        return False
    print(game.shown())
    return True
