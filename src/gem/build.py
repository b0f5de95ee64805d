"""Building an env from a class and named arguments: typos are caught, seeds arrive.

Shared by `gem.make` (arguments of an id) and `Env.spawn` (arguments of a living env).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gem.errors import ConfigError, UnknownArgument
from gem.seeding import generator


def build(factory: Callable[..., Any], arguments: Mapping[str, Any], *, label: str) -> Any:
    """Call `factory(**arguments)` and seed what it made.

    `seed` reaches the factory only if its signature names it; the env's generator is seeded in
    any case. Raises `UnknownArgument`, with the closest names, for an argument it doesn't take.
    """
    arguments = dict(arguments)
    names, takes_any = parameters(factory)
    seed = arguments.get("seed")
    if "seed" not in names:
        arguments.pop("seed", None)
    if not takes_any:
        for name in arguments:
            if name not in names:
                raise UnknownArgument(f"{label} takes no argument {name!r}.{closest(name, names)}")
    env = factory(**arguments)
    if seed is not None and isinstance(env.rng, np.random.Generator):  # an env may keep another kind of its own
        env.rng = generator(seed)
    return env


def with_tier(factory: Callable[..., Any], overrides: Mapping[str, Any], *, label: str) -> dict[str, Any]:
    """`overrides` with its `difficulty` replaced by the arguments that the env has for that tier.

    Arguments given beside it win. An env without tiers may have a `difficulty` of its own: then nothing changes.
    Raises `ConfigError` for a tier that the env doesn't have.
    """
    tiers: dict[str, dict[str, Any]] = getattr(factory, "tiers", {})
    overrides = dict(overrides)
    if "difficulty" not in overrides or not tiers:
        return overrides
    tier = overrides.pop("difficulty")
    if tier not in tiers:
        hint = closest(str(tier), list(tiers))
        raise ConfigError(f"{label} has no difficulty {tier!r}.{hint} It has: {', '.join(tiers)}.")
    return {**tiers[tier], **overrides}


def parameters(factory: Callable[..., Any]) -> tuple[list[str], bool]:
    """The names that `factory` can be called with, and whether it takes any others (`**kwargs`)."""
    import inspect

    function = factory.__init__ if isinstance(factory, type) else factory
    listed = list(inspect.signature(function).parameters.values())[isinstance(factory, type) :]
    by_name = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in listed)
    return [parameter.name for parameter in listed if parameter.kind in by_name], takes_any


def named(factory: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Positional and keyword arguments as keywords only."""
    return {**dict(zip(parameters(factory)[0], args, strict=False)), **kwargs}


def closest(name: str, known: list[str]) -> str:
    """A sentence that offers what the writer of `name` may have meant; empty if nothing is close."""
    from difflib import get_close_matches

    lowered = {word.lower(): word for word in known}
    found = [repr(lowered[word]) for word in get_close_matches(name.lower(), lowered, n=3)]
    return f" Did you mean {' or '.join(found)}?" if found else ""
