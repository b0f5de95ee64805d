"""What all tests share: paths, and a word on tests that are slow without saying so.

Warnings are errors (pyproject.toml). Fast tests are those of `pytest -m "not slow"`.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # the job of a shell in the background
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
SLOW_S = 0.25

settings.register_profile(
    "gem", derandomize=True, deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gem")


@pytest.fixture(scope="module", autouse=True)
def nothing_shared_outlives_its_module():
    """The threads, processes and descriptors of sandboxes and graders would be counted by tests of other things."""
    yield
    for module in ("gem.sandbox.shared", "gem.grading.math.pool"):
        if module in sys.modules:
            sys.modules[module].close_shared()


@pytest.fixture
def run_python():
    """Run Python code in a fresh interpreter; returns what it printed, fails if it failed."""

    def run(code: str, *options: str) -> str:
        command = [sys.executable, "-W", "error", *options, "-c", code]
        done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=60, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.fixture
def registry_as_it_was():
    """Ids that a test registers are forgotten after it, and families that it listed are to be listed again."""
    import gem
    from gem import registry

    before, families = dict(gem.ENV_REGISTRY), dict(registry._families)
    yield gem.ENV_REGISTRY
    registry._families.clear()
    registry._families.update(families)
    gem.ENV_REGISTRY.clear()
    gem.ENV_REGISTRY.update(before)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Note the processor time of the test: on a busy machine the clock on the wall says little."""
    begun = time.process_time()
    try:
        return (yield)
    finally:
        item.user_properties.append(("cpu_s", time.process_time() - begun))


def pytest_terminal_summary(terminalreporter):
    """Name the tests that take long and are not marked slow."""
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    for report in reports:
        cpu_s = dict(report.user_properties).get("cpu_s", 0.0)
        if report.when == "call" and cpu_s > SLOW_S and "slow" not in report.keywords:
            terminalreporter.write_line(f"{cpu_s:.2f} s and not marked slow: {report.nodeid}")
