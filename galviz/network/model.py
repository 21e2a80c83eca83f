"""Loading, wrapping and saving networks.

A network is a ``torch.nn.Module`` in eval mode with two additional attributes: ``card``, a `ModelCard`, and
``layer_names``, a list of str.
"""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from galviz.network.builders import BuilderError, build_network
from galviz.network.card import CardError, ModelCard, read_card, shipped_card_path
from galviz.network.cardformat import EMBEDDING, REGRESSION, is_label, preprocessing_problem
from galviz.network.evalmode import compute_normalised_weights
from galviz.network.fingerprint import fingerprint, record_weights_file
from galviz.network.head import scale_head
from galviz.network.layers import inspect_layers
from galviz.network.networkfiles import NetworkFiles
from galviz.network.rebuilding import check_rebuildable
from galviz.network.rescaling import check_rescalable
from galviz.network.spec import NetworkSpec
from galviz.network.state import (
    describe_unusual,
    load_state,
    parse_weights,
    read_weights_bytes,
    rescale_head,
    serialise_weights,
)
from galviz.survey.label import label_name


def load_model(path: str | os.PathLike[str] | None = None) -> nn.Module:
    """Load a trained network.

    Parameters
    ----------
    path : path-like, optional
        Its card (.json), or its weights (.safetensors) beside the card; the shipped network by default.

    Returns
    -------
    torch.nn.Module
        In eval mode, on the CPU, float32, a new object for each call. Its ``card`` is the `ModelCard`, its
        ``layer_names`` a list of str. Predictions are in the unit of the label.

    Raises
    ------
    CardError
        If card or weights are missing, broken, or don't agree.

    Examples
    --------
    >>> network = load_model()
    >>> network.layer_names
    ['stem', 'stage1', 'stage2', 'stage3', 'features']
    """
    file = shipped_card_path() if path is None else Path(path)
    card = read_card(file)
    weights = file.parent / card.weights
    if file.suffix == ".safetensors" and file.name != card.weights:
        raise CardError(f"The card beside {file} belongs to other weights, {card.weights}. Name the card instead.")
    content = read_weights_bytes(weights)
    state = parse_weights(content, weights)
    if hashlib.sha256(content).hexdigest() != card.weights_sha256:
        raise CardError(f"The weights {weights} are not those of its card: checksums differ. Get both files again.")
    try:
        network = build_network(card.spec, seed=0)  # seeded, to leave the global generator unchanged
    except BuilderError as error:
        raise CardError(f"The network of the card {file.with_suffix('.json')} can't be built: {error}") from error
    load_state(network, rescale_head(state, scale_head, card), weights)
    network.eval()  # first, because in training mode spectral norm changes its vectors
    compute_normalised_weights(network)
    _check_layers(network, card, file.with_suffix(".json"))
    record_weights_file(network, card.weights_sha256)
    return attach_card(network, card)


def wrap(
    module: nn.Module,
    spec: NetworkSpec,
    *,
    name: str | None = None,
    label: str | None = "metallicity",
    unit: str = "dex",
    pad_px: int | None = None,
    crop_px: int | None = None,
    mean: Sequence[float] | None = None,
    std: Sequence[float] | None = None,
) -> nn.Module:
    """Give a module of your own a model card and named layers.

    Parameters
    ----------
    module : torch.nn.Module
        Takes images of shape (n, 3, height, width), float32. It is put into eval mode.
    spec : NetworkSpec
        Its layers and its head. The head must output one number per image, in the label's unit; otherwise the network
        is an encoder and makes no predictions.
    name : str, optional
        A title for the network; the name of the class by default.
    label, unit : str
        The column of the catalogue that the network predicts, and its unit. ``oh_p50`` is called ``metallicity``, as in
        the catalogue. Without a head they are ignored.
    pad_px, crop_px : int, optional
        Images are cropped or padded to a square of `pad_px`; the network takes the central `crop_px` of it. If only one
        is given, the other is the same; by default they are those of the shipped network.
    mean, std : sequence of 3 float, optional
        Mean and standard deviation of red, green and blue (0 to 1), used to normalise pixels. By default those of the
        shipped network.

    Returns
    -------
    torch.nn.Module
        The same module, with ``card`` and ``layer_names``.

    Raises
    ------
    ValueError
        If the specification doesn't fit the module.

    Examples
    --------
    >>> module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 1))
    >>> network = wrap(module, NetworkSpec(layers={"early": "1", "features": "3"}, head="4"))
    >>> dict(network.card.layers)
    {'early': 8, 'features': 8}
    """
    shipped = read_card()
    sides = [side for side in (pad_px, crop_px) if side is not None]
    pad_px, crop_px = (sides[0], sides[-1]) if sides else (shipped.pad_px, shipped.crop_px)
    mean, std = tuple(shipped.mean if mean is None else mean), tuple(shipped.std if std is None else std)
    if problem := preprocessing_problem({"pad_px": pad_px, "crop_px": crop_px, "mean": mean, "std": std}):
        raise ValueError(f"{problem}.")
    if not (label is None or is_label(label)):
        raise ValueError(f"label must be the name of a column of the catalogue; got {label!r}.")
    if isinstance(module, torch.jit.ScriptModule):
        raise ValueError("module must be an ordinary module, not TorchScript, whose layers can't be hooked.")
    for tensor, values in module.state_dict().items():
        if kind := describe_unusual(values):
            raise ValueError(f"module must have plain tensors of real numbers; {tensor} is {kind}.")
        if values.is_floating_point() and values.dtype != torch.float32:
            raise ValueError(f"module must be float32; {tensor} is {values.dtype}. Call module.float().")
    module.eval()
    layers, n_outputs = inspect_layers(module, spec, crop_px)
    label = None if label is None else label_name(label)
    predicts = n_outputs == 1 and label is not None
    spec = spec.with_pooling({name: output.pooling for name, output in layers.items()})
    card = ModelCard(
        name=type(module).__name__ if name is None else name,
        task=REGRESSION if predicts else EMBEDDING,
        label=label if predicts else None,
        unit=unit if predicts else "",
        spec=spec,
        layers={name: layers[name].n_channels for name in spec.layers},
        pad_px=pad_px,
        crop_px=crop_px,
        mean=mean,
        std=std,
        survey_sha256="",
        weights="",
        weights_sha256=fingerprint(module),
        training={},
    )
    return attach_card(module, card)


