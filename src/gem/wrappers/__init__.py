"""Wrappers: envs around an env that change what is seen, counted or allowed.

They hold no rules of any env, and an env never knows whether it is wrapped.
"""

from gem.wrappers.episode_stats import EpisodeTrackingWrapper as EpisodeTrackingWrapper
from gem.wrappers.history import ObservationWrapper as ObservationWrapper
from gem.wrappers.limits import TimeLimit as TimeLimit
from gem.wrappers.limits import TokenLimit as TokenLimit
from gem.wrappers.limits import TurnLimit as TurnLimit
from gem.wrappers.presets import WRAPPER_FACTORY as WRAPPER_FACTORY
from gem.wrappers.presets import get_wrapper_fns as get_wrapper_fns
