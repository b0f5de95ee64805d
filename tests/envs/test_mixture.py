"""A mixture: each of its episodes is one of an env drawn by weight, and keeps every promise of the contract."""

from collections import Counter
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gem
from gem.agents import RandomAgent, SolverAgent
from gem.checking import check_env
from gem.core import Env, termination
from gem.envs.mixture import MixtureEnv, mixture_weights
from gem.errors import ConfigError, GemError, ResetNeeded, SnapshotMismatch, UnknownEnv
from gem.rollout import Collector

GUESS, HANOI = "game:GuessTheNumber-v1-easy", "game:TowerofHanoi-v0-easy"
WEIGHTS = {GUESS: 3, HANOI: 1}


class Flag(Env):
    """One turn; says its name."""

    def __init__(self, name, cost="cheap"):
        super().__init__()
        self.name, self.step_cost, self.closed = name, cost, 0

    def _reset(self):
        self.state = int(self.rng.integers(1000))
        return f"{self.name} {self.state}", {"kept": 1}

    def _step(self, action):
        return termination(f"{self.name} is over", float(self.rng.random()), success=True)

    def close(self):
        self.closed += 1
        if self.name == "stuck":
            raise RuntimeError("stuck")


def flags(weights, made=None):
    made = [] if made is None else made

    def make_flag(env_id, seed=None):
        made.append(Flag(env_id))
        made[-1].env_id = env_id
        return made[-1]

    return MixtureEnv(weights, make_flag)


def test_it_keeps_the_promises_of_the_contract():
    report = check_env(
        partial(MixtureEnv, WEIGHTS), seeds=(0, 1), max_steps=6, skip=["long_replies_are_answered_quickly"]
    )
    checked = {verdict.promise for verdict in report.verdicts if verdict.kept}
    assert {"oracle_wins", "snapshots_survive_json", "forks_continue_alike", "spawned_envs_play_alike"} <= checked


@pytest.mark.parametrize("seed", [0, 1, 2, 3, -5, 2**70])
def test_a_seed_gives_the_episode_that_the_drawn_env_has_for_it(seed):
    env = MixtureEnv(WEIGHTS)
    observation, info = env.reset(seed=seed)
    alone = gem.make(info["env"])
    assert (observation, env.env_id) == (alone.reset(seed=seed)[0], info["env"])
    action = alone.solve()
    assert env.solve() == action
    theirs, ours = alone.step(action), env.step(action)
    assert ours[:4] == theirs[:4]
    assert ours.info == {**theirs.info, "env": info["env"]}


def test_envs_are_drawn_by_their_weights():
    env = flags({"a": 1, "b": 2, "c": 5})
    drawn = Counter(env.reset(seed=seed)[1]["env"] for seed in range(2000))
    assert sum(drawn.values()) == 2000
    for name, share in (("a", 1 / 8), ("b", 2 / 8), ("c", 5 / 8)):
        assert abs(drawn[name] / 2000 - share) < 4 * (share * (1 - share) / 2000) ** 0.5


def test_ids_without_weights_are_drawn_alike():
    env = flags(["a", "b"])
    drawn = Counter(env.reset(seed=seed)[1]["env"] for seed in range(1000))
    assert abs(drawn["a"] - 500) < 64


def test_unseeded_episodes_follow_from_the_last_seed():
    first, second = flags(["a", "b"]), flags(["a", "b"])
    second.reset(seed=9)
    openings = []
    for env in (first, second):
        env.reset(seed=4)
        openings.append([env.reset() for _ in range(12)])
    assert openings[0] == openings[1]
    assert len({observation for observation, _ in openings[0]}) > 8
    assert {info["env"] for _, info in openings[0]} == {"a", "b"}


def test_envs_are_made_when_first_drawn_and_once():
    made = []
    env = flags({"a": 1, "b": 1, "never": 1e-12}, made)
    assert [one.name for one in made] == ["a"]
    for seed in range(30):
        env.reset(seed=seed)
    assert sorted(one.name for one in made) == ["a", "b"]
    env.close()
    assert [one.closed for one in made] == [1, 1]


