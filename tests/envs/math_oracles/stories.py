"""Stories, lived through or tried out."""

import re
from fractions import Fraction

AGES = range(1, 300)


def only(found, claimed):
    """Whether what was found by trying is one thing, and the one that is claimed."""
    return list(found) == [claimed]


# -- ages -------------------------------------------------------------------------------------


def ages_easy(n, text, claimed):
    older, total = n
    return only((old for old in AGES if old + (old - older) == total), claimed)


def ages_medium(n, text, claimed):
    times, years, total = n
    return only((times * young for young in AGES if times * young + years + young + years == total), claimed)


def ages_hard(n, text, claimed):
    ago, once, years, then = n
    pairs = ((old, young) for young in range(ago + 1, 120) for old in range(ago + 1, 200))
    return only(
        (o for o, y in pairs if o - ago == once * (y - ago) and o + years == then * (y + years)),
        claimed,
    )


# -- gardens ----------------------------------------------------------------------------------


def gardens_easy(n, text, claimed):
    length, fence = n
    return only((length * width for width in range(1, fence) if 2 * length + 2 * width == fence), claimed)


def gardens_medium(n, text, claimed):
    length, area, gate, price = n
    return only((sum([price] * (2 * (length + w) - gate)) for w in range(1, area) if length * w == area), claimed)


def gardens_hard(n, text, claimed):
    length, path, area = n

    def tiles(width):
        above_and_below, beside = 2 * path * (length + 2 * path), 2 * path * width
        return above_and_below + beside

    return only((length * width for width in range(1, 60) if tiles(width) == area), claimed)


# -- herds ------------------------------------------------------------------------------------


def herds_easy(n, text, claimed):
    _, _, birds, beasts = n
    return sum([2] * birds + [4] * beasts) == claimed


def herds_medium(n, text, claimed):
    heads, legs = n[2:]
    return only((beasts for beasts in range(heads + 1) if 4 * beasts + 2 * (heads - beasts) == legs), claimed)


def herds_hard(n, text, claimed):
    heads, legs, times = n[3:]
    found = []
    for birds in range(heads):
        spiders = heads - birds - times * birds
        if spiders >= 0 and 2 * birds + 4 * times * birds + 8 * spiders == legs:
            found.append(spiders)
    return only(found, claimed)


# -- journeys -----------------------------------------------------------------------------------


def journeys_easy(n, text, claimed):
    first, road, second, track = n
    return sum([road] * first) + sum([track] * second) == claimed


def journeys_medium(n, text, claimed):
    distance, out, back = n
    return claimed * (Fraction(distance, out) + Fraction(distance, back)) == 2 * distance


def journeys_hard(n, text, claimed):
    distance, slow, later, fast = n
    return claimed > later and slow * claimed / 60 + fast * (claimed - later) / 60 == distance


# -- machines -----------------------------------------------------------------------------------


def machines_easy(n, text, claimed):
    known, per_hour, number, hours = n
    return Fraction(per_hour, known) * number * hours == claimed


def machines_medium(n, text, claimed):
    return claimed * (Fraction(1, n[0]) + Fraction(1, n[1])) == 1


def machines_hard(n, text, claimed):
    first, second, drain, alone = n
    later = claimed - alone
    return later > 0 and claimed / first + later / second - later / drain == 1


# -- mixtures -----------------------------------------------------------------------------------


def mixtures_easy(n, text, claimed):
    parts, others, litres = n
    return Fraction(claimed, litres - claimed) == Fraction(parts, others)


def mixtures_medium(n, text, claimed):
    litres, weak, others, strong = n
    return claimed == Fraction(weak, 100) * litres + Fraction(strong, 100) * others


def mixtures_hard(n, text, claimed):
    litres, strong, weak, goal = n
    alcohol = Fraction(strong, 100) * litres + Fraction(weak, 100) * claimed
    return claimed > 0 and alcohol / (litres + claimed) == Fraction(goal, 100)


# -- prices ---------------------------------------------------------------------------------------


def _after(price, text):
    for direction, percent in re.findall(r"(raised|lowered) by (\d+)%", text):
        share = Fraction(int(percent), 100)
        price = price * (1 + share) if direction == "raised" else price * (1 - share)
    return price


def prices_forwards(n, text, claimed):
    return _after(n[0], text) == claimed


