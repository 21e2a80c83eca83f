"""The blocks of the network's diagram: the layers of each, and pictures of one galaxy's activations."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from galviz.charts.heatmap import heatmap
from galviz.network.anatomy import LayerRow
from panels.network_diagram import DiagramBlock, picture_height

INPUT, FEATURES, PREDICTION = "input", "features", "prediction"
# The most maps of a block that are enlarged.
N_ENLARGED = 8
# Columns of the picture of the features in the diagram, and enlarged.
_STRIP_COLUMNS, _ENLARGED_COLUMNS = 16, 32
_STRIP_HEIGHT_PX = 96
# Outliers would leave the other values dark.
_FULL_COLOUR_QUANTILE = 0.995


@dataclass(frozen=True, eq=False)
class Activations:
    """The activations of one galaxy.

    Attributes
    ----------
    crop : PIL.Image.Image
        The network's input.
    maps : dict of str to ndarray of shape (k, height, width)
        Feature maps of some channels, by block. A block without stored maps is absent.
    channels : dict of str to ndarray of int, shape (k,)
        The indices of these channels.
    features : ndarray of shape (n_features,)
    prediction : float
    """

    crop: Image.Image
    maps: dict[str, np.ndarray]
    channels: dict[str, np.ndarray]
    features: np.ndarray
    prediction: float


def group_layers(layers: Sequence[LayerRow]) -> dict[str, list[LayerRow]]:
    """Group a network's layers into the blocks of the diagram.

    Returns
    -------
    dict of str to list of LayerRow
        A layer with a name ends the block of that name; the layers behind the last one are ``"prediction"``.

    Examples
    --------
    >>> rows = [LayerRow(name, "Linear", 0, (1,), 1) for name in ("", "stem", "")]
    >>> [(name, len(layers)) for name, layers in group_layers(rows).items()]
    [('stem', 2), ('prediction', 1)]
    """
    blocks, pending = {}, []
    for layer in layers:
        pending.append(layer)
        if layer.name:
            blocks[layer.name], pending = pending, []
    return blocks | {PREDICTION: pending}


def diagram_blocks(layers: Sequence[LayerRow], activations: Activations) -> list[DiagramBlock]:
    """Build the diagram's blocks, from the input to the prediction."""
    crop = activations.crop
    shape = (len(crop.getbands()), crop.height, crop.width)
    first = DiagramBlock(INPUT, "one galaxy", shape, [crop], picture_height(crop.width))
    return [first, *(_diagram_block(name, rows, activations) for name, rows in group_layers(layers).items())]


def _diagram_block(name: str, rows: list[LayerRow], activations: Activations) -> DiagramBlock:
    note = count_parameters(rows)
    shape = rows[-1].shape
    if name == PREDICTION:
        return DiagramBlock(name, note, shape, value=f"{activations.prediction:.2f}")
    if name == FEATURES:
        return DiagramBlock(name, note, shape, [feature_picture(activations.features)], _STRIP_HEIGHT_PX)
    pictures = [picture for _, picture in map_pictures(name, activations, _stack_size(shape[0]))]
    return DiagramBlock(name, note, shape, pictures, picture_height(shape[-1]))


def count_parameters(rows: Sequence[LayerRow]) -> str:
    r"""Describe the number of parameters of some layers in a few letters.

    Examples
    --------
    >>> [count_parameters([LayerRow("", "Linear", 0, (1,), number)]) for number in (0, 513, 226_049, 13_114_368)]
    ['no parameters', '513 parameters', '226\xa0k parameters', '13\xa0M parameters']
    """
    number = sum(row.parameters for row in rows)
    short = (
        f"{number / 1e6:.2g}\xa0M" if number >= 1e6 else f"{number / 1e3:.0f}\xa0k" if number >= 1e3 else number or "no"
    )
    return f"{short} parameters"


def map_pictures(block: str, activations: Activations, count: int) -> list[tuple[int, Image.Image]]:
    """Draw maps of a block, those that vary most over the image first, with one colour scale.

    Returns
    -------
    list of (int, PIL.Image.Image)
        Number of the channel and its picture, at most `count`; empty if the block has no maps.
    """
    if block not in activations.maps:
        return []
    maps = activations.maps[block]
    order = np.argsort(maps.std(axis=(1, 2)), kind="stable")[::-1][:count]
    vmax = _full_colour(maps[order])
    side_px = max(maps.shape[1:])
    return [(int(activations.channels[block][row]), heatmap(maps[row], vmax=vmax, side_px=side_px)) for row in order]


def feature_picture(values: np.ndarray, *, wide: bool = False) -> Image.Image:
    """Draw one number per feature as a square each, row by row: a tall strip, or a wide one."""
    columns = _ENLARGED_COLUMNS if wide else _STRIP_COLUMNS
    rows = np.pad(values, (0, -len(values) % columns)).reshape(-1, columns)
    return heatmap(rows, vmax=_full_colour(rows), side_px=max(rows.shape))


def _full_colour(values: np.ndarray) -> float:
    return float(np.quantile(np.abs(values), _FULL_COLOUR_QUANTILE))


def _stack_size(n_channels: int) -> int:
    """Number of maps in a stack: one more for each doubling of the channels."""
    return max(2, round(np.log2(n_channels)) - 3)
