"""`gem-gym bench sandbox`: what is measured and in which order, how it is counted, and how the figures are shown."""

import importlib.util
import json
import os
import subprocess
import sys
from itertools import islice
from pathlib import Path

import pytest

from gem import sandbox
from gem.cli import main, paint
from gem.cli.sandbox_bench import figures, measuring, rows, table, worker
from gem.cli.sandbox_bench.figures import Figures, Run, verdicts
from gem.cli.sandbox_bench.rows import BARE, BARS, OURS, RELEASED, ROWS
from gem.cli.sandbox_bench.side import jobs, released
from gem.cli.sandbox_bench.side.bare import Bare
from gem.cli.sandbox_bench.side.contestant import Contestant
from gem.cli.sandbox_bench.side.jobs import Answer, Job, done
from gem.cli.sandbox_bench.side.ours import Ours
from gem.cli.sandbox_bench.worker import JobFailed, Worker, WorkerEnded
from gem.cli.vector_bench.peers import PeerMissing
from gem.sandbox import Result

DEADLINE_S = 20.0


class Echo(Contestant):
    """Answers with what it was asked, and remembers it."""

    def __init__(self):
        self.asked, self.made_ready = [], []

    def ready(self, profile):
        self.made_ready.append((profile, len(self.asked)))

    def run(self, code, stdin, timeout_s, profile):
        self.asked.append(code)
        return None if code == "endless" else code + stdin

    def cell(self, code, timeout_s):
        self.asked.append(code)
        return code


def run_with(*found):
    return Run({"cpu": "a", "cores": 2}, {"repeats": 2}, figures=list(found))


def measured(row, ours, other, contestant=RELEASED, wrong=0):
    return run_with(Figures(row, OURS, ours, wrong), Figures(row, contestant, other))


# -- the jobs ----------------------------------------------------------------------------------------


def test_programs_are_run_one_by_one_and_each_is_timed():
    answer = done(Job("run", "a", ["ab"], ["b"], calls=3, profile="scientific"), contestant := Echo())
    assert contestant.made_ready == [("scientific", 0)]
    assert contestant.asked == ["a"] * 3
    assert len(answer.seconds) == 3
    assert answer.wrong == 0


def test_callers_share_their_time():
    answer = done(Job("callers", "a", ["a"], calls=6, callers=3), contestant := Echo())
    assert len(contestant.asked) == 6 + 3  # one each before the clock starts
    assert len(answer.seconds) == 1
    assert answer.wrong == 0


def test_an_answer_that_is_not_the_expected_one_is_counted():
    for kind in ("run", "callers", "cell", "judge"):
        assert done(Job(kind, "a", ["b"], calls=2), Echo()).wrong == 2


def test_every_test_of_a_program_is_judged():
    contestant = Echo()
    assert done(Job("judge", "a", ["a1", "a2"], ["1", "2"], calls=2), contestant).wrong == 0
    assert len(contestant.asked) == 4


def test_the_cell_that_starts_a_session_is_not_counted():
    answer = done(Job("cell", "x", ["x"], calls=2), contestant := Echo())
    assert contestant.asked == ["pass", "x", "x"]
    assert len(answer.seconds) == 2


def test_of_a_program_that_is_stopped_only_the_time_beyond_its_limit_counts(monkeypatch):
    monkeypatch.setattr(jobs, "_timed", lambda job, call: Answer((0.55, 0.4), int(not call())))
    answer = done(Job("kill", "endless", timeout_s=0.5), Echo())
    assert answer.seconds == pytest.approx((0.05, 0.0))
    assert answer.wrong == 0
    assert done(Job("kill", "a", timeout_s=0.5), Echo()).wrong == 1


def test_a_job_survives_the_wire():
    for row in ROWS.values():
        sent = json.dumps({field: getattr(row.job, field) for field in Job.__dataclass_fields__})
        assert done(Job(**json.loads(sent)), Silent()).wrong == (0 if row.job.kind == "kill" else row.job.calls)


