"""Checks of eval mode, in which the output for a galaxy doesn't depend on the other galaxies of the batch."""

import torch
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.nn.utils.parametrize import is_parametrized
from torch.nn.utils.spectral_norm import SpectralNorm

__all__ = ["check_batch_norm", "check_eval_mode", "compute_normalised_weights", "has_parametrizations"]


def check_eval_mode(network: nn.Module) -> None:
    """Raise ValueError if any module is in training mode; parametrizations count as in the mode of their module.

    Examples
    --------
    >>> check_eval_mode(nn.BatchNorm2d(3).eval())
    """
    parametrized = [module for module in network.modules() if has_parametrizations(module)]
    parametrizations = {id(part) for module in parametrized for part in module.parametrizations.modules()}
    if any(module.training and id(module) not in parametrizations for module in network.modules()):
        raise ValueError(
            "network must be in eval mode, because batch norm then uses its stored statistics; got a module in "
            "training mode. Call network.eval()."
        )


def check_batch_norm(network: nn.Module) -> None:
    """Raise ValueError if a batch norm stores no statistics: its output would depend on ``batch_size``.

    Examples
    --------
    >>> check_batch_norm(nn.BatchNorm2d(3))
    """
    for path, module in network.named_modules():
        if isinstance(module, _BatchNorm) and module.running_mean is None and module.running_var is None:
            raise ValueError(
                f"network must store batch norm statistics; the batch norm {path!r} uses those of the batch, so "
                "features would depend on batch_size. Train the network with track_running_stats=True."
            )


def has_parametrizations(module: nn.Module) -> bool:
    """Whether a module has parametrizations, see ``torch.nn.utils.parametrize``.

    Examples
    --------
    >>> has_parametrizations(nn.utils.parametrizations.spectral_norm(nn.Linear(2, 1)))
    True
    """
    return "parametrizations" in module._modules and is_parametrized(module)  # is_parametrized alone is slower


def compute_normalised_weights(network: nn.Module) -> None:
    """Compute the weights of spectral norm: until the first pass they would be those from before loading.

    Examples
    --------
    >>> compute_normalised_weights(nn.Linear(2, 1))
    """
    with torch.no_grad():  # a tensor that is part of an autograd graph can't be deep-copied
        for module in network.modules():
            for hook in module._forward_pre_hooks.values():
                if isinstance(hook, SpectralNorm):
                    hook(module, None)
