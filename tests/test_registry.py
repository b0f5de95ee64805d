"""gem.registry and gem.build: ids, arguments, seeds, plug-ins."""

import importlib.metadata
import logging
import sys

import numpy as np
import pytest

import gem
from gem import registry
from gem.build import closest, named, parameters
from gem.core import Env, Wrapper
from gem.errors import BrokenEntryPoint, DuplicateEnv, UnknownArgument, UnknownEnv
from gem.registry import EnvSpec, register, spec, specs

pytestmark = pytest.mark.usefixtures("registry_as_it_was")


class Small(Env[str, str]):
    def __init__(self, size: int = 3, *, colour: str = "red"):
        super().__init__()
        self.size, self.colour = size, colour

    def _reset(self):
        self.state = int(self.rng.integers(2**40))
        return str(self.state), {}


class Seeded(Small):
    def __init__(self, seed: int = 0):
        super().__init__()
        self.seed = seed


class Swallowing(Small):
    def __init__(self, **_):
        super().__init__()


HERE = f"{__name__}:Small"


def test_an_id_names_a_class_by_text_or_by_itself():
    register("t:A-v0", HERE)
    register("t:B-v0", Small)
    register("t:C-v0", lambda size=1: Small(size))
    assert type(gem.make("t:A-v0")).__name__ == "Small"
    assert [gem.make(env_id).size for env_id in ("t:B-v0", "t:C-v0")] == [3, 1]


def test_arguments_of_the_id_are_defaults_that_make_overrides():
    register("t:A-v0", Small, size=5, colour="blue")
    env = gem.make("t:A-v0", size=6)
    assert (env.size, env.colour) == (6, "blue")


def test_an_env_knows_its_id_and_entry_point():
    register("t:A-v0", HERE)
    env = gem.make(env_id="t:A-v0")
    assert (env.env_id, env.entry_point) == ("t:A-v0", HERE)


def test_an_id_is_registered_once():
    register("t:A-v0", Small)
    with pytest.raises(DuplicateEnv, match="'t:A-v0' is already"):
        register("t:A-v0", Small)


def test_an_unknown_id_offers_the_closest():
    with pytest.raises(UnknownEnv, match="Did you mean 'game:GuessTheNumber-v0-easy'") as caught:
        gem.make("game:guessthenumber-v0-esay")
    assert "not found in registry" in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_an_unknown_id_offers_the_closest_also_of_those_whose_data_are_away():
    with pytest.raises(UnknownEnv, match="'math:GSM8K'"):
        gem.make("math:GSM8k")


def test_an_unknown_argument_offers_the_closest():
    register("t:A-v0", Small)
    with pytest.raises(UnknownArgument, match=r"takes no argument 'colur'\. Did you mean 'colour'"):
        gem.make("t:A-v0", colur="blue")
    with pytest.raises(TypeError):
        gem.make("t:A-v0", colur="blue")


@pytest.mark.parametrize("point", ["no_such_module:X", f"{__name__}:Nothing", __name__, ":", "", "json:"])
def test_a_broken_entry_point_is_named(point):
    register("t:A-v0", point)
    with pytest.raises(BrokenEntryPoint, match="'t:A-v0'"):
        gem.make("t:A-v0")


@pytest.mark.parametrize("kind", [Small, Swallowing, Seeded, lambda **arguments: Small(size=2, **arguments)])
@pytest.mark.parametrize("seed", [0, -1, 2**80])
def test_a_seed_reaches_every_kind_of_env(kind, seed):
    register("t:A-v0", kind)
    assert gem.make("t:A-v0", seed=seed).reset() == gem.make("t:A-v0", seed=seed).reset()


def test_a_constructor_that_names_seed_receives_it():
    register("t:A-v0", Seeded)
    assert gem.make("t:A-v0", seed=7).seed == 7


def test_a_seed_reaches_the_env_below_wrappers():
    register("t:A-v0", lambda: Wrapper(Wrapper(Small())))
    assert gem.make("t:A-v0", seed=3).reset() == Small().reset(seed=3)


def test_without_a_seed_envs_differ():
    register("t:A-v0", Small)
    assert gem.make("t:A-v0").reset() != gem.make("t:A-v0").reset()


