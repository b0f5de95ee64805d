"""Vectorised envs: the same episodes as the envs alone, many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gem.core import Env
from gem.errors import VectorError
from gem.registry import spec
from gem.vector import executors
from gem.vector.base import AutoresetMode as AutoresetMode
from gem.vector.base import Batch as Batch
from gem.vector.base import Received as Received
from gem.vector.base import VectorEnv as VectorEnv
from gem.vector.loop import SyncVectorEnv as SyncVectorEnv
from gem.vector.recipe import Prebuilt, Recipe, WrapperFn


def make_vec(
    env_ids: str | Sequence[str],
    wrappers: Sequence[WrapperFn] | None = None,
    vec_kwargs: Sequence[Mapping[str, Any]] | None = None,
    async_mode: bool = False,
    seed: int | None = 0,
    num_envs: int | None = None,
    autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
    executor: str = "auto",
    workers: int | None = None,
    step_timeout_s: float | None = None,
    **kwargs: Any,
) -> VectorEnv:
    """Envs of these ids side by side, or `num_envs` of one id.

    Env i is made with `kwargs`, over them `vec_kwargs[i]`, and seed `seed + i` unless `vec_kwargs[i]`
    names one (`seed=None`: fresh entropy). `wrappers` go around each env, the innermost first.

    `executor` is how they are run, which changes how fast they are and nothing else: "loop", "threads",
    "processes", "asynchronous", "ray", or "auto", which asks the envs for their `step_cost`. `workers` is the number
    of threads, processes or actors. A step longer than `step_timeout_s` ends its episode. `async_mode`
    is accepted for the sake of existing scripts and decides nothing.

    Raises `VectorError`, and whatever `gem.make` does.
    """
    del async_mode
    ids = _ids(env_ids, num_envs)
    own: list[Mapping[str, Any]] = [{} for _ in ids] if vec_kwargs is None else list(vec_kwargs)
    if len(own) != len(ids):
        raise VectorError(f"vec_kwargs has {len(own)} entries for {len(ids)} envs")
    arguments = [
        {**({} if seed is None else {"seed": seed + index}), **kwargs, **own[index]} for index in range(len(ids))
    ]
    recipes = [Recipe(spec(env_id), each, tuple(wrappers or ())) for env_id, each in zip(ids, arguments, strict=True)]
    env_fns: list[Any] = list(recipes)
    if executor == "auto":
        executor = "threads" if step_timeout_s is not None else "loop"
        built = _one_of_each(recipes)
        suited = executors.suited_to(env.step_cost for env in built.values())
        executor = suited if suited != "loop" else executor
        if executor in ("loop", "threads", "asynchronous"):
            for index, env in built.items():
                env_fns[index] = Prebuilt(env, recipes[index])
        else:
            for env in built.values():
                env.close()
    return executors.load(executor)(ids, env_fns, autoreset_mode, step_timeout_s=step_timeout_s, workers=workers)


def _ids(env_ids: str | Sequence[str], num_envs: int | None) -> list[str]:
    if isinstance(env_ids, str):
        return [env_ids] * (1 if num_envs is None else num_envs)
    if num_envs not in (None, len(env_ids)):
        raise VectorError(f"num_envs={num_envs} with {len(env_ids)} ids; give one id to repeat it")
    return list(env_ids)


def _one_of_each(recipes: Sequence[Recipe]) -> dict[int, Env[Any, Any]]:
    """The first env of each id, by its index."""
    built: dict[int, Env[Any, Any]] = {}
    seen: set[str] = set()
    for index, recipe in enumerate(recipes):
        if recipe.spec.id not in seen:
            seen.add(recipe.spec.id)
            built[index] = recipe()
    return built
