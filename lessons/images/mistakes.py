"""Typical mistakes in the exercises on preparing images, each a wrong function with its hint."""

from collections.abc import Callable, Sequence
from itertools import combinations, product

import numpy as np

Crop = Callable[[np.ndarray, int], np.ndarray]
Normalisation = Callable[[np.ndarray, Sequence[float], Sequence[float]], np.ndarray]


def _cut_at(corner: Callable[[int, int, int], tuple[int, int]]) -> Crop:
    """A mistake that puts the square's upper left corner elsewhere: `corner` takes height, width and side."""

    def crop(pixels: np.ndarray, side: int) -> np.ndarray:
        top, left = corner(*pixels.shape[:2], side)
        return pixels[top : top + side, left : left + side]

    return crop


def _slice_both(begin: Callable[[int, int], int], end: Callable[[int, int], int]) -> Crop:
    """A mistake in the slice of each axis: `begin` and `end` take the axis's length and the side."""

    def crop(pixels: np.ndarray, side: int) -> np.ndarray:
        rows, columns = (slice(begin(length, side), end(length, side)) for length in pixels.shape[:2])
        return pixels[rows, columns]

    return crop


def _slice_each(rows: Callable[[int, int], slice], columns: Callable[[int, int], slice]) -> Crop:
    """A mistake in the slice of one axis or both: each function takes the axis's length and the side."""
    return lambda pixels, side: pixels[rows(pixels.shape[0], side), columns(pixels.shape[1], side)]


def _end_by_side(length: int, side: int) -> slice:
    """The right slice."""
    begin = _half(length, side)
    return slice(begin, begin + side)


def _end_at_begin(length: int, side: int) -> slice:
    """A mistake: the end is as far from the last pixel as the beginning is from the first."""
    begin = _half(length, side)
    return slice(begin, -begin)


def _end_at_removed(length: int, side: int) -> slice:
    """A mistake if nothing is removed at the end, because −0 is the index 0."""
    begin = _half(length, side)
    return slice(begin, -(length - side - begin))


def _end_at_mirror(length: int, side: int) -> slice:
    """A mistake: as many pixels are removed at the end as at the beginning."""
    begin = _half(length, side)
    return slice(begin, length - begin)


def _half(length: int, side: int) -> int:
    return (length - side) // 2


def _half_up(length: int, side: int) -> int:
    return (length - side + 1) // 2


central_square = _cut_at(lambda height, width, side: (_half(height, side), _half(width, side)))


def _on_central_square(change: Callable[[np.ndarray], np.ndarray]) -> Crop:
    """A mistake that changes the right square afterwards."""
    return lambda pixels, side: change(central_square(pixels, side))


def _crop_twice(pixels: np.ndarray, side: int) -> np.ndarray:
    return central_square(central_square(pixels, min(pixels.shape[:2])), side)


