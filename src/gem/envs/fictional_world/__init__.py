"""A world that nobody can have read of: passages on its places, people and works, and questions that need them.

`relations` says what can be true there and how it is told and asked for, `founding` invents it, `library` keeps what
a process has of it. Nothing here is a game or pays a reward: that is `gem.envs.fictional_qa`.
"""

from gem.envs.fictional_world.founding import FEWEST as FEWEST
from gem.envs.fictional_world.founding import MOST as MOST
from gem.envs.fictional_world.library import Library as Library
from gem.envs.fictional_world.library import library as library
from gem.envs.fictional_world.questions import Question as Question
