"""gem._upstream: the module names of the released GEM lead to our modules, and never to second copies of them."""

import importlib
import pickle
import pkgutil
import sys
import types

import pytest

import gem
from gem import _upstream
from gem._upstream import MOVED, new_name

LINES = [old for old in MOVED if not old.endswith(".*")]


@pytest.mark.parametrize("old", LINES)
def test_both_names_give_the_same_module(old):
    assert importlib.import_module(old) is importlib.import_module(MOVED[old])


@pytest.mark.parametrize("old", LINES)
def test_the_old_name_is_an_attribute_of_its_package(old):
    importlib.import_module(old)
    package, _, leaf = old.rpartition(".")
    assert getattr(sys.modules[package], leaf) is sys.modules[MOVED[old]]


def test_every_game_has_its_old_name():
    import gem.envs.games as games

    for found in pkgutil.iter_modules(games.__path__):
        old = importlib.import_module(f"gem.envs.game_env.{found.name}")
        assert old is importlib.import_module(f"gem.envs.games.{found.name}")


def test_classes_are_identical_under_both_names():
    from gem.envs.game_env.guess_the_number import GuessTheNumberEnv as Old

    from gem.envs.games.guess_the_number import GuessTheNumberEnv as New

    assert Old is New


def test_what_existing_code_imports_is_there():
    from gem.envs.registration import ENV_REGISTRY, EnvSpec, make, make_vec, print_envs, register
    from gem.utils.constants import TERMINAL_STATE, LanguageGameReward
    from gem.utils.parsing import (
        extract_code_from_model,
        extract_last_boxed_answer,
        extract_last_tagged_answer,
        last_boxed_only_string,
        remove_boxed,
    )  # fmt: skip
    from gem.utils.seeding import np_random, set_seed

    from gem.core import ActType, Env, EnvWrapper, ObsType

    assert (make, make_vec, print_envs, register) == (gem.make, gem.make_vec, gem.print_envs, gem.register)
    assert (Env, EnvWrapper, EnvSpec) == (gem.Env, gem.EnvWrapper, gem.EnvSpec)
    assert ENV_REGISTRY is gem.ENV_REGISTRY
    assert TERMINAL_STATE == "<｜TERMINAL_STATE｜>"
    assert (LanguageGameReward.success, LanguageGameReward.format_error) == (1.0, -0.1)
    assert all(map(callable, (extract_code_from_model, extract_last_boxed_answer, extract_last_tagged_answer)))
    assert all(map(callable, (last_boxed_only_string, remove_boxed, np_random, set_seed)))
    assert ObsType is not ActType


def test_a_pickle_made_under_the_old_name_is_read():
    name = b"gem.envs.game_env.guess_the_number\nGuessTheNumberEnv"
    kind = pickle.loads(b"c" + name + b"\n.")
    env = kind(1, 10)
    env.reset(seed=3)
    assert pickle.loads(pickle.dumps(env)).state == env.state


@pytest.mark.parametrize(
    "name",
    [
        "gem.utils.nothing",
        "gem.utils.core",
        "gem.utils.utils",
        "gem.envs.game_env.nothing",
        "gem.vector.sync_vector_env.x",
    ],
)
def test_what_never_existed_is_not_found(name):
    before = set(sys.modules)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module(name)
    assert name not in set(sys.modules) - before


