"""`gem-gym doctor`: the facts, what follows from them, and how they are shown."""

import errno
import json
import re
import stat
import subprocess

import pytest

from gem.cli import doctor as command
from gem.cli import main, paint
from gem.errors import SandboxUnavailable
from gem.sandbox import Level, Result, doctor, machine, probe
from gem.sandbox.doctor import Report, Rung, Trial
from gem.sandbox.level import UNSAFE
from gem.sandbox.machine import Fact
from gem.sandbox.zygote import ladder

FULL = Level(
    name="full",
    layers=("namespaces", "landlock", "seccomp"),
    files="an empty root with Python in it",
    network="none",
    processes="a process namespace that ends with its first process, and system calls that are refused",
    memory="rlimit",
)
WORKS = dict.fromkeys(["user namespaces", "mount namespaces", "pid namespaces", "net namespaces", "seccomp"], 0)


def put(root, path, text):
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def named(facts, name):
    (found,) = (fact for fact in facts if fact.name == name)
    return found


def report_with(auto, trials=(), facts=(), rungs=()):
    return Report(list(facts), [], [], list(rungs), list(trials), auto)


# -- the machine -------------------------------------------------------------------------------------


def test_an_unknown_machine_is_told_what_else_there_is(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.platform, "machine", lambda: "riscv64")
    fact = named(machine.host(tmp_path, {}), "platform")
    assert fact.holds is False
    assert "podman" in fact.advice


def test_a_container_is_known_by_its_traces(tmp_path):
    assert machine.container(tmp_path, {}) == "no sign of one"
    put(tmp_path, ".dockerenv", "")
    put(tmp_path, "proc/1/cgroup", "0::/kubepods/besteffort/pod1")
    assert machine.container(tmp_path, {"container": "lxc"}) == "yes (.dockerenv, $container, kubepods)"


@pytest.mark.parametrize(("free_kb", "holds"), [(8 << 20, True), (100 << 10, False)])
def test_little_memory_is_told_with_what_to_do(tmp_path, free_kb, holds):
    put(tmp_path, "proc/meminfo", f"MemTotal: {16 << 20} kB\nMemAvailable: {free_kb} kB\nHugePages_Total: 0\n")
    fact = machine.memory(tmp_path)
    assert fact.holds is holds
    assert bool(fact.advice) is not holds
    assert f"{free_kb // 1024:,} of 16,384 MiB free" == fact.value


def test_without_proc_memory_is_unknown(tmp_path):
    assert machine.memory(tmp_path) == Fact("memory", "unknown")


def test_a_full_disk_is_told(monkeypatch, tmp_path):
    monkeypatch.setattr(machine.shutil, "disk_usage", lambda folder: type("Usage", (), {"free": 5 << 20}))
    fact = machine.room(str(tmp_path))
    assert fact.holds is False
    assert "TMPDIR" in fact.advice


# -- the kernel --------------------------------------------------------------------------------------


def test_a_kernel_with_everything_needs_no_advice(tmp_path):
    facts = machine.kernel_facts({**WORKS, "landlock": 7}, tmp_path)
    assert [fact.name for fact in facts if not fact.holds] == ["cgroup v2"]
    assert not any(fact.advice for fact in facts if fact.holds)


@pytest.mark.parametrize(
    ("setting", "text", "advice"),
    [
        ("kernel/apparmor_restrict_unprivileged_userns", "1\n", "apparmor_restrict_unprivileged_userns=0"),
        ("kernel/unprivileged_userns_clone", "0\n", "unprivileged_userns_clone=1"),
        ("user/max_user_namespaces", "0\n", "max_user_namespaces=15000"),
        ("kernel/hostname", "a", "seccomp=unconfined"),
    ],
)
def test_refused_namespaces_come_with_what_refuses_them(tmp_path, setting, text, advice):
    put(tmp_path, f"proc/sys/{setting}", text)
    facts = machine.kernel_facts({**WORKS, "user namespaces": errno.EPERM, "landlock": 7}, tmp_path)
    fact = named(facts, "user namespaces")
    assert fact.holds is False
    assert "not permitted" in fact.value
    assert advice in fact.advice
    assert named(facts, "pid namespaces").holds


