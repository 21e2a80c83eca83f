"""An activation map as a small picture: orange where values are positive, blue where negative, dark at zero.

Dark, as the sky in the images is: most activations are near zero, and a white map would glare beside them.
"""

import numpy as np
from PIL import Image

_NEGATIVE, _ZERO, _POSITIVE = (np.array(colour, float) for colour in ((92, 160, 255), (24, 28, 38), (255, 160, 70)))


def heatmap(values: np.ndarray, *, vmax: float | None = None, side_px: int = 112) -> Image.Image:
    """Draw a two-dimensional array as a picture.

    Parameters
    ----------
    values : ndarray of shape (height, width)
        Finite.
    vmax : float, optional
        Absolute value with the full colour; larger ones are clipped. By default the largest in `values`. Pass one vmax
        to make several maps comparable.
    side_px : int
        Minimum length of the longer side. Each value becomes a square of a whole number of pixels.

    Returns
    -------
    PIL.Image.Image
        RGB, with the first row at the top.

    Raises
    ------
    ValueError
        If `values` isn't a two-dimensional array of finite numbers.

    Examples
    --------
    >>> heatmap([[1.0, -1.0]], side_px=2).getpixel((0, 0))
    (255, 160, 70)
    """
    values = np.asarray(values, float)
    if values.ndim != 2 or not values.size or not np.isfinite(values).all():
        raise ValueError(
            f"values must be finite, of shape (height, width); got shape {values.shape}. "
            "Pass one map without NaN or infinity."
        )
    vmax = float(np.abs(values).max()) if vmax is None else vmax
    scaled = (values / vmax).clip(-1, 1)[..., None] if vmax > 0 else np.zeros((*values.shape, 1))
    colours = np.where(scaled < 0, _ZERO + (_ZERO - _NEGATIVE) * scaled, _ZERO + (_POSITIVE - _ZERO) * scaled)
    magnification = -(-side_px // max(values.shape))
    pixels = colours.round().astype(np.uint8).repeat(magnification, axis=0).repeat(magnification, axis=1)
    return Image.fromarray(pixels)
