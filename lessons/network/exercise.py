"""Exercises of the lesson 'The network'. Write in your own copy: `python -m galviz start network` makes it."""

import numpy as np


def convolve(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Compute a convolution with a 3 × 3 kernel, a stride, and one pixel of zero padding.

    Surround the image with one pixel of zeros on each side. Put the centre of the kernel on the pixel in row 0, column
    0. Multiply each of the nine weights by the pixel under it, and add up the products. Then move the kernel by
    `stride` pixels, to the right and downwards, as long as its centre is on the image. As usual in deep learning, the
    kernel is not flipped.

    Parameters
    ----------
    image : ndarray of float, shape (height, width)
        One channel, of any size from 1 × 1; it needn't be square. Don't modify the input.
    kernel : ndarray of float, shape (3, 3)
        The weights, rows from top to bottom. Use them as they are. Don't modify the input.
    stride : int
        At least 1; it may exceed the height or width.

    Returns
    -------
    ndarray of float, shape (height / stride, width / stride), both rounded up
        At [i, j], the sum for the kernel's centre on the pixel [i · stride, j · stride].

    Examples
    --------
    With these weights, each output is the pixel's right neighbour; padding gives the zeros:

    >>> image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
    >>> kernel = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    >>> convolve(image, kernel, stride=1)
    array([[2., 3., 0.],
           [5., 6., 0.],
           [8., 9., 0.]])
    >>> convolve(image, kernel, stride=2)
    array([[2., 0.],
           [8., 0.]])
    """
    raise NotImplementedError("network.1")


def mish(x: np.ndarray) -> np.ndarray:
    """Compute the activation function Mish: x · tanh(ln(1 + eˣ)).

    The result must be right for large numbers too, without NaN or infinity: Mish of 1000 is 1000 and Mish of −1000 is
    0, to all digits, although e¹⁰⁰⁰ exceeds the largest float. A warning of an overflow does no harm. Don't use an
    approximation: Mish of 4 is 3.9974, not 4, and Mish of −5 is −0.0336, not 0.

    Parameters
    ----------
    x : ndarray of float
        One or more axes. Don't modify the input.

    Returns
    -------
    ndarray of float, same shape as `x`

    Examples
    --------
    >>> mish(np.array([[-1.0, 0.0], [0.5, 1000.0]])).round(3).tolist()
    [[-0.303, 0.0], [0.375, 1000.0]]
    """
    raise NotImplementedError("network.2")
