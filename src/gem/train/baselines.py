"""The environments of the baselines table, in five categories, and how the tiny model is trained on each.

A setting that is not named has its default. Contexts hold 95 % of the episodes of the noisy solver, but for
`rg:codeio`; its noise leaves the model something to learn. Data only: `gem-gym bench baselines` runs them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gem.agents.tiny.embedded import embedded_ids
from gem.errors import ConfigError
from gem.train.config import TrainConfig

CATEGORIES = ("Games", "ReasoningGym", "Math", "Code", "QA")
EVAL_EPISODES = 500


@dataclass(frozen=True, slots=True)
class Baseline:
    """One row of the table."""

    category: str
    env: str
    settings: dict[str, Any]
    """Of `TrainConfig`, where the default does not suit."""
    note: str = ""
    """What makes it hard for so small a model."""

    def config(self, algo: str, seed: int, **overrides: Any) -> TrainConfig:
        """One run: from the embedded checkpoint if the package has one, else from a warm start of its own."""
        policy = "tiny:embedded" if self.env in embedded_ids() else "tiny"
        values = {"policy": policy, "eval_episodes": EVAL_EPISODES, **self.settings, **overrides}
        return TrainConfig.from_dict({**values, "env": self.env, "algo": algo, "seed": seed})

    def warm_start(self, **overrides: Any) -> TrainConfig:
        """What the embedded checkpoint is made with."""
        values = {"eval_episodes": EVAL_EPISODES, **self.settings, **overrides}
        return TrainConfig.from_dict({**values, "env": self.env, "policy": "tiny"})


def settings(context: int, reply: int, noise: float, iterations: int, **others: Any) -> dict[str, Any]:
    """The four settings that every environment has its own of, and others."""
    return {"context": context, "max_new_tokens": reply, "warm_noise": noise, "iterations": iterations, **others}


SHORT: dict[str, Any] = {"layers": 2}
"""For a question and its answer: a smaller model, so that all checkpoints fit into the package."""
MIDDLE: dict[str, Any] = {"warm_episodes": 2000, "warm_batch": 8, "episodes": 32}
"""For episodes of some hundred tokens: fewer of them, in smaller batches."""
LONG: dict[str, Any] = {"warm_episodes": 1000, "warm_batch": 8, "warm_epochs": 4, "episodes": 32}
"""For episodes of half a thousand tokens and more."""

CLOSED_BOOK = "asked without a search tool: thousands of facts to know by heart"

BASELINES = (
    Baseline("Games", "game:GuessTheNumber-v1-easy", settings(128, 8, 0.65, 350)),
    Baseline("Games", "game:Mastermind-v1-easy", settings(320, 12, 0.25, 200, **MIDDLE)),
    Baseline("Games", "game:Minesweeper-v1-easy", settings(1024, 12, 0.2, 120, **LONG)),
    Baseline("Games", "game:Wordle-v1-easy", settings(384, 10, 0.4, 150, **MIDDLE)),
    Baseline("Games", "game:Hangman-v1-easy", settings(320, 10, 0.4, 200, **MIDDLE)),
    Baseline("Games", "game:Sudoku-v1-easy", settings(896, 12, 0.05, 100, **LONG)),
    Baseline("Games", "game:FifteenPuzzle-v1-easy", settings(512, 8, 0.05, 150, **LONG)),
    Baseline("Games", "game:TowerofHanoi-v1-easy", settings(192, 8, 0.5, 120)),
    Baseline("Games", "game:Sokoban-v1-easy", settings(512, 8, 0.3, 150, **MIDDLE)),
    Baseline("Games", "game:LightsOut-v1-easy", settings(384, 10, 0.4, 150, **MIDDLE)),
    Baseline("Games", "game:TicTacToe-v1-easy", settings(128, 8, 0.5, 350)),
    Baseline(
        "Games",
        "game:Game2048-v1-easy",
        settings(3584, 8, 0.0, 40, episodes=16, warm_episodes=150, warm_epochs=6, warm_batch=4, gamma=0.99),
        "130 turns of one episode, paid at its end: few updates fit into the time",
    ),
    Baseline("ReasoningGym", "rg:letter_counting", settings(96, 8, 0.2, 350, **SHORT)),
    Baseline("ReasoningGym", "rg:leg_counting", settings(64, 10, 0.2, 350, **SHORT)),
    Baseline("ReasoningGym", "rg:simple_equations", settings(64, 10, 0.2, 350, **SHORT)),
    Baseline("ReasoningGym", "rg:arc_1d", settings(640, 72, 0.2, 120, episodes=32, **SHORT)),
    Baseline("ReasoningGym", "rg:countdown", settings(64, 24, 0.2, 200, warm_episodes=1500, **SHORT)),
    Baseline("ReasoningGym", "rg:knights_knaves", settings(192, 24, 0.2, 300, **SHORT)),
    Baseline("Math", "math:Procedural-v1-easy", settings(160, 20, 0.2, 300, **SHORT)),
    Baseline("Math", "math:Procedural-v1", settings(192, 24, 0.2, 300, **SHORT)),
    Baseline("Math", "rg:chain_sum", settings(64, 12, 0.2, 350, **SHORT)),
    Baseline("Math", "rg:gcd", settings(48, 8, 0.2, 350, **SHORT)),
    Baseline(
        "Code",
        "code:Bundled-v1",
        settings(
            1024, 448, 0.0, 20, episodes=16, warm_episodes=300, warm_epochs=6, warm_batch=4, eval_episodes=100, **SHORT
        ),
        "52 problems in all, programs of hundreds of tokens: success would be memory",
    ),
    Baseline("Code", "rg:bf", settings(64, 12, 0.2, 350, **SHORT), "a program to run in one pass of two layers"),
    Baseline(
        "Code",
        "rg:codeio",
        settings(2048, 64, 0.2, 40, episodes=16, warm_episodes=500, warm_batch=4, eval_episodes=200, **SHORT),
        "questions of thousands of tokens, some longer than the context",
    ),
    Baseline("QA", "qa:Fictional-v1-easy", settings(96, 24, 0.2, 350, **SHORT), CLOSED_BOOK),
    Baseline("QA", "qa:Fictional-v1", settings(96, 24, 0.2, 350, **SHORT), CLOSED_BOOK),
    Baseline("QA", "logic:Procedural-v1-easy", settings(384, 12, 0.2, 150, **SHORT)),
    Baseline("QA", "tool:Hint-v1", settings(64, 8, 1.0, 200, gamma=1.0, **SHORT)),
)


def chosen(words: Sequence[str]) -> list[Baseline]:
    """The baselines whose id or category contains every word. Raises `ConfigError` if there are none."""
    found = [row for row in BASELINES if all(word.lower() in f"{row.category} {row.env}".lower() for word in words)]
    if not found:
        raise ConfigError(f"no baseline has {' '.join(words)!r} in its id or category; `--report` shows them all")
    return found
