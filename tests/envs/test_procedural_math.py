"""math:Procedural-v1: every problem has the one right answer that its text asks for, and pays for nothing else."""

import re
from collections import Counter
from fractions import Fraction
from hashlib import blake2b

import pytest

from gem.checking import check_env
from gem.constants import TERMINAL_STATE
from gem.data import rows_of
from gem.envs import math_problems
from gem.envs._procedural_items import POOL, is_kept
from gem.envs.math_problems.answers import judged
from gem.envs.procedural_math import LEVELS, ProceduralMathEnv
from gem.errors import ConfigError, UnknownArgument
from gem.parsing import extract_last_boxed_answer
from gem.seeding import derive, generator
from gem.snapshot import Snapshot
from tests.envs.math_oracles import ORACLES, is_right


def drawn(kind, level, seed):
    return math_problems.draw(generator(derive(seed, kind, level)), kind, level)


def asked(**arguments):
    env = ProceduralMathEnv(**arguments)
    env.reset(seed=0)
    return env


# -- the problems -------------------------------------------------------------------------------------


def test_every_kind_has_an_oracle_of_its_own():
    assert ORACLES.keys() == set(math_problems.ALL)
    assert len(math_problems.ALL) == 41
    assert len(math_problems.TOPICS["stories"]) >= 8


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("kind", math_problems.ALL)
def test_an_answer_is_found_again_from_the_text_alone(kind, level):
    for seed in range(3):
        problem = drawn(kind, level, seed)
        assert is_right(kind, level, problem.question, problem.answer), problem
        assert not is_right(kind, level, problem.question, problem.answer + 1), problem


@pytest.mark.slow
@pytest.mark.parametrize("kind", math_problems.ALL)
def test_many_answers_are_found_again_from_the_text_alone(kind):
    for level in LEVELS:
        for seed in range(3, 25):
            problem = drawn(kind, level, seed)
            assert is_right(kind, level, problem.question, problem.answer), problem


@pytest.mark.parametrize("kind", math_problems.ALL)
def test_a_text_is_short_and_its_grammar_holds(kind):
    for level in LEVELS:
        for seed in range(25):
            problem = drawn(kind, level, seed)
            text = problem.text
            assert len(text) < 560, text  # and the request for a box
            assert not re.search(r"  |\n|\s[,?]|\s\.(?!\.\.)|\{|\}|None", text), text
            assert not re.search(r"(?<![\d/.:^,-])(?<!/ )\b1 (?!has|wins|is|comes|times)[a-z]+[^s'\W]s\b", text), text
            assert not re.search(r"\b(?:[02-9]|\d\d+) (?:euro|hour|week|year|minute|head|ball|ticket)\b", text), text
            assert not re.search(r"\b[Aa] [aeiou]", text.replace("a(n", "")), text
            assert not re.search(r"\+ -|- -|\b1x|\b0x|\+ 0\b", text.replace("(-", "(")), text
            whole = isinstance(problem.answer, int)
            form = "Answer with an integer." if whole else "lowest terms, or with an integer if it is one."
            assert text.endswith(form)


def test_integers_are_asked_for_wherever_all_answers_are():
    for kind in math_problems.ALL:
        for level in LEVELS:
            assert len({type(drawn(kind, level, seed).answer) for seed in range(5)}) == 1


def test_probabilities_lie_between_0_and_1():
    for kind in ("causes", "coins", "decks", "dice", "urns"):
        for level in LEVELS:
            assert all(0 < drawn(kind, level, seed).answer < 1 for seed in range(30))


@pytest.mark.parametrize("level", LEVELS)
def test_no_constant_reply_earns_a_twentieth(level):
    recipe = ProceduralMathEnv(level=level).dataset.recipe
    answers = Counter(recipe.draw(generator(seed)).answer for seed in range(500))
    assert answers.most_common(1)[0][1] < 0.05 * 500
    assert len(answers) > 250


@pytest.mark.slow
def test_no_kind_has_a_common_answer():
    for kind in math_problems.ALL:
        for level in LEVELS:
            answers = Counter(drawn(kind, level, seed).answer for seed in range(150))
            assert answers.most_common(1)[0][1] < 0.15 * 150, (kind, level)


def test_the_problems_of_a_seed_are_the_same_on_any_machine():
    texts = (f"{drawn(kind, level, 7).text} {drawn(kind, level, 7).answer}" for kind in ORACLES for level in LEVELS)
    assert blake2b("\n".join(sorted(texts)).encode(), digest_size=8).hexdigest() == "83a5936af9994a1d"


# -- which problems are asked -----------------------------------------------------------------------


def test_evaluation_problems_come_by_their_number_and_as_rows():
    env = ProceduralMathEnv(size=20)
    rows = list(env.dataset)
    assert len(env.dataset) == len(rows) == 20
    for idx in (0, 7, 19):
        obs, info = env.reset(idx=idx)
        assert obs.startswith(rows[idx]["problem"])
        assert info == {"idx": idx, "kind": rows[idx]["kind"], "level": rows[idx]["level"]}
        assert env.step(f"\\boxed{{{rows[idx]['answer']}}}").reward == 1
    assert env.dataset[-1] == rows[19]
    with pytest.raises(IndexError):
        env.dataset[20]


