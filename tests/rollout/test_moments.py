"""Playing on from moments of episodes: from the same state, with fresh noise, whatever goes on beside it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gem
from gem.agents import RandomAgent
from gem.errors import ConfigError, EnvError
from gem.rollout import Collector
from gem.rollout.moments import Continuation, moments_of, play_on
from gem.rollout.trajectory import Episode
from tests.rollout.bit_envs import TURNS, Bits, FragileBits, LuckyBits, TokenAgent, said

GUESS = "game:GuessTheNumber-v1-hard"


def played(env, agent=None, count=1, seed=0, **options):
    return Collector(env, agent or RandomAgent(), slots=2, seed=seed, **options).episodes(count)


def continuations(env, episode, ways=3):
    moments = list(moments_of(env, episode))
    return [Continuation(moment, 100 * turn + way) for turn, moment in enumerate(moments) for way in range(ways)]


def records(episodes):
    return [episode.to_dict() for episode in episodes]


def test_a_moment_is_the_state_before_its_turn():
    (episode,) = played(Bits)
    moments = list(moments_of(Bits(), episode))
    assert [moment.env.state.bits for moment in moments] == [said(episode)[:turn] for turn in range(TURNS)]
    assert [moment.opening.turns for moment in moments] == list(range(TURNS))
    assert [moment.opening.observation for moment in moments] == [turn.observation for turn in episode.turns]


def test_the_prompt_of_a_continuation_is_the_one_that_the_episode_had():
    agent = TokenAgent()
    (episode,) = played(Bits, agent)
    asked = TokenAgent()
    ways = play_on(continuations(Bits(), episode, ways=1), asked, slots=1)
    first_prompts = [way.turns[0].prompt_ids for way in ways]
    assert first_prompts == agent.prompts
    assert all(prompt in asked.prompts for prompt in first_prompts)


def test_a_continuation_is_trained_on_its_own_turns_alone():
    (episode,) = played(Bits, TokenAgent())
    for turn, way in enumerate(play_on(continuations(Bits(), episode, ways=1), TokenAgent())):
        ids, chosen, _ = way.tokens()
        before = [token for past in episode.turns[:turn] for token in (*past.prompt_ids, *past.token_ids)]
        assert ids[: len(before)] == before
        assert not any(chosen[: len(before)])
        assert len(way.turns) == sum(chosen) == TURNS - turn


@settings(max_examples=5)
@given(st.integers(1, 9), st.integers(0, 2**70), st.sampled_from([Bits, LuckyBits, FragileBits]))
def test_what_happens_does_not_depend_on_the_slots(slots, seed, kind):
    episodes = [episode for episode in played(kind, TokenAgent(), count=3, seed=seed) if not episode.error]
    ways = [way for episode in episodes for way in continuations(kind(), episode, ways=2)]
    alone, together = (play_on(ways, TokenAgent(), slots=number) for number in (1, slots))
    assert records(alone) == records(together)


def test_the_slots_are_filled_and_each_has_one_request_in_a_batch():
    (episode,) = played(Bits, TokenAgent())
    agent = TokenAgent()
    play_on(continuations(Bits(), episode, ways=4), agent, slots=5)
    assert all(len(set(batch)) == len(batch) and set(batch) <= set(range(5)) for batch in agent.batches)
    turns = 4 * sum(range(1, TURNS + 1))
    assert sum(map(len, agent.batches)) == turns
    assert len(agent.batches) <= turns / 5 + TURNS


def test_continuations_of_a_moment_differ_in_noise_and_in_chance():
    (episode,) = played(LuckyBits)
    start = next(moments_of(LuckyBits(), episode))
    same, again, *others = play_on([Continuation(start, seed) for seed in (1, 1, *range(2, 20))], RandomAgent())
    assert same.to_dict() == again.to_dict()
    assert len({tuple(said(way)) for way in others}) > 5
    assert len({way.turns[0].reward % 0.1 for way in others}) == len(others)


def test_what_the_env_has_decided_already_stays():
    (episode,) = played(lambda: gem.make(GUESS), seed=3)
    env = gem.make(GUESS)
    moments = list(moments_of(env, episode))
    target = env.state.target
    for moment in moments:
        assert {Continuation(moment, seed).begin().state.target for seed in range(5)} == {target}


def test_playing_on_touches_neither_moment_nor_env():
    (episode,) = played(LuckyBits)
    env = LuckyBits()
    moments = list(moments_of(env, episode))
    before = [moment.env.snapshot() for moment in moments], env.snapshot()
    play_on([Continuation(moment, 1) for moment in moments], RandomAgent())
    assert ([moment.env.snapshot() for moment in moments], env.snapshot()) == before


@pytest.mark.parametrize("kind", [Bits, FragileBits])
def test_every_env_that_is_played_in_is_closed(kind):
    (episode,) = played(Bits)
    ways = continuations(kind(), episode) if kind is Bits else continuations(Bits(), episode)
    Bits.forks = Bits.closes = 0
    play_on(ways, RandomAgent(), slots=3)
    assert Bits.forks == Bits.closes == len(ways)


def test_every_env_is_closed_when_the_agent_fails():
    class Fails(RandomAgent):
        def act(self, requests):
            if requests[0].turn == 2:
                raise OSError("no connection")
            return super().act(requests)

    (episode,) = played(Bits)
    ways = [Continuation(next(moments_of(Bits(), episode)), seed) for seed in range(5)]
    Bits.forks = Bits.closes = 0
    with pytest.raises(OSError, match="no connection") as caught:
        play_on(ways, Fails(), slots=3)
    assert caught.value.__traceback__ is not None  # it keeps what was being played alive
    assert Bits.forks == Bits.closes == 3


def test_an_env_that_raises_ends_its_own_continuation():
    env = FragileBits()
    env.reset(seed=0)
    start = next(moments_of(env, Episode(None, 0, played(Bits)[0].turns[:1])))
    ways = play_on([Continuation(start, seed) for seed in range(20)], RandomAgent(), slots=4)
    assert {way.error for way in ways} == {None, "RuntimeError: the world broke"}
    assert all(len(way.turns) == (1 if way.error else TURNS) for way in ways)


def test_a_turn_limit_counts_the_turns_before_the_moment():
    (episode,) = played(Bits, max_turns=3)
    ways = play_on(continuations(Bits(), episode, ways=1), RandomAgent(), max_turns=3)
    assert [len(way.turns) for way in ways] == [3, 2, 1]
    assert {way.end for way in ways} == {"turns"}


def test_nothing_to_play_is_played_without_asking():
    agent = TokenAgent()
    assert play_on([], agent) == []
    assert agent.batches == []


def test_a_record_that_is_not_what_the_env_plays_is_refused():
    (episode,) = played(Bits)
    with pytest.raises(EnvError, match="turn 0"):
        list(moments_of(LuckyBits(), episode))
    (guess,) = played(lambda: gem.make(GUESS), seed=3)
    guess.seed += 1
    with pytest.raises(EnvError):
        list(moments_of(gem.make("game:GuessTheNumber-v1-easy"), guess))


def test_settings_that_mean_nothing_are_refused():
    with pytest.raises(ConfigError, match="slots"):
        play_on([], TokenAgent(), slots=0)
    with pytest.raises(ConfigError, match="seed"):
        list(moments_of(Bits(), Episode(None, None)))
