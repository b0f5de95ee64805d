"""The catalogue: every id that gem ships, as data. Importing it imports no env.

Families that stand on another package list their ids when they are first asked for.
"""

from __future__ import annotations

from gem.envs.game_ids import register_games
from gem.registry import register_family

register_games()
register_family("gymnasium", "gem.envs.gymnasium_ids:register_ids")
register_family("ta", "gem.envs.textarena_ids:register_ids")
