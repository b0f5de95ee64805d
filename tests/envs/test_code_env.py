"""code:* and eval:*: any data set is asked, programs are judged, and what goes wrong is told to whom it concerns."""

import pickle

import pytest

import gem
from gem.checking import check_env
from gem.constants import TERMINAL_STATE
from gem.envs._code_tasks import seconds
from gem.envs.code_env import BundledCodeEnv, CodeEnv, bundled, fenced
from gem.errors import ConfigError, DataError, DataNotFound, SandboxUnavailable
from gem.sandbox import Limits, Result, make
from gem.sandbox.result import unavailable

SUM = {
    "problem": "Print the sum of two numbers.",
    "tests": {"inputs": ["1 2", "30 4", "500 60", "7 8"], "outputs": ["3", "34", "560", "15"]},
    "solution": "print(sum(map(int, input().split())))",
}
RIGHT = fenced(SUM["solution"])
HALF = fenced("a, b = map(int, input().split())\nprint(a + b if a < 10 else 0)")


class Answering:
    """A sandbox in which programs print what a function makes of their input."""

    def __init__(self, answer=lambda given: Result(status="ok", stdout=given)):
        self.answer, self.limits, self.inputs = answer, Limits(), []

    def run_tests(self, code, inputs, stop, isolation, *, accept, limits):
        self.inputs, self.limits_given, found = inputs, limits, []
        for index, given in enumerate(inputs):
            found.append(self.answer(given))
            if stop and not (found[-1].ok and accept(index, found[-1])):
                break
        return found


@pytest.fixture(scope="module")
def box():
    """The sandbox that envs use, or a bare process where this machine gives none."""
    try:
        sandbox = make()
    except SandboxUnavailable:
        sandbox = make("subprocess", allow_unsafe=True)
    with sandbox:
        yield sandbox


@pytest.fixture
def ask(box):
    """An env at its first problem."""

    def build(*rows, **options):
        env = CodeEnv(dataset=list(rows) or [SUM], sandbox=options.pop("sandbox", box), **options)
        env.reset()
        return env

    return build


# -- one turn --------------------------------------------------------------------------------------


def test_the_question_is_the_row_s_and_the_answer_is_paid(ask):
    env = ask()
    assert env.reset() == ("Print the sum of two numbers.", {"idx": 0})
    obs, reward, terminated, truncated, info = env.step(f"I think:\n```python\nprint(3)\n```\nNo:\n{RIGHT}")
    assert (obs, reward, terminated, truncated) == (TERMINAL_STATE, 1.0, True, False)
    assert info["correct"] is info["success"] is True
    assert (info["verdict"], info["verdicts"], info["passed"], info["tests"]) == ("AC", ["AC"] * 4, 4, 4)


def test_a_wrong_program_earns_nothing_and_is_told_where_it_failed(ask):
    result = ask().step(HALF)
    assert (result.reward, result.info["verdict"], result.info["verdicts"]) == (0.0, "WA", ["AC", "WA"])
    assert (result.info["passed"], result.info["stdout"], result.info["success"]) == (1, "0\n", False)


def test_part_of_the_tests_is_part_of_the_reward_if_one_wants(ask):
    result = ask(partial_credit=True).step(HALF)
    assert (result.reward, result.info["verdicts"]) == (0.5, ["AC", "WA", "WA", "AC"])


@pytest.mark.parametrize("reply", ["print(3)", "", "```python\nnever closed", "\ud800", None, 3])
def test_a_reply_without_code_costs_a_tenth(ask, reply):
    result = ask().step(reply)
    assert (result.reward, result.terminated, result.info["verdict"]) == (-0.1, True, "format")


@pytest.mark.parametrize(("code", "verdict"), [("print(", "CE"), ("1 / 0", "RE"), ("x = 'x' * 10**10", "MLE")])
def test_the_verdict_says_what_happened(ask, code, verdict):
    result = ask().step(fenced(code))
    assert result.info["verdict"] == verdict
    assert "Error" in result.info["stderr"]


def test_outputs_in_the_info_are_bounded(ask):
    result = ask().step(fenced("import sys\nprint('x' * 10**5)\nsys.stderr.write('y' * 10**5)"))
    assert len(result.info["stdout"]) == len(result.info["stderr"]) == 2000


# -- several turns ---------------------------------------------------------------------------------


