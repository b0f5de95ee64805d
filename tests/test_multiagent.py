"""Several agents in one env: turns, lives, rewards, messages; subclasses written for the released GEM run as well."""

from __future__ import annotations

import pickle

import pytest
from gem.envs.multiagent import MultiAgentEnv
from gem.envs.multiagent.multi_agent_env import AgentSelector

import gem.multiagent
from gem.errors import ConfigError, ResetNeeded
from gem.multiagent import play_match
from gem.snapshot import Snapshot


class LegacyEnv(MultiAgentEnv):
    """As users write them: sets its agents after the base constructor, keeps its episode as it likes."""

    def __init__(self, mode="sequential", agents=("a", "b", "c")):
        super().__init__()
        self.possible_agents = list(agents)
        self.agent_selector = AgentSelector(self.possible_agents, mode=mode)

    def reset(self, seed=None):
        self.said = []
        observations, infos = super().reset(seed=seed)
        self.secret = int(self.rng.integers(1000))
        infos["a"] = {"secret": self.secret}
        return observations, infos

    def observe(self, agent):
        return f"{agent} hears {self.said}"

    def _process_actions(self, actions):
        self.said.append(dict(actions))
        rewards = {agent: float(str(action).count("!")) for agent, action in actions.items()}
        dying = {agent: action == "die" for agent, action in actions.items()}
        leaving = {agent: action == "leave" for agent, action in actions.items()}
        return {}, rewards, dying, leaving, {agent: {"said": action} for agent, action in actions.items()}


class InPlaceEnv(LegacyEnv):
    """Sets the base class's own dicts, and returns them."""

    def _process_actions(self, actions):
        for agent, action in actions.items():
            self.rewards[agent] = 1.0
            self.terminations[agent] = action == "die"
        return {}, self.rewards, self.terminations, self.truncations, self.infos


@pytest.fixture
def env():
    env = LegacyEnv()
    env.reset(seed=0)
    return env


def test_old_and_new_paths_lead_to_the_same_classes():
    assert MultiAgentEnv is gem.multiagent.MultiAgentEnv
    assert AgentSelector is gem.multiagent.AgentSelector


# -- defects of the released GEM ----------------------------------------------------------------


def test_reset_takes_a_seed():
    """The released one raised AttributeError: _make_np_random."""
    env = LegacyEnv()
    assert env.reset(seed=5) == LegacyEnv().reset(seed=5)
    assert env.reset() != env.reset(seed=5)


def test_when_the_acting_agent_dies_the_next_one_acts(env):
    """The released one went from a to c."""
    env.step({"a": "die"})
    assert env.agents == ["b", "c"]
    assert env.agent_selector.get_active_agents() == ["b"]


# -- turns --------------------------------------------------------------------------------------


def test_sequential_agents_act_in_turn(env):
    order = []
    for _ in range(5):
        (agent,) = env.agent_selector.get_active_agents()
        order.append(agent)
        env.step({agent: "hi"})
    assert order == ["a", "b", "c", "a", "b"]


def test_parallel_agents_act_at_once():
    env = LegacyEnv("parallel")
    env.reset(seed=0)
    step = env.step({"a": "x!", "b": "die", "c": "y!!"})
    assert step.rewards == {"a": 1.0, "b": 0.0, "c": 2.0}
    assert step.terminations == {"a": False, "b": True, "c": False}
    assert env.agent_selector.get_active_agents() == ["a", "c"]


def test_an_action_out_of_turn_counts_for_nothing_and_a_missing_one_is_a_pass(env):
    step = env.step({"b": "me!", "c": "no, me!"})
    assert env.said == [{}]
    assert step.rewards == {"a": 0.0, "b": 0.0, "c": 0.0}
    assert env.agent_selector.selected == "b"


@pytest.mark.parametrize("nonsense", [None, 7, "", "\x00", ["x"], {"y": 1}, float("nan")])
def test_no_action_of_an_agent_raises(env, nonsense):
    assert env.step({"a": nonsense}).rewards["a"] == 0.0


def test_a_step_answers_everybody_who_took_part(env):
    env.step({"a": "leave"})
    step = env.step({"b": "hi!"})
    assert all(answers.keys() == {"b", "c"} for answers in step)
    assert step.infos == {"b": {"said": "hi!"}, "c": {}}
    assert step.observations["c"] == "c hears [{'a': 'leave'}, {'b': 'hi!'}]"


def test_the_episode_is_over_when_nobody_is_left(env):
    for agent, last in (("a", "die"), ("b", "leave"), ("c", "die")):
        env.step({agent: last})
    assert env.agents == []
    assert (env.terminations["a"], env.truncations["b"]) == (True, True)
    assert env.agent_selector.selected is None
    with pytest.raises(ResetNeeded):
        env.step({"a": "hello"})
    env.reset()
    assert env.agents == ["a", "b", "c"]


def test_rewards_add_up_also_where_a_subclass_sets_them_in_place():
    env = InPlaceEnv()
    env.reset(seed=0)
    for agent in ("a", "b", "c", "a"):
        step = env.step({agent: "hi"})
        assert sum(step.rewards.values()) == 1.0
    assert env._cumulative_rewards == {"a": 2.0, "b": 1.0, "c": 1.0}
    env.step({"b": "die"})
    assert env.agents == ["a", "c"]


def test_the_loop_of_the_paper_runs():
    env = LegacyEnv()
    observations, _ = env.reset()
    for _ in range(3):
        actions = dict.fromkeys(observations, "die")
        observations, _, terminations, _, _ = env.step(actions)
    assert all(terminations.values())


