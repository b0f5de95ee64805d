"""Wikis to test against: an invented country as a ZIM file, a real kiwix-serve, and a small Action API."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from gem.envs.games.wikigame.founding import build_world
from gem.envs.games.wikigame.world import World
from gem.envs.games.wikigame.world_prose import sentences

COUNTRY = build_world(5, 60)
REDIRECT, REDIRECTS_TO = "The Old Kingdom", COUNTRY.titles[0]
TRICKY = "AC/DC & l'Été (100%)?"
"""A title with all that addresses and HTML find hard; the country's page links to it."""
DEAD = "Lost Page"
"""The country's page links to it, and it does not exist."""


def article(world: World, title: str, prefix: str = "./") -> str:
    """The page as MediaWiki would mark it up, with all that is no article link around its links."""

    def link(target: str, anchor: str = "") -> str:
        return f'<a href="{prefix}{quote(target.replace(" ", "_"), safe="")}{anchor}">{escape(target)}</a>'

    links = [link(target) for target in world.links.get(title, (REDIRECTS_TO,))]
    if title == REDIRECTS_TO:
        links += [link(REDIRECT), link(TRICKY), link(DEAD)]
    said = escape(" ".join(sentences(world, title))) if title in world.entities else "An odd page."
    return f"""<!DOCTYPE html><html><head><title>x</title><style>p {{ color: red }}</style></head><body>
        <a href="./Main_Page">frame</a><p>The frame of the page.</p>
        <div class="mw-content-ltr mw-parser-output"><div class="hatnote">See {link("Hatnote")}.</div>
        <table class="infobox"><tr><td><p>not the summary</p></td></tr></table>
        <p class="mw-empty-elt"></p><p><b>{said}</b><sup class="reference"><a href="#cite">[1]</a></sup>
        <img src="x.png"><br>&nbsp;</p>
        <h2>See also</h2><p>Not the lead.</p><ul><li>{"</li><li>".join(links)}</li></ul>
        {link(title, "#History")} {link("File:Map.png")} {link("Category:Towns")} {link("User talk:Me")}
        <a href="https://example.org/wiki/Out">out</a> <a href="//example.org/Out">out</a> <a href="mailto:a@b">mail</a>
        <a class="new" href="{prefix}Red">red</a> <a href="/w/index.php?title=Red&amp;redlink=1">red</a> <a>none</a>
        <div class="navbox"><table><tr><td>{link("Navbox")}</td></tr></table></div></div>
        <p>Below.</p></body></html>"""


def write_zim(path: Path) -> None:
    """The country, a redirect, an odd title, and an image that is no article."""
    writer: Any = pytest.importorskip("libzim.writer", reason="libzim is not installed: pip install 'gem-gym[zim]'")

    class Entry(writer.Item):
        def __init__(self, title: str, mimetype: str, content: str) -> None:
            super().__init__()
            self.title, self.mimetype, self.content = title, mimetype, content

        def get_path(self) -> str:
            return self.title.replace(" ", "_")

        def get_title(self) -> str:
            return self.title

        def get_mimetype(self) -> str:
            return self.mimetype

        def get_contentprovider(self) -> Any:
            return writer.StringProvider(self.content)

        def get_hints(self) -> dict[Any, Any]:
            return {writer.Hint.FRONT_ARTICLE: self.mimetype == "text/html"}

    with writer.Creator(path).config_indexing(True, "eng") as creator:
        creator.set_mainpath(COUNTRY.titles[0].replace(" ", "_"))
        for title in [*COUNTRY.titles, TRICKY]:
            up = "./" if "/" not in title else "../"
            creator.add_item(Entry(title, "text/html", article(COUNTRY, title, up)))
        creator.add_item(Entry("map.png", "image/png", "not really"))
        front = {writer.Hint.FRONT_ARTICLE: True}
        creator.add_redirection(REDIRECT.replace(" ", "_"), REDIRECT, REDIRECTS_TO.replace(" ", "_"), front)
        creator.add_metadata("Title", "test")


@contextmanager
def kiwix_serve(zim: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A real kiwix-serve of `zim` on a free port of this machine: its url and its process."""
    program = shutil.which("kiwix-serve")
    if program is None:
        pytest.skip("kiwix-serve is not installed: apt-get install kiwix-tools")
    port = free_port()
    command = [program, "--address", "127.0.0.1", "--port", str(port), str(zim)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _wait_for(port, server)
            yield f"http://127.0.0.1:{port}", server
        finally:
            server.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            assert server.poll() is None, f"kiwix-serve ended with {server.returncode}"
            threading.Event().wait(0.02)
        else:
            return
    raise AssertionError("kiwix-serve does not listen")


class ActionAPI(BaseHTTPRequestHandler):
    """What of the Action API a wiki game asks for, and ways to go wrong."""

    trouble = ""
    """How to answer every request: well (""), with 503, no JSON, half of it, an error, late or for ever."""
    asked: list[str]
    released: threading.Event

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        assert "gem-gym" in self.headers["User-Agent"]
        query = {name: values[-1] for name, values in parse_qs(urlsplit(self.path).query).items()}
        assert (query["format"], query["formatversion"]) == ("json", "2")
        match self.trouble:
            case "busy":
                self.send_error(503)
            case "html":
                self._send(b"<html>log in</html>")
            case "truncated":
                self._send(b'{"parse": {', length=1000)
            case "ratelimited":
                self._send(json.dumps({"error": {"code": "ratelimited", "info": "slow down"}}).encode())
            case "slow":
                self.released.wait(30)
            case "trickle":
                self._trickle()
            case _:
                self._send(json.dumps(answer(query)).encode())

    def _send(self, body: bytes, length: int | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _trickle(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while not self.released.wait(0.02):
                self.wfile.write(b" ")
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


def answer(query: dict[str, str]) -> dict[str, Any]:
    """What MediaWiki answers to `query`."""
    if query["action"] == "query":
        assert (query["list"], query["apfilterredir"], query["apnamespace"]) == ("allpages", "nonredirects", "0")
        titles = sorted(title for title in COUNTRY.titles if title >= query["apfrom"])[: int(query["aplimit"])]
        return {"query": {"allpages": [{"pageid": 1, "ns": 0, "title": title} for title in titles]}}
    assert (query["action"], query["prop"]) == ("parse", "text")
    title = query["page"]
    redirects = [{"from": REDIRECT, "to": REDIRECTS_TO}] if title == REDIRECT and "redirects" in query else []
    title = REDIRECTS_TO if redirects else title
    if title not in COUNTRY.entities and title != TRICKY:
        return {"error": {"code": "missingtitle", "info": "The page you specified doesn't exist."}}
    return {"parse": {"title": title, "pageid": 7, "redirects": redirects, "text": article(COUNTRY, title, "/wiki/")}}


@contextmanager
def action_api(trouble: str = "") -> Iterator[tuple[str, type[ActionAPI]]]:
    """A server of the country on a free port of this machine: the url of its api.php, and how it answers."""
    handler = type("Handler", (ActionAPI,), {"trouble": trouble, "asked": [], "released": threading.Event()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/w/api.php", handler
        finally:
            handler.released.set()
            server.shutdown()
            thread.join()
