"""`gem-gym train` as its user meets it: a whole small run, wrong arguments, Ctrl-C, going on."""

import contextlib
import json
import signal
import subprocess
import sys
import time

import pytest

from gem.cli import main

ENV = "game:GuessTheNumber-v1-easy"
SMALL = [
    "--episodes", "8", "--warm-episodes", "40", "--warm-epochs", "1", "--width", "32", "--layers", "1", "--heads", "2",
    "--vocab-size", "400", "--eval-episodes", "8", "--context", "128",
]  # fmt: skip


@pytest.mark.slow
def test_a_small_run_ends_with_its_figures_and_where_they_are(tmp_path, capsys):
    assert main(["train", ENV, *SMALL, "--iterations", "2", "--out", str(tmp_path / "run")]) == 0
    said = capsys.readouterr().out
    for word in ("random", "before", "after", "oracle", "mean turns", str(tmp_path / "run" / "report.html")):
        assert word in said
    again = tmp_path / "again"
    assert main(["train", "--config", str(tmp_path / "run" / "config.json"), "--out", str(again)]) == 0
    first, second = (json.loads((path / "summary.json").read_text()) for path in (tmp_path / "run", again))
    assert first["rows"] == second["rows"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["train"], "name an env"),
        (["train", "game:GuessTheNumber-v1-esay"], "Did you mean 'game:GuessTheNumber-v1-easy'"),
        (["train", ENV, "--algo", "rebm"], "Did you mean 'rebn'"),
        (["train", ENV, "--gamma", "2"], "gamma is 2.0; it must be at most 1"),
        (["train", "--resume", "/nowhere"], "cannot be read"),
        (["train", "--resume", "/nowhere", "--lr", "1"], "keeps its settings"),
        (["train", "--resume", "/nowhere", "--out", "elsewhere"], "keeps its settings"),
        (["train", "--config", "/nowhere.toml"], "cannot be read"),
        (["train", ENV, "--out", "/proc/no/run"], "cannot be written"),
    ],
)
def test_mistakes_are_one_line_that_says_what_to_do(words, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main(words) == 2
    error = capsys.readouterr().err
    assert said in error
    assert error.count("\n") == 1


def test_a_run_is_not_overwritten_by_accident(tmp_path, capsys):
    (tmp_path / "checkpoint.pt").touch()
    assert main(["train", ENV, "--out", str(tmp_path)]) == 2
    assert "--force replaces it" in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_saves_and_the_run_goes_on(tmp_path, capsys):
    command = [
        sys.executable,
        "-W",
        "error",
        "-m",
        "gem",
        "train",
        ENV,
        *SMALL,
        "--iterations",
        "100000",
        "--out",
        str(tmp_path),
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        wait_for_lines(tmp_path / "metrics.jsonl", 3, running)
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=60)
    assert running.returncode == 130, said
    assert f"--resume {tmp_path}" in said
    done = len((tmp_path / "metrics.jsonl").read_text().splitlines())
    assert main(["train", "--resume", str(tmp_path), "--iterations", str(done + 2)]) == 0
    lines = [json.loads(line)["iteration"] for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]
    assert lines == list(range(1, done + 3))


def wait_for_lines(path, count, running, limit_s=60):
    """Until the file has so many lines; fails if the process ends before, or takes too long."""
    end = time.monotonic() + limit_s
    while not (path.exists() and path.read_text().count("\n") >= count):
        assert running.poll() is None, running.stdout.read()
        assert time.monotonic() < end
        with contextlib.suppress(subprocess.TimeoutExpired):
            running.wait(0.05)
