"""VectorEnv and make_vec: many envs, each as if it were alone."""

import random

import numpy as np
import pytest

import gem
from gem.core import Wrapper
from gem.errors import UnknownArgument, UnknownEnv, VectorError
from gem.vector import SyncVectorEnv
from tests.vector.counting_env import CountUp, vector

GAME = "game:GuessTheNumber-v0-hard"


def guess(index, turn):
    return f"\\boxed{{{(7 * index + 11 * turn) % 50 + 1}}}"


def alone(seed, index, steps, reset_seed=None):
    """Observations and rewards of one env, reset by hand at each episode's end."""
    env = gem.make(GAME, seed=seed)
    seen = [env.reset(seed=reset_seed)[0]]
    for turn in range(steps):
        obs, reward, terminated, truncated, _ = env.step(guess(index, turn))
        seen.append((env.reset()[0] if terminated or truncated else obs, reward))
    return seen


def beside_siblings(count, steps, seed, reset_seed=None):
    vec = gem.make_vec([GAME] * count, seed=seed)
    seen = [[obs] for obs in vec.reset(seed=reset_seed)[0]]
    for turn in range(steps):
        obs, rewards, *_ = vec.step([guess(index, turn) for index in range(count)])
        for index in range(count):
            seen[index].append((obs[index], rewards[index]))
    return seen


@pytest.mark.parametrize("count", [1, 2, 17])
def test_defect_2_each_env_plays_as_it_would_alone_with_its_seed(count):
    assert beside_siblings(count, 20, seed=5) == [alone(5 + index, index, 20) for index in range(count)]


def test_defect_2_a_seeded_reset_gives_the_episodes_of_that_seed():
    seen = beside_siblings(3, 20, seed=0, reset_seed=10**12)
    assert seen == [alone(0, index, 20, reset_seed=10**12 + index) for index in range(3)]


def test_defect_2_the_seed_of_make_vec_decides_the_secrets():
    def secrets(**kwargs):
        vec = gem.make_vec(["game:GuessTheNumber-v0"] * 8, **kwargs)
        vec.reset()
        return [env.unwrapped.state.target for env in vec.envs]

    assert secrets(seed=123) == secrets(seed=123)
    assert secrets(seed=123) != secrets(seed=124)
    assert secrets(seed=-1) == secrets(seed=-1)
    assert len({tuple(secrets(seed=None)) for _ in range(5)}) > 1


def test_defect_2_stepping_touches_no_global_generator():
    random.seed(1)
    np.random.seed(1)
    expected = random.random(), np.random.random()
    random.seed(1)
    np.random.seed(1)
    beside_siblings(3, 10, seed=4, reset_seed=7)
    assert (random.random(), np.random.random()) == expected


def test_two_envs_of_one_seed_are_alike_and_seeds_may_be_given_one_by_one():
    vec = gem.make_vec([GAME] * 3)
    vec.reset(seed=[4, 4, None])
    targets = [env.unwrapped.state.target for env in vec.envs]
    env = gem.make(GAME)
    env.reset(seed=4)
    assert targets[0] == targets[1] == env.unwrapped.state.target


def test_defect_18_kwargs_of_one_env_win_and_no_dict_of_the_caller_is_changed():
    own = [{"max_turns": 3}, {"seed": 99}]
    vec = gem.make_vec([GAME, GAME], vec_kwargs=own, max_turns=5, seed=7)
    vec.reset()
    assert [env.max_turns for env in vec.envs] == [3, 5]
    assert own == [{"max_turns": 3}, {"seed": 99}]
    env = gem.make(GAME, seed=99)
    env.reset()
    assert vec.envs[1].unwrapped.state.target == env.unwrapped.state.target


def test_one_id_may_be_repeated():
    assert gem.make_vec(GAME).num_envs == 1
    assert gem.make_vec(GAME, num_envs=3).env_ids == [GAME] * 3
    with pytest.raises(VectorError, match="num_envs=2"):
        gem.make_vec([GAME] * 3, num_envs=2)


def test_async_mode_gives_the_same_results():
    for async_mode in (False, True):
        with gem.make_vec([GAME] * 2, async_mode=async_mode, seed=3) as vec:
            vec.reset()
            assert [env.unwrapped.state.target for env in vec.envs] == [
                alone_env.unwrapped.state.target for alone_env in map(started, (3, 4))
            ]


def started(seed):
    env = gem.make(GAME, seed=seed)
    env.reset()
    return env


def test_wrappers_go_around_every_env_in_order():
    class Inner(Wrapper):
        pass

    class Outer(Wrapper):
        pass

    vec = gem.make_vec([GAME] * 2, wrappers=[Inner, Outer])
    for env in vec.envs:
        assert isinstance(env.env, Outer)
        assert isinstance(env.env.env, Inner)


def test_mistakes_in_ids_and_arguments_are_named():
    with pytest.raises(UnknownEnv):
        gem.make_vec(["game:GuessTheNumbr-v0"])
    with pytest.raises(UnknownArgument):
        gem.make_vec([GAME], max_turn=3)
    with pytest.raises(VectorError, match="vec_kwargs has 1"):
        gem.make_vec([GAME] * 2, vec_kwargs=[{}])
    with pytest.raises(VectorError, match="at least one"):
        gem.make_vec([])


