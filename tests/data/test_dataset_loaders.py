"""Every format in which data sets are published, each loaded by the env that asks it, to a played episode."""

import gzip
import io
import json

import pytest

from gem.envs.math_env import MathEnv
from gem.envs.math_visual_env import MathVisualEnv
from gem.envs.qa_env import QaEnv, apply_prompt

arrow = pytest.importorskip("pyarrow")
parquet = pytest.importorskip("pyarrow.parquet")
Image = pytest.importorskip("PIL.Image")
pytest.importorskip("math_verify")

GSM = [
    {"question": "How many is a dozen?", "answer": "A dozen is <<6+6=12>>twelve.\n#### 12"},
    {"question": "A thousand and one?", "answer": "One more than 1,000.\n#### 1,001"},
]
TRIVIA = [
    {
        "question_id": "tc_1",
        "question": "Who wrote the first program?",
        "answer": {"value": "Ada Lovelace", "aliases": ["Lovelace", "Countess of Lovelace"], "type": "WikipediaEntity"},
    }
]
NQ = [{"question": "who wrote the first program", "answer": ["Ada Lovelace", "Lovelace"]}]


def png(shade):
    file = io.BytesIO()
    Image.new("RGB", (4, 4), (shade, 0, 0)).save(file, "PNG")
    return file.getvalue()


GEOMETRY = [
    {"images": [{"bytes": png(shade), "path": None}], "problem": "<image>Find x.", "answer": f"{shade}\\sqrt{{2}}"}
    for shade in (1, 2)
]
"""As the hub's parquet files have them: a list of structs."""


def played(env):
    """How many rows were asked and solved."""
    for _ in range(len(env.dataset)):
        env.reset()
        result = env.step(env.solve())
        assert (result.reward, result.terminated, result.truncated) == (1.0, True, False)
    return len(env.dataset)


def written(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".parquet":
        parquet.write_table(arrow.Table.from_pylist(rows), path)
        return path
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(lines.encode()))
    else:
        path.write_text(lines if path.suffix == ".jsonl" else json.dumps(rows))
    return path


@pytest.mark.parametrize("name", ["train.jsonl", "train.jsonl.gz", "train.json", "train.parquet"])
def test_files_of_mathematics(tmp_path, name):
    assert played(MathEnv(dataset=str(written(tmp_path / name, GSM)), question_key="question")) == 2


@pytest.mark.parametrize("name", ["train.jsonl", "train.parquet"])
@pytest.mark.parametrize("rows", [TRIVIA, NQ], ids=["TriviaQA", "nq_open"])
def test_files_of_questions(tmp_path, name, rows):
    env = QaEnv(dataset=written(tmp_path / name, rows))
    assert played(env) == 1
    env.reset()
    assert env.step("<answer>lovelace</answer>").reward == 1.0


def test_a_folder_of_shards_by_its_name(tmp_path, monkeypatch):
    for shard, row in enumerate(NQ * 3):
        written(tmp_path / f"owner/set/data/train-{shard:05}-of-00003.parquet", [row])
    monkeypatch.setenv("GEM_DATA_DIR", str(tmp_path))
    assert played(QaEnv("owner/set", "train")) == 3


def test_parquet_with_the_bytes_of_images(tmp_path):
    env = MathVisualEnv(dataset=written(tmp_path / "train-00000-of-00001.parquet", GEOMETRY), eval=True)
    assert [env.reset()[0]["images"][0].getpixel((0, 0)) for _ in range(2)] == [(1, 0, 0), (2, 0, 0)]
    assert played(env) == 2


def test_an_arrow_table():
    assert played(MathVisualEnv(dataset=arrow.Table.from_pylist(GEOMETRY))) == 2


def test_rows_of_a_sequence_of_the_user_s_own():
    class Squares:
        def __len__(self):
            return 10**12

        def __getitem__(self, index):
            return {"problem": f"{index} squared?", "answer": index**2}

    env = MathEnv(dataset=Squares(), seed=5)
    assert env.reset()[0] != env.reset()[0]
    assert env.step(env.solve()).reward == 1.0


@pytest.fixture(scope="module")
def datasets():
    """The library, with its own cache and progress bars left alone."""
    library = pytest.importorskip("datasets")
    library.disable_progress_bars()
    return library


@pytest.mark.slow
def test_objects_of_the_datasets_library(datasets, tmp_path):
    dataset = datasets.Dataset.from_list(GSM)
    assert played(MathEnv(dataset=dataset, question_key="question")) == 2
    splits = datasets.DatasetDict({"train": dataset, "test": dataset.select([0])})
    assert played(MathEnv(dataset=splits, split="test", question_key="question")) == 1
    questions = datasets.Dataset.from_list(TRIVIA)
    assert played(QaEnv(dataset=questions)) == 1
    prompted = questions.map(apply_prompt)
    assert QaEnv(dataset=prompted).reset()[0] == QaEnv(dataset=questions).reset()[0] == prompted[0]["question"]


@pytest.mark.slow
def test_images_that_the_datasets_library_unpacks(datasets):
    features = datasets.Features(
        {
            "images": datasets.List(datasets.Image()),
            "problem": datasets.Value("string"),
            "answer": datasets.Value("string"),
        }
    )
    env = MathVisualEnv(dataset=datasets.Dataset.from_list(GEOMETRY, features=features), eval=True)
    assert env.reset()[0]["images"][0].getpixel((0, 0)) == (1, 0, 0)
    assert played(env) == 2


@pytest.mark.slow
def test_the_arrow_files_that_the_datasets_library_caches(datasets, tmp_path):
    cached = datasets.load_dataset("json", data_files=str(written(tmp_path / "x.jsonl", GSM)), cache_dir=str(tmp_path))
    assert cached["train"].cache_files[0]["filename"].endswith(".arrow")
    assert played(MathEnv(dataset=cached, question_key="question")) == 2
    cached["train"].save_to_disk(str(tmp_path / "saved"))
    again = datasets.load_from_disk(str(tmp_path / "saved"))
    assert played(MathEnv(dataset=again, question_key="question")) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("env", "rows", "keys"),
    [(MathEnv, GSM, {"question_key": "question"}), (QaEnv, NQ, {}), (MathVisualEnv, GEOMETRY, {})],
)
def test_the_cache_of_the_hub(tmp_path, monkeypatch, env, rows, keys):
    constants = pytest.importorskip("huggingface_hub.constants")
    root = tmp_path / "hub/datasets--owner--set"
    blob = written(tmp_path / "blob.parquet", rows)
    snapshot = root / "snapshots/0123456789abcdef0123456789abcdef01234567/data"
    snapshot.mkdir(parents=True)
    (snapshot / "train-00000-of-00001.parquet").symlink_to(blob)
    (root / "refs").mkdir()
    (root / "refs/main").write_text("0123456789abcdef0123456789abcdef01234567")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.delenv("GEM_DATA_DIR", raising=False)
    assert played(env("owner/set", "train", **keys)) == len(rows)