def test_advice_on_namespaces_is_given_once(tmp_path):
    refused = {**dict.fromkeys(WORKS, errno.ENOSPC), "seccomp": 0, "landlock": 7}
    facts = [fact for fact in machine.kernel_facts(refused, tmp_path) if fact.name.endswith("namespaces")]
    assert [fact.holds for fact in facts] == [False] * 4
    assert [bool(fact.advice) for fact in facts] == [True, False, False, False]
    assert "/proc/sys/user" in facts[0].advice


@pytest.mark.parametrize(("version", "holds"), [(0, False), (1, True), (7, True)])
def test_an_old_landlock_holds_less(tmp_path, version, holds):
    fact = named(machine.kernel_facts({**WORKS, "landlock": version}, tmp_path), "landlock")
    assert fact.holds is holds
    assert bool(fact.advice) == (version < machine.SCOPES_ABI)


def test_a_probe_without_an_answer_is_told(tmp_path):
    assert "gem.sandbox.probe" in named(machine.kernel_facts({}, tmp_path), "namespaces").advice


def control_groups(root, controllers, delegated=True):
    put(root, "proc/self/cgroup", "4:memory:/old\n0::/user/me\n")
    put(root, "proc/self/mounts", "tmpfs /sys/fs tmpfs rw 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n")
    put(root, "sys/fs/cgroup/user/me/cgroup.controllers", controllers)
    for name in ("cgroup.procs", "cgroup.subtree_control") if delegated else ():
        put(root, f"sys/fs/cgroup/user/me/{name}", "")
    return machine.control_groups(root)


def test_delegated_control_groups_hold(tmp_path):
    assert control_groups(tmp_path, "cpu memory pids\n") == Fact("cgroup v2", "delegated: cpu memory pids", True)


@pytest.mark.parametrize(
    ("controllers", "delegated", "value", "advice"),
    [
        ("hugetlb\n", True, "without memory and pids", "cgroup v1"),
        ("memory\n", True, "without pids", "cgroup v1"),
        ("memory pids\n", False, "not delegated", "Delegate=yes"),
    ],
)
def test_control_groups_that_cannot_be_used_are_told(tmp_path, controllers, delegated, value, advice):
    fact = control_groups(tmp_path, controllers, delegated)
    assert fact.holds is False
    assert value in fact.value
    assert advice in fact.advice


def test_a_machine_without_control_groups_is_told(tmp_path):
    put(tmp_path, "proc/self/cgroup", "4:memory:/old\n")
    assert machine.control_groups(tmp_path).value == "none"


# -- programs ----------------------------------------------------------------------------------------


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    def program(name, script):
        put(tmp_path, name, f"#!/bin/sh\n{script}\n")
        (tmp_path / name).chmod(stat.S_IRWXU)

    return program


def test_programs_are_asked_for_their_versions(path):
    path("bwrap", "echo bubblewrap 0.8.0")
    path("docker", "echo no daemon >&2; exit 1")
    facts = machine.programs()
    assert named(facts, "bwrap") == Fact("bwrap", "0.8.0", True)
    assert "apt install podman" in named(facts, "podman").advice
    assert named(facts, "docker").holds is False
    assert "no daemon" in named(facts, "docker").advice


def test_a_program_that_hangs_or_does_not_run_is_told(path, monkeypatch):
    def hangs(*arguments, **options):
        raise subprocess.TimeoutExpired("docker", 1.0)

    path("docker", "")
    monkeypatch.setattr(machine.subprocess, "run", hangs)
    assert named(machine.programs(), "docker").value == "does not answer"


# -- the probe ---------------------------------------------------------------------------------------


def fails_with(number):
    def attempt():
        raise OSError(number, "no")

    return attempt


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Python 3.12 warns of forks beside threads
def test_an_attempt_tells_its_error_and_changes_nothing_here():
    def changes():
        probe.os.environ["GEM_PROBE"] = "here"

    def breaks():
        raise ValueError

    assert probe.tried(changes) == 0
    assert "GEM_PROBE" not in probe.os.environ
    assert probe.tried(fails_with(errno.EPERM)) == errno.EPERM
    assert probe.tried(breaks) == errno.EIO
    assert probe.tried(lambda: probe.os.kill(probe.os.getpid(), 9)) == errno.EIO


