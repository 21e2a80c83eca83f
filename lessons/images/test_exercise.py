"""Tests of the exercises on preparing images; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains the student's results for all
images, or for all wrong ones if there are several.
"""

from functools import cache

import numpy as np

import galviz
from galviz.course.judge import WrongAnswer, as_array, expect_close
from galviz.course.mistakes import (
    call_on_cases,
    is_close,
    reject_mistakes,
    reject_partial_mistakes,
    returns_same,
    varies,
)
from lessons.images.mistakes import CROP_MISTAKES, NORMALISATION_MISTAKES, SHRUNK, central_square, normalised
from lessons.images.pixel_mistakes import SCALING_MISTAKES, STATISTICS_MISTAKES, in_unit_range, training_statistics

# Height, width and side: even and odd numbers to remove, tall and wide images, the whole image, a single pixel.
CROP_SIZES = (
    *((8, 10, 4), (6, 9, 4), (5, 8, 2), (8, 5, 3), (7, 7, 4), (6, 6, 3), (9, 6, 1), (5, 5, 5), (4, 7, 4)),
    *((9, 7, 4), (10, 5, 2), (3, 1, 1), (1, 1, 1), (160, 161, 112)),
)

# Relative and absolute tolerance of scaled pixels: rounding in float32 passes, another divisor doesn't.
PRECISE = {"rtol": 2e-6, "atol": 2e-8}
# Of the statistics: the first galaxies of the shipped survey, as the network takes them.
N_SHIPPED, SIDE = 40, 112


def test_images_0(answer):
    cases = [(pixels,) for pixels in _arrays_to_scale()]
    # By hand: 51 is a fifth of 255.
    expected = [np.array([[0, 0.2, 0.4], [0.6, 0.8, 10 / 255]]), *(in_unit_range(pixels) for (pixels,) in cases[1:])]
    returned, error = call_on_cases(answer, cases, ("pixels",))
    if varies(answer, cases[0]):
        raise WrongAnswer("Two calls with the same pixels return different numbers: nothing here is random.")
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index], **PRECISE)]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, SCALING_MISTAKES, **PRECISE)
        dark = cases[first][0]
        if wrong == [index for index in wrong if 0 < cases[index][0].max() < 128]:
            raise WrongAnswer(
                f"Your result is right for bright images, but not for an image whose largest value is {dark.max()}: "
                "the scale is the same for each image, so don't choose it by the pixels."
            )
        reject_partial_mistakes(cases, returned, expected, wrong, SCALING_MISTAKES, **PRECISE)
        _explain_scaled(cases[first][0], returned[first], expected[first])
    if error:
        _explain_casting(error)
        shape = _times(cases[len(returned)][0].shape)
        raise WrongAnswer(
            f"Your function raises {type(error).__name__} for an array of shape {shape}: {error}. An array may have "
            "any number of axes; `/` applies to each of its elements, without a loop."
        ) from None


def _arrays_to_scale():
    """Pixels of one axis to four, a single pixel, and images that are only dark or only bright."""
    random = np.random.default_rng(8)
    return [
        np.array([[0, 51, 102], [153, 204, 10]], np.uint8),
        random.integers(3, 201, (4, 5, 3), dtype=np.uint8),
        np.array([[[7, 250, 128]]], np.uint8),
        random.integers(0, 256, 6, dtype=np.uint8),
        random.integers(0, 256, (2, 3, 4, 3), dtype=np.uint8),
        np.zeros((2, 3, 3), np.uint8),
        np.full((3, 2), 255, np.uint8),
        random.integers(0, 30, (3, 4, 3), dtype=np.uint8),
        np.array([[0, 1, 1], [1, 0, 0]], np.uint8),
    ]