class Silent(Contestant):
    """Gives no answer at all."""

    def run(self, code, stdin, timeout_s, profile):
        return None

    def cell(self, code, timeout_s):
        return None


# -- the contestants ---------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_bare_interpreter_runs_what_the_rows_ask_for():
    bare = Bare("auto")
    assert bare.run("print(input())", "7", 30.0, "bare") == "7\n"
    assert bare.run("raise ValueError", "", 30.0, "bare") is None
    assert bare.run("while True: pass", "", 0.05, "bare") is None
    assert bare.judge("print(int(input()) + 1)", ["1", "2"], 30.0, "process") == ["2\n", "3\n"]


def test_the_released_tool_is_called_as_its_envs_call_it(monkeypatch):
    calls = []

    class Module:
        @staticmethod
        def run_python(*arguments):
            calls.append(arguments)
            return arguments[0] == "good", "out", ""

    monkeypatch.setattr(released, "import_module", lambda name: Module)
    monkeypatch.setenv("PATH", "/elsewhere")
    contestant = released.Released("auto")
    assert contestant.run("good", "", 3.0, "bare") == "out"
    assert contestant.run("bad", "in", 3.0, "bare") is None
    assert calls == [("good", "none", None, 3.0), ("bad", "none", "in", 3.0)]
    assert os.environ["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)


def test_ours_is_asked_through_the_protocol_with_a_sandbox_for_each_profile(monkeypatch):
    made = {}

    class Fake:
        level = sandbox.Level(name="full", layers=("a", "b"), files="x", network="x", processes="x", memory="x")

        def __init__(self):
            self.closed = 0

        def run(self, code, stdin="", timeout_s=1.0):
            return Result(status="ok" if code == "good" else "error", stdout="out")

        def run_tests(self, code, inputs, stop, isolation, timeout_s):
            return [Result(status="ok", stdout=f"{isolation}{text}{stop}") for text in inputs]

        def session(self):
            return self

        def cell(self, code, timeout_s):
            return Result(status="ok", stdout=code)

        def close(self):
            self.closed += 1

    def make(backend, profile, allow_unsafe):
        made[profile] = backend, Fake()
        return made[profile][1]

    monkeypatch.setattr(sandbox, "make", make)
    ours = Ours("bwrap")
    assert ours.level == "full (a, b)"
    assert list(made) == ["bare"]
    ours.ready("scientific")
    assert ours.run("good", "", 1.0, "scientific") == "out"
    assert ours.run("bad", "", 1.0, "bare") is None
    assert ours.judge("good", ["1"], 1.0, "test") == ["test1False"]
    assert ours.cell("x", 1.0) == "x"
    ours.close()
    assert {profile: (backend, box.closed) for profile, (backend, box) in made.items()} == {
        "bare": ("bwrap", 1),
        "scientific": ("bwrap", 1),
    }


# -- whose turn it is --------------------------------------------------------------------------------


class FakeWorker:
    """Answers at once, notes in `asked` who was asked what, and raises what stands in `broken`."""

    def __init__(self, contestant, backend, python):
        self.contestant = next(name for name, kind in rows.CONTESTANTS.items() if kind == contestant)

    def opened(self):
        if (self.contestant, "open") in self.broken:
            raise self.broken[self.contestant, "open"]
        return {"level": "nothing", "versions": {"python": "3"}}

    def do(self, job):
        self.asked.append((self.contestant, job))
        if (self.contestant, job.kind) in self.broken:
            raise self.broken[self.contestant, job.kind]
        return {"seconds": [0.001] * job.calls, "wrong": 0}

    def kill(self):
        pass

    close = kill


@pytest.fixture
def fake_workers(monkeypatch):
    monkeypatch.setattr(measuring, "Worker", FakeWorker)
    monkeypatch.setattr(measuring, "SETTLING_S", 0)
    monkeypatch.setattr(FakeWorker, "asked", [], raising=False)
    monkeypatch.setattr(FakeWorker, "broken", {}, raising=False)
    return FakeWorker


EVERYBODY = {OURS: None, RELEASED: Path("/python"), BARE: None}


def measure(run, names, repeats=1, quick=False):
    with measuring.Measurer(run, EVERYBODY, "auto", quick) as measurer:
        measurer.open()
        for _ in range(repeats):
            measurer.repeat([ROWS[name] for name in names], lambda _: None)


def test_contestants_take_turns_within_every_repeat(fake_workers):
    run = run_with()
    measure(run, ["print", "judge"], repeats=2)
    once = [OURS, RELEASED, BARE]
    assert [name for name, _ in fake_workers.asked] == (once * ROWS["print"].turns + once) * 2
    calls = ROWS["print"].turns * ROWS["print"].job.calls
    assert [len(repeat) for repeat in run.find("print", OURS).repeats_ms] == [calls, calls]
    assert run.find("print", OURS).repeats_ms[0][0] == pytest.approx(1.0)


def test_only_ours_has_sessions_and_the_released_tool_runs_on_after_its_limit(fake_workers):
    measure(run_with(), ["cell", "kill"])
    assert [(name, job.kind, job.calls) for name, job in fake_workers.asked] == [
        (OURS, "cell", ROWS["cell"].job.calls),
        (OURS, "kill", ROWS["kill"].job.calls),
        (RELEASED, "kill", 1),
        (BARE, "kill", ROWS["kill"].job.calls),
    ]


def test_a_quick_run_makes_fewer_calls_but_keeps_its_callers_busy(fake_workers):
    measure(run_with(), list(ROWS), quick=True)
    for name, job in fake_workers.asked:
        assert job.calls <= max(job.callers, 30), (name, job)
        assert job.calls >= job.callers


def test_who_cannot_do_a_job_is_asked_for_the_others_still(fake_workers):
    fake_workers.broken[OURS, "judge"] = JobFailed("no judge")
    run = run_with()
    measure(run, ["judge", "print"], repeats=2)
    assert run.find("judge", OURS).error == "no judge"
    assert len(run.find("print", OURS).repeats_ms) == 2
    assert len(run.find("judge", BARE).repeats_ms) == 2


def test_who_has_died_is_left_out_from_then_on(fake_workers):
    fake_workers.broken[RELEASED, "judge"] = WorkerEnded("gone")
    fake_workers.broken[BARE, "open"] = JobFailed("no python")
    run = run_with()
    measure(run, ["judge", "print"])
    assert run.find("judge", RELEASED).error == "gone"
    assert {name for name, job in fake_workers.asked if job.kind == "run"} == {OURS}
    assert run.notes == ["subprocess could not be measured: no python"]


def test_the_released_tool_takes_part_where_it_is_installed(monkeypatch, tmp_path):
    monkeypatch.setattr(measuring, "home", lambda: tmp_path)
    run = run_with()
    assert list(measuring.taking_part(run, install=False, without=False, say=print)) == [OURS, BARE]
    assert "--peer installs it" in run.notes[0]
    (tmp_path / RELEASED / "bin").mkdir(parents=True)
    (tmp_path / RELEASED / "bin/python").touch()
    (tmp_path / RELEASED / measuring.MARKER).touch()
    pythons = measuring.taking_part(run, install=False, without=False, say=print)
    assert pythons == {OURS: None, RELEASED: tmp_path / RELEASED / "bin/python", BARE: None}
    assert list(measuring.taking_part(run, install=False, without=True, say=print)) == [OURS, BARE]


def test_a_peer_that_cannot_be_installed_is_noted(monkeypatch):
    def fails(peer, say):
        raise PeerMissing("no network")

    monkeypatch.setattr(measuring, "python_of", fails)
    run = run_with()
    assert list(measuring.taking_part(run, install=True, without=False, say=print)) == [OURS, BARE]
    assert run.notes == ["gem-llm could not be installed: no network"]


# -- worker processes --------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_worker_answers_job_after_job_and_leaves_nothing():
    bare = Worker("bare:Bare", "auto", None)
    assert bare.opened()["versions"]["python"]
    for _ in range(2):
        answer = bare.do(Job("run", "print(1+1)", ["2\n"], calls=2))
        assert len(answer["seconds"]) == 2
        assert answer["wrong"] == 0
    with pytest.raises(JobFailed, match="no sessions"):
        bare.do(Job("cell", "1"))
    group, folder = bare._process.pid, Path(bare._folder.name)
    bare.close()
    assert not folder.exists()
    with pytest.raises(ProcessLookupError):
        os.killpg(group, 0)


@pytest.mark.slow
def test_a_worker_that_cannot_start_or_dies_is_told_here():
    nobody = Worker("bare:Nobody", "auto", None)
    with pytest.raises(JobFailed, match="Nobody"):
        nobody.opened()
    nobody.close()
    dying = Worker("bare:Bare", "auto", None)
    dying.opened()
    dying.kill()
    with pytest.raises(WorkerEnded, match="the process ended"):
        dying.do(Job("run", "1"))
    dying.close()


@pytest.mark.slow
def test_the_worker_of_a_peer_does_not_need_our_package():
    code = (
        f"import sys; sys.path.append({str(worker.HERE)!r})\n"
        "from importlib import import_module\n"
        "for name in ('__main__', 'jobs', 'contestant', 'bare', 'released'):\n"
        "    import_module(f'side.{name}')\n"
        "assert 'gem' not in sys.modules and 'numpy' not in sys.modules"
    )
    finished = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr


# -- figures -----------------------------------------------------------------------------------------


def test_statistics_are_those_of_each_repeat():
    found = Figures("print", OURS, [[1.0, 2.0, 9.0], [3.0, 3.0, 4.0]])
    assert found.each("p50") == [2.0, 3.0]
    assert found.value("p50") == 2.5
    assert found.each("worst") == [9.0, 4.0]
    assert found.value("worst") == 9.0
    assert Figures("print", OURS).value("p99") is None


def test_one_in_a_hundred_may_exceed_the_99th_percentile():
    values = [float(number) for number in range(1, 101)]
    assert figures.percentile(values, 0.99) == 99.0
    assert figures.percentile([5.0], 0.99) == 5.0


def test_ratios_are_taken_repeat_by_repeat():
    run = measured("print", [[1.0], [2.0], [4.0]], [[8.0], [10.0], [40.0]])
    assert run.ratios("print", "p50") == [8.0, 5.0, 10.0]
    (median, tail) = verdicts(run)
    assert (median.figure, median.met) == (8.0, True)
    assert (tail.bar.statistic, tail.met) == ("p99", True)


@pytest.mark.parametrize(("ours", "met"), [([[2.0], [1.9]], True), ([[2.5], [2.4]], False)])
def test_a_bar_in_milliseconds_needs_no_peer(ours, met):
    (verdict,) = verdicts(run_with(Figures("cell", OURS, ours)))
    assert verdict.met is met


def test_the_worst_of_all_counts_for_a_bar_on_the_worst():
    (verdict,) = verdicts(measured("kill", [[10.0, 20.0], [101.0, 1.0]], [[9000.0]]))
    assert verdict.figure == 101.0
    assert verdict.met is False


def test_a_bar_without_figures_is_open_and_one_with_wrong_answers_missed():
    assert {verdict.met for verdict in verdicts(run_with(Figures("print", OURS, [[1.0]])))} == {None}
    assert {verdict.met for verdict in verdicts(measured("print", [[1.0]], [[99.0]], wrong=1))} == {False}


def test_every_bar_of_the_issue_is_asked_for():
    asked = {(bar.row, bar.statistic): bar.times or bar.at_most_ms for bar in BARS}
    assert asked == {
        ("print", "p50"): 6, ("print", "p99"): 4, ("sympy", "p50"): 20, ("callers-8", "p50"): 4,
        ("callers-64", "p50"): 4, ("cell", "p50"): 2, ("kill", "worst"): 100, ("judge", "p50"): 15,
        ("judge-each", "p50"): 3,
    }  # fmt: skip


def test_a_run_is_read_as_it_was_written(tmp_path):
    run = measured("print", [[1.0, 2.0]], [[8.0]])
    run.write(tmp_path / "new" / "sandbox.json")
    assert figures.read(tmp_path / "new" / "sandbox.json") == run


# -- the report --------------------------------------------------------------------------------------


def test_the_report_shows_medians_ranges_ratios_and_verdicts():
    run = measured("print", [[2.0, 3.0, 4.0]] * 2, [[24.0, 26.0], [25.0, 31.0]])
    run.figures += [
        Figures("callers-8", OURS, [[5.0], [4.0]]),
        Figures("callers-8", RELEASED, [[10.0], [10.0]], wrong=2),
        Figures("judge", OURS, error="gone"),
    ]
    run.levels[OURS] = "full (namespaces)"
    run.notes.append("a note")
    printed = table.report(run)
    for text in (
        "- Programs of gem-gym are held by full (namespaces).",
        "| print(1+1)             | gem-gym | 3.00 ms (3.00..3.00)",
        "|                        | gem-llm | 26.5 ms (25.0..28.0) | p99 28.5 ms | 8.8 ×",
        "222 /s (200..250)",
        "| print(1+1), median             | 8.8 × (8.33..9.33) | >= 6 ×  | yes |",
        "| print(1+1), callers: 8, median | 2.2 × (2.00..2.50) | >= 4 ×  | NO  |",
        "| 12 tests, a process for all, median | not measured",
        "- gem-llm gave 2 wrong answers at 'print(1+1), callers: 8'",
        "- gem-gym failed at '12 tests, a process for all': gone",
        "- a note",
    ):
        assert " ".join(text.split()) in " ".join(printed.split())


def test_colours_change_no_letter_of_the_report():
    run = measured("print", [[2.0]], [[26.0]])
    coloured = table.report(run, coloured=True)
    assert f"{paint.GREEN} yes {paint.RESET}" in coloured
    for code in (paint.GREEN, paint.RED, paint.YELLOW, paint.RESET):
        coloured = coloured.replace(code, "")
    assert coloured == table.report(run)


def test_a_run_without_figures_has_a_report():
    assert "cpu a" in table.report(run_with())


# -- the command -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--rows", "pirnt"], "the rows are print"),
        (["--rows", ","], "the rows are print"),
        (["--backend", "zygot"], "there are auto, zygote"),
        (["--repeats", "0"], "--repeats is at least 1"),
        (["--peer", "--no-peers"], "opposite"),
        (["print"], "--rows print"),
    ],
)
def test_a_mistake_is_one_line_and_exits_with_2(words, said, capsys):
    assert main(["bench", "sandbox", *words]) == 2
    assert said in capsys.readouterr().err


