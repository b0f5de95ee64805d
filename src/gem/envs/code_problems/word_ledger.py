"""List the most frequent words of a text."""

from __future__ import annotations

import re
from itertools import groupby

import numpy as np

from gem.envs.code_problems.problem import Problem
from gem.envs.code_problems.writing import altered, integer, letters, lines

TASK = """
A librarian keeps a ledger of the words in a letter. A word is a longest run of English letters; all other characters
only separate words, and upper and lower case are the same. She wants the k most frequent words, the most frequent
first, and words that are equally frequent in alphabetical order.

Input: the first line holds k (1 <= k <= 100). The letter follows: 1 to 500 lines of printable ASCII characters, some
of which may be empty, at most 100000 characters in all.
Output: k lines, each with a word in lower case, a blank and how often it occurs. If the letter has fewer than k
different words, print them all; if it has none, print nothing.
"""

REFERENCE = """
import re
import sys

k = int(sys.stdin.readline())
count = {}
for word in re.findall("[a-z]+", sys.stdin.read().lower()):
    count[word] = count.get(word, 0) + 1
for word, times in sorted(count.items(), key=lambda item: (-item[1], item[0]))[:k]:
    print(word, times)
"""


def _generate(rng: np.random.Generator) -> list[str]:
    def letter(rows: int, words: int, vocabulary: int) -> str:
        known = [letters(rng, integer(rng, 1, 7), "abcdeXY") for _ in range(vocabulary)]
        marks = [" ", " ", "  ", ", ", "-", "'", ". ", " 4 ", "_"]
        texts: list[str] = []
        for _ in range(rows):
            chosen = [known[int(index)] for index in rng.zipf(1.5, words) % vocabulary]
            texts.append("".join(word + marks[integer(rng, 0, len(marks) - 1)] for word in chosen))
        return "\n".join(texts)

    edges = ["a", "", "12 + 30", "Zoe's zoo; ZOE!", "don't stop-stop_stop2stop", "b a\n\nB A c", "x1y x y"]
    texts = [lines(integer(rng, 1, 4), text) for text in edges]
    texts += [lines(integer(rng, 1, 6), letter(integer(rng, 1, 4), 6, 5)) for _ in range(5)]
    return [*texts, lines(100, letter(400, 30, 300)), lines(3, letter(300, 30, 40))]


def _answer(text: str) -> str:
    head, _, letter = text.partition("\n")
    words = sorted(word for word in re.split("[^A-Za-z]+", letter.lower()) if word)
    runs = [(word, len(list(run))) for word, run in groupby(words)]
    runs.sort(key=lambda run: run[1], reverse=True)  # stable: the alphabet decides between equals
    return "\n".join(f"{word} {times}" for word, times in runs[: int(head)])


def _valid(text: str) -> bool:
    head, _, letter = text.partition("\n")
    printable = all(line.isprintable() and line.isascii() for line in letter.split("\n"))
    return 1 <= int(head) <= 100 and len(letter) <= 100_000 and letter.count("\n") <= 500 and printable


PROBLEM = Problem(
    name="word_ledger",
    title="The Librarian's Ledger",
    difficulty="easy",
    task=TASK,
    examples=((lines(2, "The sea, the SEA!", "Red tea; tea-red, red."), "red 3\nsea 2"),),
    generate=_generate,
    answer=_answer,
    valid=_valid,
    reference=REFERENCE,
    wrong={
        "lets the first seen win a tie": altered(REFERENCE, "(-item[1], item[0])", "-item[1]"),
        "turns the alphabet round": altered(
            REFERENCE, "key=lambda item: (-item[1], item[0]))", "key=lambda item: (item[1], item[0]), reverse=True)"
        ),
        "splits at blanks only": altered(
            REFERENCE, 're.findall("[a-z]+", sys.stdin.read().lower())', "sys.stdin.read().lower().split()"
        ),
        "tells upper from lower case": altered(altered(REFERENCE, ".lower()", ""), "[a-z]", "[A-Za-z]"),
        "takes digits and underscores into words": altered(REFERENCE, "[a-z]+", r"\\w+"),
        "reads one line": altered(REFERENCE, "sys.stdin.read()", "sys.stdin.readline()"),
    },
)
