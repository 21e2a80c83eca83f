"""A network taken apart: its layers as a table, what its parts do to one galaxy, and what training mode does to it."""

from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch import nn

from galviz.network.anatomy import MAPS, LayerRow
from galviz.network.builders import build_network
from galviz.network.card import ModelCard
from galviz.network.forward import forward, preprocess
from galviz.network.layers import find_module, record_outputs
from galviz.network.snapshot import pass_lock, take_snapshot

__all__ = ["ModeComparison", "attention_gamma", "compare_modes", "record_maps", "summarise_layers"]

# The first residual block of stage 1 and the last, which ends in self-attention: places in fastai's XResNet.
_STAGE1 = 4


def summarise_layers(card: ModelCard) -> list[LayerRow]:
    """List what an image passes through in a network, with the shape of what leaves it and its parameters.

    Parameters
    ----------
    card : ModelCard
        Of the network; one of its kind is built and an empty image sent through.

    Returns
    -------
    list of LayerRow
        In the order of the forward pass.
    """
    network = build_network(card.spec, seed=0).eval()
    modules = dict(network.named_children())
    with record_outputs(modules) as recorded, torch.no_grad():
        network(torch.zeros(1, 3, card.crop_px, card.crop_px))
    names = {id(find_module(network, card.spec, layer)): layer for layer in (*card.spec.layers, *card.spec.maps)}
    return [
        LayerRow(
            name=names.get(id(module), ""),
            module=type(module).__name__,
            blocks=len(module) if type(module) is nn.Sequential else 0,
            shape=tuple(recorded[place].shape[1:]),
            parameters=sum(values.numel() for values in module.parameters()),
        )
        for place, module in modules.items()
        if place in recorded
    ]


def record_maps(network: nn.Module, image: Image.Image) -> dict[str, np.ndarray]:
    """Record the feature maps of one galaxy that the lessons show.

    Parameters
    ----------
    network : torch.nn.Module
        From `load_model`, in eval mode, on the CPU; threads may share it.
    image : PIL.Image.Image
        RGB, any size.

    Returns
    -------
    dict of str to ndarray of float32, shape (channels, height, width)
        By the names of `galviz.network.anatomy.MAPS`: the output of each layer (``stem`` to ``stage4``); the input of
        the first residual block of stage 1, the output of its convolutions (``block/branch``), and its output; and the
        same of the self-attention at the end of stage 1, where ``attention/mixture`` is what it adds.
    """
    snapshot = take_snapshot(network, torch.device("cpu"))
    own = snapshot.network
    first, last = own[_STAGE1][0], own[_STAGE1][-1]
    attention = last.convpath[-1]
    modules = {
        **{layer: find_module(own, network.card.spec, layer) for layer in MAPS if "/" not in layer},
        "block/input": own[_STAGE1 - 1],
        "block/branch": first.convpath,
        "block/output": first,
        "attention/input": last.convpath[-2],
        "attention/output": attention,
    }
    with pass_lock(network), snapshot.computing(), record_outputs(modules) as recorded, torch.no_grad():
        forward(own, preprocess([image], network.card), "float32")
    found = {name: values[0].numpy() for name, values in recorded.items()}
    found["attention/mixture"] = found["attention/output"] - found["attention/input"]
    return {name: found[name] for name in MAPS}


def attention_gamma(network: nn.Module) -> float:
    """The number that a network multiplies what its self-attention adds with; training begins with 0."""
    return float(network[_STAGE1][-1].convpath[-1].gamma.detach())


@dataclass(frozen=True, eq=False)
class ModeComparison:
    """Predictions of the same galaxies by the same network in eval and in training mode; arrays of shape (n,), float32.

    Attributes
    ----------
    eval_alone, eval_together : ndarray
        In eval mode, one by one and as one batch: the same.
    train_together, train_halves : ndarray
        In training mode, as one batch and as two halves: each depends on its company.
    eval_after : ndarray
        In eval mode again after `passes` batches in training mode: their averages have moved those that eval mode uses.
    passes : int
    """

    eval_alone: np.ndarray
    eval_together: np.ndarray
    train_together: np.ndarray
    train_halves: np.ndarray
    eval_after: np.ndarray
    passes: int


def compare_modes(network: nn.Module, images: list[Image.Image], *, passes: int = 5) -> ModeComparison:
    """See what becomes of predictions when somebody forgets ``network.eval()``; `network` stays as it is.

    Parameters
    ----------
    network : torch.nn.Module
        From `load_model`.
    images : list of PIL.Image.Image
        Four or more.
    passes : int
    """
    batch, half = preprocess(images, network.card), len(images) // 2

    def copy() -> nn.Module:
        own = build_network(network.card.spec, seed=0)
        own.load_state_dict(network.state_dict())
        return own

    def predicted(own: nn.Module, *parts: torch.Tensor) -> np.ndarray:
        with torch.no_grad():
            return torch.cat([own(part) for part in parts])[:, 0].numpy()

    sound, together, halves, spoilt = copy().eval(), copy().train(), copy().train(), copy().train()
    for _ in range(passes):
        predicted(spoilt, batch)
    return ModeComparison(
        eval_alone=predicted(sound, *batch.split(1)),
        eval_together=predicted(sound, batch),
        train_together=predicted(together, batch),
        train_halves=predicted(halves, batch[:half], batch[half:]),
        eval_after=predicted(spoilt.eval(), batch),
        passes=passes,
    )
