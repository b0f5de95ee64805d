"""The catalogue: every id that gem ships, as data. Importing it imports no env.

`-v0` ids have the parameters and rewards that existing users know. `-v1` ids are their certified
twins: nothing but success pays, so the return of an episode says what its success says.
"""

from __future__ import annotations

from typing import Any

from gem.registry import register

GAMES: dict[str, dict[str, dict[str, Any]]] = {
    "guess_the_number:GuessTheNumber": {
        "": {"min_number": 1, "max_number": 20, "max_turns": 10},
        "-easy": {"min_number": 1, "max_number": 10, "max_turns": 4},
        "-hard": {"min_number": 1, "max_number": 50, "max_turns": 7},
        "-random": {"min_number": None, "max_number": None, "max_turns": None},
    },
}
"""`file:Name` of a game → variant → arguments; `None` is drawn anew for each episode."""


def _register_games() -> None:
    for path, variants in GAMES.items():
        module, _, name = path.partition(":")
        entry_point = f"gem.envs.games.{module}:{name}Env"
        for variant, arguments in variants.items():
            register(f"game:{name}-v0{variant}", entry_point, **arguments)
            register(f"game:{name}-v1{variant}", entry_point, **arguments, partial_credit=False)


_register_games()
