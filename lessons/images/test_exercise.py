"""Tests of the exercises on preparing images; each takes the student's function."""

import numpy as np

from galviz.course.judge import WrongAnswer, as_array, expect_close, expect_unchanged

# Height, width and side: all ways in which what is cut off is even or odd, upright and lying images, the whole image.
CROPS = ((6, 9, 4), (5, 8, 2), (8, 5, 3), (7, 7, 4), (6, 6, 3), (9, 6, 1), (5, 5, 5), (4, 7, 4))
# One image is 3 × 3: there a mean that meets the wrong axis raises no error, and gives wrong numbers.
MEAN, STD = (0.3, 0.2, 0.1), (0.2, 0.25, 0.5)


def _image(height, width, seed):
    """Pixels, all different from their neighbours."""
    return np.random.default_rng(seed).permutation(256)[: height * width * 3].reshape(height, width, 3).astype(np.uint8)


def test_images_1(answer):
    # By hand: of 8 rows and 10 columns, a square of 4 keeps rows 2 to 5 and columns 3 to 6.
    pixels = _image(8, 10, seed=1)
    given = pixels.copy()
    found = answer(given, 4)
    expect_unchanged(pixels, given, "pixels")
    _judge_crop(found, pixels, 4)
    for seed, (height, width, side) in enumerate(CROPS, start=2):
        pixels = _image(height, width, seed)
        _judge_crop(answer(pixels.copy(), side), pixels, side)
    # As large as the course's own.
    pixels = np.random.default_rng(20).integers(0, 256, (160, 161, 3), dtype=np.uint8)
    _judge_crop(answer(pixels.copy(), 112), pixels, 112)


