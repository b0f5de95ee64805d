"""The ids `code:*` and the programming benchmarks among `eval:*`, listed without reading any data.

Our own problems are always here. An id that stands for a public data set is listed once its data are on this
machine; until then `gem.make` fetches them where there is a network, and else says how to get them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gem.registry import DORMANT, UNAVAILABLE, EnvSpec, register

ENV = "gem.envs.code_env:CodeEnv"
DATASETS: dict[str, dict[str, Any]] = {
    "code:CodeContest": {"dataset_name": "axon-rl/CodeContest", "split": "train"},
    "code:Taco8k": {"dataset_name": "axon-rl/TACO-8k", "split": "train"},
    "code:PrimeIntellect15k": {"dataset_name": "axon-rl/PrimeIntellect-15k", "split": "train"},
    "eval:CodeContest": {"dataset_name": "axon-rl/CodeContest", "split": "test", "eval": True},
    "eval:HumanEval": {
        "dataset_name": "openai/openai_humaneval",
        "split": "test",
        "row_format": "humaneval",
        "question_key": "prompt",
        "test_key": "test",
        "eval": True,
    },
    "eval:MBPP": {
        "dataset_name": "google-research-datasets/mbpp",
        "split": "test",
        "subset": "full",
        "row_format": "mbpp",
        "question_key": "text",
        "test_key": "test_list",
        "eval": True,
    },
    "eval:LiveCodeBench": {
        "dataset_name": "livecodebench/code_generation_lite",
        "split": "test",
        "row_format": "livecodebench",
        "question_key": "question_content",
        "test_key": "public_test_cases",
        "max_tests": 100,
        "eval": True,
    },
}
"""Id → arguments."""


def register_code() -> None:
    """Register our own problems, and the training sets that are here."""
    register("code:Bundled-v1", "gem.envs.code_env:BundledCodeEnv")
    offer("code")


def register_eval() -> None:
    """Register the benchmarks that are here."""
    offer("eval")


def offer(namespace: str) -> None:
    """Register the ids whose data are here, and say of the others how to get them."""
    for env_id, arguments in DATASETS.items():
        name = arguments["dataset_name"]
        if not env_id.startswith(f"{namespace}:"):
            continue
        if is_here(name):
            register(env_id, ENV, **arguments)
        else:
            UNAVAILABLE[env_id] = how_to_get(**arguments)
            DORMANT[env_id] = EnvSpec(env_id, ENV, arguments)


def how_to_get(dataset_name: str, split: str, subset: str = "", **_: Any) -> str:
    """Why an id cannot run, and how it can."""
    file = f"{dataset_name}/{subset}/{split}.jsonl".replace("//", "/")
    return (
        "its data are not on this machine; run: pip install 'gem-gym[hub]', then "
        f"hf download --repo-type dataset {dataset_name}; or put {file} into the folder GEM_DATA_DIR"
    )


def is_here(name: str) -> bool:
    """Whether a data set lies in `GEM_DATA_DIR` or in the Hugging Face cache, judged by the names of files alone."""
    folder = os.environ.get("GEM_DATA_DIR")
    if folder:
        places = [Path(folder).expanduser() / stem for stem in (name, name.replace("/", "__"))]
        if any(place.is_dir() or any(place.parent.glob(f"{place.name}.*")) for place in places):
            return True
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    cache = Path(os.environ.get("HF_HUB_CACHE", home / "hub")).expanduser()
    return (cache / f"datasets--{name.replace('/', '--')}" / "snapshots").is_dir()
