r"""Toy tasks in which a tool raises the chance of success from 0.3 to 0.9: a test bed for credit assignment.

| id | what it takes |
|-|-|
| `tool:Hint-v1` | one call, then the answer |
| `tool:TwoStep-v1` | two calls in order: the first gives the key that the second needs |
| `tool:Decoy-v1` | the one of two tools that helps; each call costs 0.05 |
| `tool:Delayed-v1` | a call in the first of ten turns, which pays in the last one |

A coin lies in one of eight boxes, each as likely. A rumour names its box with probability `base_rate`, and otherwise
one of the seven others, each as likely; what the tool says is right with probability `tool_rate` likewise, whatever
the rumour says. Asking again tells nothing new, each call costs `price`, and only the right answer pays: 1.

The best player without tools believes the rumour and wins exactly `base_rate`. One that has heard both believes the
tool. Where they differ, the odds of the tool against the rumour are those of tool_rate (1 - base_rate) against
base_rate (1 - tool_rate), so that is right as long as tool_rate >= base_rate, and it wins exactly `tool_rate`. So with
n calls on the way to the answer the optimal return is max(base_rate, tool_rate - n price). `strategies()` has the
players that are known exactly, with what they are promised to earn; `gem-gym bench tools` plays them all.

Random moves answer with boxes that somebody has named. So a small model that was cloned from them can read and write,
and what is left to learn is what a call is worth.
"""

from gem.envs.tool_tasks.decoy import DecoyEnv as DecoyEnv
from gem.envs.tool_tasks.delayed import DelayedEnv as DelayedEnv
from gem.envs.tool_tasks.hint import HintEnv as HintEnv
from gem.envs.tool_tasks.task import BOXES as BOXES
from gem.envs.tool_tasks.task import Strategy as Strategy
from gem.envs.tool_tasks.task import ToolTask as ToolTask
from gem.envs.tool_tasks.two_step import TwoStepEnv as TwoStepEnv
