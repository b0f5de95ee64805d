"""Negotiation: offers and deals, an opponent that gives in as promised, and goals that take finding out."""

from __future__ import annotations

import numpy as np
import pytest

import gem
from gem.envs.games._negotiation_solver import TOTAL, best_offer, leanest, ledgers
from gem.envs.games.negotiation import Bargain, NegotiationEnv, Plan
from tests.envs.games.expert import finish

VARIANTS = ("-v0", "-v0-easy", "-v0-hard", "-v0-random", "-v1", "-v1-easy", "-v1-hard", "-v1-random")


def bargain(**arguments: object) -> NegotiationEnv:
    """Two books, a hat and two balls; B wants the balls, and asks for less and less of them."""
    env = NegotiationEnv(rounds=3, **arguments)  # pyright: ignore[reportArgumentType]
    env.reset(seed=0)
    env.state.table = Bargain((2, 1, 2), ((3, 2, 1), (0, 2, 4)), rounds=3, opener=1)
    env.state.script = Plan([(2, 1, 2), (0, 0, 2), (0, 1, 1)], [10.0, 8.0, 6.0, 4.0])
    env.state.goal, env.state.max_turns = 0.9, 5
    env.answered()
    return env


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.slow
def test_solver_reaches_the_goal_of_every_id(variant: str) -> None:
    env = gem.make(f"game:Negotiation{variant}")
    for seed in range(100):
        env.reset(seed=seed)
        reward, info = finish(env)
        assert (reward, info["success"]) == (1.0, True)
        assert 2 <= env.turn_count <= env.state.table.rounds


def test_both_sides_value_everything_alike_and_the_goal_can_be_had() -> None:
    env = gem.make("game:Negotiation-v1-random", seed=0)
    for _ in range(30):
        env.reset()
        table, plan = env.state.table, env.state.script
        assert [table.worth(player, table.counts) for player in (0, 1)] == [TOTAL, TOTAL]
        assert plan.demands == sorted(plan.demands, reverse=True)
        asked = [table.worth(1, share) for share in plan.asks]
        assert all(ask >= demand for ask, demand in zip(asked, plan.demands, strict=False))
        assert asked == sorted(asked, reverse=True)


def test_the_first_observation() -> None:
    env = bargain()
    assert env.rules().startswith(
        "You are A. You and B divide these, worth 10 to you in all.\n"
        "books: 2, worth 3 each; hats: 1, worth 2 each; balls: 2, worth 1 each.\n"
    )
    assert env.rules().endswith("Your goal: a deal that is worth 9 or more to you.\n")
    assert env.board() == "B's offer: 0 0 0 for you, worth 0\nOffers left to you: 3.\n"


def test_an_offer_is_refused_until_it_is_worth_the_demand() -> None:
    env = bargain()
    obs = env.step("\\boxed{offer 2 1 0}").obs  # leaves both balls, worth 8
    assert (env.state.table.ended, env.state.table.payoffs) == ("deal", (0.8, 0.8))
    assert obs == (
        "Turn 1: A asks for 2 1 0. B accepts.\nB's offer: 0 0 0 for you, worth 0\nA's offer: 2 1 0 for you, worth 8\n"
    )
    env = bargain()
    for turn in (1, 2, 3):
        result = env.step("\\boxed{offer 2 1 1}")  # leaves one ball, worth 4
        assert result.done == (turn == 3)
    assert (result.reward, result.info["success"]) == (1.0, True)


def test_a_deal_below_the_goal_pays_its_share() -> None:
    result = bargain().step("\\boxed{offer 2 1 0}")
    assert result.reward == pytest.approx(8 / 9)
    assert (result.terminated, result.info["success"]) == (True, False)
    assert bargain(partial_credit=False).step("\\boxed{offer 2 1 0}").reward == 0.0


def test_accepting_at_once_and_leaving_are_no_success() -> None:
    for action in ("accept", "leave"):
        result = bargain().step(f"\\boxed{{{action}}}")
        assert (result.reward, result.terminated, result.info["success"]) == (0.0, True, False)


