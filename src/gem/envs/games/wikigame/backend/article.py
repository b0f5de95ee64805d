"""The HTML of a MediaWiki article → its summary and its links. Reads whatever HTML there is, and never raises."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import quote, unquote, urljoin

NAMESPACES = frozenset({
    "book", "category", "draft", "file", "gadget", "help", "image", "media", "mediawiki", "mos", "module", "portal",
    "project", "special", "talk", "template", "timedtext", "topic", "user", "wikipedia", "wiktionary", "wp", "wt",
})  # fmt: skip
"""What stands before the colon of a page that is no article; so does `… talk`."""
BODY_CLASS = "mw-parser-output"
SKIPPED_TAGS = frozenset({"style", "script", "table", "figure", "sup", "nav", "footer"})
"""Elements whose text belongs to no summary; the links of tables still count."""
SKIPPED_CLASSES = frozenset({"navbox", "reflist", "references", "mw-editsection", "hatnote", "noprint", "catlinks"})
"""Elements whose links count for nothing either."""
VOID_TAGS = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr",
})  # fmt: skip
HOST = "http://wiki/"


class Article(NamedTuple):
    """What the game needs of an article."""

    summary: str
    links: tuple[str, ...]


def read_article(html: str, path: str, root: str = "") -> Article:
    """The article at `path`; titles are the paths below `root` with blanks for underscores.

    The links lead to other articles, each once, in the order of the page.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    base = HOST + quote(path)
    titles = (title_at(_joined(base, href), HOST + root) for href in reader.links)
    links = dict.fromkeys(title for title in titles if title and is_article(title))
    links.pop(title_at(base, HOST + root), None)
    return Article(" ".join("".join(reader.text).split()), tuple(links))


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:  # no address at all, such as http://[
        return ""


def title_at(url: str, root: str) -> str:
    """The title of the page at `url`, a place below `root`; "" for any other place."""
    url = url.partition("#")[0]
    if not url.startswith(root) or "?" in url:
        return ""
    return " ".join(unquote(url[len(root) :]).replace("_", " ").split())


def is_article(title: str) -> bool:
    """Whether a title belongs to no namespace but that of articles."""
    namespace, colon, _ = title.casefold().partition(":")
    return not colon or (namespace not in NAMESPACES and not namespace.endswith(" talk"))


class _Element(NamedTuple):
    """An open element: whether links in it count, its text may count, and it is part of a paragraph."""

    tag: str
    linked: bool = True
    readable: bool = True
    in_paragraph: bool = False


class _Reader(HTMLParser):
    """Collects the text of the lead's paragraphs and the addresses of all links of the body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._begin()

    def _begin(self) -> None:
        self.text: list[str] = []
        self.links: list[str] = []
        self._open = [_Element("")]
        self._in_lead = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID_TAGS:
            return self.handle_data(" ")
        of = dict(attrs)
        classes = set((of.get("class") or "").split())
        if BODY_CLASS in classes:  # what came before is the frame of the page
            self._begin()
        around = self._open[-1]
        linked = around.linked and not classes & SKIPPED_CLASSES
        readable = around.readable and linked and tag not in SKIPPED_TAGS
        self._open.append(_Element(tag, linked, readable, around.in_paragraph or tag == "p"))
        if tag == "h2" and "".join(self.text).strip():
            self._in_lead = False
        href = of.get("href")
        if tag == "a" and href and linked and "new" not in classes:
            self.links.append(href.strip())
        return None

    def handle_endtag(self, tag: str) -> None:
        self.handle_data(" " if tag == "p" else "")
        for depth in range(len(self._open) - 1, 0, -1):
            if self._open[depth].tag == tag:
                del self._open[depth:]
                break

    def handle_data(self, data: str) -> None:
        element = self._open[-1]
        if self._in_lead and element.in_paragraph and element.readable:
            self.text.append(data)
