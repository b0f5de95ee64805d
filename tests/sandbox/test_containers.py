"""PodmanSandbox and DockerSandbox: for real where the engines are, and with an engine of ours that notes its orders."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gem import sandbox
from gem.errors import SandboxUnavailable
from gem.sandbox import Limits
from gem.sandbox.children import engine
from gem.sandbox.children.containers import DockerSandbox, PodmanSandbox
from tests.sandbox import backend_cases as cases
from tests.sandbox import session_cases
from tests.sandbox.backend_cases import name_of
from tests.sandbox.python_image import NAME, PYTHON, write_image

pytestmark = pytest.mark.slow
SOME_CASES = [
    cases.a_program_that_ends_well_is_ok,
    cases.an_exception_is_an_error_whose_traceback_shows_the_program_alone,
    cases.a_limit_of_time_ends_the_program_and_what_it_printed_is_kept,
    cases.files_can_be_written_and_are_gone_afterwards,
    cases.a_program_that_kills_itself_is_killed,
    cases.more_than_the_disk_limit_cannot_be_written,
    cases.the_environment_of_the_host_is_not_there,
    session_cases.a_cell_that_takes_too_long_is_interrupted_and_the_variables_stay,
    session_cases.a_stubborn_cell_takes_the_session_along,
]
"""Of all that sandboxes promise: a container's start is dear. GEM_TEST_ALL_CASES=1 takes them all."""
if os.environ.get("GEM_TEST_ALL_CASES"):
    SOME_CASES = [*cases.RUN_CASES, *cases.EXACT_CASES, *session_cases.SESSION_CASES]


# -- for real ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    for program in ("podman", str(PYTHON), "ldd"):
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not installed")
    layer = tmp_path_factory.mktemp("image") / "layer.tar"
    write_image(layer)
    done = subprocess.run(["podman", "import", str(layer), NAME], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"podman imports no image here: {done.stderr.strip()[-200:]}")
    yield NAME
    subprocess.run(["podman", "rmi", "--force", NAME], capture_output=True, check=False)


@pytest.fixture(scope="module")
def podman(image):
    try:
        box = PodmanSandbox(image=image, concurrency=2)
    except SandboxUnavailable as error:
        pytest.skip(str(error))
    with box:
        yield box


