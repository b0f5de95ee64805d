"""Kuhn poker: the rules of a hand, cards that favour nobody, and habits that can be found out."""

from __future__ import annotations

import numpy as np
import pytest

import gem
from gem.envs.games.kuhn_poker import (
    DEALS,
    OBVIOUS,
    SITUATIONS,
    Hands,
    KuhnPokerEnv,
    best_plan,
    edge_of,
    habits_with,
    won_by,
)
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")
PASSIVE = "".join(OBVIOUS.get(situation, "p") for situation in SITUATIONS)
"""Bets and calls with a king that faces a bet, and never else."""


def against(habits: str, deals: list[tuple[str, str, int]], **arguments: object) -> KuhnPokerEnv:
    """A match of these hands against these habits."""
    env = KuhnPokerEnv(**arguments)  # pyright: ignore[reportArgumentType]
    env.reset(seed=0)
    env.state.table, env.state.script = Hands(deals), habits
    env.answered()
    return env


@pytest.mark.slow
@pytest.mark.parametrize("variant", VARIANTS)
def test_solver_reaches_the_goal_of_every_id(variant: str) -> None:
    env = gem.make(f"game:KuhnPoker{variant}")
    for seed in range(20):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert (reward, info["success"]) == (1.0, True)
        assert env.turn_count <= env.max_turns


@pytest.mark.parametrize(
    ("done", "chips"),
    [("pp", 1), ("bp", 1), ("bb", 2), ("pbp", -1), ("pbb", 2), ("", 0), ("p", 0), ("pb", 0), ("b", 0)],
)
def test_what_a_hand_brings_whoever_moved_first_with_the_better_card(done: str, chips: int) -> None:
    assert won_by(0, ("K", "Q", 0), done) == chips == -won_by(1, ("K", "Q", 0), done)


@pytest.mark.parametrize(("done", "chips"), [("pp", -1), ("bp", 1), ("bb", -2), ("pbp", -1), ("pbb", -2)])
def test_whoever_gives_up_loses_whatever_the_cards(done: str, chips: int) -> None:
    assert won_by(0, ("J", "Q", 0), done) == chips
    assert won_by(1, ("Q", "J", 1), done) == chips


def test_twelve_hands_hold_each_deal_once_from_both_sides() -> None:
    env = gem.make("game:KuhnPoker-v1", seed=0)
    env.reset()
    deals = env.state.table.deals
    assert sorted(deals[:12]) == sorted(deals[12:]) == sorted(DEALS)
    assert len(set(DEALS)) == 12
    assert {(theirs, mine, 1 - first) for mine, theirs, first in DEALS} == set(DEALS)


def test_two_players_who_do_the_same_end_even() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        bets = {situation: "b" if rng.random() < 0.5 else "p" for situation in SITUATIONS}
        table = Hands(list(DEALS))
        while table.payoffs is None:
            deal, done = table.deals[len(table.done) - 1], table.done[-1]
            table.play(bets[deal[table.mover], done])
        assert table.payoffs == (0.5, 0.5)


def test_edges_are_what_an_answer_can_win() -> None:
    assert len(habits_with(2, 7)) == 256
    assert [len(habits_with(edge, edge)) for edge in range(2, 8)] == [49, 63, 76, 44, 19, 5]
    # Against one who never bets and calls with K alone, on either side: J bets (+1 -2), Q passes (+1 -1), K wins 2.
    assert edge_of(PASSIVE) == 2 * (-1 + 0 + 2)


def test_a_king_is_bet_and_a_jack_folded() -> None:
    def calls(card: str, done: str) -> float:
        return float(done == "b")

    value, plan = best_plan([("K", "Q", 0)], "", calls)
    assert (value, plan[0]) == (2.0, "b")
    value, plan = best_plan([("J", "Q", 0)], "pb", lambda card, done: 1.0)
    assert (value, plan[0]) == (-1.0, "p")


def test_the_solver_learns_a_habit_that_it_has_seen() -> None:
    deal = ("Q", "J", 0)
    bluffs = dict(zip(SITUATIONS, PASSIVE, strict=True)) | {("J", "p"): "b"}
    env = against("".join(bluffs.values()), [deal, *DEALS[1:], *[deal for deal in DEALS if deal != ("Q", "J", 0)]])
    env.step("\\boxed{pass}")
    assert "B bet" in env.board()
    env.step("\\boxed{bet}")
    known = env.state.table.done[0]
    assert known == "pbb"


def test_no_constant_move_wins() -> None:
    env = gem.make("game:KuhnPoker-v1")
    for action, most in (("\\boxed{bet}", 5), ("\\boxed{pass}", 0)):
        wins = 0
        for seed in range(20):
            env.reset(seed=seed)
            while not (result := env.step(action)).done:
                pass
            wins += result.info["success"]
        assert wins <= most


def test_the_view_shows_the_past_and_hides_the_other_card() -> None:
    env = against(PASSIVE, [("K", "Q", 0), ("J", "Q", 0)])
    assert env.board() == "Your chips: 0. Hand 1: you hold K; A moves first.\n"
    obs, reward, _, _, _ = env.step("\\boxed{bet}")
    assert obs == (
        "Turn 1: A bets. B passes. A wins 1 with K against Q.\n"
        "Hands so far (your card, the other's, moves, your chips):\nK Q: A bet, B pass: +1\n"
        "Your chips: +1. Hand 2: you hold J; A moves first.\n"
    )
    assert reward == 0.0


def test_a_smaller_lead_pays_its_share_and_none_pays_nothing() -> None:
    for card, reward in (("K", 0.5), ("J", 0.0)):
        env = against(PASSIVE, [(card, "Q", 0)], goal=2)
        env.state.goal = 2
        env.step("\\boxed{pass}")
        env = against(PASSIVE, [(card, "Q", 0)], goal=2)
        result = env.step("\\boxed{pass}")
        assert (result.reward, result.terminated, result.info["success"]) == (reward, True, False)


def test_only_the_goal_pays_without_partial_credit() -> None:
    env = against(PASSIVE, [("K", "Q", 0)], goal=2, partial_credit=False)
    assert env.step("\\boxed{pass}").reward == 0.0


@pytest.mark.parametrize("reply", ["bet", "Bet", "call", "raise", "b", "\\text{bet}"])
def test_a_bet_is_read(reply: str) -> None:
    env = against(PASSIVE, [("K", "Q", 0), ("K", "Q", 0)])
    assert "A bets." in env.step(f"\\boxed{{{reply}}}").obs


@pytest.mark.parametrize("reply", ["", "bet 2", "all in", "1"])
def test_what_is_no_move_ends_the_match(reply: str) -> None:
    env = against(PASSIVE, [("K", "Q", 0), ("K", "Q", 0)])
    assert env.step(f"\\boxed{{{reply}}}")[1:3] == (-0.1, True)


def test_instances_are_diverse() -> None:
    env = gem.make("game:KuhnPoker-v1", seed=0)
    assert len({(env.reset(), str(env.state))[1] for _ in range(100)}) == 100


@pytest.mark.parametrize("arguments", [{"rounds": 0}, {"goal": 0}, {"edge": (8, 9)}])
def test_an_impossible_match_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="at least 1, 1 and within 2 to 7"):
        KuhnPokerEnv(**arguments)  # pyright: ignore[reportArgumentType]
