"""Tests of the exercises on preparing images; each takes the student's function.

A mistake is a function with the student's parameters. Its hint is shown if it explains the student's results for all
images, or at least the first wrong one.
"""

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect_close
from galviz.course.mistakes import call_on_cases, is_close, reject_mistakes, returns_same
from lessons.images.mistakes import CROP_MISTAKES, NORMALISATION_MISTAKES, central_square, normalised

# Height, width and side: even and odd numbers to remove, tall and wide images, the whole image, a single pixel.
CROP_SIZES = (
    *((8, 10, 4), (6, 9, 4), (5, 8, 2), (8, 5, 3), (7, 7, 4), (6, 6, 3), (9, 6, 1), (5, 5, 5), (4, 7, 4)),
    *((9, 7, 4), (10, 5, 2), (3, 1, 1), (1, 1, 1), (160, 161, 112)),
)


def test_images_1(answer):
    cases = [(_random_image(height, width, seed), side) for seed, (height, width, side) in enumerate(CROP_SIZES)]
    expected = [central_square(pixels, side) for pixels, side in cases]
    returned, error = call_on_cases(answer, cases, ("pixels", "side"))
    wrong = [index for index, crop in enumerate(returned) if not is_close(crop, expected[index])]
    if wrong:
        _explain_crop(answer, cases, returned, expected, wrong[0])
    if error:
        raise error


def _explain_crop(centre_crop, cases, returned, expected, first):
    """Raise the hint for a wrong crop; `first` is the index of the first wrong case."""
    reject_mistakes(cases, returned, expected, CROP_MISTAKES)
    small, large = cases[0][0], cases[-1][0]
    if all(returns_same(centre_crop, (image, side), (image, side - 1)) for image, side in (cases[0], cases[-1])):
        raise WrongAnswer("Your result is the same for each `side`: use the parameter, not a fixed number of pixels.")
    if not returns_same(centre_crop, (large, 4), (large, 4)) or not returns_same(centre_crop, (small, 2), (small, 2)):
        raise WrongAnswer("Two calls with the same image return different squares: the central square isn't random.")
    reject_mistakes(cases[first:], returned[first : first + 1], expected[first:], CROP_MISTAKES)
    pixels, side = cases[first]
    height, width, _ = pixels.shape
    what = f"the central {side} × {side} pixels of an image of {height} rows and {width} columns"
    array = as_array(returned[first], what=what)
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
    wrong = [index for index, values in enumerate(returned) if not is_close(values, expected[index])]
    if wrong:
        first = wrong[0]
        reject_mistakes(cases, returned, expected, NORMALISATION_MISTAKES)
        _explain_sequences(answer, cases[first], expected[first])
        _explain_ignored(answer, cases[1])
        reject_mistakes(cases[first:], returned[first : first + 1], expected[first:], NORMALISATION_MISTAKES)
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
        (random.integers(0, 100, (5, 4, 3), dtype=np.uint8), [0.9, 0.8, 0.95], [0.001, 0.002, 0.0015]),
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
        if (added > 0).all() and np.ptp(added) < 0.05 * added.mean():
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
