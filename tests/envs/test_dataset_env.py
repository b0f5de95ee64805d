"""What MathEnv, QaEnv and CodeEnv share: the order of rows, copies of a moment, and subclasses that others wrote."""

import multiprocessing
import pickle

import numpy as np
import pytest

from gem import Env
from gem.constants import TERMINAL_STATE
from gem.envs.math_env import MathEnv
from gem.errors import ConfigError
from gem.parsing import extract_last_boxed_answer
from gem.snapshot import Snapshot

pytest.importorskip("math_verify")

ROWS = [{"problem": f"What is {number} + 1?", "answer": number + 1} for number in range(10)]


def asked(env, resets, **options):
    found = []
    for _ in range(resets):
        env.reset(**options)
        found.append(env.idx)
    return found


# -- order -----------------------------------------------------------------------------------------


def test_each_epoch_asks_every_row_once_in_an_order_of_the_seed():
    env = MathEnv(dataset=ROWS, seed=3)
    first, second = asked(env, 10), asked(env, 10)
    assert sorted(first) == sorted(second) == list(range(10))
    assert first != second
    assert env.epoch == 1
    assert asked(MathEnv(dataset=ROWS, seed=3), 10) == first
    assert asked(MathEnv(dataset=ROWS, seed=4), 10) != first


def test_an_evaluation_asks_the_rows_in_their_order():
    env = MathEnv(dataset=ROWS, eval=True)
    assert asked(env, 12) == [*range(10), 0, 1]
    assert asked(env, 1, seed=7) == [7]
    assert asked(env, 2) == [8, 9]


def test_a_row_can_be_asked_by_its_index_which_moves_nothing():
    env = MathEnv(dataset=ROWS, eval=True)
    assert asked(env, 1, idx=np.int64(4)) == [4]
    assert asked(env, 2) == [0, 1]
    for idx in (-1, 10):
        with pytest.raises(ConfigError, match=f"problems 0 to 9, and no {idx}"):
            env.reset(idx=idx)


# -- moments and copies ----------------------------------------------------------------------------


def test_a_snapshot_holds_the_place_and_no_rows():
    env = MathEnv(dataset=ROWS, seed=3)
    asked(env, 4)
    text = env.snapshot().to_json()
    assert len(text) < 700
    assert "What is" not in text
    later = asked(env, 10)
    env.restore(Snapshot.from_json(text))
    assert asked(env, 10) == later


def test_envs_share_their_rows():
    env = MathEnv(dataset=ROWS)
    assert MathEnv(dataset=env.dataset, use_mp=False).dataset is env.dataset
    assert env.spawn(seed=5).dataset.source is not None
    assert env.fork().dataset is env.dataset


def test_an_env_travels_to_another_process():
    env = MathEnv(dataset=ROWS, seed=3)
    asked(env, 2)
    twin = pickle.loads(pickle.dumps(env))
    assert asked(twin, 9) == asked(env, 9)


# -- subclasses of others --------------------------------------------------------------------------


def test_subclasses_judge_in_their_own_way():
    class Parity(MathEnv):
        def check_correct(self, model_answer, gt_answer):
            return int(model_answer) % 2 == gt_answer % 2

    env = Parity(dataset=ROWS)
    for reply, verdict in (("\\boxed{5}", "correct"), ("\\boxed{6}", "wrong")):
        env.reset(idx=2)
        assert env.step(reply).info["verdict"] == verdict
    env = MathEnv(dataset=ROWS)
    env.reset(idx=0)
    env.check_correct = lambda model_answer, gt_answer: True
    assert env.step("\\boxed{2}").reward == 1.0


class OwnRows(MathEnv):
    """As frameworks write it: rows of its own, a step of its own, and nothing of our constructor."""

    def __init__(self, dataset=None, seed=0, **_):
        Env.__init__(self)
        self.dataset, self.seed = dataset, seed
        self.idx = self.epoch = 0

    def reset(self, seed=None):
        Env.reset(self, seed)
        data = self.dataset[self.idx]
        self.first_obs, self.answer = data["problem"], data["answer"]
        self.idx += 1
        return self.first_obs, {"env_instruction": ""}

    def step(self, action):
        answer = extract_last_boxed_answer(action)
        right = answer is not None and self.check_correct(answer, self.answer)
        return TERMINAL_STATE, 1.0 if right else 0, True, True, {"metrics": {"success": right}}


