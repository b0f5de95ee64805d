"""Any causal language model of `transformers` as a policy: by name, by path, or with random weights."""

from gem.agents.hf.agent import HFAgent as HFAgent
from gem.agents.hf.chat_renderer import ChatRenderer as ChatRenderer
from gem.agents.hf.loading import LoraSettings as LoraSettings
from gem.agents.hf.loading import load as load
from gem.agents.hf.random_model import random_model as random_model
