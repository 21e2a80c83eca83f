"""A galaxy's image -> what is suspicious about it: flat parts, hardly any contrast, an extreme shape, off-centre."""

from collections.abc import Iterator, Mapping

import numpy as np
from PIL import Image
from scipy.ndimage import gaussian_filter, maximum_filter

from galviz.audit.flat import describe_flat_area, without_frame
from galviz.audit.seams import find_seam
from galviz.survey.cutouts import MIN_CONTRAST

# Longer side per shorter side, and how many times larger or smaller than the usual image.
_MAX_ASPECT, _MAX_FACTOR = 2.0, 4.0
# Brightness (of 255 levels) between the brightest and the darkest 4 × 4 px; `check_galaxy` refuses less than
# MIN_CONTRAST. The faintest of 400 SDSS galaxies has 64 and of 2,000 mock galaxies 55.
_LOW_CONTRAST, _CONTRAST_BLOCK_PX = 3 * MIN_CONTRAST, 4
# Median brightness: at most 41 in SDSS galaxies and 21 in mock galaxies. The contrast of a channel is at least 0.26 of
# the highest one; that of a channel of zeros is up to 0.15, because JPEG mixes the channels.
_MAX_SKY, _MIN_CHANNEL, _CHANNELS = 100, 0.15, ("red", "green", "blue")
# Median redness of a survey, of at least so many images: 0.12 in mock galaxies, 0.18 in SDSS galaxies, -0.04 in the
# bluest fifth of the mock galaxies, and -0.12 and -0.18 if red and blue are swapped.
_MIN_REDNESS, _MIN_COLOURED = -0.06, 20
# The brightest smooth object is off-centre if it is this far from the centre (in shorter sides) and this much brighter
# than all within the inner radius. Stars are points, which the smoothing (in shorter sides) spreads out.
_OUTSIDE, _INSIDE, _SMOOTHING, _MAX_RATIO = 0.25, 0.15, 0.05, 1.5
# Also if the nearest peak is farther away than this: at most 0.05 in SDSS galaxies and 0.09 in mock galaxies. A peak is
# the highest of 5 × 5 px and has at least this share of the highest brightness within a radius.
_MAX_DISTANCE, _PEAK_SMOOTHING, _PEAK_SHARE, _PEAK_RADIUS, _PEAK_PX = 0.1, 0.025, 0.25, 0.3, 5
# Brightness of the smoothed centre above the background: at least 15 in SDSS galaxies, up to 5 in noise.
_MIN_CENTRE = 6
_SMALL_PX = 64  # for these measures


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
    content = without_frame(image)
    darkest, brightest = content.convert("L").reduce(_CONTRAST_BLOCK_PX).getextrema()
    contrast = brightest - darkest
    flat = describe_flat_area(content)
    if contrast < _LOW_CONTRAST:
        yield "nearly blank", f"its brightest and darkest parts differ by {contrast} of 255 levels only"
    if flat is not None:
        yield "flat area", flat
    elif (colour := _unusual_colour(content)) is not None:
        yield "unusual colour", colour
    elif (row := find_seam(image if content.size == image.size else content)) is not None:
        yield "probable damage", f"a part is shifted or has another colour from row {row} on"
    if contrast >= _LOW_CONTRAST:
        light, radius = _light(content)
        if (offset := _offset(light, radius)) is not None:
            yield "off-centre", f"its brightest smooth object is {round(offset * min(content.size))} px from the centre"
        elif _smooth(light, _SMOOTHING)[radius < _INSIDE].max() < _MIN_CENTRE:
            yield "nearly blank", "no object in its centre stands out from the background"


def _unusual_colour(image: Image.Image) -> str | None:
    """Describe colours that no galaxy has; None if they are usual."""
    n_dark = sum(image.convert("L").histogram()[:_MAX_SKY])
    if 2 * n_dark < image.width * image.height:
        return "its background is bright, as in a negative or an overexposed image"
    ranges = [high - low for low, high in image.reduce(_CONTRAST_BLOCK_PX).getextrema()]
    if min(ranges) < _MIN_CHANNEL * max(ranges):
        return f"its {_CHANNELS[ranges.index(min(ranges))]} channel has hardly any contrast"
    return None


