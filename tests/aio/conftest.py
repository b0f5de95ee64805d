"""Every test leaves as many threads of gem behind as it found."""

import pytest

from tests.aio.echo_envs import gem_threads


@pytest.fixture(autouse=True)
def no_thread_is_left_behind():
    before = gem_threads()
    yield
    assert gem_threads() == before
