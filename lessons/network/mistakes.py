"""Typical mistakes in the exercises on the network, each a wrong function with its hint."""

import math
from collections.abc import Callable
from itertools import combinations

import numpy as np

Convolution = Callable[[np.ndarray, np.ndarray, int], np.ndarray]
Activation = Callable[[np.ndarray], np.ndarray]


def convolved(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    """Compute the right result: the sum of nine shifted images, each times its weight."""
    return _sum_of_shifted(np.pad(image, 1), kernel)[::stride, ::stride]


def _sum_of_shifted(padded: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    height, width = max(0, len(padded) - 2), max(0, padded.shape[1] - 2)
    total = np.zeros((height, width))
    for row in range(3):
        for column in range(3):
            total += kernel[row, column] * padded[row : row + height, column : column + width]
    return total


def _with_kernel(change: Callable[[np.ndarray], np.ndarray]) -> Convolution:
    """A mistake that uses another kernel."""
    return lambda image, kernel, stride: convolved(image, change(kernel), stride)


def _with_padding(pad: Callable[[np.ndarray], np.ndarray]) -> Convolution:
    """A mistake that pads the image otherwise."""
    return lambda image, kernel, stride: _sum_of_shifted(pad(image), kernel)[::stride, ::stride]


def _with_places(select: Callable[[np.ndarray, int], np.ndarray]) -> Convolution:
    """A mistake that selects other places from the sums at all pixels."""
    return lambda image, kernel, stride: select(convolved(image, kernel, 1), stride)


def _in_blocks(combine: Callable[[np.ndarray], float], part: str = "kept") -> Callable[[np.ndarray, int], np.ndarray]:
    """Combine blocks of stride × stride numbers; `part` says what becomes of incomplete ones: kept, dropped, padded.

    The result is NaN for a single block: one number alone doesn't show how it was computed.
    """

    def select(values: np.ndarray, stride: int) -> np.ndarray:
        lengths = [length // stride if part == "dropped" else -(-length // stride) for length in values.shape]
        if part == "padded":
            values = np.pad(values, [(0, n * stride - length) for n, length in zip(lengths, values.shape, strict=True)])
        result = np.empty(lengths)
        for row, column in np.ndindex(*lengths):
            y, x = row * stride, column * stride
            result[row, column] = combine(values[y : y + stride, x : x + stride])
        return result if result.size > 1 or stride == 1 else np.full(lengths, np.nan)

    return select


def _spread(convert: Callable[[np.ndarray], np.ndarray]) -> Callable[[np.ndarray, int], np.ndarray]:
    """Select as many places as are right, but spread evenly from the first to the last row and column."""

    def select(sums: np.ndarray, stride: int) -> np.ndarray:
        rows, columns = (convert(np.linspace(0, n - 1, -(-n // stride))).astype(int) for n in sums.shape)
        return sums[rows][:, columns]

    return select


def _in_float16(*rounded: str) -> Convolution:
    """A mistake: some of image, kernel and sums are rounded as float16 does."""

    def compute(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
        def hold(values: np.ndarray, name: str) -> np.ndarray:
            return np.float16(values).astype(float) if name in rounded else values

        return hold(convolved(hold(image, "image"), hold(kernel, "kernel"), stride), "sums")

    return compute


def _on_sums(change: Callable[[np.ndarray], np.ndarray]) -> Convolution:
    """A mistake that changes the right sums afterwards."""
    return lambda image, kernel, stride: change(convolved(image, kernel, stride))


def _reflected(image: np.ndarray) -> np.ndarray:
    """Pad by reflection; NaN for an image with a single row or column, which can't be reflected."""
    return np.pad(image, 1, mode="reflect") if min(image.shape) > 1 else np.full(np.add(image.shape, 2), np.nan)


def _overwrite_padded(image: np.ndarray, kernel: np.ndarray, stride: int) -> np.ndarray:
    padded = np.pad(image, 1)
    for row in range(1, len(image) + 1):
        for column in range(1, image.shape[1] + 1):
            padded[row, column] = (padded[row - 1 : row + 2, column - 1 : column + 2] * kernel).sum()
    return padded[1:-1, 1:-1][::stride, ::stride]


def _largest_product(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(image, 1), (3, 3))
    return (windows * kernel).max(axis=(2, 3))


def _zero_rim(sums: np.ndarray) -> np.ndarray:
    inner = np.zeros_like(sums)
    inner[1:-1, 1:-1] = sums[1:-1, 1:-1]
    return inner


def _zero_last_row(sums: np.ndarray) -> np.ndarray:
    return np.pad(sums[:-1], ((0, 1), (0, 0)))


def _zero_last_row_and_column(sums: np.ndarray) -> np.ndarray:
    return np.pad(sums[:-1, :-1], ((0, 1), (0, 1)))


def _zero_first_row_and_column(sums: np.ndarray) -> np.ndarray:
    return np.pad(sums[1:, 1:], ((1, 0), (1, 0)))


def _wrap_index(image: np.ndarray) -> np.ndarray:
    """Pad the first row and column with the last one, as the index −1 does, and the other side with zeros."""
    return np.pad(np.pad(image, ((1, 0), (1, 0)), mode="wrap"), ((0, 1), (0, 1)))


MATRIX_PRODUCT = (
    "You multiplied pixels and kernel as matrices (`@`): multiply each weight by the one pixel under it (`*`), and add "
    "up the nine products."
)
HALF_PRECISION = "You computed in float16, which rounds to about three digits: use float32 or float64."
BLOCKS = (("mean", np.mean), ("largest", np.max), ("sum", np.sum), ("smallest", np.min), ("median", np.median))
FIRST_PLACE = "Your first place is wrong: begin with the kernel's centre on row 0, column 0, then move by the stride."
CONVOLUTION_MISTAKES: tuple[tuple[Convolution, str], ...] = (
    (
        _with_kernel(lambda kernel: kernel[::-1, ::-1]),
        "You flipped the kernel, as a convolution in mathematics does: in deep learning it is used as it is.",
    ),
    (_with_kernel(lambda kernel: kernel[::-1]), "Your kernel is upside down: its first row is the upper one."),
    (_with_kernel(lambda kernel: kernel[:, ::-1]), "Your kernel is mirrored: its first column is the left one."),
    (_with_kernel(lambda kernel: kernel.T), "Rows and columns of the kernel are exchanged."),
    (_with_kernel(lambda kernel: np.tile(kernel.sum(axis=1), (3, 1))), MATRIX_PRODUCT),
    (_with_kernel(lambda kernel: np.tile(kernel.sum(axis=0)[:, None], (1, 3))), MATRIX_PRODUCT),
    (
        lambda image, kernel, stride: convolved(image[::stride, ::stride], kernel, 1),
        "You applied the stride to the image, then the kernel: the stride moves the kernel, and the pixels under it "
        "are neighbours in the whole image.",
    ),
    (
        _overwrite_padded,
        "You changed the array of pixels that later sums read: write the sums to a new array.",
    ),
    (
        _with_kernel(lambda kernel: kernel / 9),
        "You took the mean of the nine products: add them up.",
    ),
    (
        _with_kernel(lambda kernel: kernel / kernel.sum()),
        "You normalised the kernel to a sum of 1: use the weights as they are, and divide by nothing.",
    ),
    (
        _with_kernel(lambda kernel: kernel / np.abs(kernel).sum()),
        "You normalised the kernel by the sum of its absolute weights: use the weights as they are.",
    ),
    (
        _with_kernel(lambda kernel: kernel - kernel.mean()),
        "You subtracted the mean from the kernel's weights: use the weights as they are.",
    ),
    *(
        (
            lambda image, kernel, stride, change=change: convolved(change(image), kernel, stride),
            f"You {words} first: use the pixels as they are.",
        )
        for change, words in (
            (lambda image: image - image.mean(), "subtracted the image's mean"),
            (lambda image: (image - image.mean()) / (image.std() or 1), "normalised the image"),
            (lambda image: image / 255, "divided the image by 255"),
            (np.abs, "removed the signs of the pixels"),
            (np.trunc, "converted the pixels to integers"),
        )
    ),
    *(
        (_with_kernel(change), f"Your kernel is rotated by {angle}: use it as it is.")
        for change, angle in ((np.rot90, "90°"), (lambda kernel: np.rot90(kernel, -1), "−90°"))
    ),
    (
        _with_kernel(lambda kernel: kernel[::-1, ::-1].T),
        "Your kernel is flipped, and its rows and columns are exchanged: use it as it is.",
    ),
    (_with_kernel(np.trunc), "The kernel's weights have lost their decimals: don't convert them to integers."),
    (_with_kernel(np.abs), "You removed the signs of the weights: use them as they are."),
    (_with_kernel(np.square), "You squared the weights: use them as they are."),
    (
        _with_kernel(lambda kernel: np.full((3, 3), kernel.sum())),
        "You multiplied the sum of the pixels by the sum of the weights: multiply each pixel by its own weight, then "
        "add up.",
    ),
    (
        lambda image, kernel, stride: convolved(image, np.ones((3, 3)), stride) + kernel.sum(),
        "You added each weight to its pixel: multiply them.",
    ),
    (
        lambda image, kernel, stride: convolved(np.abs(image), np.abs(kernel), stride),
        "You removed the signs of the products: add them up as they are.",
    ),
    (
        lambda image, kernel, stride: _largest_product(image, kernel)[::stride, ::stride],
        "You return the largest of the nine products: add them up.",
    ),
    (_with_kernel(np.ones_like), "You added up the nine pixels: multiply each by its weight first."),
    (
        _with_padding(_reflected),
        "You padded by reflection: surround the image with zeros.",
    ),
    (
        _with_padding(lambda image: np.pad(image, 1, mode="edge")),
        "You padded with copies of the rim (or mirrored it): surround the image with zeros.",
    ),
    (
        _with_padding(lambda image: np.pad(image, 1, mode="wrap")),
        "You padded with the pixels of the opposite side: surround the image with zeros.",
    ),
    (
        _with_padding(_wrap_index),
        "At the upper and left rim, you used pixels of the opposite side: in Python, the index −1 is the last.",
    ),
    (
        _with_padding(lambda image: np.pad(image, 1, constant_values=image.mean())),
        "You padded with the mean of the image: surround it with zeros.",
    ),
    *(
        (
            lambda image, kernel, stride, factor=factor: (
                factor * convolved(image, kernel, stride) / convolved(np.ones(image.shape), np.ones((3, 3)), stride)
            ),
            hint,
        )
        for factor, hint in (
            (1, "You divided each sum by the number of pixels inside the image, which is a mean: only add up."),
            (
                9,
                "At the rim, you scaled the sums by 9 divided by the number of pixels inside the image: only add up "
                "the products there, too.",
            ),
        )
    ),
    (
        _with_padding(lambda image: np.pad(image, 1, constant_values=1)),
        "You padded with ones: surround the image with zeros.",
    ),
    (
        _with_padding(lambda image: image),
        "The zero padding is missing: without it, the kernel's centre can't be on the rim.",
    ),
    (
        _with_padding(lambda image: np.pad(image, 2)),
        "You padded two pixels: with one, the kernel's centre stays on the image.",
    ),
    (
        lambda image, kernel, stride: _sum_of_shifted(np.pad(image, stride), kernel)[::stride, ::stride],
        "You padded as many pixels as the stride: always pad one.",
    ),
    (_with_places(lambda sums, stride: sums), "The stride is ignored: you return one place per pixel."),
    (
        _with_places(lambda sums, stride: sums[::stride]),
        "You used the stride for the rows only: it applies to the columns too.",
    ),
    (
        _with_places(lambda sums, stride: sums[:, ::stride]),
        "You used the stride for the columns only: it applies to the rows too.",
    ),
    (
        _with_places(lambda sums, stride: sums[: -(-len(sums) // stride), : -(-sums.shape[1] // stride)]),
        "The shape is right, but the stride isn't used: these are the first places, one pixel apart.",
    ),
    (
        _with_places(lambda sums, stride: sums[::stride, ::stride][: len(sums) // stride, : sums.shape[1] // stride]),
        "The last row or column is missing: the shape is height and width divided by the stride, rounded up.",
    ),
    (_with_places(lambda sums, stride: sums[1::stride, 1::stride]), FIRST_PLACE),
    (_with_places(lambda sums, stride: sums[stride - 1 :: stride, stride - 1 :: stride]), FIRST_PLACE),
    (_with_places(lambda sums, stride: sums[stride // 2 :: stride, stride // 2 :: stride]), FIRST_PLACE),
    (
        _with_places(lambda sums, stride: np.pad(sums[1:, 1:], ((0, 1), (0, 1)))[::stride, ::stride]),
        "Your kernel begins one pixel too far down and to the right: its centre begins on row 0, column 0.",
    ),
    (
        _with_padding(lambda image: np.pad(image, ((0, 2), (0, 2)))),
        "Your kernel begins one pixel too far down and to the right: pad on all four sides.",
    ),
    (
        _with_padding(lambda image: np.pad(image, ((2, 0), (2, 0)))),
        "Your kernel's lower right corner is on the pixel: its centre must be there. Pad on all four sides.",
    ),
    (
        _with_places(lambda sums, stride: np.pad(sums[1:-1, 1:-1], ((0, 2), (0, 2)))[::stride, ::stride]),
        "The zero padding is missing: your sums begin one pixel too far down and to the right, and the last are 0.",
    ),
    (
        _with_places(lambda sums, stride: _zero_rim(sums)[::stride, ::stride]),
        "Your sums at the rim are 0: compute them too, with zeros around the image.",
    ),
    (
        lambda image, kernel, stride: image[::stride, ::stride] * kernel.sum(),
        "You multiplied one pixel by all nine weights: each weight belongs to another pixel of the window.",
    ),
    (lambda image, kernel, stride: image[::stride, ::stride], "You applied the stride only: the kernel isn't used."),
    (
        lambda image, kernel, stride: image[::stride, ::stride] * kernel[1, 1],
        "You used the centre of the kernel only: add the products of all nine weights.",
    ),
    (
        _on_sums(lambda sums: np.maximum(sums, 0)),
        "You set negative sums to 0, which is an activation function: leave them.",
    ),
    *(
        (_on_sums(activation), f"You applied {name} to the sums, which is an activation function: leave them.")
        for name, activation in (
            ("tanh", np.tanh),
            ("the sigmoid", lambda sums: 1 / (1 + np.exp(-sums))),
            ("Mish", lambda sums: mish(sums)),
        )
    ),
    (_on_sums(np.abs), "You removed the signs of the sums: leave them."),
    (_on_sums(np.negative), "The signs of all sums are reversed."),
    (_on_sums(np.trunc), "Your sums have lost their decimals: is the array for them one of integers? Use floats."),
    (_on_sums(np.floor), "Your sums are rounded down to integers: use floats."),
    (_on_sums(np.zeros_like), "All your sums are 0: write them to the array that you return."),
    (_on_sums(_zero_last_row_and_column), "Your last row and column are 0: a range ends one place too early."),
    (_on_sums(_zero_last_row), "Your last row is 0: a range ends one place too early."),
    (_on_sums(_zero_first_row_and_column), "Your first row and column are 0: begin at 0, as Python counts."),
    (_on_sums(lambda sums: sums[:-1, :-1]), "Your last row and column are missing: a range ends one place too early."),
    (_on_sums(lambda sums: sums[1:, 1:]), "Your first row and column are missing: begin at 0, as Python counts."),
    (_on_sums(lambda sums: sums[0]), "You return the first row of sums only."),
    (_on_sums(lambda sums: sums[0, 0]), "You return the first sum only: is `return` inside the loop?"),
    (_on_sums(np.transpose), "Rows and columns of your result are exchanged."),
    (
        _on_sums(np.squeeze),
        "You removed axes of length 1 (`squeeze`): return two axes, even for one place.",
    ),
    (_on_sums(np.ravel), "Your sums are in one long row: return an array of rows and columns."),
    *(
        (
            _with_places(_in_blocks(combine, part)),
            f"You computed the {name} of each block of stride × stride sums, which is called pooling. The stride skips "
            "places: return the sums at every stride-th row and column, unchanged.",
        )
        for name, combine in BLOCKS
        for part in ("kept", "dropped", "padded")
    ),
    *(
        (
            lambda image, kernel, stride, combine=combine, part=part: convolved(
                _in_blocks(combine, part)(image, stride), kernel, 1
            ),
            f"You computed the {name} of each block of stride × stride pixels, then applied the kernel: the stride "
            "moves the kernel over the whole image.",
        )
        for name, combine in BLOCKS
        for part in ("kept", "dropped", "padded")
    ),
    (
        _with_places(_in_blocks(lambda block: block[-1, -1])),
        "You return the last sum of each block of stride × stride places: return the first, in row 0 and column 0.",
    ),
    *(
        (
            _with_places(_spread(convert)),
            "You spread the places evenly from the first to the last pixel: move by exactly `stride` pixels.",
        )
        for convert in (np.trunc, np.round)
    ),
    *(
        (_in_float16(*rounded), HALF_PRECISION)
        for n in (1, 2, 3)
        for rounded in combinations(("image", "kernel", "sums"), n)
    ),
)


def mish(x: np.ndarray) -> np.ndarray:
    """Compute the right result without tanh and logarithm: with e = eˣ, tanh(ln(1 + e)) = (e² + 2e) / (e² + 2e + 2)."""
    e = np.exp(np.minimum(x, 40))
    return x * (e * (e + 2) / (e * (e + 2) + 2))


def _normal_cdf(x: np.ndarray) -> np.ndarray:
    return np.array([(1 + math.erf(value / math.sqrt(2))) / 2 for value in x.ravel().tolist()]).reshape(x.shape)


def _only_first(x: np.ndarray) -> np.ndarray:
    result = np.zeros_like(x)
    result[0] = mish(x[0])
    return result


def _softplus(x: np.ndarray) -> np.ndarray:
    return np.logaddexp(0, x)


def _sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def _with_logarithm(base: int) -> list[Activation]:
    """Mistakes with a logarithm of another base: in the formula, without a part of it, and below a limit."""

    def logarithm(x: np.ndarray) -> np.ndarray:
        return _softplus(x) / np.log(base)

    return [
        lambda x: x * np.tanh(logarithm(x)),
        lambda x: np.tanh(logarithm(x)),
        lambda x: x * logarithm(x),
        logarithm,
        # NaN stands for any number: large numbers are often replaced by another formula.
        lambda x: np.where(x < 3.2, x * np.tanh(logarithm(x)), np.nan),
    ]


def _mish_in_float16() -> list[Activation]:
    """Mistakes: the result, the input or each step is rounded as float16 does."""

    def by_steps(softplus: Activation) -> Activation:
        return lambda x: (np.float16(x) * np.tanh(softplus(np.float16(x)))).astype(float)

    return [
        lambda x: np.float16(mish(x)).astype(float),
        lambda x: mish(np.float16(x).astype(float)),
        lambda x: np.float16(mish(np.float16(x).astype(float))).astype(float),
        by_steps(lambda h: np.log(1 + np.exp(h))),
        by_steps(lambda h: np.log1p(np.exp(h))),
        by_steps(lambda h: np.logaddexp(np.float16(0), h)),
    ]


GELU = "This is GELU: another activation function, with other numbers than Mish."
MISH_MISTAKES: tuple[tuple[Activation, str], ...] = (
    (_softplus, "This is ln(1 + eˣ) alone, called softplus: take its tanh, and multiply by x."),
    (
        lambda x: _softplus(x) * np.tanh(_softplus(x)),
        "You multiplied tanh by softplus: the other factor is x itself.",
    ),
    (
        lambda x: x * _sigmoid(x),
        "This is x times the sigmoid, called SiLU: Mish has tanh(ln(1 + eˣ)) instead.",
    ),
    (lambda x: np.maximum(x, 0), "This is ReLU: Mish is smooth, and small negative numbers don't become 0."),
    (
        lambda x: np.where(x > 0, x, 0.01 * x),
        "This is a leaky ReLU: Mish is smooth, and no straight line with a slope.",
    ),
    (lambda x: np.where(x > 0, x, np.expm1(x)), "This is ELU: Mish is x times tanh(ln(1 + eˣ))."),
    (lambda x: x * _normal_cdf(x), GELU),
    (lambda x: x / 2 * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))), GELU),
    (np.tanh, "This is tanh(x) alone: tanh takes ln(1 + eˣ), and its result is multiplied by x."),
    (_sigmoid, "This is the sigmoid: another activation function, between 0 and 1."),
    (lambda x: x * np.tanh(x), "Your tanh takes x itself: it must take ln(1 + eˣ)."),
    (lambda x: np.tanh(_softplus(x)), "You left out the factor x before tanh."),
    (lambda x: x * _softplus(x), "You left out tanh: x times ln(1 + eˣ) grows like x²."),
    (lambda x: x + np.tanh(_softplus(x)), "You added x: multiply by it."),
    (lambda x: x * np.tanh(np.exp(x)), "You left out the logarithm: tanh takes ln(1 + eˣ), not eˣ."),
    (lambda x: x * np.tanh(1 + np.exp(x)), "You left out the logarithm: tanh takes ln(1 + eˣ), not 1 + eˣ."),
    *(
        (mistake, f"You used {name}: ln is the natural logarithm, `np.log`.")
        for name, base in (("log10", 10), ("log2", 2))
        for mistake in _with_logarithm(base)
    ),
    *(
        (
            lambda x, base=base: x * np.tanh(np.log1p(base**x) / np.log(base)),
            f"You used the base {base:g} for the power and the logarithm{where}: in eˣ and ln, the base is e, as in "
            "`np.exp` and `np.log`.",
        )
        for base, where in ((2.0, ", as `np.logaddexp2` does"), (10.0, ""))
    ),
    (lambda x: x * np.tanh(np.log1p(10.0**x)), "You used 10ˣ: the base is e, as in `np.exp`."),
    *((mistake, HALF_PRECISION) for mistake in _mish_in_float16()),
    (lambda x: x * np.tanh(np.log1p(1 + np.exp(x))), "You added 1 twice: log1p(y) is ln(1 + y) already."),
    (lambda x: x * np.tanh(np.log1p(np.exp(-x))), "You used e⁻ˣ: the exponent is x, without a minus sign."),
    (lambda x: x * np.tanh(np.log1p(np.exp(np.abs(x)))), "You used |x| inside of eˣ: use x with its sign."),
    (lambda x: np.abs(x) * np.tanh(_softplus(x)), "You used |x| as the factor: use x with its sign."),
    (lambda x: x * np.arctan(_softplus(x)), "You used arctan: tanh is the hyperbolic tangent, `np.tanh`."),
    (lambda x: x * np.sinh(_softplus(x)), "You used sinh: tanh is the hyperbolic tangent, `np.tanh`."),
    (lambda x: x * np.tanh(_softplus(2 * x)), "You used e²ˣ: the exponent is x."),
    (lambda x: x * np.tanh(_softplus(x) / 2), "You halved ln(1 + eˣ): tanh takes all of it."),
    (
        lambda x: np.tanh(x) * _softplus(x),
        "You took tanh of x, not of ln(1 + eˣ): the formula is x · tanh(ln(1 + eˣ)).",
    ),
    (lambda x: x * np.tanh(x + 1), "Your brackets are wrong: the logarithm takes 1 + eˣ, and ln(eˣ) + 1 is x + 1."),
    (
        lambda x: x * np.tanh(np.log1p(np.abs(x))),
        "You left out the exponential: the logarithm takes 1 + eˣ, not 1 + |x|.",
    ),
    (
        lambda x: x / 2 * np.clip(x + 2, 0, 2),
        "This is an approximation of Mish from straight lines and a parabola (hard Mish): use the formula itself.",
    ),
    (lambda x: x * np.tanh(_softplus(x)) ** 2, "You squared tanh: multiply x by tanh itself."),
    (
        lambda x: x * np.tanh(_softplus(2 * x) / 2),
        "Your softplus has a factor of 2 (`beta`): it must be ln(1 + eˣ), without a factor.",
    ),
    (
        lambda x: x * (np.tanh(x) + 1) / 2,
        "This is x times the sigmoid of 2x: Mish has tanh(ln(1 + eˣ)) instead.",
    ),
    (
        # NaN stands for any number: the tangent has poles, which are often cut off.
        lambda x: np.where(_softplus(x) < 1.4, x * np.tan(_softplus(x)), np.nan),
        "You used the tangent: tanh is the hyperbolic tangent, `np.tanh`.",
    ),
    (lambda x: x**2 * np.tanh(_softplus(x)), "You multiplied by x twice: multiply by it once."),
    (lambda x: x * _sigmoid(1.702 * x), GELU),
    (lambda x: x * np.tan(_softplus(x)), "You used the tangent: tanh is the hyperbolic tangent, `np.tanh`."),
    (lambda x: x * np.tanh(np.log(2) + x), "Your logarithm takes 2 · eˣ: it must take 1 + eˣ."),
    (lambda x: x * np.tanh(np.log1p(2.0**x)), "You used 2ˣ: the base is e, as in `np.exp`."),
    (lambda x: np.tanh(x * _softplus(x)), "Your tanh contains the factor x: multiply by x after tanh."),
    (lambda x: x * _sigmoid(_softplus(x)), "You used the sigmoid of ln(1 + eˣ): use its tanh."),
    (lambda x: -mish(x), "The signs of your result are reversed."),
    (lambda x: np.abs(mish(x)), "You removed the signs: Mish of a negative number is negative."),
    (lambda x: np.maximum(mish(x), 0), "You set negative results to 0: Mish of a negative number is negative."),
    (lambda x: np.clip(mish(x), -1, 1), "You clipped the result to −1 and 1: large numbers pass almost unchanged."),
    (lambda x: np.trunc(mish(x)), "Your result has lost its decimals: is it an array of integers? Use floats."),
    (lambda x: mish(x).ravel(), "You flattened the result: return an array with the shape of `x`."),
    (lambda x: np.squeeze(mish(x)), "You removed axes of length 1 (`squeeze`): keep the shape of `x`."),
    (lambda x: np.sort(mish(x), axis=None).reshape(x.shape), "You sorted the result: keep the order of `x`."),
    (lambda x: mish(x).ravel()[0], "You return the first number only: Mish applies to each element of `x`."),
    (_only_first, "Only the first element is right, and the others are 0: Mish applies to each element of `x`."),
    (lambda x: mish(x).mean(), "You return a mean: Mish applies to each element of `x`."),
    (lambda x: x, "You returned x unchanged."),
)