def redness(image: Image.Image) -> float:
    """How much brighter a galaxy's centre is in red than in blue, above the background: from -1 to 1.

    Examples
    --------
    >>> image = Image.new("RGB", (64, 64))
    >>> image.paste((90, 60, 30), (24, 24, 40, 40))
    >>> redness(image)
    0.5
    """
    width, height = image.size
    reach = max(1, min(image.size) // 10)
    middle = (width // 2 - reach, height // 2 - reach, width // 2 + reach, height // 2 + reach)
    centre = np.asarray(image.crop(middle), float).mean(axis=(0, 1))
    red, _, blue = (centre - np.median(np.asarray(image.reduce(_CONTRAST_BLOCK_PX)), axis=(0, 1))).clip(min=0)
    return float((red - blue) / max(1.0, red + blue))


def colour_findings(reds: Mapping[str, float | None]) -> Iterator[tuple[str, str]]:
    """Find galaxies whose image is grey, unlike most, and red and blue channels that may be swapped.

    Parameters
    ----------
    reds : mapping of str to float or None
        Of each galaxy, by id: see `redness`. None if its image is grey.

    Yields
    ------
    object_id, what : str
        The id is empty if the finding is about all galaxies.

    Examples
    --------
    >>> list(colour_findings({"1": 0.2, "2": 0.1, "3": None}))
    [('3', 'it is grey, and most images are in colour')]
    >>> list(colour_findings({str(number): -0.2 for number in range(20)}))[0][1]
    'most galaxies are bluer than others: perhaps the red and blue channels are swapped'
    """
    coloured = [red for red in reds.values() if red is not None]
    if len(coloured) >= _MIN_COLOURED and np.median(coloured) < _MIN_REDNESS:
        yield "", "most galaxies are bluer than others: perhaps the red and blue channels are swapped"
    if 2 * len(coloured) > len(reds):
        for object_id, red in reds.items():
            if red is None:
                yield object_id, "it is grey, and most images are in colour"


def _light(image: Image.Image) -> tuple[np.ndarray, np.ndarray]:
    """Brightness above the background, on at most 64 px, and the distance from the centre in shorter sides."""
    factor = min(1.0, _SMALL_PX / min(image.size))
    small = image.convert("L").resize([max(1, round(side * factor)) for side in image.size], Image.Resampling.BOX)
    levels = np.asarray(small, np.float32)
    rows, columns = (np.arange(length) - (length - 1) / 2 for length in levels.shape)
    return levels - np.median(levels), np.hypot(rows[:, None], columns) / min(levels.shape)


def _smooth(light: np.ndarray, scale: float) -> np.ndarray:
    # Beyond the edge there is sky: repeated there, a star at the edge would be as bright as an extended object.
    return gaussian_filter(light, scale * min(light.shape), mode="constant")


def _offset(light: np.ndarray, radius: np.ndarray) -> float | None:
    """Distance (shorter sides) of the galaxy from the centre if it is off-centre, else None."""
    smooth = _smooth(light, _SMOOTHING)
    outside = np.where(radius > _OUTSIDE, smooth, -np.inf)
    place = outside.argmax()
    if outside.flat[place] > _MAX_RATIO * max(1.0, smooth[radius < _INSIDE].max()):
        return float(radius.flat[place])
    fine = _smooth(light, _PEAK_SMOOTHING)
    is_peak = (fine == maximum_filter(fine, _PEAK_PX)) & (fine > _PEAK_SHARE * fine[radius < _PEAK_RADIUS].max())
    nearest = radius[is_peak & (fine > 0)].min(initial=np.inf)
    return float(nearest) if _MAX_DISTANCE < nearest < np.inf else None
