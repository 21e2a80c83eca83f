"""Detection of what changes the output of a network: hooks, replaced code, modes of torch.

Hooks run during the forward pass and are reported if they change the output of a module; everything else is reported
before the pass.
"""

import functools
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as torch_module
from torch.nn.utils.prune import BasePruningMethod
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm
from torch.overrides import _get_current_function_mode_stack
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack
from torch.utils._pytree import tree_leaves, tree_map_only

from galviz.network.bits import bitwise_equal
from galviz.network.exactness import inexact_settings
from galviz.network.monkey_patches import (
    foreign_methods,
    hidden_state,
    reachable_names,
    replaced_functions,
    shadowed_methods,
)

__all__ = ["HOOK_DICTS", "ChangeDetector", "builtin_hooks", "is_plain_tensor"]

# Hooks by which PyTorch itself computes a weight before a layer runs are part of the network.
_PARTS_OF_THE_NETWORK = (SpectralNorm, WeightNorm, BasePruningMethod)
_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
# The dictionaries in which torch keeps hooks of all kinds; a module may have attributes of similar names of its own.
HOOK_DICTS = frozenset(name for name in vars(nn.Module()) if "_hooks" in name)
_GLOBAL_HOOKS = ("_global_forward_hooks", "_global_forward_pre_hooks")
_PLAIN_TENSORS = (torch.Tensor, nn.Parameter, nn.Buffer)


def is_plain_tensor(values: torch.Tensor) -> bool:
    """Whether a tensor is of torch's own class; a subclass may override what torch's functions do.

    Examples
    --------
    >>> is_plain_tensor(nn.Linear(2, 1).weight)
    True
    """
    return type(values) in _PLAIN_TENSORS


def builtin_hooks(module: nn.Module) -> dict[str, Callable]:
    """Hooks by which PyTorch computes tensors of a module before each call, by the name of the tensor.

    Examples
    --------
    >>> list(builtin_hooks(nn.utils.spectral_norm(nn.Linear(2, 1))))
    ['weight']
    """
    return {
        hook._tensor_name if isinstance(hook, BasePruningMethod) else hook.name: hook
        for hook in module._forward_pre_hooks.values()
        if isinstance(hook, _PARTS_OF_THE_NETWORK)
    }


