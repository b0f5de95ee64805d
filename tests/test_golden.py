"""Golden transcripts: what an agent reads changes only on purpose."""

import difflib

import pytest

from tests.golden_transcripts import GOLDEN, golden_ids, path_of, transcript

IDS = golden_ids()


@pytest.mark.parametrize("env_id", IDS)
def test_an_episode_reads_as_it_did(env_id):
    now, then = transcript(env_id), path_of(env_id).read_text(encoding="utf-8")
    changes = "\n".join(difflib.unified_diff(then.splitlines(), now.splitlines(), "golden", "now", lineterm=""))
    assert now == then, f"if this is meant: python -m tests.golden_transcripts '{env_id}'\n{changes}"


def test_every_transcript_belongs_to_an_id():
    assert set(GOLDEN.rglob("*.txt")) == set(map(path_of, IDS))
