"""qa:*, logic:* and eval:*: questions ask for what is graded, and every known answer counts."""

import copy
import pickle

import pytest

import gem
from gem import Env
from gem.checking import JUNK, check_env
from gem.constants import TERMINAL_STATE
from gem.envs.qa_env import BOXED, TAGGED, QaEnv, apply_prompt
from gem.errors import ConfigError, DataError
from gem.parsing import extract_last_boxed_answer

ROWS = [{"question": f"Who came {place}?", "answer": [f"Ada {place}", place]} for place in ("first", "second", "third")]


def env_of(*answers, **options):
    """An env at its first question."""
    env = QaEnv(dataset=[{"question": "What?", "answer": answer} for answer in answers], eval=True, **options)
    env.reset()
    return env


# -- one turn --------------------------------------------------------------------------------------


def test_a_right_answer_is_paid_and_ends_the_episode_once():
    result = env_of(["Ada Lovelace", "Lovelace"]).step("<answer>Bob</answer> No: <answer> lovelace. </answer>")
    info = {"correct": True, "success": True, "verdict": "correct", "f1": 1.0}
    assert result == (TERMINAL_STATE, 1.0, True, False, info)


def test_a_wrong_answer_earns_nothing_or_its_share_of_words():
    for options, reward in (({}, 0.0), ({"reward": "f1"}, 2 / 3)):
        result = env_of("Ada Lovelace", **options).step("<answer>Lovelace</answer>")
        assert result.reward == pytest.approx(reward)
        assert result.info == {"correct": False, "success": False, "verdict": "wrong", "f1": pytest.approx(2 / 3)}


@pytest.mark.parametrize("reply", ["Ada", "", "<answer>Ada", "\\boxed{Ada}", None, 3])
def test_a_reply_without_an_answer_earns_nothing(reply):
    result = env_of("Ada").step(reply)
    assert (result.reward, result.terminated, result.info["verdict"]) == (0.0, True, "format")


@pytest.mark.parametrize("reply", JUNK.values(), ids=list(JUNK))
@pytest.mark.parametrize("extract_boxed", [True, False])
def test_any_reply_is_answered(reply, extract_boxed):
    result = env_of("Ada", extract_boxed=extract_boxed).step(reply)
    assert result.terminated
    assert result.reward == 0.0


# -- what is asked ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("extract_boxed", "request_", "reply"), [(False, TAGGED, "<answer>first</answer>"), (True, BOXED, "\\boxed{first}")]
)
def test_defect_15_the_form_that_is_asked_for_is_the_one_that_is_graded(extract_boxed, request_, reply):
    env = QaEnv(dataset=ROWS, extract_boxed=extract_boxed)
    obs, info = env.reset(idx=0)
    assert obs == env.first_obs == f"Who came first?\n\n{request_}"
    assert ("<answer>" in obs, "\\boxed{}" in obs) == (not extract_boxed, extract_boxed)
    assert info == {"idx": 0}
    assert env.step(reply).reward == 1.0
    env.reset(idx=0)
    assert env.step(env.solve()).reward == 1.0


@pytest.mark.parametrize("boxed", ["\\text{Ada first}", "\\textbf{Ada first.}", " Ada first ", "\\mathrm{first}"])
def test_latex_around_a_boxed_answer_is_no_part_of_it(boxed):
    env = QaEnv(dataset=ROWS, extract_boxed=True)
    env.reset(idx=0)
    assert env.step(f"\\boxed{{{boxed}}}").reward == 1.0


def test_a_question_that_asks_for_its_form_is_left_alone():
    row = {"question": "Reply as <answer>name</answer>.", "answer": "Ada"}
    assert QaEnv(dataset=[row]).reset()[0] == row["question"]
    assert BOXED in QaEnv(dataset=[row], extract_boxed=True).reset()[0]


def test_rows_can_be_prompted_beforehand_and_are_not_prompted_twice():
    row = dict(ROWS[0])
    prompted = apply_prompt(row)
    assert row == ROWS[0]
    assert prompted == {**row, "question": f"Who came first?\n\n{TAGGED}"}
    assert apply_prompt({"q": "What?"}, question_key="q", extract_boxed=True) == {"q": f"What?\n\n{BOXED}"}
    assert QaEnv(dataset=[prompted]).reset()[0] == prompted["question"]


@pytest.mark.parametrize(
    ("known", "given"),
    [
        (True, "yes"), (False, "False"), (1000, "1,000"), (["x", None, "y"], "Y"), ('["x", "y"]', "y"),
        ({"value": "x", "aliases": ["y"]}, "the y"), ("3 May 1990", "1990-05-03"),
    ],
)  # fmt: skip
def test_known_answers_come_in_many_forms(known, given):
    assert env_of(known).step(f"<answer>{given}</answer>").reward == 1.0
    env = env_of(known)
    assert env.step(env.solve()).reward == 1.0


@pytest.mark.parametrize("known", [None, "", [], [None], {}])
def test_a_row_without_an_answer_says_which_it_is(known):
    with pytest.raises(DataError, match="row 1 of the list: there is no answer"):
        QaEnv(dataset=[ROWS[0], {"question": "What?", "answer": known}]).reset(idx=1)


