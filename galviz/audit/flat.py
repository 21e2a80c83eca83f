"""Parts of an image that have one colour: lost rows and columns, areas without data, drawings and texts.

Sky that is clipped to black is also flat, so a flat part counts only if it ends abruptly: beside it the sky has noise.
benchmarks/damage.py measures false alarms and detected damage.
"""

import numpy as np
from PIL import Image
from scipy.ndimage import binary_dilation, label

# A flat row or column has at most this range of levels. No row of 2,400 galaxies is flat; in JPEGs of quality 30, whose
# dark sky is clipped to black, up to 24 of 160 rows are.
_FLAT_RANGE, _MIN_FLAT_LINES, _DARK, _MIN_DARK_SHARE = 3, 8, 24, 0.25
# A narrower strip counts if most pixels of the lines beside it differ from its colour.
_MIN_STRIP, _MIN_DIFFERENT = 3, 0.5
# Share of blocks of 8 × 8 px without structure: up to 0.15 in mock galaxies, 0.2 in SDSS galaxies; 0.84 at quality 30.
_BLOCK_PX, _BLOCK_RANGE, _MAX_FLAT_SHARE, _MAX_DARK_FLAT_SHARE = 8, 2, 0.4, 0.93
_DRAWING_SHARE = 0.75
# The largest area without data, as a share of all blocks. A larger one is sky that surrounds the galaxy.
_AREA_SHARE = (0.06, 0.55)
# Elsewhere fewer blocks than these, per block of the area, have nearly no structure; and near the area nine of ten have
# at least this range of levels.
_NEARLY_FLAT_RANGE, _MAX_NEARLY_FLAT, _MIN_RANGE_BESIDE, _PERCENTILE = 4, 0.6, 3, 10
_AROUND = np.ones((3, 3), dtype=bool)


def without_frame(image: Image.Image) -> Image.Image:
    """The image without a frame of one colour that is about as wide on opposite sides.

    Examples
    --------
    >>> noise = np.random.default_rng(0).integers(0, 99, (60, 60, 3), dtype=np.uint8)
    >>> without_frame(Image.fromarray(np.pad(noise, [(5, 5), (5, 5), (0, 0)]))).size
    (60, 60)
    """
    planes = _planes(image)
    ends = []
    for axis in (0, 1):
        flat = _flat_lines(planes, axis)
        before, after = _count_true(flat), _count_true(flat[::-1])
        # A flat tail without a counterpart is damage.
        is_frame = before + after < len(flat) and 2 * min(before, after) >= max(before, after)
        ends.append((before, len(flat) - after) if is_frame else (0, len(flat)))
    (top, bottom), (left, right) = ends
    is_large_enough = min(right - left, bottom - top) >= 32
    return image.crop((left, top, right, bottom)) if is_large_enough else image


def describe_flat_area(image: Image.Image) -> str | None:
    """Describe a part of one colour that isn't sky.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, not resampled, at least 32 px high and wide.

    Returns
    -------
    str or None
        A clause; None if there is no such part.

    Examples
    --------
    >>> sky = np.random.default_rng(0).normal(20, 4, (96, 96, 3)).astype(np.uint8)
    >>> describe_flat_area(Image.fromarray(sky)) is None
    True
    >>> sky[:, 60:] = 0
    >>> describe_flat_area(Image.fromarray(sky))
    '36 of its 96 columns, at its end, are black'
    """
    planes = _planes(image)
    ranges, levels = _blocks(planes)
    is_flat = ranges <= _BLOCK_RANGE
    is_bright = is_flat & (levels > _DARK)
    area = None
    if is_bright.mean() > _MAX_FLAT_SHARE or is_flat.mean() > _MAX_DARK_FLAT_SHARE:
        area = f"{100 * is_flat.mean():.0f} % of its area has one colour"
        if is_flat.mean() > _DRAWING_SHARE:
            return f"{area}, as in a drawing or a text"
    for axis, noun in enumerate(("rows", "columns")):
        if (strip := _flat_strip(planes, axis)) is not None:
            start, end = strip
            length = planes.shape[1 + axis]
            colour = planes.take(range(start, end), axis=1 + axis).mean()
            name = "black" if colour <= _DARK else "white" if colour > 255 - _DARK else "grey or of one colour"
            place = "at its end" if end == length else f"from {noun[:-1]} {start} to {end - 1}"
            return f"{end - start} of its {length} {noun}, {place}, are {name}"
    if area is None and (share := _share_without_data(ranges)) is not None:
        area = f"{100 * share:.0f} % of its area has one colour and a sharp edge"
    return area


