"""logic:Procedural-v1: what is true follows from the text at the depth that is said, and nothing else gives it away."""

import re
from collections import Counter
from hashlib import blake2b
from itertools import product

import pytest

from gem.checking import check_env
from gem.constants import TERMINAL_STATE
from gem.data import rows_of
from gem.envs._procedural_items import POOL
from gem.envs.logic_worlds.theory import every, proven, refuted, some
from gem.envs.procedural_logic import ProceduralLogicEnv, read
from gem.errors import ConfigError, UnknownArgument
from gem.seeding import generator
from gem.snapshot import Snapshot
from tests.envs.logic_prover import Problem

TIERS = ProceduralLogicEnv.tiers
ALL_DEPTHS = (0, 1, 2, 3, 4, 5)


def asked(seed=0, **arguments):
    env = ProceduralLogicEnv(**arguments)
    env.reset(seed=seed)
    return env


def some_problems(number, **arguments):
    recipe = ProceduralLogicEnv(**arguments).dataset.recipe
    return [recipe.draw(generator(seed)) for seed in range(number)]


# -- the worlds ---------------------------------------------------------------------------------------


def check_proofs(problem):
    world = Problem(problem.text)
    assert len({atom for atom, _ in world.statements}) == len(world.statements) == len(problem.answers)
    for (atom, denied), truth, depth in zip(world.statements, problem.answers, problem.depths, strict=True):
        assert world.least_depth(atom) == (truth != denied, depth), (problem.text, atom)


@pytest.mark.parametrize("depth", ALL_DEPTHS)
def test_the_text_alone_decides_and_the_proof_is_as_deep_as_said(depth):
    for problem in some_problems(4, depths=(depth,)):
        check_proofs(problem)


@pytest.mark.slow
@pytest.mark.parametrize("questions", [1, 4, 6])
def test_many_proofs_are_as_deep_as_said(questions):
    for problem in some_problems(60, questions=questions):
        check_proofs(problem)


def test_a_theory_has_more_rules_than_a_statement_needs():
    for problem in some_problems(30, depths=(5,), questions=1):
        assert len(Problem(problem.text).statements) == 1
        assert problem.text.split("Rules:\n")[1].split("\n\n")[0].count("\n") >= 11


def test_there_is_as_much_said_of_one_as_of_another():
    for problem in some_problems(30):
        facts = Problem(problem.text).facts
        assert len(set(Counter(subject for subject, _, _ in facts).values())) == 1


def test_rules_come_in_every_form():
    text = "\n".join(problem.text for problem in some_problems(60))
    for form in (
        "If someone",
        "If something",
        "Everyone who",
        "Everything that",
        "If X",
        "Y is not",
        " and ",
        "If the ",
    ):
        assert form in text
    assert re.search(r"If (?!someone|something)\w+ is \w+, then \w+ ", text)
    assert not re.search(r"  |\bnot not\b|\.\.|they \w+s |, then it (?!is)\w+[^s] [^.]+\.", text)


def test_what_fails_is_as_deep_as_the_easiest_way_to_see_it():
    assert every([proven(1), proven(3)]) == proven(3)
    assert every([proven(1), refuted(4), refuted(2)]) == refuted(2)
    assert some([refuted(1), refuted(3)]) == refuted(3)
    assert some([refuted(1), proven(4), proven(2)]) == proven(2)
    assert some([]) == refuted(0)


# -- nothing gives the answer away ------------------------------------------------------------------------


@pytest.mark.slow
def test_statements_of_each_depth_are_true_as_often_as_false():
    for depth in ALL_DEPTHS:
        truths = [truth for problem in some_problems(200, depths=(depth,)) for truth in problem.answers]
        assert abs(sum(truths) / len(truths) - 0.5) < 0.06, depth


@pytest.mark.slow
def test_no_list_of_answers_is_more_common_than_another():
    answers = Counter(problem.answers for problem in some_problems(960))
    assert answers.keys() == set(product((True, False), repeat=4))
    assert sum((number - 60) ** 2 / 60 for number in answers.values()) < 37.7  # chi-square of 15, one in a thousand


