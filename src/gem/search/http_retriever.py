"""A corpus behind a service: any server that speaks the `/retrieve` contract of `gem.search.wire`.

OpenSearch, Qdrant, pyserini and Search-R1's servers are put behind it; `gem-gym serve search` serves our indices.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Sequence
from typing import Any

from gem.errors import ConfigError, SearchUnavailable
from gem.search.protocol import Hit, Retriever
from gem.search.service_client import Answer, ServiceClient
from gem.search.wire import JSON, MSGPACK, hits_of, packed, unpacked

_ADDRESS_ALONE = re.compile(r"^(\w+://[^/?#]+)/?$")
FORMATS = ("msgpack", "json", "search-r1")


class HttpRetriever(Retriever):
    """Passages from the service at `url`, such as "http://localhost:8000/retrieve".

    `format` is what the service reads: "msgpack" (extra `search`), "json", or "search-r1", which is JSON with several
    queries in one request. A search takes at most `timeout_s`, attempts after failures included.
    """

    def __init__(
        self,
        url: str,
        *,
        format: str = "msgpack",
        token: str | None = None,
        timeout_s: float = 10.0,
        retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if format not in FORMATS:
            raise ConfigError(f"format is one of {', '.join(FORMATS)}, not {format!r}")
        self._format, self._kind = format, MSGPACK if format == "msgpack" else JSON
        packed({}, self._kind)  # a missing extra is told here
        self._options = {"format": format, "token": token, "timeout_s": timeout_s, "retries": retries}
        self._client = ServiceClient(
            _ADDRESS_ALONE.sub(r"\1/retrieve", url),
            headers={"Accept": self._kind, **({"Authorization": f"Bearer {token}"} if token else {})},
            timeout_s=timeout_s,
            retries=retries,
            sleep=sleep,
        )

    def __reduce__(self) -> tuple[Callable[..., HttpRetriever], tuple[str, dict[str, Any]]]:
        return _made, (self._client.url, self._options)

    def search(self, query: str, topk: int = 3) -> list[Hit]:
        if topk < 1:
            return []
        if self._format == "search-r1":
            return self.search_many([query], topk)[0]
        answer = self._ask({"query": _sound(query), "topk": topk, "return_scores": True})
        return self._read(answer, hits_of)[:topk]

    def search_many(self, queries: Sequence[str], topk: int = 3) -> list[list[Hit]]:
        """In one request if the format is "search-r1", else in one for each query."""
        if self._format != "search-r1" or not queries or topk < 1:
            return super().search_many(queries, topk)
        answer = self._ask({"queries": [_sound(query) for query in queries], "topk": topk, "return_scores": True})
        answers = self._read(answer, lambda result: [hits_of(items)[:topk] for items in result])
        if len(answers) != len(queries):
            raise SearchUnavailable(f"{self._client.url} gave {len(answers)} answers to {len(queries)} queries")
        return answers

    def close(self) -> None:
        self._client.close()

    def _ask(self, content: dict[str, Any]) -> Answer:
        return self._client.post(packed(content, self._kind), self._kind)

    def _read(self, answer: Answer, read: Callable[[Any], Any]) -> Any:
        kind = JSON if answer.kind == JSON else self._kind
        try:
            return read(unpacked(answer.body, kind)["result"])
        except (ValueError, TypeError, LookupError, OverflowError) as error:
            what = "a web page" if "html" in answer.kind else answer.shown
            raise SearchUnavailable(
                f"{self._client.url} answers no passages in {kind.rpartition('/')[2]} ({error}) but {what}"
            ) from None


def _made(url: str, options: dict[str, Any]) -> HttpRetriever:
    return HttpRetriever(url, **options)


def _sound(query: str) -> str:
    return query.encode("utf-8", "replace").decode()
