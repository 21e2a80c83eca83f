"""A network -> a checksum of what it computes with: its modules, their settings, and every tensor bit for bit."""

import hashlib
from collections.abc import Mapping

import torch
from torch import nn

from galviz.network.bits import view_bits
from galviz.network.hooks import builtin_hooks, is_plain_tensor

__all__ = ["attribute_name", "collect_tensors", "describe_structure", "fingerprint", "network_sha256"]

_SETTINGS = (int, float, str, tuple)


def fingerprint(network: nn.Module) -> str:
    """Checksum of what a network computes with: its modules and all of its tensors, bit for bit.

    Equal for equal networks on any device. Hooks of others, gradients and training mode do not count.
    """
    tensors = collect_tensors(network)
    return network_sha256(describe_structure(network, tensors), tensors)


def describe_structure(network: nn.Module, tensors: Mapping[str, torch.Tensor]) -> str:
    """What a network's modules are, as text: their names, classes and settings."""
    # repr names classes without their module, and a class of the same name may compute something else.
    lines = []
    for path, module in network.named_modules():
        lines.append(f"{path} {type(module).__module__}.{type(module).__qualname__}")
        # repr leaves some settings out too, such as the divisor of a pooling. The mode is checked apart.
        lines += [f"{path}.{setting}" for setting in _settings(module) if not setting.startswith("training=")]
        for name, hook in builtin_hooks(module).items():
            lines += [f"{path}.{name} {type(hook).__qualname__}", *_settings(hook)]
    # A tensor of another class may compute something else with the same numbers.
    lines += [f"{name} {type(values).__qualname__}" for name, values in tensors.items() if not is_plain_tensor(values)]
    return "\n".join([*lines, repr(network)])


def _settings(instance: object) -> list[str]:
    return [f"{name}={value!r}" for name, value in sorted(vars(instance).items()) if isinstance(value, _SETTINGS)]


def attribute_name(prefix: str, name: str) -> str:
    """What `collect_tensors` calls a tensor that is neither parameter nor buffer, but may hide one of the same name."""
    return f"{prefix}{name} (an attribute)"


def collect_tensors(network: nn.Module) -> dict[str, torch.Tensor]:
    """Every tensor of a network by its full name, those too that a state dict leaves out.

    Those that PyTorch's own hooks compute from parameters, as spectral norm does, are left out.
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
    """Checksum of a network's structure and tensors, in hexadecimal."""
    digest = hashlib.sha256(structure.encode())
    for name, values in sorted(tensors.items()):
        digest.update(f"\n{name} {values.dtype} {tuple(values.shape)} ".encode())
        digest.update(view_bits(values.cpu()).numpy())
    return digest.hexdigest()
