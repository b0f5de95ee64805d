"""Who acts: scripted players, people, and the embedded model. Torch is imported only by `gem.agents.tiny`."""

from gem.agents.protocol import Agent as Agent
from gem.agents.protocol import Reply as Reply
from gem.agents.protocol import Request as Request
from gem.agents.scripted import HumanAgent as HumanAgent
from gem.agents.scripted import RandomAgent as RandomAgent
from gem.agents.scripted import ReplayAgent as ReplayAgent
from gem.agents.scripted import SolverAgent as SolverAgent
