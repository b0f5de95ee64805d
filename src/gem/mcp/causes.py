"""What a broken connection may be told from: errors of the package, of its HTTP library, and of servers."""

from __future__ import annotations

from typing import Any, cast

from gem.mcp import sdk
from gem.mcp.config import Address, Place
from gem.mcp.evidence import Evidence

STALE_STATUS = (400, 404, 410)
"""What servers answer that do not know a session, since they were started again."""
STALE_ANSWERS = tuple(f"HTTP {status}" for status in STALE_STATUS)
CLOSED_WORDS = "Connection closed"
BROKEN_WORDS = (CLOSED_WORDS, "SSE stream ended", "SSE stream failed")
TERMINATED_WORDS = "Session terminated"
"""The package's own; servers have errors of that number too."""
STRAY_CHARS = 200


def ends_all(error: Exception, place: Place, evidence: Evidence) -> bool:
    """Whether an error response is not the server's, but the transport's word on a broken connection."""
    code = sdk.code_of(error)
    if not isinstance(place, Address):
        return is_closed(error) and str(error) == CLOSED_WORDS
    if code in (sdk.METHOD_NOT_FOUND, sdk.INVALID_PARAMS):
        return False
    return evidence.http is not None or (is_closed(error) and str(error).startswith(BROKEN_WORDS))


def never_arrived(cause: BaseException | None, evidence: Evidence) -> bool:
    """Whether the server has not begun with what was asked: it was down, or does not know the session."""
    if type(cause).__name__ in ("ConnectError", "ConnectTimeout"):
        return True
    if getattr(getattr(cause, "response", None), "status_code", None) in STALE_STATUS:
        return True
    if not isinstance(cause, sdk.rpc_error()):
        return False
    refused = evidence.http is not None and evidence.http.startswith(STALE_ANSWERS)
    return str(cause) == TERMINATED_WORDS or (refused and "session" in str(cause).lower())


def may_pass(cause: BaseException | None, evidence: Evidence) -> bool:
    """Whether a server that could not be had may be there a moment later."""
    if evidence.http is not None:
        return evidence.http.startswith("HTTP 5")
    return is_closed(cause) or "TransportError" in {kind.__name__ for kind in type(cause).__mro__}


def is_closed(cause: BaseException | None) -> bool:
    """Whether this is the package's error for a connection that ended."""
    return isinstance(cause, sdk.rpc_error()) and sdk.code_of(cause) == sdk.CLOSED


def words_of(cause: BaseException | None) -> str:
    """What an error says, to be read behind a sentence on what has failed; empty if it says nothing more."""
    if cause is None or str(cause) == CLOSED_WORDS:
        return ""
    return f": {str(cause) or type(cause).__name__}"


def first_leaf(error: BaseException) -> BaseException:
    """The first error within groups of them."""
    while isinstance(error, BaseExceptionGroup):
        error = cast("BaseExceptionGroup[BaseException]", error).exceptions[0]
    return error


def stray_line(error: Any) -> str:
    """The line that was no message, from the package's complaint."""
    details: Any = error.errors() if hasattr(error, "errors") else None
    return repr(details[0]["input"] if details else str(error))[:STRAY_CHARS]
