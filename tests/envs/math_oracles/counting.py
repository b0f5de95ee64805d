"""Counting, one by one or step by step."""

import re
from functools import cache
from itertools import combinations

import numpy as np

# -- anagrams ---------------------------------------------------------------------------------


@cache
def strings(left, banned_twice, last):
    """How many strings use up the letters `left`, after the letter `last`."""
    if not any(left):
        return 1
    return sum(
        strings((*left[:i], number - 1, *left[i + 1 :]), banned_twice, i)
        for i, number in enumerate(left)
        if number and not (i == last == banned_twice)
    )


def anagrams(n, text, claimed):
    letters = re.findall(r"the letter ([A-Z]) (\d+) times", text)
    apart = re.search(r"no two ([A-Z])'s next to each other", text)
    numbers = tuple(int(number) for _, number in letters)
    banned = [letter for letter, _ in letters].index(apart[1]) if apart else None
    return n[0] == sum(numbers) and strings(numbers, banned, -1) == claimed


# -- codes ------------------------------------------------------------------------------------


def codes(n, text, claimed):
    length, low, high, *named = n
    begins = re.search(r"begin with a digit above (\d) and do not end with the digit (\d)", text)

    places = np.indices((high - low + 1,) * length).reshape(length, -1) + low
    if begins:
        hits = (places[0] > named[0]) & (places[-1] != named[1])
    elif "more than once" in text:
        hits = (np.diff(np.sort(places, axis=0), axis=0) == 0).any(axis=0)
    elif "no two equal digits" in text:
        hits = (np.diff(places, axis=0) != 0).all(axis=0) & (places[0] != places[-1])
    else:
        hits = np.all([(places == digit).any(axis=0) for digit in named], axis=0)
    return int(hits.sum()) == claimed


# -- committees -------------------------------------------------------------------------------


def _sorts(pattern, text):
    found = re.findall(pattern, text)
    return [(1 if number == "one" else int(number), sort.removesuffix("s")) for number, sort in found]


def committees(n, text, claimed):
    club, wanted = text.split(" a committee of ")
    people = [sort for number, sort in _sorts(r"(\d+) (\w+)", club) for _ in range(number)]
    least = _sorts(r"at least (one|\d) (\w+)", wanted)
    exact = [] if least else _sorts(r"(\d) (\w+)", wanted)
    size = int(wanted[0]) if least else sum(number for number, _ in exact)

    def is_hit(sorts):
        if least:
            return all(sorts.count(sort) >= number for number, sort in least)
        return all(sorts.count(sort) == number for number, sort in exact)

    return sum(map(is_hit, combinations(people, size))) == claimed


# -- grid paths -------------------------------------------------------------------------------


def grid_paths(n, text, claimed):
    start, end, *named = [(int(x), int(y)) for x, y in re.findall(r"\((\d+), (\d+)\)", text)]
    must = set(named) if "lead through" in text else set()
    avoid = set(named) - must

    def walks(spot, missed):
        x, y = spot
        if spot in avoid or x > end[0] or y > end[1]:
            return 0
        missed = missed - {spot}
        if spot == end:
            return not missed
        return walks_from((x + 1, y), missed) + walks_from((x, y + 1), missed)

    walks_from = cache(walks)
    return walks_from(start, frozenset(must)) == claimed


# -- handouts ---------------------------------------------------------------------------------


def handouts(n, text, claimed):
    things, children, *limit = n
    least = limit[0] if "at least" in text else 0
    most = limit[0] if "at most" in text else things

    @cache
    def ways(things, children):
        if not children:
            return things == 0
        return sum(ways(things - given, children - 1) for given in range(least, min(most, things) + 1))

    return ways(things, children) == claimed


COUNTING = {
    "anagrams": (anagrams,) * 3,
    "codes": (codes,) * 3,
    "committees": (committees,) * 3,
    "grid_paths": (grid_paths,) * 3,
    "handouts": (handouts,) * 3,
}
