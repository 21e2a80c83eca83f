"""Typical mistakes in scaling pixels and in the statistics of a training set, each a wrong function with its hint."""

from collections.abc import Callable, Sequence

import numpy as np

Scaling = Callable[[np.ndarray], np.ndarray]
# Takes the images as separate arguments, and returns mean and standard deviation as two rows.
Statistics = Callable[..., np.ndarray]


def in_unit_range(pixels: np.ndarray) -> np.ndarray:
    """The right result, from a table of all 256 values."""
    return np.linspace(0, 1, 256)[pixels]


def _on_right(change: Callable[[np.ndarray], np.ndarray]) -> Scaling:
    """A mistake that changes the right result afterwards."""
    return lambda pixels: change(in_unit_range(pixels))


def _standardise(pixels: np.ndarray) -> np.ndarray:
    return (pixels - pixels.mean()) / pixels.std() if np.ptp(pixels) else np.full(pixels.shape, np.nan)


def _by_colour(pixels: np.ndarray) -> np.ndarray:
    """A mistake with the largest value of each colour, the last axis; NaN where it is 0."""
    largest = pixels.reshape(-1, pixels.shape[-1]).max(axis=0)
    return pixels / np.where(largest > 0, largest, np.nan)


def _stretch(pixels: np.ndarray) -> np.ndarray:
    return (pixels - float(pixels.min())) / np.ptp(pixels) if np.ptp(pixels) else np.full(pixels.shape, np.nan)


