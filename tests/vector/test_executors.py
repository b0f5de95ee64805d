"""One contract for all executors: whatever runs the envs, a vector answers alike."""

import numpy as np
import pytest

import gem
from gem.errors import ResetNeeded, UnknownArgument, UnknownEnv, VectorError
from gem.vector import AutoresetMode
from gem.wrappers import EpisodeTrackingWrapper
from tests.vector.executor_cases import (
    EVERY,
    NAMED,
    NEAR,
    RAY,
    counting,
    quickly,
    toys,
    turns,
    under,
    vector_of,
    vector_of_ids,
)
from tests.vector.fault_envs import Obedient

GAME = "game:GuessTheNumber-v0-hard"

# -- what goes in and what comes out ---------------------------------------------------------------


@under(*EVERY)
def test_actions_come_as_list_tuple_array_or_dict(executor):
    with counting(executor, 2, length=9) as vec:
        vec.reset()
        for turn, actions in enumerate((["a", "b"], ("a", "b"), np.array(["a", "b"]), {0: "a", 1: "b"}), 1):
            assert vec.step(actions)[0] == [f"env 0 episode 1 turn {turn}", f"env 1 episode 1 turn {turn}"]


@under(*EVERY)
def test_an_action_arrives_as_it_was_sent(executor):
    sent = ["text", "\ud800 \x00 \u2028", "a" * 300_000, None, 7, ["a", {"b": b"c"}]]
    with vector_of(executor, toys(1, Obedient, length=99)) as vec:
        vec.reset()
        assert [vec.step({0: action}).infos[0]["action"] for action in sent] == [str(action) for action in sent]
        assert vec.step(np.array(["plain"])).infos[0]["action"] == "plain"


@under(*EVERY)
def test_results_are_lists_and_arrays_of_the_usual_types(executor):
    with counting(executor, 2) as vec:
        first = vec.reset()
        assert (type(first), [type(part) for part in first]) == (tuple, [list, list])
        obs, rewards, terminations, truncations, infos = vec.step(["a", "b"])
        assert (type(obs), type(infos)) == (list, list)
        assert (rewards.dtype, terminations.dtype, truncations.dtype) == (np.float64, np.bool_, np.bool_)
        assert (terminations | truncations).shape == (2,)
        assert vec.metadata["autoreset_mode"] is AutoresetMode.SAME_STEP
        assert (vec.num_envs, vec.env_ids) == (2, ["test:0", "test:1"])


@under(*NEAR, "mixed", quickly("processes"), RAY)
def test_a_dict_steps_some_envs_and_results_come_in_its_order(executor):
    with counting(executor, 4) as vec:
        vec.reset()
        obs, rewards, *_ = vec.step({3: "a", np.int64(1): "b"})
        assert obs == ["env 3 episode 1 turn 1", "env 1 episode 1 turn 1"]
        assert rewards.shape == (2,)
        assert turns(vec) == [0, 1, 0, 1]
        assert vec.step({})[0] == []


@under(*EVERY)
@pytest.mark.parametrize("count", [1, 3])
def test_seeds_are_those_of_each_env_alone(executor, count):
    def alone(seed):
        env = gem.make(GAME)
        env.reset(seed=seed)
        return env.state.target

    def targets(**kwargs):
        vec.reset(**kwargs)
        return [env.state.target for env in vec.envs]

    with vector_of_ids(executor, [GAME] * count, seed=40) as vec:
        assert targets() == [alone(40 + k) for k in range(count)]
        assert targets(seed=-5) == [alone(-5 + k) for k in range(count)]
        assert targets(seed=2**70) == [alone(2**70 + k) for k in range(count)]
        assert targets(seed=[4] * count) == [alone(4)] * count
        with pytest.raises(VectorError, match=f"9 seeds for {count}"):
            vec.reset(seed=[1] * 9)


@under(*EVERY)
def test_reset_options_reach_their_env_and_no_other(executor):
    with counting(executor, 2) as vec:
        vec.reset(env1_kwargs={"length": 9})
        assert [env.length for env in vec.envs] == [3, 9]
        for wrong in ("env2_kwargs", "options"):
            with pytest.raises(VectorError, match=wrong):
                vec.reset(**{wrong: {}})