def guesses(theory, statement):
    """What a reader might think who does no reasoning, by the name of the cue."""
    denied = " not " in statement
    positive = re.sub(r"does not (\w+) ", r"\1s ", statement.replace("is not ", "is "))
    subject, phrase = re.fullmatch(r"((?:the )?\w+) (.+)", positive).groups()
    thing = phrase.rpartition(" ")[2]
    words = set(re.findall(r"\w+", theory))
    yield "its words stand in a row", statement in theory
    yield "without a not its words stand in a row", (positive in theory) != denied
    yield "it has a not", not denied
    yield "it is long", len(statement) > 18
    yield "all its words occur", set(re.findall(r"\w+", statement)) <= words
    yield "there are many nots", (theory.count(" not ") > 3) != denied
    yield "the nots are even", (theory.count(" not ") % 2 == 0) != denied
    yield "much is said of whom it is about", (theory.count(subject) > 5) != denied
    yield "what it says is often said", (theory.count(thing) > 3) != denied
    yield "some fact says the same of another", (f" {phrase}. " in theory) != denied
    yield "rules conclude it", (theory.count(f" {phrase}.\n") > 1) != denied


@pytest.mark.slow
@pytest.mark.parametrize("tier", TIERS)
def test_cues_on_the_surface_hardly_beat_a_coin(tier):
    hits, looked_up, statements = Counter(), Counter(), 0
    for problem in some_problems(500, **TIERS[tier]):
        theory, listed = problem.text.lower().split("statements:\n")
        lines = [line.partition(". ")[2].removesuffix(".") for line in listed.splitlines()]
        for line, truth, depth in zip(lines, problem.answers, problem.depths, strict=True):
            statements += 1
            for cue, guess in guesses(theory, line):
                hits[cue] += guess == truth
                looked_up[cue] += guess == truth and depth == 0
    assert statements == 2000
    by_right = looked_up.pop("without a not its words stand in a row")  # what stands there is true: no cue but a proof
    assert hits.pop("without a not its words stand in a row") - by_right < 0.6 * statements
    assert all(0.4 < number / statements < 0.6 for number in hits.values()), hits


def test_worlds_are_the_same_on_any_machine():
    texts = "\n".join(f"{problem.text} {problem.answers}" for problem in some_problems(20))
    assert blake2b(texts.encode(), digest_size=8).hexdigest() == "5837bf0277a10aad"


# -- which worlds are asked -------------------------------------------------------------------------------


def test_evaluation_worlds_come_by_their_number_and_as_rows():
    env = ProceduralLogicEnv(size=5)
    rows = list(env.dataset)
    assert len(env.dataset) == len(rows) == len(rows_of(env.dataset)) == 5
    for idx, row in enumerate(rows):
        obs, info = env.reset(idx=idx)
        assert obs.startswith(row["problem"])
        assert info == {"idx": idx, "depths": row["depths"]}
        assert env.step(f"\\boxed{{{row['answer']}}}").reward == 1
    with pytest.raises(ConfigError):
        env.reset(idx=POOL)


def test_worlds_that_are_kept_are_not_drawn():
    env = ProceduralLogicEnv(size=POOL - 3)
    assert all(env.reset()[1]["idx"] >= POOL - 3 for _ in range(5))


@pytest.mark.parametrize("tier", TIERS)
def test_a_tier_has_its_depths(tier):
    depths = {depth for problem in some_problems(20, **TIERS[tier]) for depth in problem.depths}
    assert depths == set(TIERS[tier]["depths"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depths": ()}, "depths are some"), ({"depths": (6,)}, "0 to 5"), ({"depths": (-1,)}, "0 to 5"),
        ({"questions": 0}, "1 to 6 questions"), ({"questions": 7}, "1 to 6 questions"), ({"size": -1}, "size"),
        ({"depths": (1.0,)}, "each of the depths is a whole number, not 1.0"),
        ({"questions": 1.5}, "questions is a whole number"), ({"size": 1.5}, "size is a whole number, not 1.5"),
    ],
)  # fmt: skip
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ConfigError, match=message):
        ProceduralLogicEnv(**arguments)


