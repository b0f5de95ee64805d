"""Vectorised envs: the same episodes as the envs alone, many at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gem.core import Env
from gem.errors import VectorError
from gem.registry import make
from gem.vector.base import AutoresetMode as AutoresetMode
from gem.vector.base import Batch as Batch
from gem.vector.base import Received as Received
from gem.vector.base import VectorEnv as VectorEnv
from gem.vector.sync import SyncVectorEnv as SyncVectorEnv

WrapperFn = Callable[[Env[Any, Any]], Env[Any, Any]]


def make_vec(
    env_ids: str | Sequence[str],
    wrappers: Sequence[WrapperFn] | None = None,
    vec_kwargs: Sequence[Mapping[str, Any]] | None = None,
    async_mode: bool = False,
    seed: int | None = 0,
    num_envs: int | None = None,
    autoreset_mode: AutoresetMode | str = AutoresetMode.SAME_STEP,
    **kwargs: Any,
) -> VectorEnv:
    """Envs of these ids side by side, or `num_envs` of one id.

    Env i is made with `kwargs`, over them `vec_kwargs[i]`, and seed `seed + i` unless `vec_kwargs[i]`
    names one (`seed=None`: fresh entropy). `wrappers` go around each env, the innermost first.
    `async_mode` may choose another executor, never other results. Raises `VectorError`, and
    whatever `gem.make` does.
    """
    del async_mode  # there is one executor
    ids = _ids(env_ids, num_envs)
    own: list[Mapping[str, Any]] = [{} for _ in ids] if vec_kwargs is None else list(vec_kwargs)
    if len(own) != len(ids):
        raise VectorError(f"vec_kwargs has {len(own)} entries for {len(ids)} envs")
    arguments = [
        {**({} if seed is None else {"seed": seed + index}), **kwargs, **own[index]} for index in range(len(ids))
    ]
    env_fns = [partial(_wrapped, env_id, each, wrappers or ()) for env_id, each in zip(ids, arguments, strict=True)]
    return SyncVectorEnv(ids, env_fns, autoreset_mode)


def _ids(env_ids: str | Sequence[str], num_envs: int | None) -> list[str]:
    if isinstance(env_ids, str):
        return [env_ids] * (1 if num_envs is None else num_envs)
    if num_envs not in (None, len(env_ids)):
        raise VectorError(f"num_envs={num_envs} with {len(env_ids)} ids; give one id to repeat it")
    return list(env_ids)


def _wrapped(env_id: str, arguments: Mapping[str, Any], wrappers: Sequence[WrapperFn]) -> Env[Any, Any]:
    env = make(env_id, **arguments)
    for wrap in wrappers:
        env = wrap(env)
    return env
