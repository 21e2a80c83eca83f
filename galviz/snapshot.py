"""A network -> a private copy of it for one pass, and a checksum of exactly what that copy computes with.

Threads share a network, and anybody who holds it can train it, put it into training mode or hook it in the middle of a
pass. A pass therefore runs on modules that nobody else can reach, around tensors that nobody else can change. What the
features then claim to be made with is computed from those tensors.
"""

import hashlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import nn
from torch.nn.modules import module as torch_module
from torch.nn.utils.prune import BasePruningMethod
from torch.nn.utils.spectral_norm import SpectralNorm
from torch.nn.utils.weight_norm import WeightNorm
from torch.overrides import _get_current_function_mode_stack
from torch.utils._python_dispatch import _get_current_dispatch_mode_stack
from torch.utils._pytree import tree_leaves, tree_map_only
from torch.utils.hooks import RemovableHandle

__all__ = [
    "Snapshot",
    "fingerprint",
    "refuse_training",
    "remember_weights",
    "take_snapshot",
    "turn",
    "weights_checksum",
]

# What PyTorch itself attaches to make a weight before a layer runs is part of the network.
_PARTS_OF_THE_NETWORK = (SpectralNorm, WeightNorm, BasePruningMethod)
_SETTINGS = (int, float, str, tuple)
_HOOKS = ("_forward_hooks", "_forward_pre_hooks")
_GLOBAL_HOOKS = ("_global_forward_hooks", "_global_forward_pre_hooks")


@dataclass(eq=False)
class Snapshot:
    """A network as it was at one moment, for one pass; nobody else can reach or change it.

    Attributes
    ----------
    network : torch.nn.Module
        The copy, with the card of the original. Hooks of the original are called with the original's modules.
    sha256 : str
        See `fingerprint`.
    changed_by : list of str
        What changed the output of a module during the pass, and so made numbers that are not the network's own: hooks
        by name, and replaced forward methods. Empty unless the snapshot allows hooks.
    """

    network: nn.Module
    sha256: str
    changed_by: list[str] = field(default_factory=list)


@dataclass(eq=False)
class _Frozen:
    """Tensors copied from a network, by their full name, with what identifies them."""

    structure: str
    tensors: dict[str, torch.Tensor]
    sha256: str

    def is_current(self, structure: str, tensors: Mapping[str, torch.Tensor]) -> bool:
        """Whether a network still has this structure and these numbers, bit for bit."""
        return (
            structure == self.structure
            and tensors.keys() == self.tensors.keys()
            and all(_identical(values, self.tensors[name]) for name, values in tensors.items())
        )


_frozen: WeakKeyDictionary[nn.Module, _Frozen] = WeakKeyDictionary()
_turns: WeakKeyDictionary[nn.Module, threading.Lock] = WeakKeyDictionary()
_lock = threading.Lock()


def _forget_locks() -> None:
    """A forked process has none of the threads that held a lock, and would wait for them forever."""
    global _lock
    _lock = threading.Lock()
    _turns.clear()


if hasattr(os, "register_at_fork"):  # Windows never forks
    os.register_at_fork(after_in_child=_forget_locks)


@contextmanager
def turn(network: nn.Module) -> Iterator[None]:
    """Wait for one's turn to compute with a network: one pass at a time uses all cores and one batch's memory."""
    with _lock:
        lock = _turns.setdefault(network, threading.Lock())
    with lock:
        yield


def fingerprint(network: nn.Module) -> str:
    """Checksum of what a network computes with: its modules and every parameter and buffer, bit for bit.

    Equal for equal networks on any device. Hooks, gradients and training mode do not count.
    """
    return _sha256(_structure(network), _tensors(network))