def test_closing_goes_on_where_one_env_fails_to_close():
    made = []
    env = flags(["stuck", "b"], made)
    for seed in range(20):
        env.reset(seed=seed)
    with pytest.raises(RuntimeError, match="stuck"):
        env.close()
    assert {one.name: one.closed for one in made} == {"stuck": 1, "b": 1}


def test_a_fork_has_envs_of_its_own():
    made = []
    env = flags(["a", "b"], made)
    env.reset(seed=1)
    twin = env.fork()
    twin.close()
    assert made[0].closed == 0
    assert twin.step("x") == env.step("x")
    assert [twin.reset() for _ in range(5)] == [env.reset() for _ in range(5)]
    assert not {id(one) for one in twin._envs.values()} & {id(one) for one in env._envs.values()}


def test_a_snapshot_goes_back_to_the_env_of_its_moment():
    env = flags(["a", "b"])
    seeds = {env.reset(seed=seed)[1]["env"]: seed for seed in range(20)}
    env.reset(seed=seeds["a"])
    moment = env.snapshot()
    first = env.step("x")
    env.reset(seed=seeds["b"])
    env.restore(moment)
    assert (env.env_id, env.step("x")) == ("a", first)


def test_a_snapshot_of_another_mixture_is_refused():
    moment = flags(["z"])
    moment.reset(seed=0)
    with pytest.raises(SnapshotMismatch, match="'z'"):
        flags(["a"]).restore(moment.snapshot())
    with pytest.raises(SnapshotMismatch):
        flags(["a"]).restore(Flag("a").snapshot())


def test_fresh_chance_reaches_the_env_that_was_drawn():
    env = flags(["a", "b"])
    env.reset(seed=1)
    twins = [env.fork() for _ in range(3)]
    for number, twin in enumerate(twins):
        twin.rng = gem.seeding.generator(min(number, 1))
    rewards = [twin.step("x").reward for twin in twins]
    assert rewards[1] == rewards[2] != rewards[0]


def test_a_mixture_can_have_an_id_of_its_own(registry_as_it_was):
    gem.register("test:Mixture-v0", MixtureEnv, envs=WEIGHTS)
    first, again, other = (
        [env.reset()[1]["env"] for _ in range(20)]
        for env in (gem.make("test:Mixture-v0", seed=seed) for seed in (3, 3, 4))
    )
    assert first == again != other
    vector = gem.make_vec(["test:Mixture-v0"] * 4)
    _, info = vector.reset(seed=0)
    assert {one["env"] for one in info} <= set(WEIGHTS)
    vector.close()
    env = gem.make("test:Mixture-v0")
    for seed in range(10):
        assert env.reset(seed=seed)[1]["env"] == env.env_id == env.env.env_id


def test_setting_the_generator_draws_nothing_from_it():
    rng = gem.seeding.generator(5)
    env = flags(["a", "b"])
    env.rng = rng
    assert rng.bit_generator.state == gem.seeding.generator(5).bit_generator.state
    assert env.rng is rng


def test_spawn_passes_arguments_to_each_env_and_seeds_what_is_drawn():
    env = MixtureEnv([GUESS])
    env.reset(seed=0)
    assert "1 to 7" in env.spawn(difficulty="trivial").reset(seed=0)[0]
    targets = []
    for seed in (3, 3, 4, 5, 6):
        seeded = env.spawn(seed=seed)
        seeded.reset()
        targets.append(seeded.unwrapped.state.target)
    assert targets[0] == targets[1]
    assert len(set(targets)) > 1
    again = env.spawn(same_state=True, seed=3)
    assert again.step("\\boxed{2}") == env.step("\\boxed{2}")


def test_a_spawn_at_the_same_moment_with_a_seed_has_chance_of_its_own():
    env = flags(["a", "b"])
    env.reset(seed=1)
    twins = [env.spawn(same_state=True, seed=seed) for seed in (5, 5, 6)]
    assert len({twin.unwrapped.name for twin in (env, *twins)}) == 1
    rewards = [twin.step("x").reward for twin in (env, *twins)]
    assert rewards[1] == rewards[2]
    assert len(set(rewards)) == 3
    assert twins[0].reset() == twins[1].reset()


