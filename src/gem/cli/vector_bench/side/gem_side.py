"""Vectors of a package `gem`: ours, or the released GEM, whose interface ours keeps.

`Barrier` steps all envs and waits for all of them; `FirstReady` answers whichever is ready, which the released one
cannot do; `Loop` is a plain Python loop over our envs, with no vector at all.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import gem

from .driver import Driver, Task, rows_of_actions
from .work import ACTION, Work, kind_of

GAME = "game:GuessTheNumber-v0-hard"
"""What the kind `chat` plays, with the whole conversation as observation."""


class WorkEnv(Work, gem.Env):  # pyright: ignore
    """The same work as a `gem.Env`, which takes no type arguments in the released GEM."""


class Barrier(Driver):
    """`step` of everything that `gem.make_vec` makes."""

    def __init__(self, task: Task) -> None:
        self.vec: Any = gem.make_vec(_ids(task), wrappers=_wrappers(task), **self._options(task))
        self.executor = self._executor(task)
        self._num_envs = task.num_envs
        self._rows = rows_of_actions(task)

    def begin(self, seed: int) -> None:
        """Reset every env."""
        self.vec.reset(seed=seed)

    def advance(self) -> int:
        """One step of all."""
        self.vec.step(next(self._rows))
        return self._num_envs

    def close(self) -> None:
        """Close the vector."""
        self.vec.close()

    def _options(self, task: Task) -> dict[str, Any]:
        return {"executor": task.executor}

    def _executor(self, task: Task) -> str:
        """The one that was chosen; of a vector that uses several, all."""
        from gem.vector.executors import EXECUTORS

        del task
        names = {entry.partition(":")[2]: name for name, entry in EXECUTORS.items()}
        return ", ".join(names[type(part).__name__] for part in getattr(self.vec, "parts", [self.vec]))


class Released(Barrier):
    """The released GEM: `sync` or `async`."""

    def _options(self, task: Task) -> dict[str, Any]:
        return {"async_mode": task.executor == "async"}

    def _executor(self, task: Task) -> str:
        return task.executor


class FirstReady(Barrier):
    """`send` and `recv`, with a policy that answers at once whatever is ready."""

    def begin(self, seed: int) -> None:
        """Reset every env and send the first actions; what is still under way is dropped."""
        self.vec.reset(seed=seed)
        self.vec.send(dict.fromkeys(range(self._num_envs), ACTION))

    def advance(self) -> int:
        """Answer what is ready."""
        indices = self.vec.recv(min_ready=1).indices
        self.vec.send(dict.fromkeys(indices, ACTION))
        return len(indices)


class Loop(Driver):
    """What the envs cost by themselves: each is stepped in turn, and reset at the end of its episode."""

    executor = "none"

    def __init__(self, task: Task) -> None:
        self._envs: list[Any] = [gem.make(env_id, seed=index) for index, env_id in enumerate(_ids(task))]
        for wrap in _wrappers(task):
            self._envs = [wrap(env) for env in self._envs]
        self._rows = rows_of_actions(task)

    def begin(self, seed: int) -> None:
        """Reset every env."""
        for index, env in enumerate(self._envs):
            env.reset(seed=seed + index)

    def advance(self) -> int:
        """One step of all, with the results in lists."""
        observations: list[Any] = []
        rewards: list[float] = []
        terminations: list[bool] = []
        truncations: list[bool] = []
        infos: list[dict[str, Any]] = []
        for env, action in zip(self._envs, next(self._rows), strict=True):
            obs, reward, terminated, truncated, info = env.step(action)
            if terminated or truncated:
                obs, info = env.reset()
            observations.append(obs)
            rewards.append(reward)
            terminations.append(terminated)
            truncations.append(truncated)
            infos.append(info)
        return len(observations)

    def close(self) -> None:
        """Nothing is held."""


def _ids(task: Task) -> list[str]:
    """The id of each env; of our own envs, one for each kind of work."""
    if task.kind == "chat":
        return [GAME] * task.num_envs
    kinds = [kind_of(task.kind, index) for index in range(task.num_envs)]
    for kind in set(kinds):
        gem.register(f"bench:{kind}", _env_class(kind, task.driver), kind=kind, cpu_loops=task.cpu_loops)
    return [f"bench:{kind}" for kind in kinds]


def _env_class(kind: str, driver: str) -> Any:
    if kind != "awaiting" or driver.endswith((":Released", ":Loop")):
        return WorkEnv
    from .awaiting import AwaitingEnv

    return AwaitingEnv


def _wrappers(task: Task) -> list[Any]:
    if task.kind != "chat":
        return []
    from .chatml import TEMPLATES, ChatMLTokenizer

    factory: Any = import_module("gem.wrappers.wrapper_factory")  # its place in the released GEM
    return list(factory.get_wrapper_fns("concat_chat", tokenizer=ChatMLTokenizer(TEMPLATES["tool-aware"])))