def prices_backwards(n, text, claimed):
    return _after(claimed, text) == n[-1]


# -- savings ------------------------------------------------------------------------------------------


def savings_easy(n, text, claimed):
    first, weekly, weeks = n
    return first + sum([weekly] * weeks) == claimed


def savings_medium(n, text, claimed):
    money, earns, spends, price = n
    weeks = 0
    while money < price:
        money += earns - spends
        weeks += 1
    return weeks == claimed


def savings_hard(n, text, claimed):
    ahead, behind, slow, late, fast = n
    week = 0
    while behind <= ahead:
        week += 1
        ahead += slow
        behind += fast if week > late else 0
    return week == claimed


# -- sharing ------------------------------------------------------------------------------------------


def sharing_easy(n, text, claimed):
    bags, each, children = n
    return sum([claimed] * children) == sum([each] * bags)


def sharing_medium(n, text, claimed):
    boxes, in_box, bags, in_bag, in_tin = n
    left = boxes * in_box + bags * in_bag
    while left >= in_tin:
        left -= in_tin
    return left == claimed


def sharing_hard(n, text, claimed):
    a, b, c, d, left = n
    rest = claimed - claimed * Fraction(a, b)
    taken = rest * Fraction(c, d)
    return rest.denominator == taken.denominator == 1 and rest - taken == left


# -- shopping -----------------------------------------------------------------------------------------


def shopping_easy(n, text, claimed):
    return n[0] * n[1] + n[2] * n[3] == claimed


def shopping_medium(n, text, claimed):
    price, (notes, worth) = n[0] * n[1] + n[2] * n[3] + n[4] * n[5], n[6:]
    return 0 < claimed <= worth and price + claimed == notes * worth


def shopping_hard(n, text, claimed):
    price, (percent, fee) = n[0] * n[1] + n[2] * n[3] + n[4] * n[5], n[6:]
    return price * (1 - Fraction(percent, 100)) + fee == claimed


# -- stocks -------------------------------------------------------------------------------------------


def _stock_after(stock, text):
    steps = re.compile(r"(\d+) are (added|given away)|is (doubled)|1/(\d) of the whole stock is given away")
    for change, direction, doubled, part in steps.findall(text):
        if change:
            stock += int(change) if direction == "added" else -int(change)
        elif doubled:
            stock *= 2
        else:
            stock -= Fraction(stock, int(part))
        if stock <= 0 or stock != int(stock):
            return None
    return stock


def stocks_forwards(n, text, claimed):
    return _stock_after(n[0], text) == claimed


def stocks_backwards(n, text, claimed):
    return _stock_after(claimed, text) == n[-1]


# -- timetables ---------------------------------------------------------------------------------------


def _times(text):
    return [60 * int(hour) + int(minute) for hour, minute in re.findall(r"(\d+):(\d\d)", text)]


def timetables_easy(n, text, claimed):
    begin, end = _times(text)
    return 0 <= begin < end < 1440 and begin + claimed == end


def timetables_medium(n, text, claimed):
    leaves, arrives = _times(text)
    stops, stands = n[4:]
    return sum(1 for _ in range(leaves, arrives + 1440)) == claimed + stops * stands


def timetables_hard(n, text, claimed):
    begin, _, end = _times(text)  # it is named again in between
    first, second, third = n[2:5]
    together = (sum(t % every == 0 for every in (first, second, third)) >= 2 for t in range(end - begin + 1))
    return sum(together) == claimed


STORIES = {
    "ages": (ages_easy, ages_medium, ages_hard),
    "gardens": (gardens_easy, gardens_medium, gardens_hard),
    "herds": (herds_easy, herds_medium, herds_hard),
    "journeys": (journeys_easy, journeys_medium, journeys_hard),
    "machines": (machines_easy, machines_medium, machines_hard),
    "mixtures": (mixtures_easy, mixtures_medium, mixtures_hard),
    "prices": (prices_forwards, prices_forwards, prices_backwards),
    "savings": (savings_easy, savings_medium, savings_hard),
    "sharing": (sharing_easy, sharing_medium, sharing_hard),
    "shopping": (shopping_easy, shopping_medium, shopping_hard),
    "stocks": (stocks_forwards, stocks_forwards, stocks_backwards),
    "timetables": (timetables_easy, timetables_medium, timetables_hard),
}