SCALING_MISTAKES: tuple[tuple[Scaling, str], ...] = (
    (lambda pixels: pixels, "You return the pixels unchanged: divide them by 255."),
    (lambda pixels: pixels / 256, "You divided by 256, the number of values. Divide by 255, the largest one."),
    (lambda pixels: pixels / 254, "You divided by 254: the largest value is 255."),
    (lambda pixels: pixels / 100, "You divided by 100: pixels are no percentages, their scale ends at 255."),
    (lambda pixels: 100 * (pixels / 255), "Your result is a percentage, 0 to 100: return 0 to 1."),
    (lambda pixels: pixels * 255.0, "You multiplied by 255: divide by it."),
    (lambda pixels: pixels * np.uint8(255), "You multiplied by 255, in uint8: divide by 255."),
    (
        lambda pixels: pixels.astype(np.int8) / 255,
        "You converted the pixels to int8, which ends at 127, so bright pixels become negative: divide them as they "
        "are.",
    ),
    (lambda pixels: pixels / 255 / 255, "You divided by 255 twice: once is enough."),
    (lambda pixels: pixels / 255 * 2 - 1, "You scaled to the range of −1 to 1: return 0 to 1."),
    (lambda pixels: 1 - pixels / 255, "Your result is inverted: 0 must stay 0, and 255 becomes 1."),
    (lambda pixels: pixels / 255 - 0.5, "You subtracted 0.5: the range begins at 0."),
    (
        lambda pixels: pixels / (pixels.max() or np.nan),
        "You divided by the largest value of this image. Divide by 255, the largest possible one, so that images "
        "remain comparable.",
    ),
    (
        _by_colour,
        "You divided each colour by its own largest value. Divide by 255, the largest possible one, so that images and "
        "colours remain comparable.",
    ),
    (
        _stretch,
        "You stretched this image from its smallest to its largest value. Use 0 and 255, so that images remain "
        "comparable.",
    ),
    (
        _standardise,
        "You standardised the image with its own mean and standard deviation. Here, only divide by 255.",
    ),
    (lambda pixels: pixels / 255 - (pixels / 255).mean(), "You subtracted the mean of the image: only divide by 255."),
    (lambda pixels: pixels / (pixels.sum() or np.nan), "You divided by the sum of the pixels: divide by 255."),
    (
        lambda pixels: pixels // 255,
        "Nearly all your numbers are 0, because decimals are lost: did you divide with `//`, or convert the result to "
        "integers? Use `/`, and return floats.",
    ),
    (
        lambda pixels: np.zeros(pixels.shape),
        "All your numbers are 0: did you compute 1 // 255, which is 0, or return an array that nothing was written to?",
    ),
    (_on_right(np.round), "You rounded the result to whole numbers: return floats, not rounded."),
    (
        lambda pixels: (pixels > 127).astype(float),
        "You return only 0 and 1: keep the brightness levels in between.",
    ),
    (lambda pixels: pixels > 0, "You return whether a pixel is greater than 0: divide the pixels by 255."),
    (_on_right(np.sqrt), "You took a square root, which brightens dark pixels: only divide by 255."),
    (_on_right(np.square), "You squared the result: only divide by 255."),
    (
        lambda pixels: np.clip(pixels, 0, 1),
        "You cut all pixels off at 1, instead of scaling them: divide by 255.",
    ),
    (
        _on_right(np.float16),
        "You computed in float16, which rounds to about three digits: use float32 or float64.",
    ),
    (_on_right(np.ravel), "The numbers are right, but in one long row: keep the shape of `pixels`."),
    (_on_right(np.transpose), "The numbers are right, but the axes are in reverse order: keep the shape of `pixels`."),
    (
        _on_right(lambda right: np.moveaxis(right, -1, 0)),
        "The numbers are right, but the last axis has become the first: keep the shape of `pixels`.",
    ),
    (_on_right(np.squeeze), "You removed axes of length 1 (`squeeze`): keep the shape of `pixels`."),
    (_on_right(lambda right: right[None]), "You added an axis in front: keep the shape of `pixels`."),
    (_on_right(lambda right: right[..., None]), "You added an axis at the end: keep the shape of `pixels`."),
    (_on_right(lambda right: right[::-1]), "The numbers are right, but the rows are in reverse order."),
    (_on_right(lambda right: right[..., ::-1]), "The numbers are right, but the last axis is in reverse order."),
    (_on_right(np.sort), "You sorted the pixels: keep them in their places."),
    (_on_right(lambda right: right[0]), "You return the first row only: scale all pixels."),
    (
        _on_right(lambda right: right[..., 0]),
        "You return the first place of the last axis only, such as the first colour: scale all pixels.",
    ),
    (
        lambda pixels: pixels / np.maximum(pixels.max(axis=0), 1),
        "You divided each column by its largest value: divide all pixels by 255.",
    ),
    (_on_right(lambda right: right.flat[0]), "You return the first pixel only: is `return` inside the loop?"),
    (_on_right(lambda right: right[1:]), "Your first row is missing: Python counts from 0."),
    (_on_right(lambda right: right[:-1]), "Your last row is missing: a range ends one row too early."),
    (_on_right(np.mean), "You return one number, the mean. Return one number per pixel."),
    (_on_right(np.max), "You return one number, the largest. Return one number per pixel."),
    (_on_right(lambda right: right.mean(axis=-1)), "You averaged the last axis: keep the shape of `pixels`."),
    *(
        (_on_right(lambda right, n=n: right.round(n)), f"You rounded the result to {n} decimals: leave it unrounded.")
        for n in (1, 2, 3, 4, 5, 6)
    ),
)


def training_statistics(*images: np.ndarray) -> np.ndarray:
    """The right result, from the number of pixels of each brightness."""
    levels = np.arange(256) / 255
    counts = np.array([sum(np.bincount(image[..., i].ravel(), minlength=256) for image in images) for i in range(3)])
    mean = counts @ levels / counts.sum(axis=1)
    variance = (counts * (levels - mean[:, None]) ** 2).sum(axis=1) / counts.sum(axis=1)
    return np.stack([mean, np.sqrt(variance)])


def _rows(*images: np.ndarray) -> np.ndarray:
    """All pixels of all images as rows of red, green and blue, 0 to 1."""
    return np.concatenate([image.reshape(-1, 3) for image in images]) / 255


def _from_rows(compute: Callable[[np.ndarray], Sequence[np.ndarray]]) -> Statistics:
    """A mistake in the statistics: `compute` takes all pixels as rows, and returns mean and standard deviation."""
    return lambda *images: np.stack(compute(_rows(*images)))