def _judge_crop(found, pixels, side):
    height, width, _ = pixels.shape
    top, left = (height - side) // 2, (width - side) // 2
    what = f"the central {side} × {side} pixels of an image of {height} rows and {width} columns"
    right = pixels[top : top + side, left : left + side]
    _judge_shape_of_crop(as_array(found, what=what), pixels, side, what)
    after, beside = top + (height - side) % 2, left + (width - side) % 2
    middle = height // 2 - side // 2, width // 2 - side // 2
    rounding = (
        "Where an odd number is cut off, the one more goes at the bottom and at the right: yours lies a pixel too far"
    )
    mistakes = [
        (pixels[:side, :side], "You cut from the upper left corner: the square lies in the middle."),
        (pixels[-side:, -side:], "You cut from the lower right corner: the square lies in the middle."),
        (
            _cut(pixels, left, top, side),
            "Rows and columns are exchanged: the first axis counts the rows, so its shape begins with their number.",
        ),
        (_cut(pixels, top, top, side), "You measured both edges by the height: the left edge follows from the width."),
        (
            _cut(pixels, left, left, side),
            "You measured both edges by the width: the upper edge follows from the height.",
        ),
        (
            _cut(pixels, top, 0, side),
            "The rows are right, but the columns begin at the left edge instead of the middle.",
        ),
        (_cut(pixels, 0, left, side), "The columns are right, but the rows begin at the top instead of in the middle."),
        (_cut(pixels, *middle, side), f"{rounding}. Half of the difference isn't the difference of the halves."),
        (_cut(pixels, after, beside, side), f"{rounding} down or to the right."),
        (_cut(pixels, top, beside, side), f"{rounding} to the right."),
        (_cut(pixels, after, left, side), f"{rounding} down."),
        (_cut(pixels, top - 1, left - 1, side), "Off by one: your square begins a pixel too far up and to the left."),
        (
            _cut(pixels, top + 1, left + 1, side),
            "Off by one: your square begins a pixel too far down and to the right.",
        ),
        (
            _cut(pixels, height // 2, width // 2, side),
            "Your square begins in the middle: its own middle should lie there.",
        ),
        (right.swapaxes(0, 1), "It is the right square, but rows and columns are exchanged in it."),
        (right[..., ::-1], "It is the right square, but its colours are in another order."),
        (right[::-1], "It is the right square, but upside down."),
        (right[:, ::-1], "It is the right square, but mirrored."),
        (right / 255, "It is the right square, but its values were divided by 255: leave them as they are."),
        (
            _shrunk(pixels, side),
            "You shrank the image: a crop leaves pixels out at the rim, and keeps those in the middle.",
        ),
    ]
    expect_close(found, right, [(wrong, hint) for wrong, hint in mistakes if wrong is not None], what=what)


def _judge_shape_of_crop(array, pixels, side, what):
    """Shapes that tell of a mistake; any other is left to `compare`."""
    height, width, _ = pixels.shape
    if array.shape == (side, side, 3):
        return
    wrong = f"For {what} you return the shape {' × '.join(map(str, array.shape)) or 'of a single number'}."
    if array.shape == pixels.shape:
        raise WrongAnswer(f"{wrong} Nothing was cut off.")
    if array.shape == (height - side, width - side, 3):
        raise WrongAnswer(f"{wrong} You cut off `side` pixels: it is the side of what stays.")
    if array.shape == (3, side, side):
        raise WrongAnswer(f"{wrong} The colours come last: (rows, columns, colour).")
    if array.shape == (side, side):
        raise WrongAnswer(f"{wrong} The three colours of each pixel must stay.")
    if array.size == 0 and side in (height, width):
        raise WrongAnswer(f"{wrong} Nothing is left where nothing is to be cut off: think of a slice that ends at −0.")
    if array.size == 0:
        raise WrongAnswer(f"{wrong} It is empty: does the slice end before it begins, or begin beyond the image?")
    if array.shape[2:] == (3,) and set(array.shape[:2]) <= {side - 1, side}:
        raise WrongAnswer(f"{wrong} Off by one: a slice doesn't hold the row or column at its end.")
    if array.shape[2:] == (3,) and set(array.shape[:2]) <= {side, side + 1}:
        odd = [(full - side) % 2 for full, got in zip(pixels.shape[:2], array.shape[:2], strict=True) if got > side]
        raise WrongAnswer(
            f"{wrong} Where an odd number is cut off, both edges can't lose the same."
            if all(odd)
            else f"{wrong} One too many: a slice from a to b holds b − a rows or columns, b itself not among them."
        )
    if array.ndim == 3 and array.shape[2] != 3 and array.shape[1] == side:
        raise WrongAnswer(
            f"{wrong} You cut the colours: rows are the first axis, columns the second, colours the last."
        )
    if array.shape in ((side, width, 3), (height, side, 3)):
        raise WrongAnswer(f"{wrong} You cut along one axis alone: rows and columns both must go.")


def _cut(pixels, top, left, side):
    """A square from a given corner; None where it isn't all in the image."""
    cut = pixels[top : top + side, left : left + side] if min(top, left) >= 0 else None
    return cut if cut is not None and cut.shape[:2] == (side, side) else None


def _shrunk(pixels, side):
    height, width, _ = pixels.shape
    return pixels[np.arange(side) * height // side][:, np.arange(side) * width // side]


def test_images_2(answer):
    # By hand: 51 is a fifth of 255, so red's (0.2 − 0.3) / 0.2 = −0.5.
    pixels = np.array(
        [
            [[51, 102, 5], [250, 51, 153], [10, 5, 204]],
            [[102, 204, 51], [153, 5, 102], [204, 153, 51]],
            [[8, 250, 204], [51, 51, 51], [7, 200, 100]],
        ],
        dtype=np.uint8,
    )
    given = pixels.copy()
    found = _asked(answer, given, MEAN, STD)
    expect_unchanged(pixels, given, "pixels")
    _judge_normalised(found, pixels, MEAN, STD)
    pixels = np.random.default_rng(6).integers(0, 256, (4, 5, 3), dtype=np.uint8)
    mean, std = np.array([0.05, 0.4, 0.5]), np.array([0.1, 0.09, 0.3])
    kept = mean.copy(), std.copy()
    found = _asked(answer, pixels.copy(), mean, std)
    expect_unchanged(kept[0], mean, "mean")
    expect_unchanged(kept[1], std, "std")
    _judge_normalised(found, pixels, mean, std)
    dark = np.full((2, 3, 3), 3, dtype=np.uint8)
    found = _asked(answer, dark.copy(), [0.5, 0.25, 0.1], [0.5, 0.25, 0.1])
    _judge_normalised(found, dark, [0.5, 0.25, 0.1], [0.5, 0.25, 0.1])


def _asked(answer, pixels, mean, std):
    """What is answered; a mean that meets the wrong axis raises an error where sizes don't fit."""
    try:
        return answer(pixels, mean, std)
    except ValueError as error:
        if "broadcast" not in str(error):
            raise
        raise WrongAnswer(
            f"Shapes don't fit for an image of {pixels.shape[0]} rows and {pixels.shape[1]} columns: the colours are "
            "its last axis, and the three means belong to that."
        ) from None


def _judge_normalised(found, pixels, mean, std):
    x, mean, std = pixels.astype(float), np.asarray(mean, float), np.asarray(std, float)
    share = x / 255
    right = np.stack([(share[..., place] - mean[place]) / std[place] for place in range(3)], axis=-1)
    own_mean, own_std = share.mean(axis=(0, 1)), share.std(axis=(0, 1))
    with np.errstate(all="ignore"):
        mistakes = [
            *_slips(x, share, mean, std),
            (right.astype(np.uint8), WHOLE),
            (np.clip(right, 0, 255).astype(np.uint8), WHOLE),
            (right.astype(int), WHOLE),
            (
                (pixels - np.round(255 * mean).astype(np.uint8)) / (255 * std),
                "You subtracted while the pixels were uint8, which knows no negative numbers: 3 − 5 becomes 254 there.",
            ),
            (
                (pixels - (255 * mean).astype(np.uint8)) / (255 * std),
                "You subtracted while the pixels were uint8, which knows no negative numbers: 3 − 5 becomes 254 there.",
            ),
            (
                (pixels // 255 - mean) / std,
                "You divided by 255 in whole numbers: what is behind the point is lost, and nearly all becomes 0.",
            ),
            (
                (share - own_mean) / own_std,
                "You took the mean and standard deviation of this image: use those that are given, whatever the image.",
            ),
            (
                (share - share.mean()) / share.std(),
                "You took one mean and standard deviation of this whole image: use those that are given, by colour.",
            ),
            (
                (x - x.min()) / np.ptp(x),
                "You stretched this image to 0 and 1: use the mean and standard deviation that are given.",
            ),
            ((share - own_mean) / std, "You subtracted this image's own mean: use the mean that is given."),
            (
                (share - mean) / own_std,
                "You divided by this image's own standard deviation: use the one that is given.",
            ),
            (right.transpose(2, 0, 1), "The numbers are right, but the colours must stay the last axis."),
            (right[..., ::-1], "The numbers are right, but their colours are in another order than the pixels'."),
            (
                (x / x.max() - mean) / std,
                "You divided by this image's largest value: divide by 255, whatever the image.",
            ),
            (np.clip(right, 0, None), "You cut off negative numbers: what is darker than the mean is below zero."),
            (np.clip(right, 0, 1), "You cut the numbers off at 0 and 1: they spread around zero, on both sides."),
            (np.abs(right), "You took away the signs: what is darker than the mean is below zero."),
        ]
        for axis, name in ((0, "rows"), (1, "columns")):
            if pixels.shape[axis] == 3:
                shape = [3 if place == axis else 1 for place in range(3)]
                wrong = (share - mean.reshape(shape)) / std.reshape(shape)
                hint = f"Wrong axis: your three means met the image's {name}. The colours are its last axis."
                mistakes.append((wrong, hint))
    expect_close(
        found, right, mistakes, what=f"what you return for {pixels.shape[0]} × {pixels.shape[1]} pixels", atol=1e-5
    )


WHOLE = "Your numbers were turned into whole ones at the end: negative ones and what is behind the point are lost."


def _slips(x, share, mean, std):
    """What mistakes in the formula give, and their hints."""
    return [
        ((x - mean) / std, "You forgot to divide the pixels by 255: mean and std are on a scale of 0 to 1."),
        ((x / 256 - mean) / std, "You divided by 256: the largest value is 255, and becomes 1."),
        (
            (x - mean) / std / 255,
            "You divided by 255 after the rest: mean and std are on a scale of 0 to 1, so do it first.",
        ),
        (
            (share - mean) / std**2,
            "You divided by the variance, the square of what is asked for: the standard deviation is given.",
        ),
        ((share - mean) / np.sqrt(std), "You took the root of std: it is the standard deviation already."),
        ((share - mean) * std, "You multiplied by the standard deviation: divide by it."),
        (
            share / std - mean,
            "You divided by the standard deviation before you subtracted the mean: mind the brackets.",
        ),
        (share - mean / std, "Only the mean was divided by the standard deviation: mind the brackets."),
        (x / 255 - mean, "You subtracted the mean, and didn't divide by the standard deviation."),
        (share / std, "You divided by the standard deviation, and didn't subtract the mean."),
        ((share + mean) / std, "You added the mean: subtract it."),
        ((mean - share) / std, "The signs are turned: it is the pixel less the mean, so bright is positive."),
        (
            (share - mean.mean()) / std.mean(),
            "You took one mean and one standard deviation for all colours: each colour has its own.",
        ),
        ((share - mean[0]) / std[0], "You used the numbers of red for all colours: each colour has its own."),
        ((share - mean.mean()) / std, "You took one mean for all colours: each colour has its own."),
        ((share - mean) / std.mean(), "You took one standard deviation for all colours: each colour has its own."),
        (
            (share - mean[::-1]) / std[::-1],
            "The colours are exchanged: the first mean is that of red, the first channel.",
        ),
        ((share - std) / mean, "You exchanged mean and std."),
        (share, "You divided by 255, and left out mean and standard deviation."),
        (x, "You returned the pixels as they were."),
    ]
