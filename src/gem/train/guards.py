"""Stopping with a reason where a run cannot go on."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch

from gem.errors import OutOfMemory

CPU_ALLOCATOR = "DefaultCPUAllocator"
"""How torch's plain RuntimeError names itself when the machine's memory is exhausted."""


@contextmanager
def memory_guard() -> Generator[None]:
    """Whatever says that memory is exhausted is raised as `OutOfMemory`, with what to do about it."""
    try:
        yield
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory(_advice(error)) from error
    except RuntimeError as error:
        if CPU_ALLOCATOR not in str(error):
            raise
        raise OutOfMemory(_advice(error)) from error


def _advice(error: BaseException) -> str:
    first = str(error).partition("\n")[0] or type(error).__name__
    return f"memory is exhausted ({first}); a smaller --microbatch, --slots or --context needs less"