def _explain_scaled(pixels, values, expected):
    """Raise a hint that follows from the shape or the values of a wrong result."""
    what = f"what you return for an array of shape {_times(pixels.shape)}"
    array = as_array(values, expected.shape, what=what)
    if "float16" in str(getattr(values, "dtype", "")):
        raise WrongAnswer("Your result is float16, which rounds to about three digits: return float32 or float64.")
    if np.isnan(array).any():
        raise WrongAnswer(f"{what[0].upper()}{what[1:]} contains NaN: divide by 255, which is never 0.")
    added = array - expected
    if abs(added.mean()) > 1e-5 and np.ptp(added) < 1e-7:
        raise WrongAnswer(f"Your numbers are all {added.mean():.3g} too large: add nothing, only divide by 255.")
    wrong = ~np.isclose(array, expected, **PRECISE)
    bounds = np.unique(array[wrong])
    if not wrong.all() and set(bounds) <= {array.min(), array.max()}:
        limits = " and ".join(f"{bound:.4g}" for bound in bounds)
        raise WrongAnswer(f"You clipped the result at {limits}: all numbers from 0 to 1 are possible.")
    ratios = array[pixels > 0] / pixels[pixels > 0]
    if ratios.size > 1 and ratios.all() and np.ptp(ratios) < 1e-5 * abs(ratios.mean()):
        raise WrongAnswer(f"You divided by {1 / ratios.mean():.6g}: divide by 255, so that 255 becomes 1.")
    _explain_curve(pixels.ravel(), array.ravel())
    expect_close(array, expected, hint="Compute one pixel by hand: 51 / 255 = 0.2.", what=what, **PRECISE)


def _explain_curve(pixels, array):
    """Raise a hint if a line or a curve turns the pixels into the numbers."""
    values, first = np.unique(pixels, return_index=True)
    numbers = array[first]
    if len(values) < 3 or not np.allclose(numbers[np.searchsorted(values, pixels)], array):
        return
    slope, begin = np.polyfit(values, numbers, 1)
    if slope and np.allclose(slope * values + begin, numbers, rtol=0, atol=1e-6 * np.ptp(numbers)):
        raise WrongAnswer(
            f"You computed x / {1 / slope:.4g} {'+' if begin > 0 else '−'} {abs(begin):.4g} for a pixel x. Only divide "
            "by 255."
        )
    if (np.diff(numbers) > 0).all():
        raise WrongAnswer(
            f"Your numbers increase with the pixels, but not in proportion: {values[1]} becomes {numbers[1]:.4g}, not "
            f"{values[1] / 255:.4g}. Use no power, root or logarithm, and don't round."
        )


def test_images_1(answer):
    cases = [(_random_image(height, width, seed), side) for seed, (height, width, side) in enumerate(CROP_SIZES)]
    if varies(answer, cases[0]):
        raise WrongAnswer("Two calls with the same image return different squares: the central square isn't random.")
    expected = [central_square(pixels, side) for pixels, side in cases]
    returned, error = call_on_cases(answer, cases, ("pixels", "side"))
    wrong = [index for index, crop in enumerate(returned) if not is_close(crop, expected[index])]
    if wrong:
        _explain_crop(answer, cases, returned, expected, wrong)
    if error:
        raise error


def _explain_resizing(centre_crop):
    """Raise a hint if the whole image is shrunk: a ramp becomes steeper then, and a constant colour stays."""
    ramp, side, step = np.full((48, 48, 3), 100, np.uint8), 12, 5
    ramp[..., 0] = step * np.arange(48)[:, None]
    ramp[..., 1] = step * np.arange(48)
    returned, _ = call_on_cases(centre_crop, [(ramp, side)], ("pixels", "side"))
    try:
        square = as_array(returned[0] if returned else None, (side, side, 3))
    except WrongAnswer:
        return
    steps = np.diff(square[..., 0], axis=0).min(), np.diff(square[..., 1], axis=1).min()
    if np.allclose(square[..., 2], 100) and max(steps) > 2 * step:
        raise WrongAnswer(SHRUNK)


