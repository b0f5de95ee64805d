"""What is particular to actors on a Ray cluster: where they go, how they end, and whose cluster it is."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from gem.errors import VectorError
from gem.vector.cluster import Cluster
from gem.vector.ray import RayVectorEnv
from tests.vector.executor_cases import toys, vector_of
from tests.vector.fault_envs import Obedient, until

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ray"), pytest.mark.usefixtures("ray_cluster")]

CPUS = 2
"""Of the cluster that the tests are given."""


class Inhabitant(Obedient):
    """An env that knows where it lives."""

    def node(self):
        import ray

        return ray.get_runtime_context().get_node_id()

    def in_main_thread(self):
        return threading.current_thread() is threading.main_thread()


class Taker:
    """An actor that takes CPUs and does nothing."""

    def there(self):
        return True


@contextmanager
def taken(ray, cpus):
    """So many CPUs are busy with something else."""
    actor = ray.remote(num_cpus=cpus)(Taker).remote()
    ray.get(actor.there.remote())
    until_free(ray, CPUS - cpus)
    yield
    ray.kill(actor)
    until_free(ray, CPUS)


def until_free(ray, cpus):
    until(lambda: ray.available_resources().get("CPU", 0.0) == cpus, what=f"{cpus} free CPUs")


def log_of(vec):
    """A way to see whether the file is there that tells what the actor is busy with."""
    name = vec._links[0]._log
    return lambda: list(Path("/tmp").glob(f"ray*/session_*/logs/{name}")) != []


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


# -- where actors go -------------------------------------------------------------------------------------


def test_by_default_there_is_an_actor_for_each_free_cpu(ray_cluster):
    until_free(ray_cluster, CPUS)
    with taken(ray_cluster, 1), vector_of("ray", toys(3), workers=None) as vec:
        assert vec.workers == 1
        assert len({env.pid() for env in vec.envs}) == 1


def test_more_actors_than_cpus_share_them():
    with vector_of("ray", toys(3, Inhabitant), workers=3) as vec:
        assert len({env.pid() for env in vec.envs}) == 3
        assert all(env.in_main_thread() for env in vec.envs)
        vec.reset()
        assert vec.step(["play"] * 3).rewards.tolist() == [1.0] * 3


def test_a_cluster_without_room_is_an_error_that_says_so_and_leaves_nothing(ray_cluster, monkeypatch):
    until_free(ray_cluster, CPUS)
    monkeypatch.setattr(RayVectorEnv, "placing_s", 0.2)
    with taken(ray_cluster, CPUS), pytest.raises(VectorError, match=r"asks for 1 CPU, and of 2 only 0 are free"):
        vector_of("ray", toys(2))
    until_free(ray_cluster, CPUS)


@contextmanager
def another_node(ray):
    """A second node of one CPU, started as its owner would start it; gives its process and its id."""
    known = alive(ray)
    address = ray.get_runtime_context().gcs_address
    command = f"-m ray.scripts.scripts start --address={address} --num-cpus=1 --object-store-memory=100000000 --block"
    ports = "--min-worker-port=0 --max-worker-port=0 --disable-usage-stats"
    with tempfile.TemporaryFile() as log:
        node = subprocess.Popen([sys.executable, *command.split(), *ports.split()], stdout=log, stderr=log)
        try:
            until(lambda: alive(ray) - known, what="the start of a node")
            yield node, (alive(ray) - known).pop()
        finally:
            power_off(node)
            CURRENT.unlink(missing_ok=True)


CURRENT = Path("/tmp/ray/ray_current_cluster")
"""What the start of a node leaves, and `ray.init` without an address believes."""


def alive(ray):
    return {node["NodeID"] for node in ray.nodes() if node["Alive"]}


def power_off(node):
    """All of its processes end at once, without a word to anybody."""
    if node.poll() is None:
        for pid in [*descendants(node.pid), node.pid]:
            os.kill(pid, signal.SIGKILL)
        node.wait()


def descendants(pid):
    of_threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [int(child) for each in of_threads for child in each.read_text().split()]
    return [each for child in children for each in [*descendants(child), child]]


def test_envs_live_on_all_nodes_and_a_lost_node_costs_the_episodes_there_and_no_others(ray_cluster):
    until_free(ray_cluster, CPUS)
    with another_node(ray_cluster) as (node, node_id), vector_of("ray", toys(6, Inhabitant), workers=3) as vec:
        vec.reset()
        there = {index for index, env in enumerate(vec.envs) if env.node() == node_id}
        assert len(there) == 2
        power_off(node)
        errors = [info.get("error", {}).get("type") for info in vec.step(["play"] * 6).infos]
        assert errors == ["WorkerDied" if index in there else None for index in range(6)]
        assert {env.node() for env in vec.envs}.isdisjoint({node_id})
        assert vec.step(["play"] * 6).rewards.tolist() == [1.0] * 6


# -- how actors end --------------------------------------------------------------------------------------


DEEDS = {
    "regex": ("StepTimeout", "in _regex"),
    "segfault": ("WorkerDied", "Segmentation fault"),
    "kill": ("WorkerDied", "its actor was lost"),
}
"""What an env does to its actor, and what is told of it."""


def test_the_env_that_took_its_actor_along_is_told_from_its_mates():
    with vector_of("ray", toys(3), step_timeout_s=0.5) as vec:
        vec.reset()
        for deed, (kind, words) in DEEDS.items():
            log_is_there = log_of(vec)
            assert log_is_there()
            errors = [info["error"] for info in vec.step(["play", deed, "play"]).infos]
            assert [error["type"] for error in errors] == ["WorkerDied", kind, "WorkerDied"]
            assert words in errors[1]["message"]
            assert "lost with env 1" in errors[0]["message"]
            assert not log_is_there()
            assert vec.step(["play"] * 3).rewards.tolist() == [1.0] * 3


def test_a_successor_without_a_place_costs_steps_until_there_is_one(ray_cluster, monkeypatch):
    until_free(ray_cluster, CPUS)
    monkeypatch.setattr(RayVectorEnv, "placing_s", 5.0)
    with vector_of("ray", toys(2)) as vec:
        vec.reset()
        os.kill(vec.envs[0].pid(), signal.SIGKILL)
        until_free(ray_cluster, CPUS)
        monkeypatch.setattr(RayVectorEnv, "placing_s", 0.2)
        monkeypatch.setattr(Cluster, "free_cpus", lambda *_: 1.0)  # it was, a moment ago
        with taken(ray_cluster, CPUS):
            for _ in range(2):
                result = vec.step(["play"] * 2)
                assert result.truncations.tolist() == [True, True]
            assert "asks for 1 CPU" in result.infos[0]["error"]["message"]
        monkeypatch.undo()
        vec.reset()
        assert vec.step(["play"] * 2).rewards.tolist() == [1.0, 1.0]


@pytest.mark.parametrize("how", ["closed", "dropped", "closed in the middle of a step"])
def test_of_a_vector_that_is_not_needed_any_more_nothing_is_left(ray_cluster, how, tmp_path, monkeypatch):
    monkeypatch.setattr("gem.vector.ray.CLOSING_S", 0.5)
    vec = vector_of("ray", toys(2, folder=tmp_path))
    vec.reset()
    pid, log_is_there = vec.envs[0].pid(), log_of(vec)
    assert log_is_there()
    if how == "closed in the middle of a step":
        vec.send({0: "wait for nobody"})
        until((tmp_path / "for nobody.begun").exists)
    if how == "dropped":
        del vec
        gc.collect()
    else:
        vec.close()
    until(lambda: gone(pid), what="the end of the actor")
    until_free(ray_cluster, CPUS)
    assert not log_is_there()


# -- whose cluster it is ---------------------------------------------------------------------------------


OWN = """
import ray
from gem.vector.ray import RayVectorEnv
from tests.vector.executor_cases import toys

