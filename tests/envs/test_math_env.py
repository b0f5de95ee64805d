"""math:*: any data set is asked, answers are graded in threads and processes alike, and trouble names its row."""

import threading
from decimal import Decimal
from fractions import Fraction

import numpy as np
import psutil
import pytest

import gem
from gem.checking import JUNK, check_env
from gem.constants import TERMINAL_STATE
from gem.envs.math_env import INSTRUCTION, MathEnv, known_answers
from gem.errors import ConfigError, DataError, GraderUnavailable, MissingExtra, UnknownArgument
from gem.grading.math import MathVerdict

pytest.importorskip("math_verify")

ROWS = [{"problem": f"What is {number} + 1?", "answer": number + 1} for number in range(10)]


def env_of(*answers, **options):
    """An env at its first problem."""
    env = MathEnv(dataset=[{"problem": "Solve.", "answer": answer} for answer in answers], eval=True, **options)
    env.reset()
    return env


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
        (np.array(["a #### 5", "b #### 6"]), "6"), ({"so #### 5"}, "5"), (frozenset({7, 8}), "8"),
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


def test_a_set_of_known_answers_has_one_order_in_every_process():
    assert known_answers({"x #### 9", "7", "8"}) == ("7", "8", "9")


# -- many envs -------------------------------------------------------------------------------------


def test_a_vector_evaluates_rows_by_index():
    vec = gem.make_vec(["eval:AMC"] * 2, vec_kwargs=[{"dataset": ROWS, "split": None}] * 2)
    obs, _ = vec.reset(env0_kwargs={"idx": 4}, env1_kwargs={"idx": 2})
    assert [one.splitlines()[0] for one in obs] == ["What is 4 + 1?", "What is 2 + 1?"]
    _, rewards, *_ = vec.step({1: "\\boxed{3}"})
    assert list(rewards) == [1.0]
    vec.close()


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


@pytest.mark.slow
def test_defect_13_a_slow_answer_beside_others_costs_them_nothing():
    rows = [{"problem": "Solve.", "answer": "\\sqrt{2}"}]
    vec = gem.make_vec(["eval:AMC"] * 4, vec_kwargs=[{"dataset": rows, "split": None}] * 4, async_mode=True)
    vec.reset()
    slow, right = "\\boxed{\\sum_{k=1}^{10^9} \\frac{1}{k}}", "\\boxed{\\frac{2}{\\sqrt{2}}}"
    _, rewards, *_ = vec.step([slow, right, slow, right])
    assert list(rewards) == [0.0, 1.0, 0.0, 1.0]
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