@pytest.mark.slow
def test_the_probe_answers_for_every_attempt():
    answers = machine.probed()
    assert set(answers) == {*probe.ATTEMPTS, "landlock"}
    assert all(isinstance(number, int) for number in answers.values())


def test_a_probe_that_cannot_run_gives_no_answer(monkeypatch):
    monkeypatch.setattr(machine.sys, "executable", "/nowhere/python")
    assert machine.probed() == {}


# -- trying sandboxes --------------------------------------------------------------------------------


class FakeSandbox:
    def __init__(self, level, result):
        self.level, self._result, self.closed = level, result, False

    def run(self, code):
        return self._result

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.closed = True


@pytest.fixture
def made(monkeypatch):
    def give(level=FULL, result=None, error=None):
        box = FakeSandbox(level, result or Result(status="ok", stdout=doctor.ANSWER))

        def make(backend, *, allow_unsafe):
            if error:
                raise error
            box.asked = backend, allow_unsafe
            return box

        monkeypatch.setattr(doctor, "make", make)
        return box

    return give


def test_a_sandbox_that_works_is_told_with_its_level_and_closed(made):
    box = made()
    trial = doctor.tried("zygote")
    assert (trial.backend, trial.level, trial.why_not) == ("zygote", FULL, "")
    assert trial.call_ms >= 0
    assert box.closed
    assert box.asked == ("zygote", True)


def test_auto_is_tried_as_users_get_it(made):
    box = made()
    doctor.tried("auto")
    assert box.asked == ("auto", False)


@pytest.mark.parametrize(
    ("error", "said"),
    [(SandboxUnavailable("no bwrap"), "no bwrap"), (ZeroDivisionError("oh"), "ZeroDivisionError: oh")],
)
def test_a_sandbox_that_cannot_be_had_is_told_why(made, error, said):
    made(error=error)
    assert doctor.tried("bwrap") == Trial("bwrap", why_not=said)


def test_a_sandbox_that_gives_wrong_answers_is_none(made):
    made(result=Result(status="unavailable", stderr="the zygote died"))
    trial = doctor.tried("zygote")
    assert trial.level is None
    assert "the zygote died" in trial.why_not


def test_a_remote_service_is_not_tried_without_an_address():
    assert "url=" in doctor.tried("remote").why_not


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("exit 0", ""),
        ("echo 'Error: No such image: python' >&2; exit 1", "podman pull docker.io/library/python"),
        ("echo 'no daemon' >&2; exit 1", "no daemon"),
    ],
)
def test_an_image_that_is_missing_is_not_pulled_but_told(path, made, script, said):
    made()
    path("podman", f'test "$1" = image || exit 9\n{script}')
    trial = doctor.tried("podman")
    assert said in trial.why_not
    assert (trial.level is None) == bool(said)


def test_an_engine_that_is_not_installed_is_told(path):
    assert "podman is not installed" in doctor.tried("podman").why_not


def test_there_are_no_levels_but_on_linux(monkeypatch):
    monkeypatch.setattr(doctor.sys, "platform", "darwin")
    assert doctor.rungs_tried() == []


def test_levels_below_the_one_that_is_taken_are_tried_too(monkeypatch):
    taken = ladder.Rung("full", ladder.RUNGS["full"], True, "")
    monkeypatch.setattr(ladder, "tried_rungs", lambda: (taken,))
    monkeypatch.setattr(ladder, "try_layers", lambda layers: "" if layers.namespaces else "it could get out")
    assert [(rung.name, rung.why_not) for rung in doctor.rungs_tried()] == [
        ("full", ""),
        ("no landlock", ""),
        ("no namespaces", "it could get out"),
    ]


def test_an_examination_tries_every_backend_and_auto():
    asked = []

    def attempt(name):
        asked.append(name)
        return Trial(name, FULL)

    rungs = [Rung("full", ("seccomp",))]
    report = doctor.examine(("zygote", "bwrap"), lambda: {**WORKS, "landlock": 7}, lambda: rungs, attempt)
    assert asked == ["auto", "zygote", "bwrap"]
    assert report.safe
    assert report.rungs == rungs
    assert {fact.name for fact in report.kernel} >= {"user namespaces", "landlock", "seccomp", "cgroup v2"}


# -- the command -------------------------------------------------------------------------------------