def _explain_crop(centre_crop, cases, returned, expected, wrong):
    """Raise the hint for a wrong crop; `wrong` are the indices of the wrong cases."""
    reject_mistakes(cases, returned, expected, CROP_MISTAKES)
    if all(returns_same(centre_crop, (image, side), (image, side - 1)) for image, side in (cases[0], cases[-1])):
        raise WrongAnswer("Your result is the same for each `side`: use the parameter, not a fixed number of pixels.")
    _explain_resizing(centre_crop)
    first = wrong[0]
    pixels, side = cases[first]
    height, width, _ = pixels.shape
    what = f"the central {side} × {side} pixels of an image of {height} rows and {width} columns"
    array = as_array(returned[first], what=what)
    reject_partial_mistakes(cases, returned, expected, wrong, CROP_MISTAKES)
    _check_crop_shape(array, pixels, side, what)
    if array.shape == (side, side, 3):
        top, left = (height - side) // 2, (width - side) // 2
        windows = np.lib.stride_tricks.sliding_window_view(pixels, (side, side, 3))[:, :, 0]
        corners = np.argwhere((windows == array).all(axis=(2, 3, 4)))
        if len(corners):
            row, column = corners[0]
            raise WrongAnswer(
                f"For {what}, your square begins at row {row}, column {column}. It must begin at row {top}, column "
                f"{left}, counted from 0."
            )
        if not np.isin(array, pixels).all():
            raise WrongAnswer(f"For {what}, you return values that the image doesn't have: leave them unchanged.")
    expect_close(array, expected[first], what=what)


def _check_crop_shape(array, pixels, side, what):
    """Raise a hint for shapes that show a mistake."""
    if array.shape == (side, side, 3):
        return
    shape = f"For {what}, you return the shape {' × '.join(map(str, array.shape)) or 'of a single number'}."
    if array.shape == pixels.shape:
        raise WrongAnswer(f"{shape} Nothing was removed.")
    if array.shape == (3, side, side):
        raise WrongAnswer(f"{shape} The colours are the last axis: (row, column, colour).")
    if array.size == 0:
        if any(not n and length - side < 2 for n, length in zip(array.shape, pixels.shape[:2], strict=False)):
            raise WrongAnswer(
                f"{shape} It is empty: does a slice end at a negative index? If nothing is to be removed at the end, "
                "this index is −0, which is 0: a slice to 0 is empty. Count the end from the front."
            )
        raise WrongAnswer(f"{shape} It is empty: the slice ends before it begins, or begins outside the image.")
    if array.ndim == 3 and array.shape[2] != 3 and array.shape[:2] == (side, side):
        raise WrongAnswer(f"{shape} Keep all three colours of each pixel.")
    if array.ndim == 3 and array.shape[2] != 3:
        raise WrongAnswer(
            f"{shape} You cut the colours: rows are the first axis, columns the second, colours the last."
        )
    if array.ndim != 3:
        raise WrongAnswer(f"{shape} Three axes are required: row, column and colour.")
    larger = array.shape[0] > side or array.shape[1] > side
    raise WrongAnswer(f"{shape} Too {'many' if larger else 'few'} rows or columns: a slice from a to b has b − a.")


def test_images_2(answer):
    cases = _normalisation_cases()
    expected = [normalised(*case) for case in cases]
    returned, error = call_on_cases(answer, cases, ("pixels", "mean", "std"))
    if varies(answer, cases[0]):
        raise WrongAnswer("Two calls with the same pixels return different numbers: nothing here is random.")
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index])]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, NORMALISATION_MISTAKES)
        _explain_sequences(answer, cases[first], expected[first])
        _explain_ignored(answer, cases[1])
        reject_partial_mistakes(cases, returned, expected, wrong, NORMALISATION_MISTAKES)
        _explain_clipping(returned, expected)
        _explain_values(cases[first], returned[first], expected[first])
    if error:
        case = cases[len(returned)]
        _explain_sequences(answer, case, expected[len(returned)])
        _explain_error(error, case)
        raise error


