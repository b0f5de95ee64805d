"""A hub on loopback that the real `huggingface_hub` client talks to: one data set, its file list and its files."""

from __future__ import annotations

import hashlib
import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class FakeHub:
    """Serves `files` of the data set `name`, but for those `lost`; `broken` answers every request if it is set.

    `asked` lists every path asked for, `token` is the last one shown.
    """

    def __init__(self, name, files):
        self.name, self.files = name, files
        self.asked = []
        self.token = None
        self.broken = None
        self.lost = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def downloads(self):
        return sorted({path.rpartition("/resolve/")[2].partition("/")[2] for path in self.asked if "/resolve/" in path})

    def answer(self, path):
        """Status, headers and body."""
        if self.broken:
            return self.broken
        api, resolve = f"/api/datasets/{self.name}", f"/datasets/{self.name}/resolve/{COMMIT}/"
        if path.startswith(resolve) and path.removeprefix(resolve) in self.files.keys() - self.lost:
            body = self.files[path.removeprefix(resolve)]
            return 200, {"ETag": f'"{_hash(body)}"', "X-Repo-Commit": COMMIT}, body
        if path.startswith(f"{api}/tree/{COMMIT}"):
            entries = [
                {"type": "file", "path": name, "size": len(body), "oid": _hash(body)}
                for name, body in self.files.items()
            ]
            return 200, {}, json.dumps(entries).encode()
        if path in (api, f"{api}/revision/main", f"{api}/revision/{COMMIT}"):
            info = {"id": self.name, "sha": COMMIT, "private": False, "downloads": 0, "likes": 0, "tags": []}
            info["siblings"] = [{"rfilename": name} for name in self.files]
            return 200, {}, json.dumps(info).encode()
        if path.startswith(resolve):
            return 404, {"X-Error-Code": "EntryNotFound"}, b""
        kind = "RevisionNotFound" if path.startswith(f"{api}/revision") else "RepoNotFound"
        return 404, {"X-Error-Code": kind}, b"{}"

    def _handler(self):
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                path = urlsplit(self.path).path
                hub.asked.append(path)
                hub.token = self.headers.get("Authorization")
                status, headers, body = hub.answer(path)
                self.send_response(status)
                for key, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(key, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            do_HEAD = do_GET

            def log_message(self, *_):
                pass

        return Handler


def _hash(body):
    return hashlib.sha1(body, usedforsecurity=False).hexdigest()
