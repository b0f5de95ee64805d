"""How collected episodes went, and which of them say anything."""

from __future__ import annotations

from collections.abc import Sequence

from gem.errors import EnvError
from gem.rollout.summary import summarise
from gem.rollout.trajectory import Episode


def usable(episodes: Sequence[Episode]) -> list[Episode]:
    """The episodes that say something about the policy: those that the world didn't break off.

    Raises `EnvError` if there are none.
    """
    kept = [episode for episode in episodes if episode.error is None and episode.turns]
    if not kept:
        reason = episodes[0].error or "no reply fitted into the model's context"
        raise EnvError(f"all {len(episodes)} episodes of an iteration failed, the first with: {reason}")
    return kept


def outcome(episodes: Sequence[Episode]) -> dict[str, float]:
    """Success, return, turns and tokens."""
    summary = summarise(episodes)
    return {
        "success": summary.success,
        "return": summary.mean_return,
        "turns": summary.mean_turns,
        "format_errors": summary.format_errors,
        "tokens": float(sum(len(turn.token_ids) for episode in episodes for turn in episode.turns)),
    }