def _normalisation_cases():
    """Pixels, mean and std: tuples, arrays and lists, a single pixel, and a small std far from the mean."""
    random = np.random.default_rng(6)
    # The first image is 3 × 3, so that a mean along the wrong axis raises no error there.
    # By hand: 51 is a fifth of 255, so the red of the first pixel is (0.2 − 0.3) / 0.2 = −0.5.
    by_hand = [
        [[51, 102, 5], [250, 51, 153], [10, 5, 204]],
        [[102, 204, 51], [153, 5, 102], [204, 153, 51]],
        [[8, 250, 204], [51, 51, 51], [7, 200, 100]],
    ]
    return [
        (np.array(by_hand, np.uint8), (0.3, 0.2, 0.1), (0.2, 0.25, 0.5)),
        (
            random.integers(0, 256, (4, 5, 3), dtype=np.uint8),
            np.array([0.05, 0.4, 0.5]),
            np.array([0.1, 0.09, 0.3]),
        ),
        (np.full((2, 3, 3), 3, np.uint8), [0.5, 0.25, 0.1], [0.5, 0.25, 0.1]),
        (np.array([[[200, 0, 255]]], np.uint8), (0.4, 0.3, 0.2), (0.3, 0.2, 0.1)),
        (random.integers(0, 100, (5, 4, 3), dtype=np.uint8), [0.9, 0.8, 0.95], [0.0002, 0.0004, 0.0003]),
    ]


def _explain_sequences(normalise, case, expected):
    """Raise a hint if a result is right only for another kind of sequence."""
    pixels, mean, std = case
    kinds = {"tuples": (tuple, tuple), "lists": (list, list), "arrays": (np.ndarray, np.array)}
    (current,) = (name for name, (kind, _) in kinds.items() if isinstance(mean, kind))
    for name, (_, convert) in kinds.items():
        try:
            is_right = name != current and is_close(normalise(pixels.copy(), convert(mean), convert(std)), expected)
        except Exception:
            continue
        if is_right:
            raise WrongAnswer(
                f"Your function fails if `mean` and `std` are {current}; for {name} it works. Tuples, lists and arrays "
                "are possible: convert them first, with `np.asarray`."
            )


def _explain_error(error, case):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    height, width, _ = case[0].shape
    if isinstance(error, ValueError) and "broadcast" in str(error):
        raise WrongAnswer(
            f"The shapes don't match for an image of {height} rows and {width} columns: the colours are the last axis, "
            "and `mean` and `std` have one number per colour."
        ) from None
    _explain_casting(error)


def _explain_casting(error):
    """Raise a hint for an operation in place on uint8."""
    if isinstance(error, TypeError) and "Cannot cast" in str(error):
        raise WrongAnswer(
            "You wrote floats into an array of uint8 (`/=` or `-=`): it can't hold them. Compute a new "
            "array, because `pixels` belongs to the caller."
        ) from None


def _explain_ignored(normalise, case):
    """Raise a hint if a result doesn't depend on `mean` or `std`."""
    pixels, mean, std = case
    ignored = [
        name
        for name, other in (("mean", (pixels, mean[::-1] / 2, std)), ("std", (pixels, mean, std[::-1] / 2)))
        if returns_same(normalise, case, other)
    ]
    if ignored:
        names = " and ".join(f"`{name}`" for name in ignored)
        raise WrongAnswer(f"Your result doesn't depend on {names}: use the parameters, not fixed numbers.")


def _explain_clipping(returned, expected):
    """Raise a hint if limits explain the results of all images."""
    try:
        arrays = [as_array(values, right.shape).ravel() for values, right in zip(returned, expected, strict=False)]
    except WrongAnswer:
        return
    array, right = np.concatenate(arrays), np.concatenate([values.ravel() for values in expected[: len(returned)]])
    limits, extremes = (array.min(), array.max()), (right.min(), right.max())
    if limits[0] < limits[1] and np.allclose(array, np.clip(right, *limits), rtol=1e-4, atol=1e-5):
        pairs = zip(limits, extremes, strict=True)
        bounds = " and ".join(f"{limit:.4g}" for limit, extreme in pairs if not np.isclose(limit, extreme, rtol=1e-4))
        raise WrongAnswer(f"You clipped the result at {bounds}: values far from zero must stay as they are.")


