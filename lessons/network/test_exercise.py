"""Tests of the exercises on the network; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains the student's results for all
cases, or at least the first wrong one.
"""

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect_close
from galviz.course.mistakes import call_on_cases, is_close, reject_mistakes, returns, returns_same
from lessons.network.mistakes import CONVOLUTION_MISTAKES, MISH_MISTAKES, convolved, mish

# Height, width and stride; in the last three the kernel is larger than the image, or the stride is.
CONVOLUTION_SIZES = (
    *((6, 9, 1), (5, 8, 2), (8, 7, 3), (4, 6, 2), (9, 9, 4), (2, 5, 1)),
    *((1, 6, 2), (1, 1, 1), (3, 4, 6)),
)
# By hand: a weight of 1 to the right of the centre gives each pixel's right neighbour, and zeros of the padding.
SMALL = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])
RIGHT_NEIGHBOUR = np.array([[0.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
# Relative and absolute tolerance of Mish: rounding in float32 passes, approximations don't.
FINE = {"rtol": 3e-6, "atol": 2e-6}
# The range of Mish where it differs from x and from 0 by more than rounding in float32.
CURVED = np.array([[2.0, 2.5, 3.5, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5], [-2, -4, -5, -6, -7, -8, -10, -12, -15]])
NEAR_ZERO = np.array([[1e-4], [-0.01], [0.05], [-0.1]])
FAR = np.array([[1000.0, -1000.0, 50.0, 400.0, 710.0], [-50.0, 20.0, -800.0, -400.0, 100.0]])


def test_network_1(answer):
    random = np.random.default_rng(5)
    cases = [
        (random.normal(size=(height, width)), random.normal(size=(3, 3)) + 0.5, stride)
        for height, width, stride in CONVOLUTION_SIZES
    ]
    cases.append((SMALL, RIGHT_NEIGHBOUR, 1))
    expected = [convolved(*case) for case in cases[:-1]] + [np.array([[2, 3, 0], [5, 6, 0], [8, 9, 0]])]
    returned, error = call_on_cases(answer, cases, ("image", "kernel", "stride"))
    wrong = [index for index, sums in enumerate(returned) if not is_close(sums, expected[index])]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, CONVOLUTION_MISTAKES)
        _explain_ignored_stride(answer, cases[0])
        reject_mistakes(cases[first:], returned[first : first + 1], expected[first:], CONVOLUTION_MISTAKES)
        _explain_sums(cases[first], returned[first], expected[first])
    if error:
        _explain_convolution_error(answer, error, cases, len(returned))
        raise error


def _explain_ignored_stride(convolve, case):
    """Raise a hint if a result is the same for each stride."""
    image, kernel, _ = case
    if all(returns_same(convolve, (image, kernel, 1), (image, kernel, stride)) for stride in (2, 3)):
        raise WrongAnswer("Your result is the same for each `stride`: use the parameter, not a fixed number.")


def _explain_convolution_error(convolve, error, cases, index):
    """Raise a hint if the case of an error shows the mistake."""
    image, _, stride = cases[index]
    if index == 0 and returns(convolve, (SMALL, RIGHT_NEIGHBOUR, 1), convolved(SMALL, RIGHT_NEIGHBOUR, 1)):
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} for an image of {image.shape[0]} × {image.shape[1]} pixels, "
            "which isn't square: use both height and width."
        ) from None
    if index > 0:
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} for an image of {image.shape[0]} × {image.shape[1]} pixels "
            f"and a stride of {stride}: {error}. Small images and large strides are possible."
        ) from None


