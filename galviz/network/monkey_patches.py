"""Detection of monkey patches: replaced functions of torch, methods of modules, and attributes that hide them.

This guards against accidents, not attacks, and covers torch and the classes of the network only. Code replaced
elsewhere isn't detected: a patched Pillow, NumPy or galviz changes features without a report.

The module that defines a function is read from its globals, because `functools.wraps` copies the name of another one.
"""

import functools
import sys
from collections.abc import Iterator
from types import CodeType, FunctionType, ModuleType

import torch
from torch import nn

__all__ = ["foreign_methods", "hidden_state", "reachable_names", "replaced_functions", "shadowed_methods"]

# They define the modules of networks, patch torch.Tensor and wrap each other's functions.
_LIBRARIES = ("torch", "fastai", "fastcore")
_DECORATORS = (*_LIBRARIES, "contextlib", "functools", "typing_extensions", "warnings")
# Methods that Python calls without naming them.
_IMPLICIT = ("__call__", "__getattr__", "__getattribute__", "__iter__", "__getitem__", "__len__", "__bool__")
# Attributes of a tensor for display, storage and training, which may be replaced.
_NOT_COMPUTING = {"__dict__", "__dir__", "__doc__", "__format__", "__module__", "__reduce_ex__", "__repr__", "backward"}
_OF_PYTHON = ("builtins", "typing")  # modules of the types of C functions and of annotations
_ABSENT, _UNKNOWN = object(), object()


def replaced_functions() -> list[str]:
    """List functions of torch, and methods of tensors, that have been replaced since this module was imported.

    Examples
    --------
    >>> replaced_functions()
    []
    """
    replaced = []
    for namespace, originals in _ORIGINALS:
        attributes = vars(namespace)
        for name, original in originals.items():
            current = attributes.get(name, _ABSENT)
            if current is not original and not _is_own(current, original, _name_of(namespace)):
                replaced.append(f"{_name_of(namespace)}.{name}")
    return replaced + _replaced_operators()


def _replaced_operators() -> list[str]:
    """List operators of torch, such as ``aten::mish``, with a kernel from ``torch.library`` that isn't torch's own.

    A pass uses neither kernels of the device "meta" nor those that torch registers when torch.func is first used.
    """
    registered = [name.split("/") for name in _registered_kernels() - _OWN_KERNELS]
    return sorted(
        f"{namespace}::{operator} ({key})"
        for namespace, operator, key in registered
        if not key.startswith(("Meta", "FuncTorch"))
    )


def _registered_kernels() -> set[str]:
    """The kernels that Python code has registered for torch's own operators, such as "aten/mish/CPU"."""
    # There is no public list of them. If torch changes this one, a test fails.
    return {name for name in torch.library._impls if name.startswith(("aten/", "mkldnn/"))}


def foreign_methods(base: type, *, libraries_only: bool = False) -> list[str]:
    """List the methods of a class, without its bases, that were defined elsewhere.

    Parameters
    ----------
    base : type
    libraries_only : bool
        Whether methods of classes outside torch and fastai count too.

    Examples
    --------
    >>> class Doubling(nn.Module): ...
    >>> Doubling.forward = torch.nn.ReLU.forward
    >>> foreign_methods(Doubling), foreign_methods(Doubling, libraries_only=True)
    ([], ['forward'])
    """
    # PyTorch itself replaces Module.__init__ when it compiles.
    return [
        name
        for name, value in vars(base).copy().items()
        if name != "__init__" and not _is_at_home(value, base, libraries_only=libraries_only)
    ]


def reachable_names(kind: type) -> set[str]:
    """Collect every name in the code that a call of an instance can reach through the methods of its class.

    Examples
    --------
    >>> "forward" in reachable_names(nn.ReLU), "summary" in reachable_names(nn.ReLU)
    (True, False)
    """
    names: set[str] = set()
    pending = list(_IMPLICIT)
    while pending:
        name = pending.pop()
        if name in names:
            continue
        names.add(name)
        for base in kind.__mro__:
            for function in _unwrapped(vars(base).get(name)):
                if isinstance(function, FunctionType):
                    pending += _names_in(function.__code__)
    return names


