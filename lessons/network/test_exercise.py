"""Tests of the exercises on the network; each takes the student's function."""

import math
import warnings

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, expect_unchanged

# By hand: a weight of 1 to the right of the middle fetches each pixel's right neighbour, and zeros from the frame.
SMALL = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
RIGHT_NEIGHBOUR = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
# Height, width and stride.
SIZES = ((6, 9, 1), (5, 8, 2), (8, 7, 3), (4, 6, 2))
MATRICES = (
    "You multiplied the pixels and the kernel as matrices (`@`): each weight is multiplied by the one pixel below it "
    "(`*`), and the nine products are added up."
)


def test_network_1(answer):
    random = np.random.default_rng(5)
    for height, width, stride in SIZES:
        image, kernel = random.normal(size=(height, width)), random.normal(size=(3, 3)) + 0.5
        what = f"the sums for an image of {height} × {width} pixels, stride {stride}"
        given, weights = image.copy(), kernel.copy()
        found = answer(given, weights, stride)
        expect_unchanged(image, given, "image")
        expect_unchanged(kernel, weights, "kernel")
        _judge_shape(found, image, stride, what)
        right = _sums(image, kernel, stride)
        expect_close(found, right, _slips(image, kernel, stride, right), what=what)
    what = "what you return for the image 1 to 9 and a kernel that fetches the pixel to the right"
    expect_close(answer(SMALL.copy(), RIGHT_NEIGHBOUR.copy(), 1), [[2, 3, 0], [5, 6, 0], [8, 9, 0]], what=what)


