"""The kv server: texts under keys, such as the notes of a small wiki."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from gem.mcp.servers.server import Refusal, Server

MAX_STORE_CHARS = 4_000_000
MAX_KEY_CHARS = 200
MAX_KEYS = 10_000
MAX_LISTED = 500
SHOWN_CHARS = 300

KeyText = Annotated[str, "such as note/17"]


@dataclass(slots=True)
class Store:
    """Texts by key."""

    values: dict[str, str] = field(default_factory=dict[str, str])


class KvServer(Server):
    """Texts of a `Store`, to be got, put, deleted, renamed, listed and searched."""

    name = "kv"
    handlers: ClassVar[tuple[str, ...]] = ("get", "put", "delete", "rename", "list_keys", "search")

    def __init__(self, store: Store | None = None) -> None:
        self.store = Store() if store is None else store

    def get(self, key: KeyText) -> str:
        """The text under a key."""
        self._check_is_there(key)
        return self.store.values[key]

    def put(self, key: KeyText, value: str) -> str:
        """Store a text under a key. One that is there is replaced."""
        values = self.store.values
        if not key or len(key) > MAX_KEY_CHARS:
            raise Refusal(f"A key has 1 to {MAX_KEY_CHARS} characters.")
        is_new = key not in values
        size = sum(map(len, values.values())) + len(value) - len(values.get(key, ""))
        if size > MAX_STORE_CHARS or (is_new and len(values) >= MAX_KEYS):
            raise Refusal("The store is full.")
        values[key] = value
        return f"{'Added' if is_new else 'Replaced'} {key}."

    def delete(self, key: KeyText) -> str:
        """Delete a key with its text."""
        self._check_is_there(key)
        del self.store.values[key]
        return f"Deleted {key}."

    def rename(self, key: KeyText, new_key: Annotated[str, "one that is not there yet"]) -> str:
        """Give a text another key."""
        self._check_is_there(key)
        if new_key in self.store.values:
            raise Refusal(f"There is a key {new_key} already.")
        self.put(new_key, self.store.values[key])
        del self.store.values[key]
        return f"Renamed {key} to {new_key}."

    def list_keys(self, prefix: Annotated[str, "what the keys begin with; all without it"] = "") -> str:
        """List keys in their order, one a line."""
        return _listed([key for key in sorted(self.store.values) if key.startswith(prefix)])

    def search(self, text: Annotated[str, "capitals or not"], prefix: str = "") -> str:
        """Find the texts that hold a piece of text. Each line has a key and how its text begins."""
        wanted = text.lower()
        return _listed(
            [
                f"{key}: {' '.join(value[:SHOWN_CHARS].split())}"
                for key, value in sorted(self.store.values.items())
                if key.startswith(prefix) and wanted in value.lower()
            ]
        )

    def _check_is_there(self, key: str) -> None:
        if key not in self.store.values:
            raise Refusal(f"There is no key {key[:MAX_KEY_CHARS]!r}.")


def _listed(lines: list[str]) -> str:
    if len(lines) > MAX_LISTED:
        lines = [*lines[:MAX_LISTED], f"[{len(lines) - MAX_LISTED} more are left out]"]
    return "\n".join(lines) or "Nothing was found."
