"""Code that was replaced at run time (monkey patches): torch's functions, methods of classes, attributes of modules.

Where a function was defined is read from its globals, because `functools.wraps` copies its names from another.
"""

import functools
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType

import torch
from torch import nn

__all__ = ["foreign_methods", "hidden_state", "reachable_names", "replaced_functions", "shadowed_methods"]

# They patch torch.Tensor, wrap each other's functions, and are what networks are made of.
_LIBRARIES = ("torch", "fastai", "fastcore")
_DECORATORS = (*_LIBRARIES, "contextlib", "functools", "typing_extensions", "warnings")
# What Python calls without any code that names it.
_IMPLICIT = ("__call__", "__getattr__", "__getattribute__", "__iter__", "__getitem__", "__len__", "__bool__")
# Attributes of a tensor that only show, store or train it: others may replace them.
_NOT_COMPUTING = {"__dict__", "__dir__", "__doc__", "__format__", "__module__", "__reduce_ex__", "__repr__", "backward"}
_OF_PYTHON = ("builtins", "typing")  # classes of code in C, and of annotations
_ABSENT, _UNKNOWN = object(), object()


def replaced_functions() -> list[str]:
    """Functions of torch that networks compute with, and methods of tensors, that are no longer torch's own."""
    found = []
    for namespace, originals in _ORIGINALS:
        attributes = vars(namespace)
        for name, original in originals.items():
            now = attributes.get(name, _ABSENT)
            if now is not original and not _is_own(now, original, _name_of(namespace)):
                found.append(f"{_name_of(namespace)}.{name}")
    return found + _replaced_operators()


def _replaced_operators() -> list[str]:
    """Operators of torch, such as ``aten::mish``, with a kernel from ``torch.library`` that isn't torch's own."""
    registered = [name.split("/") for name in _registered_kernels() - _OWN_KERNELS]
    return sorted(f"{namespace}::{operator} ({key})" for namespace, operator, key in registered if key != "Meta")


def _registered_kernels() -> set[str]:
    """The kernels that Python code has registered for torch's own operators, as "aten/mish/CPU"."""
    # There is no public list of them. torch may change it, which a test notices.
    return {name for name in torch.library._impls if name.startswith(("aten/", "mkldnn/"))}


def foreign_methods(base: type, *, libraries_only: bool = False) -> list[str]:
    """Names of the methods of one class, its bases apart, that were put there from elsewhere.

    Parameters
    ----------
    base : type
    libraries_only : bool
        Whether methods that a class of somebody else's defines count as well.
    """
    # PyTorch itself replaces Module.__init__ when it compiles.
    return [
        name
        for name, value in vars(base).copy().items()
        if name != "__init__" and not _is_at_home(value, base, libraries_only=libraries_only)
    ]


def reachable_names(kind: type) -> set[str]:
    """Every name in the code that a call of an instance can reach through the methods of its class."""
    called: set[str] = set()
    pending = list(_IMPLICIT)
    while pending:
        name = pending.pop()
        if name in called:
            continue
        called.add(name)
        for base in kind.__mro__:
            for function in _unwrapped(vars(base).get(name)):
                if isinstance(function, FunctionType):
                    pending += _names_in(function.__code__)
    return called


def shadowed_methods(instance: object) -> list[str]:
    """Methods of the class of an instance that attributes of the instance itself stand in for."""
    kind = type(instance)
    return [name for name, value in vars(instance).items() if callable(value) and callable(getattr(kind, name, None))]


def hidden_state(module: nn.Module) -> list[str]:
    """Parameters, buffers and modules below a module that an attribute of the module or of its class hides."""
    registered = [*module._parameters, *module._buffers, *module._modules]
    return [name for name in registered if name in vars(module) or hasattr(type(module), name)]