def _explain_sums(case, values, expected):
    """Raise a hint that follows from the shape or the values of a wrong result."""
    image, _, stride = case
    what = f"the result for an image of {image.shape[0]} × {image.shape[1]} pixels, stride {stride}"
    array = as_array(values, what=what)
    _explain_shape_of_sums(array, image, stride, what)
    _explain_precision(values, array, expected)
    right = np.isclose(array, expected, rtol=1e-4, atol=1e-5)
    _explain_limits(array, expected, ~right)
    if min(expected.shape) > 2 and stride == 1 and right[1:-1, 1:-1].all():
        raise WrongAnswer("Your sums are right except at the rim: surround the image with zeros on all four sides.")
    with np.errstate(all="ignore"):
        ratios = array / expected
    if expected.size > 3 and np.ptp(ratios) < 1e-3 * abs(ratios.mean()):
        raise WrongAnswer(
            f"Each of your sums is {ratios.mean():.4g} times the right one: use the weights as they are, without "
            "normalising the kernel, and don't divide the sum."
        )
    _explain_weights(case, array)
    hint = "Compute one place by hand: each of the nine weights times the pixel under it, added up."
    expect_close(array, expected, hint=hint, what=what, atol=1e-5)


def _explain_weights(case, array):
    """Raise a hint if other weights, and perhaps a constant, explain the sums."""
    image, kernel, stride = case
    if array.size < 15 or not np.isfinite(array).all():
        return
    shifted = []
    for index in range(9):
        single = np.zeros(9)
        single[index] = 1
        shifted.append(convolved(image, single.reshape(3, 3), stride).ravel())
    design = np.stack([*shifted, np.ones(array.size)], axis=1)
    solution, *_ = np.linalg.lstsq(design, array.ravel(), rcond=None)
    if not np.allclose(design @ solution, array.ravel(), rtol=1e-4, atol=1e-5):
        return
    weights, constant = solution[:9].reshape(3, 3), solution[9]
    different = np.argwhere(~np.isclose(weights, kernel, rtol=1e-3, atol=1e-3))
    if not len(different):
        raise WrongAnswer(f"Each of your sums is too large by {constant:.4g}: add up the nine products, nothing else.")
    places = ", ".join(f"[{row}, {column}]" for row, column in different)
    if np.allclose(weights[tuple(different.T)], 0, atol=1e-3):
        raise WrongAnswer(f"Your sums leave out the kernel's weights at {places}: is a range too short?")
    row, column = different[0]
    raise WrongAnswer(
        f"Your sums use other weights than the kernel's: at [{row}, {column}], {weights[row, column]:.4g} instead of "
        f"{kernel[row, column]:.4g}. Use the weights as they are, each for the pixel under it."
    )


