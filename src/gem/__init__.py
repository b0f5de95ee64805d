"""gem: a gym for agentic language models.

    import gem

    env = gem.make("game:GuessTheNumber-v0-easy")
    obs, info = env.reset(seed=0)
    done = False
    while not done:
        action = env.sample_random_action()
        obs, reward, terminated, truncated, info = env.step(action)
        done = terminated or truncated

Importing gem imports numpy and the standard library; everything else waits for its first use.
"""

from typing import TYPE_CHECKING, Any

from gem import _upstream as _upstream
from gem import envs as envs
from gem.__about__ import __version__ as __version__
from gem.core import Env as Env
from gem.core import EnvWrapper as EnvWrapper
from gem.core import StepResult as StepResult
from gem.core import Wrapper as Wrapper
from gem.registry import ENV_REGISTRY as ENV_REGISTRY
from gem.registry import EnvSpec as EnvSpec
from gem.registry import make as make
from gem.registry import make_vec as make_vec
from gem.registry import print_envs as print_envs
from gem.registry import register as register
from gem.registry import specs as specs
from gem.snapshot import Snapshot as Snapshot

if TYPE_CHECKING:
    from gem.aio import AsyncEnv as AsyncEnv
    from gem.aio import to_async as to_async
    from gem.aio import to_sync as to_sync
    from gem.reference_scores import reference as reference

LATER = {"AsyncEnv": "gem.aio", "to_async": "gem.aio", "to_sync": "gem.aio", "reference": "gem.reference_scores"}
"""Names that are imported when they are first asked for, and from where."""

_upstream.install()


def __getattr__(name: str) -> Any:
    """What stands in `LATER`."""
    if name in LATER:
        from importlib import import_module

        return getattr(import_module(LATER[name]), name)
    raise AttributeError(f"module 'gem' has no attribute {name!r}")
