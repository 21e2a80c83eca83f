"""A suggested specification for the network of a builder: its blocks, its features and its head."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import nn

from galviz.network.builders import XRESNETS, build_network
from galviz.network.pooling import N_DIMENSIONS, pool
from galviz.network.spec import NetworkSpec, xresnet_spec

# A container that holds this share of the weights is replaced by its children, if it has at least that many.
_NEARLY_ALL, _FEW = 0.85, 3
_REMEDY = "Name its layers yourself, as in --layers features=avgpool, or in a NetworkSpec."


@dataclass(frozen=True)
class _Run:
    """One call of a module in a forward pass."""

    path: str
    module: nn.Module
    input: torch.Tensor | None
    output: object


def suggest_spec(
    builder: str, options: Mapping[str, bool | int | float | str] | None = None, *, crop_px: int, encoder: bool = False
) -> NetworkSpec:
    """Suggest a specification for the network of a builder.

    The head is the last linear layer, if its output is that of the network, and ``features`` is the module whose
    pooled output is the head's input. Without a head, ``features`` is the output of the network. The other layers are
    ``block1``, ``block2`` and so on: the consecutive modules that hold most of the weights, at most four of them,
    evenly spaced. An xresnet has the layers of `xresnet_spec`.

    Parameters
    ----------
    builder : str
        A registered builder.
    options : mapping, optional
        Its options.
    crop_px : int
        Side of the input images.
    encoder : bool
        Omit the head from the specification: the network makes no predictions.

    Returns
    -------
    NetworkSpec

    Raises
    ------
    BuilderError
        If the network can't be built.
    ValueError
        If the network can't take such images, or the input of its head, or its output, isn't a vector per image.

    Examples
    --------
    >>> spec = suggest_spec("torchvision:resnet18", {"num_classes": 1}, crop_px=64)
    >>> dict(spec.layers)
    {'block1': 'layer1', 'block2': 'layer2', 'block3': 'layer3', 'block4': 'layer4', 'features': 'avgpool'}
    >>> spec.head, dict(spec.pooling)
    ('fc', {'features': 'spatial'})
    """
    options = dict(options or {})
    if builder in XRESNETS:
        spec = xresnet_spec(builder, **options)
        return replace(spec, head=None) if encoder else spec
    network = build_network(NetworkSpec(builder, {"output": ""}, options=options), seed=0).eval()
    runs = _run_once(network, builder, crop_px)
    head = _head_of(runs)
    if head is None:
        features, pooling = _output_of(runs, builder)
    else:
        before = [run for run in runs if run.path not in ("", head.path)]
        features, pooling = _source_of(head, before)
    paths = [run.path for run in runs if isinstance(run.output, torch.Tensor)]
    blocks = _choose_blocks(network, paths, "" if head is None else head.path, features)
    layers = {f"block{number}": path for number, path in enumerate(blocks, start=1)} | {"features": features}
    head_path = None if head is None or encoder else head.path
    return NetworkSpec(builder, layers, head_path, options=options, pooling={"features": pooling})


def _run_once(network: nn.Module, builder: str, crop_px: int) -> list[_Run]:
    """Run a network on one random image, and record all calls of modules in the order in which they end."""
    runs: list[_Run] = []

    def hooks_for(path: str) -> tuple[Callable, Callable]:
        inputs: list[torch.Tensor | None] = []

        def before(module: nn.Module, args: tuple) -> None:
            linear = isinstance(module, nn.Linear) and args and isinstance(args[0], torch.Tensor)
            inputs.append(args[0].clone() if linear else None)

        def after(module: nn.Module, args: tuple, output: object) -> None:
            # A copy, because the next module may overwrite it in place.
            copy = output.clone() if isinstance(output, torch.Tensor) else output
            runs.append(_Run(path, module, inputs.pop(), copy))

        return before, after

    for path, module in network.named_modules():
        before, after = hooks_for(path)
        module.register_forward_pre_hook(before)
        module.register_forward_hook(after)
    image = torch.randn(1, 3, crop_px, crop_px, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        try:
            network(image)
        except (RuntimeError, AssertionError) as error:
            raise ValueError(
                f"{builder} can't take images of {crop_px} px ({error}). Change the side of the crop, or the builder's "
                "option for the size of its input (image_size, img_size)."
            ) from error
    return runs


def _head_of(runs: list[_Run]) -> _Run | None:
    """Find the head: the last linear layer, if its output is that of the network."""
    linear = [run for run in runs if isinstance(run.module, nn.Linear) and run.path]
    output = runs[-1].output
    if not linear or not isinstance(output, torch.Tensor) or not isinstance(linear[-1].output, torch.Tensor):
        return None
    return linear[-1] if torch.equal(linear[-1].output.flatten(), output.flatten()) else None


def _output_of(runs: list[_Run], builder: str) -> tuple[str, str]:
    """The path and the pooling of the output of an encoder."""
    output = runs[-1].output
    if not isinstance(output, torch.Tensor) or output.ndim != 2:
        kind = f"the shape {tuple(output.shape)}" if isinstance(output, torch.Tensor) else type(output).__name__
        raise ValueError(f"{builder} must output a vector per image; got {kind}. {_REMEDY}")
    return "", "none"


def _source_of(head: _Run, before: list[_Run]) -> tuple[str, str]:
    """Find the last module whose pooled output is the head's input, and the pooling."""
    values = head.input
    for run in reversed(before):
        if not isinstance(run.output, torch.Tensor) or list(run.module.children()):
            continue
        for pooling, n_dimensions in N_DIMENSIONS.items():
            if run.output.ndim == n_dimensions and run.output.shape[0] == values.shape[0]:
                pooled = pool(run.output, pooling)
                if pooled.shape == values.shape and torch.allclose(pooled, values, atol=1e-6):
                    return run.path, pooling
    raise ValueError(f"The input of the head {head.path!r} must be the output of a module; it isn't. {_REMEDY}")


def _choose_blocks(network: nn.Module, paths: list[str], head: str, features: str, *, at_most: int = 4) -> list[str]:
    """Choose consecutive modules that hold most of the weights, evenly spaced."""
    paths = list(dict.fromkeys(path for path in paths if path))
    ends = {head, features} - {""}

    def n_weights(path: str) -> int:
        return sum(values.numel() for values in network.get_submodule(path).parameters())

    def children_of(parent: str) -> list[str]:
        children = []
        for path in (path for path in paths if path.rpartition(".")[0] == parent and n_weights(path)):
            if path in ends or head.startswith(f"{path}."):
                continue  # not part of the body
            children += children_of(path) if features.startswith(f"{path}.") else [path]
        return children

    parts = children_of("")
    while parts:
        total = sum(map(n_weights, parts))
        largest = max(parts, key=n_weights)
        # A container that holds nearly everything, such as `blocks` of a transformer, is replaced by its children.
        inner = children_of(largest)
        if n_weights(largest) < _NEARLY_ALL * total or len(inner) < _FEW:
            break
        parts = inner
    blocks = [path for path in parts if list(network.get_submodule(path).children())]
    chosen = blocks if len(blocks) >= _FEW else parts
    if len(chosen) <= at_most:
        return chosen
    step = (len(chosen) - 1) / (at_most - 1)
    return [chosen[round(place * step)] for place in range(at_most)]
