"""A small MCP server of JSON-RPC by hand, over stdio (`python peer.py`) or HTTP in a thread, that fails on request.

Its tools: echo, count, wait (answers never), die (ends the process), grow (has one more tool from then on), media,
broken (its result breaks its own schema), whisper (writes to stderr, prints what is no message).
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OBJECT = {"type": "object", "properties": {}, "additionalProperties": False}
TOOLS = [
    {
        "name": "echo",
        "description": "Say it again.",
        "inputSchema": {
            "type": "object",
            "properties": {"text": {"type": "string", "description": "what to say"}, "times": {"type": "integer"}},
            "required": ["text"],
            "additionalProperties": False,
        },
    },
    {"name": "count", "description": "How often this was called.", "inputSchema": OBJECT},
    {"name": "wait", "description": "Never answer.", "inputSchema": OBJECT},
    {"name": "die", "description": "End the server.", "inputSchema": OBJECT},
    {"name": "grow", "description": "Get another tool.", "inputSchema": OBJECT},
    {"name": "media", "description": "A picture and more.", "inputSchema": OBJECT},
    {
        "name": "broken",
        "inputSchema": OBJECT,
        "outputSchema": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]},
    },
    {"name": "whisper", "inputSchema": OBJECT},
    {"name": "refuse", "description": "A JSON-RPC error.", "inputSchema": OBJECT},
    {"name": "fail", "description": "A result that is an error.", "inputSchema": OBJECT},
    {"name": "ask", "description": "Ask a model of the client's.", "inputSchema": OBJECT},
    {"name": "progress", "description": "Tell how far it is.", "inputSchema": OBJECT},
]
PAGE = 5
PICTURE = {"type": "image", "data": base64.b64encode(b"\0" * 12_000).decode(), "mimeType": "image/png"}


class Peer:
    """The answers. `send` is called with each message."""

    def __init__(self, send, version="2025-06-18"):
        self.send, self.version = send, version
        self.counted = 0
        self.grown = False
        self.cancelled = []
        self.waiting_for_model = None
        self.token = None

    def tools(self):
        return [*TOOLS, *([{"name": "late", "inputSchema": OBJECT}] if self.grown else [])]

    def take(self, message):
        """Answer a message, if it is to be answered."""
        method, number, params = message.get("method"), message.get("id"), message.get("params") or {}
        if method is None:
            self._say(self.waiting_for_model, message["result"]["content"]["text"])
        elif method == "initialize":
            server = {"name": "peer", "version": "1"}
            self._answer(
                number,
                {
                    "protocolVersion": self.version,
                    "capabilities": {"tools": {"listChanged": True}, "logging": {}},
                    "serverInfo": server,
                },
            )
        elif method == "ping":
            self._answer(number, {})
        elif method == "tools/list":
            start = int(params.get("cursor") or 0)
            page = {"tools": self.tools()[start : start + PAGE]}
            if start + PAGE < len(self.tools()):
                page["nextCursor"] = str(start + PAGE)
            self._answer(number, page)
        elif method == "tools/call":
            self.token = (params.get("_meta") or {}).get("progressToken")
            self.call(number, params["name"], params.get("arguments") or {})
        elif method == "notifications/cancelled":
            self.cancelled.append(params["requestId"])
        elif number is not None:
            error = {"code": -32601, "message": f"no method {method}"}
            self.send({"jsonrpc": "2.0", "id": number, "error": error})

    def call(self, number, name, arguments):
        self.counted += 1
        if name == "echo":
            self._say(number, arguments["text"] * arguments.get("times", 1))
        elif name == "count":
            self._say(number, f"{self.counted} in {os.getpid()}; cancelled {len(self.cancelled)}")
        elif name == "wait":
            pass
        elif name == "die":
            print("I was told to die", file=sys.stderr, flush=True)
            os._exit(3)
        elif name == "grow":
            self.grown = True
            self.send({"jsonrpc": "2.0", "method": "notifications/tools/list_changed"})
            self._say(number, "grown")
        elif name == "media":
            resource = {"type": "resource", "resource": {"uri": "file:///a.txt", "text": "what is in it"}}
            link = {"type": "resource_link", "uri": "file:///b.bin", "name": "b", "mimeType": "application/x-b"}
            self._answer(number, {"content": [PICTURE, {"type": "text", "text": "see"}, resource, link]})
        elif name == "broken":
            self._answer(number, {"content": [], "structuredContent": {"n": "no number"}})
        elif name == "whisper":
            print("psst", file=sys.stderr, flush=True)
            print("this is no message", flush=True)
            data = {"level": "info", "data": "logged"}
            self.send({"jsonrpc": "2.0", "method": "notifications/message", "params": data})
            self._say(number, "whispered")
        elif name == "refuse":
            self.send({"jsonrpc": "2.0", "id": number, "error": {"code": -32603, "message": "not today"}})
        elif name == "fail":
            self._answer(number, {"content": [{"type": "text", "text": "it failed"}], "isError": True})
        elif name == "ask":
            self.waiting_for_model = number
            message = {"role": "user", "content": {"type": "text", "text": "who?"}}
            asked = {"messages": [message], "maxTokens": 10}
            self.send({"jsonrpc": "2.0", "id": "ask", "method": "sampling/createMessage", "params": asked})
        elif name == "progress":
            told = {"progressToken": self.token, "progress": 1, "total": 2, "message": "half"}
            self.send({"jsonrpc": "2.0", "method": "notifications/progress", "params": told})
            self._say(number, "done")
        else:
            self._say(number, f"{name} was called")

    def _say(self, number, text):
        self._answer(number, {"content": [{"type": "text", "text": text}]})

    def _answer(self, number, result):
        self.send({"jsonrpc": "2.0", "id": number, "result": result})


def over_stdio(mode):
    """Until stdin ends. Modes: "" (answers), "silent", "dead" (ends at once), "old" (a protocol of nobody's)."""
    if mode == "dead":
        print("no such data base", file=sys.stderr, flush=True)
        sys.exit(2)

    def send(message):
        print(json.dumps(message), flush=True)

    peer = Peer(send, "1999-01-01" if mode == "old" else "2025-06-18")
    for line in sys.stdin:
        if mode != "silent":
            peer.take(json.loads(line))


@contextlib.contextmanager
def over_http(mode="", port=0):
    """An address that answers in JSON: "" as it should, "html", "404", "503", "401"; "silent" never."""
    server = Listener(("127.0.0.1", port), Handler)
    server.mode = mode
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.leave()
        thread.join()


class Listener(ThreadingHTTPServer):
    """Remembers its sessions, and what headers came."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, *args):
        super().__init__(*args)
        self.sessions = {}
        self.headers = []
        self.mode = ""
        self.done = threading.Event()
        self.peers = set()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_address[1]}/mcp"

    def leave(self):
        """Stop listening, and break off what is under way."""
        self.done.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.peers):
            with contextlib.suppress(OSError):
                connection.shutdown(2)


class Handler(BaseHTTPRequestHandler):
    """A POST is a message; the answer is the response's body."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: the second would wait for the first to be acknowledged

    def setup(self):
        super().setup()
        self.server.peers.add(self.connection)

    def finish(self):
        self.server.peers.discard(self.connection)
        super().finish()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.headers.append(dict(self.headers))
        mode = self.server.mode
        if mode == "html":
            self._send(200, b"<html>hello</html>", "text/html")
        elif mode in ("401", "404", "503"):
            self._send(int(mode), b"<html>no</html>", "text/html")
        elif mode == "silent":
            self.server.done.wait()
        else:
            self._take(json.loads(body))

    def _take(self, message):
        number = self.headers.get("mcp-session-id")
        if message.get("method") == "initialize":
            number = f"s{len(self.server.sessions)}"
            self.server.sessions[number] = Peer(None)
        if number not in self.server.sessions:
            self._send(404, b"", "text/plain")
            return
        peer, answers = self.server.sessions[number], []
        peer.send = answers.append
        name = (message.get("params") or {}).get("name")
        if name == "die":  # the connection, here
            self.close_connection = True
            self.connection.shutdown(2)
            return
        if name == "wait":
            self.server.done.wait()
            return
        peer.take(message)
        replies = [answer for answer in answers if "id" in answer]
        self._send(200 if replies else 202, json.dumps(replies[0]).encode() if replies else b"", session=number)

    def do_GET(self):
        self._send(405, b"", "text/plain")

    def do_DELETE(self):
        if self.server.mode == "silent":
            self.server.done.wait()
        self.server.sessions.pop(self.headers.get("mcp-session-id"), None)
        self._send(200, b"", "text/plain")

    def _send(self, status, body, kind="application/json", session=None):
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.send_header("content-type", kind)
        if session:
            self.send_header("mcp-session-id", session)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    over_stdio(sys.argv[1] if len(sys.argv) > 1 else "")
