"""The executors that one contract is held to, and vectors of toy envs under each of them."""

from __future__ import annotations

from functools import partial
from itertools import cycle

import pytest

import gem
from gem.registry import spec
from gem.vector import AutoresetMode
from gem.vector.executors import load
from gem.vector.mixed import MixedVectorEnv
from gem.vector.recipe import Recipe
from tests.vector.counting_env import CountUp
from tests.vector.fault_envs import Obedient, made, wrapped

NEEDS = {"asynchronous": "greenlet", "mixed": "greenlet", "ray": "ray"}
"""Packages without which an executor's tests are skipped."""
EVERY = ("loop", "threads", "processes", "asynchronous", "mixed")
RAY = "ray"
"""Held to a sample: its envs are driven as those of processes are, and an actor takes half a second to start."""
OVERLAPPING = ("threads", "processes", "asynchronous", "mixed")
"""Those that step one env while another has not finished its step."""
NAMED = ("loop", "threads", "processes", "asynchronous")
"""Those that can be asked for by name."""
NEAR = ("loop", "threads", "asynchronous")
"""Those whose envs live in this process."""
FAR = ("processes", "ray")
MIXTURE = ("threads", "asynchronous")
"""The executors of the envs of a mixed vector, in turn."""


def under(*names):
    """Run a test under each of these executors. Starting a worker takes long: tests of workers are slow ones."""
    return pytest.mark.parametrize("executor", [_case(name) for name in names], indirect=True)


def quickly(name):
    """That executor in a test that is run before every commit, though a worker is started in it."""
    return pytest.param(name, marks=_marks(name))


def slowly(name):
    """That executor in a slow test."""
    return pytest.param(name, marks=[*_marks(name), pytest.mark.slow])


def _case(name):
    return (slowly if name in FAR else quickly)(name) if isinstance(name, str) else name


def _marks(name):
    """Tests of ray belong into the one xdist worker that has a cluster."""
    return [pytest.mark.xdist_group(RAY)] if name == RAY else []


def vector_of(executor, env_fns, mode=AutoresetMode.SAME_STEP, **options):
    """A vector of these envs, whose ids are test:0, test:1, …; far from here one worker, unless said otherwise."""
    if executor in FAR:
        options.setdefault("workers", 1)
    ids = [f"test:{k}" for k in range(len(env_fns))]
    if executor == "mixed":
        return MixedVectorEnv(
            ids, env_fns, mode, names=[name for _, name in zip(ids, cycle(MIXTURE), strict=False)], **options
        )
    return load(executor)(ids, env_fns, mode, **options)


def vector_of_ids(executor, env_ids, wrappers=(), seed=0, workers=1, **options):
    """What `make_vec` makes; a mixture takes turns with its executors, whatever the envs say of themselves."""
    if executor != "mixed":
        return gem.make_vec(env_ids, wrappers, seed=seed, executor=executor, workers=workers, **options)
    recipes = [Recipe(spec(env_id), {"seed": seed + k}, tuple(wrappers)) for k, env_id in enumerate(env_ids)]
    names = [name for _, name in zip(env_ids, cycle(MIXTURE), strict=False)]
    return MixedVectorEnv(env_ids, recipes, names=names, workers=workers, **options)


def a_worker_each(executor, count):
    """Executors with workers of their own promise no more than that workers don't wait for each other."""
    return {"workers": count} if executor in FAR else {}


def counting(executor, count, mode=AutoresetMode.SAME_STEP, wrap=None, own=None, **arguments):
    """Envs that count their episodes and turns."""
    return vector_of(executor, toys(count, CountUp, own, wrap, **arguments), mode)


def turns(vec):
    """The turn of each env that counts."""
    return [env.turn for env in vec.envs]


def toys(count, kind=Obedient, own=None, wrap=None, **arguments):
    """What makes `count` envs called env 0, env 1, …; `own[k]` has further arguments of env k."""
    fns = [partial(made, kind, k, {"name": f"env {k}", **arguments, **(own or {}).get(k, {})}) for k in range(count)]
    return fns if wrap is None else [partial(wrapped, wrap, fn) for fn in fns]


def serialised(*values):
    """Values as text in which any difference shows: of kinds, of order, of the last bit."""
    text = repr(values)
    assert " at 0x" not in text, "an object without a text of its own: compare it otherwise"
    return text.encode("utf-8", "surrogatepass")


def result_bytes(obs, reward, terminated, truncated, info):
    """A step's result as bytes; rewards and flags come as numpy's in a vector and as Python's from an env."""
    return serialised(obs, float(reward), bool(terminated), bool(truncated), info)
