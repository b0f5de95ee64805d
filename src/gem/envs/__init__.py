"""The catalogue: every id that gem ships, as data. Importing it imports no env.

The other packages' ids are static lists too; `gymnasium:*` and `ta:*`, which the released GEM doesn't have, and the
ids that depend on what data are here, are listed when they are first asked for.
"""

from __future__ import annotations

from gem.envs import rg_ids
from gem.envs.game_ids import register_games
from gem.registry import register_family

register_games()
rg_ids.register_ids()
register_family("code", "gem.envs.dataset_ids:register_code")
register_family("eval", "gem.envs.dataset_ids:register_eval")
register_family("gymnasium", "gem.envs.gymnasium_ids:register_ids")
register_family("logic", "gem.envs.dataset_ids:register_logic")
register_family("math", "gem.envs.dataset_ids:register_math")
register_family("mcp", "gem.envs.mcp_ids:register_ids")
register_family("qa", "gem.envs.dataset_ids:register_qa")
register_family("ta", "gem.envs.textarena_ids:register_ids")
register_family("tool", "gem.envs.tool_task_ids:register_ids")