def test_rows_that_lack_what_is_asked_say_so():
    with pytest.raises(DataError, match=r"row 0 of the list has no 'question'. Did you mean 'questions'"):
        QaEnv(dataset=[{"questions": "What?", "answer": "x"}]).reset()
    with pytest.raises(DataError, match=r"row 0.*the question is a int"):
        QaEnv(dataset=[{"question": 3, "answer": "x"}]).reset()


def test_settings_that_make_no_sense_are_refused():
    with pytest.raises(ConfigError, match="'em' or 'f1'"):
        QaEnv(dataset=ROWS, reward="bleu")
    with pytest.raises(TypeError):
        QaEnv(dataset=ROWS, extract_box=True)


def test_existing_settings_are_taken():
    env = QaEnv("", None, ROWS, "question", "answer", 0, True, False)
    assert env.extractor is extract_last_boxed_answer
    assert (env.question_key, env.answer_key, env.seed, len(env.dataset)) == ("question", "answer", 0, 3)


# -- order and copies ------------------------------------------------------------------------------


def test_questions_are_asked_in_an_order_of_the_seed_or_of_the_rows():
    def asked(env):
        return [(env.reset(), env.idx)[1] for _ in range(6)]

    assert asked(QaEnv(dataset=ROWS, eval=True)) == [0, 1, 2] * 2
    assert {tuple(sorted(asked(QaEnv(dataset=ROWS, seed=seed))[:3])) for seed in range(9)} == {(0, 1, 2)}
    assert len({tuple(asked(QaEnv(dataset=ROWS, seed=seed))) for seed in range(9)}) > 3


def test_envs_are_copied_and_travel():
    env = QaEnv(dataset=ROWS, extract_boxed=True, seed=4)
    env.reset()
    for twin in (env.fork(), copy.deepcopy(env), pickle.loads(pickle.dumps(env)), env.spawn(same_state=True)):
        assert (twin.idx, twin.first_obs) == (env.idx, env.first_obs)
        assert twin.step(twin.solve()).reward == 1.0


# -- subclasses of others --------------------------------------------------------------------------


class OwnPrompt(QaEnv):
    """As frameworks write it: the grandparent's constructor and reset, our step and extractor."""

    def __init__(self, dataset, extract_boxed=True):
        super(QaEnv, self).__init__()
        self.dataset = [apply_prompt(row) for row in dataset]
        self.idx = 0
        if extract_boxed:
            self.extractor = extract_last_boxed_answer

    def reset(self, seed=None):
        super(QaEnv, self).reset(seed)
        data = self.dataset[self.idx]
        self.first_obs, self.answer = data["question"], data["answer"]
        self.idx += 1
        return self.first_obs, {}


class OwnStep(QaEnv):
    """Our constructor, a choice and a step of its own."""

    def reset(self, seed=None):
        Env.reset(self, seed)
        self.idx = 1
        self.first_obs, self.answer = (self.dataset[self.idx][key] for key in (self.question_key, self.answer_key))
        return self.first_obs, {}

    def step(self, action):
        answer = self.extractor(action)
        right = answer is not None and self.check_correct(answer, self.answer)
        return TERMINAL_STATE, 1.0 if right else 0.0, True, True, {"metrics": {"success": right}}


def test_subclasses_may_set_up_everything_themselves():
    for extract_boxed, reply in ((True, "\\boxed{first}"), (False, "<answer>first</answer>")):
        env = OwnPrompt(ROWS, extract_boxed)
        assert env.reset(seed=3) == (f"Who came first?\n\n{TAGGED}", {})
        assert env.step(reply).info == {"correct": True, "success": True, "verdict": "correct", "f1": 1.0}


def test_subclasses_may_choose_and_judge_themselves():
    env = OwnStep(dataset=ROWS)
    assert env.reset(seed=3) == ("Who came second?", {})
    assert env.step("<answer>second</answer>")[1] == 1.0
    assert env.step("<answer>first</answer>")[1] == 0.0


def test_subclasses_judge_in_their_own_way():
    class Lenient(QaEnv):
        def check_correct(self, model_answer, gt_answer):
            return any(gold in model_answer for gold in gt_answer)

    env = Lenient(dataset=ROWS)
    env.reset(idx=0)
    result = env.step("<answer>It was Ada first, I think.</answer>")
    assert (result.reward, result.info["success"]) == (1.0, True)


# -- the contract ----------------------------------------------------------------------------------


def test_a_vector_of_threads_grades_right():
    kwargs = [{"dataset": ROWS, "split": None}] * 3
    vec = gem.make_vec(["eval:PopQA"] * 3, vec_kwargs=kwargs, async_mode=True)
    vec.reset(**{f"env{index}_kwargs": {"idx": index} for index in range(3)})
    _, rewards, *_ = vec.step([f"<answer>{name}</answer>" for name in ("first", "first", "third")])
    assert list(rewards) == [1.0, 0.0, 1.0]
    vec.close()


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"extract_boxed": True, "reward": "f1", "eval": True}])
def test_a_data_set_keeps_the_promises(options):
    check_env(QaEnv(dataset=ROWS, **options), seeds=(0, -7), max_steps=5)
