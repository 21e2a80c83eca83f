"""Tests of the exercises on the network; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains the student's results for all
cases, or for all wrong ones if there are several.
"""

from functools import cache
from numbers import Integral

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect, expect_close, format_items
from galviz.course.mistakes import (
    call_on_cases,
    is_close,
    reject_mistakes,
    reject_partial_mistakes,
    returns,
    returns_same,
    varies,
)
from lessons.network.count_mistakes import COUNT_MISTAKES, n_parameters
from lessons.network.mistakes import CONVOLUTION_MISTAKES, MISH_MISTAKES, convolved, mish
from lessons.network.size_mistakes import SIZE_MISTAKES, n_positions

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

# Side, kernel, stride and padding; in the last four, the kernel fits once, or the stride exceeds the side.
OUTPUT_SIZES = (
    *(
        (7, 3, 1, 0),
        (112, 3, 2, 1),
        (10, 5, 3, 2),
        (11, 4, 3, 0),
        (160, 7, 2, 3),
        (28, 1, 1, 0),
        (13, 2, 2, 1),
        (12, 4, 3, 1),
    ),
    *((9, 5, 1, 4), (14, 3, 4, 1), (3, 3, 1, 0), (2, 6, 5, 2), (1, 1, 1, 0), (4, 3, 9, 1)),
)


def test_network_0(answer):
    cases = list(OUTPUT_SIZES)
    expected = [np.asarray(n_positions(*case)) for case in cases]
    expected[:2] = [np.asarray(5), np.asarray(56)]  # the docstring's
    returned, error = call_on_cases(answer, cases, ("side", "kernel_side", "stride", "padding"))
    wrong = [index for index, side in enumerate(returned) if not is_close(side, expected[index])]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, SIZE_MISTAKES)
        _explain_ignored_sizes(answer, cases)
        side, kernel_side, stride, padding = cases[first]
        what = f"the output for a side of {side}, a kernel of {kernel_side}, stride {stride} and padding {padding}"
        hint = "Draw the row of pixels with its padding, and count the places at which the kernel can begin."
        expect_close(returned[first], expected[first], hint=hint, what=what)
    if isinstance(error, ZeroDivisionError):
        raise WrongAnswer(
            "Your function divides by 0 if the padding is 0: divide by the stride. The arguments come in the order "
            "side, kernel_side, stride, padding."
        )
    if error:
        raise error
    for side in returned:
        if as_array(side).shape:
            raise WrongAnswer(
                f"You return {side!r}, of type {type(side).__name__}, which has an axis: return the number itself, an "
                "int."
            )
        if not isinstance(side, Integral) and not np.issubdtype(getattr(side, "dtype", object), np.integer):
            raise WrongAnswer(
                f"You return {side!r}, of type {type(side).__name__}: return an int. `//` of integers gives one, and "
                "`int` converts a float. `range` and shapes of arrays accept no floats."
            )


def _explain_ignored_sizes(output_side, cases):
    """Raise a hint if the result doesn't depend on one of the arguments."""
    for index, name in enumerate(("side", "kernel_side", "stride", "padding")):
        others = [(*case[:index], case[index] + 1 + (index == 0) * 20, *case[index + 1 :]) for case in cases]
        pairs = [(case, other) for case, other in zip(cases, others, strict=True) if _differ(case, other)]
        if all(returns_same(output_side, *pair) for pair in pairs):
            raise WrongAnswer(f"Your result doesn't depend on `{name}`: the formula has it.")


def _differ(one, other):
    side, kernel_side, _, padding = other
    return kernel_side <= side + 2 * padding and n_positions(*one) != n_positions(*other)


