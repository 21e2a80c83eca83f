"""Exercises of the lesson 'The network'. Write in your own copy: `python -m galviz start network` makes it."""

import numpy as np


def convolve(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Move a kernel over an image, and answer at each place with a weighted sum.

    This is all that a convolutional layer does, here for one channel and one kernel.

    Put a frame of zeros, one pixel wide, around the image, so that the kernel's middle can stand on the rim too. Lay
    the kernel's middle on the pixel in row 0 and column 0, multiply each of the nine weights by the pixel below it, and
    add the nine products up. Then move on by `stride` pixels, to the right and downwards, as far as the kernel's middle
    is on the image. As everywhere in deep learning, the kernel is laid on as it is and not turned round.

    Parameters
    ----------
    image : ndarray of float, shape (height, width)
        One channel. Leave it as it is: it belongs to the caller.
    kernel : ndarray of float, shape (3, 3)
        The weights, rows from top to bottom.
    stride : int
        By how many pixels the kernel moves on, at least 1.

    Returns
    -------
    ndarray of float, shape (height / stride, width / stride), both rounded up
        At [i, j] the sum for the kernel's middle on the image's pixel [i · stride, j · stride].
    """
    raise NotImplementedError("network.1")


def mish(x: np.ndarray) -> np.ndarray:
    """Bend numbers as the activation Mish does: x · tanh(ln(1 + eˣ)).

    Large numbers pass as they are, negative ones nearly vanish. Without such a bend between them, all layers together
    would be no more than one.

    Parameters
    ----------
    x : ndarray of float, of any shape
        Any numbers, 1000 and −1000 too, where Mish is 1000 and 0 to every digit; no NaN may come out, though eˣ is
        beyond the largest float there. (A warning of an overflow does no harm.) Leave the array as it is: it belongs to
        the caller.

    Returns
    -------
    ndarray of float, of the same shape
    """
    raise NotImplementedError("network.2")