class ChangeDetector:
    """Detects what changes the output of a network in one forward pass, and calls the network's hooks.

    Parameters
    ----------
    allow : bool
        Record changes; if False, a change raises ValueError.
    changed_by : list of str
        The names of changes are appended to it.

    Raises
    ------
    ValueError
        Unless `allow`, if there is a global hook, a mode or a replaced function of torch.

    Examples
    --------
    >>> changed_by = []
    >>> linear = nn.Linear(2, 1)
    >>> linear.forward = lambda values: values
    >>> ChangeDetector(True, changed_by).check_code(linear, "the network")
    >>> changed_by
    ['the replaced method forward of the network']
    """

    def __init__(self, allow: bool, changed_by: list[str]) -> None:
        self._allow, self._changed_by = allow, changed_by
        self._checked: set[type] = set()
        self._replaced: set[tuple[type, str]] = set()  # those of a base class are found again for each subclass
        self._foreign_methods = functools.cache(foreign_methods)
        for kind in _GLOBAL_HOOKS:
            for hook in getattr(torch_module, kind).values():
                self._report(f"the global hook {_name_of(hook)}")
        for mode in (*_get_current_function_mode_stack(), *_get_current_dispatch_mode_stack()):
            if not type(mode).__module__.startswith("torch."):  # such as that of torch.set_default_device
                self._report(f"the mode {_full_name(type(mode))}")
        for function in replaced_functions():
            self._report(f"the replaced function {function}")

    def check_tensors(self, tensors: Mapping[str, torch.Tensor]) -> None:
        """Report tensors of subclasses, which may override functions of torch."""
        for name, values in tensors.items():
            if not is_plain_tensor(values):
                self._report(f"the class {_full_name(type(values))} of {name}")

    def check_settings(self, device: torch.device) -> None:
        """Report settings of torch that reduce the precision of float32 on a device; see `inexact_settings`."""
        for setting in inexact_settings(device):
            self._report(f"the setting {setting}", remedy='Set it to "ieee"')

    def check_code(self, module: nn.Module, where: str) -> None:
        """Report replaced code of a module; each method of a class is reported once."""
        self._check_class(type(module), where)
        for name in shadowed_methods(module):
            self._report(f"the replaced method {name} of {where}")
        for name in hidden_state(module):
            self._report(f"an attribute that hides {name} of {where}")

    def copy_hooks(self, module: nn.Module, copy: nn.Module, where: str) -> None:
        """Register the hooks of a module on its copy; they are called with the original, and changes are reported."""
        for kind in _HOOKS:
            after = kind == "_forward_hooks"
            with_kwargs = getattr(module, f"{kind}_with_kwargs", {})
            always = getattr(module, f"{kind}_always_called", {})
            for number, hook in list(getattr(module, kind).items()):
                if isinstance(hook, _PARTS_OF_THE_NETWORK):
                    self._check_part(hook, where)
                    called = hook
                else:
                    called = self._watched(hook, module, where, after=after)
                options = {"with_kwargs": number in with_kwargs}
                if after:
                    copy.register_forward_hook(called, always_call=number in always, **options)
                else:
                    copy.register_forward_pre_hook(called, **options)

    def _report(self, what: str, *, remedy: str = "Remove it") -> None:
        """Record a change of the output, or raise ValueError."""
        if not self._allow:
            raise ValueError(
                f"network must compute what its weights say; {what} changes the output. {remedy}, or pass "
                "allow_hooks=True to extract features of the changed network."
            )
        if what not in self._changed_by:
            self._changed_by.append(what)

    def _check_class(self, kind: type, where: str, *, libraries_only: bool = False) -> None:
        if kind in self._checked:
            return
        self._checked.add(kind)
        foreign = {
            (base, name) for base in kind.__mro__ for name in self._foreign_methods(base, libraries_only=libraries_only)
        }
        # Methods that no forward pass calls may be added, such as a summary.
        called = reachable_names(kind) if foreign else ()
        for base, name in sorted(foreign - self._replaced, key=str):
            if name in called:
                self._replaced.add((base, name))
                self._report(f"the replaced method {base.__qualname__}.{name} of {where}")

    def _check_part(self, hook: Callable, where: str) -> None:
        """Report a subclass of one of PyTorch's own hooks that runs other code.

        A custom pruning method is allowed: its code makes the mask once, before the pass.
        """
        owner = f"the hook {_name_of(hook)} on {where}"
        self._check_class(type(hook), owner, libraries_only=True)
        for name in shadowed_methods(hook):
            self._report(f"the replaced method {name} of {owner}")

    def _watched(self, hook: Callable, module: nn.Module, where: str, *, after: bool) -> Callable:
        """Wrap a hook of a module, called before or `after` its forward pass, so that changes are reported."""

        def watched(_: nn.Module, *values: Any) -> Any:  # noqa: ANN401 (any arguments and result of a hook)
            # The hook gets copies: it may store them, and change them later without effect.
            copies = tree_map_only(torch.Tensor, torch.Tensor.clone, values)
            result = hook(module, *copies)
            changed = not all(map(bitwise_equal, tree_leaves(copies), tree_leaves(values)))
            if result is None and not changed:
                return None
            self._report(f"the hook {_name_of(hook)} on {where}")
            if result is not None:
                return result
            # Changed in place: the output is the last argument of a forward hook; a pre-hook gets the inputs.
            return copies[-1] if after else copies if len(copies) > 1 else copies[0]

        return watched


def _name_of(hook: Callable) -> str:
    """The full name of a hook, by which it is found in code."""
    function = getattr(hook, "__func__", hook)
    if not hasattr(function, "__qualname__"):
        return _full_name(type(hook))
    return f"{getattr(function, '__module__', None) or type(hook).__module__}.{function.__qualname__}"


def _full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
