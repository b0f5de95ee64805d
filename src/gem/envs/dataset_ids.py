"""The ids of public data sets, and of the problems that gem makes itself, listed without reading any data.

What we make is always here. An id that stands for a public data set is listed once its data are on this machine;
until then `gem.make` fetches them where there is a network, and else says how to get them. Nothing of ours ever
stands in for them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gem.registry import DORMANT, UNAVAILABLE, EnvSpec, register

MATH = "gem.envs.math_env:MathEnv"
VISUAL = "gem.envs.math_visual_env:MathVisualEnv"
QA = "gem.envs.qa_env:QaEnv"
CODE = "gem.envs.code_env:CodeEnv"

CODE_OURS = "gem.envs.code_env:BundledCodeEnv"
FICTION = "gem.envs.fictional_qa:FictionalQaEnv"
FIGURES = "gem.envs.geometry:GeometryEnv"
RULES = "gem.envs.procedural_logic:ProceduralLogicEnv"
SUMS = "gem.envs.procedural_math:ProceduralMathEnv"
OURS: tuple[EnvSpec, ...] = (
    EnvSpec("code:Bundled-v1", CODE_OURS),
    EnvSpec("logic:Procedural-v1", RULES),
    EnvSpec("logic:Procedural-v1-easy", RULES, {"depths": (0, 1, 1, 1)}),
    EnvSpec("logic:Procedural-v1-hard", RULES, {"depths": (4, 5)}),
    EnvSpec("math:Geometry-v1", FIGURES),
    EnvSpec("math:Geometry-v1-easy", FIGURES, {"level": 0}),
    EnvSpec("math:Geometry-v1-hard", FIGURES, {"level": 2}),
    EnvSpec("math:Procedural-v1", SUMS),
    EnvSpec("math:Procedural-v1-easy", SUMS, {"level": "easy"}),
    EnvSpec("math:Procedural-v1-hard", SUMS, {"level": "hard"}),
    EnvSpec("qa:Fictional-v1", FICTION),
    EnvSpec("qa:Fictional-v1-easy", FICTION, {"hops": 1}),
    EnvSpec("qa:Fictional-v1-hard", FICTION, {"hops": 3}),
)
"""What needs no data; the arguments of a variant are those of the tier that it is named for."""


def _public(env_id: str, env: str, dataset_name: str, split: str = "train", **arguments: Any) -> EnvSpec:
    """A public data set under an id; test sets are asked in the order of their rows."""
    if env_id.startswith("eval:"):
        arguments["eval"] = True
    return EnvSpec(env_id, env, {"dataset_name": dataset_name, "split": split, **arguments})


MATH_SETS = (
    _public("math:ASDiv2K", MATH, "axon-rl/ASDIV-2k"),
    _public("math:GSM8K", MATH, "axon-rl/GSM-8k"),
    _public("math:Math12K", MATH, "axon-rl/MATH-12k"),
    _public("math:Math8K-3to5", MATH, "axon-rl/MATH-lvl3to5-8k"),
    _public("math:Orz57K", MATH, "axon-rl/ORZ-57k"),
    _public("math:DeepScaleR40K", MATH, "axon-rl/DeepScaleR-40K"),
    _public("math:Geometry3K", VISUAL, "axon-rl/geometry3k"),
    _public("eval:MATH500", MATH, "axon-rl/math-eval", "math"),
    _public("eval:AMC", MATH, "axon-rl/math-eval", "amc"),
    _public("eval:OlympiadBench", MATH, "axon-rl/math-eval", "olympiad_bench"),
    _public("eval:Minerva", MATH, "axon-rl/math-eval", "minerva"),
    _public("eval:AIME24", MATH, "axon-rl/math-eval", "aime24"),
)
QA_SETS = (
    _public("qa:NaturalQuestions", QA, "axon-rl/NaturalQuestions", question_key="problem"),
    _public("qa:HotpotQA", QA, "axon-rl/HotpotQA", question_key="problem"),
    *(
        _public(f"logic:RuleTaker-d{depth}", QA, f"axon-rl/RuleTaker-d{depth}-70k", extract_boxed=True)
        for depth in (0, 1, 2, 3, 5)
    ),
    _public("eval:QaOpen", QA, "google-research-datasets/nq_open", "validation"),
    _public("eval:2Wiki", QA, "axon-rl/search-eval", "2wiki"),
    _public("eval:PopQA", QA, "axon-rl/search-eval", "popqa"),
    _public("eval:TriviaQA", QA, "axon-rl/search-eval", "tq"),
    _public("eval:HotpotQA", QA, "axon-rl/search-eval", "hotpotqa"),
    _public("eval:Bamboogle", QA, "axon-rl/search-eval", "bamboogle"),
    _public("eval:NaturalQuestions", QA, "axon-rl/search-eval", "nq"),
    _public("eval:Musique", QA, "axon-rl/search-eval", "musique"),
)
CODE_SETS = (
    _public("code:CodeContest", CODE, "axon-rl/CodeContest"),
    _public("code:Taco8k", CODE, "axon-rl/TACO-8k"),
    _public("code:PrimeIntellect15k", CODE, "axon-rl/PrimeIntellect-15k"),
    _public("eval:CodeContest", CODE, "axon-rl/CodeContest", "test"),
    _public(
        "eval:HumanEval",
        CODE,
        "openai/openai_humaneval",
        "test",
        row_format="humaneval",
        question_key="prompt",
        test_key="test",
    ),
    _public(
        "eval:MBPP",
        CODE,
        "google-research-datasets/mbpp",
        "test",
        subset="full",
        row_format="mbpp",
        question_key="text",
        test_key="test_list",
    ),
    _public(
        "eval:LiveCodeBench",
        CODE,
        "livecodebench/code_generation_lite",
        "test",
        row_format="livecodebench",
        question_key="question_content",
        test_key="public_test_cases",
        max_tests=100,
    ),
)
DATASETS: dict[str, EnvSpec] = {spec.id: spec for spec in (*MATH_SETS, *QA_SETS, *CODE_SETS)}
"""Id → env and arguments, of public data sets."""


def register_math() -> None:
    """Register `math:*`."""
    offer("math")


def register_qa() -> None:
    """Register `qa:*`."""
    offer("qa")


def register_logic() -> None:
    """Register `logic:*`."""
    offer("logic")


def register_code() -> None:
    """Register `code:*`."""
    offer("code")


def register_eval() -> None:
    """Register `eval:*`."""
    offer("eval")


def offer(namespace: str) -> None:
    """Register what is ours, and the ids whose data are here; say of the others how to get them."""
    for spec in (*OURS, *DATASETS.values()):
        if not spec.id.startswith(f"{namespace}:"):
            continue
        if spec.id not in DATASETS or is_here(spec.kwargs["dataset_name"], spec.kwargs["split"]):
            register(spec.id, spec.entry_point, **spec.kwargs)
        else:
            UNAVAILABLE[spec.id] = how_to_get(**spec.kwargs)
            DORMANT[spec.id] = spec


def how_to_get(dataset_name: str, split: str, subset: str = "", **_: Any) -> str:
    """Why an id cannot run, and how it can."""
    file = f"{dataset_name}/{subset}/{split}.jsonl".replace("//", "/")
    return (
        "its data are not on this machine; run: pip install 'gem-gym[hub]', then "
        f"hf download --repo-type dataset {dataset_name}; or put {file} into the folder GEM_DATA_DIR; "
        "or give rows of your own: dataset=[{...}, ...]"
    )


def is_here(name: str, split: str = "") -> bool:
    """Whether a data set lies in `GEM_DATA_DIR` or in the Hugging Face cache, judged by the names of files alone.

    A split is here if something in the data set's folder is named for it.
    """
    folder = os.environ.get("GEM_DATA_DIR")
    if folder:
        places = [Path(folder).expanduser() / stem for stem in (name, name.replace("/", "__"))]
        if any(_holds(place, split) for place in places):
            return True
        if not split and any(next(place.parent.glob(f"{place.name}.*"), None) for place in places):
            return True
    home = Path(os.environ.get("HF_HOME", "~/.cache/huggingface")).expanduser()
    cache = Path(os.environ.get("HF_HUB_CACHE", home / "hub")).expanduser()
    return _holds(cache / f"datasets--{name.replace('/', '--')}" / "snapshots", split)


def _holds(folder: Path, split: str) -> bool:
    """Whether there is a folder, with something in it, at any depth, that is named for the split."""
    return folder.is_dir() and (not split or next(folder.rglob(f"{split}*"), None) is not None)
