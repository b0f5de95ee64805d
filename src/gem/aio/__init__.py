"""Envs whose steps are awaited, and the bridges between them and sync code.

`AsyncEnv` is written with `async def`; `to_sync` gives it the face of an ordinary env, which every wrapper,
executor and generator of gem can drive, and `to_async` does the opposite. No bridge spends a thread on
what merely waits.
"""

from gem.aio.async_env import AsyncEnv as AsyncEnv
from gem.aio.faces import to_async as to_async
from gem.aio.faces import to_sync as to_sync
from gem.aio.runner import Runner as Runner
