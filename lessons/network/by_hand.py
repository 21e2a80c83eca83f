"""One convolution by hand: a small window of weights, moved over an image."""

import numpy as np


def convolve(numbers: np.ndarray, kernel: np.ndarray, *, stride: int = 2) -> np.ndarray:
    """What one kernel of the network's first convolution answers at each place of an image.

    Parameters
    ----------
    numbers : ndarray of shape (height, width, 3)
        The normalised image: red, green, blue.
    kernel : ndarray of shape (3, 3, 3)
        Colour, row, column.
    stride : int
        By how many pixels the window moves on.

    Returns
    -------
    ndarray of shape (height / stride, width / stride)
        At each place the sum of 27 products; around the image are zeros.
    """
    framed = np.pad(numbers, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(framed, (3, 3), axis=(0, 1))[::stride, ::stride]
    return np.einsum("ijcyx,cyx->ij", windows, kernel)
