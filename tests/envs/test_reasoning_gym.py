"""rg:*: every data set of reasoning-gym gives winnable items, and pays junk nothing whatever it is."""

import json
import pickle
import random
import subprocess
import sys
from fractions import Fraction
from importlib.metadata import version

import numpy as np
import pytest

from gem.constants import TERMINAL_STATE
from gem.envs import rg_ids
from gem.envs._reasoning_gym_formulas import arithmetic, is_antiderivative, polynomial
from gem.envs._reasoning_gym_scores import without_latex
from gem.envs.reasoning_gym import ReasoningGymEnv
from gem.envs.rg_ids import NAMES
from gem.errors import ConfigError
from gem.snapshot import Snapshot

NEEDS_PACKAGE = pytest.mark.slow
"""Importing reasoning-gym takes seconds, so that every test that does is slow."""

COSTLY = {"futoshiki", "intermediate_integration", "knight_swap", "puzzle24", "zebra_puzzles"}
"""Their items take tenths of a second and more."""
HOSTILE = (
    "__import__('os').system('exit 1')", "[exit() for _ in [1]]", "9**9**9**9", "10**10**10", "factorial(10**9)",
    "x**(10**9)", "(x+1)**100000", "1e999999999", "-1e999999999", "A+99999999999", "U99999999999",
    "∧".join(f"a{i}" for i in range(60)), "[" * 3000, "(" * 900 + ")" * 900, '{"a": ' * 90 + "1" + "}" * 90,
    "1" * 5000, "-" * 900 + "1", "[NaN, NaN, NaN]", "nan", "inf", "1/0", "\x00", "\ud800", "٣ ½ ² Ⅷ 🂡",
)  # fmt: skip
"""What runs code, never ends, eats memory or compares with nothing, if a scorer lets it."""
JUNK = (
    "hello", "the quick brown fox jumps", "zzz", "None", "[]", "{}", "[[]]", "()", '{"a": 1}', "1 2 3", "0 0\n0 0",
    "25*4", "6*4*1*1", "Integral(x, x)", "Move disk 1 from Peg 1 to Peg 2", "0123456789", "True False", "x" * 3000,
)  # fmt: skip


def asked(name, idx=0, **arguments):
    env = ReasoningGymEnv(name, **arguments)
    env.reset(idx=idx)
    return env


def paid(env, answer):
    env.reset(idx=env.idx)
    return env.step(f"\\boxed{{{answer}}}").reward


# -- ids ----------------------------------------------------------------------------------------------


@NEEDS_PACKAGE
def test_the_names_are_those_of_the_installed_package():
    from reasoning_gym.factory import DATASETS

    assert version("reasoning-gym") == rg_ids.VERSION
    assert set(NAMES) == DATASETS.keys() - {"composite"}
    assert len(NAMES) == len(set(NAMES))


@NEEDS_PACKAGE
def test_registering_the_ids_imports_no_reasoning_gym(run_python):
    code = "import sys, gem, gem.envs.rg_ids, gem.envs.reasoning_gym; print('reasoning_gym' in sys.modules)"
    assert run_python(code).strip() == "False"


@pytest.mark.parametrize("name", ["composite", "letter_countin", ""])
def test_a_data_set_that_does_not_exist_is_named(name):
    with pytest.raises(ConfigError, match=f"no data set {name!r}"):
        ReasoningGymEnv(name)


# -- the sweep ------------------------------------------------------------------------------------------


@NEEDS_PACKAGE
@pytest.mark.parametrize("name", NAMES)
def test_the_known_answer_wins_and_junk_earns_nothing(name):
    env = ReasoningGymEnv(name)
    before = random.getstate(), pickle.dumps(np.random.get_state())
    for seed in range(1 if name in COSTLY else 3):
        env.reset(seed=seed)
        known = env.solve()
        won = env.step(known)
        assert (won.obs, won.reward, won.terminated, won.info["success"]) == (TERMINAL_STATE, 1.0, True, True)
        for strict in (True, False):
            env.strict = strict
            for text in (*JUNK, *HOSTILE):
                reward = paid(env, text)
                assert 0 <= reward <= 1
                assert not strict or reward == 0 or text in known, (env.idx, text[:40], reward)
        env.strict = True
    env.sample_random_action(np.random.default_rng(0))
    assert (random.getstate(), pickle.dumps(np.random.get_state())) == before


