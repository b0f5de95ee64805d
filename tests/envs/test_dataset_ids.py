"""math:*, qa:*, logic:*, code:* and eval:*: ids of data sets that are listed, asked, or say how to get their data."""

import io
import json

import pytest

import gem
from gem import registry
from gem.checking import check_env
from gem.constants import TERMINAL_STATE
from gem.envs import dataset_ids
from gem.envs.code_env import fenced
from gem.envs.dataset_ids import CODE_SETS, DATASETS, MATH_SETS, OURS, QA_SETS
from gem.errors import DataNotFound, SandboxUnavailable
from gem.sandbox import make

PUBLIC = {
    "math": ["ASDiv2K", "GSM8K", "Math12K", "Math8K-3to5", "Orz57K", "DeepScaleR40K", "Geometry3K"],
    "code": ["CodeContest", "Taco8k", "PrimeIntellect15k"],
    "qa": ["NaturalQuestions", "HotpotQA"],
    "logic": [f"RuleTaker-d{depth}" for depth in (0, 1, 2, 3, 5)],
    "eval": [
        "MATH500", "AMC", "OlympiadBench", "Minerva", "AIME24", "QaOpen", "2Wiki", "PopQA", "TriviaQA", "HotpotQA",
        "Bamboogle", "NaturalQuestions", "Musique", "CodeContest", "HumanEval", "MBPP", "LiveCodeBench",
    ],
}  # fmt: skip
"""Every id that users know of."""

SUM = {
    "problem": "Print the sum of two numbers.",
    "tests": {"inputs": ["1 2"], "outputs": ["3"]},
    "solution": "print(sum(map(int, input().split())))",
}
CODE = {
    "code:CodeContest": SUM,
    "code:Taco8k": {**SUM, "tests": json.dumps({"inputs": [["1 2"], "3 4\n"], "outputs": [["3"], "7\n"]})},
    "code:PrimeIntellect15k": {
        **SUM,
        "tests": json.dumps([{"type": "stdin_stdout", "input": "1 2\n", "output": "3\n", "fn_name": None}]),
    },
    "eval:CodeContest": SUM,
    "eval:HumanEval": {
        "prompt": 'def add(a, b):\n    """Add."""\n',
        "canonical_solution": "    return a + b\n",
        "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate('a', 'b') == 'ab'\n",
        "entry_point": "add",
    },
    "eval:MBPP": {
        "text": "Add two numbers.",
        "code": "def add(a, b):\n    return a + b",
        "test_list": ["assert add(1, 2) == 3"],
        "test_setup_code": "",
        "challenge_test_list": ["assert add([1], [2]) == [1, 2]"],
    },
    "eval:LiveCodeBench": {
        "question_content": "Add.",
        "starter_code": "class Solution:\n    def add(self, a, b):",
        "public_test_cases": json.dumps([{"input": "1\n2", "output": "3", "testtype": "functional"}]),
        "private_test_cases": json.dumps([{"input": '"a"\n"b"', "output": '"ab"', "testtype": "functional"}]),
        "metadata": json.dumps({"func_name": "add"}),
        "solution": "class Solution:\n    def add(self, a, b):\n        return a + b",
    },
}
"""Id → a row as its data set has them."""
ANSWERED = {
    "math:GSM8K": {"problem": "How many is a dozen?", "answer": "A dozen is twelve.\n#### 12"},
    "eval:OlympiadBench": {"problem": "Solve.", "answer": ["$2$", "two"]},
    "eval:AMC": {"problem": "Solve.", "answer": 27.0},
    "qa:HotpotQA": {"problem": "Who?", "answer": "Ada"},
    "qa:NaturalQuestions": {"problem": "Who?", "answer": ["Ada", "Countess of Lovelace"]},
    "eval:PopQA": {"question": "Who?", "answer": '["Ada", "Countess of Lovelace"]'},
    "eval:TriviaQA": {"question": "Who?", "answer": {"value": "Ada", "aliases": ["Lovelace"]}},
    **{f"logic:RuleTaker-d{depth}": {"question": "Is it so?", "answer": True} for depth in (0, 1, 2, 3, 5)},
}
"""The same for ids whose rows are in a form of their own."""


