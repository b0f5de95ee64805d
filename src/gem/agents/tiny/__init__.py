"""The embedded model: a decoder of about 0.2 M parameters that learns text games on one CPU core."""

from gem.agents.tiny.agent import TinyAgent as TinyAgent
from gem.agents.tiny.model import ModelConfig as ModelConfig
from gem.agents.tiny.model import TinyDecoder as TinyDecoder