# -- what the released GEM gets wrong, and what the package does ------------------------------------------


@NEEDS_PACKAGE
@pytest.mark.parametrize(
    ("name", "text"), [("boxnet", "1"), ("prime_factorization", "hello"), ("game_of_life", '{"a": 1}')]
)
def test_no_text_makes_a_step_raise(name, text):
    env = asked(name, strict=False)
    step = env.step(f"\\boxed{{{text}}}")
    assert (step.reward, step.terminated) == (0.0, True)
    assert "Error" in step.info["trouble"]


@NEEDS_PACKAGE
@pytest.mark.parametrize(
    ("name", "text", "package"),
    [
        ("game_of_life_halting", "hello", 1.0),  # any text is true
        ("number_sorting", "[NaN]", 0.0),  # NaN is sorted and near everything; the shape keeps it out
        ("palindrome_generation", "abba", 0.05),
        ("sentence_reordering", "hello", 0.05),
        ("power_function", "hello", 0.01),
        ("tsumego", "hello", 0.01),
        ("time_intervals", "50 days, 12:00", None),
        ("spell_backward", "aaaaaa", None),
    ],
)
def test_what_the_package_pays_for_junk_is_not_paid(name, text, package):
    strict, lenient = (asked(name, strict=strict) for strict in (True, False))
    for idx in range(10):
        strict.reset(idx=idx)
        lenient.reset(idx=idx)
        if text.lower() not in strict.solve().lower():
            assert paid(strict, text) == 0
        assert package is None or paid(lenient, text) == package


@NEEDS_PACKAGE
def test_a_coin_flip_is_no_certain_zero():
    env = asked("coin_flip", idx=1)
    assert "0.875" in env.solve()
    assert [paid(env, text) for text in ("0", "0.8", "0.875", "7/8", "\\frac{7}{8}")] == [0, 0, 1, 1, 1]
    assert paid(asked("coin_flip", idx=1, strict=False), "0") == 1


@NEEDS_PACKAGE
def test_twenty_four_is_made_of_the_numbers_given():
    env = asked("puzzle24")
    assert "4, 3, 9, 8" in env.reset(idx=0)[0]
    assert [paid(env, text) for text in ("6*4*1*1", "4+3+9+8", "(4 + 3) + (9 + 8)", "4*3+9+8/3")] == [0, 1, 1, 0]


@NEEDS_PACKAGE
def test_a_sum_has_one_number_for_an_answer():
    env = asked("gsm_symbolic")
    number = env.solve()[7:-1]
    assert [paid(env, text) for text in (f"{number} or 7", f"7 or {number}", f"{number} apples")] == [0, 0, 1]


@NEEDS_PACKAGE
def test_an_integral_is_not_its_own_name():
    env = asked("simple_integration")
    integrand = env.dataset[0]["metadata"]["integrand"]
    variable = env.dataset[0]["metadata"]["variable"]
    assert paid(env, f"Integral({integrand}, {variable})") == 0
    assert paid(env, env.solve()[7:-1].removesuffix(" + C")) == 1


@NEEDS_PACKAGE
def test_a_puzzle_said_back_earns_nothing():
    env = asked("sudoku")
    question = env.reset(idx=0)[0]
    clues = "\n".join(line for line in question.splitlines() if "_" in line)
    assert paid(env, clues.replace("_", "1")) == 0
    assert paid(asked("sudoku", strict=False), clues.replace("_", "1")) > 0.2


@NEEDS_PACKAGE
def test_a_detour_earns_its_share_and_a_lost_way_nothing():
    env = asked("tower_of_hanoi")
    moves = env.solve()[7:-1].splitlines()
    disk = moves[0].split()
    there_and_back = [moves[0], f"Move disk {disk[2]} from Peg {disk[8]} to Peg {disk[5]}"]
    assert paid(env, "\n".join(there_and_back + moves)) == pytest.approx(len(moves) / (len(moves) + 2))
    assert paid(env, "\n".join(moves[:-1])) == 0