def test_the_rows_are_a_data_set_like_any_other():
    rows = rows_of(ProceduralMathEnv(size=3).dataset)
    assert [row["answer"] for row in rows] == [row["answer"] for row in ProceduralMathEnv(size=3).dataset]


def test_what_is_kept_is_never_drawn():
    env = ProceduralMathEnv(kinds=("grid_paths", "codes"), level="medium", size=60)
    kept = {row["problem"] for row in env.dataset}
    other = ProceduralMathEnv(kinds=("grid_paths", "codes"), level="medium", seed=7)
    for player in (env, other):
        indices = set()
        for _ in range(150):
            obs, info = player.reset()
            indices.add(info["idx"])
            assert not any(obs.startswith(text) for text in kept)
        assert min(indices) >= 60
        assert len(indices) == 150


@pytest.mark.slow
def test_each_kind_has_problems_for_evaluation_and_for_training():
    for kind in math_problems.ALL:
        for level in LEVELS:
            texts = [drawn(kind, level, seed).text for seed in range(20)]
            assert not all(map(is_kept, texts))
            assert any(is_kept(drawn(kind, level, seed).text) for seed in range(200)), (kind, level)


def test_another_seed_is_another_sequence_and_none_is_new_each_time():
    texts = [ProceduralMathEnv(seed=seed).dataset[0]["problem"] for seed in (42, 43, None, None)]
    assert len(set(texts)) == 4
    assert ProceduralMathEnv().dataset[0]["problem"] == texts[0]


@pytest.mark.parametrize("idx", [-1, POOL])
def test_a_number_without_a_problem_is_refused(idx):
    with pytest.raises(ConfigError, match="there are items 0 to"):
        ProceduralMathEnv().reset(idx=idx)


def test_kinds_and_topics_choose_what_is_asked():
    env = ProceduralMathEnv(kinds=("modular", "ages"), level="hard")
    seen = {(info["kind"], info["level"]) for _, info in (env.reset() for _ in range(60))}
    assert seen == {(kind, "hard") for kind in (*math_problems.TOPICS["modular"], "ages")}


def test_all_kinds_and_levels_are_asked_without_a_choice():
    env = ProceduralMathEnv()
    seen = [info for _, info in (env.reset() for _ in range(400))]
    assert {info["kind"] for info in seen} == set(math_problems.ALL)
    assert {info["level"] for info in seen} == set(LEVELS)


def test_difficulty_is_the_level():
    assert asked().spawn(difficulty="hard").dataset.recipe.levels == ("hard",)
    assert list(ProceduralMathEnv.tiers) == list(LEVELS)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kinds": ["agess"]}, "Did you mean 'ages'"), ({"kinds": []}, "kinds is empty"),
        ({"level": "hrad"}, "Did you mean 'hard'"), ({"size": -1}, "size must leave some"), ({"size": POOL}, "size"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ConfigError, match=message):
        ProceduralMathEnv(**arguments)


def test_unknown_arguments_are_refused():
    with pytest.raises(UnknownArgument):
        asked().spawn(kind="ages")


# -- what is paid -----------------------------------------------------------------------------------


def test_a_right_answer_ends_the_episode_and_earns_1():
    env = asked()
    obs, reward, terminated, truncated, info = env.step(f"It is {env.solve()}.")
    assert (obs, reward, terminated, truncated) == (TERMINAL_STATE, 1.0, True, False)
    kind = env.problem.kind
    assert info == {"correct": True, "success": True, "verdict": "correct", "kind": kind}


def test_a_wrong_answer_earns_nothing():
    env = asked()
    step = env.step(f"\\boxed{{{env.problem.answer + 1}}}")
    assert (step.reward, step.terminated, step.info["verdict"]) == (0.0, True, "wrong")
    assert step.info["correct"] is step.info["success"] is False


@pytest.mark.parametrize("reply", ["42", "", None, 7, "\\boxed{1"])
def test_a_reply_without_a_box_costs_only_where_that_is_asked_for(reply):
    step = asked().step(reply)
    assert (step.reward, step.info["verdict"], step.terminated) == (0.0, "format", True)
    assert asked(use_format_error_reward=True).step(reply).reward == -0.1


