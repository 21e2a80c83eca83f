"""Pooling: from the output of a layer to one vector per image."""

import torch
from torch import nn
from torch.nn.modules.dropout import _DropoutNd

__all__ = ["N_DIMENSIONS", "batch_axis_problem", "choose_pooling", "pool", "pooling_problem"]

# The axes that are averaged, and the number of dimensions of an output, by the kind of pooling.
_MEAN_AXES = {"spatial": (2, 3), "channels_last": (1, 2), "tokens": (1,), "positions": (2,)}
N_DIMENSIONS = {"spatial": 4, "channels_last": 4, "tokens": 3, "class_token": 3, "positions": 3, "none": 2}
# Modules whose output is (n, channels, positions); all others of three dimensions are taken as (n, tokens, channels).
_CHANNELS_FIRST = (
    *(nn.Conv1d, nn.ConvTranspose1d, nn.BatchNorm1d, nn.InstanceNorm1d, nn.GroupNorm),
    *(nn.MaxPool1d, nn.AvgPool1d, nn.AdaptiveAvgPool1d, nn.AdaptiveMaxPool1d, nn.LPPool1d),
)

_ELEMENTWISE = (nn.Identity, _DropoutNd, nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.ELU, nn.GELU, nn.SiLU, nn.Mish, nn.Tanh)


def choose_pooling(layer: str, shape: tuple[int, ...], module: nn.Module | None = None) -> str:
    """Choose the pooling for the output of a layer by its shape, and of three dimensions also by its module.

    Parameters
    ----------
    layer : str
        For the error message.
    shape : tuple of int
        Shape of the output for a batch of square images.
    module : torch.nn.Module, optional

    Returns
    -------
    str
        ``"none"`` for (n, channels), ``"tokens"`` for (n, tokens, channels), ``"positions"`` for (n, channels,
        positions) of 1-D convolutions, pooling and normalisation, ``"spatial"`` for (n, channels, height, width) and
        ``"channels_last"`` for (n, height, width, channels). Height and width of a square image are equal.

    Raises
    ------
    ValueError
        If the shape is none of these, or ambiguous.

    Examples
    --------
    >>> choose_pooling("stage1", (64, 96, 28, 28)), choose_pooling("blocks.3", (64, 197, 192))
    ('spatial', 'tokens')
    """
    if len(shape) == 3:
        return "positions" if isinstance(_shaping_module(module), _CHANNELS_FIRST) else "tokens"
    if len(shape) == 2:
        return "none"
    if len(shape) == 4:
        spatial, channels_last = shape[2] == shape[3], shape[1] == shape[2]
        if spatial and channels_last and shape[1] > 1:
            raise ValueError(
                f"layer {layer!r} outputs {shape}, where channels, height and width are equal: set pooling={{{layer!r}:"
                " 'spatial'} or 'channels_last' in the specification."
            )
        if spatial or channels_last:
            return "spatial" if spatial else "channels_last"
    raise ValueError(
        f"layer {layer!r} outputs the shape {shape}, which is neither (n, channels), (n, tokens, channels) nor "
        "(n, channels, height, width). Choose another module."
    )


def _shaping_module(module: nn.Module | None) -> nn.Module | None:
    """The module that decides on the order of the axes: of a sequence the last one that isn't elementwise."""
    while isinstance(module, nn.Sequential) and len(module):
        others = [child for child in module if not isinstance(child, _ELEMENTWISE)]
        module = others[-1] if others else None
    return module


def pool(output: torch.Tensor, pooling: str) -> torch.Tensor:
    """Pool the output of a layer to shape (n, channels), float32, on the output's device.

    Examples
    --------
    >>> pool(torch.ones(2, 8, 7, 7), "spatial").shape
    torch.Size([2, 8])
    """
    values = output.float()
    if pooling == "none":
        return values.clone()  # the next module may overwrite its input
    return values[:, 0].clone() if pooling == "class_token" else values.mean(dim=_MEAN_AXES[pooling])


def pooling_problem(pooling: str, shape: tuple[int, ...]) -> str | None:
    """Describe why a pooling doesn't fit an output shape, as a clause; None if it fits.

    Examples
    --------
    >>> pooling_problem("spatial", (64, 512))
    "has pooling 'spatial', for outputs of 4 dimensions, and outputs (64, 512)"
    """
    if len(shape) != N_DIMENSIONS[pooling]:
        return f"has pooling {pooling!r}, for outputs of {N_DIMENSIONS[pooling]} dimensions, and outputs {shape}"
    return None


def batch_axis_problem(shape: tuple[int, ...], n_images: int) -> str | None:
    """Describe why an output doesn't have one row per image, as a clause; None if it does.

    Recurrent layers and transformers of PyTorch put the tokens first, unless they have ``batch_first=True``.

    Examples
    --------
    >>> batch_axis_problem((64, 1, 16), 1)
    'outputs (64, 1, 16) for 1 image; its first axis must be the images, as with batch_first=True'
    """
    if shape and shape[0] == n_images:
        return None
    images = "1 image" if n_images == 1 else f"{n_images} images"
    return f"outputs {shape} for {images}; its first axis must be the images, as with batch_first=True"
