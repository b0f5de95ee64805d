"""The word data: sorted, decent, clues that give nothing away, and rebuilt to the same bytes."""

from __future__ import annotations

import codecs
import gzip
import re
import subprocess
import sys
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import pytest

from gem.envs.games import words as data
from gem.envs.games.words import accepted, clues, is_word, words

FOLDER = files(data)
SCRIPT = Path(__file__).parents[3] / "scripts/build_words.py"


def test_there_are_as_many_words_as_scowl_has_less_the_offensive_ones() -> None:
    counts = {length: len(words(length)) for length in range(3, 13)}
    scowl = {3: 479, 4: 1878, 5: 3461, 6: 5292, 7: 6720, 8: 6526, 9: 5392, 10: 4029, 11: 2597, 12: 1461}
    assert all(0.97 * scowl[length] <= count <= scowl[length] for length, count in counts.items()), counts
    assert sum(len(accepted(length)) for length in range(2, 16)) > 109_000


@pytest.mark.parametrize("length", range(3, 13))
def test_words_are_sorted_and_grow_with_the_level_up_to_what_is_accepted(length: int) -> None:
    levels = [words(length, level) for level in (10, 20, 35, 50, 70)]
    for common, rarer in pairwise(levels):
        assert set(common) < set(rarer)
    for found in levels:
        assert list(found) == sorted(set(found))
        assert all(re.fullmatch(f"[a-z]{{{length}}}", word) for word in found)
    assert set(levels[-1]) == accepted(length)


def test_what_is_a_word() -> None:
    assert all(map(is_word, ("be", "cat", "house", "encyclopedia")))
    assert not any(map(is_word, ("", "a", "CAT", "zzzzz", "cat ", "don't", "a" * 100, "paris")))
    assert words(1) == words(40) == ()


def test_no_list_holds_an_offensive_word() -> None:
    vulgar = codecs.decode("shpx fuvg phag avttre snttbg xvxr fcvp puvax jbc avttref fyhg juber ovgpu jrgonpx", "rot13")
    delicate = codecs.decode("frk encr cbea znfgheongr ivetva ahqr fhvpvqr trabpvqr", "rot13")
    assert not any(map(is_word, vulgar.split()))
    text = " ".join(clues().values())
    for word in (*vulgar.split(), *delicate.split()):
        assert word not in words(len(word))
        assert word not in clues()
        assert f" {word}" not in text


def test_harmless_words_that_look_offensive_are_kept() -> None:
    kept = "assert cocktail rectangle squawk farther injunction pimple class sextet grape dickens title"
    assert all(map(is_word, kept.split()))


def test_each_clue_fits_one_common_word_and_does_not_hold_it() -> None:
    found = clues()
    assert len(found) >= 4000
    assert len(set(found.values())) == len(found)
    for word, clue in found.items():
        assert word in words(len(word))
        assert 13 <= len(clue) < 100
        assert clue == clue.strip()
        assert '"' not in clue
        assert word not in clue.lower() if len(word) > 3 else f" {word}" not in f" {clue.lower()}"


def test_irregular_forms_and_parts_of_a_word_are_seen_in_its_clue() -> None:
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        from build_words import leaks  # pyright: ignore
    finally:
        sys.path.pop(0)
    assert leaks("give", "what someone gave away", {"gave": "give"})
    assert leaks("unhappy", "not happy", {})
    assert leaks("devoted", "zealous in devotion", {})
    assert leaks("bedroom", "a room for sleeping", {})
    assert not leaks("bedroom", "a place for sleeping", {})


def test_the_notices_of_both_sources_lie_beside_the_data() -> None:
    scowl, wordnet = ((FOLDER / f"NOTICE.{name}").read_text(encoding="utf-8") for name in ("scowl", "wordnet"))
    assert "Copyright 2000-2011 by Kevin Atkinson" in scowl
    assert "provided that the above copyright notice appears in all copies" in scowl
    assert "WordNet 3.0 Copyright 2006 by Princeton University.  All rights reserved." in wordnet


def test_files_are_small_and_read_once() -> None:
    for name in ("words_by_level.txt.gz", "clues.tsv.gz"):
        assert len((FOLDER / name).read_bytes()) < 500_000
    assert words(5) is words(5)
    assert clues() is clues()
    assert accepted(5) is accepted(5)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/usr/share/dict/scowl").is_dir(), reason="apt-get install scowl wordnet-base")
@pytest.mark.skipif(not Path("/usr/share/wordnet").is_dir(), reason="apt-get install scowl wordnet-base")
def test_building_again_gives_the_same_data(tmp_path: Path) -> None:
    subprocess.run([sys.executable, SCRIPT, "--to", tmp_path], check=True, capture_output=True)
    for path in tmp_path.iterdir():
        built, bundled = path.read_bytes(), (FOLDER / path.name).read_bytes()
        if path.suffix == ".gz":  # other versions of zlib may compress otherwise
            built, bundled = gzip.decompress(built), gzip.decompress(bundled)
        assert built == bundled
    assert len(list(tmp_path.iterdir())) == 4


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    ran = subprocess.run([sys.executable, SCRIPT, "--packages", tmp_path], check=False, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "apt-get install scowl wordnet-base" in ran.stderr
