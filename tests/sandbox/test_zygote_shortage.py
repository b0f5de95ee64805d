"""A host that runs out of descriptors or of a place for folders: "unavailable" while it lasts, and all right after."""

from __future__ import annotations

import pytest

from tests.sandbox.hosts import run_host

pytestmark = pytest.mark.slow

RUNGS = {"full": None, "no namespaces": ("landlock", "seccomp")}
on_two_rungs = pytest.mark.parametrize("rung", RUNGS)


@on_two_rungs
def test_a_host_without_descriptors_is_unavailable_until_it_has_some(rung):
    out = run_host(
        f"""
import resource
made = sandbox.make("zygote", zygotes=1, layers={RUNGS[rung]!r})
made.run("1")
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
used = len(os.listdir("/proc/self/fd"))
begun = time.monotonic()
for extra in (0, 1, 2, 3, 4, 6):
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + extra, hard))
    results = [made.run("print(1)"), *made.run_tests("print(1)", ["", ""])]
    try:
        made.session().close()
    except sandbox.backends.SandboxUnavailable:
        pass
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert all((r.status, r.stdout) in {{("ok", "1\\n"), ("unavailable", "")}} for r in results), results
results = [made.run("print(1)") for _ in range(4)]
assert [r.stdout for r in results[1:]] == ["1\\n"] * 3, results
assert time.monotonic() - begun < 60
made.close()
print("done")
"""
    )
    assert out.endswith("done\n")


def test_a_sandbox_that_cannot_be_started_for_want_of_descriptors_says_so():
    out = run_host(
        """
import resource
from gem.errors import SandboxUnavailable
for layers in (FULL, LOWER):
    sandbox.make("zygote", zygotes=1, layers=layers).close()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    used = len(os.listdir("/proc/self/fd"))
    for extra in (0, 1, 2, 3, 4, 5):
        resource.setrlimit(resource.RLIMIT_NOFILE, (used + extra, hard))
        try:
            sandbox.make("zygote", zygotes=1, layers=layers).close()
        except SandboxUnavailable:
            pass
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert settles(lambda: not offspring())
    assert settles(lambda: len(os.listdir("/proc/self/fd")) <= used)
print("done")
"""
    )
    assert out == "done\n"


def test_a_lower_rung_without_a_place_for_its_folders_says_so(tmp_path):
    out = run_host(
        """
import shutil, tempfile
from gem.errors import SandboxUnavailable
made = sandbox.make("zygote", zygotes=1, layers=LOWER)
assert made.run("print(1)").ok
place = tempfile.gettempdir()
assert settles(lambda: (shutil.rmtree(place, ignore_errors=True), not os.path.exists(place))[1])
for _ in range(6):
    result = made.run("print(1)")
    assert (result.status, result.stdout) in {("ok", "1\\n"), ("unavailable", "")}, result
assert result.status == "unavailable" and result.stderr
try:
    sandbox.make("zygote", zygotes=1, layers=LOWER)
except SandboxUnavailable as error:
    assert str(error)
else:
    raise AssertionError("it cannot be had")
os.mkdir(place)
for _ in range(4):
    result = made.run("print(1)")
assert result.ok or result.status == "unavailable"
made.close()
print("done")
""",
        TMPDIR=str(tmp_path),
    )
    assert out == "done\n"
