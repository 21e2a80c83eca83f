"""Numbers on a grid -> a small picture: orange where they are positive, blue where negative, grey at zero."""

import numpy as np
from PIL import Image

_NEGATIVE, _ZERO, _POSITIVE = (np.array(colour, float) for colour in ((43, 95, 179), (232, 232, 232), (214, 96, 28)))


def heatmap(values: np.ndarray, *, largest: float | None = None, side_px: int = 112) -> Image.Image:
    """Draw a map of numbers.

    Parameters
    ----------
    values : array of shape (height, width)
        Finite.
    largest : float, optional
        The magnitude that has the full colour, and all beyond it; by default the largest there is. Give it to maps that
        are to be compared.
    side_px : int
        Longer side of the picture at least; each number becomes a square of a whole number of pixels.

    Returns
    -------
    PIL.Image.Image
        RGB. The first row is at the top.

    Raises
    ------
    ValueError
        If `values` is no 2-D array of finite numbers.
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise ValueError(f"values must be finite, of shape (height, width); got shape {values.shape}. Give one map.")
    top = float(np.abs(values).max()) if largest is None else largest
    share = (values / top).clip(-1, 1)[..., None] if top > 0 else np.zeros((*values.shape, 1))
    colours = np.where(share < 0, _ZERO + (_ZERO - _NEGATIVE) * share, _ZERO + (_POSITIVE - _ZERO) * share)
    magnification = -(-side_px // max(values.shape))
    pixels = colours.round().astype(np.uint8).repeat(magnification, axis=0).repeat(magnification, axis=1)
    return Image.fromarray(pixels)
