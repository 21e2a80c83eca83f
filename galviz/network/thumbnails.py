"""Thumbnails of galaxies, cropped as for the network, for tooltips and charts.

They are WebP: a galaxy of 72 px takes about 200 bytes, a tenth of a JPEG.
"""

import base64
import io
from collections.abc import Callable, Sequence

import pandas as pd
from PIL import Image

from galviz.network.crops import LARGE_PX, centre_crop
from galviz.survey.survey import Survey

SIDE_PX = 72  # the tutorial's crop for galaxies as points
CROP_PX = 112  # the crop of the shipped network
_QUALITY = 60


def thumbnail(image: Image.Image, side_px: int = SIDE_PX) -> bytes:
    """Make a small WebP picture of a galaxy: the central `side_px` pixels of the network's crop.

    An image larger than the usual SDSS cutouts is cropped as for the network and then downsampled, because its central
    pixels would show only the core of a galaxy.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    side_px : int
        At least 1.

    Returns
    -------
    bytes
        `side_px` by `side_px` pixels.

    Examples
    --------
    >>> thumbnail(Image.new("RGB", (160, 160)))[:4]
    b'RIFF'
    """
    if max(image.size) > LARGE_PX:
        picture = centre_crop(image, CROP_PX).resize((side_px, side_px), Image.Resampling.LANCZOS)
    else:
        picture = centre_crop(image, side_px)
    encoded = io.BytesIO()
    picture.save(encoded, format="WEBP", quality=_QUALITY, method=4)
    return encoded.getvalue()


def data_uri(webp: bytes) -> str:
    """Encode a WebP picture as a data URI, which a page can embed.

    Examples
    --------
    >>> data_uri(b"abc")
    'data:image/webp;base64,YWJj'
    """
    return f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"


def make_thumbnails(
    survey: Survey, object_ids: Sequence[str] | None = None, *, progress: Callable[[int, int], object] | None = None
) -> pd.Series:
    """Make a thumbnail of each galaxy of a survey.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str, optional
        All galaxies by default.
    progress : callable, optional
        Called as progress(done, total). An exception raised by it cancels the work.

    Returns
    -------
    Series of str, index objID
        In the order of `object_ids`, or the catalogue's.

    Raises
    ------
    SurveyError
        If an image can't be read any more.

    Examples
    --------
    >>> import galviz
    >>> survey = galviz.load_survey()
    >>> make_thumbnails(survey, survey.object_ids[:2]).index.tolist() == survey.object_ids[:2]
    True
    """
    ids = survey.object_ids if object_ids is None else list(object_ids)
    thumbnails = {}
    for done, object_id in enumerate(ids, start=1):
        thumbnails[object_id] = data_uri(thumbnail(survey.image(object_id)))
        if progress:
            progress(done, len(ids))
    return pd.Series(thumbnails, name="image", dtype=str).rename_axis("objID")
