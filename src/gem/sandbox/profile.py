"""What a program finds imported when it starts. Says the names; does not import them here."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec

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


LAZY_NUMPY = ("numpy", "numpy.fft", "numpy.linalg", "numpy.ma", "numpy.polynomial", "numpy.random")
LAZY_SYMPY = (
    "sympy",
    "sympy.combinatorics",
    "sympy.integrals.heurisch",
    "sympy.integrals.manualintegrate",
    "sympy.integrals.risch",
    "sympy.physics.matrices",
    "sympy.physics.units",
    "sympy.polys.polymatrix",
    "sympy.sets.setexpr",
    "sympy.tensor.tensor",
)
"""The two, with what they load only when it is first needed, such as at `factor` or `integrate`."""

PROFILES = {
    "bare": Profile("bare"),
    "scientific": Profile("scientific", (*LAZY_NUMPY, *LAZY_SYMPY)),
}


def profile_of(choice: str | Profile) -> Profile:
    """The profile of this name: "bare", "scientific", "auto", or modules separated by commas ("numpy,networkx").

    "auto" is what is installed of "scientific"; a sandbox of it loads that for the programs that import it.

    Raises `ConfigError` for what is neither.
    """
    if isinstance(choice, Profile):
        return choice
    if choice in PROFILES:
        return PROFILES[choice]
    if choice == "auto":
        installed = [names for names in (LAZY_NUMPY, LAZY_SYMPY) if find_spec(names[0])]
        return Profile("auto", tuple(name for names in installed for name in names))
    names = tuple(name.strip() for name in choice.split(","))
    if not all(part.isidentifier() for name in names for part in name.split(".")):
        known = [*PROFILES, "auto"]
        raise ConfigError(f"{choice!r} is no profile and no list of modules.{closest(choice, known)}")
    return Profile(choice, names)
