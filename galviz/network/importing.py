"""Import of weights saved by other programs, such as fastai's ``learn.save``, into a network that a builder builds.

A file never decides which code runs: only tensors are read from it, and the user names the builder.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from galviz.network.builders import XRESNETS, build_network, find_builder
from galviz.network.card import CardError, ModelCard
from galviz.network.model import wrap
from galviz.network.spec import NetworkSpec
from galviz.network.state import State, load_state
from galviz.network.state_dict_file import read_state
from galviz.network.suggestion import suggest_spec

__all__ = ["IMAGENET", "import_model"]

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def import_model(
    path: str | os.PathLike[str],
    builder: str,
    *,
    options: Mapping[str, bool | int | float | str] | None = None,
    layers: Mapping[str, str] | None = None,
    head: str | None = None,
    label: str | None,
    unit: str = "",
    pad_px: int | None = None,
    crop_px: int,
    mean: Sequence[float],
    std: Sequence[float],
    prefix: str | None = None,
) -> nn.Module:
    """Load weights saved by another program.

    A weights file doesn't say which label the network predicts, how images are cropped and normalised, or which
    activation function an xresnet has, so these must be given.

    Parameters
    ----------
    path : path-like
        A file of fastai's ``learn.save``, a state dict saved with ``torch.save`` (.pth, .pt), or .safetensors.
    builder : str
        A registered builder: ``"xresnet18"``, ``"torchvision:resnet18"``, ``"timm:convnext_nano"``,
        ``"fastai:resnet18"`` for a network of fastai's ``vision_learner``.
    options : mapping, optional
        Options of the builder. The number of outputs is by default that of the file.
    layers : mapping of str to str, optional
        Paths of modules by the names of the layers; by default those of `galviz.network.suggestion.suggest_spec`.
    head : str, optional
        Path of the linear layer that outputs the prediction; by default that of the suggestion.
    label : str or None
        The column of the catalogue that the network predicts; None for an encoder, which makes no predictions.
    unit : str
        The label's unit.
    pad_px : int, optional
        As for `galviz.wrap`; by default `crop_px`.
    crop_px : int
        Side of the square that the network takes, in pixels of the image.
    mean, std : sequence of 3 float
        Mean and standard deviation of pixel values (0 to 1), used to normalise them; `IMAGENET` has those of ImageNet.
    prefix : str, optional
        Load only the tensors whose names begin with it, and remove it: ``"student."`` if a file holds two networks.
        By default a prefix that all names share, such as ``"module."``, is removed if the names then fit.

    Returns
    -------
    torch.nn.Module
        With a card, float32, in eval mode; `galviz.save_model` writes it.

    Raises
    ------
    CardError
        If the file can't be read, is a pickle that holds anything but tensors, or doesn't fit the network.
    BuilderError
        If the network can't be built.
    ValueError
        If a required option is missing, or the network doesn't output one number per image.

    Examples
    --------
    >>> import tempfile
    >>> from galviz.network.spec import xresnet_spec
    >>> spec = xresnet_spec("xresnet18", sa=False, act_cls="ReLU", widen=1 / 16)
    >>> settings = {"crop_px": 32, "mean": IMAGENET[0], "std": IMAGENET[1]}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     torch.save(build_network(spec, seed=0).state_dict(), f"{folder}/tiny.pth")
    ...     network = import_model(f"{folder}/tiny.pth", spec.builder, options=spec.options, label=None, **settings)
    >>> network.card.name, network.card.layers["features"]
    ('tiny', 32)
    """
    state = read_state(path)
    if prefix is not None:
        state = {name.removeprefix(prefix): values for name, values in state.items() if name.startswith(prefix)}
        if not state:
            raise CardError(f"{Path(path)} has no tensor whose name begins with {prefix!r}. Check the prefix.")
    options = dict(options or {})
    if builder in XRESNETS and not {"act_cls", "sa"} <= options.keys():
        raise ValueError(
            f"options of {builder} must include act_cls and sa, because the weights don't contain the activation "
            f"function: fastai's own {builder}() has sa=false,act_cls=ReLU."
        )
    options = _add_n_outputs(state, builder, options, head, crop_px)
    spec = _make_spec(builder, options, layers, head, crop_px, encoder=label is None)
    network = build_network(spec, seed=0)
    state = _match_names(network, state)
    load_state(network, state, path, owner=builder, advice=_advice(network, state))
    wrapped = wrap(
        network,
        spec,
        name=Path(path).stem,
        label=label,
        unit=unit,
        pad_px=crop_px if pad_px is None else pad_px,
        crop_px=crop_px,
        mean=mean,
        std=std,
    )
    card: ModelCard = wrapped.card
    if label is not None and card.label is None:
        raise ValueError(
            f"The network of {Path(path)} must output one number per image to predict a label, from a head. Import it "
            "as an encoder, without a label: --encoder."
        )
    wrapped.card = replace(card, training={"imported_from": Path(path).name})
    return wrapped


def _add_n_outputs(
    state: State, builder: str, options: dict[str, bool | int | float | str], head: str | None, crop_px: int
) -> dict[str, bool | int | float | str]:
    """Add the number of outputs to the options if it is missing: that of the head in the file."""
    name = find_builder(builder).n_outputs
    if name in options:
        return options
    head = head or suggest_spec(builder, options | {name: 1}, crop_px=crop_px).head
    weights = [values for key, values in state.items() if head and f".{key}".endswith(f".{head}.weight")]
    if len(weights) == 1 and weights[0].dim():  # a scalar has no length, and is refused when it is loaded
        return options | {name: len(weights[0])}
    headless = not weights and builder.partition(":")[0] in ("torchvision", "timm")
    return options | {name: 0 if headless else 1}


def _make_spec(
    builder: str,
    options: Mapping[str, bool | int | float | str],
    layers: Mapping[str, str] | None,
    head: str | None,
    crop_px: int,
    *,
    encoder: bool,
) -> NetworkSpec:
    if layers and (head or encoder):
        return NetworkSpec(builder, layers, None if encoder else head, options=options)
    suggested = suggest_spec(builder, options, crop_px=crop_px, encoder=encoder)
    if layers:
        return NetworkSpec(builder, layers, suggested.head, options=options)
    return suggested if head is None or encoder else replace(suggested, head=head)


def _match_names(network: nn.Module, state: State) -> State:
    """Rename the tensors of a state to those of a network, for known differences."""
    expected = network.state_dict()
    state = _remove_shared_prefix(state, expected)
    for name in expected:  # PyTorch before 0.4.1 had no num_batches_tracked, which inference doesn't use
        if (
            name.endswith("num_batches_tracked")
            and name not in state
            and name.replace("num_batches_tracked", "running_mean") in state
        ):
            state[name] = expected[name]
    return state


def _advice(network: nn.Module, state: State) -> str:
    """What to do if a state doesn't fit a network."""
    expected = network.state_dict().keys()
    prefix = _commonest_prefix(sorted(state.keys() - expected))
    if prefix is None or not expected - state.keys():
        return "Check the builder and its options."
    return (
        "Check the builder and its options; if the file holds several networks, choose one with --prefix, such as "
        f"{prefix!r}."
    )


def _remove_shared_prefix(state: State, expected: Mapping[str, torch.Tensor]) -> State:
    """Remove a prefix that all names share, as DataParallel, torch.compile and Lightning add it."""
    names = dict(zip(state, state, strict=True))
    while not set(names.values()) & set(expected):
        prefixes = {name.partition(".")[0] for name in names.values()}
        if len(prefixes) != 1 or not all("." in name for name in names.values()):
            return dict(state)
        names = {name: short.partition(".")[2] for name, short in names.items()}
    return {names[name]: values for name, values in state.items()}


def _commonest_prefix(names: Sequence[str]) -> str | None:
    prefixes = [name.partition(".")[0] + "." for name in names if "." in name]
    return max(set(prefixes), key=lambda prefix: (prefixes.count(prefix), prefix)) if prefixes else None
