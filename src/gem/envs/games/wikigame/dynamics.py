"""Where a player was and may go back to: the four variants, as pure bookkeeping.

    noregrets   no way back but by links
    oneback     <PREV_PAGE> leads back to the page before, once: not twice in a row
    freenav     <PREV_PAGE> leads back as often as there are pages behind, as in a browser
    eidetic     as freenav, and any page visited before may be named as if it were linked

Following a link puts the page that is left behind the player; going back takes it away again, so that a second
<PREV_PAGE> leads further back. There is no way forward again but by links.
"""

from __future__ import annotations

from dataclasses import dataclass, field

DEPTHS = {"noregrets": 0, "oneback": 1, "freenav": None, "eidetic": None}
"""Variant → how many pages a player may go back in a row; None for all."""


@dataclass(slots=True)
class Trail:
    """A walk through pages."""

    visited: list[str]
    """Every page in the order of the visits, the present one last; a page gone back to counts again."""
    behind: list[str] = field(default_factory=list[str])
    """The pages that <PREV_PAGE> leads back through, the nearest last."""

    @property
    def here(self) -> str:
        """The present page."""
        return self.visited[-1]


def go_to(trail: Trail, title: str, variant: str) -> None:
    """Follow a link to `title`."""
    depth = DEPTHS[variant]
    behind = [*trail.behind, trail.here]
    trail.behind = behind if depth is None else behind[len(behind) - depth :]
    trail.visited.append(title)


def go_back(trail: Trail) -> None:
    """Go back one page; there has to be one behind."""
    trail.visited.append(trail.behind.pop())


def named_at_will(trail: Trail, variant: str) -> list[str]:
    """The pages that may be named although the present one may not link to them."""
    return [title for title in dict.fromkeys(trail.visited) if title != trail.here] if variant == "eidetic" else []


def costs_back(trail: Trail, variant: str) -> dict[str, int]:
    """Page → turns in which the player gets there without following a link; the present page costs none."""
    costs = dict.fromkeys(named_at_will(trail, variant), 1)
    for steps, title in enumerate([trail.here, *reversed(trail.behind)]):
        costs[title] = min(steps, costs.get(title, steps))
    return costs
