"""Whether a reply of SkyServer's image service is the image of a galaxy, and whether a file is complete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from galviz.sdss.session import ReplyError
from galviz.survey.images import ImageError, decode_rgb, pixel_size, read_content

if TYPE_CHECKING:
    from PIL import Image

# Largest share of pixels with exactly the same colour. It is at most 0.12 in 400 SDSS images and 0.19 in 400 mock
# galaxies, because of the noise of the sky, and from 0.52 in frames of one colour with a message of SkyServer's length.
MAX_SAME_COLOUR = 0.4
_CENTRE_PART, _MIN_CONTRAST = 32, 16
_JPEG = b"\xff\xd8\xff"


def check_image(content: bytes, size_px: int) -> None:
    """Check that a reply is the image of a galaxy.

    Parameters
    ----------
    content : bytes
    size_px : int
        Width and height that were requested.

    Raises
    ------
    ReplyError
        If it isn't a complete JPEG of that size, or is a frame of one colour, such as the one with a message that
        SkyServer sends where it has no imaging.

    Examples
    --------
    >>> check_image(b"<html>Service unavailable</html>", 160)
    Traceback (most recent call last):
    galviz.sdss.session.ReplyError: it is an HTML page, not an image: the download failed
    """
    if not content:
        raise ReplyError("the reply is empty")
    try:
        width, height = pixel_size(content)  # before decoding: a small file can hold a huge image
        if (width, height) != (size_px, size_px):
            raise ReplyError(f"the image has {width} × {height} px, not {size_px} × {size_px}", retry=False)
        image = decode_rgb(content)
    except ImageError as error:
        raise ReplyError(error.problem) from error
    if not content.startswith(_JPEG):
        raise ReplyError("the image isn't a JPEG")
    count, colour = max(image.getcolors(size_px * size_px))
    if count > MAX_SAME_COLOUR * size_px**2 and not _has_central_source(image, colour):
        reason = f"no imaging there: {100 * count / size_px**2:.0f} % of the frame have the same colour"
        raise ReplyError(reason, retry=False, permanent=True)


def _has_central_source(image: Image.Image, background: tuple[int, int, int]) -> bool:
    """Whether the centre differs from the background everywhere, as in a galaxy at the edge of the imaging.

    The strokes of a text leave gaps.
    """
    import numpy as np

    middle, reach = image.width // 2, max(2, image.width // _CENTRE_PART)
    centre = slice(middle - reach, middle + reach + 1)
    difference = np.abs(np.asarray(image, dtype=int)[centre, centre] - np.array(background))
    return bool(difference.max(axis=-1).min() > _MIN_CONTRAST)


def is_complete(path: Path) -> bool:
    """Whether an image exists and can be decoded; a file cut off by a power failure is requested again.

    Examples
    --------
    >>> is_complete(Path("nowhere.jpg"))
    False
    """
    try:
        decode_rgb(read_content(path))
    except ImageError:
        return False
    return True