def _planes(image: Image.Image) -> np.ndarray:
    """The channels of an image; uint8, shape (3, height, width), which is faster to reduce than (height, width, 3)."""
    return np.stack([np.asarray(channel) for channel in image.split()])


def _flat_lines(planes: np.ndarray, axis: int) -> np.ndarray:
    """Which rows (axis 0) or columns (1) have one colour."""
    across = 2 - axis
    return ((planes.max(axis=across) - planes.min(axis=across)) <= _FLAT_RANGE).all(axis=0)


def _count_true(values: np.ndarray) -> int:
    """Number of true values at the beginning."""
    return len(values) if values.all() else int(values.argmin())


def _blocks(planes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Range of levels of each block of 8 × 8 px, the largest of the channels, and its highest level."""
    rows, columns = (side // _BLOCK_PX for side in planes.shape[1:])
    whole = np.ascontiguousarray(planes[:, : rows * _BLOCK_PX, : columns * _BLOCK_PX])
    strips = whole.reshape(3, rows, _BLOCK_PX, columns * _BLOCK_PX)
    highest, lowest = (
        reduce(reduce(strips, axis=2).reshape(3, rows, columns, _BLOCK_PX), axis=3) for reduce in (np.max, np.min)
    )
    return (highest - lowest).max(axis=0), highest.mean(axis=0)


def _flat_strip(planes: np.ndarray, axis: int) -> tuple[int, int] | None:
    """Start and end of the widest run of flat rows (axis 0) or columns (1) that isn't sky."""
    start, end = _longest_run(_flat_lines(planes, axis))
    width, length = end - start, planes.shape[1 + axis]
    if width < _MIN_STRIP:
        return None
    colour = planes.take(range(start, end), axis=1 + axis).mean(axis=(1, 2))
    if width >= _MIN_FLAT_LINES and (colour.mean() > _DARK or width >= _MIN_DARK_SHARE * length):
        return start, end
    beside = [line for line in (start - 1, end) if 0 <= line < length]
    lines = planes.take(beside, axis=1 + axis)
    is_different = (np.abs(lines - colour[:, None, None]) > _FLAT_RANGE).any(axis=0)
    is_sharp = is_different.mean(axis=1 - axis).min(initial=1) >= _MIN_DIFFERENT
    return (start, end) if is_sharp else None


def _longest_run(values: np.ndarray) -> tuple[int, int]:
    """Start and end of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], values, [False]]).astype(np.int8)))
    if not edges.size:
        return 0, 0
    runs = edges.reshape(-1, 2)
    start, end = runs[np.ptp(runs, axis=1).argmax()]
    return int(start), int(end)


def _share_without_data(ranges: np.ndarray) -> float | None:
    """Share of the largest connected area of flat blocks, if it ends abruptly and isn't the sky around the galaxy."""
    numbers, count = label(ranges <= _BLOCK_RANGE)
    if not count:
        return None
    sizes = np.bincount(numbers.ravel())[1:]
    largest = numbers == 1 + sizes.argmax()
    share = float(largest.mean())
    if not _AREA_SHARE[0] <= share <= _AREA_SHARE[1]:
        return None
    with_rim = binary_dilation(largest, _AROUND)  # blocks on the edge contain a part of the area
    beside = binary_dilation(with_rim, _AROUND) & ~with_rim
    n_nearly_flat = np.count_nonzero(ranges[~with_rim] <= _NEARLY_FLAT_RANGE)
    is_sharp = n_nearly_flat < _MAX_NEARLY_FLAT * largest.sum()
    return share if is_sharp and np.percentile(ranges[beside], _PERCENTILE) >= _MIN_RANGE_BESIDE else None