def test_unknown_arguments_are_refused():
    with pytest.raises(UnknownArgument):
        asked().spawn(depth=3)


# -- what is paid -----------------------------------------------------------------------------------------


def boxed(answers):
    return f"\\boxed{{{', '.join(map(str, answers))}}}"


def test_all_answers_right_earn_1_and_all_but_one_nothing():
    env = asked()
    truths = env.problem.answers
    obs, reward, terminated, truncated, info = env.step(env.solve())
    assert (obs, reward, terminated, truncated) == (TERMINAL_STATE, 1.0, True, False)
    depths = list(env.problem.depths)
    assert info == {"correct": True, "success": True, "verdict": "correct", "hits": 4, "depths": depths}
    env.reset(idx=env.idx)
    step = env.step(boxed([not truths[0], *truths[1:]]))
    assert (step.reward, step.info["hits"], step.info["verdict"], step.info["success"]) == (0.0, 3, "wrong", False)


def test_partial_credit_is_the_share_of_right_answers():
    env = asked(partial_credit=True)
    truths = env.problem.answers
    for wrong in range(5):
        env.reset(idx=env.idx)
        step = env.step(boxed([not truth for truth in truths[:wrong]] + list(truths[wrong:])))
        assert step.reward == 1 - wrong / 4
        assert step.info["success"] is (wrong == 0)


@pytest.mark.parametrize("partial_credit", [True, False])
def test_too_many_or_too_few_answers_earn_nothing(partial_credit):
    env = asked(partial_credit=partial_credit)
    for answers in (env.problem.answers[:3], env.problem.answers * 2, [True]):
        env.reset(idx=env.idx)
        assert env.step(boxed(answers))[1:3] == (0.0, True)


def test_a_single_statement_takes_a_single_word():
    env = asked(questions=1)
    obs, _ = env.reset(idx=3)
    assert "\\boxed{True} or \\boxed{False}" in obs
    assert env.solve() in ("\\boxed{True}", "\\boxed{False}")
    assert env.step(env.solve()).reward == 1


@pytest.mark.parametrize("reply", ["True, True, True, True", "", None, 7, "\\boxed{True"])
def test_a_reply_without_a_box_costs_only_where_that_is_asked_for(reply):
    step = asked().step(reply)
    assert (step.reward, step.info["verdict"], step.terminated) == (0.0, "format", True)
    assert asked(use_format_error_reward=True).step(reply).reward == -0.1


@pytest.mark.parametrize(
    "answer",
    ["True, False", "true false", "TRUE,FALSE", "T, F", "1. True 2. False", "1: True, 2: False", r"\text{True, False}",
     r"\text{True}, \text{False}", "(True, False)", "[True; False]", "True and False", "True.\nFalse."],
)  # fmt: skip
def test_answers_are_read_in_any_notation(answer):
    assert read(answer) == [True, False]


@pytest.mark.parametrize(
    "answer", ["", "1, 0", "yes", "True, maybe", "not True", "True or False", "TF", "x" * 500, "\ud800"]
)
def test_other_words_are_no_answers(answer):
    assert read(answer) is None
    assert asked().step(f"\\boxed{{{answer}}}").info["verdict"] == "unparsable"


def test_random_replies_have_as_many_answers_as_are_asked_for():
    rng = generator(0)
    replies = {asked(questions=2).sample_random_action(rng) for _ in range(60)}
    assert replies == {boxed(pair) for pair in product((True, False), repeat=2)}


# -- the episode --------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("tier", [None, *TIERS])
def test_the_env_keeps_its_promises(tier):
    check_env(lambda: ProceduralLogicEnv(**TIERS.get(tier, {})))


def test_a_snapshot_holds_a_number_and_no_world():
    env = asked()
    twin = ProceduralLogicEnv()
    twin.restore(Snapshot.from_json(env.snapshot().to_json()))
    assert twin.solve() == env.solve()
    assert len(env.snapshot().to_json()) < 500
