"""MCPMark's tasks, from a checkout of it: real work on files and in databases, judged by each task's own verify.py.

    git clone https://github.com/eval-sys/mcpmark
    export MCPMARK_PATH=$PWD/mcpmark

    env = MCPMarkEnv("filesystem", tasks="file_property")

Nothing of MCPMark is imported, and none of its packages is needed here, but what the verify.py of a task imports (for
postgres psycopg2): `python` names the interpreter that has it. Services that need an account elsewhere (github, notion)
or a browser (playwright) are not offered.
"""

from gem.envs.mcpmark.env import MCPMarkEnv as MCPMarkEnv
from gem.envs.mcpmark.layout import MarkTask as MarkTask
from gem.envs.mcpmark.layout import find_tasks as find_tasks