def take_snapshot(network: nn.Module, device: torch.device, *, allow_hooks: bool = False) -> Snapshot:
    """Copy a network for one pass.

    The tensors of the copy are kept and used again while the network's own are bit for bit the same.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode.
    device : torch.device
        Where the copy is to compute.
    allow_hooks : bool
        Whether hooks on the network may change what its modules output. If not, the pass raises ValueError when one
        does. Hooks that only observe are called in any case.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        If a module is in training mode, or, unless `allow_hooks`, if a forward method was replaced or a global hook is
        registered.
    """
    structure, tensors = _structure(network), _tensors(network)
    for name, values in tensors.items():
        if values.is_floating_point() and values.dtype != torch.float32:
            raise ValueError(
                f"network must be of float32; got {values.dtype} in {name}. Call network.float(), or load it again; "
                "precision='bfloat16' computes in half precision."
            )
    frozen = _frozen.get(network)
    if frozen is None or not frozen.is_current(structure, tensors):
        with torch.inference_mode(False):  # whatever mode the caller is in, later passes use these tensors too
            copies = {name: values.detach().clone() for name, values in tensors.items()}
        frozen = _Frozen(structure, copies, _sha256(structure, copies))
        with _lock:
            _frozen[network] = frozen
    snapshot = Snapshot(nn.Identity(), frozen.sha256)
    placed = {name: values.to(device) for name, values in frozen.tensors.items()}
    snapshot.network = _copy(network, "", placed, _Watch(allow_hooks, snapshot.changed_by), {})
    refuse_training(snapshot.network)
    return snapshot


def refuse_training(network: nn.Module) -> None:
    """Raise ValueError if any module of a network is in training mode."""
    if any(module.training for module in network.modules()):
        raise ValueError(
            "network must be in eval mode, so that batch norm uses its stored statistics; got one in training: call "
            "network.eval()."
        )


def remember_weights(network: nn.Module, weights_sha256: str) -> None:
    """Note on a network which weights file it was loaded from, and what it computes with as loaded."""
    network.loaded_from = {"weights_sha256": weights_sha256, "fingerprint": fingerprint(network)}


def weights_checksum(network: nn.Module, snapshot: Snapshot) -> str:
    """Which weights a snapshot computed with.

    Returns
    -------
    str
        The checksum of the weights file if the network was loaded from one and nothing has changed since; else the
        snapshot's own, which is no file's.
    """
    loaded = getattr(network, "loaded_from", {})
    return loaded["weights_sha256"] if loaded.get("fingerprint") == snapshot.sha256 else snapshot.sha256


class _Watch:
    """Calls the hooks of a network during a pass, and notices when one changes what it was shown."""

    def __init__(self, allow: bool, changed_by: list[str]) -> None:
        self._allow, self._changed_by = allow, changed_by
        for kind in _GLOBAL_HOOKS:
            for hook in getattr(torch_module, kind).values():
                self.report(f"the global hook {_name_of(hook)}")
        for mode in (*_get_current_function_mode_stack(), *_get_current_dispatch_mode_stack()):
            if not type(mode).__module__.startswith("torch."):  # such as that of torch.set_default_device
                self.report(f"the mode {type(mode).__module__}.{type(mode).__qualname__}")

    def report(self, what: str) -> None:
        """Note what changes the network's output, or refuse it."""
        if not self._allow:
            raise ValueError(
                f"network must compute what its weights say; {what} changes the output. Remove it, or pass "
                "allow_hooks=True to have features of the changed network."
            )
        if what not in self._changed_by:
            self._changed_by.append(what)

    def wrap(self, hook: Callable, module: nn.Module, where: str, *, after: bool) -> Callable:
        """The hook of a module, called before or `after` its forward pass; what it changes is noticed."""

        def watched(_: nn.Module, *values: Any) -> Any:  # noqa: ANN401 (whatever a hook is shown and returns)
            # It is shown copies, which it may keep and change later: that changes nothing.
            shown = tree_map_only(torch.Tensor, torch.Tensor.clone, values)
            result = hook(module, *shown)
            changed = not all(map(_identical, tree_leaves(shown), tree_leaves(values)))
            if result is None and not changed:
                return None
            self.report(f"the hook {_name_of(hook)} on {where}")
            if result is not None:
                return result
            # Changed in place: a forward hook is shown the output last, a hook before the forward pass its inputs.
            return shown[-1] if after else shown if len(shown) > 1 else shown[0]

        return watched