def test_figures_are_written_and_shown(fake_workers, tmp_path, capsys):
    path = tmp_path / "sandbox.json"
    words = ["--no-peers", "--rows", "print,cell", "--repeats", "2", "--json", str(path)]
    assert main(["bench", "sandbox", *words]) == 0
    captured = capsys.readouterr()
    assert "1.00 ms (1.00..1.00)" in captured.out
    assert "[1/2] print(1+1): gem-gym" in captured.err
    assert len(figures.read(path).find("print", BARE).repeats_ms) == 2


def test_ours_that_cannot_be_measured_exits_with_1(fake_workers, capsys):
    fake_workers.broken[OURS, "open"] = JobFailed("SandboxUnavailable: no kernel")
    assert main(["bench", "sandbox", "--no-peers", "--rows", "print", "--repeats", "1"]) == 1
    assert "gem-gym could not be measured: SandboxUnavailable: no kernel" in capsys.readouterr().out


def test_an_interrupted_run_shows_what_it_has(fake_workers, tmp_path, capsys):
    fake_workers.broken[RELEASED, "judge"] = fake_workers.broken[BARE, "judge"] = KeyboardInterrupt()
    path = tmp_path / "sandbox.json"
    assert main(["bench", "sandbox", "--no-peers", "--rows", "print,judge", "--json", str(path)]) == 130
    assert "1.00 ms" in capsys.readouterr().out
    assert figures.read(path).find("print", OURS).repeats_ms


