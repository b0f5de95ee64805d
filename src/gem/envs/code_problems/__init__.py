"""Programming problems of our own, each with tests by seed, a solution, and wrong solutions that fail.

    from gem.envs.code_problems import ALL, problem

    task = problem("lamp_street")
    tests = [(given, task.answer(given)) for given in task.generate(rng)]

The statement, the tests and the solutions of a problem stand in one module; `Problem` says what each part is.
"""

from __future__ import annotations

from importlib import import_module

from gem.build import closest
from gem.envs.code_problems.problem import Problem as Problem
from gem.errors import ConfigError

ALL: tuple[str, ...] = (
    "bat_torches",
    "bead_codes",
    "bracket_ribbon",
    "calm_playlist",
    "desert_wells",
    "detour_count",
    "digit_forge",
    "digit_sum_toll",
    "echo_runs",
    "endless_decimals",
    "even_lines",
    "ferry_docks",
    "fewest_terms",
    "fire_escape",
    "frog_stairs",
    "gear_pairs",
    "growing_islands",
    "kite_windows",
    "lamp_street",
    "last_dancer",
    "league_table",
    "lighthouse_gap",
    "lonely_ticket",
    "market_days",
    "meadow_fence",
    "merged_shifts",
    "newest_release",
    "odd_couple",
    "office_party",
    "orchard_walk",
    "pebble_duel",
    "pocket_calculator",
    "quiet_thrones",
    "radar_overlap",
    "ribbon_cut",
    "ring_of_stalls",
    "rising_path",
    "river_basin",
    "rover_cargo",
    "signal_ring",
    "spiral_walk",
    "stamp_ways",
    "tide_table",
    "toll_voucher",
    "turtle_loop",
    "two_choirs",
    "two_weights",
    "typo_bill",
    "unlucky_fridays",
    "village_cables",
    "word_ledger",
    "word_stones",
    "workshop_order",
)
"""The names of all problems; each is the module of that name, which is imported when it is asked for."""


def problem(name: str) -> Problem:
    """The problem of this name. Raises `ConfigError` if there is none."""
    if name not in ALL:
        raise ConfigError(f"there is no problem {name!r}.{closest(name, list(ALL))}")
    found: Problem = import_module(f"gem.envs.code_problems.{name}").PROBLEM
    return found
