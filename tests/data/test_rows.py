"""gem.data.Rows: an immutable sequence, shared by all who ask, pickled as where it lies."""

import copy
import json
import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gem import data
from gem.errors import DataError


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text("".join(json.dumps({"q": f"question {n}", "a": n}) + "\n" for n in range(10)))
    return path


def numbers(rows):
    return [row["a"] for row in rows]


def test_it_is_a_sequence(path):
    rows = data.load(path)
    assert len(rows) == 10
    assert rows[-1] == rows[np.int64(9)] == {"q": "question 9", "a": 9}
    assert rows[3] in rows
    assert numbers(reversed(rows)) == list(range(9, -1, -1))


@pytest.mark.parametrize("index", [10, -11])
def test_an_index_outside_says_how_many_there_are(path, index):
    with pytest.raises(IndexError, match=f"row {index} of .*train.jsonl, which has 10"):
        data.load(path)[index]


def test_a_slice_is_rows_of_the_same_source(path):
    rows = data.load(path)
    assert numbers(rows[2:8][1::2]) == [3, 5, 7]
    assert numbers(rows[::-1][:2]) == [9, 8]
    assert rows[2:8].source is rows.source
    assert sorted(numbers(rows[0::3]) + numbers(rows[1::3]) + numbers(rows[2::3])) == list(range(10))
    assert len(rows[5:5]) == 0
    assert rows[5:5].columns == []


def test_a_changed_row_changes_nobody_elses():
    rows = data.rows_of([{"q": "a"}])
    rows[0]["q"] = "changed"
    next(iter(rows))["q"] = "changed"
    assert rows[0] == {"q": "a"}


def test_columns_are_read_by_name_and_a_missing_one_is_named_with_its_place(path):
    rows = data.load(path)
    assert rows.read(3, "a", "q") == (3, "question 3")
    with pytest.raises(DataError, match=r"train\.jsonl, line 4 has no 'aa'\. Did you mean 'a'\? It has: q, a\."):
        rows.read(3, "q", "aa")
    assert rows.columns == ["q", "a"]


def test_the_same_file_is_opened_once(path):
    rows = data.load(path)
    with ThreadPoolExecutor(8) as threads:
        sources = {id(found.source) for found in threads.map(data.load, [path] * 50)}
    assert sources == {id(rows.source)}


def test_it_pickles_as_where_it_lies(path):
    rows = data.load(path)[1::2]
    packed = pickle.dumps(rows)
    assert len(packed) < 500
    again = pickle.loads(packed)
    assert list(again) == list(rows)
    assert again.source is rows.source


def test_shards_pickle_as_where_they_lie(tmp_path):
    for number in range(3):
        (tmp_path / f"train-0{number}-of-03.jsonl").write_text(f'{{"a": {number}}}\n{{"a": {number + 10}}}\n')
    rows = data.load(tmp_path, "train")
    assert numbers(rows) == numbers(pickle.loads(pickle.dumps(rows))) == [0, 10, 1, 11, 2, 12]
    assert numbers(rows[::-2]) == [12, 11, 10]
    assert rows.place(3).endswith("train-01-of-03.jsonl, line 2")
    assert len(rows.fingerprint()) == 64


def test_a_row_knows_the_folder_of_its_file_in_any_order(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rows.jsonl").write_text('{"a": 1}\n{"a": 2}\n')
    joined = data.rows.Joined([data.load(tmp_path / name / "rows.jsonl").source for name in ("one", "two")])
    rows = data.Rows(joined, "both")
    assert [rows.folder(index).name for index in range(4)] == ["one", "one", "two", "two"]
    shuffled = rows[::-1].shuffle(0)
    assert all(str(shuffled.folder(index)) in shuffled.place(index) for index in range(4))
    assert data.rows_of([{"a": 1}]).folder(0) is None


def test_a_pickle_is_not_opened_on_another_file(path):
    packed = pickle.dumps(data.load(path))
    path.write_text('{"q": "other"}\n')
    with pytest.raises(DataError, match="bytes here"):
        pickle.loads(packed)


def test_copies_of_an_env_share_its_rows(path):
    rows = data.load(path)
    assert copy.deepcopy({"dataset": rows})["dataset"] is rows
    assert copy.copy(rows) is rows


def test_a_forked_child_and_its_parent_read_the_same_rows(path):
    code = (
        "import os, sys\n"
        "from gem import data\n"
        f"rows = data.load({str(path)!r})\n"
        "pid = os.fork()\n"
        "good = [rows[n]['a'] for n in range(10)] * 50 == [row['a'] for _ in range(50) for row in rows]\n"
        f"good = good and data.load({str(path)!r}).source is rows.source\n"
        "os._exit(not good) if pid == 0 else sys.exit(not (good and os.waitpid(pid, 0)[1] == 0))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONPATH": "src"}, check=False)
    assert done.returncode == 0


def test_a_fingerprint_is_of_the_content(path, tmp_path):
    rows = data.load(path)
    twin = tmp_path / "twin.jsonl"
    twin.write_bytes(path.read_bytes())
    assert data.load(twin).fingerprint() == rows.fingerprint()
    assert len({rows.fingerprint(), rows[:5].fingerprint(), rows[5:].fingerprint()}) == 3
    twin.write_text('{"q": 1}\n')
    assert data.load(twin).fingerprint() != rows.fingerprint()


def test_it_says_what_it_is(path):
    assert repr(data.load(path)) == f"<Rows {path}: 10 rows>"
    assert str(data.load(path.parent)) == f"{path.parent} (train)"


def test_shuffled_rows_are_the_same_rows_in_the_order_of_a_cursor(path):
    rows = data.load(path)
    shuffled = rows.shuffle(seed=3)
    assert list(shuffled) != list(rows)
    assert sorted(map(str, shuffled)) == sorted(map(str, rows))
    assert list(shuffled) == list(rows.shuffle(seed=3)) == list(pickle.loads(pickle.dumps(shuffled)))
    assert shuffled[0] == rows[data.Cursor(len(rows), 3).index]
    assert shuffled.place(0) == rows.place(data.Cursor(len(rows), 3).index)
    assert shuffled.fingerprint() not in (rows.fingerprint(), rows.shuffle(seed=4).fingerprint())
