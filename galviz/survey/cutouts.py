"""A decoded image -> whether it can show a galaxy, facts about it, and the image at another scale."""

import hashlib
import math
from numbers import Real
from typing import NamedTuple

from PIL import Image

from galviz.survey.images import MAX_PIXELS, ImageError, decode_rgb
from galviz.survey.problem import Kind

# A network halves an image five times. If a side has fewer pixels, one cell of the last feature map covers the image.
# Usual cutouts of galaxies have at least 64.
_MIN_SIDE_PX = 32
# Grey levels (of 255) between the brightest and the darkest 4 × 4 px, in the channel with the largest difference. The
# faintest of 400 SDSS galaxies has 66 and of 2,000 mock galaxies 59; a black image with JPEG noise has up to 3.
MIN_CONTRAST = 8
_BLOCK_PX = 4
# A galaxy of few pixels may be spread over four 4 × 4 blocks. In 2 × 2 blocks noise has twice the contrast.
_SMALL_BLOCK_PX, _MIN_CONTRAST_SMALL_BLOCK = 2, 2 * MIN_CONTRAST
# galviz's own network sees the central pixels of an image.
_CROP_PX = 112
_MAX_SCALE = 16.0


class ImageFacts(NamedTuple):
    """Facts about an image file.

    Attributes
    ----------
    sha256 : bytes
        Digest of the file's content.
    size_px : (int, int)
        Width and height before resampling.
    grey : bool
        Whether red, green and blue are equal in every pixel.
    """

    sha256: bytes
    size_px: tuple[int, int]
    grey: bool


def inspect_image(content: bytes, scale: float = 1.0) -> ImageFacts:
    """Decode an image file and check that it can show a galaxy.

    Parameters
    ----------
    content : bytes
        See `galviz.survey.images.decode_rgb`.
    scale : float
        Factor by which the image will be resampled.

    Raises
    ------
    ImageError
        See `galviz.survey.images.decode_rgb` and `check_galaxy`.

    Examples
    --------
    >>> import io
    >>> file = io.BytesIO()
    >>> Image.radial_gradient("L").save(file, "PNG")
    >>> inspect_image(file.getvalue())[1:]
    ((256, 256), True)
    """
    image = decode_rgb(content)
    blocks = check_galaxy(image, scale)
    return ImageFacts(hashlib.sha256(content).digest(), image.size, is_grey(blocks))


def is_grey(image: Image.Image) -> bool:
    """Whether red, green and blue are equal in every pixel of an RGB image.

    Examples
    --------
    >>> is_grey(Image.new("RGB", (2, 2), "grey")), is_grey(Image.new("RGB", (2, 2), "red"))
    (True, False)
    """
    extrema = image.getextrema()  # few colour images have equal ones in all channels
    return extrema[0] == extrema[1] == extrema[2] and len({channel.tobytes() for channel in image.split()}) == 1


def check_galaxy(image: Image.Image, scale: float = 1.0) -> Image.Image:
    """Check that an image can show a galaxy.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    scale : float
        Factor by which it will be resampled.

    Returns
    -------
    PIL.Image.Image
        The means of blocks of 4 × 4 px.

    Raises
    ------
    ImageError
        If a side has less than 32 px before or after resampling; if the resampled image has more than `MAX_PIXELS`; if
        the contrast is less than `MIN_CONTRAST`, as in a black image; or if the centre, which is what a network sees,
        is no brighter than the darkest part.

    Examples
    --------
    >>> check_galaxy(Image.radial_gradient("L").convert("RGB")).size
    (64, 64)
    >>> try:
    ...     check_galaxy(Image.new("RGB", (64, 64)))
    ... except ImageError as error:
    ...     print(error.problem)
    it shows no galaxy: it is uniformly black
    """
    _check_size(image.size, scale)
    blocks = image.reduce(_BLOCK_PX)
    if _contrast(blocks) < MIN_CONTRAST and _contrast(image.reduce(_SMALL_BLOCK_PX)) < _MIN_CONTRAST_SMALL_BLOCK:
        problem = f"it shows no galaxy: it is {_describe_colour(blocks)}"
        raise ImageError(problem, "download it again, or remove the galaxy's row", Kind.BLANK_IMAGE)
    if _is_centre_dark(blocks, scale, _BLOCK_PX, MIN_CONTRAST) and _is_centre_dark(
        image.reduce(_SMALL_BLOCK_PX), scale, _SMALL_BLOCK_PX, _MIN_CONTRAST_SMALL_BLOCK
    ):
        problem = f"its centre, the {_CROP_PX} × {_CROP_PX} px that a network takes, is as dark as its darkest part"
        remedy = "cut it out with the galaxy in the middle, or remove the galaxy's row"
        raise ImageError(problem, remedy, Kind.OFF_CENTRE)
    return blocks