if __name__ == "__main__":
    first, second = (RayVectorEnv(["test:0"], toys(1), workers=1) for _ in range(2))
    first.close()
    second.reset()
    assert second.step(["play"]).rewards.tolist() == [1.0]
    second.close()
    assert not ray.is_initialized()
"""


def test_where_there_is_no_cluster_one_is_started_without_a_word_and_ends_with_its_last_vector(tmp_path):
    script = tmp_path / "own.py"
    script.write_text(OWN)
    env = {**os.environ, "RAY_ADDRESS": "local", "PYTHONPATH": os.pathsep.join(["src", "."])}
    command = [sys.executable, "-W", "error", "-W", "ignore::ResourceWarning", script]  # some versions leave files open
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_without_its_cluster_a_vector_says_so_instead_of_starting_another(monkeypatch):
    with vector_of("ray", toys(2)) as vec:
        vec.reset()
        vec.send({0: "play"})
        vec.recv()
        monkeypatch.setattr(Cluster, "connected", lambda _: False)
        for use in (lambda: vec.envs[0].name, lambda: vec.send({0: "play"}), lambda: vec.step({0: "play"}), vec.reset):
            with pytest.raises(VectorError, match=r"out of reach|call recv"):
                use()
        monkeypatch.undo()


class FakeRay:
    """Who is connected to which cluster, and no cluster."""

    def __init__(self):
        self.connections, self.connected = 0, False

    def init(self, **options):
        assert not self.connected
        self.connections, self.connected = self.connections + 1, True

    def shutdown(self):
        self.connected = False

    def is_initialized(self):
        return self.connected

    def get_runtime_context(self):
        return SimpleNamespace(gcs_address="here", get_job_id=lambda: self.connections)


@pytest.fixture
def fake_ray(monkeypatch):
    fake = FakeRay()
    monkeypatch.setattr("gem.vector.cluster.need", lambda *_, **__: fake)
    return fake


def test_a_connection_of_the_program_is_left_to_it(fake_ray):
    fake_ray.init()
    Cluster().leave()
    assert fake_ray.connected


def test_a_connection_made_for_a_vector_ends_with_the_last_one(fake_ray):
    first, second = Cluster(), Cluster()
    assert (fake_ray.connections, first.connected(), second.connected()) == (1, True, True)
    first.leave()
    assert second.connected()
    second.leave()
    assert not fake_ray.connected


def test_another_connection_than_the_one_it_had_is_none_of_a_vectors_business(fake_ray):
    cluster = Cluster()
    fake_ray.shutdown()
    fake_ray.init()
    assert not cluster.connected()
    with pytest.raises(VectorError, match="out of reach"):
        cluster.check()
    cluster.leave()
    assert fake_ray.connected