def test_network_1(answer):
    random = np.random.default_rng(5)
    cases = [
        (random.normal(size=(height, width)), random.normal(size=(3, 3)) + 0.5, stride)
        for height, width, stride in CONVOLUTION_SIZES
    ]
    cases.append((SMALL, RIGHT_NEIGHBOUR, 1))
    expected = [convolved(*case) for case in cases[:-1]] + [np.array([[2, 3, 0], [5, 6, 0], [8, 9, 0]])]
    if varies(answer, cases[0]):
        raise WrongAnswer("Two calls with the same image return different sums: nothing here is random.")
    returned, error = call_on_cases(answer, cases, ("image", "kernel", "stride"))
    wrong = [index for index, sums in enumerate(returned) if not is_close(sums, expected[index])]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, CONVOLUTION_MISTAKES)
        _explain_ignored_stride(answer, cases[0])
        reject_partial_mistakes(cases, returned, expected, wrong, CONVOLUTION_MISTAKES)
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
        raise WrongAnswer(
            "Your sums are right except at the rim: surround the image with zeros on all four sides, and compute the "
            "sums there as everywhere else."
        )
    with np.errstate(all="ignore"):
        ratios = array / expected
    if expected.size > 3 and np.ptp(ratios) < 1e-3 * abs(ratios.mean()) and abs(ratios.mean() - 1) > 1e-3:
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
    weights, constant = solution[:9].reshape(3, 3).round(9), solution[9]
    different = np.argwhere(~np.isclose(weights, kernel, rtol=1e-3, atol=1e-3))
    if not len(different) and abs(constant) < 1e-4:
        return  # the sums are wrong by less than the digits of a hint show
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
        **dict.fromkeys(
            [(1, *right), (*right, 1), (1, 1, *right)],
            "Remove the axes of length 1, such as PyTorch's axes of images and channels.",
        ),
    }
    raise WrongAnswer(f"{begin} {hints.get(array.shape, '')}".strip())


def test_network_2(answer):
    # By hand: e⁰ = 1, and tanh(ln 2) = (4 − 1) / (4 + 1) = 0.6; but 0 times that is 0.
    by_hand = np.array([0.0, 1.0, -1.0, 0.5, 3.0, -3.0, -0.2])
    random = np.random.default_rng(7).normal(size=(2, 3, 4)) * 2
    cases = [(x,) for x in (by_hand, random, np.array([[0.7]]), CURVED, NEAR_ZERO)]
    expected = [mish(x) for (x,) in cases]
    if varies(answer, cases[0]):
        raise WrongAnswer("Two calls with the same `x` return different numbers: nothing here is random.")
    returned, error = call_on_cases(answer, cases, ("x",))
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index], **FINE)]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, MISH_MISTAKES, **FINE)
        reject_partial_mistakes(cases, returned, expected, wrong, MISH_MISTAKES, **FINE)
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
        if not np.isfinite(result) and value < 0:
            raise WrongAnswer(
                f"Mish of {value:g} is {result} in your function, and should be 0. There eˣ is 0 and e⁻ˣ exceeds the "
                "largest float: don't divide by the one, take its logarithm or use the other."
            )
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


def test_network_3(answer):
    networks = _small_networks()
    expected = [n_parameters(network) for network in networks]
    expected[0] = {"conv": 112, "norm": 8, "flat": 0, "head": 15}  # 4·3·3·3 + 4, 4 + 4 and 3·4 + 3, by hand
    returned = []
    for network in networks:
        before = _state_of(network)
        try:
            returned.append(answer(network))
        except NotImplementedError:
            raise
        except Exception as error:
            wrong = next((i for i, counts in enumerate(returned) if not _is_same(counts, expected[i])), None)
            if wrong is None:
                _explain_count_error(error, network, len(returned))
                raise
            break
        _check_untouched(before, network)
    if any(not _is_same(*pair) for pair in zip(returned, expected, strict=False)):
        _explain_counts(networks, returned, expected)
    _check_shipped_network(answer)
    for name, count in returned[0].items():
        _check_count_type(name, count)


def _check_count_type(name, count):
    """Reject a number that isn't an int, though it is right."""
    kind = type(count).__name__
    advice = {"Tensor": "`int` or `.item()` converts a tensor.", "float64": "`np.sum` of no numbers is a float."}
    if not isinstance(count, Integral) and not (
        isinstance(count, np.ndarray) and count.shape == () and np.issubdtype(count.dtype, np.integer)
    ):
        raise WrongAnswer(
            f"Your numbers are right, but that of the child {name!r} is {count}, of type {kind}: make it an int. "
            f"{advice.get(kind, '')}".strip()
        )