# -- items ------------------------------------------------------------------------------------------------


@NEEDS_PACKAGE
@pytest.mark.parametrize("name", ["letter_counting", "sudoku", "pool_matrix", "word_sorting"])
def test_the_first_items_are_those_of_the_package(name):
    import reasoning_gym

    theirs = reasoning_gym.create_dataset(name, size=20, seed=7)
    env = ReasoningGymEnv(name, size=20, seed=7)
    assert len(env.dataset) == 20
    state = np.random.get_state()
    assert [env.dataset[i]["question"] for i in (0, 5)] == [theirs[i]["question"] for i in (0, 5)]
    np.random.set_state(state)
    assert env.reset(idx=5)[0].startswith(theirs[5]["question"].rstrip("\n"))
    np.random.set_state(state)


@NEEDS_PACKAGE
def test_what_is_drawn_is_none_of_the_items_kept_for_evaluation():
    env = ReasoningGymEnv("gcd", size=500)
    drawn = {env.reset()[1]["idx"] for _ in range(1000)}
    assert len(drawn) == 1000
    assert min(drawn) >= 500
    with pytest.raises(IndexError):
        env.dataset[500]


@NEEDS_PACKAGE
@pytest.mark.parametrize("name", ["polynomial_equations", "codeio"])
def test_no_item_asks_for_nothing(name):
    env = ReasoningGymEnv(name)
    assert all(len(env.solve()) > len("\\boxed{}") for _ in range(10) if env.reset())


@NEEDS_PACKAGE
def test_a_copy_of_an_item_may_be_changed():
    env = asked("gcd")
    env.dataset[0]["answer"] = "none"
    assert paid(env, env.solve()[7:-1]) == 1


@NEEDS_PACKAGE
def test_a_snapshot_is_small_and_goes_on_exactly():
    env = ReasoningGymEnv("arc_agi", seed=3)
    env.reset()
    text = env.snapshot().to_json()
    assert len(text) < 1000
    twin = ReasoningGymEnv("arc_agi", seed=3)
    twin.restore(Snapshot.from_json(text))
    assert twin.solve() == env.solve()
    assert twin.step("\\boxed{0}") == env.step("\\boxed{0}")
    assert twin.reset() == env.reset()


@NEEDS_PACKAGE
def test_an_env_travels_between_processes():
    env = ReasoningGymEnv("gcd", seed=-(2**70))
    assert pickle.loads(pickle.dumps(env)).reset() == env.reset()
    assert ReasoningGymEnv("gcd", seed=None).reset() != ReasoningGymEnv("gcd", seed=None).reset()


SAME_EVERYWHERE = ["isomorphic_strings", "list_functions", "polynomial_multiplication", "ransom_note", "word_ladder"]
READ_ITEMS = f"""
import json
from gem.envs.reasoning_gym import ReasoningGymEnv
sets = [ReasoningGymEnv(name).dataset for name in {SAME_EVERYWHERE}]
print(json.dumps([[(items.entry(i)["question"], items.entry(i)["answer"]) for i in range(8)] for items in sets]))
"""


