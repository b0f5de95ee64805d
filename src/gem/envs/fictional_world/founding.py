"""Invents the facts of a fictional world, from the large to the small, so that its years agree.

Nobody is taught by the unborn; whoever founds, leads or makes something is grown up when it happens.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from gem.envs.fictional_world import names
from gem.envs.fictional_world.names import invented
from gem.envs.fictional_world.relations import Kind
from gem.envs.fictional_world.world import Thing, Value, World
from gem.seeding import derive, generator

FEWEST, MOST = 200, 10_000
FIRST_BIRTH, YEARS = date(1500, 1, 1), 220
"""When the first people are born, and for how many years."""
GROWN_UP, OLD = 25, 60

_PROFESSIONS = (
    "bellfounder botanist cartographer cellist dyer engraver glassblower lawyer mason navigator potter weaver"
)
_WORKS = "altarpiece ballad carving comedy fresco lament mosaic novel opera statue tapestry treatise"
PROFESSIONS, WORKS = _PROFESSIONS.split(), _WORKS.split()


def found_world(number: int, size: int) -> World:
    """The world of this number, of `size` things; the same on any machine."""
    return World(number, _Founding(generator(derive(number, "fictional world", size)), size).things)


class _Founding:
    """A world in the making. People are in the order of birth."""

    def __init__(self, rng: np.random.Generator, size: int) -> None:
        self.rng = rng
        self.things: dict[str, Thing] = {}
        lands, waters, towns, events = size // 60, size // 40, size // 8, size // 10
        people = size * 3 // 10
        self._name_places(lands, waters, towns)
        self._raise_people(people)
        self._settle()
        self._found_organisations(towns)
        self._tell_events(events)
        self._make_works(size - len(self.things))
        for title in self.people:
            self._know(title, school=self._one_of(self.organisations))

    # -- drawing -------------------------------------------------------------------------------

    def _add(self, titles: Sequence[str], kind: Kind, *nouns: str) -> list[str]:
        for title in titles:
            self.things[title] = Thing(title, kind, self._one_of(nouns or (kind,)))
        return list(titles)

    def _know(self, title: str, **facts: Value | None) -> None:
        """Take down what is known; None is unknown."""
        self.things[title].facts.update({name: value for name, value in facts.items() if value is not None})

    def _number(self, low: int, high: int) -> int:
        return int(self.rng.integers(low, high))

    def _one_of(self, titles: Sequence[str]) -> str:
        return titles[self._number(0, len(titles))]

    def _grown_up(self, year: int) -> str | None:
        """Somebody who is grown up and not yet old in `year`, if there is anybody."""
        first, last = bisect_left(self.births, year - OLD), bisect_right(self.births, year - GROWN_UP)
        return self.people[self._number(first, last)] if first < last else None

    def _year(self) -> int:
        """A year in which grown-up people are about."""
        return FIRST_BIRTH.year + self._number(OLD, YEARS + GROWN_UP)

    # -- founding --------------------------------------------------------------------------------

    def _name_places(self, lands: int, waters: int, towns: int) -> None:
        rng, starts = self.rng, names.STARTS
        self.provinces = self._add(invented(rng, lands, "{}{}", starts, names.LAND_ENDINGS), "province")
        peaks = invented(rng, waters, "Mount {}{}", starts, names.PEAK_ENDINGS)
        self.mountains = self._add(peaks, "mountain")
        rivers = invented(rng, waters, "{}{} Water", starts, names.WATER_ENDINGS)
        self.rivers = self._add(rivers, "river")
        titles = invented(rng, towns, "{}{}{}", starts, names.MIDDLES, names.TOWN_ENDINGS)
        self.towns = self._add(titles, "town")

    def _raise_people(self, count: int) -> None:
        parts = names.GIVEN_STARTS, names.GIVEN_ENDINGS, names.SURNAME_STARTS, names.SURNAME_ENDINGS
        titles = invented(self.rng, count, "{}{} {}{}", *parts)
        self.people = self._add(titles, "person", *PROFESSIONS)
        days = sorted(self._number(0, YEARS * 365) for _ in titles)
        born = [FIRST_BIRTH + timedelta(days=day) for day in days]
        self.births = [day.year for day in born]
        for title, day in zip(titles, born, strict=True):
            self._know(title, birthplace=self._one_of(self.towns), born=day, grave=self._one_of(self.towns))
            self._know(title, teacher=self._grown_up(day.year + 15))
        for one, other in zip(titles[::2], titles[1::2], strict=False):
            self._know(one, spouse=other)
            self._know(other, spouse=one)

    def _settle(self) -> None:
        for title in self.provinces:
            self._know(title, area=self._number(1000, 9999), proclaimed=self._number(900, 1490))
        for index, title in enumerate(self.mountains):
            province, height = self.provinces[index % len(self.provinces)], self._number(1200, 8000)
            self._know(title, province=province, climber=self._grown_up(self._year()), height=height)
            if height > self._height(self.things[province].facts.get("peak")):
                self._know(province, peak=title)
        for title in self.rivers:
            self._know(title, source=self._one_of(self.mountains), length=self._number(110, 2900))
        for index, title in enumerate(self.towns):
            province, river, year = self.provinces[index % len(self.provinces)], self._one_of(self.rivers), self._year()
            self._know(title, province=province, river=river, population=self._number(1100, 99_000))
            self._know(title, mayor=self._grown_up(year), chartered=year)
            self.things[province].facts.setdefault("capital", title)
            self.things[river].facts.setdefault("mouth", title)
        for one, other in zip(self.towns[::2], self.towns[1::2], strict=False):
            self._know(one, sister=other)
            self._know(other, sister=one)

    def _height(self, mountain: Value | None) -> int:
        height = 0 if mountain is None else self.things[str(mountain)].facts["height"]
        assert isinstance(height, int), "a height is a number"
        return height

    def _found_organisations(self, count: int) -> None:
        parts = names.STARTS, names.MIDDLES, names.LAND_ENDINGS, names.ORGANISATIONS
        titles = invented(self.rng, count, "{}{}{} {}", *parts)
        self.organisations = self._add(titles, "organisation", "institution")
        for title in titles:
            self.things[title].noun = title.rpartition(" ")[2].lower()
            year, seat = self._year(), self._one_of(self.towns)
            founder, director = self._grown_up(year), self._grown_up(year)
            self._know(title, founder=founder, seat=seat, founded=year, members=self._number(110, 9900))
            self._know(title, director=None if director == founder else director)

    def _tell_events(self, count: int) -> None:
        titles = invented(self.rng, count, "The {} {}", names.EVENT_HEADS, names.EVENTS)
        self.events = self._add(titles, "event", "event")
        for title in titles:
            self.things[title].noun = title.rpartition(" ")[2].lower()
            day = date(self._year(), 1, 1) + timedelta(days=self._number(0, 365))
            leader, place = self._grown_up(day.year), self._one_of(self.towns)
            self._know(title, place=place, leader=leader, day=day, crowd=self._number(120, 20_000))

    def _make_works(self, count: int) -> None:
        self.works = self._add(invented(self.rng, count, "The {} {}", names.HEADS, names.TAILS), "work", *WORKS)
        for title in self.works:
            year = self._year()
            maker, dedicatee = self._grown_up(year), self._grown_up(year)
            self._know(title, maker=maker, finished=year, owner=self._one_of(self.organisations))
            self._know(title, subject=self._past_event(year), dedicatee=None if dedicatee == maker else dedicatee)

    def _past_event(self, year: int) -> str | None:
        """An event before `year`, if a few tries find one."""
        tries = (self._one_of(self.events) for _ in range(4))
        return next((event for event in tries if self._day_of(event).year < year), None)

    def _day_of(self, event: str) -> date:
        day = self.things[event].facts["day"]
        assert isinstance(day, date), "an event has a day"
        return day