def _is_own(now: object, original: object, namespace: str) -> bool:
    """Whether what stands in the place of a function is a library's own, such as a wrapper that it adds when needed."""
    homes = [_home(code) for code in _unwrapped(now)]
    if any(_package(home) not in _LIBRARIES for home in homes):
        return False
    # Another function of the same namespace is no wrapper, nor is one in C, which has no home here.
    return original is _UNKNOWN or (bool(homes) and homes[0] != namespace)


def _is_at_home(value: object, base: type, *, libraries_only: bool) -> bool:
    """Whether the code of a class attribute comes from where its class does."""
    chain = list(_unwrapped(value))
    if not chain:
        return True
    *wrappers, home = map(_home, chain)
    package, homes = _package(base.__module__), [parent.__module__ for parent in base.__mro__]
    if package not in _LIBRARIES and not libraries_only:
        # In anybody's own class, decorators may come from anywhere, and functions of torch may be attributes.
        return home in homes or _package(home) in (package, *_DECORATORS)
    if home not in homes or any(_package(code) not in _DECORATORS for code in (*wrappers, base.__module__)):
        return False
    if not isinstance(chain[-1], FunctionType):
        return True
    owner = getattr(sys.modules.get(home), chain[-1].__code__.co_qualname.partition(".")[0], None)
    return not isinstance(owner, type) or owner in base.__mro__  # or it is of another class of the same module


def _names_in(code: CodeType) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names_in(constant)
        elif isinstance(constant, str):  # getattr(self, "name")
            yield constant


def _unwrapped(value: object) -> Iterator[object]:
    """The Python code behind an attribute: a function, what that wraps, and so on. None for data and code in C."""
    while value is not None:
        if isinstance(value, FunctionType):
            yield value
            value = value.__dict__.get("__wrapped__")
        elif isinstance(value, staticmethod | classmethod):
            value = value.__func__
        elif isinstance(value, property):
            value = value.fget
        elif isinstance(value, functools.partial | functools.partialmethod | functools.cached_property):
            yield value
            value = value.func
        else:
            if not isinstance(value, type) and type(value).__module__ not in _OF_PYTHON and _acts(value):
                yield value
            return


def _acts(value: object) -> bool:
    """Whether an object is called, or asked for a value, when it is used as an attribute."""
    return callable(value) or hasattr(type(value), "__get__")


def _home(code: object) -> str:
    """The name of the module that defines a function, or the class of another callable."""
    return (code.__globals__.get("__name__") or "") if isinstance(code, FunctionType) else type(code).__module__


def _package(module: str) -> str:
    return module.partition(".")[0]


def _name_of(namespace: object) -> str:
    return namespace.__name__ if isinstance(namespace, ModuleType) else "torch.Tensor"


def _watched() -> Iterator[tuple[object, dict[str, object]]]:
    """The namespaces whose functions compute with tensors, and what stands under each name in them now."""
    tensor_methods = {name for name in dir(torch._C.TensorBase) if _acts(getattr(torch._C.TensorBase, name))}
    for namespace, names in (
        (torch, {*dir(torch._C._VariableFunctions), *torch.functional.__all__}),
        (nn.functional, set(dir(nn.functional))),
        (torch._C._nn, set(dir(torch._C._nn))),
        (torch.linalg, set(dir(torch.linalg))),
        *((module, {"F", "torch"}) for module in vars(nn.modules).values() if isinstance(module, ModuleType)),
        (torch.Tensor, tensor_methods.union(vars(torch.Tensor)) - _NOT_COMPUTING),
    ):
        now = {name: vars(namespace).get(name, _ABSENT) for name in sorted(names)}
        yield namespace, {name: value if _is_own(value, _UNKNOWN, "") else _UNKNOWN for name, value in now.items()}


_ORIGINALS = tuple(_watched())
# torch itself registers kernels in Python, but none for what a forward pass on a CPU uses: such a one is never torch's.
_OWN_KERNELS = {name for name in _registered_kernels() if "CPU" not in name and "/Autograd" not in name}