def _explain_values(case, values, expected):
    """Raise a hint that follows from the values alone: clipped, rounded, one colour, other statistics."""
    pixels, mean, std = case
    what = f"what you return for {pixels.shape[0]} × {pixels.shape[1]} pixels"
    array = as_array(values, expected.shape, what=what)
    if "float16" in str(getattr(values, "dtype", "")):
        raise WrongAnswer("Your result is float16, which rounds to about three digits: return float32 or float64.")
    right = np.isclose(array, expected, rtol=1e-4, atol=1e-5)
    wrong_values = np.unique(array[~right])
    if len(wrong_values) <= 2 and right.any() and set(wrong_values) <= {array.min(), array.max()}:
        bounds = " and ".join(f"{value:g}" for value in wrong_values)
        raise WrongAnswer(f"You clipped the result at {bounds}: values far from zero must stay as they are.")
    for n_decimals in range(5):
        if np.allclose(array, np.round(expected, n_decimals), rtol=0, atol=1e-9):
            raise WrongAnswer(f"You rounded the result to {n_decimals} decimals: leave it unrounded.")
    _explain_statistics(pixels / 255, array, np.asarray(mean), np.asarray(std))
    if (is_right := right.all(axis=(0, 1))).any():
        colours = [colour for colour, correct in zip(("red", "green", "blue"), is_right, strict=True) if correct]
        raise WrongAnswer(f"The result is right only for {' and '.join(colours)}: normalise all three colours.")
    expect_close(array, expected, what=what, atol=1e-5)


def _explain_statistics(scaled, array, mean, std):
    """Raise a hint if a straight line per colour explains the result: it gives the statistics that were used."""
    if not np.ptp(scaled, axis=(0, 1)).all() or not np.isfinite(array).all():
        return  # no line through a single value
    lines = [np.polyfit(scaled[..., i].ravel(), array[..., i].ravel(), 1) for i in range(3)]
    if any(abs(slope) < 1e-9 for slope, _ in lines):
        return
    fitted = np.stack([np.polyval(line, scaled[..., i]) for i, line in enumerate(lines)], axis=-1)
    if not np.allclose(fitted, array, rtol=1e-4, atol=1e-4):
        return
    used_std = np.array([1 / slope for slope, _ in lines])
    used_mean = np.array([-intercept / slope for slope, intercept in lines])
    added = used_std - std
    if np.allclose(used_mean, mean, atol=1e-4):
        if (added > 0).all() and np.ptp(added) < 0.05 * min(added.mean(), np.ptp(std)):
            raise WrongAnswer(
                f"You added a small number to std, about {added.mean():.1g}. σ is never 0: divide by std itself."
            )
        raise WrongAnswer(
            f"You divided by {_join(used_std)} for the three colours. Divide by std itself, {_join(std)}: σ is "
            "never 0, so add nothing and set no limit."
        )
    raise WrongAnswer(
        f"For the three colours, your result has μ = {_join(used_mean)} and σ = {_join(used_std)}. Use the parameters "
        f"μ = {_join(mean)} and σ = {_join(std)}."
    )


def _join(values):
    return ", ".join(f"{value:.4g}" for value in values)


def _random_image(height, width, seed):
    """An image without equal neighbours, if it is small."""
    random = np.random.default_rng(seed)
    size = height * width * 3
    values = random.permutation(256)[:size] if size <= 256 else random.integers(0, 256, size)
    return values.reshape(height, width, 3).astype(np.uint8)


def _times(shape):
    return " × ".join(map(str, shape))


def test_images_3(answer):
    cases = _image_sets()
    expected = [training_statistics(*images) for images in cases]
    # By hand: 0, 0.2 and 0.4 have the mean 0.2; their squared deviations are 0.04, 0 and 0.04.
    expected[-1] = np.array([[0.2, 0.4, 1.0], [(0.08 / 3) ** 0.5, 0.08**0.5, 0.0]])
    returned, error = _call_on_sets(answer, cases)
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index])]
    if wrong:
        _explain_kind(returned[0])
        reject_mistakes(cases, returned, expected, STATISTICS_MISTAKES)
        first = wrong[0]
        if len(returned) > 1 and is_close(returned[0], returned[1]):
            raise WrongAnswer("Your results are the same for all images: compute them from `images`.")
        reject_partial_mistakes(cases, returned, expected, wrong, STATISTICS_MISTAKES)
        (again, *_), _ = _call_on_sets(answer, cases[first : first + 1])
        if is_close(returned[first], returned[first]) and not is_close(again, returned[first]):
            raise WrongAnswer(
                "Two calls with the same images give different results: use all pixels, not a random part."
            )
        _explain_set(cases[first], returned[first], expected[first])
    if error:
        _explain_set_error(error, cases[len(returned)])
        raise error
    _check_zeros(returned, expected)
    _check_shipped_images(answer)


