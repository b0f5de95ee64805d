"""The executor that a test is given, and the cluster that some of them run on."""

import importlib.util
import warnings

import pytest

from tests.vector.executor_cases import NEEDS

CLUSTER_MB = 100


@pytest.fixture
def executor(request):
    """The name of an executor whose needs are met; to be parametrised by `executor_cases.under`."""
    name = request.param
    if name in NEEDS and importlib.util.find_spec(NEEDS[name]) is None:
        pytest.skip(f"{NEEDS[name]} is not installed")
    if name == "ray":
        request.getfixturevalue("ray_cluster")
    return name


@pytest.fixture(scope="session")
def ray_cluster():
    """A cluster of two cores on this machine, for all tests of the session."""
    ray = pytest.importorskip("ray")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ray.init(
            "local",  # whatever else may run on this machine
            num_cpus=2,
            include_dashboard=False,
            log_to_driver=False,
            configure_logging=False,
            object_store_memory=CLUSTER_MB << 20,
        )
    yield ray
    ray.shutdown()