def test_a_program_can_be_mended(ask):
    env = ask(max_turns=4)
    first = env.step(HALF)
    assert (first.reward, first.done) == (0.0, False)
    for word in ("wrong answer (WA) on test 2 of 4", "30 4", "Printed:\n0", "3 more tries"):
        assert word in first.obs
    assert "34" not in first.obs.replace("30 4", "")
    second = env.step("I give up.")
    assert (second.reward, second.done) == (-0.1, False)
    assert "no code block" in second.obs
    twin = env.fork()
    assert env.step(RIGHT) == twin.step(RIGHT)
    assert not env._in_episode


def test_failures_are_kept_quiet_if_one_wants(ask):
    obs = ask(max_turns=2, show_failures=False).step(HALF).obs
    assert "on test 2 of 4" in obs
    assert "30 4" not in obs


def test_the_last_try_ends_the_episode_and_only_it_pays_in_part(ask):
    env = ask(max_turns=2, partial_credit=True)
    assert env.step(HALF).reward == 0.0
    last = env.step(HALF)
    assert (last.reward, last.terminated, last.truncated) == (0.5, True, False)


# -- rows and tests --------------------------------------------------------------------------------


def test_the_longest_tests_are_kept_in_their_order(ask):
    sandbox = Answering()
    ask(max_tests=2, sandbox=sandbox, stop_on_first_failure=False).step(RIGHT)
    assert sandbox.inputs == ["30 4", "500 60"]


@pytest.mark.parametrize(
    ("row", "option", "expected"), [(None, None, 10), (2, None, 2), ("3 seconds", None, 3), ({"seconds": 4}, 1.5, 1.5)]
)
def test_a_test_gets_its_time(ask, row, option, expected):
    sandbox = Answering()
    ask({**SUM, "time_limit": row}, timeout_s=option, sandbox=sandbox).step(RIGHT)
    assert sandbox.limits_given.timeout_s == expected
    assert sandbox.limits_given.memory_mb == 1024


@pytest.mark.parametrize("value", [None, "", "soon", -1, 0, True, float("nan"), {}, {"seconds": "x"}, [], {"nanos": 0}])
def test_a_time_limit_that_is_none_is_none(value):
    assert seconds(value) is None


def test_time_limits_are_read_in_every_form():
    limits = [2, 2.0, "2", "2.0 seconds", " 2 s ", {"seconds": 2}, {"seconds": 1, "nanos": 1_000_000_000}]
    assert [seconds(value) for value in limits] == [2.0] * 7
    assert seconds(1e300) == seconds(float("inf")) == 600


def test_a_column_that_is_missing_is_named_with_those_that_are_there():
    with pytest.raises(DataError, match=r"no column 'problem'.*Did you mean 'problems'.*'problems', 'tests'"):
        CodeEnv(dataset=[{"problems": "", "tests": ""}])
    with pytest.raises(DataError, match="no rows"):
        CodeEnv(dataset=[])


def test_a_row_without_tests_says_which_it_is():
    env = CodeEnv(dataset=[SUM, {"problem": "?", "tests": {"inputs": [], "outputs": []}}])
    with pytest.raises(DataError, match=r"1.*there are no tests"):
        env.reset(idx=1)


