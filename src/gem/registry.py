"""Env ids: `namespace:Name-vN-variant`, each naming a class that is imported on first use.

Packages of third parties add ids through the entry-point group `gem.envs`: each entry point
names a module (importing it registers) or a function without arguments (calling it registers).
They are looked at when an id is unknown or all ids are asked for, never on import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gem.build import build, closest, with_tier
from gem.core import Env
from gem.errors import BrokenEntryPoint, DuplicateEnv, UnavailableEnv, UnknownEnv

if TYPE_CHECKING:
    from gem.vector.base import VectorEnv

EntryPoint = str | Callable[..., Env[Any, Any]]
PLUGIN_GROUP = "gem.envs"


@dataclass(frozen=True, slots=True)
class EnvSpec:
    """How to build the env behind an id."""

    id: str
    entry_point: EntryPoint
    """`"module:Class"`, or the class or function itself."""
    kwargs: dict[str, Any] = field(default_factory=dict[str, Any])

    def load(self) -> Callable[..., Env[Any, Any]]:
        """The class or function behind the id. Raises `BrokenEntryPoint`."""
        if not isinstance(self.entry_point, str):
            return self.entry_point
        module, _, name = self.entry_point.partition(":")
        try:
            return getattr(import_module(module), name)
        except (ImportError, AttributeError, ValueError) as error:
            message = f"{self.id!r} is {self.entry_point!r}, which cannot be imported: {error}"
            raise BrokenEntryPoint(message) from error

    def make(self, **kwargs: Any) -> Env[Any, Any]:
        """Build the env: see `gem.make`."""
        factory, label = self.load(), f"Environment {self.id!r}"
        env: Env[Any, Any] = build(factory, {**self.kwargs, **with_tier(factory, kwargs, label=label)}, label=label)
        env.env_id, env.entry_point = self.id, self.entry_point
        return env


ENV_REGISTRY: dict[str, EnvSpec] = {}
"""Every id registered so far; `specs()` also asks the families and plug-ins that are yet to list theirs."""


def register(env_id: str, entry_point: EntryPoint, **kwargs: Any) -> None:
    """Give a class and its arguments an id. Raises `DuplicateEnv` if the id is taken."""
    if env_id in ENV_REGISTRY:
        raise DuplicateEnv(f"{env_id!r} is already {ENV_REGISTRY[env_id].entry_point!r}")
    ENV_REGISTRY[env_id] = EnvSpec(env_id, entry_point, kwargs)


def register_family(namespace: str, lister: str) -> None:
    """Promise ids that begin with `namespace:`; `lister`, a `"module:function"`, registers them when first asked."""
    _families[namespace] = lister


UNAVAILABLE: dict[str, str] = {}
"""Ids of envs that exist but cannot run here, and why, in a sentence each."""
DORMANT: dict[str, EnvSpec] = {}
"""Those of them that only lack their data: `make` gets the data or says how to; `specs()` leaves them out."""


def spec(env_id: str) -> EnvSpec:
    """The spec behind `env_id`. Raises `UnavailableEnv` with the reason, or `UnknownEnv` with the closest ids."""
    if env_id not in ENV_REGISTRY:
        _load_family(str(env_id).partition(":")[0])
    if env_id not in ENV_REGISTRY:
        load_plugins()
    if env_id not in ENV_REGISTRY:
        if env_id in DORMANT:
            return DORMANT[env_id]
        if env_id in UNAVAILABLE:
            raise UnavailableEnv(f"{env_id} cannot run here: {UNAVAILABLE[env_id]}")
        hint = closest(str(env_id), [*ENV_REGISTRY, *DORMANT])
        raise UnknownEnv(f"Environment {env_id!r} not found in registry.{hint} `gem-gym list` shows every id.")
    return ENV_REGISTRY[env_id]


def specs() -> list[EnvSpec]:
    """Every spec, those of families and installed plug-ins included, sorted by id."""
    for namespace in list(_families):
        _load_family(namespace)
    load_plugins()
    return [ENV_REGISTRY[env_id] for env_id in sorted(ENV_REGISTRY)]


def make(env_id: str, **kwargs: Any) -> Env[Any, Any]:
    """Build the env registered under `env_id`; keyword arguments override those of the id.

    `seed=` seeds the env, so that its first `reset()` is already reproducible. `difficulty=` picks one
    of the env's `tiers`, "trivial" to "very hard", where it has them.
    Raises `UnknownEnv`, `UnavailableEnv`, `UnknownArgument`, `ConfigError` or `BrokenEntryPoint`.
    """
    return spec(env_id).make(**kwargs)


def make_vec(env_ids: str | Sequence[str], *args: Any, **kwargs: Any) -> VectorEnv:
    """Build a vectorised env: see `gem.vector.make_vec`, which this calls."""
    return import_module("gem.vector").make_vec(env_ids, *args, **kwargs)


def print_envs() -> None:
    """Print every id, one family a paragraph."""
    import_module("gem.cli.listing").print_envs()


_families: dict[str, str] = {}
"""Namespaces whose ids are still to be listed, and what lists them."""


def _load_family(namespace: str) -> None:
    lister = _families.pop(namespace, None)
    if lister is not None:
        module, _, name = lister.partition(":")
        getattr(import_module(module), name)()


_plugins_loaded: set[str] = set()


def load_plugins() -> None:
    """Let installed packages register their ids, each once; a broken one is logged and passed over."""
    import logging
    from importlib.metadata import entry_points

    for point in entry_points(group=PLUGIN_GROUP):
        if point.value in _plugins_loaded:
            continue
        _plugins_loaded.add(point.value)
        try:
            loaded = point.load()
            if callable(loaded):
                loaded()
        except Exception:  # whatever a stranger's package does must not break ours
            logging.getLogger(__name__).exception(
                "the plug-in %s (%s) could not register its envs", point.name, point.value
            )
