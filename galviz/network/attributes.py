"""Descriptions of the attributes of a module that its computation may use, and of the code of a user's classes."""

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from types import BuiltinFunctionType, CodeType, FunctionType, MethodType

import numpy as np
import torch
from torch import nn

from galviz.network.bits import view_bits
from galviz.network.hooks import HOOK_DICTS

# What `torch.nn.Module` and galviz keep on a module, and what doesn't change its output in eval mode.
_OWN = {
    *("training", "_parameters", "_buffers", "_modules", "_non_persistent_buffers_set", "_is_full_backward_hook"),
    *("_compiled_call_impl", "card", "layer_names", "loaded_from", *HOOK_DICTS),
}
_PLAIN = (type(None), bool, int, float, complex, str, bytes, torch.dtype, torch.device, torch.Size, torch.layout)
# Attributes nested deeper, and those after so many others, are described by their type only.
_MAX_DEPTH, _MAX_VALUES = 8, 20_000
# Code of these packages is checked elsewhere, by `galviz.network.monkey_patches`.
_KNOWN_PACKAGES = ("torch", "torchvision", "timm", "fastai", "fastcore", "galviz", "builtins")
_CLASS_DETAILS = {
    "__module__",
    "__dict__",
    "__weakref__",
    "__doc__",
    "__annotations__",
    "__qualname__",
    "__slotnames__",
}


def describe_attributes(module: nn.Module) -> list[str]:
    """Describe the attributes of a module as ``name=description``, sorted.

    Modules, parameters, buffers, hooks and tensors that are attributes themselves are left out.

    Examples
    --------
    >>> describe_attributes(nn.LeakyReLU(0.2))
    ['inplace=False', 'negative_slope=0.2']
    """
    return [
        f"{name}={describe_value(value)}"
        for name, value in sorted(vars(module).items())
        if name not in _OWN and not isinstance(value, torch.Tensor)
    ]


def describe_class(kind: type) -> str:
    """Describe a class by its name, and a user's class by the code and the values in it too.

    Examples
    --------
    >>> describe_class(nn.ReLU)
    'torch.nn.modules.activation.ReLU'
    """
    name = f"{kind.__module__}.{kind.__qualname__}"
    own = [base for base in kind.__mro__ if base.__module__.partition(".")[0] not in _KNOWN_PACKAGES]
    contents = [
        f"{base.__qualname__}.{attribute}={describe_value(value)}"
        for base in own
        for attribute, value in sorted(vars(base).items())
        if attribute not in _CLASS_DETAILS
    ]
    return f"{name} {_digest(chr(0).join(contents).encode())}" if contents else name


def describe_value(value: object) -> str:
    """Describe a value; equal descriptions mean equal values, as far as they can be pickled or their type is known.

    Examples
    --------
    >>> describe_value([1, {"k": 2.5}])
    "[1, {'k': 2.5}]"
    >>> describe_value(lambda x: x + 1) == describe_value(lambda x: x + 2)
    False
    """
    return _Describer().describe(value)


class _Describer:
    """Describes one value and all that it holds, up to a depth and a number of values."""

    def __init__(self) -> None:
        self._depth = self._count = 0

    def describe(self, value: object) -> str:
        if isinstance(value, _PLAIN):
            return repr(value)
        self._count += 1
        if self._depth > _MAX_DEPTH or self._count > _MAX_VALUES:
            return type(value).__qualname__
        self._depth += 1
        try:
            return self._describe(value)
        finally:
            self._depth -= 1

    def _describe(self, value: object) -> str:
        if isinstance(value, Mapping):
            return self._braces(f"{self.describe(key)}: {self.describe(held)}" for key, held in value.items())
        if isinstance(value, set | frozenset):
            return self._braces(map(self.describe, value))
        if isinstance(value, list | tuple):
            return "[" + ", ".join(map(self.describe, value)) + "]"
        if isinstance(value, torch.Tensor):
            return f"tensor {value.dtype} {tuple(value.shape)} {_digest(view_bits(value.cpu()).numpy().tobytes())}"
        if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
            return f"array {value.dtype} {value.shape} {_digest(value.tobytes())}"
        if isinstance(value, functools.partial):
            return f"partial {self.describe([value.func, value.args, value.keywords])}"
        if isinstance(value, MethodType):
            return f"method {value.__func__.__module__}.{value.__func__.__qualname__}"
        if isinstance(value, FunctionType):
            closure = [cell.cell_contents for cell in value.__closure__ or () if _is_filled(cell)]
            parts = [_code(value.__code__), self.describe([value.__defaults__, value.__kwdefaults__, closure])]
            return f"function {value.__module__}.{value.__qualname__} {_digest(chr(0).join(parts).encode())}"
        if isinstance(value, property | staticmethod | classmethod):
            functions = (value.fget, value.fset) if isinstance(value, property) else (value.__func__,)
            return f"{type(value).__qualname__} {self.describe(functions)}"
        if isinstance(value, BuiltinFunctionType | type):
            return f"{value.__module__}.{value.__qualname__}"
        return repr(value) if isinstance(value, nn.Module) else self._describe_by_state(value)

    def _describe_by_state(self, value: object) -> str:
        """Describe an object of any other class by what pickle would save of it."""
        name = f"{type(value).__module__}.{type(value).__qualname__}"
        try:
            reduced = value.__reduce_ex__(4)
        except Exception:  # objects that can't be pickled raise many types
            return name
        if isinstance(reduced, str):
            return f"{name} {reduced}"
        parts = [list(part) if isinstance(part, Iterator) else part for part in reduced]
        return f"{name} {self.describe(parts)}"

    def _braces(self, descriptions: Iterable[str]) -> str:
        return "{" + ", ".join(sorted(descriptions)) + "}"


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