HALF, BIG, NEGATIVE = Fraction(1, 2), 1234567, Fraction(-3, 4)


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("1/2", HALF), (r"\frac{1}{2}", HALF), (r"\frac12", HALF), (r"\dfrac{1}{2}", HALF), (r"\frac{2}{4}", HALF),
        ("0.5", HALF), (".5", HALF), ("50%", HALF), (r"50\%", HALF), ("p = 1/2", HALF), (r"\text{1/2}", HALF),
        (r"1/2 \text{ hours}", HALF), ("$1/2$", HALF), ("1 / 2", HALF), ("(1/2)", HALF),
        ("1,234,567", BIG), ("1{,}234{,}567", BIG), ("1234567.0", BIG), ("1234567.", BIG), (r"\$1234567", BIG),
        ("+1234567", BIG), ("1234567 euros", BIG), ("x=1234567", BIG), ("1234567/1", BIG),
        ("-3/4", NEGATIVE), (r"-\frac{3}{4}", NEGATIVE), (r"\frac{-3}{4}", NEGATIVE), ("− 0.75", NEGATIVE),
        ("-0.75", NEGATIVE), (r"7\frac{3}{10}", Fraction(73, 10)), ("7 3/10", Fraction(73, 10)),
        ("12 square metres", 12), (r"12 \mathrm{ m}^2", 12), ("90 km/h", 90), ("3", Fraction(3)),
        (r"1{,}000 \text{ km}", 1000), (r"1,\!000 \text{ km}", 1000), (r"1\,000", 1000), (r"1\;000", 1000),
        (r"\frac{7}2", Fraction(7, 2)), (r"\frac7{2}", Fraction(7, 2)), ("{1000}", 1000), (r"\mathbf{1000}", 1000),
        ("€1000", 1000), ("-€5", -5), ("–5", -5), (r"0.\overline{3}", Fraction(1, 3)), ("50 percent", HALF),
        (r"x = -0.1\overline{6}", Fraction(-1, 6)), ("13 spiders", 13), (r"13 \text{ spiders}.", 13), ("5 paths", 5),
        ("354 euros in total", 354), ("x == 5", 5), ("5euros", 5),
    ],
)  # fmt: skip
def test_a_right_number_is_right_in_any_notation(answer, gold):
    assert judged(answer, gold) == "correct"


@pytest.mark.parametrize(
    ("answer", "gold"),
    [
        ("2", HALF), ("50", HALF), ("0.333333", Fraction(1, 3)), ("0.33333333333333333333", Fraction(1, 3)),
        ("1/3", HALF), ("-1/2", HALF), ("1/0", HALF), ("3 or 5", 3), ("3, 5", 3), ("3 5", 35), ("3,5", 35), ("3+2", 5),
        (r"\sqrt{25}", 5), ("5!", 5), ("5^1", 5), ("2.5*2", 5), ("[5, 5]", 5), ("5 million", 5), ("5x", 5), ("5e0", 5),
        ("9" * 5000, 9), ("5" + " " * 5000 + "5", 5), ("1" * 150 + "/" + "2" * 40, HALF), ("٥", 5),
        ("x != 5", 5), ("x >= 5", 5), ("x <= 5", 5), ("x ≠ 5", 5), (r"x \not= 5", 5), ("x => 5", 5), ("x =/= 5", 5),
        (r"1\,0000", 10000), (r"\frac{1}{2}3", Fraction(1, 23)), (r"0.\overline{3}", Fraction(3, 10)), ("5 pi", 5),
        ("5 million people", 5), ("5 times three", 5), ("5 thirds", 5), ("5 squared", 5), ("5 or more", 5),
        ("5 cents", 5),
        ("5 and a half", 5), ("5 spiders or 6 spiders", 5), ("5 fifty", 5), ("5 times itself", 5),
        ("5 more spiders", 5),
    ],
)  # fmt: skip
def test_another_number_is_wrong(answer, gold):
    assert judged(answer, gold) == "wrong"


@pytest.mark.parametrize(
    "answer", ["", "  ", "hello", "None", r"\frac{}{}", "%", "-", "x=", "\x00", "\ud800", "/", "="]
)
def test_what_holds_no_number_is_unparsable(answer):
    assert judged(answer, 0) == "unparsable"


@pytest.mark.parametrize("kind", math_problems.ALL)
def test_an_answer_may_name_what_is_counted(kind):
    for level in LEVELS:
        problem = drawn(kind, level, 0)
        for noun in re.findall(r"How many (\w+)", problem.question):
            assert judged(f"{problem.answer} {noun}", problem.answer) == "correct"


def test_random_replies_are_answers_to_other_problems():
    env = asked(kinds=("dice",))
    rng = generator(1)
    replies = [extract_last_boxed_answer(env.sample_random_action(rng)) for _ in range(40)]
    assert all(0 < Fraction(reply) < 1 for reply in replies)
    assert len(set(replies)) > 20


# -- the episode ------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("level", [None, *LEVELS])
def test_the_env_keeps_its_promises(level):
    check_env(lambda: ProceduralMathEnv(level=level))


def test_a_snapshot_holds_a_number_and_no_problem():
    env = asked()
    snapshot = Snapshot.from_json(env.snapshot().to_json())
    twin = ProceduralMathEnv()
    twin.restore(snapshot)
    assert twin.solve() == env.solve()
    assert len(env.snapshot().to_json()) < 500


@pytest.mark.slow
def test_it_runs_without_an_extra(run_python):
    code = (
        "import sys\nfrom gem.envs.procedural_math import ProceduralMathEnv as E\n"
        "env = E()\nenv.reset(seed=1)\nassert env.step(env.solve())[1] == 1\nenv.reset(); env.step('\\\\boxed{x}')\n"
        "print([name for name in ('math_verify', 'sympy', 'datasets') if name in sys.modules])"
    )
    assert run_python(code).strip() == "[]"
