"""Invents the facts of a country, from the large to the small, so that its years agree.

Nobody is taught by the unborn, nothing is modelled on what was made later. Chance is drawn in bulk: a country of 600
pages takes a few milliseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from gem.envs.games.wikigame import _founding_words as words
from gem.envs.games.wikigame._founding_words import DISCIPLINES, distinct
from gem.envs.games.wikigame.world import Entity, Value, World
from gem.seeding import generator

FEWEST_PAGES, MOST_PAGES = 60, 2000


@lru_cache(maxsize=8)
def build_world(number: int, pages: int) -> World:
    """The country of this number, with exactly `pages` pages. A pure function; the last few countries are kept."""
    if not FEWEST_PAGES <= pages <= MOST_PAGES:
        raise ValueError(f"a country has {FEWEST_PAGES} to {MOST_PAGES} pages, not {pages}")
    return World(found_country(number, pages))


def found_country(number: int, pages: int) -> dict[str, Entity]:
    """The entities of the country of this number, by title; the same on any machine."""
    return _Founding(generator(number), pages).entities


class _Founding:
    """A country in the making. People are in the order of birth, incidents and works in that of their years."""

    def __init__(self, rng: np.random.Generator, pages: int) -> None:
        self.rng = rng
        self.entities: dict[str, Entity] = {}
        towns, people, works = pages // 15, pages * 3 // 10, pages * 4 // 10
        self._found_places(towns, max(2, towns // 5))
        self._found_schools(max(4, pages // 50))
        self._raise_people(people)
        self._tell_incidents(pages - works - len(self.entities))
        self._make_works(works)

    def _add(self, title: str, kind: str, noun: str, home: str | None, **facts: Value) -> Entity:
        entity = self.entities[title] = Entity(title, kind, noun, home, facts)
        return entity

    def _numbers(self, below: int, count: int) -> list[int]:
        return self.rng.integers(below, size=count).tolist()

    def _some(self, titles: Sequence[str], count: int) -> list[str]:
        """One of `titles`, `count` times."""
        return [titles[number] for number in self._numbers(len(titles), count)]

    def _found_places(self, towns_count: int, count: int) -> None:
        self.towns = towns = distinct(self.rng, towns_count, "{}{}", words.SYLLABLES, words.TOWN_ENDINGS)
        self.rivers = rivers = distinct(self.rng, count, "River {}{}", words.SYLLABLES, words.RIVER_ENDINGS)
        names = distinct(self.rng, count, "{}{}", words.SYLLABLES, words.REGION_ENDINGS)
        regions = [f"{realm} {name}" for realm, name in zip(self._some(words.REALMS, count), names, strict=True)]
        (land,) = distinct(self.rng, 1, "Kingdom of {}", words.LANDS)
        self.land = self._add(land, "country", "country", None, capital=towns[0], regions=count).title
        for index, region in enumerate(regions):
            neighbour = regions[(index + 1) % count]
            self._add(region, "region", "region", land, chief_town=towns[index], neighbour=neighbour)
        for river, region, mouth in zip(rivers, regions, self._some(towns, count), strict=True):
            self._add(river, "river", "river", region, mouth=mouth)
        for index, offset in enumerate(self._numbers(towns_count - 1, towns_count)):
            partner = towns[(index + 1 + offset) % towns_count]
            self._add(
                towns[index], "town", "town", regions[index % count], river=rivers[index % count], partner=partner
            )

    def _found_schools(self, disciplines_count: int) -> None:
        self.disciplines = {discipline.name: discipline for discipline in DISCIPLINES[:disciplines_count]}
        for name in self.disciplines:
            self._add(name, "discipline", "discipline", self.land)
        count = len(self.towns)
        kinds, disciplines = self._some(words.SCHOOLS, count), self._some(list(self.disciplines), count)
        self.schools = [f"{kind} {town}" for kind, town in zip(kinds, self.towns, strict=True)]
        for index, age in enumerate(self._numbers(300, count)):
            title, discipline = self.schools[index], disciplines[index]
            noun = title.partition(" ")[0].lower()
            self._add(title, "school", noun, self.towns[index], discipline=discipline, year=700 + age)
            self.entities[discipline].facts["seat"] = title

    def _raise_people(self, count: int) -> None:
        self.people = distinct(self.rng, count, "{} {}{}", words.GIVEN, words.SURNAME_STARTS, words.SURNAME_ENDINGS)
        self.births = sorted(self._numbers(500, count))  # years after 1000
        towns, schools, disciplines = (
            self._some(titles, count) for titles in (self.towns, self.schools, list(self.disciplines))
        )
        for index, chance in enumerate(self.rng.random(count).tolist()):
            title, school, discipline, birth = (
                self.people[index],
                schools[index],
                disciplines[index],
                self.births[index],
            )
            worker = self.disciplines[discipline].worker
            person = self._add(title, "person", worker, towns[index], discipline=discipline, born=1000 + birth)
            if teacher := self._adult(birth + 20, chance):
                person.facts["teacher"] = teacher
            person.facts["school"] = school
            self.entities[school].facts["pupil"] = title  # the latest stays

    def _adult(self, year: int, chance: float) -> str | None:
        """Somebody between 30 and 70 years old in `year`, if there is anybody."""
        first, last = bisect_left(self.births, year - 70), bisect_right(self.births, year - 30)
        return self.people[first + int(chance * (last - first))] if first < last else None

    def _tell_incidents(self, count: int) -> None:
        years = tuple(map(str, range(1040, 1540)))
        titles = distinct(self.rng, count, "{} TOWN ({})", words.INCIDENTS, years)
        titles.sort(key=lambda title: title[-5:])
        self.incidents: list[str] = []
        for title, town, chance in zip(
            titles, self._some(self.towns, count), self.rng.random(count).tolist(), strict=True
        ):
            year, noun = int(title[-5:-1]), title.partition(" ")[0].lower()
            incident = self._add(title.replace("TOWN", town), "incident", noun, town, year=year)
            if leader := self._adult(year - 1000, chance):
                incident.facts["leader"] = leader
            self.incidents.append(incident.title)
        self.years = [int(title[-5:-1]) for title in self.incidents]

    def _make_works(self, count: int) -> None:
        titles = distinct(self.rng, count, "The {} {}", words.WORK_HEADS, words.WORK_TAILS)
        dated = sorted(
            (1025 + self.births[maker] + age, maker)
            for maker, age in zip(self._numbers(len(self.people), count), self._numbers(40, count), strict=True)
        )
        chances = self.rng.random((2, count)).tolist()
        for index, ((year, maker), form) in enumerate(zip(dated, self._numbers(8, count), strict=True)):
            home = self.people[maker]
            discipline = self.disciplines[str(self.entities[home].facts["discipline"])]
            noun = discipline.works[form % 2]
            short = f"{titles[index].rpartition(' ')[2]} ({noun})"
            if form < 2 and short not in self.entities:
                titles[index] = short
            work = self._add(titles[index], "work", noun, home, year=year)
            work.facts["subject"] = self._subject(form // 2, maker, year, chances[0][index])
            if index:
                work.facts["model"] = titles[int(chances[1][index] * index)]

    def _subject(self, form: int, maker: int, year: int, chance: float) -> str:
        """A town, a river, somebody older than the maker or an incident of the past."""
        incidents = bisect_left(self.years, year)
        titles = (self.towns, self.rivers, self.people, self.incidents)[form]
        there = (len(titles), len(titles), maker, incidents)[form]
        return titles[int(chance * there)] if there else self.towns[int(chance * len(self.towns))]
