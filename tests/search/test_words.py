"""gem.search.words: which words of a query are looked for."""

import pytest

from gem.search.words import LONGEST_WORD, MOST_WORDS, rarest, words_of


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Who wrote The Glass Harbour?", ["wrote", "glass", "harbour"]),
        ("the of AND", ["the", "of", "and"]),
        ('"a:b" -c_d', ["b", "c", "d"]),
        ("Café cafe\u0301", ["café"]),
        ("İstanbul istanbul", ["istanbul"]),
        ("dog DOG dog", ["dog"]),
        ("\0😀\ud800 ", []),
        ("x" * (LONGEST_WORD + 1), []),
    ],
)
def test_words_are_those_that_tell_something(query, words):
    assert words_of(query) == words


def test_no_more_words_are_taken_than_can_matter():
    assert len(words_of(" ".join(f"w{n}" for n in range(1000)))) == MOST_WORDS


@pytest.mark.parametrize(
    ("budget", "chosen"),
    [(10_000, ["rare", "some", "common"]), (60, ["rare", "some"]), (10, ["rare"]), (0, ["rare"])],
)
def test_the_rarest_words_are_taken_as_far_as_the_budget_goes(budget, chosen):
    spread = {"common": 900, "rare": 5, "absent": 0, "some": 50}
    assert rarest(list(spread), spread.__getitem__, budget) == chosen


def test_where_no_word_is_known_nothing_is_looked_for():
    assert rarest(["absent"], lambda _: 0, 10) == []
