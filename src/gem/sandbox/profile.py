"""What a program finds imported when it starts. Says the names; does not import them here."""

from __future__ import annotations

from dataclasses import dataclass

from gem.build import closest
from gem.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Profile:
    """The packages beyond the standard library that programs may import, loaded before they start.

    Only these, and what they depend on, can be read inside the sandbox.
    """

    name: str
    imports: tuple[str, ...] = ()
    """Modules as an import statement names them; what they load lazily can be named too (`"numpy.random"`)."""


LAZY_NUMPY = tuple(f"numpy.{name}" for name in "random linalg fft polynomial ma".split())
LAZY_SYMPY = tuple(
    f"sympy.{name}"
    for name in (
        "combinatorics tensor.tensor integrals.heurisch integrals.manualintegrate integrals.risch polys.polymatrix "
        "physics.units physics.matrices sets.setexpr"
    ).split()
)
"""What the two load only when it is first needed, such as at `factor` or `integrate`."""

PROFILES = {
    "bare": Profile("bare"),
    "scientific": Profile("scientific", ("numpy", *LAZY_NUMPY, "sympy", *LAZY_SYMPY)),
}


def profile_of(choice: str | Profile) -> Profile:
    """The profile of this name: "bare", "scientific", or modules separated by commas ("numpy,networkx").

    Raises `ConfigError` for what is neither.
    """
    if isinstance(choice, Profile):
        return choice
    if choice in PROFILES:
        return PROFILES[choice]
    names = tuple(name.strip() for name in choice.split(","))
    if not all(part.isidentifier() for name in names for part in name.split(".")):
        raise ConfigError(f"{choice!r} is no profile and no list of modules.{closest(choice, list(PROFILES))}")
    return Profile(choice, names)
