"""The invented names of a fictional world: no two things of a world share one.

Towns, people and peaks are put together from syllables; works and events from common words, each of which stands in
many titles, so that finding one of them is a search and no look-up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from gem.envs.games.wikigame._founding_words import distinct

_THRICE = re.compile(r"(.)\1\1")


def _listed(words: str) -> list[str]:
    return words.split()


STARTS = _listed(
    "Ab Al Ar Bel Bor Cal Cor Dal Dor El Er Fal Fen Gar Gil Hal Hol Ib Il Jor Kal Kel Lor Lun Mar Mel Nar Nor Ol Or"
    " Pel Por Quar Quel Ral Ros Sal Sel Tal Tor Ul Um Val Vor Wel Wyn Yar Zel"
)
MIDDLES = _listed("a e i o u av el in om ur")
TOWN_ENDINGS = _listed(
    "bury combe croft den fold garth grave ham hithe hurst keld ley low marsh ness pool rick shaw stow sund thwaite"
    " toft vik ward wath wold"
)
LAND_ENDINGS = _listed("dia gard land lia mark moria nia quay ria sia thia via")
PEAK_ENDINGS = _listed("bek dun fell grim horn kar nok pik rok skar tind zar")
WATER_ENDINGS = _listed("beck den low mer nis rill sa tay veth wen")
GIVEN_STARTS = _listed("Am Bri Ce Dar Eli Fio Gwe Han Ila Jo Ka Lea Mi Na Oli Per Ria Sa Te Vi Wil Xa Ys Zo")
GIVEN_ENDINGS = _listed("bel dan dric fin lan len lis mara mon na nor ric sel sha tan ven")
SURNAME_STARTS = _listed(
    "Ash Bal Bram Cald Crom Dren Dun Es Falk Fern Gren Gris Hask Hol Ing Jask Kest Krell Lam Lind Marl Mor Nesk Oak"
    " Ost Pen Prin Rad Rusk Sten Strom Tarn Thal Ulv Varn Wend Wick Yor Zand"
)
SURNAME_ENDINGS = _listed(
    "ack atti berg bright castle ell endo er field gate hart ic in ley man more ov quist rigg son"
)
ORGANISATIONS = _listed("Academy College Gallery Guild House Institute Library Museum Observatory Press School Society")
HEADS = _listed(
    "Absent Amber Ashen Bitter Blind Borrowed Brazen Broken Burning Buried Careless Crooked Crystal Distant Drowned"
    " Empty Faithful Feathered Fallen Foreign Forgotten Frozen Gilded Golden Hidden Hollow Honest Humble Idle Iron"
    " Ivory Jealous Late Lonely Lost Marble Merry Midnight Nameless Paper Patient Painted Pale Proud Quiet Restless"
    " Royal Scarlet Second Secret Seventh Shining Silent Silver Sleeping Stolen Stormy Sunken Tender Twisted"
    " Unfinished Wandering Weeping Winter"
)
TAILS = _listed(
    "Anchor Answer Apple Bargain Beggar Bell Bird Bride Candle Chamber Clock Compass Crown Dancer Daughter Door"
    " Dream Feast Ferry Flame Garden Ghost Guest Harbour Harp Heart Hunter Island Key Ladder Lantern Letter Mirror"
    " Moon Needle Oath Orchard Pilgrim Promise Rider Ring Road Rose Sailor Shadow Song Stranger Tower Voyage Wedding"
)
EVENT_HEADS = _listed(
    "Barley Beacon Bishops' Black Blue Brass Bridge Candlemas Chancellor's Clover Copper Drapers' Ember Frost"
    " Granary Green Glovers' Harvest Herring Keepers' Lantern Maple Mason's Millers' Ninefold Pepper Plum Quarry Red"
    " Salt Saint's Sheep Sixty Smiths' Tin Tollgate Twin Verger's Vintners' Walnut White Widows' Wolf Yellow"
)
EVENTS = _listed(
    "Accord Affair Ambush Assembly Blockade Congress Conspiracy Contest Council Crossing Duel Exodus Expedition"
    " Fire Jubilee March Mutiny Oration Pageant Parade Plague Pilgrimage Raid Rebellion Regatta Siege Strike"
    " Tournament Trial Truce"
)


def invented(rng: np.random.Generator, count: int, text: str, *parts: Sequence[str]) -> list[str]:
    """`count` different names, each `text` filled with one word of each of `parts`.

    Some more are drawn than are needed: syllables can make one name in two ways, or one with thrice the same letter.
    """
    drawn = distinct(rng, count + count // 8 + 8, text, *parts)
    names = dict.fromkeys(name for name in drawn if not _THRICE.search(name.casefold()))
    assert len(names) >= count, f"too few names of the form {text!r}"
    return list(names)[:count]