def test_results_have_the_types_that_existing_users_compute_with():
    vec = vector(2)
    observations, infos = vec.reset()
    assert isinstance(observations, list)
    assert isinstance(infos, list)
    obs, rewards, terminations, truncations, infos = vec.step(["a", "b"])
    assert (type(obs), type(infos)) == (list, list)
    assert (rewards.dtype, terminations.dtype, truncations.dtype) == (np.float64, np.bool_, np.bool_)
    assert (terminations | truncations).shape == (2,)


@pytest.mark.parametrize("actions", [["a", "b"], ("a", "b"), np.array(["a", "b"]), {0: "a", 1: "b"}])
def test_defect_18_actions_come_as_list_tuple_array_or_dict(actions):
    vec = vector(2)
    vec.reset()
    assert vec.step(actions)[0] == ["env 0 episode 1 turn 1", "env 1 episode 1 turn 1"]


def test_an_action_out_of_an_array_is_plain_text():
    vec = vector(1)
    vec.reset()
    seen = []
    vec.envs[0].env.step = lambda action: seen.append(action) or ("", 0.0, False, False, {})
    vec.step(np.array(["a"]))
    assert [type(action) for action in seen] == [str]


def test_a_dict_steps_some_envs_in_its_own_order():
    vec = vector(4)
    vec.reset()
    obs, rewards, *_ = vec.step({3: "a", np.int64(1): "b"})
    assert obs == ["env 3 episode 1 turn 1", "env 1 episode 1 turn 1"]
    assert rewards.shape == (2,)
    assert [env.turn for env in vec.envs] == [0, 1, 0, 1]
    assert vec.step({})[0] == []


@pytest.mark.parametrize("actions", [["a"], ["a"] * 3, "ab", {2: "a"}, {-1: "a"}, {"0": "a"}])
def test_actions_that_do_not_fit_are_refused_before_any_step(actions):
    vec = vector(2)
    vec.reset()
    with pytest.raises(VectorError):
        vec.step(actions)
    assert [env.turn for env in vec.envs] == [0, 0]


def test_reset_options_reach_their_env():
    vec = vector(2)
    vec.reset(env1_kwargs={"length": 9})
    assert [env.length for env in vec.envs] == [3, 9]
    for wrong in ("env2_kwargs", "options"):
        with pytest.raises(VectorError, match=wrong):
            vec.reset(**{wrong: {}})
    with pytest.raises(VectorError, match="3 seeds"):
        vec.reset(seed=[1, 2, 3])


def test_send_and_recv_are_step_in_two_halves():
    vec = vector(3)
    vec.reset()
    vec.send({2: "a", 0: "b"})
    indices, obs, rewards, terminations, truncations, infos = vec.recv(min_ready=2, timeout_s=1.0)
    assert (indices, obs) == ([2, 0], ["env 2 episode 1 turn 1", "env 0 episode 1 turn 1"])
    assert rewards.shape == terminations.shape == truncations.shape == (2,)
    assert infos == [{}, {}]


def test_recv_of_what_was_not_sent_is_refused():
    vec = vector(2)
    vec.reset()
    vec.send({0: "a"})
    with pytest.raises(VectorError, match="only 1"):
        vec.recv(min_ready=2)


def test_an_env_is_not_sent_a_second_action_before_its_result_is_received():
    vec = vector(2)
    vec.reset()
    vec.send({0: "a"})
    with pytest.raises(VectorError, match="env 0"):
        vec.send({0: "b"})
    vec.send({1: "b"})
    with pytest.raises(VectorError, match="recv"):
        vec.step(["a", "a"])
    assert vec.recv(min_ready=2).indices == [0, 1]


def test_reset_drops_results_that_were_not_received():
    vec = vector(1)
    vec.reset()
    vec.send({0: "a"})
    vec.reset()
    assert vec.step(["a"])[0] == ["env 0 episode 2 turn 1"]


def test_defect_18_close_closes_every_env_once_even_if_one_fails():
    with vector(3) as vec:
        vec.envs[1].unwrapped.close = failing_close
    vec.close()
    assert [vec.envs[index].closed for index in (0, 2)] == [1, 1]
    with pytest.raises(VectorError, match="closed"):
        vec.reset()
    with pytest.raises(VectorError, match="closed"):
        vec.step(["a"] * 3)


def failing_close():
    raise OSError("already gone")


def test_envs_made_before_a_failing_one_are_closed():
    made = []

    def good():
        made.append(CountUp())
        return made[-1]

    def bad():
        raise RuntimeError("no such world")

    with pytest.raises(RuntimeError):
        SyncVectorEnv(["a", "b"], [good, bad])
    assert made[0].closed == 1


def test_a_seat_passes_everything_through_to_its_env():
    vec = gem.make_vec([GAME], seed=1)
    vec.reset()
    seat = vec.envs[0]
    assert seat.env_id == GAME
    assert seat.state.target == seat.unwrapped.state.target
    moment = seat.snapshot()
    first = vec.step([guess(0, 0)])[0]
    seat.restore(moment)
    assert vec.step([guess(0, 0)])[0] == first


def test_infos_are_the_envs_own_objects_not_copies():
    vec = vector(1)
    vec.reset()
    info = {"messages": [1]}
    vec.envs[0].env.step = lambda action: ("", 0.0, False, False, info)
    assert vec.step(["a"]).infos[0] is info
