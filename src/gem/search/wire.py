"""The `/retrieve` contract: what clients ask and services answer, as JSON or msgpack (extra `search`).

    {"query": "...", "topk": 3, "return_scores": true}   -> {"result": [{"document": {...}, "score": 1.5}, ...]}
    {"queries": ["...", ...], "topk": 3, "return_scores": true}   -> {"result": [[...], ...]}, a list for each

A document is {"id", "contents"}, the first line of its contents being the title. The second form is that of
Search-R1's servers. If `return_scores` is false, as it is there unless it is said, documents come alone.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from gem._extras import need
from gem.errors import ConfigError
from gem.search.passages import split_contents
from gem.search.protocol import Hit, Passage

JSON, MSGPACK = "application/json", "application/msgpack"
DEFAULT_TOPK = 3


class Question(NamedTuple):
    """What a request asks."""

    queries: list[str]
    topk: int
    single: bool
    """Whether it came as one query, and is answered by one list."""
    scores: bool


def packed(content: Any, kind: str) -> bytes:
    """A body of that media type."""
    if kind == JSON:
        return json.dumps(content).encode()
    return need("msgpack", extra="search").packb(content)


def unpacked(body: bytes, kind: str) -> Any:
    """What a body of that media type says. Raises `ValueError` if it is none."""
    try:
        return json.loads(body) if kind == JSON else need("msgpack", extra="search").unpackb(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is no {kind}: {error or type(error).__name__}") from None


def kind_of(body: bytes) -> str:
    """The media type of a body that holds an object: clients of the field do not always say it."""
    return JSON if body.lstrip()[:1] == b"{" else MSGPACK


def question_of(content: Any, max_topk: int, max_queries: int) -> Question:
    """The request in a body. Raises `ConfigError` that says what is wrong with it."""
    if not isinstance(content, Mapping):
        raise ConfigError("a request is an object with `query` or `queries`")
    content = cast("Mapping[Any, Any]", content)
    single = "query" in content
    queries: Any = [content["query"]] if single else content.get("queries")
    if not isinstance(queries, list) or not all(isinstance(query, str) for query in cast("list[Any]", queries)):
        raise ConfigError("`query` is a text, or `queries` a list of texts")
    queries = cast("list[str]", queries)
    if len(queries) > max_queries:
        raise ConfigError(f"at most {max_queries} queries are answered at once here, not {len(queries)}")
    topk = content.get("topk")
    topk = DEFAULT_TOPK if topk is None else topk
    if type(topk) is not int or not 0 <= topk <= max_topk:
        raise ConfigError(f"`topk` is a whole number of 0 to {max_topk}, not {str(topk)[:20]!r}")
    return Question(queries, topk, single, bool(content.get("return_scores", single)))


def answer_of(question: Question, answers: Sequence[Sequence[Hit]]) -> dict[str, Any]:
    """The answer to a request."""
    result = [[_item(hit, question.scores) for hit in hits] for hits in answers]
    return {"result": result[0] if question.single else result}


def hits_of(items: Any) -> list[Hit]:
    """The hits in a result, whichever of the field's forms it has. Raises `ValueError` for what has none."""
    if not isinstance(items, list):
        raise ValueError("a result is a list")
    return [_hit(item) for item in cast("list[Any]", items)]


def _item(hit: Hit, scores: bool) -> dict[str, Any]:
    document = {"id": hit.passage.id, "contents": hit.passage.contents}
    return {"document": document, "score": hit.score} if scores else document


def _hit(item: Any) -> Hit:
    content: Mapping[str, Any] = cast("Mapping[str, Any]", item) if isinstance(item, Mapping) else {}
    document: Any = content.get("document", content)
    if isinstance(document, str):
        document = {"contents": document}
    if not isinstance(document, Mapping):
        raise ValueError("a result has documents")
    document = cast("Mapping[str, Any]", document)
    title, text = document.get("title"), document.get("text")
    if isinstance(contents := document.get("contents"), str):
        title, text = split_contents(contents)
    if not isinstance(text, str):
        raise ValueError("a document has `contents`")
    score = content.get("score")
    score = float(score) if isinstance(score, int | float) and math.isfinite(score) else 0.0
    return Hit(Passage(str(document.get("id", "")), str(title or ""), text), score)