@pytest.fixture(scope="module")
def docker(image, tmp_path_factory):
    """Docker's command line, with podman in the part of its daemon."""
    if shutil.which("docker") is None:
        pytest.skip("docker is not installed")
    folder = tmp_path_factory.mktemp("docker")
    runc = shutil.which("runc", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    settings = f'[engine]\nruntime="runc"\n[engine.runtimes]\nrunc=["{runc}"]\n' if runc else ""
    settings += '[containers]\ndefault_ulimits=["nofile=1024:1024","nproc=1024:1024"]\n'
    (folder / "containers.conf").write_text(settings)
    address = f"unix://{folder}/socket"
    service = subprocess.Popen(
        ["podman", "system", "service", "--time=0", address],
        env={**os.environ, "CONTAINERS_CONF": str(folder / "containers.conf")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = address
    try:
        wait_until((folder / "socket").exists)
        with DockerSandbox(image=image, concurrency=2) as box:
            yield box
    finally:
        os.environ.pop("DOCKER_HOST")
        if before is not None:
            os.environ["DOCKER_HOST"] = before
        service.terminate()
        service.wait()


@pytest.mark.parametrize("case", SOME_CASES, ids=name_of)
def test_podman_keeps_the_promises_of_every_sandbox(podman, case):
    case(podman)


@pytest.mark.parametrize("case", SOME_CASES[:2], ids=name_of)
def test_docker_keeps_the_promises_of_every_sandbox(docker, case):
    case(docker)


def test_a_container_has_no_rights_no_network_and_one_writable_folder(podman):
    code = """
import os, socket
status = open("/proc/self/status").read()
print([line.split()[1] for line in status.splitlines() if line.startswith(("CapEff", "CapBnd", "NoNewPrivs"))])
print(os.getuid(), [os.access(path, os.W_OK) for path in ("/", "/usr", "/dev/shm", "/run", ".")])
try:
    socket.create_connection(("1.1.1.1", 53), 1)
except OSError as error:
    print("no network")
"""
    lines = podman.run(code).stdout.splitlines()
    assert lines == [
        "['0000000000000000', '0000000000000000', '1']",
        "65534 [False, False, False, False, True]",
        "no network",
    ]
    assert podman.level.safe
    assert podman.level.name == "podman"


def test_no_container_is_left(image):
    def left(label):
        listed = subprocess.run(
            ["podman", "ps", "-aq", "--filter", f"label={label}"], capture_output=True, text=True, check=True
        )
        return listed.stdout.split()

    with PodmanSandbox(image=image, concurrency=1) as box:
        assert box.run("while True: pass", timeout_s=0.3).timed_out
        session = box.session()
        label = box._label
        assert left(label)
    assert not left(label)
    assert session.cell("1").status in ("killed", "unavailable")


HOST = """
import sys, threading
from gem.sandbox.children.containers import PodmanSandbox
box = PodmanSandbox(image=sys.argv[1])
threading.Thread(target=box.run, args=("while True: pass", "", 60), daemon=True).start()
session = box.session()
print(box._label, flush=True)
session.cell("while True: pass", timeout_s=60)
"""


def test_no_container_outlives_a_killed_host(image):
    def left():
        command = ["podman", "ps", "-aq", "--filter", f"label={label}"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()

    with subprocess.Popen([sys.executable, "-c", HOST, image], stdout=subprocess.PIPE, text=True) as host:
        label = host.stdout.readline().strip()
        wait_until(left)
        host.kill()
    wait_until(lambda: not left(), patience_s=40)


# -- with an engine of ours --------------------------------------------------------------------------

ENGINE = """#!{python} -S
import os, sys
arguments = sys.argv[1:]
with open({log!r}, "a") as log:
    log.write(repr(arguments) + "\\n")
if arguments[0] in ("image", "pull") and not {has_image}:
    sys.exit("it is nowhere")
if arguments[0] == "run" and any(word.startswith({refused!r}) for word in arguments):
    sys.exit("unknown option or no controller")
if arguments[0] == "run":
    options = arguments[arguments.index("image") + 1:]
    os.chdir({folder!r})
    os.execv({python!r}, [{python!r}, *options])
if arguments[0] == "ps":
    print("abc def")
"""


@pytest.fixture
def fake(tmp_path):
    engine.accepted.cache_clear()

    def write(refused=(), has_image=True):
        program = tmp_path / "docker"
        python = os.path.realpath(sys.executable)
        folder = tmp_path / "work"
        folder.mkdir()
        places = {"python": python, "log": str(tmp_path / "log"), "folder": str(folder)}
        program.write_text(ENGINE.format(refused=tuple(refused), has_image=has_image, **places))
        program.chmod(0o755)
        return str(program)

    yield write
    engine.accepted.cache_clear()


def orders(program):
    return [eval(line) for line in (Path(program).parent / "log").read_text().splitlines()]


def test_every_container_is_closed_bounded_and_labelled(fake):
    program = fake()
    with DockerSandbox(image="image", program=program, options=["--hostname=box"], warm=0, concurrency=1) as box:
        label = box._label
        assert box.run("print(6)", limits=Limits(memory_mb=100, disk_mb=8, files=50, processes=2)).stdout == "6\n"
        assert box.level.memory == "cgroup and rlimit"
    runs = [order for order in orders(program) if order[0] == "run"]
    for order in runs:
        for option in ("--network=none", "--read-only", "--cap-drop=ALL", "--security-opt=no-new-privileges", "--rm"):
            assert option in order
    assert {"--memory=372m", "--memory-swap=372m", "--pids-limit=68", "--cpus=1.0", "--hostname=box"} <= set(runs[-1])
    assert "--tmpfs=/tmp:rw,nosuid,nodev,size=8m,mode=1777,nr_inodes=54" in runs[-1]
    assert f"--label={label}" in runs[-1]
    assert orders(program)[-2:] == [
        ["ps", "--all", "--quiet", "--filter", f"label={label}"],
        ["rm", "--force", "abc", "def"],
    ]


def test_a_bound_that_is_refused_is_left_out(fake):
    program = fake(refused=["--memory", "--cpus"])
    with DockerSandbox(image="image", program=program, warm=0, concurrency=1) as box:
        assert box.run("print(6)").ok
        assert box.level.memory == "rlimit"
    last = [order for order in orders(program) if order[0] == "run"][-1]
    assert not [option for option in last if option.startswith(("--memory", "--cpus"))]
    assert "--pids-limit=66" in last


def test_a_runtime_can_be_chosen(fake):
    program = fake()
    with DockerSandbox(image="image", program=program, runtime="runsc", warm=0, concurrency=1):
        pass
    assert all("--runtime=runsc" in order for order in orders(program) if order[0] == "run")


def test_an_image_that_is_nowhere_is_named(fake):
    with pytest.raises(SandboxUnavailable, match="has no image 'image' and cannot pull it: it is nowhere"):
        sandbox.make("docker", image="image", program=fake(has_image=False))


def test_a_package_that_is_not_in_the_image_is_named(fake):
    with pytest.raises(SandboxUnavailable, match="no_such_package"):
        sandbox.make("docker", image="image", profile="no_such_package", program=fake())


def test_what_cannot_be_closed_is_not_used(fake):
    with pytest.raises(SandboxUnavailable, match="no controller"):
        DockerSandbox(image="image", program=fake(refused=["--network"]))


def test_containers_stand_ready(fake):
    program = fake()
    with DockerSandbox(image="image", program=program, warm=1, concurrency=1) as box:
        assert [box.run(f"print({i})").stdout for i in range(3)] == ["0\n", "1\n", "2\n"]
        (spare,) = box._spares
        spare.process.kill()
        spare.process.wait()
        assert box.run("print(3)").stdout == "3\n"
        assert box.run("print(4)", limits=Limits(disk_mb=1)).stdout == "4\n"
    assert not box._spares


@pytest.mark.parametrize("name", ["podman", "docker"])
def test_without_the_engine_there_is_none(name):
    with pytest.raises(SandboxUnavailable, match="no-such-engine is not installed"):
        sandbox.make(name, program="no-such-engine")


def wait_until(holds, patience_s=20.0):
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until
        threading.Event().wait(0.02)