class OwnStep(MathEnv):
    """Our constructor and reset, a step of its own that grades in the pool that the released env had."""

    def step(self, action):
        call = self.mp_pool.apply_async(self.check_correct, (extract_last_boxed_answer(action), self.answer))
        return TERMINAL_STATE, float(call.get(timeout=1)), True, True, {}


class OwnChoice(MathEnv):
    """Our constructor and step, a choice of rows of its own."""

    def reset(self, seed=None):
        Env.reset(self, seed)
        self.idx = 0 if seed is not None else self.idx + 1
        data = self.dataset[self.idx]
        self.first_obs, self.answer = data[self.question_key], data[self.answer_key]
        return self.first_obs, {}


class OwnRowsOurStep(MathEnv):
    """The grandparent's constructor and reset, our step."""

    def __init__(self, dataset=None):
        super(MathEnv, self).__init__()
        self.dataset = dataset

    def reset(self, seed=None):
        super(MathEnv, self).reset(seed)
        self.idx = 3
        self.answer = self.dataset[self.idx]["answer"]
        return self.dataset[self.idx]["problem"], {}


def test_a_subclass_may_set_up_everything_itself():
    env = OwnRows(dataset=ROWS)
    assert env.reset(seed=5) == ("What is 0 + 1?", {"env_instruction": ""})
    assert env.step("\\boxed{1}")[1] == 1.0
    env.reset()
    assert env.step("\\boxed{1}")[1] == 0
    assert (env.idx, env.epoch, env.answer) == (2, 0, 2)


def test_a_subclass_may_grade_in_a_pool_that_is_none():
    env = OwnStep(dataset=ROWS)
    for reply, reward in (("\\boxed{3}", 1.0), ("\\boxed{4}", 0.0)):
        env.reset(idx=2)
        assert env.step(reply)[1] == reward


def test_a_subclass_may_choose_its_rows_itself():
    env = OwnChoice(dataset=ROWS)
    assert env.reset(seed=5)[0] == "What is 0 + 1?"
    assert env.step("\\boxed{1}").reward == 1.0
    env.reset()
    assert (env.idx, env.step("\\boxed{2}").reward) == (1, 1.0)


def test_a_subclass_may_use_our_step_alone():
    env = OwnRowsOurStep(dataset=ROWS)
    assert env.reset(seed=5)[0] == "What is 3 + 1?"
    assert env.step("\\boxed{4}").info == {"correct": True, "success": True, "verdict": "correct"}


@pytest.mark.parametrize("kind", [OwnRows, OwnChoice, OwnRowsOurStep])
def test_their_moments_are_copied_too(kind):
    env = kind(dataset=ROWS)
    env.reset(seed=5)
    twin, snapshot, answer = env.fork(), env.snapshot(), env.answer
    env.reset()
    env.answer = "another"
    assert twin.answer == answer
    env.restore(snapshot)
    assert env.answer == answer
    assert env.step(f"\\boxed{{{answer}}}")[1] == 1.0


@pytest.mark.slow
def test_check_correct_runs_in_the_pools_that_frameworks_keep():
    env = OwnRows(dataset=ROWS)
    assert env.check_correct("\\sqrt{4}", 2)  # the grader is at work when the process is forked
    with multiprocessing.Pool(1) as pool:
        for answer, right in (("2", True), ("\\sqrt{4}", True), ("\\sqrt{5}", False)):
            assert pool.apply_async(env.check_correct, (answer, 2)).get(timeout=60) is right


def test_what_was_assigned_holds_until_the_next_row():
    env = MathEnv(dataset=ROWS)
    env.reset(idx=0)
    env.answer, env.first_obs = "7", "something else"
    assert env.step("\\boxed{7}").reward == 1
    first, _ = env.reset(idx=1)
    assert (env.answer, env.first_obs) == (2, first)


def test_an_index_that_was_assigned_gives_way_to_the_next_reset():
    env = MathEnv(dataset=ROWS, eval=True)
    env.reset()
    env.idx = 5
    assert env.answer == 6
    assert env.reset()[1] == {"idx": 1}
    env.idx = 5
    assert env.reset(idx=2)[1] == {"idx": 2}
    assert (env.idx, env.answer) == (2, 3)


def test_info_names_the_row_that_a_subclass_chose_before_it_called_ours():
    class Fifth(MathEnv):
        def reset(self, seed=None):
            self.idx = 5
            return Env.reset(self, seed)

    obs, info = Fifth(dataset=ROWS).reset()
    assert obs.startswith("What is 5 + 1?")
    assert info == {"idx": 5}
