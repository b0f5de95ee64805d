"""`import gem` is cheap and silent."""

import pytest

pytestmark = pytest.mark.slow  # each starts an interpreter

HEAVY = {
    "torch",
    "jinja2",
    "tokenizers",
    "transformers",
    "matplotlib",
    "rich",
    "pydantic",
    "requests",
    "asyncio",
    "logging",
}


def test_importing_gem_imports_numpy_and_the_standard_library_only(run_python):
    code = """
import sys
before = set(sys.modules)
import gem
roots = {name.partition('.')[0] for name in set(sys.modules) - before}
print(sorted(roots - sys.stdlib_module_names - {'gem', 'numpy'}))
"""
    assert run_python(code) == "[]\n"


def test_importing_gem_adds_nothing_heavy_to_numpy(run_python):
    code = f"""
import sys, numpy
before = set(sys.modules)
import gem
print(sorted((set(sys.modules) - before) & {HEAVY!r}))
"""
    assert run_python(code) == "[]\n"


def test_importing_gem_imports_no_env(run_python):
    code = "import sys, gem; print([name for name in sys.modules if name.startswith('gem.envs.games')])"
    assert run_python(code) == "[]\n"


def test_importing_gem_leaves_logging_and_the_terminal_alone(run_python):
    code = """
import logging
logging.getLogger().setLevel(37)
import gem
root = logging.getLogger()
assert (root.level, root.handlers) == (37, [])
ours = [name for name in logging.Logger.manager.loggerDict if name.startswith('gem')]
assert not [name for name in ours if logging.getLogger(name).handlers]
"""
    assert run_python(code) == ""


def test_importing_gem_leaves_global_generators_alone(run_python):
    code = """
import pickle, random, numpy as np
random.seed(1); np.random.seed(1)
before = random.getstate(), pickle.dumps(np.random.get_state())
import gem
assert (random.getstate(), pickle.dumps(np.random.get_state())) == before
"""
    run_python(code)


@pytest.mark.parametrize("name", ["Env", "EnvWrapper", "make", "make_vec", "print_envs", "register"])
def test_the_names_that_existing_users_import_are_there(name):
    import gem

    assert hasattr(gem, name)