def _check_zeros(returned, expected):
    """Reject a small number in place of a standard deviation of 0; rounding in float64 is far smaller."""
    for (_, std), (_, right) in zip(returned, expected, strict=True):
        largest = as_array(std)[right == 0].max(initial=0)
        if largest > 5e-7:
            raise WrongAnswer(
                f"For a colour whose pixels are all equal, your std is {largest:.2g}, and should be 0: add no small "
                "number to it, and set no lower limit."
            )


def _image_sets():
    """Lists of images: of different sizes and brightness, a single one, single pixels, and images of one colour."""
    random = np.random.default_rng(9)
    by_hand = [np.array([[[0, 51, 255], [51, 51, 255]]], np.uint8), np.array([[[102, 204, 255]]], np.uint8)]
    dark = random.integers(0, 60, (6, 4, 3), dtype=np.uint8)
    dark[:2] = 0
    return [
        (dark, random.integers(90, 256, (3, 5, 3), dtype=np.uint8), random.integers(0, 256, (4, 9, 3), dtype=np.uint8)),
        (random.integers(0, 200, (3, 150, 3), dtype=np.uint8),),
        (np.array([[[3, 90, 250]]], np.uint8),),
        (np.full((3, 4, 3), 17, np.uint8), np.full((5, 5, 3), 17, np.uint8)),
        (np.full((4, 2, 3), 30, np.uint8), np.full((2, 3, 3), 200, np.uint8)),
        tuple(by_hand),
    ]


def _call_on_sets(answer, cases):
    """Call the student's function for several lists of images, until it raises an error."""
    results = []
    for images in cases:

        def call(*copies):
            given = list(copies)
            result = answer(given)
            if len(given) != len(copies) or any(one is not other for one, other in zip(given, copies, strict=True)):
                raise WrongAnswer("Your function changes the list `images`, which belongs to the caller: make another.")
            return result

        names = [f"images[{index}]" for index in range(len(images))]
        returned, error = call_on_cases(call, [images], names)
        if isinstance(error, WrongAnswer):
            raise error
        if error:
            return results, error
        results += returned
    return results, None


def _explain_kind(value):
    """Raise a hint unless a result is a pair."""
    if isinstance(value, dict):
        raise WrongAnswer("You return a dict: return mean and std themselves, `return mean, std`.")
    if value is not None and not hasattr(value, "__len__"):
        raise WrongAnswer("You return one number: return two arrays, `return mean, std`, of one number per colour.")


def _explain_set_error(error, images):
    """Raise a hint for errors that NumPy raises after typical mistakes."""
    text, shapes = str(error), " and ".join(_times(image.shape) for image in images)
    if (
        isinstance(error, ValueError)
        and len(images) > 1
        and any(words in text for words in ("inhomogeneous", "broadcast", "must match exactly", "same shape"))
    ):
        raise WrongAnswer(
            f"Your function raises ValueError for images of {shapes}: images of different sizes can't be one array or "
            "be added. Make a table of each, with one row per pixel, before you put them together."
        ) from None
    raise WrongAnswer(
        f"Your function raises {type(error).__name__} for a list of {_count(images)}, {shapes}: {error}."
    ) from None


def _count(images):
    return "one image" if len(images) == 1 else f"{len(images)} images"


