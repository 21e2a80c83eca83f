"""The layers of a network: finding their modules, and recording their outputs by forward hooks."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import nn

from galviz.errors import listed, quoted
from galviz.network.pooling import batch_axis_problem, choose_pooling, pool, pooling_problem
from galviz.network.spec import NetworkSpec


@dataclass(frozen=True)
class LayerOutput:
    """The output of a layer for one image.

    Attributes
    ----------
    shape : tuple of int
        Without the batch axis: (channels, height, width), (tokens, channels) or (channels,).
    pooling : str
        One of `galviz.network.spec.POOLINGS`.
    n_channels : int
        Length of the vector per image after pooling.
    """

    shape: tuple[int, ...]
    pooling: str
    n_channels: int


def find_module(network: nn.Module, spec: NetworkSpec, layer: str) -> nn.Module:
    """Find the module of a layer, or the module at a path.

    Raises
    ------
    ValueError
        If there is no such layer and no such module.

    Examples
    --------
    >>> network = nn.Sequential(nn.ReLU(), nn.Flatten())
    >>> spec = NetworkSpec(layers={"features": "1"})
    >>> find_module(network, spec, "features"), find_module(network, spec, "0")
    (Flatten(start_dim=1, end_dim=-1), ReLU())
    """
    path = spec.path_of(layer)
    try:
        return network.get_submodule(path)
    except AttributeError as error:
        if path != layer:
            raise ValueError(
                f"layer {layer!r} must be a module of the network; got {path!r}, which doesn't exist. Check the spec."
            ) from error
        raise ValueError(
            f"layer must be one of {listed([*spec.layers, *spec.maps])}, or the path of a module, such as "
            f"{_example_path(network)!r}; got {quoted(layer)}."
        ) from error


@contextmanager
def record_outputs(
    modules: Mapping[str, nn.Module],
    reduce: Callable[[str, torch.Tensor], torch.Tensor] = lambda _, output: output.clone(),
) -> Iterator[dict[str, torch.Tensor]]:
    """Record the outputs of modules during a forward pass, with forward hooks.

    The modules must belong to a snapshot, see `galviz.network.snapshot`: a hook on a shared network would record the
    batches of other threads too.

    Parameters
    ----------
    modules : mapping of str to torch.nn.Module
    reduce : callable
        Called as reduce(name, output); its result is recorded. It must be a new tensor, because the next module may
        overwrite its input in place.

    Yields
    ------
    dict of str to torch.Tensor
        Filled by the forward pass, in its order. For a module that runs several times, the last output.

    Examples
    --------
    >>> relu = nn.ReLU()
    >>> with record_outputs({"relu": relu}) as recorded:
    ...     _ = relu(torch.tensor([-1.0, 2.0]))
    >>> recorded["relu"]
    tensor([0., 2.])
    """
    recorded: dict[str, torch.Tensor] = {}

    def hook_for(name: str) -> Callable[[nn.Module, tuple, object], None]:
        def hook(module: nn.Module, inputs: tuple, output: object) -> None:
            if not isinstance(output, torch.Tensor):
                raise ValueError(
                    f"layer {name!r} must output one tensor; got a {type(output).__name__}. Choose another module."
                )
            if output.is_complex():
                raise ValueError(
                    f"layer {name!r} must output real numbers; it outputs complex ones. Choose another module."
                )
            recorded.pop(name, None)
            recorded[name] = reduce(name, output.detach())

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
    """Run a network on one empty image to find the output shapes of its layers.

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
        Number of outputs per image; None if the network has no head.

    Raises
    ------
    ValueError
        If a layer or the head doesn't exist, doesn't run, or doesn't output one tensor; or if another layer runs after
        the last one.

    Examples
    --------
    >>> network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 1))
    >>> inspect_layers(network, NetworkSpec(layers={"features": "2"}, head="3"), crop_px=32)
    ({'features': LayerOutput(shape=(8,), pooling='none', n_channels=8)}, 1)
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
            output = network(torch.zeros(1, 3, crop_px, crop_px, device=device, dtype=torch.float32))
        except RuntimeError as error:
            raise ValueError(
                f"the network can't take images of 3 channels and {crop_px} px ({error}). Change crop_px, or the "
                "builder's option for the size of its input."
            ) from error
    outputs = {}
    for name in names:
        if name not in recorded:
            raise ValueError(f"layer {name!r}, the module {spec.path_of(name)!r}, does not run in the forward pass.")
        shape = tuple(recorded[name].shape)
        if problem := batch_axis_problem(shape, 1):
            raise ValueError(f"layer {name!r} {problem}.")
        pooling = spec.pooling.get(name) or choose_pooling(name, shape, modules[name])
        if problem := pooling_problem(pooling, shape):
            raise ValueError(f"layer {name!r} {problem}.")
        outputs[name] = LayerOutput(shape[1:], pooling, pool(recorded[name], pooling).shape[1])
    _check_last_layer(spec.layer_names, list(recorded))
    return outputs, None if spec.head is None else _n_outputs(output)


def _check_last_layer(layers: list[str], executed: list[str]) -> None:
    """Refuse layers of which the last isn't the last to run: it counts as the features, the input of the head."""
    last = [name for name in executed if name in layers][-1]
    if last != layers[-1]:
        raise ValueError(
            f"layers must be in the order of the forward pass; {layers[-1]!r} is named last, but {last!r} runs after "
            "it. Change their order."
        )


def _n_outputs(output: object) -> int | None:
    """Number of outputs per image; None if the output isn't a vector per image."""
    if not isinstance(output, torch.Tensor) or output.ndim not in (1, 2):
        return None
    return 1 if output.ndim == 1 else output.shape[1]


def module_paths(network: nn.Module) -> list[str]:
    """List the paths of all modules of a network, in the order in which they are registered.

    Examples
    --------
    >>> module_paths(nn.Sequential(nn.ReLU(), nn.Flatten()))
    ['0', '1']
    """
    return [path for path, _ in network.named_modules() if path]


def _example_path(network: nn.Module) -> str:
    paths = module_paths(network)
    return paths[len(paths) // 2] if paths else ""
