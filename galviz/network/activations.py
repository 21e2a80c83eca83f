"""Images through a network: the outputs of its layers, one vector per image each, and its predictions.

A forward hook belongs to the module, and so to everybody who shares the network: the hook of one thread sees the images
of another thread too. A pass here runs on a snapshot of the network that nobody else can reach, and nothing of it stays
on the network.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import torch
from PIL import Image
from torch import nn

from galviz.errors import listed
from galviz.network.card import ModelCard
from galviz.network.forward import PRECISIONS, forward, preprocess
from galviz.network.layers import choose_pooling, find_module, pool, pooling_problem, record_outputs
from galviz.network.snapshot import Snapshot, check_eval_mode, pass_lock, take_snapshot, weights_checksum

__all__ = ["ActivationRecorder", "choose_device", "feature_maps"]


class ActivationRecorder:
    """Records the activations of a network, batch by batch, on one snapshot of it.

    Parameters
    ----------
    network : torch.nn.Module
        From `galviz.load_model` or `galviz.wrap`, in eval mode.
    layers : sequence of str
        Names of layers, or paths of modules.
    device : str or torch.device, optional
        See `choose_device`.
    precision : str
        ``"float32"`` or ``"bfloat16"``.
    allow_hooks : bool
        Whether hooks on the network may change its output.

    Attributes
    ----------
    layers : list of str
        Each once.

    Raises
    ------
    ValueError
        If there is no such layer, the network has no card or is in training mode, or an argument is out of range.
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
        self._network, self._card = network, get_card(network)
        self.layers = check_layers(network, layers)
        if precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {listed(PRECISIONS)}; got {precision!r}.")
        self._precision, self._device = precision, choose_device(device)
        self._snapshot = take_snapshot(network, self._device, allow_hooks=allow_hooks)
        self._modules = {layer: find_module(self._snapshot.network, self._card.spec, layer) for layer in self.layers}
        self._pooling = dict(self._card.spec.pooling)

    @property
    def weights_sha256(self) -> str:
        """Checksum of the weights file, or of the tensors if they aren't those of the file."""
        return weights_checksum(self._network, self._snapshot)

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
        check_eval_mode(self._network)  # the numbers would be right, but whoever trains it should know
        # One image at a time is decoded and cropped, because a batch of large ones would fill the memory.
        batch = preprocess(images, self._card).to(self._device)
        with record_outputs(self._modules, self._pooled) as recorded:
            output = _pass(self._network, self._snapshot, batch, self._precision)
        _check_all_ran(self.layers, recorded)
        activations = {layer: recorded[layer].cpu().numpy() for layer in self.layers}
        predictions = None if self._card.label is None else output.reshape(len(batch)).float().cpu().numpy()
        return activations, predictions

    def _pooled(self, layer: str, output: torch.Tensor) -> torch.Tensor:
        shape = tuple(output.shape)
        if layer not in self._pooling:
            self._pooling[layer] = choose_pooling(layer, shape)
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
    """The activations of a layer at each place of one image, not averaged.

    Parameters
    ----------
    network : torch.nn.Module
        From `galviz.load_model` or `galviz.wrap`, in eval mode.
    image : PIL.Image.Image
        RGB, any size.
    layer : str
        A layer with a spatial extent, such as ``"stem"`` or ``"stage4"``, or the path of such a module.
    device : str or torch.device, optional
        See `choose_device`.
    allow_hooks : bool
        See `galviz.extract`.

    Returns
    -------
    ndarray of shape (channels, height, width), float32
        The first row is the image's top. From 112 px, xresnet34's stem makes 56, its stages 28, 14, 7 and 4.

    Raises
    ------
    ValueError
        If there is no such layer or its output has no spatial extent, or as for `galviz.extract`.

    Examples
    --------
    >>> import galviz
    >>> image = galviz.load_survey().image(galviz.load_survey().object_ids[0])
    >>> feature_maps(galviz.load_model(), image, "stage4").shape
    (512, 4, 4)
    """
    card = get_card(network)
    (name,) = check_layers(network, [layer])
    place = choose_device(device)
    own = take_snapshot(network, place, allow_hooks=allow_hooks)
    images = preprocess([image], card).to(place)
    modules = {name: find_module(own.network, card.spec, name)}
    with record_outputs(modules) as recorded:
        _pass(network, own, images, "float32")
    _check_all_ran([name], recorded)
    maps = recorded[name][0].float()
    pooling = card.spec.pooling.get(name) or choose_pooling(name, tuple(recorded[name].shape))
    if maps.ndim != 3:
        spatial = [each for each, how in card.spec.pooling.items() if how in ("spatial", "channels_last")]
        raise ValueError(
            f"layer must be one with maps, such as {listed(spatial)}; got {layer!r}, whose output per image has the "
            f"shape {tuple(maps.shape)}."
        )
    return (maps.movedim(-1, 0) if pooling == "channels_last" else maps).cpu().numpy()


def _pass(network: nn.Module, snapshot: Snapshot, images: torch.Tensor, precision: str) -> torch.Tensor:
    """Send images through the snapshot of a network, one thread at a time; returns its output."""
    with pass_lock(network), snapshot.computing(), torch.no_grad():
        return forward(snapshot.network, images, precision, get_card(network).spec.head)


def _check_all_ran(layers: Sequence[str], recorded: Mapping[str, torch.Tensor]) -> None:
    for layer in layers:
        if layer not in recorded:
            raise ValueError(f"layer {layer!r} did not run in the forward pass. Choose another module.")


def choose_device(device: str | torch.device | None = None) -> torch.device:
    """The device asked for; by default CUDA if there is one, then Apple's MPS, then the CPU.

    Raises
    ------
    ValueError
        If torch has no such device, or it isn't available.
    """
    if device is None:
        mps = torch.backends.mps.is_available()
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if mps else "cpu")
    try:
        chosen = torch.device(device)
        if chosen.type not in ("cpu", "cuda", "mps"):
            raise TypeError(chosen.type)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError, TypeError) as error:
        message = (
            f"device must be one that torch finds here, such as 'cpu'; got {device!r}. Leave it out to have one chosen."
        )
        raise ValueError(message) from error
    return chosen


def get_card(network: nn.Module) -> ModelCard:
    """The card of a network; ValueError if it has none."""
    card = getattr(network, "card", None)
    if not isinstance(card, ModelCard):
        raise ValueError(
            f"network must have a model card, which says how images are prepared; got {type(network).__name__} without "
            "one. Use galviz.load_model, or galviz.wrap for a network of your own."
        )
    return card


def check_layers(network: nn.Module, layers: Sequence[str]) -> list[str]:
    """Names of layers and paths of modules, each once; ValueError if there is no such layer."""
    names = layers if isinstance(layers, str) else list(layers)
    if isinstance(names, str) or not all(isinstance(layer, str) for layer in names):
        raise ValueError(f"layers must be a list of names; got {names!r}.")
    spec = get_card(network).spec
    for layer in names:
        find_module(network, spec, layer)
    return list(dict.fromkeys(names))
