"""The activations of a network's layers, as one vector per image, and its predictions.

A forward hook belongs to the module, which all threads share, so the hook of one thread would record the images of
another thread. Each forward pass therefore runs on a snapshot of the network that no other thread can reach.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial

import numpy as np
import torch
from PIL import Image
from torch import nn

from galviz.errors import listed
from galviz.network.card import ModelCard
from galviz.network.device import choose_device
from galviz.network.evalmode import check_eval_mode
from galviz.network.fingerprint import weights_checksum
from galviz.network.forward import PRECISIONS, forward, preprocess
from galviz.network.layers import find_module, record_outputs
from galviz.network.pooling import batch_axis_problem, choose_pooling, pool, pooling_problem
from galviz.network.snapshot import Snapshot, take_snapshot
from galviz.network.turns import pass_lock

__all__ = ["ActivationRecorder", "check_layers", "feature_maps", "get_card"]


class ActivationRecorder:
    """Records the activations of a network batch by batch, using one snapshot of it.

    Parameters
    ----------
    network : torch.nn.Module
        From `galviz.load_model` or `galviz.wrap`, in eval mode.
    layers : sequence of str
        Names of layers, or paths of modules.
    device : str or torch.device, optional
        See `galviz.network.device.choose_device`.
    precision : str
        ``"float32"`` or ``"bfloat16"``.
    allow_hooks : bool
        Whether hooks on the network may change its output.

    Attributes
    ----------
    card : ModelCard
        Of the network when the snapshot was taken: another thread may wrap the network anew.
    layers : list of str
        Without duplicates.

    Raises
    ------
    ValueError
        If there is no such layer, the network has no card or is in training mode, or an argument is out of range.

    Examples
    --------
    >>> import galviz
    >>> module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 1))
    >>> network = galviz.wrap(module, galviz.NetworkSpec(layers={"features": "2"}, head="3"))
    >>> recorder = ActivationRecorder(network, ["features"], device="cpu")
    >>> activations, predictions = recorder([Image.new("RGB", (160, 160))])
    >>> activations["features"].shape, predictions.shape
    ((1, 8), (1,))
    """

    def __init__(
        self,
        network: nn.Module,
        layers: Sequence[str] = (),
        *,
        device: str | torch.device | None = None,
        precision: str = "float32",
        allow_hooks: bool = False,
    ) -> None:
        self._network, self.card = network, get_card(network)
        self.layers = check_layers(network, layers)
        if precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {listed(PRECISIONS)}; got {precision!r}.")
        self._precision, self._device = precision, choose_device(device)
        self._snapshot = take_snapshot(network, self._device, allow_hooks=allow_hooks)
        self._modules = {layer: find_module(self._snapshot.network, self.card.spec, layer) for layer in self.layers}
        self._pooling = dict(self.card.spec.pooling)
        if self._unknown_layers():
            # One empty image shows which axis is the batch: of more, the number of tokens may be that of the images.
            self([Image.new("RGB", (self.card.crop_px, self.card.crop_px))])

    @property
    def weights_sha256(self) -> str:
        """Checksum of the weights file, or of the tensors if they differ from those in the file."""
        return weights_checksum(self._network, self._snapshot.sha256)

    @property
    def changed_by(self) -> list[str]:
        """Names of the hooks that changed the output of the network."""
        return self._snapshot.changed_by

    def __call__(self, images: Iterable[Image.Image]) -> tuple[dict[str, np.ndarray], np.ndarray | None]:
        """Send one batch of images through the network.

        Returns
        -------
        activations : dict of str to ndarray of shape (n, channels), float32
        predictions : ndarray of shape (n,), float32, or None
            In the unit of the label; None if the network predicts no label.
        """
        check_eval_mode(self._network)  # the snapshot would still be right, but training during extraction is a mistake
        # Images are decoded and cropped one at a time, because a batch of large ones could fill the memory.
        batch = preprocess(images, self.card).to(self._device)
        with record_outputs(self._modules, partial(self._pooled, len(batch))) as recorded:
            output = _pass(self._network, self._snapshot, batch, self._precision, self.card.spec.head)
        _check_all_ran(self.layers, recorded)
        activations = {layer: recorded[layer].cpu().numpy() for layer in self.layers}
        if self.card.label is None:
            return activations, None
        if output.is_complex():
            raise ValueError("network must output real numbers; it outputs complex ones. Return their absolute value.")
        if output.numel() != len(batch):
            raise ValueError(
                f"network must output one number per image, because its card names a label; it outputs "
                f"{tuple(output.shape)} for {len(batch)}. Restore its head, or wrap it with label=None."
            )
        return activations, output.reshape(len(batch)).float().cpu().numpy()

    def _unknown_layers(self) -> list[str]:
        """The layers that the specification doesn't name."""
        return [layer for layer in self.layers if layer not in self._pooling]

    def _pooled(self, n_images: int, layer: str, output: torch.Tensor) -> torch.Tensor:
        shape = tuple(output.shape)
        if problem := batch_axis_problem(shape, n_images):
            raise ValueError(f"layer {layer!r} {problem}. Choose another module.")
        if layer not in self._pooling:
            self._pooling[layer] = choose_pooling(layer, shape, self._modules[layer])
        if problem := pooling_problem(self._pooling[layer], shape):
            raise ValueError(f"layer {layer!r} {problem}.")
        return pool(output, self._pooling[layer])


