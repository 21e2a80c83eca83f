"""Pooling: from the output of a layer to one vector per image."""

import torch

__all__ = ["N_DIMENSIONS", "choose_pooling", "pool", "pooling_problem"]

# The axes that are averaged, and the number of dimensions of an output, by the kind of pooling.
_MEAN_AXES = {"spatial": (2, 3), "channels_last": (1, 2), "tokens": (1,)}
N_DIMENSIONS = {"spatial": 4, "channels_last": 4, "tokens": 3, "class_token": 3, "none": 2}


def choose_pooling(layer: str, shape: tuple[int, ...]) -> str:
    """Choose the pooling for the output of a layer by its shape.

    Parameters
    ----------
    layer : str
        For the error message.
    shape : tuple of int
        Shape of the output for a batch of square images.

    Returns
    -------
    str
        ``"none"`` for (n, channels), ``"tokens"`` for (n, tokens, channels), ``"spatial"`` for (n, channels, height,
        width) and ``"channels_last"`` for (n, height, width, channels). Height and width of a square image are equal.

    Raises
    ------
    ValueError
        If the shape is none of these, or ambiguous.

    Examples
    --------
    >>> choose_pooling("stage1", (64, 96, 28, 28)), choose_pooling("blocks.3", (64, 197, 192))
    ('spatial', 'tokens')
    """
    if len(shape) in (2, 3):
        return "none" if len(shape) == 2 else "tokens"
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
