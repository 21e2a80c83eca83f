"""Snapshots: private copies of a network for one forward pass, with a checksum of their modules and tensors.

Threads share a network, and another thread may train it, put it into training mode or add a hook during a pass. A pass
therefore runs on copies of the modules and tensors that no other thread can reach, and the checksum that features
record is computed from these.
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
from torch.nn.utils import parametrize

from galviz.errors import listed
from galviz.network.bits import bitwise_equal
from galviz.network.evalmode import check_batch_norm, check_eval_mode, has_parametrizations
from galviz.network.exactness import without_default_tf32
from galviz.network.fingerprint import attribute_name, collect_tensors, describe_structure, network_sha256
from galviz.network.hooks import HOOK_DICTS, ChangeDetector
from galviz.network.references import redirect_references

__all__ = ["Snapshot", "take_snapshot"]


@dataclass(eq=False)
class Snapshot:
    """A private copy of a network for one forward pass.

    Attributes
    ----------
    network : torch.nn.Module
        The copy, with the card of the original. Hooks of the original are called with the original's modules.
    sha256 : str
        See `galviz.network.fingerprint.fingerprint`.
    changed_by : list of str
        What changed the output of a module during the pass: names of hooks, replaced functions and methods, modes,
        subclasses of tensors, settings of torch. Empty unless the snapshot allows hooks.
    """

    network: nn.Module
    sha256: str
    changed_by: list[str]
    _detector: ChangeDetector = field(repr=False)
    _device: torch.device = field(repr=False)
    _original: nn.Module = field(repr=False)
    _states: dict[str, tuple[torch.Tensor, int]] = field(repr=False)

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Compute in full float32 within the block; settings that reduce its precision are refused or recorded.

        They are checked before and after, because another thread may change torch's settings during the pass. A network
        that changes its own tensors is refused: its output would depend on the images before.
        """
        with without_default_tf32(self._device):
            self._detector.check_settings(self._device)
            self._check_uncached()
            yield
            self._check_uncached()
            self._detector.check_settings(self._device)
        self._check_unchanged()

    def _check_uncached(self) -> None:
        """Refuse weights that torch caches: they may be older than the tensors whose checksum features record."""
        if parametrize._cache_enabled and any(map(has_parametrizations, self.network.modules())):
            raise ValueError(
                "network must not be used while torch.nn.utils.parametrize.cached() is active, in this or another "
                "thread: its weights might not be those that it has now. Leave that block first."
            )

    def _check_unchanged(self) -> None:
        states = _tensor_states(self.network)
        changed = [
            name
            for name, (values, version) in self._states.items()
            if name not in states or states[name][0] is not values or states[name][1] != version
        ]
        if changed:
            with _lock:
                _frozen.pop(self._original, None)  # a pass may have written into these
            raise ValueError(
                f"network must not change its own tensors in eval mode; a forward pass changed {listed(changed[:3])}. "
                "Its output would depend on the images before. Update them only if self.training is true."
            )


@dataclass(eq=False)
class _Frozen:
    """Copies of the tensors of a network by their full name, their versions when they were copied, and a checksum."""

    structure: str
    tensors: dict[str, torch.Tensor]
    versions: dict[str, int]
    sha256: str

    def is_current(self, structure: str, tensors: Mapping[str, torch.Tensor]) -> bool:
        """Whether a network still has this structure and these numbers, bit for bit."""
        return (
            structure == self.structure
            and tensors.keys() == self.tensors.keys()
            and all(bitwise_equal(values, self.tensors[name]) for name, values in tensors.items())
        )


_frozen: WeakKeyDictionary[nn.Module, _Frozen] = WeakKeyDictionary()
_lock = threading.Lock()


def _replace_lock() -> None:
    """Replace the lock in a forked process, where the thread that held it doesn't exist."""
    global _lock
    _lock = threading.Lock()


if hasattr(os, "register_at_fork"):  # Windows never forks
    os.register_at_fork(after_in_child=_replace_lock)


