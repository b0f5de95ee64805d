"""Vectorised envs: the same episodes as the envs alone, many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

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
    limits: dict[str, Any] = {"step_timeout_s": step_timeout_s, "workers": workers}
    if executor != "auto":
        return executors.load(executor)(ids, recipes, autoreset_mode, **limits)
    env_fns, names = _suited(recipes, can_stop=step_timeout_s is not None)
    try:
        if len(set(names)) == 1:
            return executors.load(names[0])(ids, env_fns, autoreset_mode, **limits)
        return import_module("gem.vector.mixed").MixedVectorEnv(ids, env_fns, autoreset_mode, names=names, **limits)
    except BaseException:
        _close_unused(env_fns)
        raise


def _ids(env_ids: str | Sequence[str], num_envs: int | None) -> list[str]:
    if isinstance(env_ids, str):
        return [env_ids] * (1 if num_envs is None else num_envs)
    if num_envs not in (None, len(env_ids)):
        raise VectorError(f"num_envs={num_envs} with {len(env_ids)} ids; give one id to repeat it")
    return list(env_ids)


def _suited(recipes: Sequence[Recipe], *, can_stop: bool) -> tuple[list[Any], list[str]]:
    """How to build each env, and the executor for it: of envs made alike the first is built, and asked.

    `can_stop`: only executors that can give up a step.
    """
    env_fns: list[Any] = list(recipes)
    names: list[str] = []
    known: dict[Any, str] = {}
    try:
        for index, recipe in enumerate(recipes):
            alike = recipe.spec.id, *((name, id(value)) for name, value in recipe.arguments.items() if name != "seed")
            if alike not in known:
                env_fns[index] = Prebuilt(recipe(), recipe)
                name = executors.suited_to(env_fns[index].step_cost, recipe.spec.id)
                name = known[alike] = "threads" if can_stop and name == "loop" else name
                if name == "processes":  # built once more, over there
                    env_fns[index].close()
                    env_fns[index] = recipe
            names.append(known[alike])
    except BaseException:
        _close_unused(env_fns)
        raise
    return env_fns, names


def _close_unused(env_fns: Sequence[Any]) -> None:
    for make in env_fns:
        if isinstance(make, Prebuilt):
            make.close()