def _copy(
    module: nn.Module, path: str, tensors: Mapping[str, torch.Tensor], watch: _Watch, copies: dict[int, nn.Module]
) -> nn.Module:
    """Copy a module and those below it around `tensors`; a module that stands in two places is copied once."""
    if id(module) in copies:
        return copies[id(module)]
    copy = copies[id(module)] = type(module).__new__(type(module))
    prefix = f"{path}." if path else ""
    where = f"module {path!r}" if path else "the network"
    attributes = vars(module).copy()
    for method in _replaced_methods(module):
        watch.report(f"the replaced method {method} of {where}")
    for name, value in attributes.items():
        if isinstance(value, torch.Tensor):  # such as the weight that spectral norm computes before each call
            attributes[name] = value.detach().clone()
    attributes |= {
        name: OrderedDict() for name, value in attributes.items() if "_hooks" in name and isinstance(value, dict)
    }
    vars(copy).update(attributes)
    for kind in ("_parameters", "_buffers"):
        held = {name: value if value is None else tensors[prefix + name] for name, value in vars(module)[kind].items()}
        vars(copy)[kind] = held
    below = {
        name: None if child is None else _copy(child, prefix + name, tensors, watch, copies)
        for name, child in module._modules.items()
    }
    vars(copy)["_modules"] = below
    for kind in _HOOKS:
        with_kwargs = getattr(module, f"{kind}_with_kwargs", {})
        always = getattr(module, f"{kind}_always_called", {})
        for number, hook in list(getattr(module, kind).items()):
            own = isinstance(hook, _PARTS_OF_THE_NETWORK)
            called = hook if own else watch.wrap(hook, module, where, after=kind == "_forward_hooks")
            _register(copy, kind, called, with_kwargs=number in with_kwargs, always_call=number in always)
    return copy


def _replaced_methods(module: nn.Module) -> list[str]:
    """Methods of a module that are not those of its class, and a forward that was put into its class from elsewhere."""
    kind = type(module)
    replaced = [
        name
        for name, value in vars(module).items()
        if name in module._modules or (callable(value) and callable(getattr(kind, name, None)))
    ]
    homes = {base.__module__ for base in kind.__mro__}
    if getattr(kind.forward, "__module__", None) not in homes:
        replaced.append(f"{kind.__name__}.forward")
    return replaced


def _register(module: nn.Module, kind: str, hook: Callable, *, with_kwargs: bool, always_call: bool) -> RemovableHandle:
    if kind == "_forward_pre_hooks":
        return module.register_forward_pre_hook(hook, with_kwargs=with_kwargs)
    return module.register_forward_hook(hook, with_kwargs=with_kwargs, always_call=always_call)


def _structure(network: nn.Module) -> str:
    """What a network's modules are, as text: their names, classes and settings."""
    # repr names classes without their module, and a class of the same name may compute something else.
    lines = []
    for path, module in network.named_modules():
        lines.append(f"{path} {type(module).__module__}.{type(module).__qualname__}")
        # repr leaves some settings out too, such as the divisor of a pooling. The mode is checked apart.
        settings = sorted((name, value) for name, value in vars(module).items() if isinstance(value, _SETTINGS))
        lines += [f"{path}.{name}={value!r}" for name, value in settings if name != "training"]
    return "\n".join([*lines, repr(network)])


def _tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    """Every parameter and buffer of a network by its full name, those too that a state dict leaves out."""
    return {
        **dict(network.named_parameters(remove_duplicate=False)),
        **dict(network.named_buffers(remove_duplicate=False)),
    }


def _sha256(structure: str, tensors: Mapping[str, torch.Tensor]) -> str:
    digest = hashlib.sha256(structure.encode())
    for name, values in sorted(tensors.items()):
        digest.update(f"\n{name} {values.dtype} {tuple(values.shape)} ".encode())
        digest.update(_bits(values.cpu()).numpy())
    return digest.hexdigest()


def _identical(left: object, right: object) -> bool:
    """Whether two tensors hold the same bits: NaN equals itself, and 0 isn't -0. Of anything else whether it is one."""
    if not (isinstance(left, torch.Tensor) and isinstance(right, torch.Tensor)):
        return left is right
    alike = left.shape == right.shape and left.dtype == right.dtype and left.device == right.device
    return alike and torch.equal(_bits(left), _bits(right))


def _bits(values: torch.Tensor) -> torch.Tensor:
    """The bits of a tensor as integers, in one dimension."""
    wide = {1: torch.uint8, 2: torch.int16, 4: torch.int32}.get(values.element_size(), torch.int64)
    return values.detach().contiguous().view(-1).view(wide)


def _name_of(hook: Callable) -> str:
    """How a reader finds a hook in their code."""
    function = getattr(hook, "__func__", hook)
    name = getattr(function, "__qualname__", type(hook).__qualname__)
    return f"{getattr(function, '__module__', None) or type(hook).__module__}.{name}"
