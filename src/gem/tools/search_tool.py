"""The search tool: passages of a corpus for the words between `<search>` and `</search>`.

It knows nothing of indexes and servers; those are `gem.search`'s affair.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Sequence
from threading import Lock
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakValueDictionary

from gem.blocks import first_tagged
from gem.core import Env
from gem.errors import ConfigError, SearchUnavailable
from gem.tools.base_tool import BaseTool, ToolAnswer, no_call
from gem.tools.program_output import shortened

if TYPE_CHECKING:  # whoever only runs Python pays for no index
    from gem.search import Hit, Retriever

URL_VARIABLE = "SEARCH_URL"
TAG = "search"
MAX_QUERY_CHARS = 2000
"""A longer text is no query; the agent is told so."""
NOTHING_FOUND = "No passage fits this query.\n"
NOWHERE = (
    "the search tool has nothing to search in: give it a retriever, as in SearchTool(retriever=gem.search.open(path)); "
    "or the address of a /retrieve server, as search_url= or in the environment variable SEARCH_URL (`gem-gym serve "
    "search` starts one); or wrap an env that brings a corpus of its own, such as qa:Fictional-v1"
)


class SearchTool(BaseTool):
    """Searches for what an action asks between its first `<search>` and `</search>`; the agent reads `topk` passages.

    It searches in `retriever`, which is yours to close; else in what answers at `search_url`, else at the address in
    the environment variable SEARCH_URL; else in the retriever that the env itself offers. A server has `timeout`
    seconds. A search that fails is told the agent, and ends nothing.

    SearchTool(retriever=gem.search.open("wiki.index")).execute_action("<search>Glass Harbour</search>")
    """

    tool_type = "search"

    def __init__(
        self,
        num_workers: int = 1,
        search_url: str | None = None,
        topk: int = 3,
        timeout: float = 5,
        retriever: Retriever | None = None,
        *,
        max_output_chars: int = 8000,
    ) -> None:
        super().__init__(num_workers)
        if topk < 1 or timeout <= 0 or max_output_chars < 1:
            raise ConfigError(
                f"topk, timeout and max_output_chars are above 0, not {topk}, {timeout} and {max_output_chars}"
            )
        self.search_url, self.topk, self.timeout = search_url, topk, timeout
        self.retriever, self.max_output_chars = retriever, max_output_chars
        self._env: Env[Any, Any] | None = None
        self._place: Retriever | None = None

    def attach(self, env: Env[Any, Any]) -> None:
        """Meet the env, which may offer a `retriever`."""
        self._env, self._place = env, None

    def instruction_string(self) -> str:
        """How to call it, and what comes back."""
        found = "the passage that fits best" if self.topk == 1 else f"the {self.topk} passages that fit best"
        return (
            f"You can search a collection of passages: write what you look for between <{TAG}> and </{TAG}>, and stop "
            f"there. You are given {found}, each with its title, between <information> and </information>. Search "
            "again, in other words or for something that you have just read, as often as you need."
        )

    def find_call(self, action: str) -> int | None:
        """Where the first query begins."""
        block = first_tagged(action, TAG)
        return None if block is None else block.start

    def execute_action(self, action: str) -> ToolAnswer:
        """Search for the first query. Raises `ConfigError` if there is nothing to search in."""
        block = first_tagged(action, TAG)
        if block is None:
            return no_call(action)
        told, has_error = self._told(block.content.rpartition(f"<{TAG}>")[2].strip())
        return ToolAnswer(True, has_error, f"\n\n<information>{told}</information>\n\n", action[: block.end])

    def reset(self) -> None:
        """Begin an episode. Raises `ConfigError` if there is nothing to search in."""
        super().reset()
        self._place = self._found()

    def spawn(self) -> Self:
        """The same tool for another env; what it searches in is shared, unless an env brought it."""
        twin = super().spawn()
        twin._env = twin._place = None
        return twin

    def close(self) -> None:
        """Let go of the server; its connections end with the last tool that uses them."""
        self._place = None

    def _told(self, query: str) -> tuple[str, bool]:
        """What the agent reads, and whether it is of an error."""
        if not query:
            return _error("the query is empty"), True
        if len(query) > MAX_QUERY_CHARS:
            return _error(f"the query has {len(query)} characters, and may have {MAX_QUERY_CHARS}"), True
        if self._place is None:
            self._place = self._found()
        try:
            hits = self._place.search(query, self.topk)
        except (SearchUnavailable, OSError) as error:
            logging.getLogger(__name__).warning("a search failed: %s", error)
            return _error(shortened(str(error), MAX_QUERY_CHARS)), True
        return shortened(_listed(hits), self.max_output_chars), False

    def _found(self) -> Retriever:
        """What is searched in. Raises `ConfigError` if there is nothing."""
        if self.retriever is not None:
            return self.retriever
        url = self.search_url or os.environ.get(URL_VARIABLE, "").strip()
        if url:
            return remote(url, self.timeout)
        offered: Any = None if self._env is None else getattr(self._env.unwrapped, "retriever", None)
        if offered is None:
            raise ConfigError(NOWHERE)
        return offered


def _listed(hits: Sequence[Hit]) -> str:
    found = (f"Doc {number}(Title: {hit.passage.title}) {hit.passage.text}\n" for number, hit in enumerate(hits, 1))
    return "".join(found) or NOTHING_FOUND


def _error(why: str) -> str:
    return f"[SearchTool Error: {why}]"


_REMOTE: WeakValueDictionary[tuple[str, float], Retriever] = WeakValueDictionary()
_lock = Lock()


def _fresh_lock() -> None:
    global _lock  # noqa: PLW0603 - another thread may have held it at the moment of the fork
    _lock = Lock()


os.register_at_fork(after_in_child=_fresh_lock)


def remote(url: str, timeout_s: float) -> Retriever:
    """The retriever of a server, one for all tools of this process, for as long as one of them has it."""
    from gem.search import HttpRetriever

    with _lock:
        found = _REMOTE.get((url, timeout_s))
        if found is None:
            found = _REMOTE[url, timeout_s] = HttpRetriever(url, timeout_s=timeout_s)
        return found