@pytest.mark.slow
def test_a_quick_run_measures_ours_beside_a_bare_interpreter(tmp_path, capsys):
    path = tmp_path / "sandbox.json"
    words = ["--quick", "--no-peers", "--rows", "print,judge", "--repeats", "1", "--backend", "subprocess"]
    assert main(["bench", "sandbox", *words, "--json", str(path)]) == 0
    run = figures.read(path)
    for name in ("print", "judge"):
        for contestant in (OURS, BARE):
            assert run.find(name, contestant).repeats_ms
            assert not run.find(name, contestant).wrong


@pytest.mark.slow
def test_a_run_that_is_told_to_end_leaves_no_process_and_no_folder(tmp_path):
    words = [
        "bench",
        "sandbox",
        "--no-peers",
        "--rows",
        "print",
        "--repeats",
        "999",
        "--backend",
        "subprocess",
        "--quick",
    ]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": environment}
    with subprocess.Popen([sys.executable, "-m", "gem", *words], **options) as running:
        while "[1/999] print(1+1): subprocess" not in running.stderr.readline():
            assert running.poll() is None
        workers = [int(child) for child in Path(f"/proc/{running.pid}/task/{running.pid}/children").read_text().split()]
        running.terminate()
        assert running.wait(DEADLINE_S) == 130
        assert "| print(1+1)" in running.stdout.read()
    assert len(workers) == 2
    for pid in workers:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not list(tmp_path.glob("gem-bench-*"))


