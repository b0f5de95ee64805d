"""The words that an invented country is named with, and how they become titles, none of them twice.

The titles tell what a page is about: `Duchy of Sarn` is a region, `Harwick` a town, `River Ilme` a river,
`Anka Tolvar` a person, `The Miller's Dream` a work, `Siege of Harwick (1287)` an event.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import NamedTuple

import numpy as np


class Discipline(NamedTuple):
    """A trade or art: its name, who follows it, what they make."""

    name: str
    worker: str
    works: tuple[str, str]


DISCIPLINES = (
    Discipline("Opera", "composer", ("opera", "ballet")),
    Discipline("Painting", "painter", ("portrait", "fresco")),
    Discipline("Poetry", "poet", ("ballad", "sonnet")),
    Discipline("Astronomy", "astronomer", ("star atlas", "treatise")),
    Discipline("Botany", "botanist", ("herbal", "garden")),
    Discipline("Cartography", "cartographer", ("map", "globe")),
    Discipline("Clockmaking", "clockmaker", ("clock", "carillon")),
    Discipline("Architecture", "architect", ("bridge", "palace")),
    Discipline("Sculpture", "sculptor", ("statue", "fountain")),
    Discipline("Theatre", "playwright", ("comedy", "tragedy")),
    Discipline("Weaving", "weaver", ("tapestry", "banner")),
    Discipline("History", "historian", ("chronicle", "almanac")),
)
REALMS = ("Duchy of", "County of", "March of", "Vale of")
SCHOOLS = ("Academy of", "College of", "Museum of", "Guild of")
INCIDENTS = ("Siege of", "Treaty of", "Flood of", "Fair of", "Battle of", "Trial of")


def _listed(words: str) -> list[str]:
    return words.split()


LANDS = _listed("Osmar Velduna Thessark Ilvane Brannoch Corvesse Ardelis Umbria Noor Kestria Marwen Dravia")
SYLLABLES = _listed(
    "Bran Cal Dor Eld Fenn Gal Har Ild Jor Kel Lin Mar Nor Orm Pel Quen Ras Sarn Tal Ull Var Wel Yar Zem"
)
TOWN_ENDINGS = _listed("by dale ford gate ham holm mere mouth port stead thorpe ton wick worth")
REGION_ENDINGS = _listed("a en ia is or und ey ath")
RIVER_ENDINGS = _listed("e in ow ble ise ra ett um")
GIVEN = _listed(
    "Anka Bela Cato Dagny Edda Fyn Greta Hald Ilse Jarl Kaja Lorn Mira Nils Odo Petra Quill Runa Sven Tove Ulla"
    " Vito Wanda Ysolt Zora Åse Élin Øyvin Jürg Zoë"
)
SURNAME_STARTS = _listed("Ad Bre Cor Dra Es Fal Gri Hel Is Kro Lu Mor Nev Ost Pra Ro Ske Tol Vas Wy")
SURNAME_ENDINGS = _listed("berg dahl eck fini gard holt ić kov lund mann nari olt rud sen ter var")
WORK_HEADS = _listed(
    "Angler's Archer's Baker's Beggar's Dancer's Exile's Falconer's Ferryman's Friar's Gambler's Hermit's Hunter's"
    " King's Maiden's Miller's Orphan's Pilgrim's Queen's Sailor's Shepherd's Soldier's Spinner's Stranger's"
    " Traveller's Weaver's Widow's Amber Black Blue Broken Burning Crimson Distant Frozen Golden Green Hollow Last"
    " Lost Pale Silent"
)
WORK_TAILS = _listed(
    "Answer Bargain Candle Compass Crown Dream Farewell Feast Garden Honour Lament Lantern Legacy Letter Mirror"
    " Oath Promise Return Ring Secret Shadow Supper Voyage Winter"
)


def distinct(rng: np.random.Generator, count: int, text: str, *parts: Sequence[str]) -> list[str]:
    """`count` different fillings of `text`, each with one word of each of `parts`, evenly drawn.

    >>> distinct(np.random.default_rng(0), 2, "{} {}", ["Anka", "Odo"], ["Holt", "Lund"])
    ['Odo Holt', 'Odo Lund']
    """
    numbers = rng.choice(prod(map(len, parts)), size=count, replace=False)
    places = np.unravel_index(numbers, [len(words) for words in parts])
    columns = ([words[place] for place in column.tolist()] for words, column in zip(parts, places, strict=True))
    return [text.format(*words) for words in zip(*columns, strict=True)]