def feature_maps(
    network: nn.Module,
    image: Image.Image,
    layer: str,
    *,
    device: str | torch.device | None = None,
    allow_hooks: bool = False,
) -> np.ndarray:
    """Compute the feature maps of a layer for one image, not averaged over height and width.

    Parameters
    ----------
    network : torch.nn.Module
        From `galviz.load_model` or `galviz.wrap`, in eval mode.
    image : PIL.Image.Image
        RGB, any size.
    layer : str
        A layer with a spatial extent, such as ``"stem"`` or ``"stage4"``, or the path of such a module.
    device : str or torch.device, optional
        See `galviz.network.device.choose_device`.
    allow_hooks : bool
        See `galviz.extract`.

    Returns
    -------
    ndarray of shape (channels, height, width), float32
        The first row is the top of the image. For crops of 112 px the maps of xresnet34's stem have 56 px, and those
        of its stages 28, 14, 7 and 4 px.

    Raises
    ------
    ValueError
        If there is no such layer or its output has no spatial extent, or as for `galviz.extract`.

    Examples
    --------
    >>> import galviz
    >>> network = galviz.wrap(nn.Sequential(nn.Conv2d(3, 8, 3)), galviz.NetworkSpec(layers={"conv": "0"}), crop_px=112)
    >>> feature_maps(network, Image.new("RGB", (160, 160)), "conv").shape
    (8, 110, 110)
    """
    card = get_card(network)
    (name,) = check_layers(network, [layer])
    chosen_device = choose_device(device)
    snapshot = take_snapshot(network, chosen_device, allow_hooks=allow_hooks)
    images = preprocess([image], card).to(chosen_device)
    modules = {name: find_module(snapshot.network, card.spec, name)}
    with record_outputs(modules) as recorded:
        _pass(network, snapshot, images, "float32", card.spec.head)
    _check_all_ran([name], recorded)
    if problem := batch_axis_problem(tuple(recorded[name].shape), 1):
        raise ValueError(f"layer {layer!r} {problem}. Choose another module.")
    maps = recorded[name][0].float()
    pooling = card.spec.pooling.get(name) or choose_pooling(name, tuple(recorded[name].shape))
    if maps.ndim != 3:
        spatial = [name for name, kind in card.spec.pooling.items() if kind in ("spatial", "channels_last")]
        raise ValueError(
            f"layer must have feature maps, such as {listed(spatial)}; got {layer!r}, whose output per image has shape "
            f"{tuple(maps.shape)}."
        )
    return (maps.movedim(-1, 0) if pooling == "channels_last" else maps).cpu().numpy()


def _pass(
    network: nn.Module, snapshot: Snapshot, images: torch.Tensor, precision: str, head: str | None
) -> torch.Tensor:
    """Send images through the snapshot of a network, one thread at a time; returns its output."""
    with pass_lock(network), snapshot.computing(), torch.no_grad():
        return forward(snapshot.network, images, precision, head)


def _check_all_ran(layers: Sequence[str], recorded: Mapping[str, torch.Tensor]) -> None:
    for layer in layers:
        if layer not in recorded:
            raise ValueError(f"layer {layer!r} did not run in the forward pass. Choose another module.")


def get_card(network: nn.Module) -> ModelCard:
    """Get the model card of a network; ValueError if it has none.

    Examples
    --------
    >>> import galviz
    >>> network = galviz.wrap(nn.Sequential(nn.Conv2d(3, 8, 3)), galviz.NetworkSpec(layers={"conv": "0"}))
    >>> get_card(network).task
    'embedding'
    """
    card = getattr(network, "card", None)
    if not isinstance(card, ModelCard):
        raise ValueError(
            f"network must have a model card, which says how images are prepared; got {type(network).__name__} without "
            "one. Use galviz.load_model, or galviz.wrap for a network of your own."
        )
    return card


def check_layers(network: nn.Module, layers: Sequence[str]) -> list[str]:
    """Validate names of layers and paths of modules, and remove duplicates; ValueError if there is no such layer.

    Examples
    --------
    >>> import galviz
    >>> network = galviz.wrap(nn.Sequential(nn.Conv2d(3, 8, 3)), galviz.NetworkSpec(layers={"conv": "0"}))
    >>> check_layers(network, ["conv", "0", "conv"])
    ['conv', '0']
    """
    names = layers if isinstance(layers, str) else list(layers)
    if isinstance(names, str) or not all(isinstance(layer, str) for layer in names):
        raise ValueError(f"layers must be a list of names; got {names!r}.")
    spec = get_card(network).spec
    for layer in names:
        find_module(network, spec, layer)
    return list(dict.fromkeys(names))