# -- the official run, and the soak ------------------------------------------------------------------


def script(name):
    path = Path(__file__).parent.parent / f"benchmarks/{name}.py"
    spec = importlib.util.spec_from_file_location(f"benchmarks_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("ours", "code"), [(1.0, 0), (3.0, 1)])
def test_the_official_run_can_be_judged_again(tmp_path, monkeypatch, capsys, ours, code):
    measured("print", [[ours]], [[8.0]]).write(tmp_path / "sandbox.json")
    monkeypatch.setattr(sys, "argv", ["sandbox.py", "--judge", str(tmp_path / "sandbox.json")])
    assert script("sandbox").main() == code
    assert "| print(1+1), median" in capsys.readouterr().out


def samples(soak, **columns):
    zeros = dict.fromkeys(soak.Sample.__dataclass_fields__, 0)
    rows = zip(*columns.values(), strict=True)
    return [
        soak.Sample(**{**zeros, "execs": 1000 * index, **dict(zip(columns, row, strict=True))})
        for index, row in enumerate(rows)
    ]


def test_a_soak_sees_what_grows_and_forgives_what_wavers():
    soak = script("sandbox_soak")
    steady = samples(soak, host_mb=[40.0] + [50.0, 52.0] * 10, descriptors=[5] + [16] * 20)
    assert soak.grown(steady) == []
    leaking = samples(
        soak, host_mb=[40.0 + index for index in range(21)], descriptors=[16 + index for index in range(21)]
    )
    assert soak.growth(leaking, "descriptors") == pytest.approx(18)
    assert [words.split()[0] for words in soak.grown(leaking)] == ["host_mb", "descriptors"]


def test_a_soak_mixes_a_hundred_programs_in_the_order_of_its_seed():
    soak = script("sandbox_soak")
    hundred = list(islice(soak.order(3), 100))
    assert {name: hundred.count(name) for name in soak.MIX} == {name: number for name, (number, _) in soak.MIX.items()}
    assert len(hundred) == sum(number for number, _ in soak.MIX.values()) == 100
    assert hundred == list(islice(soak.order(3), 100))
    assert hundred != list(islice(soak.order(4), 100))


def test_an_answer_that_raises_is_a_wrong_one(capsys):
    soak = script("sandbox_soak")
    assert not soak.answered("ok", None)
    assert "ok: AttributeError" in capsys.readouterr().err