def shadowed_methods(instance: object) -> list[str]:
    """List methods of a class that attributes of the instance replace.

    Examples
    --------
    >>> relu = nn.ReLU()
    >>> relu.forward = lambda values: values
    >>> shadowed_methods(relu)
    ['forward']
    """
    kind = type(instance)
    return [name for name, value in vars(instance).items() if callable(value) and callable(getattr(kind, name, None))]


def hidden_state(module: nn.Module) -> list[str]:
    """List parameters, buffers and children of a module that an attribute of the module or of its class hides.

    Examples
    --------
    >>> linear = nn.Linear(2, 1)
    >>> vars(linear)["weight"] = torch.zeros(1, 2)
    >>> hidden_state(linear)
    ['weight']
    """
    registered = [*module._parameters, *module._buffers, *module._modules]
    return [name for name in registered if name in vars(module) or hasattr(type(module), name)]


def _is_own(current: object, original: object, namespace: str) -> bool:
    """Whether the present value of a function comes from a library itself, such as a wrapper that it adds later."""
    homes = [_home(code) for code in _unwrapped(current)]
    if any(_package(home) not in _LIBRARIES for home in homes):
        return False
    # Neither another function of the same namespace nor a C function is a wrapper.
    return original is _UNKNOWN or (bool(homes) and homes[0] != namespace)


def _is_at_home(value: object, base: type, *, libraries_only: bool) -> bool:
    """Whether the code of a class attribute comes from the package of its class."""
    chain = list(_unwrapped(value))
    if not chain:
        return True
    *wrappers, home = map(_home, chain)
    package, homes = _package(base.__module__), [parent.__module__ for parent in base.__mro__]
    if package not in _LIBRARIES and not libraries_only:
        # In other classes, decorators may come from anywhere, and functions of torch may be attributes.
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
    """Yield the Python code of an attribute: a function, the function it wraps, and so on; nothing for data and C."""
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
    """Whether an object is callable, or computes a value when it is used as an attribute."""
    return callable(value) or hasattr(type(value), "__get__")


def _home(code: object) -> str:
    """Name of the module that defines a function, or the class of another callable."""
    return (code.__globals__.get("__name__") or "") if isinstance(code, FunctionType) else type(code).__module__


def _package(module: str) -> str:
    return module.partition(".")[0]


def _name_of(namespace: object) -> str:
    return namespace.__name__ if isinstance(namespace, ModuleType) else "torch.Tensor"


def _watched() -> Iterator[tuple[object, dict[str, object]]]:
    """Yield the namespaces whose functions compute with tensors, and the present value of each name."""
    tensor_methods = {name for name in dir(torch._C.TensorBase) if _acts(getattr(torch._C.TensorBase, name))}
    for namespace, names in (
        (torch, {*dir(torch._C._VariableFunctions), *torch.functional.__all__}),
        (nn.functional, set(dir(nn.functional))),
        (torch._C._nn, set(dir(torch._C._nn))),
        (torch.linalg, set(dir(torch.linalg))),
        *((module, {"F", "torch"}) for module in vars(nn.modules).values() if isinstance(module, ModuleType)),
        (torch.Tensor, tensor_methods.union(vars(torch.Tensor)) - _NOT_COMPUTING),
    ):
        current = {name: vars(namespace).get(name, _ABSENT) for name in sorted(names)}
        yield namespace, {name: value if _is_own(value, _UNKNOWN, "") else _UNKNOWN for name, value in current.items()}


_ORIGINALS = tuple(_watched())
# torch itself registers kernels in Python, but none for what a forward pass on a CPU uses: such a one is never torch's.
_OWN_KERNELS = {name for name in _registered_kernels() if "CPU" not in name and "/Autograd" not in name}
