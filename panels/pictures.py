"""Images of galaxies: one, or a grid."""

import io
from collections.abc import Sequence
from typing import Literal

import streamlit as st
from PIL import Image

from galviz.network.crops import LARGE_PX, centre_crop
from galviz.survey.survey import Survey
from panels.controls import choose_one

_COLUMNS = 8
_MIN_WIDTH_PX = 72
_N_CHARACTERS = 8  # of an id in a caption
# Twice the displayed width, for high-resolution screens.
_THUMBNAIL_PX = 256
_WHOLE = "whole"


def choose_crop(survey: Survey) -> int | None:
    """Draw the control for the crop of each picture.

    Returns
    -------
    int or None
        Side of the central square in pixels; None for the whole picture.
    """
    width, height = survey.image_size(survey.object_ids[0])
    large = max(width, height) > LARGE_PX
    help = "72 px show the galaxy itself. The network's input is 112 px. The whole picture shows its surroundings."
    default = "112" if large else "72"
    chosen = choose_one("Central pixels shown", ["72", "112", "144", _WHOLE], default, key="crop", help=help)
    if large:
        st.caption(f"The images have {width} × {height} px. The network's input is the central 112.")
    return None if chosen == _WHOLE else int(chosen)


def show_grid(
    survey: Survey,
    object_ids: Sequence[str],
    captions: Sequence[str],
    descriptions: Sequence[str],
    *,
    side_px: int | None = None,
    columns: int = _COLUMNS,
) -> None:
    """Draw a grid of thumbnails, with fewer columns on a narrow screen.

    Parameters
    ----------
    survey : Survey
    object_ids, captions, descriptions : sequences of one length
        The galaxies, their captions and their descriptions for screen readers.
    side_px : int or None
        Side of the central square to show; None for the whole image.
    columns : int
        Maximum number of columns.
    """
    images = [survey.image(object_id) for object_id in object_ids]
    if side_px is not None:
        images = [centre_crop(image, side_px) for image in images]
    for image in images:
        image.thumbnail((_THUMBNAIL_PX, _THUMBNAIL_PX))
    show_pictures(images, captions, descriptions, columns=columns)


def shorten_id(object_id: str) -> str:
    """The end of an id, in which ids differ, for a caption.

    Examples
    --------
    >>> shorten_id("1237648704043942146")
    '…3942146'
    """
    return object_id if len(object_id) <= _N_CHARACTERS else f"…{object_id[1 - _N_CHARACTERS :]}"


def show_pictures(
    images: Sequence[Image.Image],
    captions: Sequence[str],
    descriptions: Sequence[str],
    *,
    columns: int = _COLUMNS,
    min_width_px: int = _MIN_WIDTH_PX,
    sharp: bool = False,
) -> None:
    """Draw images in a grid, with fewer columns on a narrow screen.

    Parameters
    ----------
    images, captions, descriptions : sequences of one length
        The pictures, their captions and their descriptions for screen readers.
    columns : int
        Maximum number of columns.
    min_width_px : int
        Least width of a column; if they don't fit beside each other, there are fewer.
    sharp : bool
        Whether to keep edges between pixels sharp, as in a heatmap.
    """
    with st.grid(columns, min_column_width=min_width_px, gap="xsmall"):
        for image, caption, description in zip(images, captions, descriptions, strict=True):
            _show(image, caption, description, "stretch", sharp)


def show_picture(image: Image.Image, caption: str, description: str, *, width_px: int) -> None:
    """Draw one image at a given width, or narrower on a narrow screen."""
    _show(image, caption, description, width_px, sharp=False)


def _show(image: Image.Image, caption: str, description: str, width: int | Literal["stretch"], sharp: bool) -> None:
    content, kind = encode(image, sharp=sharp), "PNG" if sharp else "JPEG"
    st.image(content, caption=caption, alt=description, width=width, output_format=kind)


def encode(image: Image.Image, *, sharp: bool = False) -> bytes:
    """Encode an image as JPEG, at a lower quality than Streamlit's 100, or as PNG if it is to stay sharp.

    Examples
    --------
    >>> encode(Image.new("RGB", (8, 8), "teal"), sharp=True)[1:4]
    b'PNG'
    """
    encoded = io.BytesIO()
    if sharp:
        image.save(encoded, format="PNG")
    else:
        image.convert("RGB").save(encoded, format="JPEG", quality=90, subsampling=0)
    return encoded.getvalue()
