"""An image that decodes -> whether it can show a galaxy, what is known of it, and the image at another scale."""

import hashlib
import math
from typing import NamedTuple

from PIL import Image

from galviz.survey.images import MAX_PIXELS, ImageFault, decode_rgb

# A network halves an image five times: of fewer pixels, one cell of its last feature maps would see all. The cutouts of
# galaxies that we know have at least 64.
SMALLEST_PX = 32
# Levels of 255 between the brightest and the darkest 4 × 4 px, in the channel where they differ most. The faintest of
# 400 SDSS galaxies has 66 and of 2,000 mock galaxies 59; a black image with the noise of JPEG has up to 3.
LEAST_CONTRAST = 8
_AVERAGED_PX = 4
# A galaxy of few pixels may lie across four means of 4 × 4; in means of 2 × 2 noise has twice the contrast.
_FINER_PX, _LEAST_FINER_CONTRAST = 2, 2 * LEAST_CONTRAST
# What galviz's own network sees of an image: its centre.
_SEEN_PX = 112


class ImageFacts(NamedTuple):
    """What is known of an image once it was read.

    Attributes
    ----------
    sha256 : bytes
        Digest of the file's content.
    size_px : (int, int)
        Width and height of the file's image, before it is resampled.
    grey : bool
        Whether red, green and blue are equal everywhere.
    """

    sha256: bytes
    size_px: tuple[int, int]
    grey: bool


def inspect_image(content: bytes, scale: float = 1.0) -> ImageFacts:
    """Decode an image file and see that there can be a galaxy in it.

    Parameters
    ----------
    content : bytes
        See `galviz.survey.images.decode_rgb`.
    scale : float
        By which the image will be resampled.

    Raises
    ------
    ImageFault
        As `decode_rgb`, or if the image is too small or without contrast; see `check_galaxy`.
    """
    image = decode_rgb(content)
    small = check_galaxy(image, scale)
    extrema = small.getextrema()
    grey = extrema[0] == extrema[1] == extrema[2] and len({channel.tobytes() for channel in small.split()}) == 1
    return ImageFacts(hashlib.sha256(content).digest(), image.size, grey)


def check_galaxy(image: Image.Image, scale: float = 1.0) -> Image.Image:
    """Refuse an image that can't show a galaxy.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    scale : float
        By which it will be resampled.

    Returns
    -------
    PIL.Image.Image
        The means of 4 × 4 px each, by which it was judged.

    Raises
    ------
    ImageFault
        If a side has fewer than `SMALLEST_PX`, before or after resampling; if it would have more than `MAX_PIXELS`; or
        if the contrast is less than `LEAST_CONTRAST`, as in an image that is black or of one colour; or if its centre,
        which is what a network sees, is no brighter than its darkest place.
    """
    width, height = image.size
    if min(width, height) < SMALLEST_PX:
        problem = f"it has {width} × {height} px, too few to show a galaxy"
        raise ImageFault(problem, f"cut out a larger part of the sky, of at least {SMALLEST_PX} × {SMALLEST_PX} px")
    wide, high = scaled_size(image.size, scale)
    scaled = f"it has {width} × {height} px, and scaled by {scale:g} {wide} × {high}"
    if min(wide, high) < SMALLEST_PX:
        raise ImageFault(f"{scaled}, too few to show a galaxy", "choose a larger --scale")
    if wide * high > MAX_PIXELS:
        raise ImageFault(f"{scaled}, more than {MAX_PIXELS:,}", "choose a smaller --scale")
    small = image.reduce(_AVERAGED_PX)
    extrema = small.getextrema()
    if _contrast(small) < LEAST_CONTRAST and _contrast(image.reduce(_FINER_PX)) < _LEAST_FINER_CONTRAST:
        problem = f"it shows no galaxy: it is {_colour_of(extrema)} all over"
        raise ImageFault(problem, "download it again, or remove the galaxy's row")
    if _is_empty_where_seen(small, scale, _AVERAGED_PX, LEAST_CONTRAST) and _is_empty_where_seen(
        image.reduce(_FINER_PX), scale, _FINER_PX, _LEAST_FINER_CONTRAST
    ):
        problem = f"its centre, the {_SEEN_PX} × {_SEEN_PX} px that a network sees, is as dark as its darkest place"
        raise ImageFault(problem, "cut it out with the galaxy in the middle, or remove the galaxy's row")
    return small


def _contrast(image: Image.Image) -> int:
    """Levels between the darkest and the brightest pixel, in the channel where they differ most."""
    return max(high - low for low, high in image.getextrema())


def _centre(image: Image.Image, side_px: float) -> Image.Image:
    """The central square of an image, or all of it if it is smaller; a pixel more rather than less."""
    wide, high = (min(side, 2 * math.ceil(side_px / 2)) for side in image.size)
    left, top = (image.width - wide) // 2, (image.height - high) // 2
    return image.crop((left, top, left + wide, top + high))


def _is_empty_where_seen(small: Image.Image, scale: float, averaged_px: int, least: int) -> bool:
    """Whether in means of `averaged_px` pixels no channel of the centre is brighter than the image's darkest place."""
    centre = _centre(small, _SEEN_PX / scale / averaged_px)
    return all(high - low < least for (_, high), (low, _) in zip(centre.getextrema(), small.getextrema(), strict=True))


def _colour_of(extrema: tuple[tuple[int, int], ...]) -> str:
    """Name the colour of an image that has hardly more than one."""
    levels = [(low + high) / 2 for low, high in extrema]
    if max(levels) - min(levels) >= LEAST_CONTRAST:
        return "of one colour"
    return "black" if max(levels) < LEAST_CONTRAST else "white" if min(levels) > 255 - LEAST_CONTRAST else "grey"


def scaled_size(size_px: tuple[int, int], scale: float) -> tuple[int, int]:
    """Width and height of an image once it is resampled by `scale`."""
    width, height = (max(1, round(side * scale)) for side in size_px)
    return width, height


def resample(image: Image.Image, scale: float) -> Image.Image:
    """Resample an image by a factor for both sides, with Lanczos' filter; 1 gives back the image itself."""
    return image if scale == 1 else image.resize(scaled_size(image.size, scale), Image.Resampling.LANCZOS)
