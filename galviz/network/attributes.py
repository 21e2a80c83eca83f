"""Descriptions of the attributes of a module that its computation may use: numbers, text, arrays, functions, lists."""

import functools
import hashlib
from collections.abc import Mapping
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType

import numpy as np
import torch
from torch import nn

from galviz.network.bits import view_bits

# What `torch.nn.Module` and galviz keep on a module, and what doesn't change its output in eval mode.
_OWN = {
    *("training", "_parameters", "_buffers", "_modules", "_non_persistent_buffers_set", "_is_full_backward_hook"),
    *("_compiled_call_impl", "card", "layer_names", "loaded_from"),
}
_PLAIN = (type(None), bool, int, float, complex, str, bytes, torch.dtype, torch.device, torch.Size, torch.layout)
# Attributes nested deeper are described by their type only.
_MAX_DEPTH = 6


def describe_attributes(module: nn.Module) -> list[str]:
    """Describe the attributes of a module as ``name=description``, sorted.

    Modules, parameters, buffers, hooks and tensors that are attributes themselves are left out. An object of an unknown
    class is described by its class.

    Examples
    --------
    >>> describe_attributes(nn.LeakyReLU(0.2))
    ['inplace=False', 'negative_slope=0.2']
    """
    return [
        f"{name}={describe_value(value)}"
        for name, value in sorted(vars(module).items())
        if name not in _OWN and "_hooks" not in name and not isinstance(value, torch.Tensor)
    ]


def describe_value(value: object, depth: int = 0) -> str:
    """Describe a value; equal descriptions mean equal values, as far as its type is known.

    Examples
    --------
    >>> describe_value([1, {"k": 2.5}])
    "[1, {'k': 2.5}]"
    >>> describe_value(lambda x: x + 1) == describe_value(lambda x: x + 2)
    False
    """
    if isinstance(value, _PLAIN):
        return repr(value)
    if depth > _MAX_DEPTH:
        return type(value).__qualname__

    def describe(part: object) -> str:
        return describe_value(part, depth + 1)

    if isinstance(value, Mapping):
        return "{" + ", ".join(sorted(f"{describe(key)}: {describe(held)}" for key, held in value.items())) + "}"
    if isinstance(value, set | frozenset):
        return "{" + ", ".join(sorted(map(describe, value))) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(describe, value)) + "]"
    if isinstance(value, torch.Tensor):
        return f"tensor {value.dtype} {tuple(value.shape)} {_digest(view_bits(value.cpu()).numpy().tobytes())}"
    if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
        return f"array {value.dtype} {value.shape} {_digest(value.tobytes())}"
    if isinstance(value, functools.partial):
        return f"partial {describe([value.func, value.args, value.keywords])}"
    if isinstance(value, MethodType):
        return f"method {value.__func__.__module__}.{value.__func__.__qualname__}"
    if isinstance(value, FunctionType):
        closure = [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
        parts = [_code(value.__code__), describe([value.__defaults__, value.__kwdefaults__, closure])]
        return f"function {value.__module__}.{value.__qualname__} {_digest(chr(0).join(parts).encode())}"
    if isinstance(value, BuiltinFunctionType | type):
        return f"{value.__module__}.{value.__qualname__}"
    return repr(value) if isinstance(value, nn.Module) else type(value).__qualname__


def _code(code: CodeType) -> str:
    """The instructions of a function with their constants, and those of functions within."""
    constants = [_code(constant) if isinstance(constant, CodeType) else repr(constant) for constant in code.co_consts]
    return " ".join([code.co_code.hex(), *code.co_names, *constants])


def _is_filled(cell: object) -> bool:
    try:
        cell.cell_contents  # noqa: B018 (raises ValueError if the variable has no value yet)
    except ValueError:
        return False
    return True


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
