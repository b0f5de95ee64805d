"""What a check found: one verdict for each promise. Values only; nothing here plays an env."""

from __future__ import annotations

from dataclasses import dataclass

from gem.errors import CheckFailed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether one promise is kept."""

    promise: str
    kept: bool | None
    """`None`: it could not be checked, and `note` says why."""
    note: str = ""
    """What was seen, and how to see it again; or how much was checked."""

    @property
    def word(self) -> str:
        """The verdict in a word."""
        return "not checked" if self.kept is None else "kept" if self.kept else "BROKEN"

    def __str__(self) -> str:
        return f"{self.word:<12} {self.promise}" + (f": {self.note}" if self.note else "")


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on one env; printing it shows one line for each."""

    env: str
    verdicts: tuple[Verdict, ...]

    @property
    def broken(self) -> tuple[Verdict, ...]:
        """The verdicts on broken promises."""
        return tuple(verdict for verdict in self.verdicts if verdict.kept is False)

    def raise_if_broken(self) -> None:
        """Raises `CheckFailed` with every broken promise."""
        if self.broken:
            found = "\n".join(f"  {verdict.promise}: {verdict.note}" for verdict in self.broken)
            raise CheckFailed(f"{self.env} breaks {len(self.broken)} of {len(self.verdicts)} promises\n{found}")

    def __str__(self) -> str:
        return "\n".join([self.env, *(f"  {verdict}" for verdict in self.verdicts)])
