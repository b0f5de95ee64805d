"""Groups: episodes that begin in one state and differ in what the agent samples, whatever goes on beside them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gem
from gem.agents import RandomAgent, SolverAgent
from gem.core import Env, transition
from gem.errors import ConfigError, SnapshotUnsupported
from gem.rollout import Collector
from gem.rollout.episode import Opening, play
from gem.seeding import derive
from tests.rollout.bit_envs import Bits, LuckyBits, TokenAgent, Yes, said

GUESS = "game:GuessTheNumber-v1-hard"
resets = iter(range(10**6))


class Unseeded(Bits):
    """Ignores its seed: no two resets give the same episode, in what is shown and in what is paid."""

    def _reset(self):
        super()._reset()
        self.state.number = next(resets)
        return f"episode {self.state.number}", {}

    def luck(self):
        return float(self.state.number)


def collected(env=Bits, agent=None, count=12, slots=3, group_size=4, seed=0, **options):
    collector = Collector(env, agent or TokenAgent(), slots=slots, seed=seed, group_size=group_size, **options)
    return collector.episodes(count)


def groups_of(episodes, value):
    groups = {}
    for episode in episodes:
        groups.setdefault(episode.group, []).append(value(episode))
    return list(groups.values())


def records(episodes):
    return [episode.to_dict() for episode in episodes]


@pytest.mark.parametrize("slots", [1, 3, 4, 5, 8, 30])
def test_a_group_begins_in_one_state(slots):
    states = []

    class Looks(TokenAgent):
        def act(self, requests):
            states.extend((request.turn, request.env.state.target) for request in requests if request.turn == 0)
            return super().act(requests)

    episodes = collected(lambda: gem.make(GUESS), Looks(), slots=slots, count=20)
    assert [episode.group for episode in episodes] == [index // 4 for index in range(20)]
    assert [episode.index for episode in episodes] == list(range(20))
    for number, seeds in enumerate(groups_of(episodes, lambda episode: episode.seed)):
        assert set(seeds) == {derive(0, number)}
    env = gem.make(GUESS)
    targets = []
    for group in range(5):
        env.reset(seed=derive(0, group))
        targets += [env.state.target] * 4
    assert sorted(target for _, target in states) == sorted(targets)
    assert len(set(targets)) == 5


def test_members_differ_in_what_the_agent_samples_and_in_nothing_else():
    episodes = collected(LuckyBits, count=12)
    for replies in groups_of(episodes, lambda episode: tuple(said(episode))):
        assert len(set(replies)) > 1
    forced = collected(LuckyBits, Yes(), count=12)
    for rewards in groups_of(forced, lambda episode: tuple(episode.rewards)):
        assert len(set(rewards)) == 1
    assert len({tuple(episode.rewards) for episode in forced}) == 3


@settings(max_examples=6)
@given(st.integers(1, 15), st.integers(2, 5), st.integers(0, 2**70), st.sampled_from([Bits, LuckyBits]))
def test_what_happens_does_not_depend_on_the_slots(slots, group_size, seed, kind):
    alone, together = (collected(kind, slots=number, group_size=group_size, seed=seed) for number in (1, slots))
    assert records(alone) == records(together)


@pytest.mark.parametrize("slots", [1, 2, 5])
def test_an_env_that_ignores_its_seed_begins_its_groups_alike_too(slots):
    episodes = collected(Unseeded, Yes(), slots=slots)
    played = groups_of(episodes, lambda episode: (episode.turns[0].observation, *episode.rewards))
    assert [len(set(group)) for group in played] == [1, 1, 1]
    assert len({group[0] for group in played}) == 3


def test_a_group_that_is_collected_in_two_calls_is_one():
    collector = Collector(Unseeded, TokenAgent(), slots=2, seed=0, group_size=4)
    episodes = collector.episodes(6) + collector.episodes(2)
    assert [len({episode.turns[0].observation for episode in episodes[start : start + 4]}) for start in (0, 4)] == [
        1,
        1,
    ]


def test_collecting_turns_keeps_groups_whole():
    collector = Collector(Unseeded, TokenAgent(), slots=3, seed=0, group_size=4)
    episodes = [episode for _ in range(10) for episode in collector.turns(7)]
    assert len({episode.index for episode in episodes}) == len(episodes) > 16
    for observations in groups_of(episodes, lambda episode: episode.turns[0].observation):
        assert len(set(observations)) == 1


def test_a_later_start_goes_on_with_the_same_groups():
    whole = collected(LuckyBits, count=12)
    resumed = Collector(LuckyBits, TokenAgent(), slots=3, seed=0, group_size=4)
    resumed.next_index = 6
    assert records(resumed.episodes(6)) == records(whole[6:])


def test_groups_of_one_are_the_episodes_without_groups():
    assert records(collected(LuckyBits, group_size=1)) == records(
        Collector(LuckyBits, TokenAgent(), slots=3, seed=0).episodes(12)
    )


class FailsAtTimes(Unseeded):
    """Its resets of some seeds fail: as often as `failures` says."""

    failures = {}  # noqa: RUF012 - set by each test

    def reset(self, seed=None, **options):
        if self.failures.get(seed, 0) > 0:
            self.failures[seed] -= 1
            raise OSError("no connection")
        return super().reset(seed)


@pytest.mark.parametrize("slots", [1, 3, 8])
def test_a_reset_that_fails_concerns_its_group_alone(slots):
    FailsAtTimes.failures = {derive(0, 1): 10**6}
    episodes = collected(FailsAtTimes, slots=slots)
    errors = groups_of(episodes, lambda episode: episode.error)
    assert errors == [[None] * 4, ["OSError: no connection"] * 4, [None] * 4]


def test_a_reset_that_fails_once_is_recorded_once_and_the_others_begin_alike():
    FailsAtTimes.failures = {derive(0, 1): 1}
    episodes = collected(FailsAtTimes)
    assert [episode.index for episode in episodes if episode.error] == [4]
    assert len({episode.turns[0].observation for episode in episodes[5:8]}) == 1


def test_an_env_that_cannot_be_copied_says_so():
    class Uncopied(Bits):
        def snapshot(self):
            raise SnapshotUnsupported("holds a socket")

    with pytest.raises(SnapshotUnsupported, match="socket"):
        collected(Uncopied)
    assert len(collected(Uncopied, group_size=1, count=3)) == 3


def test_what_an_agent_does_to_an_info_is_not_seen_by_the_next_member():
    class Tells(Env):
        def _reset(self):
            self.state = 0
            return "go", {"hint": 1}

        def _step(self, action):
            return transition("on", 1.0)

    class Empties(RandomAgent):
        def reply(self, request):
            hint = request.info.pop("hint", None)
            return str(hint)

    episodes = collected(Tells, Empties(), slots=1, count=4, max_turns=1)
    assert [episode.turns[0].action for episode in episodes] == ["1"] * 4


@pytest.mark.parametrize("settings", [{"slots": 0}, {"group_size": 0}, {"group_size": -2}])
def test_settings_that_mean_nothing_are_refused(settings):
    with pytest.raises(ConfigError, match="at least 1"):
        collected(**settings)


def test_the_solver_plays_each_member_of_a_group_alike():
    episodes = collected(lambda: gem.make(GUESS), SolverAgent())
    for actions in groups_of(episodes, lambda episode: tuple(turn.action for turn in episode.turns)):
        assert len(set(actions)) == 1


# -- openings of single episodes ------------------------------------------------------------------


def drive(turns, agent):
    try:
        request = next(turns)
        while True:
            request = turns.send(agent.act([request])[0])
    except StopIteration as ended:
        return ended.value


def test_an_opening_is_where_the_episode_begins():
    env, agent = Bits(), TokenAgent()
    env.reset(seed=0)
    observation, *_, info = env.step("1")
    opening = Opening(observation, info, [1, 2, 3], turns=1)
    episode = drive(play(env, seed=7, renderer=agent.renderer, opening=opening, max_turns=3), agent)
    assert (len(episode.turns), episode.end, episode.seed) == (2, "turns", 7)
    assert agent.prompts[0] == [1, 2, 3, *agent.renderer.observe(observation, info, [1, 2, 3])]
    assert episode.turns[0].observation == observation


def test_an_opening_that_fails_is_the_end_of_its_episode():
    def failing():
        raise OSError("no connection")

    episode = drive(play(Bits(), seed=0, opening=failing), TokenAgent())
    assert (episode.error, episode.end, episode.turns) == ("OSError: no connection", "error", [])


def test_noise_changes_what_is_sampled_and_not_the_instance():
    def played(**noise):
        return drive(play(gem.make(GUESS), seed=3, **noise), RandomAgent())

    first, again, other = played(noise=1), played(noise=1), played(noise=2)
    assert records([first]) == records([again])
    assert first.turns[0].observation == other.turns[0].observation
    assert first.turns[0].action != other.turns[0].action
    assert records([played()]) == records([played(noise=derive(3, "sampling"))])