def _explain_set(images, values, expected):
    """Raise a hint that follows from the two results themselves."""
    shapes = " and ".join(_times(image.shape) for image in images)
    parts = list(values) if hasattr(values, "__len__") and not isinstance(values, str) else [values]
    if len(parts) != 2:
        if not isinstance(values, list | tuple):
            as_array(values)
        raise WrongAnswer(f"You return {len(parts)} results: return two, mean and std, each of one number per colour.")
    for name, part, right in zip(("mean", "std"), parts, expected, strict=True):
        what = f"your {name} for images of {shapes}"
        array = as_array(part, what=what)
        _explain_shape_of_statistics(array, images, what)
        if np.isnan(array).any():
            raise WrongAnswer(
                f"{what[0].upper()}{what[1:]} contains NaN. A single pixel has a std of 0: divide by n. And where all "
                "pixels are equal, rounding can make mean(x²) − mean² negative, which has no root."
            )
        if "float16" in str(getattr(part, "dtype", "")):
            raise WrongAnswer(f"Your {name} is float16, which rounds to about three digits: use float32 or float64.")
        added = array - right
        if name == "std" and right.all() and (added > 1e-9).all() and np.ptp(added) < 0.02 * added.mean():
            raise WrongAnswer(f"You added {added.mean():.1g} to each std: return the standard deviation itself.")
        if name == "std" and not right.all() and not np.isclose(array, right, atol=1e-5)[right == 0].any():
            raise WrongAnswer(
                f"{what[0].upper()}{what[1:]} is {_join(array)}: it must be 0 for a colour whose pixels are all equal. "
                "Add no small number to it, and set no lower limit."
            )
        with np.errstate(all="ignore"):
            ratios = array / right
        if not np.allclose(array, right, rtol=1e-3) and np.ptp(ratios) < 1e-4 * abs(ratios.mean()):
            raise WrongAnswer(
                f"{what[0].upper()}{what[1:]} is {ratios.mean():.4g} times the right one for each colour: do you "
                "divide by the number of pixels, and once by 255?"
            )
        hint = "It is over all pixels of all images, for one colour at a time."
        expect_close(array, right, hint=hint, what=what, atol=1e-5)


def _explain_shape_of_statistics(array, images, what):
    """Raise a hint unless a result has one number per colour."""
    if array.shape == (3,):
        return
    actual = f"has the shape {_times(array.shape)}" if array.ndim else "is a single number"
    begin = f"{what[0].upper()}{what[1:]} must have three numbers, one per colour; it {actual}."
    if array.size == 3:
        raise WrongAnswer(f"{begin} The other axes have length 1: remove them (`keepdims` keeps them).")
    if array.shape == ():
        raise WrongAnswer(f"{begin} Average over images, rows and columns, not over colours.")
    if array.shape == (len(images), 3):
        raise WrongAnswer(f"{begin} That is one row per image: put the pixels of all images together.")
    if array.shape == (sum(image.shape[0] * image.shape[1] for image in images),):
        raise WrongAnswer(f"{begin} That is one number per pixel: average over the pixels, not over the colours.")
    raise WrongAnswer(f"{begin} Wrong axis: average over the pixels, and keep the axis of the colours.")


@cache
def _shipped_images():
    """The network's crops of the first shipped galaxies."""
    survey = galviz.load_survey()
    images = [np.asarray(survey.image(object_id)) for object_id in survey.object_ids[:N_SHIPPED]]
    return tuple(central_square(image, SIDE) for image in images)


def _check_shipped_images(answer):
    """Compare the statistics of shipped galaxies; the tolerance is that of a sum in float32."""
    images = _shipped_images()
    returned, error = _call_on_sets(answer, [images])
    if error:
        raise error
    right = training_statistics(*images)
    if not is_close(returned[0], right, rtol=2e-3):
        for n in range(1, N_SHIPPED):
            if is_close(returned[0], training_statistics(*images[:n])):
                raise WrongAnswer(f"Of {N_SHIPPED} images, you used the first {n} only: use all of them.")
        again, _ = _call_on_sets(answer, [images])
        if again and not is_close(again[0], returned[0]):
            raise WrongAnswer(
                "Two calls with the same images give different results: use all pixels, not a random part."
            )
        reject_mistakes([images], returned, [right], STATISTICS_MISTAKES)
        for name, values, expected in zip(("mean", "std"), returned[0], right, strict=True):
            hint = "For a few pixels, your function is right: do you add up many numbers in float32 or in uint8?"
            expect_close(values, expected, hint=hint, what=f"your {name} of {N_SHIPPED} shipped galaxies", rtol=2e-3)