def test_a_registered_argument_seed_is_a_seed():
    register("t:A-v0", Small, seed=4)
    assert gem.make("t:A-v0").reset() == Small().reset(seed=4)


def test_the_arguments_of_the_id_are_not_changed_by_make():
    register("t:A-v0", Small, size=5)
    gem.make("t:A-v0", size=6, seed=1)
    assert spec("t:A-v0").kwargs == {"size": 5}


def test_specs_are_sorted_and_hold_every_id():
    ids = [found.id for found in specs()]
    assert ids == sorted(gem.ENV_REGISTRY)
    assert "game:GuessTheNumber-v0" in ids


def test_print_envs_prints_every_id(capsys):
    gem.print_envs()
    printed = capsys.readouterr().out.split()
    assert printed == [found.id for found in specs()]


@pytest.mark.parametrize("env_id", [found.id for found in specs()])
def test_every_registered_class_takes_its_arguments(env_id):
    found = spec(env_id)
    names, takes_any = parameters(found.load())
    assert not takes_any or env_id.startswith(("ta:", "gymnasium:"))  # which hand them on to another package
    assert set(found.kwargs) <= set(names)


# -- plug-ins ---------------------------------------------------------------------------------


class Point:
    def __init__(self, name, load):
        self.name, self.value, self.load = name, f"plug:{name}", load


@pytest.fixture
def plugins(monkeypatch):
    points = []
    monkeypatch.setattr(registry, "_plugins_loaded", set())
    monkeypatch.setattr(importlib.metadata, "entry_points", lambda group: points if group == "gem.envs" else [])
    return points


def test_a_plugin_is_asked_when_an_id_is_unknown_and_only_once(plugins):
    calls = []

    def add():
        calls.append(1)
        register("plug:A-v0", Small)

    plugins.append(Point("one", lambda: add))
    gem.make("game:GuessTheNumber-v0")
    assert calls == []
    assert gem.make("plug:A-v0").size == 3
    with pytest.raises(UnknownEnv):
        gem.make("plug:B-v0")
    assert calls == [1]


def test_a_broken_plugin_is_logged_and_passed_over(plugins, caplog):
    def fail():
        raise RuntimeError("broken plug")

    plugins.extend([Point("bad", fail), Point("good", lambda: lambda: register("plug:A-v0", Small))])
    with caplog.at_level(logging.ERROR):
        assert gem.make("plug:A-v0").size == 3
    assert "bad" in caplog.text
    assert "broken plug" in caplog.text


# -- gem.build --------------------------------------------------------------------------------


def test_positional_arguments_get_their_names():
    assert named(Small, (5,), {"colour": "blue"}) == {"size": 5, "colour": "blue"}


def test_the_closest_names_ignore_capitals():
    assert closest("COLOR", ["colour", "size"]) == " Did you mean 'colour'?"
    assert closest("zzz", ["colour"]) == ""


def test_a_spec_is_a_value():
    assert EnvSpec("a", HERE, {"x": 1}) == EnvSpec("a", HERE, {"x": 1})
    with pytest.raises(AttributeError):
        EnvSpec("a", HERE).id = "b"


def test_a_generator_of_another_kind_is_not_replaced():
    class Own(Small):
        def __init__(self):
            super().__init__()
            self.rng = np.random.RandomState(3)

    register("t:A-v0", Own)
    assert isinstance(gem.make("t:A-v0", seed=5).rng, np.random.RandomState)


def test_a_family_lists_its_ids_when_one_is_asked_for(registry_as_it_was, monkeypatch, tmp_path):
    (tmp_path / "late_family.py").write_text(
        "import gem\ncalls = []\n"
        "def register_ids():\n    calls.append(1)\n    gem.register('late:One-v0', 'gem.envs.games.sudoku:SudokuEnv')\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    registry.register_family("late", "late_family:register_ids")
    assert "late:One-v0" not in gem.ENV_REGISTRY
    assert "late_family" not in sys.modules
    assert registry.spec("late:One-v0").id == "late:One-v0"
    with pytest.raises(UnknownEnv, match="Did you mean 'late:One-v0'"):
        gem.make("late:Two-v0")
    assert "late:One-v0" in {spec.id for spec in registry.specs()}
    assert sys.modules.pop("late_family").calls == [1]