def _explain_shape_of_sums(array, image, stride, what):
    """Raise a hint for a wrong shape."""
    height, width = image.shape
    right = (-(-height // stride), -(-width // stride))
    if array.shape == right:
        return
    shape = _join(array.shape) or "that of a single number"
    begin = f"The shape of {what}, must be {right[0]} × {right[1]}; yours is {shape}."
    hints = {
        (height, width): "The stride is ignored: you return one place per pixel.",
        (right[0], width): "Use the stride for the columns too.",
        (height, right[1]): "Use the stride for the rows too.",
        (-(-(height - 2) // stride), -(-(width - 2) // stride)): "The zero padding is missing: pad one pixel per side.",
        (
            -(-(height + 2) // stride),
            -(-(width + 2) // stride),
        ): "The kernel's centre must stay on the image, and yours is on the padding too.",
        (height // stride, width // stride): "Begin in row 0 and column 0, and round up.",
        (right[0], right[0]): "An image needn't be square: compute the columns from the width.",
        (right[1], right[1]): "An image needn't be square: compute the rows from the height.",
        (*right, 3, 3): "You return the nine products at each place: add them up.",
        (*right, 9): "You return the nine products at each place: add them up.",
        (*right, 3): "You added up one axis of the window only: add up both.",
        right[::-1]: "Rows and columns are exchanged.",
    }
    raise WrongAnswer(f"{begin} {hints.get(array.shape, '')}".strip())


def test_network_2(answer):
    # By hand: e⁰ = 1, and tanh(ln 2) = (4 − 1) / (4 + 1) = 0.6; but 0 times that is 0.
    by_hand = np.array([0.0, 1.0, -1.0, 0.5, 3.0, -3.0, -0.2])
    random = np.random.default_rng(7).normal(size=(2, 3, 4)) * 2
    cases = [(x,) for x in (by_hand, random, np.array([[0.7]]), CURVED, NEAR_ZERO)]
    expected = [mish(x) for (x,) in cases]
    returned, error = call_on_cases(answer, cases, ("x",))
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index], **FINE)]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, MISH_MISTAKES, **FINE)
        reject_mistakes(cases[first:], returned[first : first + 1], expected[first:], MISH_MISTAKES, **FINE)
        _explain_activation(cases, returned, expected, first)
    if error:
        _explain_activation_error(answer, error, cases, expected, len(returned))
        raise error
    _check_far_numbers(answer)


def _explain_activation_error(mish, error, cases, expected, index):
    """Raise a hint for errors that Python raises after typical mistakes."""
    shape, text = cases[index][0].shape, str(error)
    _explain_overflow(error)
    if index == 0 and isinstance(error, TypeError) and "arrays can be converted" in text:
        raise WrongAnswer(
            "`x` is an array, and the functions of `math` take a single number: use those of NumPy, such as `np.exp`."
        ) from None
    if index == 0 and isinstance(error, ValueError) and "truth value" in text:
        raise WrongAnswer(
            "`x` is an array, and `if` takes a single condition: choose for each element, with `np.where`."
        ) from None
    works_for = [x.shape for (x,), right in zip(cases, expected, strict=True) if returns(mish, (x,), right, **FINE)]
    if works_for:
        raise WrongAnswer(
            f"Your function works for an array of shape {_join(works_for[0])}, and raises {type(error).__name__} for "
            f"{_join(shape)}. An array may have any number of axes: NumPy functions apply to each of its elements, "
            "without a loop."
        ) from None


def _explain_overflow(error):
    if isinstance(error, OverflowError):
        raise WrongAnswer(
            "For an x such as 1000, your function raises OverflowError: eˣ exceeds the largest float. Rewrite the "
            "formula without eˣ for large x."
        ) from None


def _explain_activation(cases, returned, expected, first):
    """Raise a hint that follows from the values: the numbers for which the result is wrong, or its precision."""
    (x,), values = cases[first], returned[first]
    what = f"the result for an array of shape {_join(x.shape)}"
    array = as_array(values, what=what)
    if array.shape != x.shape:
        shape = _join(array.shape) or "that of a single number"
        raise WrongAnswer(
            f"The shape of {what} must be the same; yours is {shape}. Mish applies to each element, along all axes."
        )
    _explain_precision(values, array, expected[first])
    shapes_match = [i for i in range(len(returned)) if _has_shape(returned[i], expected[i].shape)]
    x = np.concatenate([cases[i][0].ravel() for i in shapes_match])
    array = np.concatenate([as_array(returned[i]).ravel() for i in shapes_match])
    right = np.concatenate([expected[i].ravel() for i in shapes_match])
    wrong = ~np.isclose(array, right, **FINE, equal_nan=True)
    low, high = x[wrong].min(), x[wrong].max()
    if low > 0 and np.array_equal(array[wrong], x[wrong]):
        raise WrongAnswer(
            f"You return x itself for numbers of {low:.3g} and above. Mish is close to x there, not equal: "
            f"Mish of {low:.3g} is {right[wrong][x[wrong].argmin()]:.6g}. Use the formula for large numbers too."
        )
    if high < 0 and not array[wrong].any():
        raise WrongAnswer(
            f"You return 0 for numbers of {high:.3g} and below. Mish is small there, not 0: Mish of {high:.3g} is "
            f"{right[wrong][x[wrong].argmax()]:.3g}. Use the formula for negative numbers too."
        )
    if wrong[x < 0].mean() < 0.9 and wrong[x > 0].mean() < 0.9:
        _explain_limits(array, right, wrong)
    if (largest := np.abs(array - right).max()) < 0.05:
        raise WrongAnswer(
            f"Your result differs from Mish by up to {largest:.1g}. Did you add a small number, round, or use an "
            "approximation? Use the formula as it is."
        )
    if high < 0 and np.ptp(array[wrong] / x[wrong]) < 1e-6:
        raise WrongAnswer(
            f"You multiply negative numbers by a slope of {(array[wrong] / x[wrong]).mean():.3g}: Mish is the same "
            "formula for negative and positive numbers."
        )
    if high <= 0 or low >= 0:
        sign, other = ("negative", "positive") if high <= 0 else ("positive", "negative")
        raise WrongAnswer(
            f"Your result is wrong for {sign} numbers only, first for {x[wrong][0]:.3g}: Mish is the same formula for "
            f"{sign} and {other} numbers."
        )
    if low > -1 - 1e-9 and high < 1 + 1e-9:
        raise WrongAnswer(
            f"Your result is wrong near zero only, from {low:.3g} to {high:.3g}: use the formula there too."
        )
    formula = "Compare your code with the formula: x · tanh(ln(1 + eˣ))."
    expect_close(values, expected[first], hint=formula, what=what, **FINE)


def _has_shape(values, shape):
    try:
        as_array(values, shape)
    except WrongAnswer:
        return False
    return True


def _check_far_numbers(mish):
    """Check numbers whose exponential, or its square, exceeds the largest float."""
    what = "Mish of 1000, −1000 and others"
    returned, error = call_on_cases(mish, [(FAR,)], ("x",))
    if error:
        _explain_overflow(error)
        raise error
    array = as_array(returned[0], FAR.shape, what=what)
    for value, result in zip(FAR.ravel(), array.ravel(), strict=True):
        if not np.isfinite(result):
            raise WrongAnswer(
                f"Mish of {value:g} is {result} in your function: eˣ or its square exceeds the largest float there. "
                "Rewrite the formula without dividing one infinity by another or multiplying it by 0."
            )
        if value >= 50 and abs(result - value) > 1e-4 * value:
            reason = "Did you replace a NaN or an infinity by 0?" if result == 0 else "Limit x inside of eˣ only."
            raise WrongAnswer(f"Mish of {value:g} is {result:.6g} in your function, and should be {value:g}. {reason}")
        if value <= -50 and abs(result) > 1e-6:
            raise WrongAnswer(f"Mish of {value:g} is {result:.6g} in your function, and should be 0.")
    expect_close(array, np.maximum(FAR, 0), what=what)


def _explain_precision(values, array, expected):
    """Raise a hint if a result is the right one with fewer digits."""
    if "float16" in str(getattr(values, "dtype", "")):
        raise WrongAnswer("Your result is float16, which rounds to about three digits: return float32 or float64.")
    for n_decimals in range(6):
        if array.shape == expected.shape and np.allclose(array, np.round(expected, n_decimals), rtol=0, atol=1e-9):
            raise WrongAnswer(f"You rounded the result to {n_decimals} decimals: leave it unrounded.")


def _explain_limits(array, expected, wrong):
    """Raise a hint if all wrong numbers are the smallest or largest returned, or 0."""
    bounds = np.unique(array[wrong])
    if not wrong.all() and set(bounds) <= {array.min(), array.max()}:
        raise WrongAnswer(
            f"You clipped the result at {' and '.join(f'{bound:.4g}' for bound in bounds)}: there is no limit. Return "
            "what the formula gives."
        )
    if not wrong.all() and not bounds.any():
        largest = np.abs(expected[wrong]).max()
        raise WrongAnswer(f"Some of your numbers are 0 and should not be, up to {largest:.3g}: set no number to 0.")


def _join(shape):
    return " × ".join(map(str, shape))
