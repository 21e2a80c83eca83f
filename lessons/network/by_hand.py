"""The first convolution of the network, computed in NumPy."""

import numpy as np


def convolve(numbers: np.ndarray, kernel: np.ndarray, *, stride: int = 2) -> np.ndarray:
    """Compute the output of one kernel of the network's first convolution.

    Parameters
    ----------
    numbers : ndarray of shape (height, width, 3)
        The normalised image: red, green and blue.
    kernel : ndarray of shape (3, 3, 3)
        The weights; the axes are colour, row and column.
    stride : int
        Step of the window, in pixels.

    Returns
    -------
    ndarray of shape (height / stride, width / stride), both rounded up
        The sum of 27 products at each place, with one pixel of zero padding.

    Examples
    --------
    >>> convolve(np.ones((4, 4, 3)), np.ones((3, 3, 3))).tolist()
    [[12.0, 18.0], [18.0, 27.0]]
    """
    padded = np.pad(numbers, ((1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(0, 1))[::stride, ::stride]
    return np.einsum("ijcyx,cyx->ij", windows, kernel)
