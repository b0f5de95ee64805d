"""math:*: any data set is asked, answers are graded in threads and processes alike, and trouble names its row."""

import multiprocessing
import pickle
import threading
from decimal import Decimal
from fractions import Fraction

import numpy as np
import psutil
import pytest

import gem
from gem import Env
from gem.checking import JUNK, check_env
from gem.constants import TERMINAL_STATE
from gem.envs.math_env import INSTRUCTION, MathEnv, known_answers
from gem.errors import ConfigError, DataError, GraderUnavailable, MissingExtra, UnknownArgument
from gem.grading.math import MathVerdict
from gem.parsing import extract_last_boxed_answer
from gem.snapshot import Snapshot

pytest.importorskip("math_verify")

ROWS = [{"problem": f"What is {number} + 1?", "answer": number + 1} for number in range(10)]


def env_of(*answers, **options):
    """An env at its first problem."""
    env = MathEnv(dataset=[{"problem": "Solve.", "answer": answer} for answer in answers], eval=True, **options)
    env.reset()
    return env


def asked(env, resets, **options):
    found = []
    for _ in range(resets):
        env.reset(**options)
        found.append(env.idx)
    return found


# -- one turn --------------------------------------------------------------------------------------


def test_the_problem_is_the_row_s_and_asks_for_what_is_graded():
    env = MathEnv(dataset=ROWS)
    obs, info = env.reset(idx=3)
    assert obs == env.first_obs == f"What is 3 + 1?\n\n{INSTRUCTION}"
    assert (info, env.idx, env.epoch, env.seed, env.answer, len(env.dataset)) == ({"idx": 3}, 3, 0, 0, 4, 10)


def test_a_problem_that_speaks_of_a_box_is_left_alone_as_all_are_if_one_wants():
    boxed = [{"problem": "Say it in \\boxed{}.", "answer": "1"}]
    assert MathEnv(dataset=boxed).reset()[0] == "Say it in \\boxed{}."
    assert MathEnv(dataset=ROWS, instruction="").reset(idx=0)[0] == "What is 0 + 1?"
    assert MathEnv(dataset=ROWS, instruction="Box it.").reset(idx=0)[0] == "What is 0 + 1?\n\nBox it."


def test_a_right_answer_is_paid_and_ends_the_episode_once():
    result = env_of("\\frac{1}{2}").step("First \\boxed{3}, no: \\boxed{\\frac12}.")
    assert result == (TERMINAL_STATE, 1.0, True, False, {"correct": True, "success": True, "verdict": "correct"})


def test_a_wrong_answer_earns_nothing():
    result = env_of("1").step("\\boxed{2}")
    assert result == (TERMINAL_STATE, 0.0, True, False, {"correct": False, "success": False, "verdict": "wrong"})


@pytest.mark.parametrize("reply", ["42", "", "\\boxed{", "\ud800", None, 42])
def test_a_reply_without_a_box_is_charged_only_if_one_wants(reply):
    for options, reward in (({}, 0.0), ({"use_format_error_reward": True}, -0.1)):
        result = env_of("42", **options).step(reply)
        assert (result.reward, result.terminated, result.info["verdict"]) == (reward, True, "format")


def test_an_answer_that_is_no_mathematics_is_told_apart():
    assert env_of("42").step("\\boxed{}").info["verdict"] == "unparsable"


@pytest.mark.slow
def test_defect_13_an_answer_that_takes_too_long_is_told_apart_and_the_next_is_graded_right():
    env = env_of("42", "43")
    assert env.step("\\boxed{\\sum_{k=1}^{10^9} \\frac{1}{k}}").info["verdict"] == "timeout"
    env.reset()
    assert env.step("\\boxed{\\sqrt{1849}}").reward == 1.0


@pytest.mark.parametrize("reply", JUNK.values(), ids=list(JUNK))
def test_any_reply_is_answered(reply):
    result = env_of("42").step(reply)
    assert result.terminated
    assert result.reward == 0.0


# -- known answers ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "reply"),
    [
        ("Six and six.\n#### 1,200", "1200"), ("so \\boxed{7}", "7"), ("$7$", "7"), (7, "7"), (7.0, "7"), (0.5, "0.5"),
        (np.int64(7), "7"), (np.array(["6", "7"]), "7"), (["6", "7"], "7"), (("6", 7.0), "7"), (["x #### 7"], "7"),
        (Decimal("0.50"), "0.5"), (Fraction(1, 2), "\\frac{1}{2}"), (" 7 ", "7"), (1e-7, "0.0000001"),
    ],
)  # fmt: skip
def test_known_answers_come_in_many_forms(known, reply):
    assert env_of(known).step(f"\\boxed{{{reply}}}").reward == 1.0
    env = env_of(known)
    assert env.step(env.solve()).reward == 1.0


@pytest.mark.parametrize("known", [None, "", "  ", [], float("nan"), {"a": 1}, b"7", "A dozen. ####"])
def test_a_row_without_an_answer_says_which_it_is(known):
    env = MathEnv(dataset=[*ROWS, {"problem": "?", "answer": known}])
    with pytest.raises(DataError, match="row 10 of the list"):
        env.reset(idx=10)


