"""gem.blocks: the first block of a text, whatever the text."""

import time
from itertools import product

import pytest

from gem.blocks import Block, first_fenced, first_tagged

TICKS = "```"


def test_the_first_of_two_tagged_blocks_is_found():
    assert first_tagged("a<t>1</t><t>2</t>", "t") == Block(1, "1", 9)


@pytest.mark.parametrize("text", ["", "<t>", "</t>", "</t><t>", "<t >1</t>", "t", "<tt>1</tt>", "\0\ud800<t>"])
def test_what_is_not_closed_is_no_tagged_block(text):
    assert first_tagged(text, "t") is None


def test_the_content_of_a_tag_is_untouched():
    assert first_tagged("<t>\n<b>\0\ud800</t></b>", "t").content == "\n<b>\0\ud800"


@pytest.mark.parametrize(
    ("opening", "found"),
    [
        (f"{TICKS}python\n", True), (f"{TICKS}Python ", True), (f"{TICKS} py\n", True), (f"{TICKS}python(", True),
        (f"{TICKS}\n", False), (f"{TICKS}pycon\n", False), (f"{TICKS}python-repl\n", False), (f"{TICKS}c++\n", False),
    ],
)  # fmt: skip
def test_a_fence_is_found_by_its_language(opening, found):
    block = first_fenced(f"say {opening}1){TICKS} more", "python", "py")
    assert (block is not None) == found
    if found:
        assert block.content.strip() in ("1)", "(1)")


def test_a_fence_without_an_end_is_no_block():
    assert first_fenced(f"{TICKS}python\nprint(1)", "python") is None


@pytest.mark.parametrize("piece", ["<t>", TICKS, f"{TICKS}t", "``` ", "`", "<"])
def test_a_megabyte_of_openings_takes_no_time(piece):
    text = piece * (1_000_000 // len(piece))
    begun = time.process_time()
    first_tagged(text, "t")
    first_fenced(text, "t", "python")
    assert time.process_time() - begun < 0.5


PIECES = ["<t>", "</t>", TICKS, "python", "a", " "]


def test_a_block_lies_between_its_marks_in_every_text_of_five_pieces():
    for pieces in product(PIECES, repeat=5):
        assert_blocks_lie_between_marks("".join(pieces))


def assert_blocks_lie_between_marks(text):
    tagged, fenced = first_tagged(text, "t"), first_fenced(text, "python")
    assert (tagged is not None) == ("</t>" in text.partition("<t>")[2])
    if tagged is not None:
        assert text[tagged.start : tagged.end] == f"<t>{tagged.content}</t>"
        assert "<t>" not in text[: tagged.start]
    if fenced is not None:
        whole = text[fenced.start : fenced.end]
        assert whole.startswith(TICKS)
        assert whole.endswith(f"{fenced.content}{TICKS}")
        assert TICKS not in fenced.content
