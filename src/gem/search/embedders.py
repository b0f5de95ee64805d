"""Functions that make vectors of texts, by name: models of sentence-transformers, or an endpoint like OpenAI's.

Any function of yours does too: texts in, an array (texts, dimensions) out. The same one is asked for passages and for
queries; a model that wants them marked ("query: ...") needs a function that can tell them apart by itself.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from threading import Lock
from typing import Any
from urllib.parse import urldefrag

import numpy as np
from numpy.typing import NDArray

from gem.errors import ConfigError, GemError, MissingExtra, SearchUnavailable

Embed = Callable[[Sequence[str]], NDArray[Any]]

TEXTS_PER_REQUEST = 64


def embedder(name: str) -> Embed:
    """The embedder of a name: "http://localhost:8000/v1#MODEL", or a model that sentence-transformers loads."""
    if name.startswith(("http://", "https://")):
        url, model = urldefrag(name)
        return EmbeddingEndpoint(url, model)
    return SentenceTransformerEmbedder(name)


def name_of(embed: Embed | None) -> str | None:
    """The name that `embedder` knows it by; None for a function of the caller's own."""
    name = getattr(embed, "name", None)
    return name if isinstance(name, str) else None


def vectors_of(embed: Embed, texts: Sequence[str]) -> NDArray[np.float32]:
    """The texts' vectors, of length 1. Raises `SearchUnavailable` for whatever the embedder does wrong."""
    try:
        vectors_N_D = np.asarray(embed(texts), dtype=np.float32)
    except GemError:
        raise
    except Exception as error:  # a model of the caller's may raise anything
        raise SearchUnavailable(f"the embedder failed: {type(error).__name__}: {error}") from error
    if vectors_N_D.ndim != 2 or len(vectors_N_D) != len(texts) or not np.isfinite(vectors_N_D).all():
        raise SearchUnavailable(
            f"an embedder makes a row of finite numbers for each text; of {len(texts)} texts this one made "
            f"an array of shape {vectors_N_D.shape}"
        )
    norms_N_1 = np.linalg.norm(vectors_N_D, axis=1, keepdims=True)
    return vectors_N_D / np.maximum(norms_N_1, np.finfo(np.float32).tiny)


class SentenceTransformerEmbedder:
    """A model of sentence-transformers, loaded at its first use; one text batch at a time."""

    def __init__(self, model: str) -> None:
        self.name = model
        self._model: Any = None
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> NDArray[Any]:
        with self._lock:
            if self._model is None:
                self._model = _sentence_transformers().SentenceTransformer(self.name)
            return self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)


class EmbeddingEndpoint:
    """A service with OpenAI's `/v1/embeddings`, such as vLLM, TEI, Ollama or llama.cpp; `url` ends with /v1."""

    def __init__(
        self,
        url: str,
        model: str,
        *,
        token: str | None = None,
        timeout_s: float = 60.0,
        retries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        from gem.search.service_client import ServiceClient

        self.name, self._model = f"{url}#{model}", model
        address = url.rstrip("/")
        self._client = ServiceClient(
            address if address.endswith("/embeddings") else f"{address}/embeddings",
            headers={"Accept": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})},
            timeout_s=timeout_s,
            retries=retries,
            sleep=sleep,
        )
        if not model:
            raise ConfigError(f"which model? Name it as {url}#MODEL")

    def __call__(self, texts: Sequence[str]) -> NDArray[Any]:
        parts = [texts[at : at + TEXTS_PER_REQUEST] for at in range(0, len(texts), TEXTS_PER_REQUEST)]
        return np.concatenate([self._embed(part) for part in parts])

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _embed(self, texts: Sequence[str]) -> NDArray[Any]:
        request = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        answer = self._client.post(json.dumps(request).encode(), "application/json")
        try:
            rows = sorted(json.loads(answer.body)["data"], key=lambda row: row["index"])
            return np.array([row["embedding"] for row in rows], dtype=np.float32)
        except (ValueError, KeyError, TypeError, RecursionError):
            raise SearchUnavailable(f"{self._client.url} answers no embeddings but {answer.shown}") from None


def _sentence_transformers() -> Any:
    try:
        return import_module("sentence_transformers")
    except ImportError as error:
        raise MissingExtra(
            "'sentence_transformers' is not installed. Run: pip install sentence-transformers"
        ) from error
