"""Template collapse: do the replies still depend on the prompts? A measure that entropy does not see.

A policy whose replies vary, but in the same way whatever it is asked, has high entropy and has stopped reading.
RAGEN-2 (arXiv 2604.06268) calls this template collapse, and measures it by the mutual information I(X; Z) between
prompt X and reply Z: each reply of a batch is scored under every prompt of the batch, and compared with its own.

Taken from there (the paper's abstract and project page, and the authors' `docs/reference_mutual_information_metrics.md`
for the formulas): the uniform distribution over the prompts of the batch, the estimate, its bound log P, and the
retrieval accuracy. Not from there: the share of the bound, and the credit for ties. Left out: their z-scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gem.errors import ConfigError


@dataclass(frozen=True, slots=True)
class PromptDependence:
    """How much the replies of a batch say about their prompts."""

    information: float
    """Estimate of I(X; Z) in nats. The true value is from 0 to `ceiling`; the estimate never lies above the ceiling,
    and may lie below 0 by chance, where it means: none."""
    ceiling: float
    """log P, the entropy of a uniform choice among the P prompts."""
    share: float
    """`information` / `ceiling` within [0, 1]; 0 for a single prompt, where there is nothing to tell apart."""
    retrieval: float
    """Share of replies that are likeliest under their own prompt; k prompts that tie count as 1/k."""
    chance: float
    """The retrieval of replies that don't depend on the prompt: 1/P."""


def prompt_dependence(logprob_R_P: ArrayLike, prompt_R: ArrayLike | None = None) -> PromptDependence:
    """Measure R replies against P different prompts, given log p(reply r | prompt p), summed over the reply's tokens.

    `prompt_R` is the number of the prompt that each reply answers; by default reply r answers prompt r. With
    p_mix(z) = 1/P Σ_p p(z | p) the information is the mean over replies of log p(z_r | its prompt) - log p_mix(z_r).
    Means over tokens, instead of sums, give the authors' length-normalised variant: a proxy in nats per token, which
    long replies don't saturate. Without replies all but the ceiling is 0.

    Raises `ConfigError` for shapes that don't fit, NaN, or a reply that is impossible under its own prompt.

    >>> prompt_dependence(np.log([[0.5, 0.25], [0.25, 0.5]])).retrieval
    1.0
    """
    logprobs_R_P = np.asarray(logprob_R_P, dtype=np.float64)
    if logprobs_R_P.ndim != 2 or logprobs_R_P.shape[1] == 0:
        raise ConfigError(f"log-probabilities stand in a matrix, replies by prompts, not {logprobs_R_P.shape}")
    replies, prompts = logprobs_R_P.shape
    ceiling = float(np.log(prompts))
    if replies == 0:
        return PromptDependence(0.0, ceiling, 0.0, 0.0, 1 / prompts)
    own_R = logprobs_R_P[np.arange(replies), _prompts(prompt_R, replies, prompts)]
    if np.isnan(logprobs_R_P).any() or np.isposinf(logprobs_R_P).any() or np.isneginf(own_R).any():
        raise ConfigError("log-probabilities must not be NaN or +∞, nor -∞ under the prompt that was answered")

    best_R = logprobs_R_P.max(axis=1)
    mixture_R = best_R + np.log(np.exp(logprobs_R_P - best_R[:, None]).mean(axis=1))
    information = float((own_R - mixture_R).mean())
    ties_R = (logprobs_R_P == best_R[:, None]).sum(axis=1)
    return PromptDependence(
        information,
        ceiling,
        share=min(1.0, max(0.0, information / ceiling)) if prompts > 1 else 0.0,
        retrieval=float(((own_R == best_R) / ties_R).mean()),
        chance=1 / prompts,
    )


def _prompts(prompt_R: ArrayLike | None, replies: int, prompts: int) -> NDArray[np.intp]:
    numbers_R = np.arange(replies) if prompt_R is None else np.asarray(prompt_R)
    if numbers_R.shape != (replies,) or numbers_R.min() < 0 or numbers_R.max() >= prompts:
        raise ConfigError(f"each of {replies} replies answers one of the prompts 0..{prompts - 1}")
    return numbers_R.astype(np.intp)
