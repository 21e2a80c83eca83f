"""Whether the predictions of a network can be rescaled by its head.

A network is trained on standardised labels, and its weights file holds it as it was trained. `galviz.load_model`
multiplies the head's weight and bias by the label's standard deviation and adds its mean. That is right only if the
output of the network is that of one linear layer.
"""

import torch
import torch.nn.functional as F
from torch import nn
from torch.func import functional_call

from galviz.network.layers import find_module
from galviz.network.spec import NetworkSpec

__all__ = ["check_rescalable"]

# Scales and offsets by which the head is rescaled for the check. The offsets bring the output far from 0 on both sides,
# where an activation changes it whatever the random weights and images.
_TRIALS = ((-4.0, 0.0), (1.0, 1000.0), (1.0, -1000.0))


def check_rescalable(network: nn.Module, spec: NetworkSpec, crop_px: int) -> None:
    """Check that the output of a network is weight · features + bias of its head, and nothing else.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode, with a head; not shared with other threads.
    spec : NetworkSpec
    crop_px : int
        Side of the images.

    Raises
    ------
    ValueError
        If it isn't.

    Examples
    --------
    >>> spec = NetworkSpec(layers={"features": "0"}, head="1")
    >>> check_rescalable(nn.Sequential(nn.Flatten(), nn.Linear(12, 1)), spec, crop_px=2)
    >>> check_rescalable(nn.Sequential(nn.Flatten(), nn.Linear(12, 1), nn.Tanh()), spec, crop_px=2)
    Traceback (most recent call last):
    ValueError: head '1' must be all that makes the predictions, which are rescaled to the label's unit; but its output is changed afterwards. Choose another network or head.
    """  # noqa: E501 (a message is one line)
    head = find_module(network, spec, spec.head)
    problem = _parameter_problem(network, head) or _output_problem(network, head, crop_px)
    if problem:
        raise ValueError(
            f"head {spec.head!r} must be all that makes the predictions, which are rescaled to the label's unit; but "
            f"{problem}. Choose another network or head."
        )


def _parameter_problem(network: nn.Module, head: nn.Module) -> str | None:
    parameters = dict(head.named_parameters(recurse=False))
    for name in ("weight", "bias"):
        if not isinstance(parameters.get(name), nn.Parameter):
            return f"its {name} is not a parameter of its own, as with weight norm"
        owners = [one for _, one in network.named_parameters(remove_duplicate=False) if one is parameters[name]]
        if len(owners) > 1:
            return f"it shares its {name} with another layer"
    return None


def _output_problem(network: nn.Module, head: nn.Module, crop_px: int) -> str | None:
    """Compare the network's output with that of the head for two random images, also after rescaling the head."""
    calls: list[tuple[torch.Tensor, torch.Tensor]] = []

    def record(_: nn.Module, inputs: tuple, keywords: dict, output: torch.Tensor) -> None:
        (features,) = *inputs, *keywords.values()
        calls.append((features.clone(), output.clone()))  # the next operation may overwrite the output in place

    images = torch.rand(2, 3, crop_px, crop_px, generator=torch.Generator().manual_seed(0), dtype=torch.float32)
    images = images.to(head.weight.device)
    handle = head.register_forward_hook(record, with_kwargs=True)
    try:
        with torch.no_grad():
            output = network(images)
    finally:
        handle.remove()
    if len(calls) != 1:
        return f"it runs {len(calls)} times in a forward pass"
    ((features, prediction),) = calls
    expected = F.linear(features, head.weight.detach(), head.bias.detach())
    if not _is_close(prediction, expected):
        return "it computes something else than weight · features + bias"
    if output.shape[:1] != images.shape[:1] or output.numel() != prediction.numel():
        return f"the output of the network for two images has the shape {tuple(output.shape)}"
    if not torch.equal(output.flatten(), prediction.flatten()):
        return "its output is changed afterwards"
    names = {id(parameter): name for name, parameter in network.named_parameters()}
    for scale, offset in _TRIALS:
        rescaled = {names[id(head.weight)]: head.weight * scale, names[id(head.bias)]: head.bias * scale + offset}
        with torch.no_grad():
            changed = functional_call(network, rescaled, (images,))
        if not _is_close(changed.flatten(), output.flatten() * scale + offset):
            return "the output of the network doesn't change as its weight and bias do"
    return None


def _is_close(values: torch.Tensor, expected: torch.Tensor) -> bool:
    return torch.allclose(values, expected, rtol=1e-4, atol=1e-6 * float(expected.abs().max()))
