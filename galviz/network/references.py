"""References from a copied module to other modules, tensors and state, in lists, dicts, bound methods and so on.

``torch.nn.Module`` registers only modules and tensors that are attributes themselves. A copy of a module with others in
a list or a bound method would still use the originals; and a list, a dict or an array of numbers that the module
reads or changes would be shared with all other copies.
"""

import copy
import functools
from collections.abc import Mapping
from types import MethodType, SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.dropout import _DropoutNd

from galviz.network.hooks import HOOK_DICTS

_MODE_DEPENDENT = (_DropoutNd, _NormBase, nn.RReLU, nn.RNNBase, nn.MultiheadAttention)
_OWN_STATE = ("_parameters", "_buffers", "_modules")
# Whatever of these types a module holds is copied with it. An object of another class may be anything, such as a lock.
_CONTAINERS = (list, dict, set, bytearray, np.ndarray, SimpleNamespace)


def redirect_references(copies: Mapping[int, nn.Module], tensors: Mapping[int, torch.Tensor]) -> None:
    """Make the attributes of copied modules refer to copies of modules, tensors and containers, not to the originals.

    Parameters
    ----------
    copies : mapping of int to torch.nn.Module
        The copy of each module of a network, by the ``id`` of the original.
    tensors : mapping of int to torch.Tensor
        The copy of each parameter and buffer, by the ``id`` of the original.

    Raises
    ------
    ValueError
        If an attribute holds a module that isn't registered as a module of the network, and has weights, or behaves
        differently in training mode.

    Examples
    --------
    >>> original, copied, holder = nn.ReLU(), nn.ReLU(), nn.Identity()
    >>> holder.helpers = [original]
    >>> redirect_references({id(original): copied, id(holder): holder}, {})
    >>> holder.helpers[0] is copied
    True
    """
    memo: dict[int, Any] = {**copies, **tensors}
    for module in list(copies.values()):
        attributes = vars(module)
        for name, value in list(attributes.items()):
            if name in _OWN_STATE or name in HOOK_DICTS or isinstance(value, torch.Tensor):
                continue
            if not _refers(value):
                if isinstance(value, _CONTAINERS):
                    attributes[name] = _copy_container(value, memo)
                continue
            for unknown in _modules_in(value):
                if id(unknown) not in memo and _has_state(unknown):
                    raise ValueError(
                        f"network must register all of its modules; {type(module).__name__}.{name} holds a "
                        f"{type(unknown).__name__} that isn't registered, and so neither is saved nor put into eval "
                        "mode. Put it into a torch.nn.ModuleList or ModuleDict, or make it an attribute."
                    )
            attributes[name] = copy.deepcopy(value, memo)


def _copy_container(value: object, memo: dict[int, Any]) -> object:
    try:
        return copy.deepcopy(value, memo)
    except TypeError:  # it holds something that can't be copied, such as a lock or a file
        return copy.copy(value)


def _has_state(module: nn.Module) -> bool:
    """Whether the output of a module depends on tensors of its own, or may differ in training mode, in which it is."""
    has_tensors = any(True for _ in (*module.parameters(), *module.buffers()))
    return has_tensors or any(part.training and not _ignores_mode(part) for part in module.modules())


def _ignores_mode(module: nn.Module) -> bool:
    """Whether a module is one of torch's whose output is the same in training and eval mode."""
    return type(module).__module__.startswith("torch.nn.modules.") and not isinstance(module, _MODE_DEPENDENT)


def _refers(value: object) -> bool:
    """Whether a value holds a module or a tensor, directly or within."""
    return any(True for _ in _leaves(value))


def _modules_in(value: object) -> list[nn.Module]:
    return [leaf for leaf in _leaves(value) if isinstance(leaf, nn.Module)]


def _leaves(value: object) -> Any:  # noqa: ANN401 (an iterator of modules and tensors)
    if isinstance(value, nn.Module | torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for held in value.values():
            yield from _leaves(held)
    elif isinstance(value, list | tuple | set | frozenset):
        for held in value:
            yield from _leaves(held)
    elif isinstance(value, MethodType):
        yield from _leaves(value.__self__)
    elif isinstance(value, functools.partial):
        yield from _leaves([value.func, *value.args, *value.keywords.values()])
