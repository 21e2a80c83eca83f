"""Answers to the exercises on the network: typical wrong ones with their hints, right ones written otherwise."""

import math

import numpy as np
from scipy.signal import convolve2d, correlate2d

from galviz.course.bank import Bank

bank = Bank()


@bank.wrong("network.1", "turned the kernel round")
def true_convolution(image, kernel, stride):
    return convolve2d(image, kernel, mode="same")[::stride, ::stride]


@bank.wrong("network.1", "frame of zeros is missing")
def not_padded(image, kernel, stride):
    return correlate2d(image, kernel, mode="valid")[::stride, ::stride]


@bank.wrong("network.1", "stride is ignored")
def stride_ignored(image, kernel, stride):
    return correlate2d(image, kernel, mode="same")


@bank.wrong("network.1", "mean of the nine products")
def mean_of_products(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))[::stride, ::stride]
    return (windows * kernel).mean(axis=(2, 3))


@bank.wrong("network.1", "mirrored the image at its rim")
def padded_by_reflection(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1, mode="reflect"), (3, 3))[::stride, ::stride]
    return np.einsum("ijyx,yx->ij", windows, kernel)


@bank.wrong("network.1", "Rows and columns of the kernel")
def kernel_transposed(image, kernel, stride):
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))[::stride, ::stride]
    return np.einsum("ijyx,xy->ij", windows, kernel)


@bank.wrong("network.1", "round up")
def rounded_down(image, kernel, stride):
    height, width = (length // stride for length in image.shape)
    return correlate2d(image, kernel, mode="same")[::stride, ::stride][:height, :width]


@bank.wrong("network.1", "rim are 0")
def rim_left_out(image, kernel, stride):
    found = np.zeros_like(image)
    found[1:-1, 1:-1] = correlate2d(image, kernel, mode="valid")
    return found[::stride, ::stride]


@bank.right("network.1")
def place_by_place(image, kernel, stride):
    height, width = image.shape
    framed = [[0.0] * (width + 2), *([0.0, *row, 0.0] for row in image.tolist()), [0.0] * (width + 2)]
    return [
        [
            sum(kernel[y, x] * framed[row + y][column + x] for y in range(3) for x in range(3))
            for column in range(0, width, stride)
        ]
        for row in range(0, height, stride)
    ]


@bank.right("network.1")
def by_scipy(image, kernel, stride):
    return convolve2d(image, kernel[::-1, ::-1], mode="same")[::stride, ::stride]


@bank.right("network.1")
def in_float32(image, kernel, stride):
    image, kernel = image.astype(np.float32), kernel.astype(np.float32)
    return correlate2d(image, kernel, mode="same")[::stride, ::stride]


@bank.wrong("network.2", "called softplus")
def softplus(x):
    return np.logaddexp(0, x)


@bank.wrong("network.2", "called SiLU")
def silu(x):
    return x / (1 + np.exp(-x))


@bank.wrong("network.2", "This is ReLU")
def relu(x):
    return np.maximum(x, 0)


@bank.wrong("network.2", "tanh(x) alone")
def tanh_alone(x):
    return np.tanh(x)


@bank.wrong("network.2", "Inside of tanh you have x itself")
def without_softplus(x):
    return x * np.tanh(x)


@bank.wrong("network.2", "comes out as nan")
def infinity_by_infinity(x):
    e = np.exp(x)
    return x * (e**2 + 2 * e) / (e**2 + 2 * e + 2)


@bank.wrong("network.2", "raises OverflowError")
def one_by_one_with_math(x):
    return np.vectorize(lambda one: one * math.tanh(math.log(1 + math.exp(one))))(x)


@bank.wrong("network.2", "large numbers must pass")
def all_limited(x):
    x = np.clip(x, -30, 30)
    return x * np.tanh(np.log1p(np.exp(x)))


@bank.right("network.2")
def as_the_formula_says(x):
    return x * np.tanh(np.log(1 + np.exp(x)))


@bank.right("network.2")
def limited_inside(x):
    return x * np.tanh(np.log1p(np.exp(np.minimum(x, 20))))


@bank.right("network.2")
def as_a_fraction(x):
    x = np.asarray(x, dtype=np.float32)
    e = np.exp(-np.abs(x))
    return np.where(x > 0, x * (1 + 2 * e) / (1 + 2 * e + 2 * e**2), x * (e**2 + 2 * e) / (e**2 + 2 * e + 2))


@bank.wrong("network.1", "as matrices")
def matrix_product(image, kernel, stride):
    framed, (height, width) = np.pad(image, 1), image.shape
    return [
        [(framed[row : row + 3, column : column + 3] @ kernel).sum() for column in range(0, width, stride)]
        for row in range(0, height, stride)
    ]


@bank.wrong("network.1", "You thinned the image out, and then")
def thinned_first(image, kernel, stride):
    return correlate2d(image[::stride, ::stride], kernel, mode="same")


@bank.wrong("network.1", "needn't be square")
def square_images_alone(image, kernel, stride):
    framed, places = np.pad(image, 1), range(0, len(image), stride)
    return [
        [(framed[row : row + 3, column : column + 3] * kernel).sum() for column in places if column < image.shape[1]]
        for row in places
    ]


@bank.wrong("network.2", "a NaN or an infinity replaced by 0")
def nan_replaced(x):
    square = (1 + np.exp(x)) ** 2
    return np.nan_to_num(x * (square - 1) / (square + 1))