def _small_networks():
    """Networks with buffers, frozen, shared and nameless parameters, nested modules, and no children."""
    import torch
    from torch import nn

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(4)
        plain = nn.Sequential()
        plain.add_module("conv", nn.Conv2d(3, 4, 3))
        plain.add_module("norm", nn.BatchNorm2d(4))
        plain.add_module("flat", nn.Flatten())
        plain.add_module("head", nn.Linear(4, 3))

        block = nn.Sequential(nn.Conv2d(2, 5, 3, bias=False), nn.BatchNorm2d(5), nn.Sequential(nn.Conv2d(5, 5, 1)))
        block.append(nn.BatchNorm2d(5))
        block.register_parameter("gamma", nn.Parameter(torch.zeros(())))
        block.register_parameter("shift", nn.Parameter(torch.tensor([0.0, 1.0, 2.0])))
        block[0].weight.requires_grad_(False)
        nested = nn.Module()
        nested.register_parameter("scale", nn.Parameter(torch.ones(7)))
        nested.stem, nested.act, nested.body, nested.head = nn.Conv2d(3, 2, 5), nn.Mish(), block, nn.Linear(5, 1)

        twins = nn.Sequential(nn.Linear(6, 6), nn.ReLU(), nn.Linear(6, 6, bias=False))
        twins[2].weight = twins[0].weight
        sharing = nn.Sequential(twins, nn.PReLU(), nn.Linear(6, 6))
        sharing[2].weight = twins[0].weight
        sharing[1].eval()
    return [plain, nested, sharing, nn.Sequential(nn.ReLU()), nn.Linear(3, 2)]


def _state_of(network):
    """What a function could change in a network."""
    parameters = [(name, id(p), p._version, p.requires_grad, p.dtype) for name, p in network.named_parameters()]
    buffers = [(name, id(b), b._version) for name, b in network.named_buffers()]
    modules = [(name, id(m), m.training, len(m._forward_hooks)) for name, m in network.named_modules()]
    return parameters, buffers, modules


def _check_untouched(before, network):
    """Reject a function that changes the network."""
    parameters, buffers, modules = _state_of(network)
    if before == (parameters, buffers, modules):
        return
    restore = "The network belongs to the caller: leave it as it is."
    for old, new in zip(before[2], modules, strict=False):
        if old[:2] == new[:2] and old != new:
            what = "calls `train` or `eval`" if old[2] != new[2] else "leaves a hook in the network"
            raise WrongAnswer(f"Your function {what}: counting doesn't depend on it. {restore}")
    if [one[:3] + one[4:] for one in before[0]] == [one[:3] + one[4:] for one in parameters] and before[2] == modules:
        raise WrongAnswer(f"Your function changes `requires_grad` of the parameters. {restore}")
    raise WrongAnswer(f"Your function changes the modules, parameters or buffers of the network. {restore}")


def _is_same(counts, expected):
    """Whether a dict has the right names and numbers."""
    if not isinstance(counts, dict) or set(counts) != set(expected):
        return False
    return all(is_close(counts[name], expected[name], rtol=0, atol=1e-3) for name in expected)


def _explain_count_error(error, network, n_right):
    """Raise a hint for an error on a small network, if others were right."""
    if isinstance(error, AttributeError) and any(f"no attribute '{name}'" in str(error) for name in ("weight", "bias")):
        raise WrongAnswer(
            f"Your function raises AttributeError: {error}. Many modules have no weight or bias themselves: "
            "`child.parameters()` gives all parameters of any module."
        ) from None
    children = [f"{name} ({type(child).__name__})" for name, child in network.named_children()]
    if n_right:
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} for a network with {_children(children)}: {error}. Children "
            "may be of any class, without parameters, or there may be none."
        ) from None


def _children(children):
    return f"the children {', '.join(children)}" if children else "no children"