def _check_size(size_px: tuple[int, int], scale: float) -> None:
    width, height = size_px
    if min(width, height) < _MIN_SIDE_PX:
        remedy = f"cut out a larger part of the sky, at least {_MIN_SIDE_PX} × {_MIN_SIDE_PX} px"
        raise ImageError(f"it has {width} × {height} px, too few to show a galaxy", remedy, Kind.EXTREME_SHAPE)
    scaled_width, scaled_height = scaled_size(size_px, scale)
    problem = f"it has {width} × {height} px, and {scaled_width} × {scaled_height} px at scale {scale:g}"
    if min(scaled_width, scaled_height) < _MIN_SIDE_PX:
        raise ImageError(f"{problem}, too few to show a galaxy", "choose a larger --scale", Kind.EXTREME_SHAPE)
    if scaled_width * scaled_height > MAX_PIXELS:
        raise ImageError(f"{problem}, more than {MAX_PIXELS:,}", "choose a smaller --scale", Kind.EXTREME_SHAPE)


def _contrast(image: Image.Image) -> int:
    """Difference of the brightest and the darkest pixel, in the channel where it is largest."""
    return max(high - low for low, high in image.getextrema())


def _crop_centre(image: Image.Image, side_px: float) -> Image.Image:
    """The central square, its side rounded up to even, or the whole image if that is smaller."""
    width, height = (min(side, 2 * math.ceil(side_px / 2)) for side in image.size)
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


def _is_centre_dark(blocks: Image.Image, scale: float, block_px: int, min_contrast: int) -> bool:
    """Whether no channel of the centre is brighter than the darkest part of the image."""
    centre = _crop_centre(blocks, _CROP_PX / scale / block_px)
    extrema = zip(centre.getextrema(), blocks.getextrema(), strict=True)
    return all(high - low < min_contrast for (_, high), (low, _) in extrema)


def _describe_colour(blocks: Image.Image) -> str:
    """Describe the colour of an image without contrast."""
    levels = [(low + high) / 2 for low, high in blocks.getextrema()]
    if max(levels) - min(levels) >= MIN_CONTRAST:
        return "of a uniform colour"
    if max(levels) < MIN_CONTRAST:
        return "uniformly black"
    return "uniformly white" if min(levels) > 255 - MIN_CONTRAST else "uniformly grey"


def scaled_size(size_px: tuple[int, int], scale: float) -> tuple[int, int]:
    """Width and height of an image after resampling by `scale`, at least 1 px.

    Examples
    --------
    >>> scaled_size((160, 120), 0.5)
    (80, 60)
    """
    width, height = (max(1, round(side * scale)) for side in size_px)
    return width, height


def resample(image: Image.Image, scale: float) -> Image.Image:
    """Resample both sides of an image by a factor, with the Lanczos filter; 1 returns the image itself.

    Examples
    --------
    >>> resample(Image.new("RGB", (160, 120)), 0.5).size
    (80, 60)
    """
    return image if scale == 1 else image.resize(scaled_size(image.size, scale), Image.Resampling.LANCZOS)


def validate_scale(scale: float) -> float:
    """Check a factor for resampling images.

    Raises
    ------
    ValueError
        If it isn't a number greater than 0 and at most 16.

    Examples
    --------
    >>> validate_scale(2)
    2.0
    """
    if isinstance(scale, bool) or not isinstance(scale, Real) or not 0 < scale <= _MAX_SCALE:
        rule = f"scale must be a number greater than 0 and at most {_MAX_SCALE:g}"
        raise ValueError(f"{rule}; got {scale!r}. 1 leaves images as they are.")
    return float(scale)