def test_play_match_asks_whoever_is_to_act():
    players = {agent: lambda obs: "bye!" if "bye" in obs else "die" for agent in "abc"}
    players["b"] = lambda obs: "hey!!" if "hey" not in obs else "die"
    assert play_match(LegacyEnv(), players, seed=0) == {"a": 0.0, "b": 2.0, "c": 0.0}


# -- one agent ----------------------------------------------------------------------------------


def test_the_state_of_one_agent_and_of_the_env(env):
    env.step({"a": "hi!"})
    assert env.get_state("a") == ("a hears [{'a': 'hi!'}]", 1.0, False, False, {"said": "hi!"})
    assert list(env.get_active_states()) == ["b"]
    assert isinstance(env.get_state(), Snapshot)


def test_agents_join_and_leave_in_mid_episode(env):
    env.add_agent("d")
    env.add_agent("d")
    env.remove_agent("a")
    env.remove_agent("a")
    assert env.agents == ["b", "c", "d"]
    assert env.agent_selector.selected == "b"
    assert env.terminations == {"a": True, "b": False, "c": False, "d": False}
    env.reset()
    assert env.agents == ["a", "b", "c"]


def test_an_agent_may_be_removed_while_it_acts():
    class Expelling(LegacyEnv):
        def _process_actions(self, actions):
            self.remove_agent("a")
            self.add_agent("d")
            return {}, {}, {}, {}, {}

    env = Expelling()
    env.reset()
    step = env.step({"a": "hi"})
    assert step.terminations == {"a": True, "b": False, "c": False, "d": False}
    assert env.agent_selector.selected == "b"


@pytest.mark.parametrize(
    "mistake",
    [
        lambda env: env.step({"z": "hi"}),
        lambda env: env.step("hi"),
        lambda env: env.get_state("z"),
        lambda env: env.remove_agent("z"),
        lambda env: env.send_message("a", "z", "hi"),
        lambda env: env.broadcast_message("z", "hi"),
        lambda env: env.agent_selector.select("z"),
        lambda env: AgentSelector(["a"], mode="both"),
    ],
)
def test_a_programmers_mistake_has_a_name(env, mistake):
    with pytest.raises(ConfigError):
        mistake(env)


def test_a_mistyped_agent_is_answered_with_the_right_name():
    env = LegacyEnv(agents=("assistant", "user"))
    env.reset()
    with pytest.raises(ConfigError, match="Did you mean 'assistant'"):
        env.step({"asistant": "hi"})


# -- messages -----------------------------------------------------------------------------------


def test_messages_are_kept_in_shared_memory(env):
    env.send_message("a", "b", "psst")
    env.remove_agent("c")
    env.broadcast_message("b", "hear me")
    assert env.shared_memory == [
        {"from": "a", "to": "b", "message": "psst"},
        {"from": "b", "to": "a", "message": "hear me"},
    ]
    env.reset()
    assert env.shared_memory == []


# -- copies -------------------------------------------------------------------------------------


def test_forks_and_snapshots_continue_alike_and_touch_nobody(env):
    env.step({"a": "hi!"})
    snapshot = Snapshot.from_json(env.snapshot().to_json())
    twin, spawned, restored = env.fork(), env.spawn(same_state=True), LegacyEnv()
    restored.restore(snapshot)
    pickled = pickle.loads(pickle.dumps(env))
    before = env.get_state("b")
    steps = [copy.step({"b": "die"}) for copy in (twin, spawned, restored, pickled)]
    assert all(step == steps[0] for step in steps)
    assert env.get_state("b") == before
    assert env.agents == ["a", "b", "c"]
    assert env.step({"b": "die"}) == steps[0]


def test_an_env_without_a_selector_of_its_own_takes_turns():
    class Plain(LegacyEnv):
        def __init__(self):
            MultiAgentEnv.__init__(self)
            self.possible_agents = ["x", "y"]

        def reset(self, seed=None):
            self.said = []
            return MultiAgentEnv.reset(self, seed)

    env = Plain()
    env.reset(seed=1)
    env.step({"x": "hi"})
    assert env.agent_selector.selected == "y"


# -- the selector -------------------------------------------------------------------------------


def test_a_selector_goes_round():
    selector = AgentSelector(["a", "b", "c"])
    assert (selector.selected, selector.is_first(), selector.is_last()) == ("a", True, False)
    assert [selector.next() for _ in range(3)] == ["b", "c", "a"]
    selector.select("c")
    assert selector.is_last()
    selector.reinit(["x", "y"])
    assert (selector.selected, selector.agents) == ("x", ["x", "y"])


@pytest.mark.parametrize(
    ("removed", "selected"), [("a", "b"), ("b", "c"), ("c", "b")], ids=["before", "the selected one", "after"]
)
def test_removing_an_agent_keeps_the_turn_or_passes_it_on(removed, selected):
    selector = AgentSelector(["a", "b", "c"])
    selector.next()
    selector.remove_agent(removed)
    assert selector.selected == selected


def test_the_turn_wraps_when_the_last_agent_is_removed():
    selector = AgentSelector(["a", "b"])
    selector.next()
    selector.remove_agent("b")
    selector.remove_agent("unknown")
    assert selector.selected == "a"
    selector.remove_agent("a")
    assert (selector.selected, selector.next(), selector.get_active_agents()) == (None, None, [])


def test_a_selector_does_not_share_its_list():
    agents = ["a"]
    selector = AgentSelector(agents)
    selector.add_agent("b")
    selector.add_agent("b")
    assert (agents, selector.agents) == (["a"], ["a", "b"])
