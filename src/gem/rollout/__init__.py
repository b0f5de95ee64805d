"""Playing episodes and keeping what happened, turn by turn."""

from gem.rollout.collect import Collector as Collector
from gem.rollout.collect_async import AsyncCollector as AsyncCollector
from gem.rollout.episode import play as play
from gem.rollout.episode import rollout_episode as rollout_episode
from gem.rollout.store import EpisodeStore as EpisodeStore
from gem.rollout.summary import Summary as Summary
from gem.rollout.summary import summarise as summarise
from gem.rollout.trajectory import Episode as Episode
from gem.rollout.trajectory import Turn as Turn
