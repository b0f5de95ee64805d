"""Where a model comes from: enough to have it again, as it was before training."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict, dataclass
from typing import Any, Literal

import torch
from torch import nn

from gem._extras import need
from gem.agents.hf.states import causal_model
from gem.errors import ConfigError

Dtype = Literal["float32", "bfloat16"]
SPECIAL = ("bos_token", "eos_token", "pad_token", "unk_token")


@dataclass(frozen=True, slots=True)
class LoraSettings:
    """Low-rank adapters (arXiv 2106.09685) instead of all weights: W + alpha/r · B A."""

    r: int = 16
    alpha: float = 32.0
    targets: str | list[str] = "all-linear"
    """Names of the layers that get adapters, as `peft` takes them."""
    seed: int = 0
    """Of the first values of A."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A name or path, or a shape and a tokenizer as plain values."""

    name: str | None = None
    revision: str | None = None
    dtype: str = "float32"
    lora: dict[str, Any] | None = None
    """The fields of `LoraSettings`."""
    config: dict[str, Any] | None = None
    """Of a model without a name: its configuration, with `model_type`."""
    tokenizer: dict[str, Any] | None = None
    """Of a model without a name: what `plain_tokenizer` makes of its tokenizer."""

    @classmethod
    def of(cls, model: Any, tokenizer: Any) -> Origin:
        """Of a model that was made in this program. Raises `ConfigError` if `peft` has wrapped it: then its adapters
        are not known here.
        """
        if causal_model(model) is not model:
            raise ConfigError("give the bare model and lora= to gem.agents.hf.load, or an origin= that says what it is")
        config = json.loads(model.config.to_json_string(use_diff=False))
        dtype = str(next(model.parameters()).dtype).removeprefix("torch.")
        return cls(dtype=dtype, config=config, tokenizer=plain_tokenizer(tokenizer))

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return asdict(self)

    def open(self, device: str = "auto") -> tuple[nn.Module, Any]:
        """The model and its tokenizer. Raises `ConfigError` if they are not to be had, `MissingExtra` without
        `transformers` or, for adapters, `peft`.
        """
        if self.dtype not in ("float32", "bfloat16"):
            raise ConfigError(f"dtype is float32 or bfloat16, not {self.dtype!r}")
        model, tokenizer = self._named() if self.name is not None else self._unnamed()
        if self.lora is not None:
            model = with_adapters(model, LoraSettings(**self.lora))
        if device == "auto":
            device = "cuda" if torch.cuda.is_available() else "cpu"
        return model.to(device), tokenizer

    def _named(self) -> tuple[Any, Any]:
        transformers = need("transformers", extra="hf")
        try:
            tokenizer = transformers.AutoTokenizer.from_pretrained(self.name, revision=self.revision)
            model = transformers.AutoModelForCausalLM.from_pretrained(
                self.name, revision=self.revision, dtype=getattr(torch, self.dtype)
            )
        except (OSError, ValueError) as error:
            reason = str(error).strip().split("\n")[0]
            raise ConfigError(
                f"no model {self.name!r} can be had here ({reason}). Give the path of a folder with its files, which "
                f"`hf download NAME --local-dir FOLDER` makes where there is a network; or a model of random "
                "weights: gem.agents.hf.random_model"
            ) from error
        return model, tokenizer

    def _unnamed(self) -> tuple[Any, Any]:
        transformers = need("transformers", extra="hf")
        if self.config is None or self.tokenizer is None:
            raise ConfigError("a model has a name or path, or a config and a tokenizer")
        settings = dict(self.config)
        config = transformers.AutoConfig.for_model(settings.pop("model_type"), **settings)
        with torch.random.fork_rng(devices=[]):  # its weights are about to be replaced; nobody else's chance changes
            model = transformers.AutoModelForCausalLM.from_config(config, dtype=getattr(torch, self.dtype))
        return model, tokenizer_of(self.tokenizer)


def with_adapters(model: nn.Module, lora: LoraSettings) -> nn.Module:
    """The model inside a `peft` one whose adapters alone are trained. Raises `ConfigError` for layers it lacks."""
    peft = need("peft", extra="hf")
    config = peft.LoraConfig(
        r=lora.r, lora_alpha=lora.alpha, target_modules=lora.targets, lora_dropout=0.0, task_type="CAUSAL_LM"
    )
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # peft reads names that transformers is about to drop
            torch.manual_seed(lora.seed)
            return peft.get_peft_model(model, config)
    except ValueError as error:
        raise ConfigError(f"no adapters for {lora.targets!r}: {error}") from error


def plain_tokenizer(tokenizer: Any) -> dict[str, Any]:
    """A fast tokenizer as plain values. Raises `ConfigError` for one that is not."""
    if getattr(tokenizer, "backend_tokenizer", None) is None:
        raise ConfigError(
            "a model without a name needs a fast tokenizer (of the `tokenizers` library), which can be kept"
        )
    special = {name: getattr(tokenizer, name) for name in SPECIAL if getattr(tokenizer, name) is not None}
    return {"json": tokenizer.backend_tokenizer.to_str(), "chat_template": tokenizer.chat_template, **special}


def tokenizer_of(plain: dict[str, Any]) -> Any:
    """The tokenizer of `plain_tokenizer`."""
    transformers, tokenizers = need("transformers", extra="hf"), need("tokenizers", extra="hf")
    rest = {name: value for name, value in plain.items() if name != "json"}
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizers.Tokenizer.from_str(plain["json"]), **rest)
