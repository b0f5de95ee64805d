"""Names of states: equal for equal states, different for different ones, and blind to what is not yet decided."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gem
from gem.agents import RandomAgent
from gem.core import Env, transition
from gem.errors import SnapshotUnsupported
from gem.rollout import Collector
from gem.rollout.anchors import ANCHORS, by_observation, by_state
from gem.seeding import generator
from gem.wrappers import ObservationWrapper
from tests.rollout.bit_envs import Bits, LuckyBits

BOTH = list(ANCHORS.values())


@dataclass
class Bag:
    members: set = field(default_factory=set)
    places: dict = field(default_factory=dict)


class Bags(Env):
    """Keeps what it is told, in collections of several kinds."""

    def _reset(self):
        self.state = Bag()
        return "empty", {}

    def _step(self, action):
        self.state.members.add(action)
        self.state.places[action] = frozenset(action)
        return transition("news", 0.0)


def name_after(actions, anchor=by_state, kind=Bags, seed=0):
    env = kind()
    observation, _ = env.reset(seed=seed)
    for action in actions:
        observation = env.step(action)[0]
    return anchor(env, observation)


@settings(max_examples=15)
@given(st.lists(st.text(max_size=3), max_size=8), st.randoms(use_true_random=False))
def test_the_same_state_has_one_name_however_it_was_reached(actions, random):
    shuffled = list(actions)
    random.shuffle(shuffled)
    assert name_after(actions) == name_after(shuffled) == name_after([*actions, *shuffled])


@given(st.lists(st.sampled_from("abc"), max_size=4), st.lists(st.sampled_from("abc"), max_size=4))
def test_different_states_have_different_names(one, other):
    assert (name_after(one) == name_after(other)) == (set(one) == set(other))


def test_the_order_of_a_list_is_part_of_the_state():
    assert name_after("01", kind=Bits) != name_after("10", kind=Bits)
    assert name_after("01", kind=Bits) == name_after("01", kind=Bits, seed=5)


def test_an_observation_is_its_own_name_whatever_the_env_remembers():
    assert name_after("ab", by_observation) == name_after("c", by_observation)
    assert name_after("", by_observation) != name_after("a", by_observation)


@pytest.mark.parametrize("anchor", BOTH)
def test_what_is_still_to_be_drawn_is_no_part_of_a_state(anchor):
    env = LuckyBits()
    observation, _ = env.reset(seed=0)
    before = anchor(env, observation)
    env.rng = generator(99)
    assert anchor(env, observation) == before


@pytest.mark.parametrize("anchor", BOTH)
def test_naming_a_state_changes_nothing(anchor):
    env = LuckyBits()
    observation, _ = env.reset(seed=0)
    twin = env.fork()
    anchor(env, observation)
    assert env.step("1") == twin.step("1")
    assert env.snapshot() == twin.snapshot()


@pytest.mark.parametrize("anchor", BOTH)
def test_names_are_short_texts(anchor):
    env = gem.make("game:Sudoku-v1-easy")
    observation, _ = env.reset(seed=0)
    assert len(anchor(env, observation)) == 24


def test_a_hidden_number_is_part_of_the_state_and_not_of_the_observation():
    names = {anchor: set() for anchor in BOTH}
    for seed in range(8):
        env = gem.make("game:GuessTheNumber-v1-easy")
        observation, _ = env.reset(seed=seed)
        for anchor in BOTH:
            names[anchor].add(anchor(env, observation))
    assert len(names[by_observation]) == 1
    assert len(names[by_state]) > 1


def test_what_wrappers_remember_is_part_of_the_state():
    def name(actions):
        env = ObservationWrapper(Bags(), include_chat_template=False)
        observation, _ = env.reset(seed=0)
        for action in actions:
            observation = env.step(action)[0]
        return by_state(env, observation)

    assert name("ab") == name("ab") != name("ba")


def test_a_lone_surrogate_and_an_image_have_names():
    class Picture:
        mode, width, height = "L", 1, 1

        def tobytes(self):
            return b"x"

    first, again = ({"problem": "\ud800", "image": Picture()} for _ in range(2))
    assert by_observation(Bits(), first) == by_observation(Bits(), again)
    assert by_observation(Bits(), "\ud800") != by_observation(Bits(), "?")


def test_a_memory_that_cannot_be_written_down_says_what_else_there_is():
    class Holds(Bits):
        def _reset(self):
            self.state = [generator(0)]
            return "x", {}

    env = Holds()
    env.reset(seed=0)
    with pytest.raises(SnapshotUnsupported, match="by observation"):
        by_state(env, "x")


@pytest.mark.parametrize("anchor", BOTH)
def test_episodes_of_a_group_begin_in_one_named_state(anchor):
    episodes = Collector(
        lambda: gem.make("game:TowerofHanoi-v1-easy"), RandomAgent(), slots=3, seed=0, group_size=4, anchor=anchor
    ).episodes(4)
    assert len({episode.turns[0].state for episode in episodes}) == 1
    assert all(turn.state for episode in episodes for turn in episode.turns)


def test_states_have_no_names_unless_asked_for():
    (episode,) = Collector(Bits, RandomAgent(), slots=1, seed=0).episodes(1)
    assert {turn.state for turn in episode.turns} == {""}
