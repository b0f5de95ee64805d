"""`gem-gym bench vector`: what is measured, how it is counted, and how the figures are shown."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gem.cli import main
from gem.cli.vector_bench import figures, measuring, peers, plot, sides, table, worker
from gem.cli.vector_bench.figures import Figures, Run
from gem.cli.vector_bench.side import spent
from gem.cli.vector_bench.side.driver import Task
from gem.cli.vector_bench.side.gem_side import Barrier, FirstReady, Loop
from gem.cli.vector_bench.side.work import (
    ACTION,
    LATENCIES,
    LONGEST_S,
    MEAN_LATENCY_S,
    SHORTEST_S,
    TURNS,
    Work,
    kind_of,
    latencies,
    loops_taking,
)

BY_NAME = {side.name: side for side in sides.SIDES}
DEADLINE_S = 20.0


def children_of(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def run_with(*found):
    machine = {"cpu": "a", "cores": 2, "date": "2026-11-22T12:00"}
    return Run(machine, {"seconds": 1.0}, figures=list(found))


# -- the env that all sides step -------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["cheap", "text", "cpu"])
def test_episodes_end_after_as_many_turns_on_every_side(kind):
    env = Work(kind, cpu_loops=5)
    env.reset(seed=1)
    ends = [env.step(ACTION)[3] for _ in range(TURNS)]
    assert ends == [False] * (TURNS - 1) + [True]


def test_latencies_depend_on_the_seed_alone():
    first, same, other = (latencies(seed) for seed in (3, 3, 4))
    drawn = [next(first) for _ in range(LATENCIES)]
    assert drawn == [next(same) for _ in range(LATENCIES)]
    assert drawn != [next(other) for _ in range(LATENCIES)]


def test_latencies_have_the_mean_that_the_limit_is_computed_from():
    drawn = [next(source) for source in map(latencies, range(400)) for _ in range(LATENCIES)]
    assert min(drawn) >= SHORTEST_S
    assert max(drawn) == LONGEST_S
    assert math.isclose(sum(drawn) / len(drawn), MEAN_LATENCY_S, rel_tol=0.03)
    assert math.isclose(MEAN_LATENCY_S, 0.046, rel_tol=0.01)


def test_a_mixed_vector_is_a_quarter_of_each_kind():
    kinds = [kind_of("mixed", index) for index in range(64)]
    assert {kind: kinds.count(kind) for kind in kinds} == {"cheap": 16, "text": 16, "blocking": 16, "cpu": 16}


def test_more_time_is_more_loops():
    assert loops_taking(2e-2) > loops_taking(1e-4) > 0


# -- driving vectors -------------------------------------------------------------------------------


@pytest.mark.usefixtures("registry_as_it_was")
@pytest.mark.parametrize("driver", [Barrier, Loop])
@pytest.mark.parametrize("kind", ["cheap", "text"])
def test_an_advance_steps_every_env(driver, kind):
    vec = driver(Task(f"gem_side:{driver.__name__}", kind, num_envs=3))
    vec.begin(seed=0)
    assert [vec.advance() for _ in range(TURNS + 1)] == [3] * (TURNS + 1)
    vec.close()


@pytest.mark.usefixtures("registry_as_it_was")
def test_an_executor_can_be_chosen_and_is_named():
    vec = Barrier(Task("gem_side:Barrier", "cheap", num_envs=2, executor="threads"))
    assert vec.executor == "threads"
    vec.close()


@pytest.mark.usefixtures("registry_as_it_was")
def test_whoever_is_ready_is_answered():
    vec = FirstReady(Task("gem_side:FirstReady", "cheap", num_envs=3, executor="threads"))
    vec.begin(seed=0)
    steps = 0
    while steps < 50:
        steps += vec.advance()
    vec.close()


@pytest.mark.slow
@pytest.mark.usefixtures("registry_as_it_was")
@pytest.mark.parametrize("driver", [Barrier, Loop])
def test_a_chat_history_is_played_with_guesses(driver):
    pytest.importorskip("jinja2")
    vec = driver(Task(f"gem_side:{driver.__name__}", "chat", num_envs=2))
    vec.begin(seed=0)
    assert [vec.advance() for _ in range(20)] == [2] * 20
    vec.close()


# -- counting processor time -----------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="there is no /proc here")
def test_the_time_of_processes_below_counts_while_they_live():
    before = spent.cpu_seconds()
    busy = "import time\nwhile time.process_time() < 0.3: pass\nprint('done', flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", busy], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"done\n"
        assert child.pid in spent.descendants()
        assert spent.cpu_seconds() - before >= 0.25
        child.communicate(b"\n")
    assert child.pid not in spent.descendants()


# -- workers ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_worker_measures_again_and_again_and_leaves_nothing(tmp_path):
    measured = worker.Worker(Task("gem_side:Barrier", "cheap", num_envs=4), python=None)
    opened = measured.opened()
    assert opened["executor"] == "loop"
    assert "gem-gym" in opened["versions"]
    for seed in (1, 2):
        answer = measured.measure(seed, warm_up_s=0.0, seconds=0.02)
        assert answer["steps"] % 4 == 0
        assert answer["wall_s"] >= 0.02
        assert answer["cpu_s"] > 0
    group = measured._process.pid
    measured.close()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


@pytest.mark.slow
def test_the_worker_of_a_peer_does_not_need_our_package():
    code = (
        f"import sys; sys.path.append({str(worker.HERE)!r})\n"
        "from importlib import import_module\n"
        "for name in ('__main__', 'driver', 'work', 'spent', 'puffer_side', 'gymnasium_side'):\n"
        "    import_module(f'side.{name}')\n"
        "assert 'gem' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_what_goes_wrong_in_a_worker_is_told_here():
    failing = worker.Worker(Task("gem_side:Nobody", "cheap", num_envs=4), python=None)
    with pytest.raises(worker.WorkerFailed, match="Nobody"):
        failing.opened()
    failing.close()


@pytest.mark.slow
def test_a_worker_that_dies_is_told_here():
    dying = worker.Worker(Task("gem_side:Barrier", "cheap", num_envs=4), python=None)
    dying.opened()
    dying.kill()
    with pytest.raises(worker.WorkerFailed, match="the process ended"):
        dying.measure(0, 0.0, 0.01)
    dying.close()


@pytest.mark.slow
def test_a_stopped_worker_uses_no_time():
    waiting = worker.Worker(Task("gem_side:Barrier", "cheap", num_envs=4), python=None)
    waiting.opened()
    stat = Path(f"/proc/{waiting._process.pid}/stat")
    if stat.exists():
        end = time.monotonic() + DEADLINE_S
        while (state := stat.read_text().rpartition(")")[2].split()[0]) != "T":
            assert time.monotonic() < end, state
    waiting.close()


# -- what is measured ------------------------------------------------------------------------------


def test_every_kind_is_measured_on_our_side_at_some_size():
    for kind in sides.KINDS:
        assert measuring.points([kind], sides.SIZES)
        assert sides.why_not(BY_NAME[sides.OURS], kind, 16) is None


@pytest.mark.parametrize(
    ("side", "kind", "num_envs", "reason"),
    [
        ("gymnasium async", "cheap", 256, "a process for each env"),
        ("gymnasium sync", "blocking", 64, "one env after the other"),
        ("pufferlib serial", "chat", 16, "neither the game"),
        ("gem-llm sync", "awaiting", 16, "cannot await"),
        (sides.OURS, "cpu", 4096, "no longer depends on n"),
    ],
)
def test_what_is_infeasible_is_skipped_with_a_reason(side, kind, num_envs, reason):
    assert reason in sides.why_not(BY_NAME[side], kind, num_envs)


def test_only_envs_that_wait_are_answered_as_they_get_ready():
    ours = BY_NAME[sides.OURS]
    drivers = {kind: sides.task(ours, kind, 16, "auto", 1).driver for kind in sides.KINDS}
    assert {kind for kind, driver in drivers.items() if driver.endswith("FirstReady")} == set(sides.WAITING)


def test_a_peer_that_cannot_be_installed_is_noted_and_the_others_take_part(monkeypatch):
    def installed(peer, say):
        if peer.name == "pufferlib":
            raise peers.PeerMissing("ERROR: no wheel")
        return Path("/python")

    monkeypatch.setattr(measuring, "python_of", installed)
    found = run_with()
    pythons = measuring.taking_part(found, with_peers=True, say=lambda _: None)
    assert pythons["gymnasium sync"] == Path("/python")
    assert pythons[sides.OURS] is None
    assert not any(name.startswith("pufferlib") for name in pythons)
    assert "pufferlib could not be installed: ERROR: no wheel" in found.notes
    assert any(note.startswith("EnvPool is not compared") for note in found.notes)


def test_an_environment_that_is_complete_is_not_made_again(monkeypatch, tmp_path):
    commands = []

    def run(*command):
        commands.append(command)
        (tmp_path / "some" / "bin").mkdir(parents=True, exist_ok=True)
        (tmp_path / "some" / "bin" / "python").touch()

    monkeypatch.setattr(peers, "home", lambda: tmp_path)
    monkeypatch.setattr(peers, "_run", run)
    peer = peers.Peer("some", ("some==1", "numpy"), alone=("other==2",))
    for _ in range(2):
        peers.python_of(peer, lambda _: None)
    assert len(commands) == 3
    assert commands[1][-1] == "other==2"
    assert (tmp_path / ".gitignore").read_text() == "*\n"
    peers.python_of(peer._replace(requirements=("some==2",)), lambda _: None)
    assert len(commands) == 6


@pytest.mark.slow
def test_what_pip_says_is_the_reason():
    with pytest.raises(peers.PeerMissing, match=r"ERROR: .*gem-gym-no-such-package"):
        peers._run(sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "gem-gym-no-such-package")


# -- figures ---------------------------------------------------------------------------------------


def test_ratios_are_taken_pair_by_pair():
    ours = Figures(sides.OURS, "cheap", 4, "loop", [10.0, 40.0, 60.0], [1.0, 2.0, 4.0])
    other = Figures("gem-llm async", "cheap", 4, "async", [5.0, 4.0, 3.0], [3.0, 8.0, 20.0])
    assert figures.times_faster(ours, other) == 10.0
    assert figures.times_less_cpu(ours, other) == 4.0
    assert figures.times_less_cpu(ours, Figures("x", "cheap", 4)) is None


@pytest.mark.parametrize(
    ("kind", "num_envs", "limit"),
    [("blocking", 64, 64 / MEAN_LATENCY_S), ("awaiting", 1, 1 / MEAN_LATENCY_S), ("cpu", 1, 200.0), ("cheap", 9, None)],
)
def test_the_limit_is_that_of_physics(kind, num_envs, limit):
    assert figures.limit_per_s(kind, num_envs) == limit


def test_a_run_is_read_as_it_was_written(tmp_path):
    found = run_with(Figures(sides.OURS, "cheap", 4, "loop", [10.0, 20.0], [1.5]), Figures("x", "cpu", 2, error="no"))
    found.write(tmp_path / "new" / "vector.json")
    assert figures.read(tmp_path / "new" / "vector.json") == found


def test_the_report_shows_medians_ranges_ratios_and_reasons():
    found = run_with(
        Figures(sides.OURS, "cheap", 4, "loop", [100.0, 300.0, 200.0], [1.0, 1.0, 1.0]),
        Figures("gem-llm async", "cheap", 4, "async", [10.0, 10.0, 10.0], [9.0, 9.0, 9.0]),
        Figures("gymnasium async", "cheap", 256, skipped="n > 64: it starts a process for each env"),
        Figures("gymnasium sync", "cheap", 4, error="ValueError: no"),
        Figures(sides.OURS, "blocking", 16, "threads", [16 / MEAN_LATENCY_S / 2]),
    )
    found.notes.append("EnvPool is not compared: it is not")
    printed = table.report(found)
    assert "200 (100..300)" in printed
    assert "20.00 ×" in printed
    assert "9.00 ×" in printed
    assert "50%" in printed
    assert "Not measured: gymnasium async, n > 64: it starts a process for each env." in printed
    assert "Failed: gymnasium sync, n = 4: ValueError: no" in printed
    assert "- EnvPool is not compared" in printed


@pytest.mark.slow
def test_the_picture_is_drawn_of_what_there_is(tmp_path):
    pytest.importorskip("matplotlib")
    found = run_with(
        Figures(sides.OURS, "cheap", 4, "loop", [100.0, 300.0], [1.0, 2.0]),
        Figures(sides.LOOP, "cheap", 16, "none", [100.0, 300.0]),
        Figures(sides.OURS, "blocking", 16, "threads", [300.0], [3.0]),
        Figures("gymnasium async", "text", 256, error="no"),
    )
    plot.draw(found, tmp_path / "vector.png")
    assert (tmp_path / "vector.png").read_bytes().startswith(b"\x89PNG")


# -- the command -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--kinds", "chaep"], "the kinds are cheap"),
        (["--sizes", "many"], "such as 1,64,1024"),
        (["--sizes", "0"], "such as 1,64,1024"),
        (["--repeats", "0"], "--repeats is at least 1"),
        (["--executor", "lop"], "Did you mean 'loop'"),
        (["cheap"], "--kinds cheap"),
    ],
)
def test_a_mistake_is_one_line_and_exits_with_2(words, said, capsys):
    assert main(["bench", "vector", *words]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.slow
def test_ours_alone_needs_no_peer(capsys, tmp_path):
    path = tmp_path / "vector.json"
    words = ["--no-peers", "--kinds", "cheap", "--sizes", "1,4", "--seconds", "0.02", "--repeats", "2"]
    assert main(["bench", "vector", *words, "--json", str(path)]) == 0
    captured = capsys.readouterr()
    assert "## cheap" in captured.out
    assert "| plain loop" in captured.out
    assert "[1/2] cheap, 4 envs, gem-gym (2 of 2)" in captured.err
    written = json.loads(path.read_text())
    assert [len(each["steps_per_s"]) for each in written["figures"]] == [2, 2, 2, 2]
    assert written["versions"][sides.OURS]["numpy"]


@pytest.mark.slow
def test_an_interrupted_run_shows_what_it_has(capsys, tmp_path, monkeypatch):
    def interrupted(self, point, say):
        if point.num_envs == 4:
            raise KeyboardInterrupt
        self.run.figures.append(Figures(sides.OURS, *point, "loop", [123456.0], [1.0]))

    monkeypatch.setattr(measuring.Measurer, "measure", interrupted)
    path = tmp_path / "vector.json"
    assert main(["bench", "vector", "--no-peers", "--kinds", "cheap", "--sizes", "1,4", "--json", str(path)]) == 130
    assert "123,456" in capsys.readouterr().out
    assert len(figures.read(path).figures) == 1


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_run_that_is_told_to_end_leaves_no_worker(number, tmp_path):
    command = [sys.executable, "-m", "gem", "bench", "vector", "--no-peers", "--kinds", "cheap", "--seconds", "30"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        while "(1 of 3)" not in running.stderr.readline():
            assert running.poll() is None
        workers = children_of(running.pid)
        running.send_signal(number)
        assert running.wait(DEADLINE_S) == 130
        assert "cores" in running.stdout.read()
    assert workers
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["threads", "processes"])
def test_any_id_can_be_measured_under_any_executor(executor, capsys):
    words = ["bench", "game:GuessTheNumber-v0-easy", "--num-envs", "2", "--episodes", "4", "--executor", executor]
    assert main(words) == 0
    assert "of one env among 2" in capsys.readouterr().out