def test_a_step_before_the_first_episode_is_refused():
    with pytest.raises(ResetNeeded):
        flags(["a"]).step("x")


def test_solve_is_there_only_where_the_drawn_env_has_it():
    env = MixtureEnv({"easy": 1, "unsolvable": 1}, lambda name: Flag(name) if name != "easy" else gem.make(GUESS))
    has = {env.reset(seed=seed)[1]["env"]: hasattr(env, "solve") for seed in range(20)}
    assert has == {"easy": True, "unsolvable": False}


def test_its_cost_is_the_highest_of_its_envs():
    costs = {"a": "cheap", "b": "cpu-heavy", "c": "blocking"}
    assert MixtureEnv(["a", "b", "c"], lambda name: Flag(name, costs[name])).step_cost == "cpu-heavy"
    assert MixtureEnv(["a", "c"], lambda name: Flag(name, costs[name])).step_cost == "blocking"


@pytest.mark.parametrize("group_size", [1, 3])
def test_collected_episodes_bear_the_id_of_the_env_drawn_whatever_the_slots(group_size):
    def collected(slots):
        agent = SolverAgent(noise=0.5)
        make_env = partial(MixtureEnv, WEIGHTS)
        return Collector(make_env, agent, slots=slots, seed=0, group_size=group_size, max_turns=6).episodes(12)

    episodes = collected(1)
    assert {episode.env_id for episode in episodes} == {GUESS, HANOI}
    assert [episode.to_dict() for episode in episodes] == [episode.to_dict() for episode in collected(5)]
    for episode in episodes:
        assert episode.turns[0].observation == gem.make(episode.env_id).reset(seed=episode.seed)[0]
    for group in {episode.group for episode in episodes}:
        assert len({episode.env_id for episode in episodes if episode.group == group}) == 1


def test_an_env_that_cannot_be_made_ends_only_its_own_episodes():
    def make_env(name):
        if name == "b":
            raise OSError("no such thing")
        return Flag(name)

    class Yes(RandomAgent):
        def reply(self, request):
            return "yes"

    episodes = Collector(partial(MixtureEnv, ["a", "b"], make_env), Yes(), slots=2, seed=0).episodes(20)
    assert {episode.error for episode in episodes} == {None, "OSError: no such thing"}


@pytest.mark.parametrize(
    "envs",
    [{}, [], {"a": 0}, {"a": -1}, {"a": float("nan")}, {"a": float("inf")}, {"a": "2"}, {"": 1}, ["a", "a"], "ab"],
)
def test_what_is_no_mixture_is_refused(envs):
    with pytest.raises(ConfigError):
        MixtureEnv(envs, Flag)


def test_an_unknown_id_is_found_at_once():
    with pytest.raises(UnknownEnv, match="GuessTheNumber"):
        MixtureEnv({GUESS: 1, "game:GuesTheNumber-v1-easy": 1})


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("a", {"a": 1.0}),
        ("x:A-v0=2,y:B-v1-easy=0.5", {"x:A-v0": 2.0, "y:B-v1-easy": 0.5}),
        (" a = 2 , b ", {"a": 2.0, "b": 1.0}),
    ],
)
def test_a_command_line_writes_weights(text, weights):
    assert mixture_weights(text) == weights


@pytest.mark.parametrize("text", ["", "a,,b", "a=", "a=x", "a=0", "a=-1", "a=nan", "a=1=2", "=2", "a,a", "a=1,a=2"])
def test_a_command_line_that_cannot_be_read_is_refused(text):
    with pytest.raises(ConfigError):
        mixture_weights(text)


@given(st.text(max_size=20))
def test_any_command_line_is_weights_or_refused(text):
    try:
        weights = mixture_weights(text)
    except GemError:
        return
    assert weights
    assert all(weight > 0 for weight in weights.values())
