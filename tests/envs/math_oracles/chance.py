"""Probabilities, by going through the whole sample space."""

import re
from fractions import Fraction
from itertools import combinations, product

COLOUR = "(red|blue|green|yellow|white|black)"


def share(events, is_hit):
    events = list(events)
    return Fraction(sum(map(is_hit, events)), len(events))


def urn_of(text):
    """Each ball by its colour."""
    held = re.search(r"urn holds (.+?)(?:\.|;)", text)[1]
    return [colour for number, colour in re.findall(rf"(\d+) {COLOUR} ball", held) for _ in range(int(number))]


# -- dice -------------------------------------------------------------------------------------


def dice_easy(n, text, claimed):
    dice, one, faces, total = n
    is_hit = {
        "exactly": lambda throw: sum(throw) == total,
        "at least": lambda throw: sum(throw) >= total,
        "at most": lambda throw: sum(throw) <= total,
    }[re.search(r"thrown is (.+) \d+\?", text)[1]]
    return one == 1 and share(product(range(1, faces + 1), repeat=dice), is_hit) == claimed


def dice_medium(n, text, claimed):
    dice, _, faces, highest = n
    return share(product(range(1, faces + 1), repeat=dice), lambda throw: max(throw) == highest) == claimed


def dice_hard(n, text, claimed):
    dice, _, faces, least, divisor = n
    throws = product(range(1, faces + 1), repeat=dice)
    return share(throws, lambda throw: sum(throw) >= least and sum(throw) % divisor == 0) == claimed


# -- urns -------------------------------------------------------------------------------------


def urns_easy(n, text, claimed):
    negation, colour = re.search(r"that it is (not )?(\w+)\?", text).groups()
    return share(urn_of(text), lambda ball: (ball == colour) != bool(negation)) == claimed


def urns_medium(n, text, claimed):
    same = "the same colour?" in text
    return share(combinations(urn_of(text), 2), lambda two: (two[0] == two[1]) == same) == claimed


def urns_hard(n, text, claimed):
    drawn, hit, drawn_again = n[3:]
    colour = re.search(rf"(?:is|are) {COLOUR}\?", text)[1]
    draws = combinations(urn_of(text), drawn)
    return drawn == drawn_again and share(draws, lambda balls: balls.count(colour) == hit) == claimed


# -- decks ------------------------------------------------------------------------------------


def _deck(n, text):
    cards, low, high = n[:3]
    colours = re.findall(COLOUR, re.search(r"each once in (.+?)\.", text)[1])
    deck = list(product(colours, range(low, high + 1)))
    assert len(deck) == cards
    return deck


def decks_easy(n, text, claimed):
    above, colour = n[3], re.search(rf"that it is {COLOUR}", text)[1]
    return share(_deck(n, text), lambda card: card[0] == colour or card[1] > above) == claimed


TWO_CARDS = {
    "have the same colour": lambda a, b: a[0] == b[0],
    "have the same number": lambda a, b: a[1] == b[1],
    "have different colours and different numbers": lambda a, b: a[0] != b[0] and a[1] != b[1],
    "have numbers that differ by exactly 1": lambda a, b: abs(a[1] - b[1]) == 1,
}
THREE_CARDS = {
    "have three different colours": lambda cards: len({card[0] for card in cards}) == 3,
    "have three different numbers": lambda cards: len({card[1] for card in cards}) == 3,
    "have three consecutive numbers": lambda cards: (
        sorted(card[1] - min(card[1] for card in cards) for card in cards) == [0, 1, 2]
    ),
    "include exactly two cards with the same number": lambda cards: len({card[1] for card in cards}) == 2,
}


def decks_medium(n, text, claimed):
    is_hit = TWO_CARDS[re.search(r"that they (.+)\?", text)[1]]
    return share(combinations(_deck(n, text), 2), lambda two: is_hit(*two)) == claimed