def _with_std(compute: Callable[[np.ndarray], np.ndarray]) -> Statistics:
    """A mistake in the standard deviation alone; `compute` takes all pixels as rows."""
    return lambda *images: np.stack([training_statistics(*images)[0], compute(_rows(*images))])


def _of_images(change: Callable[[Sequence[np.ndarray]], Sequence[np.ndarray]]) -> Statistics:
    """A mistake that uses other images, or a part of them."""
    return lambda *images: training_statistics(*change(images))


def _on_result(change: Callable[[np.ndarray], np.ndarray]) -> Statistics:
    """A mistake that changes the right result afterwards."""
    return lambda *images: change(training_statistics(*images))


def _averaged(average: Callable[[np.ndarray], np.ndarray]) -> Statistics:
    """A mistake that averages the statistics of single images; `average` takes shape (images, 2, 3)."""
    return lambda *images: average(np.stack([training_statistics(image) for image in images]))


def _mean_of_all_std_of_images(*images: np.ndarray) -> np.ndarray:
    stds = [training_statistics(image)[1] for image in images]
    return np.stack([training_statistics(*images)[0], np.mean(stds, axis=0)])


def _mean_of_images_std_of_all(*images: np.ndarray) -> np.ndarray:
    means = [training_statistics(image)[0] for image in images]
    return np.stack([np.mean(means, axis=0), training_statistics(*images)[1]])


def _within_images(*images: np.ndarray) -> np.ndarray:
    sizes = [image.size for image in images]
    variances = np.average([training_statistics(image)[1] ** 2 for image in images], axis=0, weights=sizes)
    return np.stack([training_statistics(*images)[0], np.sqrt(variances)])