@pytest.mark.parametrize(
    "options",
    [{}, {"sandbox_type": "firecracker"}, {"checker": "token"}, {"max_turns": 0}, {"max_tests": 0},
     {"row_format": "apps"},     {"timeout_s": -1}, {"memory_mb": 0}],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(options):
    with pytest.raises(ConfigError):
        CodeEnv(dataset=[SUM] if options else None, **options)


def test_existing_settings_are_taken():
    CodeEnv("", None, [SUM], "problem", "tests", 0, 5, 12, False, "bwrap")


@pytest.mark.slow
def test_a_data_set_that_is_nowhere_says_how_to_get_it(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(DataNotFound, match="GEM_DATA_DIR"):
        CodeEnv("nobody/nothing-of-the-kind")


# -- order -----------------------------------------------------------------------------------------

TEN = [{"problem": str(number), "tests": SUM["tests"]} for number in range(10)]


def asked(env, resets, **options):
    return [int(env.reset(**options)[0]) for _ in range(resets)]


def test_each_epoch_asks_every_row_once_in_an_order_of_the_seed():
    first, second = asked(CodeEnv(dataset=TEN, seed=3), 10), asked(CodeEnv(dataset=TEN, seed=3), 20)
    assert sorted(first) == list(range(10))
    assert second[:10] == first
    assert sorted(second[10:]) == list(range(10))
    assert second[10:] != first
    assert asked(CodeEnv(dataset=TEN, seed=4), 10) != first


def test_an_evaluation_asks_the_rows_in_their_order():
    env = CodeEnv(dataset=TEN, eval=True)
    assert asked(env, 12) == [*range(10), 0, 1]
    assert env.epoch == 1
    env.reset(seed=7)
    assert [env.idx, *asked(env, 2)] == [7, 8, 9]


def test_a_row_can_be_asked_by_its_index():
    env = CodeEnv(dataset=TEN, eval=True)
    assert env.reset(idx=4) == ("4", {"idx": 4})
    assert asked(env, 2) == [0, 1]
    assert (env.idx, env.epoch, env.seed, len(env.dataset)) == (1, 0, 0, 10)
    with pytest.raises(ConfigError, match="0 to 9, and no 10"):
        env.reset(idx=10)


def test_rows_are_shared_with_another_env():
    first = CodeEnv(dataset=TEN)
    assert CodeEnv(dataset=first.dataset).dataset is first.dataset
    assert first.spawn(seed=5).dataset is not None


def test_an_env_travels_to_another_process():
    for env in (CodeEnv(dataset=TEN, seed=3), BundledCodeEnv(problems=FEW, seed=3)):
        twin = pickle.loads(pickle.dumps(env))
        assert [twin.reset(), twin.tests] == [env.reset(), env.tests]


# -- trouble ---------------------------------------------------------------------------------------


def test_a_sandbox_that_fails_ends_the_episode_without_blame(ask):
    for sandbox in (Answering(lambda given: unavailable("the kernel is gone")),):
        obs, reward, terminated, truncated, info = ask(sandbox=sandbox).step(RIGHT)
        assert (obs, reward, terminated, truncated) == (TERMINAL_STATE, 0.0, False, True)
        assert info["error"] == {"type": "SandboxUnavailable", "message": "the kernel is gone"}


def test_a_machine_without_sandbox_is_told(monkeypatch):
    def refuse(profile):
        raise SandboxUnavailable("no layer holds here")

    monkeypatch.setattr("gem.envs.code_env.shared", refuse)
    env = CodeEnv(dataset=[SUM])
    env.reset()
    assert env.step(RIGHT).info["error"]["message"] == "no layer holds here"


def test_subclasses_judge_in_their_own_way():
    class Lenient(CodeEnv):
        def check_correct(self, code, tests):
            return "print" in code and len(tests) == 4

    env = Lenient(dataset=[SUM])
    for code, reward, verdict in (("print()", 1.0, "AC"), ("pass", 0.0, "WA")):
        env.reset()
        result = env.step(fenced(code))
        assert (result.reward, result.info["verdict"], result.info["success"]) == (reward, verdict, reward == 1.0)


def test_a_row_with_a_solution_has_an_expert(ask):
    env = ask()
    assert env.step(env.solve()).reward == 1.0
    without = ask({"problem": "", "tests": SUM["tests"]})
    assert getattr(without, "solve", None) is None


FEW = ("pocket_calculator", "signal_ring")
"""Two of our problems whose tests are drawn quickly."""


# -- our own problems ------------------------------------------------------------------------------


def test_each_episode_draws_a_problem_and_new_tests(box):
    env = gem.make("code:Bundled-v1", problems=FEW, sandbox=box)
    env.reset(seed=1, idx=0)
    question, tests = env.task.question, env.tests
    env.reset(seed=2, idx=0)
    assert env.task.question == question
    assert env.tests != tests
    env.reset(seed=1, idx=0)
    assert env.tests == tests


def test_levels_choose_among_the_problems():
    parts = [set(bundled(level)) for level in ("easy", "medium", "hard")]
    assert set(bundled()) == set.union(*parts)
    assert sum(map(len, parts)) == len(bundled())
    easy = gem.make("code:Bundled-v1", difficulty="easy")
    assert easy.tasks.names == bundled("easy")
    assert gem.make("code:Bundled-v1", problems=bundled()[:1]).tasks.names == bundled()[:1]


@pytest.mark.slow
@pytest.mark.parametrize("max_turns", [1, 3])
def test_our_problems_keep_the_promises(box, max_turns):
    env = BundledCodeEnv(problems=FEW, max_turns=max_turns, sandbox=box)
    check_env(env, seeds=(0,), max_steps=10, skip=["long_replies_are_answered_quickly"])


@pytest.mark.slow
def test_a_data_set_keeps_the_promises(box):
    check_env(CodeEnv(dataset=[SUM, {**SUM, "problem": "Add."}], sandbox=box), seeds=(0,), max_steps=10)