def _shrink(pixels: np.ndarray, side: int) -> np.ndarray:
    height, width, _ = pixels.shape
    return pixels[np.arange(side) * height // side][:, np.arange(side) * width // side]


def _thin_out(pixels: np.ndarray, side: int) -> np.ndarray:
    height, width, _ = pixels.shape
    return pixels[:: height // side, :: width // side][:side, :side]


NEGATIVE_END = (
    "Your slice ends at a negative index, which fails if nothing is to be removed at that end: −0 is 0, so the slice "
    "is empty. Count the end from the first index: add `side` to it."
)
EXTRA = "If an odd number is removed, the extra row is removed at the bottom, and the extra column at the right"
SHRUNK = "You shrank the image: a crop removes the pixels at the rim, and leaves those in the centre unchanged."
OFF_BY_ONE = "Off by one: your square begins one pixel too far"
CROP_MISTAKES: tuple[tuple[Crop, str], ...] = (
    (lambda pixels, side: pixels, "You return the whole image: nothing was removed."),
    (lambda pixels, side: pixels[:side, :side], "You cut from the upper left corner: the square is in the centre."),
    (lambda pixels, side: pixels[-side:, -side:], "You cut from the lower right corner: the square is in the centre."),
    (
        _cut_at(lambda h, w, side: (_half(w, side), _half(h, side))),
        "Height and width are exchanged: `pixels.shape` is (height, width, 3), because the rows are the first axis.",
    ),
    (
        _cut_at(lambda h, w, side: (_half(h, side), _half(h, side))),
        "You computed both edges from the height: compute the left edge from the width.",
    ),
    (
        _cut_at(lambda h, w, side: (_half(w, side), _half(w, side))),
        "You computed both edges from the width: compute the upper edge from the height.",
    ),
    *(
        (
            _cut_at(lambda h, w, side, choose=choose: (_half(choose(h, w), side), _half(choose(h, w), side))),
            f"You computed both edges from the {word} of height and width: the upper edge depends on the height, the "
            "left one on the width.",
        )
        for choose, word in ((min, "smaller"), (max, "larger"))
    ),
    (
        lambda pixels, side: pixels[:side, -side:],
        "You cut from the upper right corner: the square is in the centre.",
    ),
    (
        lambda pixels, side: pixels[-side:, :side],
        "You cut from the lower left corner: the square is in the centre.",
    ),
    (
        _cut_at(lambda h, w, side: (h - side, _half(w, side))),
        "The columns are right, but your rows end at the bottom: they are in the centre too.",
    ),
    (
        _cut_at(lambda h, w, side: (_half(h, side), w - side)),
        "The rows are right, but your columns end at the right edge: they are in the centre too.",
    ),
    (
        _cut_at(lambda h, w, side: (h // 4, w // 4)),
        "Your square always begins after a quarter of the image: where it begins depends on `side`, too.",
    ),
    (
        _cut_at(lambda h, w, side: (_half(h, side), 0)),
        "The rows are right, but your columns begin at the left edge: they are in the centre too.",
    ),
    (
        _cut_at(lambda h, w, side: (0, _half(w, side))),
        "The columns are right, but your rows begin at the top: they are in the centre too.",
    ),
    (
        _cut_at(lambda h, w, side: (_half_up(h, side), _half_up(w, side))),
        f"{EXTRA}: you rounded up, so your square is one pixel too far down or to the right. `//` rounds down.",
    ),
    (
        _cut_at(lambda h, w, side: (_half(h, side), _half_up(w, side))),
        f"{EXTRA}: the rows are right, but the columns are rounded up. `//` rounds down.",
    ),
    (
        _cut_at(lambda h, w, side: (_half_up(h, side), _half(w, side))),
        f"{EXTRA}: the columns are right, but the rows are rounded up. `//` rounds down.",
    ),
    (
        _cut_at(lambda h, w, side: (h // 2 - side // 2, w // 2 - side // 2)),
        f"{EXTRA}. You divided height and side by 2 separately, which rounds twice: divide their difference.",
    ),
    (
        _cut_at(lambda h, w, side: (h // 2 - (side + 1) // 2, w // 2 - (side + 1) // 2)),
        f"{EXTRA}. You divided height and side by 2 separately, and rounded one of them up: divide their difference.",
    ),
    (
        _cut_at(lambda h, w, side: (round((h - side) / 2), round((w - side) / 2))),
        f"{EXTRA}. `round` rounds a half to the next even number, up or down: `//` always rounds down.",
    ),
    (_crop_twice, f"{EXTRA}. You cropped twice, which rounds twice: compute the edges once, for the final square."),
    (_cut_at(lambda h, w, side: (_half(h, side) - 1, _half(w, side) - 1)), f"{OFF_BY_ONE} up and to the left."),
    (
        _cut_at(lambda h, w, side: (_half(h, side) + 1, _half(w, side) + 1)),
        f"{OFF_BY_ONE} down and to the right. Python counts from 0.",
    ),
    (_cut_at(lambda h, w, side: (_half(h, side) - 1, _half(w, side))), f"{OFF_BY_ONE} up."),
    (_cut_at(lambda h, w, side: (_half(h, side) + 1, _half(w, side))), f"{OFF_BY_ONE} down."),
    (_cut_at(lambda h, w, side: (_half(h, side), _half(w, side) - 1)), f"{OFF_BY_ONE} to the left."),
    (_cut_at(lambda h, w, side: (_half(h, side), _half(w, side) + 1)), f"{OFF_BY_ONE} to the right."),
    (
        _cut_at(lambda h, w, side: (h // 2, w // 2)),
        "Your square begins in the centre of the image: its own centre must be there.",
    ),
    (
        _slice_both(lambda length, side: length // 2 - side // 2, lambda length, side: length // 2 + side // 2),
        "For an odd side, twice `side // 2` is one pixel too few: add `side` to the first index instead.",
    ),
    (
        _slice_both(lambda length, side: length // 2 - side // 2, lambda length, side: length // 2 + side // 2 + 1),
        "For an even side, a middle pixel and `side // 2` on both sides are too many: add `side` to the first index.",
    ),
    *(
        (_slice_each(rows, columns), NEGATIVE_END)
        for rows, columns in product((_end_by_side, _end_at_removed), repeat=2)
        if _end_at_removed in (rows, columns)
    ),
    *(
        (
            _slice_each(rows, columns),
            "Your slice ends at −top or −left: it is empty if that is 0, and one too long if the number to remove is "
            "odd.",
        )
        for rows, columns in product((_end_by_side, _end_at_removed, _end_at_begin), repeat=2)
        if _end_at_begin in (rows, columns)
    ),
    *(
        (
            _slice_each(rows, columns),
            "You removed equally many at both ends: if the number to remove is odd, remove one more at the second end.",
        )
        for rows, columns in product((_end_by_side, _end_at_mirror), repeat=2)
        if _end_at_mirror in (rows, columns)
    ),
    (
        _slice_both(lambda length, side: _half(length, side), lambda length, side: _half(length, side) + side - 1),
        "Off by one: a slice doesn't contain the row or column at its end, so yours is one too short.",
    ),
    (
        _slice_both(lambda length, side: _half(length, side), lambda length, side: _half(length, side) + side + 1),
        "One row and one column too many: a slice from a to b has b − a of them, without b.",
    ),
    (
        _slice_both(lambda length, side: _half(length, side) + 1, lambda length, side: _half(length, side) + side),
        "Off by one: your slices leave out the first row and column. Python counts from 0.",
    ),
    (
        lambda pixels, side: pixels[_half(len(pixels), side) :][:side],
        "You cut the rows only: remove columns at the left and right as well.",
    ),
    (
        lambda pixels, side: pixels[:, _half(pixels.shape[1], side) :][:, :side],
        "You cut the columns only: remove rows at the top and bottom as well.",
    ),
    (
        _slice_both(lambda length, side: side // 2, lambda length, side: length - side + side // 2),
        "You removed `side` rows and columns: `side` is the size of the square that is left.",
    ),
    (
        _slice_both(lambda length, side: side, lambda length, side: -side),
        "You removed `side` pixels at each end: `side` is the size of the square that is left.",
    ),
    (_on_central_square(lambda square: square.swapaxes(0, 1)), "The right square, but rows and columns are exchanged."),
    (_on_central_square(lambda square: square[..., ::-1]), "The right square, but its colours are in another order."),
    (_on_central_square(lambda square: square[::-1]), "The right square, but upside down."),
    (_on_central_square(lambda square: square[:, ::-1]), "The right square, but mirrored."),
    (_on_central_square(lambda square: square[::-1, ::-1]), "The right square, but rotated by 180°."),
    (_on_central_square(np.rot90), "The right square, but rotated by 90°."),
    (_on_central_square(lambda square: np.rot90(square, -1)), "The right square, but rotated by −90°."),
    (
        _on_central_square(lambda square: np.repeat(square.mean(axis=2, keepdims=True), 3, axis=2)),
        "The right square, but without its colours: you averaged red, green and blue. Leave the values unchanged.",
    ),
    (
        _on_central_square(lambda square: square / 255),
        "The right square, but its values are divided by 255: leave them unchanged.",
    ),
    (
        _on_central_square(lambda square: square.transpose(2, 0, 1)),
        "The right square, but with the colours first: they are the last axis.",
    ),
    *(
        (
            _on_central_square(lambda square, colour=colour: square[..., colour]),
            f"You return only the channel with the index {colour}: keep all three colours of each pixel.",
        )
        for colour in range(3)
    ),
    (
        _on_central_square(lambda square: square.mean(axis=2)),
        "You averaged the colours: keep all three colours of each pixel.",
    ),
    (_on_central_square(lambda square: square[0]), "You return the first row of the square only."),
    (
        _on_central_square(np.squeeze),
        "You removed axes of length 1 (`squeeze`): for a side of 1 the shape is 1 × 1 × 3.",
    ),
    (_shrink, SHRUNK),
    (
        lambda pixels, side: np.resize(pixels, (side, side, 3)),
        "You filled a square with the first pixels of the image, in reading order (`resize` or `reshape`), which mixes "
        "its rows: select rows and columns with slices.",
    ),
    (_thin_out, "You took every n-th row and column of the whole image: a crop keeps neighbouring pixels together."),
)


def normalised(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    """The right result, colour by colour."""
    return np.stack([(pixels[..., i] / 255 - mean[i]) / std[i] for i in range(3)], axis=-1)


def _formula(compute: Callable[..., np.ndarray]) -> Normalisation:
    """A mistake in the formula: `compute` takes floats x, y = x / 255, mean m and std s."""
    return lambda pixels, mean, std: compute(pixels.astype(float), pixels / 255, np.asarray(mean), np.asarray(std))


def _on_normalised(change: Callable[[np.ndarray], np.ndarray]) -> Normalisation:
    """A mistake that changes the right result afterwards."""
    return lambda pixels, mean, std: change(normalised(pixels, mean, std))


def _along_axis(axis: int) -> Normalisation:
    """A mistake that aligns mean and std with the rows (0) or columns (1); it fits three of them only."""

    def compute(x: np.ndarray, scaled: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
        shape = [3 if i == axis else 1 for i in range(3)]
        if x.shape[axis] != 3:
            return np.full(x.shape, np.nan)
        return (scaled - mean.reshape(shape)) / std.reshape(shape)

    return _formula(compute)


def _subtract_as_uint8(convert: Callable[[np.ndarray], np.ndarray]) -> Normalisation:
    """A mistake: the mean is subtracted in uint8; `convert` makes whole numbers of 255 times the mean."""
    return lambda pixels, mean, std: (
        (pixels - convert(255 * np.asarray(mean)).astype(np.uint8)) / (255 * np.asarray(std))
    )


def _only_first_colour(pixels: np.ndarray, mean: Sequence[float], std: Sequence[float]) -> np.ndarray:
    result = pixels / 255
    result[..., 0] = normalised(pixels, mean, std)[..., 0]
    return result


def _in_float16(*rounded: str) -> Normalisation:
    """A mistake: some quantities are rounded as float16 does, of scaled pixels, statistics, difference and result."""

    def compute(x: np.ndarray, scaled: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
        def hold(values: np.ndarray, name: str) -> np.ndarray:
            return np.float16(values).astype(float) if name in rounded else values

        difference = hold(scaled, "pixels") - hold(mean, "statistics")
        return hold(hold(difference, "difference") / hold(std, "statistics"), "result")

    return _formula(compute)


def _own_statistics(axis: tuple[int, ...] | None, ddof: int) -> Normalisation:
    """A mistake: statistics of the image itself. They are NaN for a single pixel or a single colour."""

    def compute(x: np.ndarray, scaled: np.ndarray, mean: np.ndarray, std: np.ndarray) -> np.ndarray:
        if len(x) == 1:
            return np.full(x.shape, np.nan)
        own_std = scaled.std(axis=axis, ddof=ddof)
        return (scaled - scaled.mean(axis=axis)) / np.where(own_std > 1e-12, own_std, np.nan)

    return _formula(compute)


WHOLE_NUMBERS = "You converted the result to integers: decimals are lost, and in uint8 signs too. Return floats."
UINT8 = "You subtracted while the pixels were uint8, which has no negative numbers: there 3 − 5 is 254. Divide first."
HALF_PRECISION = "You computed in float16, which rounds to about three digits: use float32 or float64."
OWN = "You used the mean and standard deviation of this image: use `mean` and `std`, for every image."
NORMALISATION_MISTAKES: tuple[tuple[Normalisation, str], ...] = (
    (
        _formula(lambda x, y, m, s: (x - m) / s),
        "You forgot to divide the pixels by 255: mean and std are on a scale of 0 to 1.",
    ),
    (
        _formula(lambda x, y, m, s: (x / 256 - m) / s),
        "You divided by 256: divide by 255, the largest value, which then becomes 1.",
    ),
    (
        _formula(lambda x, y, m, s: (x / 100 - m) / s),
        "You divided by 100: pixels are no percentages, their scale ends at 255.",
    ),
    (
        _formula(lambda x, y, m, s: (x - m) / s / 255),
        "You divided by 255 at the end: mean and std are on a scale of 0 to 1, so divide the pixels by 255 first.",
    ),
    (
        _formula(lambda x, y, m, s: (x - 255 * m) / s),
        "You multiplied the mean by 255, but not std: divide the pixels by 255 instead, and both are on their scale.",
    ),
    (
        _formula(lambda x, y, m, s: (y - m) / (255 * s)),
        "You multiplied std by 255, though the pixels are divided by 255 already: use `std` as it is.",
    ),
    (
        _formula(lambda x, y, m, s: y * s + m),
        "You multiplied by std and added the mean, which is the way back: subtract the mean, and divide by std.",
    ),
    (
        _formula(lambda x, y, m, s: (y[..., ::-1] - m) / s),
        "You reversed the colours of the pixels first: red is the first of the last axis, and stays the first.",
    ),
    (
        _formula(lambda x, y, m, s: (y - m) / s**2),
        "You divided by the variance, the square of std: divide by the standard deviation, `std` itself.",
    ),
    (
        _formula(lambda x, y, m, s: (y - m) / np.sqrt(s)),
        "You took the square root of std: it is the standard deviation already, not the variance.",
    ),
    (_formula(lambda x, y, m, s: (y - m) * s), "You multiplied by the standard deviation: divide by it."),
    (
        _formula(lambda x, y, m, s: y / s - m),
        "You divided by the standard deviation before you subtracted the mean: set brackets.",
    ),
    (_formula(lambda x, y, m, s: y - m / s), "You divided only the mean by the standard deviation: set brackets."),
    (_formula(lambda x, y, m, s: y - m), "You subtracted the mean, and didn't divide by the standard deviation."),
    (_formula(lambda x, y, m, s: y / s), "You divided by the standard deviation, and didn't subtract the mean."),
    (_formula(lambda x, y, m, s: (y + m) / s), "You added the mean: subtract it."),
    (
        _formula(lambda x, y, m, s: (m - y) / s),
        "The signs are reversed: subtract the mean from the pixel, so bright pixels are positive.",
    ),
    (
        _formula(lambda x, y, m, s: (y - m.mean()) / s.mean()),
        "You used one mean and one standard deviation for all colours: each colour has its own.",
    ),
    *(
        (
            _formula(lambda x, y, m, s, i=i: (y - m[i]) / s[i]),
            f"You used the mean and standard deviation of {name} for all colours: each colour has its own.",
        )
        for i, name in enumerate(("red", "green", "blue"))
    ),
    (_formula(lambda x, y, m, s: (y - m.mean()) / s), "You used one mean for all colours: each colour has its own."),
    (
        _formula(lambda x, y, m, s: (y - m) / s.mean()),
        "You used one standard deviation for all colours: each colour has its own.",
    ),
    (_formula(lambda x, y, m, s: (y - m[0]) / s), "You used the mean of red for all colours: each colour has its own."),
    (
        _formula(lambda x, y, m, s: (y - m) / s[0]),
        "You used the standard deviation of red for all colours: each colour has its own.",
    ),
    (
        _formula(lambda x, y, m, s: (y - m[::-1]) / s[::-1]),
        "The statistics are in reverse order: the first mean belongs to red, the first channel.",
    ),
    (_formula(lambda x, y, m, s: (y - s) / m), "You exchanged mean and std."),
    (_formula(lambda x, y, m, s: y), "You divided by 255, and left out the mean and the standard deviation."),
    (
        _formula(lambda x, y, m, s: (2 * y - 1 - m) / s),
        "You scaled the pixels to −1 to 1 first: divide by 255, which scales them to 0 to 1, as mean and std are.",
    ),
    (_formula(lambda x, y, m, s: x), "You returned the pixels unchanged."),
    (_on_normalised(lambda right: right.astype(np.uint8)), WHOLE_NUMBERS),
    (_on_normalised(lambda right: np.clip(right, 0, 255).astype(np.uint8)), WHOLE_NUMBERS),
    (_on_normalised(lambda right: right.astype(int)), WHOLE_NUMBERS),
    (_subtract_as_uint8(np.round), UINT8),
    (_subtract_as_uint8(np.trunc), UINT8),
    (
        lambda pixels, mean, std: (pixels // 255 - np.asarray(mean)) / np.asarray(std),
        "You divided by 255 in integers (`//`): the decimals are lost, and nearly all values become 0.",
    ),
    (_own_statistics((0, 1), 0), OWN),
    (_own_statistics((0, 1), 1), OWN),
    (
        _own_statistics(None, 0),
        "You used one mean and standard deviation of this whole image: use `mean` and `std`, one number per colour.",
    ),
    (
        _formula(lambda x, y, m, s: (x - x.min()) / np.ptp(x)),
        "You stretched this image to the range of 0 to 1: use `mean` and `std`.",
    ),
    (
        _formula(lambda x, y, m, s: (y - y.mean(axis=(0, 1))) / s),
        "You subtracted the mean of this image: use `mean`, for every image.",
    ),
    (
        _formula(lambda x, y, m, s: (y - m) / y.std(axis=(0, 1))),
        "You divided by the standard deviation of this image: use `std`, for every image.",
    ),
    (
        _formula(lambda x, y, m, s: (x / x.max() - m) / s),
        "You divided by this image's largest value: divide by 255, for every image.",
    ),
    (_only_first_colour, "You normalised red only: green and blue are normalised too."),
    (
        _on_normalised(lambda right: right.transpose(2, 0, 1)),
        "The numbers are right, but the colours are the first axis: they must stay the last.",
    ),
    (
        _on_normalised(lambda right: np.moveaxis(right, -1, 0).reshape(right.shape)),
        "You joined the colours along the first axis, then used `reshape`, which mixes the pixels: the colours are the "
        "last axis, so join them there.",
    ),
    (_on_normalised(lambda right: right.swapaxes(0, 1)), "The numbers are right, but rows and columns are exchanged."),
    (_on_normalised(lambda right: right[..., ::-1]), "The numbers are right, but their colours are in reverse order."),
    (
        _on_normalised(lambda right: right.reshape(-1, 3)),
        "The numbers are right, but in one long list of pixels: keep the axes of rows and columns.",
    ),
    (_on_normalised(np.squeeze), "You removed axes of length 1 (`squeeze`): keep the shape of the image."),
    (_on_normalised(lambda right: right.mean(axis=2)), "You averaged the colours: keep one number per colour."),
    (_on_normalised(lambda right: right[0]), "You return the first row of pixels only."),
    (
        _on_normalised(lambda right: np.clip(right, 0, None)),
        "You set negative numbers to 0: pixels darker than the mean are below zero.",
    ),
    (
        _on_normalised(lambda right: np.clip(right, 0, 1)),
        "You clipped the result to 0 and 1: it is on both sides of zero, and may exceed 1.",
    ),
    (
        _on_normalised(lambda right: np.clip(right, -1, 1)),
        "You clipped the result to −1 and 1: values far from zero must stay as they are.",
    ),
    (_on_normalised(np.abs), "You removed the signs: pixels darker than the mean are below zero."),
    (_on_normalised(lambda right: 100 * right), "Your result is 100 times too large: it is no percentage."),
    (_along_axis(0), "Wrong axis: your three means are aligned with the rows. The colours are the last axis."),
    (_along_axis(1), "Wrong axis: your three means are aligned with the columns. The colours are the last axis."),
    *(
        (_in_float16(*rounded), HALF_PRECISION)
        for n in (1, 2, 3, 4)
        for rounded in combinations(("pixels", "statistics", "difference", "result"), n)
    ),
)
