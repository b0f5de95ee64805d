"""Trouble with the world behind the game.

WikiGameError (EnvError)
├── PageNotFound         the world has no page of this title
├── BackendUnavailable   the world does not answer, not in time, or not with a wiki's answer
├── NoInstance           the world offers no start and target of the kind that was asked for
└── NoMap                nobody knows the distances or the way in a real wiki (also a NotImplementedError)

Out of `reset` they are raised. During an episode a missing page is an event, and an unavailable world ends the
episode as truncated, with `info["error"]`.
"""

from __future__ import annotations

from gem.errors import EnvError


class WikiGameError(EnvError):
    """The world behind the game is in trouble."""


class PageNotFound(WikiGameError):
    """The world has no page of this title."""


class BackendUnavailable(WikiGameError):
    """The world does not answer, not in time, or not with what a wiki answers."""


class NoInstance(WikiGameError):
    """The world offers no start and target that are as far apart as asked."""


class NoMap(WikiGameError, NotImplementedError):
    """Only of an invented country is there a map: a real wiki has no solver and no distances."""
