"""Games for two: every match is played by two agents, and every game of one against the script keeps the same rules."""

from __future__ import annotations

import numpy as np
import pytest

from gem.envs.games._two_players import Match
from gem.envs.games.kuhn_poker import KuhnPokerMatch
from gem.envs.games.negotiation import NegotiationMatch
from gem.envs.games.tic_tac_toe import TicTacToeMatch
from gem.multiagent import play_match
from gem.snapshot import Snapshot

MATCHES = (TicTacToeMatch, KuhnPokerMatch, NegotiationMatch)


@pytest.fixture(params=MATCHES)
def match(request: pytest.FixtureRequest) -> Match:
    env = request.param()
    env.reset(seed=3)
    return env


def play_on(env: Match, seed: int = 0, at_most: int = 100) -> list[object]:
    """The steps of the rest of a match between players who move at random."""
    rng, steps = np.random.default_rng(seed), []
    while env.agents and len(steps) < at_most:
        steps.append(env.step(env.sample_random_action(rng)))
    return steps


@pytest.mark.parametrize("kind", MATCHES)
def test_random_players_end_every_match_and_share_what_there_is(kind: type[Match]) -> None:
    for seed in range(20):
        env = kind()
        env.reset(seed=seed)
        last = play_on(env, seed)[-1]
        assert all(last.terminations.values())
        assert not any(last.truncations.values())
        assert all(0 <= reward <= 1 for reward in last.rewards.values())
        if kind is not NegotiationMatch:
            assert sum(last.rewards.values()) == 1.0
        assert {info["success"] for info in last.infos.values()} <= {True, False}


def test_a_seed_gives_the_same_match(match: Match) -> None:
    again = type(match)()
    assert again.reset(seed=3) == match.reset(seed=3)
    assert play_on(again) == play_on(match)


def test_forks_and_snapshots_continue_alike(match: Match) -> None:
    play_on(match, at_most=3)
    fork, restored = match.fork(), type(match)()
    restored.restore(Snapshot.from_json(match.snapshot().to_json()))
    before = [match.observe(agent) for agent in match.agents]
    assert play_on(fork) == play_on(restored)
    assert [match.observe(agent) for agent in match.agents] == before


def test_each_agent_gets_the_rules_until_its_first_reply_and_then_all_news(match: Match) -> None:
    for agent, name in zip(match.agents, match.table.names, strict=True):
        assert f"ou are {name}" in match.observe(agent)
    (first,) = match.agent_selector.get_active_agents()
    steps = play_on(match, at_most=2)
    for agent in match.agents:
        assert steps[-1].infos[agent]["event"] in match.observe(agent)
    assert f"ou are {first}" not in match.observe(first)


@pytest.mark.parametrize("junk", ["", "hello", "\\boxed{}", None, 7, b"\\boxed{1}", "\ud800", "\\boxed{" * 9, "}" * 99])
def test_a_reply_without_a_move_loses_the_match(match: Match, junk: object) -> None:
    (agent,) = match.agent_selector.get_active_agents()
    (other,) = set(match.agents) - {agent}
    step = match.step({agent: junk})
    assert step.rewards == {agent: -0.1, other: 1.0}
    assert (step.infos[agent]["success"], step.infos[other]["success"]) == (False, True)
    assert match.agents == []


def test_a_missing_reply_loses_the_match(match: Match) -> None:
    (agent,) = match.agent_selector.get_active_agents()
    assert match.step({}).rewards[agent] == -0.1


def test_an_illegal_move_may_be_mended_but_not_for_ever() -> None:
    env = TicTacToeMatch()
    env.reset()
    step = env.step({"X": "\\boxed{10}"})
    assert "X tried what is not allowed: the cells have the numbers 1 to 9." in step.observations["X"]
    assert env.agent_selector.get_active_agents() == ["X"]
    while env.agents:
        step = env.step({"X": "\\boxed{10}"})
    assert step.rewards == {"X": 0.0, "O": 1.0}
    assert env.state.replies == [env.max_replies, 0]


def test_whoever_moves_again_is_selected_again() -> None:
    env = KuhnPokerMatch()
    env.reset(seed=0)
    for _ in range(12):
        assert env.agent_selector.selected == env.table.names[env.state.table.mover]
        env.step(env.sample_random_action(np.random.default_rng(0)))


def test_no_card_is_shown_before_the_hand_is_over() -> None:
    env = KuhnPokerMatch()
    observations, _ = env.reset(seed=0)
    mine, theirs, _ = env.state.table.deals[0]
    assert f"you hold {mine}" in observations["A"]
    assert f"you hold {theirs}" in observations["B"]


def test_the_secret_values_stay_secret() -> None:
    env = NegotiationMatch()
    observations, _ = env.reset(seed=0)
    for player, agent in enumerate(env.agents):
        told = observations[agent]
        for name, value in zip(("books", "hats", "balls"), env.state.table.values[player], strict=True):
            assert f"{name}: " in told
            assert f"worth {value} each" in told
    assert env.state.table.values[0] != env.state.table.values[1]


def test_a_match_is_played_by_functions_of_the_observation() -> None:
    returns = play_match(KuhnPokerMatch(), {"A": lambda obs: "\\boxed{bet}", "B": lambda obs: "\\boxed{bet}"}, seed=1)
    assert returns == {"A": 0.5, "B": 0.5}