@under(*EVERY, RAY)
def test_envs_of_different_kinds_work_side_by_side_and_errors_name_index_and_id(executor):
    ids = [GAME, "game:Hangman-v1-easy", "gymnasium:FrozenLake-v1"]
    with vector_of_ids(executor, ids, autoreset_mode="Disabled") as vec:
        with pytest.raises(ResetNeeded, match=rf"env 0 \({GAME}\)"):
            vec.step(["a"] * 3)
        observations, _ = vec.reset(seed=3)
        for k, env_id in enumerate(ids):
            assert observations[k] == gem.make(env_id).reset(seed=3 + k)[0]
        assert [env.env_id for env in vec.envs] == ids
        while not vec.step({1: "not a letter"}).terminations[0]:
            pass
        with pytest.raises(ResetNeeded, match=r"env 1 \(game:Hangman-v1-easy\)"):
            vec.step(["\\boxed{1}"] * 3)


# -- autoreset ---------------------------------------------------------------------------------------


@under(*NEAR, "mixed", quickly("processes"), RAY)
def test_same_step_shows_the_new_episode_and_keeps_the_final_observation_and_info(executor):
    with counting(executor, 2, own={0: {"length": 1}}) as vec:
        vec.reset()
        obs, rewards, terminations, _, infos = vec.step(["a", "a"])
        assert obs == ["env 0 episode 2 turn 0", "env 1 episode 1 turn 1"]
        assert (terminations.tolist(), rewards.tolist()) == ([True, False], [1.0, 1.0])
        assert infos[0] == {
            "episode": 2,
            "final_observation": "env 0 episode 1 turn 1",
            "final_info": {"correct": True},
        }
        assert vec.step(["a", "a"])[0] == ["env 0 episode 3 turn 0", "env 1 episode 1 turn 2"]


@under(*EVERY)
def test_next_step_resets_instead_of_stepping(executor):
    with counting(executor, 1, AutoresetMode.NEXT_STEP, length=1) as vec:
        vec.reset()
        assert vec.step(["a"])[0] == ["env 0 episode 1 turn 1"]
        obs, rewards, terminations, truncations, infos = vec.step(["ignored"])
        assert (obs, rewards.tolist(), infos) == (["env 0 episode 2 turn 0"], [0.0], [{"episode": 2}])
        assert not (terminations | truncations).any()


@under(*EVERY)
def test_disabled_refuses_an_ended_env_before_stepping_any(executor):
    with counting(executor, 2, "Disabled", own={1: {"length": 1}}) as vec:
        with pytest.raises(ResetNeeded, match="env 0"):
            vec.step(["a", "a"])
        vec.reset()
        vec.step(["a", "a"])
        with pytest.raises(ResetNeeded, match=r"env 1 \(test:1\)"):
            vec.step(["a", "a"])
        with pytest.raises(ResetNeeded, match="env 1"):
            vec.send({1: "a"})
        assert turns(vec) == [1, 1]
        vec.envs[1].reset()
        assert vec.step(["a", "a"])[0] == ["env 0 episode 1 turn 2", "env 1 episode 2 turn 1"]


@under(*EVERY)
def test_trainers_find_the_counts_of_the_episode_before(executor):
    with counting(executor, 2, wrap=EpisodeTrackingWrapper, length=2) as vec:
        vec.reset()
        vec.step(["a", "a"])
        for info in vec.step(["a", "a"]).infos:
            assert (info["prev_ep_step_counter"], info["prev_ep_cumulative_rewards"]) == (2, 2.0)
            assert (info["step_counter"], info["cumulative_rewards"]) == (0, 0.0)
            assert info["final_info"] == {"correct": True, "step_counter": 2, "cumulative_rewards": 2.0}


# -- the envs themselves -------------------------------------------------------------------------------


@under(*EVERY)
@pytest.mark.parametrize("mode", AutoresetMode)
def test_an_env_that_was_reset_by_hand_is_not_reset_again(executor, mode):
    with counting(executor, 1, mode, length=2) as vec:
        vec.reset()
        for _ in range(2):
            vec.step(["a"])
        obs, info = vec.envs[0].reset(seed=5)
        assert info == {"episode": int(obs.split()[3])}
        assert vec.step(["a"])[0][0] == obs.replace("turn 0", "turn 1")


@under(*EVERY)
def test_an_env_that_was_stepped_to_its_end_by_hand_is_reset(executor):
    with counting(executor, 1, length=1) as vec:
        vec.reset()
        assert vec.envs[0].step("a")[:4] == ("env 0 episode 1 turn 1", 1.0, True, False)
        assert vec.step(["a"])[0] == ["env 0 episode 2 turn 0"]


