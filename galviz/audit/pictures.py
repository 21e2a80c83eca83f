"""A galaxy's image -> what is suspicious about it: flat parts, hardly any contrast, an extreme shape, off-centre."""

from collections.abc import Iterator

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter

from galviz.audit.seams import find_seam
from galviz.survey.cutouts import MIN_CONTRAST

# Longer side per shorter side, and how many times larger or smaller than the usual image.
_MAX_ASPECT, _MAX_FACTOR = 2.0, 4.0
# Brightness (of 255 levels) between the brightest and the darkest 4 × 4 px; `check_galaxy` refuses less than
# MIN_CONTRAST. The faintest of 400 SDSS galaxies has 64 and of 2,000 mock galaxies 55.
_LOW_CONTRAST, _CONTRAST_BLOCK_PX = 3 * MIN_CONTRAST, 4
# A flat row has at most this range of levels. No row of 2,400 galaxies is flat; in JPEGs of quality 30, whose dark sky
# is clipped to black, up to 24 of 160 rows are.
_FLAT_RANGE, _MIN_FLAT_ROWS, _DARK, _MIN_DARK_SHARE = 3, 8, 24, 0.25
# Share of blocks of 8 × 8 px without structure: up to 0.15 in mock galaxies, 0.2 in SDSS galaxies; 0.84 at quality 30.
_BLOCK_PX, _BLOCK_RANGE, _MAX_FLAT_SHARE, _MAX_DARK_FLAT_SHARE = 8, 2, 0.4, 0.93
_DRAWING_SHARE = 0.75
# The brightest smooth object is off-centre if it is this far from the centre (in shorter sides) and this much brighter
# than all within the inner radius. Stars are points, which the smoothing (in shorter sides) spreads out.
_OUTSIDE, _INSIDE, _SMOOTHING, _MAX_RATIO = 0.25, 0.15, 0.05, 1.5
_SMALL_PX = 64  # for this measure


def picture_findings(image: Image.Image, usual_px: tuple[int, int] | None = None) -> Iterator[tuple[str, str]]:
    """Find what is suspicious about an image.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, as its file has it, not resampled.
    usual_px : (int, int), optional
        Width and height of most images of the survey.

    Yields
    ------
    kind, what : str
        See `galviz.audit.findings.Finding`.

    Examples
    --------
    >>> from galviz.survey.survey import load_survey
    >>> survey = load_survey()
    >>> image = survey.image(survey.object_ids[0])
    >>> list(picture_findings(image)), [kind for kind, _ in picture_findings(image.crop((0, 0, 160, 40)))]
    ([], ['extreme shape', 'off-centre'])
    """
    width, height = image.size
    if max(width, height) > _MAX_ASPECT * min(width, height):
        yield "extreme shape", f"it has {width} × {height} px, a side more than twice as long as the other"
    elif usual_px is not None and not 1 / _MAX_FACTOR < min(width, height) / min(usual_px) < _MAX_FACTOR:
        yield "extreme shape", f"it has {width} × {height} px, most images {usual_px[0]} × {usual_px[1]} px"
    content = _without_frame(image)
    darkest, brightest = content.convert("L").reduce(_CONTRAST_BLOCK_PX).getextrema()
    contrast = brightest - darkest
    flat = _flat_area(content)
    if contrast < _LOW_CONTRAST:
        yield "nearly blank", f"its brightest and darkest parts differ by {contrast} of 255 levels only"
    if flat is not None:
        yield "flat area", flat
    elif (row := find_seam(image if content.size == image.size else content)) is not None:
        yield "probable damage", f"a part is shifted or has another colour from row {row} on"
    if contrast >= _LOW_CONTRAST and (offset := _offset_px(content)) is not None:
        yield "off-centre", f"its brightest smooth object is {offset} px from the centre"


def _without_frame(image: Image.Image) -> Image.Image:
    """The image without a frame of one colour that is about as wide on opposite sides."""
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


def _flat_area(image: Image.Image) -> str | None:
    """Describe a part of one colour, which isn't sky; None if there is none."""
    planes = _planes(image)
    height, width = planes.shape[1:]
    rows, columns = height // _BLOCK_PX, width // _BLOCK_PX
    whole = np.ascontiguousarray(planes[:, : rows * _BLOCK_PX, : columns * _BLOCK_PX])
    strips = whole.reshape(3, rows, _BLOCK_PX, columns * _BLOCK_PX)
    highest, lowest = (
        reduce(reduce(strips, axis=2).reshape(3, rows, columns, _BLOCK_PX), axis=3) for reduce in (np.max, np.min)
    )
    is_flat = ((highest - lowest) <= _BLOCK_RANGE).all(axis=0)
    is_bright = is_flat & (highest.mean(axis=0) > _DARK)
    if is_bright.mean() > _MAX_FLAT_SHARE or is_flat.mean() > _MAX_DARK_FLAT_SHARE:
        flat_share = f"{100 * is_flat.mean():.0f} % of its area has one colour"
        if is_flat.mean() > _DRAWING_SHARE:
            return f"{flat_share}, as in a drawing or a text"
    else:
        flat_share = None
    start, end = _longest_run(_flat_lines(planes, 0))
    if end - start >= _MIN_FLAT_ROWS:
        colour = planes[:, start:end].mean()
        if colour > _DARK or end - start >= _MIN_DARK_SHARE * height:
            name = "black" if colour <= _DARK else "white" if colour > 255 - _DARK else "grey or of one colour"
            place = "at its end" if end == height else f"from row {start} to {end - 1}"
            return f"{end - start} of its {height} rows, {place}, are {name}"
    return flat_share


def _longest_run(values: np.ndarray) -> tuple[int, int]:
    """Start and end of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], values, [False]]).astype(np.int8)))
    if not edges.size:
        return 0, 0
    runs = edges.reshape(-1, 2)
    start, end = runs[np.ptp(runs, axis=1).argmax()]
    return int(start), int(end)


def _offset_px(image: Image.Image) -> int | None:
    """Distance (px) of the brightest smooth object from the centre if it is off-centre, else None."""
    shorter = min(image.size)
    factor = min(1.0, _SMALL_PX / shorter)
    small = image.convert("L").resize([max(1, round(side * factor)) for side in image.size], Image.Resampling.BOX)
    light = np.asarray(small, np.float32)
    side = min(light.shape)
    # Beyond the edge there is sky: repeated there, a star at the edge would be as bright as an extended object.
    smooth = gaussian_filter(light - np.median(light), _SMOOTHING * side, mode="constant")
    rows, columns = (np.arange(length) - (length - 1) / 2 for length in light.shape)
    radius = np.hypot(rows[:, None], columns) / side
    outside = np.where(radius > _OUTSIDE, smooth, -np.inf)
    place = outside.argmax()
    if outside.flat[place] > _MAX_RATIO * max(1.0, smooth[radius < _INSIDE].max()):
        return round(float(radius.flat[place]) * shorter)
    return None