OUR_IDS = {spec.id for spec in OURS}


def row_of(env_id):
    """A row as the data set of an id has them."""
    if env_id in CODE:
        return CODE[env_id]
    if DATASETS[env_id] in QA_SETS:
        return ANSWERED.get(env_id, {"question": "Who?", "answer": ["Ada"]})
    if env_id == "math:Geometry3K":
        return {"problem": "<image>How long is it?", "answer": "12", "images": [square()]}
    return ANSWERED.get(env_id, {"problem": "What is half of one?", "answer": "\\frac{1}{2}"})


def square():
    file = io.BytesIO()
    pytest.importorskip("PIL.Image").new("L", (2, 2)).save(file, "PNG")
    return {"bytes": file.getvalue(), "path": "square.png"}


@pytest.fixture
def data_folder(tmp_path, monkeypatch, registry_as_it_was):
    """An empty folder of data sets; no other place is looked at, and no family is listed."""
    monkeypatch.setenv("GEM_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HF_HOME", str(tmp_path / "nothing"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    registry._families.clear()
    for env_id in (*DATASETS, *OUR_IDS):
        registry.ENV_REGISTRY.pop(env_id, None)
    for name in ("DORMANT", "UNAVAILABLE"):
        monkeypatch.setattr(registry, name, {})
        monkeypatch.setattr(dataset_ids, name, getattr(registry, name))
    return tmp_path


def put(folder, env_id, count=1):
    """The data set of an id, in the folder, as a file of its format."""
    arguments, row = DATASETS[env_id].kwargs, row_of(env_id)
    path = folder / arguments["dataset_name"] / arguments.get("subset", "") / arguments["split"]
    path.parent.mkdir(parents=True)
    if "images" in row:
        arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        parquet.write_table(arrow.Table.from_pylist([row] * count), path.with_suffix(".parquet"))
    else:
        path.with_suffix(".jsonl").write_text((json.dumps(row) + "\n") * count)


def test_every_id_that_users_know_is_there():
    assert {f"{family}:{name}" for family, names in PUBLIC.items() for name in names} == DATASETS.keys()
    assert len(DATASETS) == len(MATH_SETS) + len(QA_SETS) + len(CODE_SETS)


def test_test_sets_are_asked_in_their_order_and_no_others():
    assert all(spec.kwargs.get("eval", False) == env_id.startswith("eval:") for env_id, spec in DATASETS.items())


def test_without_data_only_what_is_ours_is_listed(data_folder):
    for family in PUBLIC:
        dataset_ids.offer(family)
    assert not registry.ENV_REGISTRY.keys() & DATASETS.keys()
    assert registry.ENV_REGISTRY.keys() >= OUR_IDS
    assert registry.DORMANT.keys() == registry.UNAVAILABLE.keys() == DATASETS.keys()


@pytest.mark.slow
@pytest.mark.parametrize("spec", OURS, ids=lambda spec: spec.id)
def test_a_variant_of_ours_is_the_tier_that_it_is_named_for(spec):
    base, _, tier = spec.id.partition("-v1")
    assert spec.entry_point == next(one.entry_point for one in OURS if one.id == f"{base}-v1")
    assert spec.kwargs == (spec.load().tiers[tier[1:]] if tier else {})
    assert gem.make(spec.id).reset(seed=0)[0]


@pytest.mark.slow
@pytest.mark.parametrize("env_id", sorted(spec.id for spec in OURS if not spec.id.startswith("code:")))
def test_what_is_ours_keeps_the_promises(env_id):
    check_env(env_id, seeds=(0,), max_steps=3)


@pytest.mark.slow
@pytest.mark.parametrize("env_id", DATASETS)
def test_an_id_without_data_names_three_ways_to_get_them_and_takes_rows_instead(data_folder, env_id):
    dataset_ids.offer(env_id.partition(":")[0])
    name = DATASETS[env_id].kwargs["dataset_name"]
    for told in (registry.UNAVAILABLE[env_id], error_of(env_id)):
        for way in (f"hf download --repo-type dataset {name}", "GEM_DATA_DIR", "dataset=[{...}"):
            assert way in told
    assert gem.make(env_id, dataset=[row_of(env_id)]).reset()[1] == {"idx": 0}


def error_of(env_id):
    with pytest.raises(DataNotFound) as caught:
        gem.make(env_id)
    return str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize("env_id", [spec.id for spec in (*MATH_SETS, *QA_SETS)])
def test_an_id_with_its_data_is_asked_and_solved(data_folder, env_id):
    put(data_folder, env_id)
    dataset_ids.offer(env_id.partition(":")[0])
    assert env_id in registry.ENV_REGISTRY
    env = gem.make(env_id)
    obs, info = env.reset(seed=3)
    asks_for = "<answer>" if DATASETS[env_id] in QA_SETS and "logic" not in env_id else "\\boxed{}"
    assert asks_for in (obs["problem"] if isinstance(obs, dict) else obs)
    assert info == {"idx": 0}
    assert env.step(env.solve())[:4] == (TERMINAL_STATE, 1.0, True, False)
    env.reset()
    assert env.step("I don't know.").reward == 0.0


@pytest.mark.slow
@pytest.mark.parametrize("env_id", ["math:GSM8K", "math:Geometry3K", "logic:RuleTaker-d3"])
def test_an_id_with_its_data_keeps_the_promises(data_folder, env_id):
    put(data_folder, env_id, count=3)
    dataset_ids.offer(env_id.partition(":")[0])
    check_env(env_id, seeds=(0,), max_steps=3)


@pytest.fixture(scope="module")
def box():
    try:
        sandbox = make()
    except SandboxUnavailable:
        sandbox = make("subprocess", allow_unsafe=True)
    with sandbox:
        yield sandbox


@pytest.mark.slow
@pytest.mark.parametrize("env_id", CODE)
def test_a_programming_id_with_its_data_is_asked_and_solved(data_folder, box, env_id):
    put(data_folder, env_id)
    dataset_ids.offer(env_id.partition(":")[0])
    env = gem.make(env_id, sandbox=box)
    question, _ = env.reset()
    assert "sum" in question or "Add" in question
    assert env.step(env.solve()).reward == 1.0
    env.reset()
    assert env.step(fenced("def add(a, b): return 3\nprint(4)")).info["verdict"] == "WA"


def test_a_split_is_here_when_its_file_is(data_folder, monkeypatch):
    assert not dataset_ids.is_here("owner/name")
    (data_folder / "owner__name.parquet").touch()
    assert dataset_ids.is_here("owner/name")
    assert not dataset_ids.is_here("owner/name", "train")
    (data_folder / "owner/name/data").mkdir(parents=True)
    (data_folder / "owner/name/data/train-00000-of-00001.parquet").touch()
    assert dataset_ids.is_here("owner/name", "train")
    assert not dataset_ids.is_here("owner/name", "test")
    monkeypatch.setenv("HF_HUB_CACHE", str(data_folder / "cache"))
    snapshot = data_folder / "cache/datasets--owner--other/snapshots/0123"
    snapshot.mkdir(parents=True)
    assert dataset_ids.is_here("owner/other")
    assert not dataset_ids.is_here("owner/other", "train")
    (snapshot / "train.jsonl").touch()
    assert dataset_ids.is_here("owner/other", "train")


def test_listing_the_ids_reads_nothing(run_python):
    code = "import sys, gem; print('code:Bundled-v1' in {s.id for s in gem.specs()}, 'gem.data' in sys.modules)"
    assert run_python(code).split() == ["True", "False"]
