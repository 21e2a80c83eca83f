"""What makes a network compute something else than its weights say: hooks of others, replaced code, modes.

Hooks are called during a pass and named when they change what a module outputs. The rest is named before it.
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
from galviz.network.tampering import (
    foreign_methods,
    hidden_state,
    reachable_names,
    replaced_functions,
    shadowed_methods,
)

__all__ = ["ChangeDetector", "builtin_hooks", "is_plain_tensor"]

# What PyTorch itself attaches to make a weight before a layer runs is part of the network.
_PARTS_OF_THE_NETWORK = (SpectralNorm, WeightNorm, BasePruningMethod)
_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
_GLOBAL_HOOKS = ("_global_forward_hooks", "_global_forward_pre_hooks")
_PLAIN_TENSORS = (torch.Tensor, nn.Parameter, nn.Buffer)


def is_plain_tensor(values: torch.Tensor) -> bool:
    """Whether a tensor is of torch's own class, with which every function of torch does what it says."""
    return type(values) in _PLAIN_TENSORS


def builtin_hooks(module: nn.Module) -> dict[str, Callable]:
    """PyTorch's own hooks on a module, by the name of the tensor that each computes before a call."""
    return {
        hook._tensor_name if isinstance(hook, BasePruningMethod) else hook.name: hook
        for hook in module._forward_pre_hooks.values()
        if isinstance(hook, _PARTS_OF_THE_NETWORK)
    }


class ChangeDetector:
    """Notices what changes the output of a network in one pass, and calls its hooks.

    Parameters
    ----------
    allow : bool
        Whether what is noticed is noted; if not, it is refused with a ValueError.
    changed_by : list of str
        Where it is noted.

    Raises
    ------
    ValueError
        Unless `allow`, if a global hook, a mode or a replaced function of torch is there.
    """

    def __init__(self, allow: bool, changed_by: list[str]) -> None:
        self._allow, self._changed_by = allow, changed_by
        self._checked: set[type] = set()
        self._replaced: set[tuple[type, str]] = set()  # a class is met with each that derives from it
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
        """Report tensors of a class of somebody's own, with which functions of torch may do something else."""
        for name, values in tensors.items():
            if not is_plain_tensor(values):
                self._report(f"the class {_full_name(type(values))} of {name}")

    def check_settings(self, device: torch.device) -> None:
        """Report settings of torch by which a device computes float32 less exactly; see `inexact_settings`."""
        for setting in inexact_settings(device):
            self._report(f"the setting {setting}", remedy='Set it to "ieee"')

    def check_code(self, module: nn.Module, where: str) -> None:
        """Report what of a module's code was replaced, each method of a class once."""
        self._check_class(type(module), where)
        for name in shadowed_methods(module):
            self._report(f"the replaced method {name} of {where}")
        for name in hidden_state(module):
            self._report(f"an attribute that hides {name} of {where}")

    def copy_hooks(self, module: nn.Module, copy: nn.Module, where: str) -> None:
        """Have a copy of a module call its hooks, with the module itself; what they change is noticed."""
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
        """Note what changes the network's output, or refuse it."""
        if not self._allow:
            raise ValueError(
                f"network must compute what its weights say; {what} changes the output. {remedy}, or pass "
                "allow_hooks=True to have features of the changed network."
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
        # Anybody may add what no forward pass calls, such as a summary.
        called = reachable_names(kind) if foreign else ()
        for base, name in sorted(foreign - self._replaced, key=str):
            if name in called:
                self._replaced.add((base, name))
                self._report(f"the replaced method {base.__qualname__}.{name} of {where}")

    def _check_part(self, hook: Callable, where: str) -> None:
        """Report a hook that only derives from PyTorch's own and runs other code.

        A pruning method of one's own doesn't: what it defines makes the mask, once.
        """
        owner = f"the hook {_name_of(hook)} on {where}"
        self._check_class(type(hook), owner, libraries_only=True)
        for name in shadowed_methods(hook):
            self._report(f"the replaced method {name} of {owner}")

    def _watched(self, hook: Callable, module: nn.Module, where: str, *, after: bool) -> Callable:
        """The hook of a module, called before or `after` its forward pass; what it changes is noticed."""

        def watched(_: nn.Module, *values: Any) -> Any:  # noqa: ANN401 (whatever a hook is shown and returns)
            # It is shown copies, which it may keep and change later: that changes nothing.
            shown = tree_map_only(torch.Tensor, torch.Tensor.clone, values)
            result = hook(module, *shown)
            changed = not all(map(bitwise_equal, tree_leaves(shown), tree_leaves(values)))
            if result is None and not changed:
                return None
            self._report(f"the hook {_name_of(hook)} on {where}")
            if result is not None:
                return result
            # Changed in place: a forward hook is shown the output last, a hook before the forward pass its inputs.
            return shown[-1] if after else shown if len(shown) > 1 else shown[0]

        return watched


def _name_of(hook: Callable) -> str:
    """How a reader finds a hook in their code."""
    function = getattr(hook, "__func__", hook)
    if not hasattr(function, "__qualname__"):
        return _full_name(type(hook))
    return f"{getattr(function, '__module__', None) or type(hook).__module__}.{function.__qualname__}"


def _full_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
