"""Tasks over servers of tools: what is asked, the state that it begins with, the one that is right, and a way there.

| server | tasks |
|-|-|
| files | rename by rule, mend a setting, add up reports, delete duplicates |
| sqlite | mend totals, make a table of sums, part a table in two, merge duplicates |
| notes | rebuild an index, follow references, file finished tasks |
| calendar | find a time for three, clear a day, cancel duplicates |

Every instance is drawn from a generator, at one of two levels. What is right is worked out from what was drawn, and
never by carrying out the way there: tests see that both agree.
"""

from __future__ import annotations

from gem.envs.mcp_tasks import calendars, databases, folders, notes
from gem.envs.mcp_tasks.task import Call as Call
from gem.envs.mcp_tasks.task import Instance as Instance
from gem.envs.mcp_tasks.task import Level as Level
from gem.envs.mcp_tasks.task import Task as Task

TASKS: dict[str, dict[str, Task]] = {
    "files": folders.TASKS,
    "sqlite": databases.TASKS,
    "notes": notes.TASKS,
    "calendar": calendars.TASKS,
}
"""Kind of world → name → what draws an instance."""
