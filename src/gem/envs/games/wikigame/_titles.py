"""Reading a player's reply as a title, and finding the link that it means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from gem.parsing import boxed_answers, last_box

BACK = "<PREV_PAGE>"
NO_MOVE = ""
"""What a reply means that holds neither a title nor a step back."""
MAX_TITLE_CHARS = 300
"""A longer boxed text is no title: MediaWiki allows 255 bytes."""

_BACK = re.compile(r"<\s?prev[ _]page\s?>", re.IGNORECASE)
_STYLED = re.compile(r"\s*\\(?:text|math)[a-z]*\s*\{(.*)\}\s*", re.DOTALL)
_ALIKE = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "_": " ", "\\": None})


def read_reply(text: str) -> str:
    r"""The title in the last `\boxed{…}` that holds any, or `BACK` if that comes later, or `NO_MOVE`."""
    back_at = max((found.start() for found in _BACK.finditer(text)), default=-1)
    if back_at > text.rfind("\\boxed"):  # inside the last box counts as well
        return BACK
    title = last_box(text).strip()
    if not title:
        answers = (answer.strip() for answer in reversed(boxed_answers(text, MAX_TITLE_CHARS)))
        title = next((answer for answer in answers if answer), NO_MOVE)
    styled = _STYLED.fullmatch(title)
    title = styled[1].strip() if styled else title
    return BACK if plain(title) in {"prev page", "<prev page>"} else title


def match(title: str, links: Iterable[str]) -> str | None:
    """The link that `title` means: exactly that one, else the first that differs in capitals, blanks or quotes only."""
    links = list(links)
    if title in links:
        return title
    wanted = plain(title)
    return next((link for link in links if plain(link) == wanted), None) if wanted else None


def plain(title: str) -> str:
    """`title` without what a player may write otherwise: capitals, blanks, underscores, curly quotes, long dashes."""
    return " ".join(unicodedata.normalize("NFKC", title).translate(_ALIKE).split()).casefold()
