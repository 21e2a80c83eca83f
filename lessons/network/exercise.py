"""Exercises of the lesson 'The network'. Write in your own copy: `python -m galviz start network` makes it."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # for editors only: this import doesn't run
    import torch


def output_side(side: int, kernel_side: int, stride: int, padding: int) -> int:
    """Compute the side of a convolution's output.

    With p pixels of padding, a row of n pixels becomes n + 2p pixels. A kernel of k pixels starts at the first of them,
    and moves by s pixels (the stride) at a time, as long as all of it stays inside. The number of its positions is
    ⌊(n + 2p − k) / s⌋ + 1. The brackets ⌊ ⌋ mean: round down.

    Parameters
    ----------
    side : int
        n, the height and width of the input. At least 1.
    kernel_side : int
        k, the height and width of the kernel: at least 1, and at most n + 2p.
    stride : int
        s, at least 1. It may exceed the side.
    padding : int
        p, the number of pixels that are added on each side. At least 0.

    Returns
    -------
    int
        The height and width of the output: an int such as 56, not the float 56.0.

    Examples
    --------
    A kernel of 3 pixels fits into a row of 7 at five positions. The network's first convolution turns 112 pixels into
    56:

    >>> output_side(7, kernel_side=3, stride=1, padding=0)
    5
    >>> output_side(112, kernel_side=3, stride=2, padding=1)
    56
    """
    raise NotImplementedError("network.0")


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
    0, to all digits, although e¹⁰⁰⁰ exceeds the largest float. An overflow warning is fine. Don't use an approximation:
    Mish of 4 is 3.9974, not 4, and Mish of −5 is −0.0336, not 0.

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


def parameters_per_stage(network: "torch.nn.Module") -> dict[str, int]:
    """Count the parameters of each stage of a network.

    A network is a module that contains others, its *children*; these contain further modules. The shipped network has
    twelve children: three convolutions, a pooling, the four stages, and the parts of the head. For each direct child,
    count the numbers in all of its parameters: the weights and biases of the child and of every module inside it.

    - A parameter is a tensor: count its elements. A tensor without axes has one element.
    - Count frozen parameters (`requires_grad` is False) too.
    - Don't count buffers. A batch norm's running mean and variance are buffers, because gradients don't change them.
    - A tensor that is used twice within a child counts once. If two children share it, it counts for both.
    - Leave out parameters of the network itself that belong to no child.

    Parameters
    ----------
    network : torch.nn.Module
        Of any class, perhaps without children. Don't modify it: leave weights, modes and `requires_grad` as they are.

    Returns
    -------
    dict of str to int
        One entry per direct child: its name, as in `network.named_children()`, and its number of parameters, an int and
        not a float or a tensor. 0 for a child without parameters. Empty if the network has no children.

    Examples
    --------
    The convolution has 8 · 3 · 3 · 3 weights and 8 biases:

    >>> from torch import nn
    >>> network = nn.Sequential(nn.Conv2d(3, 8, kernel_size=3), nn.BatchNorm2d(8), nn.ReLU())
    >>> parameters_per_stage(network)
    {'0': 224, '1': 16, '2': 0}

    Try it on the shipped network: ``parameters_per_stage(galviz.load_model())``, after ``import galviz``. Its children
    4 to 7 are the four stages. Which of them has most of the 21 million parameters?
    """
    raise NotImplementedError("network.3")
