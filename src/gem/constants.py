"""Values that envs and their users share: the terminal observation and the rewards of text games."""

from __future__ import annotations

TERMINAL_STATE = "<｜TERMINAL_STATE｜>"
"""The observation of single-turn envs once they are answered (full-width bars, as existing code compares)."""


class LanguageGameReward:
    """What a text game pays, by outcome; dense rewards lie between `internal_step` and `success`."""

    success = 1.0
    internal_step = 0.0
    fail = 0.0
    invalid_action = 0.0
    format_error = -0.1