def decks_hard(n, text, claimed):
    event = re.search(r"that they (.+)\?", text)[1]
    colour = re.fullmatch(rf"include at least one {COLOUR} card", event)
    is_hit = (lambda cards: any(card[0] == colour[1] for card in cards)) if colour else THREE_CARDS[event]
    return share(combinations(_deck(n, text), 3), is_hit) == claimed


# -- coins ------------------------------------------------------------------------------------


def _tosses(n):
    """Each sequence of heads (1) and tails (0), with its probability."""
    heads = Fraction(n[0], n[1])
    for throw in product((0, 1), repeat=n[2]):
        chance = Fraction(1)
        for head in throw:
            chance *= heads if head else 1 - heads
        yield sum(throw), chance


def coins_easy(n, text, claimed):
    return sum(chance for heads, chance in _tosses(n) if heads == n[3]) == claimed


def coins_medium(n, text, claimed):
    least = "at least" in text
    wanted = ((heads >= n[3] if least else heads <= n[3], chance) for heads, chance in _tosses(n))
    return sum(chance for is_hit, chance in wanted if is_hit) == claimed


def coins_hard(n, text, claimed):
    known = [(heads, chance) for heads, chance in _tosses(n) if heads >= 1]
    hits = sum(chance for heads, chance in known if heads >= n[3])
    return hits / sum(chance for _, chance in known) == claimed


# -- expectations -----------------------------------------------------------------------------


def expectations_easy(n, text, claimed):
    tickets, few, large, many, small = n
    wins = [large] * few + [small] * many
    wins += [0] * (tickets - len(wins))
    return len(wins) == tickets and Fraction(sum(wins), tickets) == claimed


def expectations_medium(n, text, claimed):
    _, first, _, second = n
    throws = list(product(range(1, first + 1), range(1, second + 1)))
    return Fraction(sum(map(max, throws)), len(throws)) == claimed


def expectations_hard(n, text, claimed):
    good, bad, place = n
    ends = [sorted(places)[place - 1] + 1 for places in combinations(range(good + bad), good)]
    return Fraction(sum(ends), len(ends)) == claimed


# -- causes -----------------------------------------------------------------------------------


def _outcomes(text, urns):
    """Each urn's number with the probability of a ball of the colour from it, were it surely chosen."""
    held = re.findall(r"urn holds (.+?)(?:\.|;)", text)
    colour = re.search(rf"(?:[Tt]he ball is|ball is) {COLOUR}", text)[1]
    for urn, balls in enumerate(held[:urns]):
        counts = {name: int(number) for number, name in re.findall(rf"(\d+) {COLOUR} ball", balls)}
        yield urn, Fraction(counts[colour], sum(counts.values()))


def causes_easy(n, text, claimed):
    return sum(chance * Fraction(1, 2) for _, chance in _outcomes(text, 2)) == claimed


def causes_medium(n, text, claimed):
    joint = {urn: chance * Fraction(1, 2) for urn, chance in _outcomes(text, 2)}
    return claimed * sum(joint.values()) == joint[0]


def causes_hard(n, text, claimed):
    most, more = int(re.search(r"at most (\d)", text)[1]), int(re.search(r"more than (\d)", text)[1])
    chances = dict(_outcomes(text, 3))
    joint = dict.fromkeys(chances, Fraction(0))
    for face in range(1, 7):
        urn = 0 if face <= most else 2 if face > more else 1
        joint[urn] += Fraction(1, 6) * chances[urn]
    asked = ("first", "second", "third").index(re.search(r"that the (\w+) urn was chosen", text)[1])
    return all(joint.values()) and claimed * sum(joint.values()) == joint[asked]


CHANCE = {
    "causes": (causes_easy, causes_medium, causes_hard),
    "coins": (coins_easy, coins_medium, coins_hard),
    "decks": (decks_easy, decks_medium, decks_hard),
    "dice": (dice_easy, dice_medium, dice_hard),
    "expectations": (expectations_easy, expectations_medium, expectations_hard),
    "urns": (urns_easy, urns_medium, urns_hard),
}
