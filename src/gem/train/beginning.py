"""What a run starts from: a policy of its own with a warm start, one from a checkpoint, or a model of transformers."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple, cast

from gem.agents import SolverAgent
from gem.errors import ConfigError
from gem.rollout.collect import Collector
from gem.rollout.trajectory import Episode
from gem.seeding import derive
from gem.train.checkpoint import Checkpoint
from gem.train.cloning import clone, transcripts
from gem.train.config import TrainConfig
from gem.train.played_env import env_of
from gem.train.policy import Policy
from gem.train.watch import Watcher

TOKENIZER_EPISODES, LEAST_EPISODES = 1000, 100
"""Episodes whose texts the tokenizer learns from, at most and at least."""


class Beginning(NamedTuple):
    """A policy, ready for RL."""

    policy: Policy
    loss: float | None
    """Of the last step of imitation, in nats per token."""
    seconds: float


def begin(config: TrainConfig, watcher: Watcher) -> Beginning:
    """The policy that `config` starts from. Raises `ConfigError`, and `CheckpointError` for what is no checkpoint."""
    started = perf_counter()
    kind, _, name = config.policy.partition(":")
    if kind == "tiny" and name:
        return Beginning(_trained(config, name), None, perf_counter() - started)
    needed = config.warm_episodes if kind == "hf" else max(config.warm_episodes, LEAST_EPISODES)
    episodes = _demonstrations(config, needed, watcher) if needed else []
    policy: Policy = _hf(config, name) if kind == "hf" else _tiny(config, episodes)
    loss = None
    if config.warm_episodes:
        for progress in clone(policy, episodes[: config.warm_episodes], config):
            loss = progress["loss"]
            if progress["step"] == 1:
                watcher.begin("warm start", int(progress["steps"]))
            watcher.step(int(progress["step"]), {"cloning_loss": loss})
    return Beginning(policy, loss, perf_counter() - started)


def _trained(config: TrainConfig, name: str) -> Policy:
    """The warm-started policy that comes with gem for this env, or that of a checkpoint."""
    from gem.agents.tiny.embedded import embedded

    if name != "embedded":
        return Checkpoint.load(Path(name)).agent()
    policy = embedded(config.env)
    policy.temperature = config.temperature
    return policy


def _tiny(config: TrainConfig, episodes: list[Episode]) -> Policy:
    from gem.agents.tiny import ModelConfig, TinyAgent, TinyDecoder
    from gem.agents.tiny.tokenizer import TinyTokenizer

    tokenizer = TinyTokenizer.train(transcripts(episodes[:TOKENIZER_EPISODES]), config.vocab_size)
    shape = ModelConfig(tokenizer.vocab_size, config.width, config.layers, config.heads, config.context)
    model = TinyDecoder(shape, seed=config.seed)
    return TinyAgent(model, tokenizer, max_new_tokens=config.max_new_tokens, temperature=config.temperature)


def _hf(config: TrainConfig, name: str) -> Policy:
    from gem.agents.hf import LoraSettings, load

    return load(
        name,
        dtype=cast("Any", config.dtype),  # checked by the config
        device=config.device,
        lora=LoraSettings(config.lora_rank) if config.lora_rank else None,
        gradient_checkpointing=config.gradient_checkpointing,
        mixed=config.mixed,
        rollouts=config.rollouts,
        chat_template=_template(config),
        context=config.context,
        max_new_tokens=config.max_new_tokens,
        temperature=config.temperature,
    )


def _template(config: TrainConfig) -> str | None:
    if config.chat_template in (None, "plain"):
        return config.chat_template
    try:
        return Path(config.chat_template).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"the chat template {config.chat_template} cannot be read: {error}") from error


def _demonstrations(config: TrainConfig, count: int, watcher: Watcher) -> list[Episode]:
    """Episodes of the env's noisy solver, or of random play where there is none."""
    watcher.begin("demonstrations", count)
    with env_of(config.env) as env:
        teacher = SolverAgent(config.warm_noise if hasattr(env, "solve") else 1.0)
        seed = derive(config.seed, "demos")
        collector = Collector(lambda: env, teacher, slots=1, seed=seed, max_turns=config.max_turns)
        episodes = collector.episodes(count)
    watcher.step(count, {})
    failed = next((episode.error for episode in episodes if episode.error is not None), None)
    if failed is not None:
        raise ConfigError(f"{config.env} failed while its solver played: {failed}")
    return episodes