@NEEDS_PACKAGE
def test_items_are_the_same_in_every_process():
    outputs = [
        subprocess.run(
            [sys.executable, "-c", READ_ITEMS], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in "12"
    ]
    assert outputs[0] == outputs[1]
    assert json.loads(outputs[0])[0][0][0]


@NEEDS_PACKAGE
def test_settings_reach_the_data_set():
    env = asked("gcd", config={"min_numbers": 5, "max_numbers": 5})
    assert env.reset(idx=0)[0].split("numbers:")[1].split(". Give")[0].count(",") == 4
    for config in ({"min_numbrs": 5}, {"min_numbers": 0}):
        with pytest.raises(ConfigError, match="rg:gcd cannot be built"):
            ReasoningGymEnv("gcd", config=config)
    with pytest.raises(ConfigError, match="size"):
        ReasoningGymEnv("acre", size=1000)


@NEEDS_PACKAGE
@pytest.mark.parametrize("reply", ["", "I think it is 4.", "\\boxed{}", "\\boxed{ }", None, 7])
def test_a_reply_without_an_answer_ends_the_episode_and_earns_nothing(reply):
    step = asked("gcd").step(reply)
    assert (step.obs, step.reward, step.terminated, step.truncated) == (TERMINAL_STATE, 0.0, True, False)
    assert step.info == {"correct": False, "success": False, "score": 0.0}


# -- reading answers -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"\text{Yes}", "Yes"), (r"\frac{13}{20}", "13/20"), (r"2 \times 3", "2 × 3"), (r"P \to \neg Q", "P → ¬ Q"),
        (r"\{\"0\": 1\}", '{\\"0\\": 1}'), (r"17.10^\circ", "17.10°"), (r"17.10^{\circ}", "17.10°"), ("plain", "plain"),
        (r"\unknown{x}", r"\unknown{x}"),
    ],
)  # fmt: skip
def test_latex_is_read_for_what_it_shows(text, shown):
    assert without_latex(text) == shown


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2*3", 7), ("(1+2)/4", Fraction(3, 4)), ("-3", -3), ("2**3", None), ("7//2", None), ("1.5", None),
        ("1/0", None), ("x", None), ("(1)(2)", None), ("", None), ("9" * 300, None), ("007", None),
    ],
)  # fmt: skip
def test_arithmetic_is_exact_or_unread(text, value):
    assert arithmetic(text) == value


@pytest.mark.parametrize("text", ["x**2 - 1", "-1 + x^2", "2*x*x - x**2 - 1", "x*x+3x-3*x-1"])
def test_a_polynomial_is_the_sum_of_its_terms(text):
    assert polynomial(text) == {(("x", 2),): 1, (): -1}


@pytest.mark.parametrize("text", ["(x-1)*(x+1)", "(x-1)*x", "x**99999", "x**y", "sin(x)", "x +", "exit()", "x" * 9000])
def test_what_is_not_multiplied_out_is_no_sum_of_terms(text):
    assert polynomial(text) != polynomial("x**2 - 1")


@pytest.mark.parametrize(
    ("answer", "integrand", "right"),
    [
        ("sin(x)**2/2 + C", "sin(x)*cos(x)", True), ("-cos(2x)/4", "sin(x)*cos(x)", True),
        ("-4*(-2*x - 8)**(3/2)/3 + C", "4*sqrt(-2*x - 8)", True), ("x*log(x) - x", "log(x)", True),
        ("x*asin(9*x) + sqrt(1 - 81*x**2)/9", "asin(9*x)", True), ("log(abs(x))", "1/x", True),
        ("2**x/ln(2)", "2**x", True), ("exp(x)", "2*exp(x)", False), ("x**2", "x", False), ("1/0", "x", False),
        ("Integral(x, x)", "x", False), ("9**9**9", "0*x", False), ("f.g(x)", "x", False), ("C", "x", False),
    ],
)  # fmt: skip
def test_an_antiderivative_has_the_integrand_as_its_slope(answer, integrand, right):
    assert is_antiderivative(answer, integrand, "x") == right


@NEEDS_PACKAGE
def test_the_programs_of_codeio_touch_no_file(tmp_path, monkeypatch):
    from gem.envs._reasoning_gym_items import _fenced_exec

    monkeypatch.chdir(tmp_path)
    for program in ("open('x', 'w')", "import os", "from pathlib import Path", "__import__('subprocess')", "input()"):
        with pytest.raises((PermissionError, ImportError), match="codeio asked for"):
            _fenced_exec(program, {})
    names = {}
    _fenced_exec("import math\nroot = math.sqrt(4)", names)
    assert names["root"] == 2.0
    env = ReasoningGymEnv("codeio")
    for seed in range(40):
        env.reset(seed=seed)
        assert env.step(env.solve()).reward == 1.0
    assert list(tmp_path.iterdir()) == []