def _judge_shape(found, image, stride, what):
    """Shapes that tell of a mistake; any other is left to `compare`."""
    height, width = image.shape
    shape = as_array(found, what=what).shape
    right = (-(-height // stride), -(-width // stride))
    if shape == right:
        return
    got = " × ".join(map(str, shape)) or "that of a single number"
    begin = f"The shape of {what}, must be {right[0]} × {right[1]}; yours is {got}."
    if shape == (height, width):
        raise WrongAnswer(f"{begin} The stride is ignored: one place for each pixel.")
    if stride > 1 and shape in ((right[0], width), (height, right[1])):
        raise WrongAnswer(f"{begin} The stride counts in both directions, to the right and downwards.")
    if shape == (-(-(height - 2) // stride), -(-(width - 2) // stride)):
        raise WrongAnswer(f"{begin} The frame of zeros is missing: without it the kernel can't stand on the rim.")
    if shape == (-(-(height + 2) // stride), -(-(width + 2) // stride)):
        raise WrongAnswer(f"{begin} The kernel's middle must stay on the image; yours stands on the frame too.")
    if shape == (height // stride, width // stride):
        raise WrongAnswer(f"{begin} Begin in row 0 and column 0, and round up: what is left over has a place too.")
    if height != width and shape in ((right[0], right[0]), (right[1], right[1])):
        raise WrongAnswer(f"{begin} An image needn't be square: rows and columns each have a number of their own.")
    if shape == (*right, 3, 3):
        raise WrongAnswer(f"{begin} These are the nine products at each place: add them up.")
    if len(shape) == 2 and shape == right[::-1]:
        raise WrongAnswer(f"{begin} Rows and columns are exchanged.")
    raise WrongAnswer(begin)


def _sums(image, kernel, stride, *, mode="constant", first=0):
    """The sums, shifted image by shifted image: nine of them, each times its weight."""
    height, width = image.shape
    framed = np.pad(image, 1 + first, mode=mode)[first:, first:]
    total = np.zeros((height, width))
    for row in range(3):
        for column in range(3):
            total += kernel[row, column] * framed[row + first : row + first + height, column + first :][:, :width]
    return total[::stride, ::stride]


def _slips(image, kernel, stride, right):
    """What typical mistakes give, and their hints."""
    plain = _sums(image, kernel, 1)
    rows, columns = right.shape
    return [
        (
            _sums(image, kernel[::-1, ::-1], stride),
            "You turned the kernel round, as a convolution in mathematics does: in deep learning it is laid on as is.",
        ),
        (_sums(image, kernel[::-1], stride), "The kernel stands on its head: its first row is the upper one."),
        (_sums(image, kernel[:, ::-1], stride), "The kernel is mirrored: its first column is the left one."),
        (_sums(image, kernel.T, stride), "Rows and columns of the kernel are exchanged."),
        (_sums(image, np.tile(kernel.sum(axis=1), (3, 1)), stride), MATRICES),
        (_sums(image, np.tile(kernel.sum(axis=0)[:, None], (1, 3)), stride), MATRICES),
        (
            _sums(image[::stride, ::stride], kernel, 1),
            "You thinned the image out, and then laid the kernel on: the stride is how far the kernel moves, and below "
            "it lie pixels that are neighbours in the whole image.",
        ),
        (right / 9, "You took the mean of the nine products: add them up, without dividing by 9."),
        (right / kernel.sum(), "You divided by the sum of the weights: a layer adds up, and divides by nothing."),
        (
            _sums(image, kernel, stride, mode="reflect"),
            "Around the image must be zeros: you mirrored the image at its rim, with the rim itself left out.",
        ),
        (
            _sums(image, kernel, stride, mode="edge"),
            "Around the image must be zeros: you repeated the pixels of its rim (or mirrored the image there).",
        ),
        (
            _sums(image, kernel, stride, mode="wrap"),
            "Around the image must be zeros: yours goes round to the other side.",
        ),
        (
            plain[:rows, :columns],
            "The shape is right, but the stride is not used: these are the first places, one pixel apart.",
        ),
        (
            _sums(image, kernel, stride, first=1),
            "Your kernel begins a pixel too far down and to the right: its middle begins on row 0, column 0.",
        ),
        (
            _round_the_corner(image, kernel)[::stride, ::stride],
            "At the upper and left rim your kernel meets the image's other end: in Python, index −1 is the last one.",
        ),
        (
            np.pad(plain[1:-1, 1:-1], ((0, 2), (0, 2)))[::stride, ::stride],
            "The frame of zeros is missing: your sums begin a pixel too far down and to the right, and the last are 0.",
        ),
        (
            _sums(image, np.ones((3, 3)), stride),
            "You added up the nine pixels: each must be multiplied by its weight first.",
        ),
        (
            _rim_left_out(plain)[::stride, ::stride],
            "The sums at the rim are 0: there too the kernel is laid on, with zeros around the image.",
        ),
        (
            image[::stride, ::stride] * kernel.sum(),
            "Each sum has one pixel in it, nine times: its neighbours count too.",
        ),
        (image[::stride, ::stride], "You only thinned the image out: the kernel doesn't count."),
        (np.maximum(right, 0), "You set negative sums to 0: that is an activation, which comes later."),
        (np.abs(right), "You took away the signs of the sums: leave them as they are."),
        (-right, "The signs of all sums are turned."),
        (np.trunc(right), "The sums lost what is behind the point: are they put into an array of whole numbers?"),
        (np.zeros_like(right), "All sums are 0: does what you compute reach the array that you return?"),
    ]


def _round_the_corner(image, kernel):
    """The sums where row −1 and column −1 are the last ones, and zeros are at the other end."""
    framed = np.pad(np.pad(image, ((1, 0), (1, 0)), mode="wrap"), ((0, 1), (0, 1)))
    return _sums(framed, kernel, 1)[1:-1, 1:-1]


def _rim_left_out(sums):
    inner = np.zeros_like(sums)
    inner[1:-1, 1:-1] = sums[1:-1, 1:-1]
    return inner


def test_network_2(answer):
    # By hand: e⁰ = 1, and tanh(ln 2) = (4 − 1) / (4 + 1) = 0.6; but 0 times that is 0.
    x = np.array([0.0, 1.0, -1.0, 0.5, 3.0, -3.0, -0.2])
    given = x.copy()
    found = _bent(answer, given)
    expect_unchanged(x, given, "x")
    _judge_mish(found, x)
    x = np.random.default_rng(7).normal(size=(2, 3, 4)) * 2
    _judge_mish(_bent(answer, x.copy()), x)
    far = np.array([[1000.0, -1000.0, 50.0], [-50.0, 20.0, -800.0]])
    given = far.copy()
    what = "Mish of 1000, −1000 and others"
    found = as_array(_bent(answer, given), far.shape, what=what)
    expect_unchanged(far, given, "x")
    for value, mine in zip(far.ravel(), found.ravel(), strict=True):
        expect(
            bool(np.isfinite(mine)),
            f"Mish of {value:g} comes out as {mine}: eˣ or its square is beyond the largest float there. Write it so "
            "that no infinity is divided by another, multiplied by 0 or left over.",
        )
    expect(
        found[0, 0] == 1000 or abs(found[0, 0] - 1000) < 0.1,
        f"Mish of 1000 comes out as {found[0, 0]:.6g}: large numbers must pass. "
        + ("Is a NaN or an infinity replaced by 0?" if found[0, 0] == 0 else "Limit x inside of eˣ alone."),
    )
    expect(
        abs(found[0, 1]) < 1e-6,
        f"Mish of −1000 comes out as {found[0, 1]:.6g}: far below zero nothing passes. It must be 0.",
    )
    expect_close(found, [[1000, 0, 50], [0, 20, 0]], what=what)


def _bent(answer, x):
    """What is answered, with warnings of an overflow let pass."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return answer(x)
    except OverflowError:
        raise WrongAnswer(
            "For an x such as 1000 your function raises OverflowError: eˣ is beyond the largest float there. Write it "
            "so that eˣ isn't needed for large x."
        ) from None


def _judge_mish(found, x):
    # An independent way, without tanh and logarithm: with e = eˣ, tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2).
    right = np.array([value * (e := math.exp(value) * (math.exp(value) + 2)) / (e + 2) for value in x.ravel().tolist()])
    softplus, sigmoid = np.log(1 + np.exp(x)), 1 / (1 + np.exp(-x))
    mistakes = [
        (softplus, "This is ln(1 + eˣ) alone, called softplus: take its tanh, and multiply by x."),
        (x * sigmoid, "This is x times the sigmoid, called SiLU or swish: a cousin of Mish, with other numbers."),
        (np.maximum(x, 0), "This is ReLU: Mish bends smoothly, and lets a little of the negative numbers through."),
        (np.where(x > 0, x, 0.01 * x), "This is a leaky ReLU: Mish bends smoothly."),
        (np.where(x > 0, x, np.expm1(x)), "This is ELU: Mish has the tanh of ln(1 + eˣ), times x."),
        (x * _normal_share(x), "This is GELU: a cousin of Mish, with other numbers."),
        (
            x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
            "This is GELU (by its formula with tanh): a cousin of Mish, with other numbers.",
        ),
        (np.tanh(x), "This is tanh(x) alone: inside of tanh stands ln(1 + eˣ), and x stands before it."),
        (sigmoid, "This is the sigmoid: another activation, which ends between 0 and 1."),
        (x * np.tanh(x), "Inside of tanh you have x itself: there stands ln(1 + eˣ)."),
        (np.tanh(softplus), "You left out the factor x before the tanh."),
        (x * softplus, "You left out the tanh: x times ln(1 + eˣ) grows like a square."),
        (x + np.tanh(softplus), "You added x: multiply by it."),
        (x * np.tanh(np.exp(x)), "You left out the logarithm: inside of tanh stands ln(1 + eˣ)."),
        (x * np.tanh(1 + np.exp(x)), "You left out the logarithm: inside of tanh stands ln(1 + eˣ)."),
        (x * np.tanh(np.log10(1 + np.exp(x))), "You took a logarithm to the base 10: ln has the base e."),
        (x * np.tanh(np.log2(1 + np.exp(x))), "You took a logarithm to the base 2: ln has the base e."),
        (x * np.tanh(np.log1p(1 + np.exp(x))), "You added 1 twice: log1p(y) is ln(1 + y), so y is eˣ alone."),
        (x * np.tanh(np.log(1 + np.exp(-x))), "The sign inside of eˣ is turned."),
        (x * np.tan(softplus), "You took the tangent: the hyperbolic tangent, tanh, is asked for."),
        (x * np.tanh(np.log(2) + x), "Inside of the logarithm stands 1 + eˣ, not 2 · eˣ."),
        (np.tanh(x * softplus), "The factor x stands before the tanh, not inside of it."),
        (x, "You returned x as it was."),
    ]
    expect_close(found, right.reshape(x.shape), mistakes, what="what you return for numbers around 0")


def _normal_share(x):
    """The share of a normal distribution below x."""
    return np.array([(1 + math.erf(value / math.sqrt(2))) / 2 for value in x.ravel().tolist()]).reshape(x.shape)
