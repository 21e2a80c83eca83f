"""The fingerprint of a network: a checksum of its modules, their settings, and every tensor bit for bit."""

import hashlib
from collections.abc import Mapping

import torch
from torch import nn

from galviz.network.attributes import describe_attributes, describe_class
from galviz.network.bits import view_bits
from galviz.network.hooks import builtin_hooks, is_plain_tensor

__all__ = [
    "attribute_name",
    "collect_tensors",
    "describe_structure",
    "fingerprint",
    "network_sha256",
    "record_weights_file",
    "weights_checksum",
]


def fingerprint(network: nn.Module) -> str:
    """Checksum of the modules and tensors of a network, bit for bit.

    It is equal for equal networks on any device. Hooks other than PyTorch's own, gradients and training mode don't
    count.

    Examples
    --------
    >>> linear = nn.Linear(2, 1)
    >>> before = fingerprint(linear)
    >>> _ = nn.init.ones_(linear.weight)
    >>> fingerprint(linear) == before
    False
    """
    tensors = collect_tensors(network)
    return network_sha256(describe_structure(network, tensors), tensors)


def describe_structure(network: nn.Module, tensors: Mapping[str, torch.Tensor]) -> str:
    """Describe the modules of a network as text: their paths, classes and settings.

    Examples
    --------
    >>> describe_structure(nn.ReLU(), {}).splitlines()
    [' torch.nn.modules.activation.ReLU', '.inplace=False', 'ReLU()']
    """
    # repr omits the Python module of a class, and a class of the same name may compute something else.
    lines = []
    for path, module in network.named_modules():
        lines.append(f"{path} {describe_class(type(module))}")
        # repr omits some settings too, such as the divisor of a pooling. Training mode is checked elsewhere.
        lines += [f"{path}.{attribute}" for attribute in describe_attributes(module)]
        for name, hook in builtin_hooks(module).items():
            settings = [f"{setting}={value!r}" for setting, value in sorted(vars(hook).items()) if _is_setting(value)]
            lines += [f"{path}.{name} {type(hook).__qualname__}", *settings]
    # A subclass of torch.Tensor may compute something else from the same numbers.
    lines += [f"{name} {type(values).__qualname__}" for name, values in tensors.items() if not is_plain_tensor(values)]
    return "\n".join([*lines, repr(network)])


def _is_setting(value: object) -> bool:
    return isinstance(value, int | float | str | tuple)


def attribute_name(prefix: str, name: str) -> str:
    """The key in `collect_tensors` of a tensor that is neither parameter nor buffer, but may have the name of one.

    Examples
    --------
    >>> attribute_name("head.", "scale")
    'head.scale (an attribute)'
    """
    return f"{prefix}{name} (an attribute)"


def record_weights_file(network: nn.Module, weights_sha256: str) -> None:
    """Record on a network the checksum of the weights file it was loaded from, and its present fingerprint.

    Examples
    --------
    >>> linear = nn.Linear(2, 1)
    >>> record_weights_file(linear, "5b1e")
    >>> linear.loaded_from["weights_sha256"]
    '5b1e'
    """
    network.loaded_from = {"weights_sha256": weights_sha256, "fingerprint": fingerprint(network)}


def weights_checksum(network: nn.Module, current_fingerprint: str) -> str:
    """The checksum of the weights file that a network was loaded from, or `current_fingerprint` if it has changed.

    Examples
    --------
    >>> linear = nn.Linear(2, 1)
    >>> record_weights_file(linear, "5b1e")
    >>> weights_checksum(linear, fingerprint(linear))
    '5b1e'
    """
    loaded = getattr(network, "loaded_from", {})
    return loaded["weights_sha256"] if loaded.get("fingerprint") == current_fingerprint else current_fingerprint


def collect_tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    """Collect all tensors of a network by their full name, including those that a state dict omits.

    Tensors that PyTorch's own hooks compute from parameters, such as spectral norm's, are excluded.

    Examples
    --------
    >>> list(collect_tensors(nn.Sequential(nn.Linear(2, 1))))
    ['0.weight', '0.bias']
    """
    tensors = {}
    for path, module in network.named_modules(remove_duplicate=False):
        prefix = f"{path}." if path else ""
        for registered in (module._parameters, module._buffers):
            tensors |= {prefix + name: values for name, values in registered.items() if values is not None}
        for name, value in vars(module).items():
            if isinstance(value, torch.Tensor) and name not in builtin_hooks(module):
                tensors[attribute_name(prefix, name)] = value
    return tensors


def network_sha256(structure: str, tensors: Mapping[str, torch.Tensor]) -> str:
    """Checksum of the structure and tensors of a network, in hexadecimal.

    Examples
    --------
    >>> network_sha256("ReLU()", {}) == hashlib.sha256(b"ReLU()").hexdigest()
    True
    """
    digest = hashlib.sha256(structure.encode())
    for name, values in sorted(tensors.items()):
        digest.update(f"\n{name} {values.dtype} {tuple(values.shape)} ".encode())
        digest.update(view_bits(values.cpu()).numpy())
    return digest.hexdigest()