def save_model(
    network: nn.Module,
    path: str | os.PathLike[str],
    *,
    dtype: torch.dtype = torch.float32,
    files: NetworkFiles | None = None,
) -> ModelCard:
    """Write a network as a card and, beside it, its weights; existing files are replaced.

    Parameters
    ----------
    network : torch.nn.Module
        With a card whose specification names a registered builder.
    path : path-like
        The card, ``NAME.json``; the weights become ``NAME.safetensors``.
    dtype : torch.dtype
        Of the parameters, see `galviz.network.state.serialise_weights`.
    files : NetworkFiles, optional
        Of this path, from the time when it was decided what may be replaced; by default from now.

    Returns
    -------
    ModelCard
        Under another name if another program has written a network with this one in the meantime.

    Raises
    ------
    ValueError
        If its registered builder doesn't make this network, or it has none, or weights are too large for float16.
    OSError
        If a file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> spec = NetworkSpec("xresnet18", {"features": "9"}, head="11", options={"widen": 1 / 16})
    >>> network = wrap(build_network(spec, seed=0), spec, crop_px=32)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     card = save_model(network, f"{folder}/tiny.json")
    ...     load_model(f"{folder}/tiny.json").card == card
    True
    """
    file = Path(path)
    if file.suffix != ".json":
        raise ValueError(f"path must end in .json; got {file}.")
    if network.card.spec.builder is None:
        raise ValueError("network must have a registered builder to be saved; its specification has none.")
    check_rebuildable(network)
    files = files or NetworkFiles(file, force=True)
    card = replace(network.card, survey_sha256=network.card.survey_sha256 or "0" * 64)
    return files.write(serialise_weights(network, dtype=dtype), card)


def attach_card(network: nn.Module, card: ModelCard) -> nn.Module:
    """Attach a card and layer names to a network, put it into eval mode, and return it.

    Its features record a checksum of its tensors, not the card's; only `load_model` checks that they agree.

    Examples
    --------
    >>> attach_card(nn.Linear(2, 1), read_card()).layer_names[0]
    'stem'
    """
    network.card, network.layer_names = card, list(card.layers)
    return network.eval()


def _check_layers(network: nn.Module, card: ModelCard, file: Path) -> None:
    """Compare the output shapes of a network with its card."""
    try:
        layers, n_outputs = inspect_layers(network, card.spec, card.crop_px)
    except ValueError as error:
        raise CardError(f"The network of the card {file} doesn't match its spec: {error}") from error
    channels = {name: layers[name].n_channels for name in card.spec.layers}
    if channels != dict(card.layers):
        raise CardError(f"The card {file} says layers are {dict(card.layers)}, and its network has {channels}.")
    if card.task == REGRESSION and n_outputs != 1:
        raise CardError(f"The network of the card {file} must output one number per image; it outputs {n_outputs}.")
    if card.task == REGRESSION and card.is_scaled:
        try:
            check_rescalable(network, card.spec, card.crop_px)
        except ValueError as error:
            raise CardError(f"The network of the card {file} can't predict its label: {error}") from error
