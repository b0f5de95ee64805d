"""One pure function for numpy and torch: arguments are read and checked here, the answer is of the caller's library.

Inside, all is numpy in float64. Torch is never imported here: whoever holds a tensor has imported it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec

import numpy as np

from gem.train.advantages.arguments import Floats, checked

P = ParamSpec("P")


def either_library(function: Callable[P, Floats]) -> Callable[P, Any]:
    """Decorates a function of arrays and settings whose names `gem.train.advantages.arguments` knows.

    Lists and numpy arrays are answered with a numpy array in float64. Where any array is a `torch.Tensor`, the answer
    is a tensor without gradient on the device of the first of them: in float64 if the first argument, `rewards_N`, is a
    tensor of float64, in float32 otherwise. An empty batch has an empty answer. Arguments are never changed; those that
    make no sense raise `ConfigError`.
    """
    parameters = signature(function)

    @wraps(function)
    def in_either_library(*args: P.args, **kwargs: P.kwargs) -> Any:
        bound = parameters.bind(*args, **kwargs)
        bound.apply_defaults()
        given: Mapping[str, Any] = bound.arguments
        arguments = checked({name: _as_numpy(value) if _is_tensor(value) else value for name, value in given.items()})
        empty = len(next(iter(arguments.values()))) == 0
        answer = np.zeros(0) if empty else function(**arguments)  # pyright: ignore[reportCallIssue]
        return _in_the_library_of(given, answer)

    return in_either_library


def _is_tensor(value: Any) -> bool:
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.Tensor)


def _as_numpy(tensor: Any) -> Any:
    on_cpu = tensor.detach().cpu()
    return (on_cpu.double() if on_cpu.is_floating_point() else on_cpu).numpy()


def _in_the_library_of(given: Mapping[str, Any], answer: Floats) -> Any:
    tensors = [value for value in given.values() if _is_tensor(value)]
    if not tensors:
        return answer
    torch: Any = sys.modules["torch"]
    first = next(iter(given.values()))
    exact = _is_tensor(first) and first.dtype == torch.float64
    return torch.from_numpy(answer).to(tensors[0].device, torch.float64 if exact else torch.float32)