@pytest.fixture
def examined(monkeypatch):
    return lambda report: monkeypatch.setattr(doctor, "examine", lambda: report)


@pytest.mark.parametrize(
    ("auto", "code", "said"),
    [
        (Trial("auto", FULL, call_ms=2.5), 0, 'level "full"; hostile code may run'),
        (Trial("auto", why_not="nothing holds here"), 1, "gives no sandbox here: nothing holds here"),
        (Trial("auto", UNSAFE), 1, "does not hold hostile code"),
    ],
)
def test_the_exit_code_says_whether_there_is_a_safe_sandbox(examined, capsys, auto, code, said):
    examined(report_with(auto))
    assert main(["doctor"]) == code
    assert said in " ".join(capsys.readouterr().out.split())


def test_everything_is_shown_within_80_columns(examined, capsys):
    fact = Fact("cgroup v2", "not delegated " * 9, False, "Do something about it. " * 20)
    trials = [
        Trial("zygote", FULL, call_ms=2.54),
        Trial("subprocess", UNSAFE, call_ms=123.4),
        Trial("bwrap", why_not="not installed: apt install bubblewrap"),
    ]
    rungs = [Rung("full", ("namespaces", "seccomp"), "the trial program could read " * 9), Rung("less", ("seccomp",))]
    examined(report_with(Trial("auto", FULL), trials, [fact], rungs))
    main(["doctor"])
    shown = capsys.readouterr().out
    assert all(len(line) <= command.WIDTH for line in shown.splitlines())
    flat = " ".join(shown.split())
    for text in (
        "no full namespaces, seccomp the trial program could read",
        "yes less seccomp",
        "no cgroup v2 not delegated",
        "yes zygote full: namespaces, landlock, seccomp; a call takes 2.5 ms",
        "no subprocess none; a call takes 123 ms",
        "- bwrap not here: not installed: apt install bubblewrap",
        "files: an empty root with Python in it; network: none;",
    ):
        assert text in flat


def test_colours_change_no_letter(examined):
    report = report_with(Trial("auto", FULL), [Trial("zygote", FULL)], [Fact("a", "b", False, "c"), Fact("d", "e")])
    found = [command.Extra("hub", {"pyarrow": "1"}, ["other"])]
    plain, coloured = (list(command.lines(report, found, coloured=each)) for each in (False, True))
    assert [re.sub(r"\x1b\[\d*m", "", line) for line in coloured] == plain
    assert any(paint.RED in line for line in coloured)


def test_the_facts_can_be_had_as_json(examined, capsys):
    examined(report_with(Trial("auto", FULL), [Trial("zygote", FULL)], [Fact("a", "b", False, "c")]))
    assert main(["doctor", "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["safe"] is True
    assert content["auto"]["level"]["name"] == "full"
    assert content["host"] == [{"name": "a", "value": "b", "holds": False, "advice": "c"}]
    assert isinstance(content["extras"], list)


@pytest.mark.parametrize("words", [["now"], ["--jsn"]])
def test_a_wrong_command_line_is_explained(words, capsys):
    assert main(["doctor", *words]) == 2
    assert "usage: gem-gym doctor" in capsys.readouterr().err


def test_extras_are_those_of_the_installed_package(monkeypatch):
    asked = ["numpy>=1", "pytest; extra == 'dev'", "pyarrow>=15; extra == 'hub'", 'gem-none>=1; extra == "hub"']
    monkeypatch.setattr(command.metadata, "requires", lambda name: asked)
    monkeypatch.setattr(command, "_version", lambda package: "1.0" if package == "pyarrow" else None)
    assert list(command.extras()) == [command.Extra("hub", {"pyarrow": "1.0"}, ["gem-none"])]


def test_a_package_that_is_not_installed_has_no_extras():
    assert list(command.extras("gem-gym-no-such-package")) == []


@pytest.mark.slow
def test_the_machine_is_examined_for_real(capsys):
    assert main(["doctor", "--json"]) in (0, 1)
    content = json.loads(capsys.readouterr().out)
    assert {trial["backend"] for trial in content["trials"]} == set(doctor.BACKENDS)
    assert all(trial["level"] or trial["why_not"] for trial in content["trials"])
    assert content["host"]
    assert content["kernel"]
    assert content["programs"]
    assert content["rungs"]