def take_snapshot(network: nn.Module, device: torch.device, *, allow_hooks: bool = False) -> Snapshot:
    """Copy a network for one forward pass.

    The copied tensors are cached, and used again as long as those of the network don't change.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode.
    device : torch.device
        Device of the copy.
    allow_hooks : bool
        Whether hooks on the network, or replaced code, may change the output of its modules. If not, the pass raises
        ValueError. Hooks that only observe are called in any case.

    Returns
    -------
    Snapshot

    Raises
    ------
    ValueError
        If a module is in training mode, a batch norm stores no statistics, or a tensor isn't float32. Unless
        `allow_hooks`, also if code of torch or of a module's class was replaced, a global hook is registered, or a
        tensor is of a subclass.

    Examples
    --------
    >>> linear = nn.Linear(2, 1).eval()
    >>> snapshot = take_snapshot(linear, torch.device("cpu"))
    >>> snapshot.network is linear, torch.equal(snapshot.network.weight, linear.weight)
    (False, True)
    """
    changed_by: list[str] = []
    detector = ChangeDetector(allow_hooks, changed_by)
    tensors = collect_tensors(network)
    structure = describe_structure(network, tensors)
    detector.check_tensors(tensors)
    check_batch_norm(network)
    for name, values in tensors.items():
        if values.is_floating_point() and values.dtype != torch.float32:
            raise ValueError(
                f"network must be float32; got {values.dtype} in {name}. Call network.float(), or load it again. For "
                "half precision use precision='bfloat16'."
            )
    frozen = _frozen.get(network)
    if frozen is None or not frozen.is_current(structure, tensors):
        with torch.inference_mode(False):  # the caller may be in inference mode, but later passes use these tensors too
            copies = {name: values.detach().clone() for name, values in tensors.items()}
        versions = {name: values._version for name, values in copies.items()}
        frozen = _Frozen(structure, copies, versions, network_sha256(structure, copies))
        with _lock:
            _frozen[network] = frozen
    placed = {name: values.to(device) for name, values in frozen.tensors.items()}
    copies: dict[int, nn.Module] = {}
    copy = _copy(network, "", placed, detector, copies)
    redirect_references(copies, {id(values): placed[name] for name, values in tensors.items()})
    check_eval_mode(copy)
    states = _tensor_states(copy)
    for name, values in frozen.tensors.items():
        if states[name][0] is values:  # shared with other snapshots, in one of which a pass may just have changed it
            states[name] = (values, frozen.versions[name])
    return Snapshot(copy, frozen.sha256, changed_by, detector, device, network, states)


def _tensor_states(network: nn.Module) -> dict[str, tuple[torch.Tensor, int]]:
    """Each tensor of a network with its version, which torch increases when the tensor is changed in place."""
    return {
        name: (values, 0 if values.is_inference() else values._version)  # in inference mode versions aren't counted
        for name, values in collect_tensors(network).items()
    }


def _copy(
    module: nn.Module,
    path: str,
    tensors: Mapping[str, torch.Tensor],
    detector: ChangeDetector,
    copies: dict[int, nn.Module],
) -> nn.Module:
    """Copy a module and its children, with `tensors` in place of their own; a shared module is copied once."""
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
            # The weight that spectral norm computes before each call isn't in `tensors`.
            attributes[name] = tensors.get(attribute_name(prefix, name), value).detach().clone()
    attributes |= {name: OrderedDict() for name in HOOK_DICTS if name in attributes}
    vars(copy).update(attributes)
    for kind in ("_parameters", "_buffers"):
        registered = vars(module)[kind].items()
        vars(copy)[kind] = {name: None if value is None else tensors[prefix + name] for name, value in registered}
    children = {
        name: None if child is None else _copy(child, prefix + name, tensors, detector, copies)
        for name, child in module._modules.items()
    }
    vars(copy)["_modules"] = children
    if has_parametrizations(module) and not module.training:
        children["parametrizations"].eval()  # those registered after network.eval() are in training mode
    detector.copy_hooks(module, copy, where)
    return copy