def test_without_a_deal_both_get_nothing() -> None:
    env = bargain()
    for _ in range(3):
        result = env.step("\\boxed{offer 2 1 2}")
    assert "B leaves without a deal." in result.obs
    assert (result.reward, result.terminated, env.state.table.payoffs) == (0.0, True, (0.0, 0.0))


@pytest.mark.parametrize(
    "reply", ["offer 2 1 0", "2 1 0", "Offer 2, 1, 0", "offer 2 books, 1 hat and 0 balls", "(2,1,0)"]
)
def test_a_clear_offer_is_read(reply: str) -> None:
    assert "A asks for 2 1 0." in bargain().step(f"\\boxed{{{reply}}}").obs


@pytest.mark.parametrize("reply", ["", "offer", "maybe", "accept 2 1 0", "offer all"])
def test_what_is_no_move_ends_the_game(reply: str) -> None:
    assert bargain().step(f"\\boxed{{{reply}}}")[1:3] == (-0.1, True)


@pytest.mark.parametrize(
    "reply", ["offer 2 1", "offer 2 1 0 0", "offer 3 1 0", "offer -1 0 0", "offer 9999999999999 0 0"]
)
def test_an_illegal_offer_changes_nothing_but_the_turn(reply: str) -> None:
    env = bargain()
    before = env.board()
    obs, reward, terminated, _, _ = env.step(f"\\boxed{{{reply}}}")
    assert (reward, terminated, obs.endswith(before), env.turn_count) == (0.0, False, True, 1)


def test_nothing_can_be_accepted_before_the_first_offer_nor_offered_after_the_last() -> None:
    table = Bargain((2, 1, 2), ((3, 2, 1), (0, 2, 4)), rounds=1)
    assert table.refusal(()) == "there is no offer to accept."
    table.play((2, 1, 2))
    table.play((0, 0, 0))
    assert table.refusal((1, 1, 1)) == "no offers are left: accept or leave."
    assert table.refusal(()) == table.refusal((-1,)) == ""


def test_leanest_shares_have_nothing_to_spare() -> None:
    assert leanest((2, 1, 2), (3, 2, 1), 8) == [(2, 0, 2), (2, 1, 0)]
    assert leanest((1, 1), (10, 0), 10) == [(1, 0)]


def test_the_solver_offers_what_the_other_seems_not_to_want() -> None:
    # Any three of the five items will do; B refused both books, and asked for all but them.
    assert len(leanest((2, 1, 2), (2, 2, 2), 6)) == 5
    assert best_offer((2, 1, 2), (2, 2, 2), 6, ((2, 1, 2), (0, 1, 2)), ((2, 0, 0),))[0] == 2


def test_every_ledger_comes_to_the_total() -> None:
    assert all(ledger[3, 2, 1] == TOTAL for ledger in ledgers((3, 2, 1)).values())
    assert len(ledgers((1, 1))) == TOTAL + 1


@pytest.mark.slow
def test_constant_and_random_play_seldom_wins() -> None:
    env, rng = gem.make("game:Negotiation-v1"), np.random.default_rng(0)
    policies = [
        lambda: "\\boxed{accept}",
        lambda: "\\boxed{offer 1 1 1}",
        lambda: "\\boxed{offer 1 2 0}",
        lambda: env.sample_random_action(rng),
    ]
    for policy in policies:
        wins = 0
        for seed in range(100):
            env.reset(seed=seed)
            while not (result := env.step(policy())).done:
                pass
            wins += result.info["success"]
        assert wins <= 20


def test_instances_are_diverse() -> None:
    env = gem.make("game:Negotiation-v1", seed=0)
    assert len({(env.reset(), str(env.state))[1] for _ in range(100)}) > 95


@pytest.mark.parametrize("arguments", [{"kinds": 1}, {"kinds": 5}, {"rounds": 0}])
def test_an_impossible_negotiation_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="2 to 4 kinds and at least 1 round"):
        NegotiationEnv(**arguments)  # pyright: ignore[reportArgumentType]