def _central_squares(images: Sequence[np.ndarray]) -> list[np.ndarray]:
    side = min(min(image.shape[:2]) for image in images)
    corners = [((image.shape[0] - side) // 2, (image.shape[1] - side) // 2) for image in images]
    return [image[y : y + side, x : x + side] for image, (y, x) in zip(images, corners, strict=True)]


def _upper_left_corners(images: Sequence[np.ndarray]) -> list[np.ndarray]:
    height, width = (min(image.shape[axis] for image in images) for axis in (0, 1))
    return [image[:height, :width] for image in images]


def _squares_in_uint8(*images: np.ndarray, removed_sign: bool = True) -> np.ndarray:
    rows = np.concatenate([image.reshape(-1, 3) for image in images])
    mean = rows.mean(axis=0) / 255
    variance = (rows**2).mean(axis=0) / 255**2 - mean**2
    return np.stack([mean, np.sqrt(np.abs(variance) if removed_sign else np.maximum(variance, 0))])


def _averaged_stds(*images: np.ndarray) -> np.ndarray:
    stds = [training_statistics(image)[1] for image in images]
    weighted = np.average(stds, axis=0, weights=[image.size for image in images])
    return np.stack([training_statistics(*images)[0], weighted])


def _around_the_means_of_images(*images: np.ndarray) -> np.ndarray:
    centre = np.mean([training_statistics(image)[0] for image in images], axis=0)
    deviations = _rows(*images) - centre
    return np.stack([training_statistics(*images)[0], np.sqrt((deviations**2).mean(axis=0))])


def _middle(length: int) -> slice:
    begin = max(length - NETWORK_SIDE, 0) // 2
    return slice(begin, begin + NETWORK_SIDE)


def _square(image: np.ndarray, limit: int) -> np.ndarray:
    """The central square, of at most this side."""
    side = min(limit, *image.shape[:2])
    top, left = ((length - side) // 2 for length in image.shape[:2])
    return image[top : top + side, left : left + side]


def _without_zeros(*images: np.ndarray) -> np.ndarray:
    colours = [values[values > 0] for values in _rows(*images).T]
    if not all(values.size for values in colours):
        return np.full((2, 3), np.nan)
    return np.array([[values.mean() for values in colours], [values.std() for values in colours]])


def _without_black(*images: np.ndarray) -> np.ndarray:
    rows = _rows(*images)
    rows = rows[rows.any(axis=1)]
    return np.stack([rows.mean(axis=0), rows.std(axis=0)]) if len(rows) else np.full((2, 3), np.nan)


NETWORK_SIDE = 112
EQUAL_WEIGHT = (
    "All pixels count equally, so an image with more pixels counts more: put the pixels of all images together"
)
ALL_PIXELS = "Use all pixels: images of different sizes needn't be cut to the same size."
PER_COLOUR = "Each colour has its own: average over images, rows and columns, not over colours."
STATISTICS_MISTAKES: tuple[tuple[Statistics, str], ...] = (
    (
        _from_rows(lambda rows: (255 * rows.mean(axis=0), 255 * rows.std(axis=0))),
        "Your results are on a scale of 0 to 255: divide the pixels by 255.",
    ),
    (
        _from_rows(lambda rows: (rows.mean(axis=0), 255 * rows.std(axis=0))),
        "The mean is right, but the standard deviation is on a scale of 0 to 255: divide it by 255 as well.",
    ),
    (
        _from_rows(lambda rows: (255 * rows.mean(axis=0), rows.std(axis=0))),
        "The standard deviation is right, but the mean is on a scale of 0 to 255: divide it by 255 as well.",
    ),
    (
        _from_rows(lambda rows: (rows.mean(axis=0) * 255 / 256, rows.std(axis=0) * 255 / 256)),
        "You divided by 256: divide by 255, the largest value, which then becomes 1.",
    ),
    (
        _from_rows(lambda rows: (100 * rows.mean(axis=0), 100 * rows.std(axis=0))),
        "Your results are percentages: return them on a scale of 0 to 1.",
    ),
    (
        _averaged(lambda single: single.mean(axis=0)),
        f"You computed mean and standard deviation of each image, and averaged these. {EQUAL_WEIGHT}.",
    ),
    (
        _averaged(lambda single: np.stack([single[:, 0].mean(axis=0), single[:, 0].std(axis=0)])),
        "You computed mean and standard deviation of the images' means: most of the scatter is inside the images. Put "
        "the pixels of all images together.",
    ),
    (
        _averaged(lambda single: np.stack([single[:, 0].mean(axis=0), np.sqrt((single[:, 1] ** 2).mean(axis=0))])),
        f"You averaged the means and the variances of the images. {EQUAL_WEIGHT}.",
    ),
    (
        _mean_of_images_std_of_all,
        f"The standard deviation is right, but your mean is the average of the images' means. {EQUAL_WEIGHT}.",
    ),
    (
        _mean_of_all_std_of_images,
        "The mean is right, but you averaged the images' standard deviations: those leave out the differences between "
        "images. Put the pixels of all images together.",
    ),
    (
        _averaged_stds,
        "The mean is right, but you averaged the images' standard deviations, weighted by their sizes: those leave out "
        "the differences between images. Put the pixels of all images together.",
    ),
    (
        _around_the_means_of_images,
        "The mean is right, but for the standard deviation you subtracted the average of the images' means: subtract "
        "the mean of all pixels.",
    ),
    (
        _with_std(lambda rows: np.sqrt(((rows - rows.mean()) ** 2).mean(axis=0))),
        f"For the standard deviation, you subtracted one mean of all colours. {PER_COLOUR}",
    ),
    (
        _of_images(lambda images: [image[_middle(len(image)), _middle(image.shape[1])] for image in images]),
        f"You cropped the images to at most {NETWORK_SIDE} × {NETWORK_SIDE}. {ALL_PIXELS}",
    ),
    *(
        (
            _of_images(lambda images, limit=limit: [_square(image, limit) for image in images]),
            "You cropped each image to a square. Use all of its pixels: an image needn't be square.",
        )
        for limit in (NETWORK_SIDE, 10**6)
    ),
    (
        _of_images(lambda images: [image[:NETWORK_SIDE, :NETWORK_SIDE] for image in images]),
        f"You cut the images at {NETWORK_SIDE} rows and columns. {ALL_PIXELS}",
    ),
    *(
        (
            _of_images(lambda images, step=step: [image[::step, ::step] for image in images]),
            f"You took every {order} row and column only: use all pixels.",
        )
        for step, order in ((2, "second"), (4, "fourth"))
    ),
    (
        _without_zeros,
        "You left out values of 0: such a pixel is dark, and not a missing value. Use all pixels.",
    ),
    (
        _within_images,
        "The mean is right, but you averaged the images' variances: those leave out the differences between images. "
        "Subtract the mean of all images from each pixel.",
    ),
    (
        _with_std(lambda rows: rows.std(axis=0, ddof=1) if len(rows) > 1 else np.full(3, np.nan)),
        "You divided by n − 1 (`ddof=1`, the default of pandas and PyTorch): here the standard deviation divides by n.",
    ),
    (
        _with_std(lambda rows: rows.var(axis=0)),
        "You return the variance: take its square root, the standard deviation.",
    ),
    (
        _with_std(lambda rows: np.sqrt((rows**2).mean(axis=0))),
        "The mean is right, but your standard deviation is the root mean square: subtract the mean before you square.",
    ),
    (
        _with_std(lambda rows: (rows**2).mean(axis=0)),
        "The mean is right, but your second result is the mean square: subtract the mean before you square, and take "
        "the square root at the end.",
    ),
    (
        _with_std(lambda rows: (rows**2).mean(axis=0) - rows.mean(axis=0)),
        "The mean is right. The variance is the mean square minus the square of the mean; take its root.",
    ),
    (
        _with_std(lambda rows: np.abs(rows - rows.mean(axis=0)).mean(axis=0)),
        "The mean is right, but your second result is the mean absolute deviation: square the deviations, average, "
        "and take the root.",
    ),
    (
        _with_std(lambda rows: rows.std(axis=0) / np.sqrt(len(rows))),
        "You divided the standard deviation by √n, which gives the error of the mean: return the standard deviation.",
    ),
    (
        _with_std(lambda rows: np.full(3, rows.std())),
        f"The mean is right, but your standard deviation is that of all colours together. {PER_COLOUR}",
    ),
    (
        _from_rows(lambda rows: (np.full(3, rows.mean()), np.full(3, rows.std()))),
        f"You return one mean and one standard deviation for all colours. {PER_COLOUR}",
    ),
    (
        lambda *images: np.array([_rows(*images).mean(), _rows(*images).std()]),
        f"You return one mean and one standard deviation for all colours. {PER_COLOUR}",
    ),
    (
        _from_rows(lambda rows: (np.median(rows, axis=0), rows.std(axis=0))),
        "Your first result is the median: it must be the mean.",
    ),
    (
        _from_rows(lambda rows: (rows.sum(axis=0), rows.std(axis=0))),
        "Your first result is the sum of the pixels: divide it by their number.",
    ),
    (
        _from_rows(lambda rows: (rows.sum(axis=0) / rows.size, rows.std(axis=0))),
        "Your mean is a third of the right one: divide by the number of pixels, not of values. A pixel has three.",
    ),
    (
        _averaged(lambda single: single.sum(axis=0)),
        "You added up the means and standard deviations of the images. Put the pixels of all images together.",
    ),
    (
        _with_std(lambda rows: rows.var(axis=0, ddof=1) if len(rows) > 1 else np.full(3, np.nan)),
        "You return the variance, divided by n − 1: divide by n, and take the square root.",
    ),
    (
        _with_std(lambda rows: 1.4826 * np.median(np.abs(rows - np.median(rows, axis=0)), axis=0)),
        "The mean is right, but your second result is the median absolute deviation: return the standard deviation.",
    ),
    (
        lambda *images: np.stack([_rows(*images).mean(axis=1), _rows(*images).std(axis=1)]),
        "Wrong axis: you averaged the three colours of each pixel. Average over the pixels.",
    ),
    (
        _with_std(lambda rows: rows.std(axis=0) / rows.mean(axis=0)),
        "The mean is right, but you divided the standard deviation by the mean: return it as it is.",
    ),
    (
        _with_std(lambda rows: np.sqrt(((rows - rows.mean(axis=0)) ** 2).sum(axis=0))),
        "Your standard deviation is the root of a sum: divide the sum by the number of pixels first.",
    ),
    (
        _from_rows(lambda rows: (np.full(3, rows.mean(axis=1).mean()), np.full(3, rows.mean(axis=1).std()))),
        "You averaged the three colours of each pixel first: keep them apart.",
    ),
    (
        _from_rows(lambda rows: (rows.mean(axis=0) / rows.max(), rows.std(axis=0) / rows.max())),
        "You divided by the largest pixel of all images: divide by 255, the largest possible value.",
    ),
    (
        _of_images(lambda images: [image[1:-1, 1:-1] if min(image.shape[:2]) > 2 else image for image in images]),
        "You left out the rim of each image: use all pixels.",
    ),
    (
        _with_std(lambda rows: np.ptp(rows, axis=0)),
        "The mean is right, but your second result is the range from smallest to largest: return the standard "
        "deviation.",
    ),
    (_of_images(lambda images: images[:2]), "You used the first two images only: use all of them."),
    (_of_images(lambda images: images[:1]), "You used the first image only: use all of them."),
    (_of_images(lambda images: images[-1:]), "You used the last image only: is something overwritten in the loop?"),
    (
        _of_images(lambda images: images[1:] or images),
        "You left out the first image: Python counts from 0.",
    ),
    (
        _of_images(lambda images: images[:-1] or images),
        "You left out the last image: a range ends one too early.",
    ),
    (_of_images(_central_squares), f"You cropped the images to squares of the same size. {ALL_PIXELS}"),
    (_of_images(_upper_left_corners), f"You cut the images to the same height and width. {ALL_PIXELS}"),
    (
        _of_images(lambda images: [image[0][None] for image in images]),
        "You used the first row of each image only: use all rows.",
    ),
    (
        _of_images(lambda images: [image.reshape(3, -1).T for image in images]),
        "You used `reshape(3, …)`, which mixes the colours: they are the last axis, so use `reshape(-1, 3)`.",
    ),
    (
        _without_black,
        "You left out black pixels: a value of 0 is dark sky, not a missing value. Use all pixels.",
    ),
    (_on_result(lambda right: right[::-1]), "You exchanged the two results: return the mean first."),
    (_on_result(lambda right: right[:, ::-1]), "The colours are in reverse order: red comes first."),
    (_on_result(lambda right: right[0]), "You return the mean only: return the mean and the standard deviation."),
    (_on_result(lambda right: right[1]), "You return the standard deviation only: return the mean, too."),
    (
        _on_result(lambda right: right.T),
        "You return a pair per colour: return all three means first, then the three standard deviations.",
    ),
    (_on_result(np.ravel), "You return six numbers in a row: return two arrays of three, mean and std."),
    (_on_result(lambda right: np.stack([right[0], right[0]])), "You return the mean twice."),
    *(
        (
            lambda *images, removed_sign=removed_sign: _squares_in_uint8(*images, removed_sign=removed_sign),
            "You squared the pixels as uint8, where 20² is 144: convert them to float first.",
        )
        for removed_sign in (True, False)
    ),
    *(
        (compute, "You computed in float16, which rounds to about three digits: use float32 or float64.")
        for compute in (
            _on_result(np.float16),
            _from_rows(
                lambda rows: (np.float16(rows).astype(float).mean(axis=0), np.float16(rows).astype(float).std(axis=0))
            ),
            _from_rows(lambda rows: (np.float16(rows).mean(axis=0), np.float16(rows).std(axis=0))),
        )
    ),
    *(
        (_on_result(lambda right, n=n: right.round(n)), f"You rounded the results to {n} decimals: don't round.")
        for n in (1, 2, 3, 4, 5, 6)
    ),
)
