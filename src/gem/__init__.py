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
    from gem.reference_scores import reference as reference

_upstream.install()


def __getattr__(name: str) -> Any:
    """`gem.reference`, imported when it is first asked for."""
    if name == "reference":
        from gem.reference_scores import reference

        return reference
    raise AttributeError(f"module 'gem' has no attribute {name!r}")
