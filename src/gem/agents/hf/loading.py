"""Opening a causal model by its name on a hub, by the path of its folder, or with adapters around it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from gem.agents.hf.agent import HFAgent
from gem.agents.hf.origin import Dtype, LoraSettings, Origin
from gem.errors import ConfigError

__all__ = ["LoraSettings", "load"]


def load(
    name_or_path: str,
    *,
    dtype: Dtype = "float32",
    device: str = "auto",
    lora: LoraSettings | None = None,
    revision: str | None = None,
    rollouts: str = "own",
    **agent: Any,
) -> HFAgent:
    """The model as an agent; further arguments are those of `HFAgent`.

    `device="auto"` is the GPU, if there is one. `rollouts="vllm"` samples by vLLM (extra `vllm`), with a copy of the
    weights. Without `lora` all weights are trained; in bfloat16 small steps are then lost to rounding: use adapters,
    which stay in float32, or float32 weights with `mixed=True`.

    Raises `ConfigError` if there is no such model, or it cannot be fetched; `MissingExtra` without `transformers`.
    """
    if rollouts not in ("own", "vllm"):
        raise ConfigError(f"rollouts is own or vllm, not {rollouts!r}")
    origin = Origin(name_or_path, revision, dtype, None if lora is None else asdict(lora))
    model, tokenizer = origin.open(device)
    policy = HFAgent(model, tokenizer, origin=origin, **agent)
    if rollouts == "vllm":
        from gem.agents.hf.vllm import VllmSampler

        policy.sampler = VllmSampler.beside(policy)
    return policy