def test_submodules_of_a_moved_package_are_not_loaded_twice(monkeypatch, tmp_path):
    for folder in ("", "pack"):
        (tmp_path / "house" / folder).mkdir()
        (tmp_path / "house" / folder / "__init__.py").write_text("")
    (tmp_path / "house/pack/deep.py").write_text("VALUE = object()")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(MOVED, "gem.old_house", "house")
    monkeypatch.setitem(MOVED, "gem.old_house.*", "house.*")
    old = importlib.import_module("gem.old_house.pack.deep")
    assert old is importlib.import_module("house.pack.deep")
    for name in [name for name in sys.modules if name.startswith(("gem.old_house", "house"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.delattr(gem, "old_house")


def test_no_module_of_ours_is_in_memory_twice():
    for line in LINES:
        importlib.import_module(line)
    by_file = {}
    for name, module in sys.modules.items():
        if name.startswith("gem") and isinstance(module, types.ModuleType) and getattr(module, "__file__", None):
            by_file.setdefault(module.__file__, set()).add(id(module))
    assert [file for file, copies in by_file.items() if len(copies) > 1] == []


def test_names_that_never_moved_are_left_alone():
    assert new_name("gem.core") is None
    assert new_name("json") is None
    finder = _upstream.UpstreamFinder()
    assert finder.find_spec("json", None) is None
    assert finder.find_spec("gem.core", None) is None


def test_installing_twice_installs_one_finder():
    _upstream.install()
    assert sum(isinstance(finder, _upstream.UpstreamFinder) for finder in sys.meta_path) == 1


OLD_NAMES = {
    "gem": "Env make make_vec print_envs register",
    "gem.core": "ObsType ActType Env EnvWrapper",
    "gem.envs.registration": "EnvSpec ENV_REGISTRY register print_envs make make_vec",
    "gem.vector.vector_env": "AutoresetMode ArrayType VectorEnv",
    "gem.vector.sync_vector_env": "SyncVectorEnv",
    "gem.vector.async_vector_env": "AsyncVectorEnv",
    "gem.wrappers.observation_wrapper": "WrapperObsType maybe_add_new_line ObservationWrapper",
    "gem.wrappers.episode_tracking_wrapper": "EpisodeTrackingWrapper",
    "gem.wrappers.wrapper_factory": "WRAPPER_FACTORY TOKENIZER_REQUIRED get_wrapper_fns",
    "gem.utils.constants": "TERMINAL_STATE LanguageGameReward",
    "gem.utils.parsing": "last_boxed_only_string remove_boxed extract_last_boxed_answer extract_code_from_model "
    "extract_last_tagged_answer",
    "gem.utils.sandbox": "run_python subprocess_run check_forbidden_imports",
    "gem.utils.seeding": "np_random set_seed",
    "gem.tools.base_tool": "BaseTool",
    "gem.tools.python_code_tool": "PythonCodeTool",
    "gem.tools.tool_env_wrapper": "ToolEnvWrapper",
    "gem.envs.multiagent": "MultiAgentEnv AgentSelector",
    "gem.envs.multiagent.multi_agent_env": "MultiAgentEnv AgentSelector",
    "gem.envs.multiagent.agent_selector": "AgentSelector",
    "gem.multiagent.multi_agent_env": "MultiAgentEnv AgentSelector",
    "gem.envs.game_env.guess_the_number": "GuessTheNumberEnv",
    "gem.envs.game_env.minesweeper": "MinesweeperEnv",
    "gem.envs.game_env.tower_of_hanoi": "TowerofHanoiEnv",
    "gem.envs.game_env.game_2048": "Game2048Env",
    "gem.envs.game_env.mastermind": "MastermindEnv",
    "gem.envs.game_env.wordle": "WordleEnv",
    "gem.envs.game_env.fifteen_puzzle": "FifteenPuzzleEnv",
    "gem.envs.game_env.hangman": "HangmanEnv",
    "gem.envs.game_env.sudoku": "SudokuEnv",
    "gem.envs.game_env.sokoban": "SokobanEnv",
    "gem.envs.game_env.crosswords": "CrosswordsEnv",
    "gem.envs.game_env.word_search": "WordSearchEnv",
    "gem.envs.game_env.wikigame": "WikiGameEnv",
    "gem.envs.game_env.wikigame.rewards": "WikiGameReward",
    "gem.envs.game_env.wikigame.wikipage": "WikipediaPage",
    "gem.envs.reasoning_gym": "ReasoningGymEnv",
}
"""What existing scripts import, by the path that they import it from."""


@pytest.mark.parametrize("path", OLD_NAMES)
def test_the_names_that_scripts_import_are_there(path):
    module = importlib.import_module(path)
    assert not [name for name in OLD_NAMES[path].split() if not hasattr(module, name)]