@under(*NEAR, "mixed", quickly("processes"), RAY)
def test_attributes_and_methods_of_an_env_are_reached_through_its_seat(executor):
    with vector_of(executor, toys(2)) as vec:
        vec.reset()
        vec.step({1: "a"})
        assert [env.name for env in vec.envs] == ["env 0", "env 1"]
        assert [env.state.turn for env in vec.envs] == [0, 1]
        assert vec.envs[1].sample_random_action() == "play"
        assert len(vec.envs) == 2
        assert vec.envs[-1].name == "env 1"
        with pytest.raises(AttributeError, match="no_such_attribute"):
            vec.envs[0].no_such_attribute  # noqa: B018
        with pytest.raises(KeyError, match="no such thing"):
            vec.envs[0].broken()
        assert not hasattr(vec.envs[0], "neither_this_one")


@under(*EVERY)
def test_an_expert_plays_through_the_vector(executor):
    with vector_of_ids(executor, ["game:GuessTheNumber-v1-easy"] * 2) as vec:
        vec.reset()
        for _ in range(20):
            _, _, terminations, _, infos = vec.step([env.solve() for env in vec.envs])
            if terminations[0]:
                break
        assert infos[0]["final_info"]["success"]


@under(*EVERY)
def test_a_moment_of_an_env_can_be_taken_and_put_back(executor):
    with vector_of(executor, toys(1)) as vec:
        vec.reset()
        moment = vec.envs[0].snapshot()
        first = vec.step(["a"])[0]
        vec.envs[0].restore(moment)
        assert vec.step(["a"])[0] == first


# -- mistakes ------------------------------------------------------------------------------------------


@under(*EVERY)
def test_actions_that_do_not_fit_are_refused_before_any_step(executor):
    with counting(executor, 2) as vec:
        vec.reset()
        for actions in (["a"], ["a"] * 3, "ab", {2: "a"}, {-1: "a"}, {"0": "a"}, {0: "a", 7: "b"}):
            with pytest.raises(VectorError):
                vec.step(actions)
        with pytest.raises(VectorError, match="no env 2"):
            vec.send({2: "a"})
        assert turns(vec) == [0, 0]


@under(*EVERY, RAY)
def test_a_closed_vector_says_so_and_closes_again_without_a_word(executor):
    with counting(executor, 2) as vec:
        vec.reset()
        vec.send({0: "a"})
    vec.close()
    for use in (vec.reset, lambda: vec.step(["a", "a"]), lambda: vec.send({1: "a"}), vec.recv):
        with pytest.raises(VectorError, match="closed"):
            use()


@under(*NAMED)
def test_what_make_raises_is_raised_as_it_is(executor):
    with pytest.raises(UnknownEnv, match="GuessTheNumber-v0"):
        gem.make_vec([GAME, "game:GuessTheNumbr-v0"], executor=executor)
    with pytest.raises(UnknownArgument, match="max_turns"):
        gem.make_vec([GAME, GAME], executor=executor, vec_kwargs=[{}, {"max_turn": 3}])


@under(*NEAR, quickly("processes"), RAY)
def test_an_id_that_this_program_registered_is_known_wherever_its_envs_live(executor, registry_as_it_was):
    gem.register("test:Obedient-v0", Obedient, length=2)
    with gem.make_vec("test:Obedient-v0", executor=executor, workers=1, num_envs=2, name="mine") as vec:
        assert vec.reset()[0][0].startswith("mine turn 0")
        assert [env.length for env in vec.envs] == [2, 2]
        assert vec.envs[0].env_id == "test:Obedient-v0"


def test_an_unknown_executor_is_refused_with_a_suggestion():
    with pytest.raises(VectorError, match="Did you mean 'threads'"):
        gem.make_vec(GAME, executor="thread")


@under(*NAMED)
def test_async_mode_decides_nothing(executor):
    for async_mode in (False, True):
        with gem.make_vec([GAME] * 2, async_mode=async_mode, seed=3, executor=executor, workers=1) as vec:
            vec.reset()
            assert [env.state.target for env in vec.envs] == [started(3 + k).state.target for k in range(2)]


def started(seed):
    env = gem.make(GAME, seed=seed)
    env.reset()
    return env


@under("threads", "processes", "asynchronous")
def test_more_workers_than_envs_and_fewer_give_the_same(executor):
    def played(workers):
        with vector_of(executor, toys(2), workers=workers) as vec:
            return [vec.reset()[0], *(vec.step(["a"] * 2)[0] for _ in range(5))]

    assert played(1) == played(8)


@under(*NAMED, RAY)
def test_no_workers_at_all_are_refused(executor):
    for workers in (0, -1):
        with pytest.raises(VectorError, match="workers"):
            vector_of(executor, toys(2), workers=workers)
