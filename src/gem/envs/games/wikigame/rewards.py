"""What a turn of the wiki game pays."""

from __future__ import annotations


class WikiGameReward:
    """The rewards of -v0; with `partial_credit=False` a legal or illegal move earns nothing, the rest stays."""

    success = 1.0
    internal_step = -0.05
    """A link followed, or a page gone back."""
    fail = 0.0
    """The last turn, if it was a legal move that missed the target."""
    invalid_action = -0.2
    """A title that the page does not link to, or no way back."""
    format_error = -0.2
    """Neither a boxed title nor <PREV_PAGE>. The game goes on: it costs its turn."""
