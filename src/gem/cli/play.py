"""`gem-gym play ID`: a person plays an env in the terminal."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

from gem.core import Env
from gem.registry import make

HELP = "play an env yourself"
HINT = "?"
INTRODUCTION = "Type a move and press Enter; ? asks the expert, Ctrl-C or Ctrl-D ends the game."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The env, its seed, and how replies are sent."""
    parser.add_argument("id", metavar="ID", help="an id that `gem-gym list` shows")
    parser.add_argument("--seed", type=int, help="play this episode again and again")
    parser.add_argument("--raw", action="store_true", help="send replies as typed, without putting them in \\boxed{}")


def run(args: argparse.Namespace) -> int:
    """Play one episode."""
    with make(args.id) as env:
        obs, _ = env.reset(seed=args.seed)
        print(f"{INTRODUCTION}\n\n{obs}")
        try:
            _play(env, str if args.raw else boxed)
        except (EOFError, KeyboardInterrupt):
            print("\nGoodbye.")
    return 0


def boxed(reply: str) -> str:
    r"""The reply as an env reads it: in `\boxed{}`, unless the player boxed it already."""
    return reply if "\\boxed" in reply else f"\\boxed{{{reply}}}"


def _play(env: Env[Any, Any], as_action: Callable[[str], str]) -> None:
    total = 0.0
    while True:
        reply = input("> ").strip()
        if not reply:
            continue
        if reply == HINT:
            print(_hint(env))
            continue
        obs, reward, terminated, truncated, info = env.step(as_action(reply))
        total += reward
        print(f"{obs}\nreward {reward:g}")
        if terminated or truncated:
            ending = "You won." if info.get("success") else "You lost." if terminated else "Out of turns."
            print(f"{ending} Return {total:g}.")
            return


def _hint(env: Env[Any, Any]) -> str:
    solve: Any = getattr(env, "solve", None)
    return f"The expert would play {solve()}" if callable(solve) else "This env has no expert."
