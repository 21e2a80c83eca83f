"""A network -> a private copy of it for one pass, and a checksum of exactly what that copy computes with.

Threads share a network, and anybody who holds it can train it, put it into training mode or hook it in the middle of a
pass. A pass therefore runs on modules that nobody else can reach, around tensors that nobody else can change. What the
features then claim to be made with is computed from those tensors.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.parametrize import is_parametrized

from galviz.network.bits import bitwise_equal
from galviz.network.exactness import without_default_tf32
from galviz.network.fingerprint import attribute_name, collect_tensors, describe_structure, fingerprint, network_sha256
from galviz.network.hooks import ChangeDetector
from galviz.network.references import redirect_references

__all__ = [
    "Snapshot",
    "check_eval_mode",
    "pass_lock",
    "record_weights_file",
    "take_snapshot",
    "weights_checksum",
]


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
        by name, replaced functions and methods, modes, classes of tensors, settings of torch. Empty unless the snapshot
        allows hooks.
    """

    network: nn.Module
    sha256: str
    changed_by: list[str]
    _detector: ChangeDetector = field(repr=False)
    _device: torch.device = field(repr=False)

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Compute exactly within the block; what makes float32 less exact is refused or noted, as hooks are.

        It is looked for before and after, because other threads may change torch's settings meanwhile.
        """
        with without_default_tf32(self._device):
            self._detector.check_settings(self._device)
            yield
            self._detector.check_settings(self._device)


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
            and all(bitwise_equal(values, self.tensors[name]) for name, values in tensors.items())
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
def pass_lock(network: nn.Module) -> Iterator[None]:
    """Lock a network for one pass, because one pass uses all cores and the memory of one batch."""
    with _lock:
        lock = _turns.setdefault(network, threading.Lock())
    with lock:
        yield


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
        Whether hooks on the network, or replaced code, may change what its modules output. If not, the pass raises
        ValueError when one does. Hooks that only observe are called in any case.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        If a module is in training mode, a batch norm stores no statistics, or a tensor is of another precision than
        float32. Unless `allow_hooks`, also if the code of torch or of a module's class was replaced, a global hook is
        registered, or a tensor is of a class of somebody's own.
    """
    changed_by: list[str] = []
    detector = ChangeDetector(allow_hooks, changed_by)
    tensors = collect_tensors(network)
    structure = describe_structure(network, tensors)
    detector.check_tensors(tensors)
    _check_batch_norm(network)
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
        frozen = _Frozen(structure, copies, network_sha256(structure, copies))
        with _lock:
            _frozen[network] = frozen
    placed = {name: values.to(device) for name, values in frozen.tensors.items()}
    copies: dict[int, nn.Module] = {}
    own = _copy(network, "", placed, detector, copies)
    redirect_references(copies, {id(values): placed[name] for name, values in tensors.items()})
    check_eval_mode(own)
    return Snapshot(own, frozen.sha256, changed_by, detector, device)


def check_eval_mode(network: nn.Module) -> None:
    """Raise ValueError if any module of a network is in training mode; a parametrization has that of its module."""
    parametrized = [module for module in network.modules() if _is_parametrized(module)]
    parametrizations = {id(part) for module in parametrized for part in module.parametrizations.modules()}
    if any(module.training and id(module) not in parametrizations for module in network.modules()):
        raise ValueError(
            "network must be in eval mode, so that batch norm uses its stored statistics; got one in training: call "
            "network.eval()."
        )


def _is_parametrized(module: nn.Module) -> bool:
    return "parametrizations" in module._modules and is_parametrized(module)  # which alone takes ten times as long


def _check_batch_norm(network: nn.Module) -> None:
    """Raise ValueError if a batch norm has no statistics of its own: the batch's would change with ``batch_size``."""
    for path, module in network.named_modules():
        if isinstance(module, _BatchNorm) and module.running_mean is None and module.running_var is None:
            raise ValueError(
                f"network must treat each galaxy alone; the batch norm {path!r} stores no statistics and uses those of "
                "the batch, so that features would depend on batch_size. Train it with track_running_stats=True."
            )


def record_weights_file(network: nn.Module, weights_sha256: str) -> None:
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


def _copy(
    module: nn.Module,
    path: str,
    tensors: Mapping[str, torch.Tensor],
    detector: ChangeDetector,
    copies: dict[int, nn.Module],
) -> nn.Module:
    """Copy a module and those below it around `tensors`; a module that stands in two places is copied once."""
    if id(module) in copies:
        return copies[id(module)]
    copy = copies[id(module)] = type(module).__new__(type(module))
    prefix = f"{path}." if path else ""
    where = f"module {path!r}" if path else "the network"
    attributes = vars(module).copy()
    detector.check_code(module, where)
    attributes.pop("_compiled_call_impl", None)  # it would run the module itself, not its copy
    for name, value in attributes.items():
        if isinstance(value, torch.Tensor):
            # The weight that spectral norm computes before each call is none of `tensors`.
            attributes[name] = tensors.get(attribute_name(prefix, name), value).detach().clone()
    attributes |= {
        name: OrderedDict() for name, value in attributes.items() if "_hooks" in name and isinstance(value, dict)
    }
    vars(copy).update(attributes)
    for kind in ("_parameters", "_buffers"):
        held = {name: value if value is None else tensors[prefix + name] for name, value in vars(module)[kind].items()}
        vars(copy)[kind] = held
    below = {
        name: None if child is None else _copy(child, prefix + name, tensors, detector, copies)
        for name, child in module._modules.items()
    }
    vars(copy)["_modules"] = below
    if _is_parametrized(module) and not module.training:
        below["parametrizations"].eval()  # one that was registered after network.eval() is in training mode
    detector.copy_hooks(module, copy, where)
    return copy