def _explain_counts(networks, returned, expected):
    """Raise a hint for wrong numbers, names or types."""
    networks, expected = networks[: len(returned)], expected[: len(returned)]
    first = next(i for i, counts in enumerate(returned) if not _is_same(counts, expected[i]))
    _explain_type(returned[first], expected[first])
    for mistake, hint in COUNT_MISTAKES:
        explained = [mistake(network) for network in networks]
        if all(map(_is_same, returned, explained)) and not all(map(_is_same, expected, explained)):
            raise WrongAnswer(hint)
    _explain_names(networks[first], returned[first], expected[first])
    children = dict(networks[first].named_children())
    name = next(
        name for name in expected[first] if not _is_same({"": returned[first][name]}, {"": expected[first][name]})
    )
    shapes = [f"{part} ({_join(p.shape) or 'no axes'})" for part, p in children[name].named_parameters()]
    value = returned[first][name]
    if isinstance(value, list | tuple | dict):
        raise WrongAnswer(f"For the child {name!r}, you return a {type(value).__name__}: return one number, the sum.")
    as_array(value, (), what=f"the number of the child {name!r}")
    raise WrongAnswer(
        f"For the child {name!r}, a {type(children[name]).__name__}, you count {value}; it has {expected[first][name]} "
        f"parameters. Its tensors and their shapes are {', '.join(shapes) or 'none'}."
    )


def _explain_type(counts, expected):
    """Raise a hint unless a result is a dict."""
    if counts is None:
        raise WrongAnswer("What you return is None: does the function end with `return`?")
    if isinstance(counts, dict):
        return
    kind = type(counts).__name__
    total = sum(expected.values())
    if is_close(counts, total):
        raise WrongAnswer("You return the number of all children together: return a dict with one number per child.")
    if isinstance(counts, list | tuple) and counts and all(isinstance(pair, list | tuple) for pair in counts):
        raise WrongAnswer(f"You return a {kind} of pairs: make a dict of them, with `dict`.")
    if is_close(counts, list(expected.values())):
        raise WrongAnswer(f"The numbers are right, but in an object of type {kind}: return a dict with the names.")
    raise WrongAnswer(f"You return an object of type {kind}: return a dict from the name of each child to its number.")


def _explain_names(network, counts, expected):
    """Raise a hint for wrong keys."""
    names, right = list(counts), list(expected)
    if set(names) == set(right):
        return
    classes = [type(child).__name__ for child in network.children()]
    if not all(isinstance(name, str) for name in names):
        kind = next(type(name).__name__ for name in names if not isinstance(name, str))
        raise WrongAnswer(
            f"A key of your dict is of type {kind}: use the children's names, which are text, as `named_children` "
            "gives them."
        )
    if set(names) <= set(classes) | {one.lower() for one in classes}:
        raise WrongAnswer(
            "Your keys are the classes of the children: use their names, because several children may be of one class."
        )
    if names == [str(index) for index in range(1, len(right) + 1)]:
        raise WrongAnswer("You numbered the children from 1: use their names, as `named_children` gives them.")
    if names == [str(index) for index in range(len(right))]:
        raise WrongAnswer("You numbered the children: use their names, as `named_children` gives them.")
    missing = [name for name in right if name not in counts]
    extra = [name for name in names if name not in expected]
    if missing and extra:
        raise WrongAnswer(
            f"The keys of your dict are {format_items(names)}: they must be the names of the children, "
            f"{format_items(right)}."
        )
    if missing:
        raise WrongAnswer(
            f"Children are missing from your dict: {format_items(missing)}. Each has an entry, perhaps 0."
        )
    raise WrongAnswer(f"Your dict has entries that aren't direct children of the network: {format_items(extra)}.")


@cache
def _shipped_network():
    import galviz

    return galviz.load_model()


def _check_shipped_network(answer):
    """Compare with the shapes of the shipped network's tensors, added up by the first part of their names."""
    network = _shipped_network()
    before, counts = _state_of(network), answer(network)
    try:
        _check_untouched(before, network)
    except WrongAnswer:
        _shipped_network.cache_clear()  # it isn't the shipped network any more
        raise
    expected = dict.fromkeys((name for name, _ in network.named_children()), 0)
    for name, parameter in network.named_parameters():
        expected[name.partition(".")[0]] += int(np.prod(parameter.shape))
    if not _is_same(counts, expected):
        _explain_counts([network], [counts], [expected])
    total = sum(parameter.numel() for parameter in network.parameters())
    expect(sum(counts.values()) == total, f"Your numbers must add up to {total}, the parameters of the whole network.")
