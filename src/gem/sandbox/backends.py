"""Sandboxes by name. Finds the class behind a name; knows nothing of how it works."""

from __future__ import annotations

import logging
from functools import partial
from importlib import import_module
from typing import Any

from gem.build import closest
from gem.errors import ConfigError, SandboxUnavailable
from gem.sandbox.limits import Limits
from gem.sandbox.profile import Profile, profile_of
from gem.sandbox.protocol import Sandbox

log = logging.getLogger(__name__)

BACKENDS = {
    "zygote": "gem.sandbox.zygote.sandbox:ZygoteSandbox",
    "subprocess": "gem.sandbox.children.plain:SubprocessSandbox",
    "bwrap": "gem.sandbox.children.bwrap:BwrapSandbox",
    "podman": "gem.sandbox.children.containers:PodmanSandbox",
    "docker": "gem.sandbox.children.containers:DockerSandbox",
    "remote": "gem.sandbox.service.remote:RemoteSandbox",
}
"""Every backend but "auto", which is the zygote at the best level that this machine gives."""


def make(
    backend: str = "auto",
    *,
    limits: Limits | None = None,
    profile: str | Profile = "bare",
    allow_unsafe: bool = False,
    **options: Any,
) -> Sandbox:
    """A sandbox, for you to close.

    `profile` says what programs find loaded ("bare", "scientific", "auto", or modules with commas between).
    `allow_unsafe=True` permits one that does not hold hostile code. `options` are the backend's own, such as
    `image=` of a container or `url=` of a remote service. Raises `ConfigError` for an unknown backend,
    `SandboxUnavailable` where this machine cannot give it.

        with gem.sandbox.make() as sandbox:
            print(sandbox.run("print(1 + 1)").stdout)
    """
    if profile_of(profile).name == "auto":
        from gem.sandbox.choosing import ChoosingSandbox

        start = partial(make, backend, limits=limits, allow_unsafe=allow_unsafe, **options)
        return ChoosingSandbox(lambda chosen: start(profile=chosen), limits)
    if backend == "auto":
        try:
            return make("zygote", limits=limits, profile=profile, **options)
        except SandboxUnavailable as error:
            if not allow_unsafe:
                raise
            log.warning("programs run without protection, as allow_unsafe permits: %s", error)
            backend = "subprocess"
    if backend not in BACKENDS:
        known = ["auto", *BACKENDS]
        raise ConfigError(f"there is no sandbox {backend!r}.{closest(backend, known)} There are: {', '.join(known)}.")
    module, _, name = BACKENDS[backend].partition(":")
    sandbox: Sandbox = getattr(import_module(module), name)(limits=limits, profile=profile_of(profile), **options)
    if not sandbox.level.safe and not allow_unsafe:
        sandbox.close()
        raise SandboxUnavailable(
            f"the sandbox {backend!r} does not hold hostile code here (`gem-gym doctor` says why); "
            "allow_unsafe=True runs programs all the same"
        )
    return sandbox
