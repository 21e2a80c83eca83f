"""The layers of a network: recording their outputs by forward hooks, and making one vector per image of each output."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from galviz.errors import listed, quoted
from galviz.network.spec import NetworkSpec

# Axes over which each way of pooling takes the mean, for outputs of four dimensions (tokens: of three).
_MEAN_AXES = {"spatial": (2, 3), "channels_last": (1, 2), "tokens": (1,)}
N_DIMENSIONS = {"spatial": 4, "channels_last": 4, "tokens": 3, "class_token": 3, "none": 2}


@dataclass(frozen=True)
class LayerOutput:
    """What a layer outputs for one image.

    Attributes
    ----------
    shape : tuple of int
        Without the batch: (channels, height, width), (tokens, channels) or (channels,).
    pooling : str
        One of `galviz.network.spec.POOLINGS`.
    n_channels : int
        Length of the vector per image after pooling.
    """

    shape: tuple[int, ...]
    pooling: str
    n_channels: int


def find_module(network: nn.Module, spec: NetworkSpec, layer: str) -> nn.Module:
    """The module of a layer, or the module at a path.

    Raises
    ------
    ValueError
        If there is no such layer and no such module.
    """
    path = spec.path_of(layer)
    try:
        return network.get_submodule(path)
    except AttributeError as error:
        if path != layer:
            raise ValueError(
                f"layer {layer!r} must be a module of the network; got {path!r}, and there is none at that path."
            ) from error
        raise ValueError(
            f"layer must be one of {listed([*spec.layers, *spec.maps])}, or the path of a module, such as "
            f"{_example_path(network)!r}; got {quoted(layer)}."
        ) from error


def choose_pooling(layer: str, shape: tuple[int, ...]) -> str:
    """How to make one vector of a layer's output, by its shape.

    Parameters
    ----------
    layer : str
        For the error message.
    shape : tuple of int
        Of the output for a batch of square images.

    Returns
    -------
    str
        ``"none"`` for (n, channels), ``"tokens"`` for (n, tokens, channels), ``"spatial"`` for (n, channels, height,
        width) and ``"channels_last"`` for (n, height, width, channels): of a square image height and width are equal.

    Raises
    ------
    ValueError
        If the shape doesn't decide it.

    Examples
    --------
    >>> choose_pooling("stage1", (64, 96, 28, 28)), choose_pooling("blocks.3", (64, 197, 192))
    ('spatial', 'tokens')
    """
    if len(shape) in (2, 3):
        return "none" if len(shape) == 2 else "tokens"
    if len(shape) == 4:
        spatial, channels_last = shape[2] == shape[3], shape[1] == shape[2]
        if spatial and channels_last and shape[1] > 1:
            raise ValueError(
                f"layer {layer!r} outputs {shape}, where channels, height and width are equal: say in the "
                f"specification which axis is which, as pooling={{{layer!r}: 'spatial'}} or 'channels_last'."
            )
        if spatial or channels_last:
            return "spatial" if spatial else "channels_last"
    raise ValueError(
        f"layer {layer!r} outputs the shape {shape}, which is neither (n, channels), (n, tokens, channels) nor "
        "(n, channels, height, width). Choose another module."
    )


def pool(output: torch.Tensor, pooling: str) -> torch.Tensor:
    """Make one vector per image, shape (n, channels), of a layer's output; float32, on the output's device.

    Examples
    --------
    >>> pool(torch.ones(2, 8, 7, 7), "spatial").shape
    torch.Size([2, 8])
    """
    values = output.float()
    if pooling == "none":
        return values.clone()  # the module behind it may overwrite its input
    return values[:, 0].clone() if pooling == "class_token" else values.mean(dim=_MEAN_AXES[pooling])


def pooling_problem(pooling: str, shape: tuple[int, ...]) -> str | None:
    """What keeps an output of a shape from being pooled in a way, as a clause; None if nothing does."""
    if len(shape) != N_DIMENSIONS[pooling]:
        return f"has pooling {pooling!r}, for outputs of {N_DIMENSIONS[pooling]} dimensions, and outputs {shape}"
    return None


@contextmanager
def record_outputs(
    modules: Mapping[str, nn.Module],
    keep: Callable[[str, torch.Tensor], torch.Tensor] = lambda _, output: output.clone(),
) -> Iterator[dict[str, torch.Tensor]]:
    """Record the outputs of some modules during a forward pass.

    The modules must belong to a snapshot, see `galviz.network.snapshot`: a hook on a shared network would record the
    batches of other threads too.

    Parameters
    ----------
    modules : mapping of str to torch.nn.Module
    keep : callable
        Called as keep(name, output); what it returns is recorded. It must make a tensor of its own, because a module
        that follows may overwrite its input in place.

    Yields
    ------
    dict of str to torch.Tensor
        Filled by the forward pass. Of a module that runs several times, the last output.
    """
    recorded: dict[str, torch.Tensor] = {}

    def hook_for(name: str) -> Callable[[nn.Module, tuple, object], None]:
        def hook(module: nn.Module, inputs: tuple, output: object) -> None:
            if not isinstance(output, torch.Tensor):
                raise ValueError(
                    f"layer {name!r} outputs a {type(output).__name__} and not one tensor. Choose another module."
                )
            recorded[name] = keep(name, output.detach())

        return hook

    handles = []
    try:
        for name, module in modules.items():
            handles.append(module.register_forward_hook(hook_for(name)))
        yield recorded
    finally:
        for handle in handles:
            handle.remove()


def inspect_layers(network: nn.Module, spec: NetworkSpec, crop_px: int) -> tuple[dict[str, LayerOutput], int | None]:
    """Send one empty image through a network to see what its layers output.

    Parameters
    ----------
    network : torch.nn.Module
        In eval mode; not shared with other threads.
    spec : NetworkSpec
    crop_px : int
        Side of the image.

    Returns
    -------
    layers : dict of str to LayerOutput
        By the names of the layers and maps of the specification.
    n_outputs : int or None
        How many numbers the network outputs per image, if it has a head; None if it has none.

    Raises
    ------
    ValueError
        If a layer or the head isn't there, doesn't run, or outputs something else than one tensor.
    """
    names = [*spec.layers, *spec.maps]
    modules = {name: find_module(network, spec, name) for name in names}
    if spec.head is not None:
        head = find_module(network, spec, spec.head)
        if not isinstance(head, nn.Linear):
            raise ValueError(f"head must be the path of a Linear layer; got {spec.head!r}, a {type(head).__name__}.")
    device = next((values.device for values in network.parameters()), torch.device("cpu"))
    with record_outputs(modules) as recorded, torch.no_grad():
        try:
            output = network(torch.zeros(1, 3, crop_px, crop_px, device=device))
        except RuntimeError as error:
            raise ValueError(
                f"the network can't take images of 3 channels and {crop_px} px ({error}). Change crop_px, or the "
                "option of the builder that sets the size of its input."
            ) from error
    found = {}
    for name in names:
        if name not in recorded:
            raise ValueError(f"layer {name!r}, the module {spec.path_of(name)!r}, does not run in the forward pass.")
        shape = tuple(recorded[name].shape)
        pooling = spec.pooling.get(name) or choose_pooling(name, shape)
        if problem := pooling_problem(pooling, shape):
            raise ValueError(f"layer {name!r} {problem}.")
        found[name] = LayerOutput(shape[1:], pooling, pool(recorded[name], pooling).shape[1])
    return found, None if spec.head is None else _n_outputs(output)


def _n_outputs(output: object) -> int | None:
    """How many numbers per image an output holds; None if it is no tensor of numbers per image."""
    if not isinstance(output, torch.Tensor) or output.ndim not in (1, 2):
        return None
    return 1 if output.ndim == 1 else output.shape[1]


def module_paths(network: nn.Module) -> list[str]:
    """Paths of all modules of a network that can be hooked, in the order in which they are registered."""
    return [path for path, _ in network.named_modules() if path]


def _example_path(network: nn.Module) -> str:
    paths = module_paths(network)
    return paths[len(paths) // 2] if paths else ""
