"""Inspection of a network for the lessons: a table of layers, feature maps of a galaxy, and eval and training mode."""

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
from galviz.network.snapshot import take_snapshot
from galviz.network.turns import pass_lock

__all__ = ["ModeComparison", "attention_gamma", "compare_modes", "record_maps", "summarise_layers"]

# Index of stage 1 in fastai's XResNet; its last block ends in self-attention.
_STAGE1 = 4


def summarise_layers(card: ModelCard) -> list[LayerRow]:
    """List the modules of a network with their output shapes and numbers of parameters.

    Parameters
    ----------
    card : ModelCard
        An untrained network is built from it, and run on an empty image.

    Returns
    -------
    list of LayerRow
        In the order of the forward pass.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from galviz.network.card import read_card
    >>> from galviz.network.spec import xresnet_spec
    >>> rows = summarise_layers(replace(read_card(), spec=xresnet_spec(widen=1 / 16)))
    >>> rows[4].name, rows[4].shape, rows[4].blocks
    ('stage1', (4, 28, 28), 3)
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
            shape=tuple(recorded[path].shape[1:]),
            parameters=sum(values.numel() for values in module.parameters()),
        )
        for path, module in modules.items()
        if path in recorded
    ]


def record_maps(network: nn.Module, image: Image.Image) -> dict[str, np.ndarray]:
    """Record the feature maps of one galaxy that the lessons show.

    Parameters
    ----------
    network : torch.nn.Module
        The shipped network, or another xresnet34 with self-attention, in eval mode, on the CPU. Threads may share it.
    image : PIL.Image.Image
        RGB, any size.

    Returns
    -------
    dict of str to ndarray of float32, shape (channels, height, width)
        By the names in `galviz.network.anatomy.MAPS`: the output of each layer (``stem`` to ``stage4``); the input of
        the first residual block of stage 1, the output of its convolutions (``block/branch``), and its output; and the
        same for the self-attention at the end of stage 1, where ``attention/mixture`` is what it adds.

    Examples
    --------
    >>> from galviz.network.card import read_card
    >>> from galviz.network.model import attach_card
    >>> from galviz.network.spec import xresnet_spec
    >>> network = attach_card(build_network(xresnet_spec(widen=1 / 16), seed=0), read_card())
    >>> record_maps(network, Image.new("RGB", (160, 160)))["stage1"].shape
    (4, 28, 28)
    """
    snapshot = take_snapshot(network, torch.device("cpu"))
    copy = snapshot.network
    first, last = copy[_STAGE1][0], copy[_STAGE1][-1]
    attention = last.convpath[-1]
    modules = {
        **{layer: find_module(copy, network.card.spec, layer) for layer in MAPS if "/" not in layer},
        "block/input": copy[_STAGE1 - 1],
        "block/branch": first.convpath,
        "block/output": first,
        "attention/input": last.convpath[-2],
        "attention/output": attention,
    }
    with pass_lock(network), snapshot.computing(), record_outputs(modules) as recorded, torch.no_grad():
        forward(copy, preprocess([image], network.card), "float32")
    maps = {name: values[0].numpy() for name, values in recorded.items()}
    maps["attention/mixture"] = maps["attention/output"] - maps["attention/input"]
    return {name: maps[name] for name in MAPS}


def attention_gamma(network: nn.Module) -> float:
    """The learnt factor of what self-attention adds in an xresnet34; 0 before training.

    Examples
    --------
    >>> from galviz.network.spec import xresnet_spec
    >>> attention_gamma(build_network(xresnet_spec(widen=1 / 16)))
    0.0
    """
    return float(network[_STAGE1][-1].convpath[-1].gamma.detach())


@dataclass(frozen=True, eq=False)
class ModeComparison:
    """Predictions for the same galaxies in eval and in training mode; arrays of shape (n,), float32.

    Attributes
    ----------
    eval_alone, eval_together : ndarray
        In eval mode, one by one and as one batch: they agree.
    train_together, train_halves : ndarray
        In training mode, as one batch and as two: each prediction depends on the other galaxies in its batch.
    eval_after : ndarray
        In eval mode, after `passes` batches in training mode have changed the running statistics.
    passes : int
    """

    eval_alone: np.ndarray
    eval_together: np.ndarray
    train_together: np.ndarray
    train_halves: np.ndarray
    eval_after: np.ndarray
    passes: int


def compare_modes(network: nn.Module, images: list[Image.Image], *, passes: int = 5) -> ModeComparison:
    """Compare predictions in eval and in training mode, to show the effect of a forgotten ``network.eval()``.

    Parameters
    ----------
    network : torch.nn.Module
        From `galviz.load_model`; copies of it are used.
    images : list of PIL.Image.Image
        At least four.
    passes : int
        Number of batches in training mode before ``eval_after``.

    Returns
    -------
    ModeComparison

    Examples
    --------
    >>> from dataclasses import replace
    >>> from galviz.network.card import read_card
    >>> from galviz.network.model import attach_card
    >>> from galviz.network.spec import xresnet_spec
    >>> card = replace(read_card(), spec=xresnet_spec(widen=1 / 16), pad_px=32, crop_px=32)
    >>> network = attach_card(build_network(card.spec, seed=0), card)
    >>> images = [Image.effect_noise((32, 32), sigma) for sigma in (5, 10, 15, 20)]
    >>> comparison = compare_modes(network, images, passes=1)
    >>> bool(np.allclose(comparison.eval_alone, comparison.eval_together, atol=1e-4))
    True
    """
    batch, half = preprocess(images, network.card), len(images) // 2

    def copy() -> nn.Module:
        copied = build_network(network.card.spec, seed=0)
        copied.load_state_dict(network.state_dict())
        return copied

    def predict(copied: nn.Module, *batches: torch.Tensor) -> np.ndarray:
        with torch.no_grad():
            return torch.cat([copied(images) for images in batches])[:, 0].numpy()

    in_eval, together, halves, changed = copy().eval(), copy().train(), copy().train(), copy().train()
    for _ in range(passes):
        predict(changed, batch)
    return ModeComparison(
        eval_alone=predict(in_eval, *batch.split(1)),
        eval_together=predict(in_eval, batch),
        train_together=predict(together, batch),
        train_halves=predict(halves, batch[:half], batch[half:]),
        eval_after=predict(changed.eval(), batch),
        passes=passes,
    )