def test_rows_that_lack_what_is_asked_say_so():
    with pytest.raises(DataError, match=r"row 1 of the list has no 'answer'. Did you mean 'answers'\? It has: problem"):
        MathEnv(dataset=[ROWS[0], {"problem": "?", "answers": "1"}]).reset(idx=1)
    with pytest.raises(DataError, match=r"row 0.*has no 'question'"):
        MathEnv(dataset=ROWS, question_key="question").reset(idx=0)
    with pytest.raises(DataError, match=r"row 0.*the problem is a NoneType"):
        MathEnv(dataset=[{"problem": None, "answer": 1}]).reset()
    with pytest.raises(DataError, match="no rows"):
        MathEnv(dataset=[])
    with pytest.raises(ConfigError, match="dataset_name"):
        MathEnv()


def test_other_columns_can_be_named():
    env = MathEnv(dataset=[{"q": "One?", "a": "1"}], question_key="q", answer_key="a")
    assert env.reset()[0].startswith("One?")
    assert env.step("\\boxed{1}").reward == 1.0


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


def test_a_vector_evaluates_rows_by_index():
    vec = gem.make_vec(["eval:AMC"] * 2, vec_kwargs=[{"dataset": ROWS, "split": None}] * 2)
    obs, _ = vec.reset(env0_kwargs={"idx": 4}, env1_kwargs={"idx": 2})
    assert [one.splitlines()[0] for one in obs] == ["What is 4 + 1?", "What is 2 + 1?"]
    _, rewards, *_ = vec.step({1: "\\boxed{3}"})
    assert list(rewards) == [1.0]
    vec.close()


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


# -- many envs -------------------------------------------------------------------------------------


@pytest.mark.slow
def test_defect_13_a_thousand_envs_add_no_process_and_no_thread():
    me = psutil.Process()
    before = len(me.children(recursive=True)), threading.active_count()
    envs = [MathEnv(dataset=ROWS, seed=seed) for seed in range(1000)]
    for env in envs:
        env.reset()
        env.step("\\boxed{1}")
        env.close()
        env.close()
    assert (len(me.children(recursive=True)), threading.active_count()) == before


@pytest.mark.slow
@pytest.mark.parametrize("use_mp", [True, False])
def test_defect_13_a_vector_of_threads_grades_right(use_mp):
    rows = [{"problem": "Solve.", "answer": f"\\sqrt{{{number}}}"} for number in (2, 3, 5, 7)]
    right = ["\\frac{2}{\\sqrt{2}}", "\\frac{3}{\\sqrt{3}}", "\\frac{5}{\\sqrt{5}}", "\\frac{7}{\\sqrt{7}}"]
    kwargs = [{"dataset": rows, "split": None, "use_mp": use_mp}] * 4
    vec = gem.make_vec(["eval:AMC"] * 4, vec_kwargs=kwargs, async_mode=True)
    for turn in range(2):
        vec.reset(**{f"env{index}_kwargs": {"idx": index} for index in range(4)})
        replies = [f"\\boxed{{{right[(index + turn) % 4]}}}" for index in range(4)]
        _, rewards, terminations, truncations, _ = vec.step(replies)
        assert list(rewards) == [1.0 - turn] * 4
        assert all(terminations)
        assert not any(truncations)
    vec.close()


# -- trouble ---------------------------------------------------------------------------------------


def test_a_grader_that_fails_ends_the_episode_without_blame(monkeypatch):
    def refuse(*_):
        raise GraderUnavailable("no process can be started")

    monkeypatch.setattr("gem.envs.math_env.grade", refuse)
    obs, reward, terminated, truncated, info = env_of("1").step("\\boxed{2}")
    assert (obs, reward, terminated, truncated) == (TERMINAL_STATE, 0.0, False, True)
    assert info["error"] == {"type": "GraderUnavailable", "message": "no process can be started"}
    assert info["success"] is info["correct"] is False


def test_a_data_file_that_is_gone_ends_the_episode_without_blame(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text('{"problem": "One?", "answer": 1}\n')
    env = MathEnv(dataset=path)
    env.reset()
    path.unlink()
    result = env.step("\\boxed{1}")
    assert (result.truncated, result.info["error"]["type"]) == (True, "DataNotFound")


def test_without_the_grader_an_env_says_what_to_install(monkeypatch):
    def missing():
        raise MissingExtra("pip install 'gem-gym[math]'")

    monkeypatch.setattr("gem.envs.math_env.need_grader", missing)
    with pytest.raises(MissingExtra, match="math"):
        MathEnv(dataset=ROWS)


def test_a_misspelt_argument_is_refused():
    with pytest.raises(TypeError):
        MathEnv(dataset=ROWS, anser_key="answer")
    with pytest.raises(UnknownArgument, match="Did you mean 'answer_key'"):
        gem.make("eval:AMC", dataset=ROWS, anser_key="answer")


# -- subclasses of others --------------------------------------------------------------------------


def test_subclasses_judge_in_their_own_way():
    class Parity(MathEnv):
        def check_correct(self, model_answer, gt_answer):
            return int(model_answer) % 2 == gt_answer % 2

    env = Parity(dataset=ROWS)
    for reply, verdict in (("\\boxed{5}", "correct"), ("\\boxed{6}", "wrong")):
        env.reset(idx=2)
        assert env.step(reply).info["verdict"] == verdict


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


def test_a_verdict_of_ours_needs_no_env():
    assert MathEnv.check_correct("4", "4") is True
    assert MathEnv.check_correct("4", ["5", "x"]) is False
    assert known_answers("x #### 4") == ("4",)
    assert MathVerdict("correct").correct


# -- the contract ----------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"eval": True, "use_format_error_reward": True}])
def test_a_data_set_keeps_the_promises(options):
    check_env(MathEnv(dataset=ROWS, **options), seeds=(0, -7), max_steps=5)
