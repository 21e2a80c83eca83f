"""Small pictures of every galaxy, for tooltips and charts: made once of a survey, kept in one file, shown by data URI.

WebP, because a galaxy of 72 px takes some 200 bytes in it and ten times as many as a JPEG: 2,000 of them in a page are
then less than the page's code.
"""

import base64
import io
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from galviz.crops import LARGE_PX, centre_crop
from galviz.files import replacing
from galviz.problems import BrokenFileError
from galviz.shipped import ShippedFileError, read_verified
from galviz.survey import Survey

SIDE_PX = 72  # the tutorial's crop for galaxies as points
CROP_PX = 112  # what the shipped network sees of an image
SHIPPED_THUMBNAILS = Path(__file__).parents[1] / "data" / "features" / "thumbnails.parquet"
_QUALITY = 60
_KEY = b"galviz_survey_sha256"


class ThumbnailsError(BrokenFileError):
    """A file of thumbnails that can't be used; the text says why and what to do."""


def thumbnail(image: Image.Image, side_px: int = SIDE_PX) -> bytes:
    """Make a small WebP picture of a galaxy: its central `side_px` pixels, of what the network sees.

    Of an image larger than SDSS's usual cutouts it is all that the network sees, shrunk, because the centre alone would
    hardly show anything. What lies outside the network's crop isn't shown, so that no prediction seems to rest on it.

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
    """
    if max(image.size) > LARGE_PX:
        picture = centre_crop(image, CROP_PX).resize((side_px, side_px), Image.Resampling.LANCZOS)
    else:
        picture = centre_crop(image, side_px)
    encoded = io.BytesIO()
    picture.save(encoded, format="WEBP", quality=_QUALITY, method=4)
    return encoded.getvalue()


def data_uri(webp: bytes) -> str:
    """The address by which a picture carries itself into a page."""
    return f"data:image/webp;base64,{base64.b64encode(webp).decode('ascii')}"


def make_thumbnails(
    survey: Survey, object_ids: Sequence[str] | None = None, *, progress: Callable[[int, int], object] | None = None
) -> pd.Series:
    """Make the data URIs of a survey's galaxies.

    Parameters
    ----------
    survey : Survey
    object_ids : sequence of str, optional
        All of them by default.
    progress : callable, optional
        Called as progress(done, total). What it raises ends it and comes through.

    Returns
    -------
    Series of str, index objID
        In the order of `object_ids`, or the catalogue's.

    Raises
    ------
    SurveyError
        If an image can't be read any more.
    """
    wanted = survey.object_ids if object_ids is None else list(object_ids)
    total, found = len(wanted), {}
    for done, object_id in enumerate(wanted, start=1):
        found[object_id] = data_uri(thumbnail(survey.image(object_id)))
        if progress:
            progress(done, total)
    return pd.Series(found, name="image", dtype=str).rename_axis("objID")


def save_thumbnails(thumbnails: pd.Series, survey_sha256: str, path: str | os.PathLike[str]) -> None:
    """Write thumbnails to a Parquet file, whole or not at all; equal pictures give equal bytes.

    Raises
    ------
    OSError
        If it can't be written; what was there before is as it was.
    """
    pictures = [base64.b64decode(uri.partition(",")[2]) for uri in thumbnails]
    table = pa.table({"objID": pa.array(thumbnails.index, pa.string()), "webp": pa.array(pictures, pa.binary())})
    table = table.replace_schema_metadata({_KEY: survey_sha256.encode()})
    with replacing(path) as temporary, temporary.open("wb") as stream:
        # Pictures are compressed already.
        pq.write_table(table, stream, compression="none", use_dictionary=False, write_statistics=False)


def load_thumbnails(path: str | os.PathLike[str] | None = None) -> tuple[pd.Series, str]:
    """Read thumbnails, and the checksum of the survey that they show.

    Parameters
    ----------
    path : path-like, optional
        A file by `save_thumbnails`; by default the shipped thumbnails of the mock survey.

    Returns
    -------
    Series of str, index objID
        Data URIs.
    str
        The survey's sha256.

    Raises
    ------
    ThumbnailsError
        If the file isn't there, is no file of thumbnails, or came with galviz and has changed since.
    """
    file = SHIPPED_THUMBNAILS if path is None else path
    try:
        table = pq.read_table(pa.BufferReader(read_verified(file)))
        survey_sha256 = table.schema.metadata[_KEY].decode()
        pictures = table.column("webp").to_pylist()
        ids = table.column("objID").to_pylist()
    except ShippedFileError as error:
        raise ThumbnailsError(str(error)) from error
    except (OSError, pa.ArrowException, KeyError, TypeError) as error:
        raise ThumbnailsError(
            f"The thumbnails {os.fspath(file)} can't be read ({type(error).__name__}); "
            "make them again with `python -m galviz build-data`."
        ) from error
    return pd.Series(list(map(data_uri, pictures)), index=pd.Index(ids, name="objID"), name="image", dtype=str), (
        survey_sha256
    )
