"""Rollouts by vLLM, which has its own copy of the weights beside the one that is trained.

Written to vLLM's documented interface (`LLM.generate` on token ids, `LLM.apply_model`) and tested against a small
stand-in for it; it has not been run on vLLM itself. vLLM runs its model in another process unless
VLLM_ENABLE_V1_MULTIPROCESSING=0 is set; handing weights over to another process needs
VLLM_ALLOW_INSECURE_SERIALIZATION=1.

Its kernels round differently from those of training: recorded log-probabilities differ from the trainer's by some 1e-2
in bfloat16. That is what truncated importance sampling is for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from gem._extras import need
from gem.agents.protocol import Reply
from gem.errors import ConfigError

if TYPE_CHECKING:
    from gem.agents.hf.agent import HFAgent

GREATEST_SEED = 2**31


class VllmSampler:
    """Completes prompts as `gem.agents.hf.generation.Sampler` does, with vLLM's model of the same name.

    Before the first reply, and after each `forget()`, it takes over the weights of `module`. Each request gets a seed
    drawn from its episode's generator.
    """

    def __init__(
        self,
        module: nn.Module,
        engine: Any,
        *,
        ends: Collection[int],
        context: int,
        max_new_tokens: int,
    ) -> None:
        self.module, self.engine = module, engine
        self.ends, self.context, self.max_new_tokens = ends, context, max_new_tokens
        self._stale = True

    @classmethod
    def beside(cls, agent: HFAgent, **engine: Any) -> VllmSampler:
        """For this agent; further arguments are those of `vllm.LLM`.

        Raises `MissingExtra` without vLLM, `ConfigError` for a model without a name.
        """
        vllm = need("vllm", extra="vllm")
        if agent.origin.name is None:
            raise ConfigError(
                "vLLM opens models by name or path: save this one with save_pretrained, then load its path"
            )
        settings = {
            "model": agent.origin.name,
            "revision": agent.origin.revision,
            "dtype": agent.origin.dtype,
            "max_model_len": agent.context,
            "enable_prefix_caching": True,
            "logprobs_mode": "processed_logprobs",  # of the distribution sampled from, the temperature included
        }
        return cls(
            agent.module,
            vllm.LLM(**{**settings, **engine}),
            ends=agent.renderer.ends,
            context=agent.context,
            max_new_tokens=agent.max_new_tokens,
        )

    def forget(self) -> None:
        """The weights have changed: they are taken over before the next reply."""
        self._stale = True

    def complete(
        self, prompts: Sequence[list[int]], rngs: Sequence[np.random.Generator], temperature: float
    ) -> list[Reply]:
        """One reply, without text, for each prompt; an empty one where the prompt fills the context."""
        if self._stale:
            self.engine.apply_model(partial(take_over, weights=list(plain_weights(self.module))))
            self.engine.reset_prefix_cache()
            self._stale = False
        replies = [Reply("", stop="length") for _ in prompts]
        rows = [row for row, prompt in enumerate(prompts) if len(prompt) < self.context]
        said = self.engine.generate(
            [{"prompt_token_ids": prompts[row]} for row in rows],
            [self._manner(len(prompts[row]), rngs[row], temperature) for row in rows],
            use_tqdm=False,
        )
        for row, output in zip(rows, said, strict=True):
            completion = output.outputs[0]
            ids = [int(token) for token in completion.token_ids]
            logprobs = [step[token].logprob for token, step in zip(ids, completion.logprobs, strict=True)]
            replies[row] = Reply("", ids, logprobs, "stop" if ids[-1] in self.ends else "length")
        return replies

    def _manner(self, prompt_length: int, rng: np.random.Generator, temperature: float) -> Any:
        return need("vllm", extra="vllm").SamplingParams(
            temperature=temperature,
            max_tokens=min(self.max_new_tokens, self.context - prompt_length),
            stop_token_ids=sorted(self.ends),
            logprobs=0,  # of the sampled token alone
            seed=int(rng.integers(GREATEST_SEED)),
            detokenize=False,
        )


def take_over(model: Any, weights: list[tuple[str, Tensor]]) -> None:
    """Runs where vLLM's model is."""
    model.load_weights(weights)


def plain_weights(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Copies of the weights by the names they have without `peft`, with what the adapters add to them."""
    added: dict[str, Tensor] = {}
    layers: Any = module.named_modules()
    for path, layer in layers:
        if hasattr(layer, "get_delta_weight"):
            deltas: list[Tensor] = [layer.get_delta_weight(adapter) for adapter in layer.active_adapters]
            added[f"{path}.base_layer.weight"] = torch.stack(deltas).sum(dim=0)
    for name, weight in module.named_parameters():
        if "lora_" not in name:
            whole = weight.detach() + added[name].detach() if name in added else weight.detach().clone()
            yield name.removeprefix("base_model.model.").replace(".base_layer.", "."), whole
