"""Images of galaxies on a page: one, or a grid of thumbnails."""

import io
from collections.abc import Sequence
from typing import Literal

import streamlit as st
from PIL import Image

from galviz.network.crops import LARGE_PX, centre_crop
from galviz.survey.survey import Survey
from panels.controls import choose_one

COLUMNS = 8
NARROWEST_PX = 72
# Twice the width at which a thumbnail is shown, for sharp screens.
THUMBNAIL_PX = 256
WHOLE = "whole"


def choose_crop(survey: Survey) -> int | None:
    """Draw a control for how much of each picture to show.

    Returns
    -------
    int or None
        Side of the central square in pixels; None for the whole picture.
    """
    width, height = survey.image_size(survey.object_ids[0])
    large = max(width, height) > LARGE_PX
    told = "72 px show the galaxy itself; the network sees 112; the whole picture shows what is around it."
    usual = "112" if large else "72"
    chosen = choose_one("Central pixels shown", ["72", "112", "144", WHOLE], usual, key="crop", help=told)
    if large:
        st.caption(f"The images have {width} × {height} px. The network sees the central 112.")
    return None if chosen == WHOLE else int(chosen)


def show_grid(
    survey: Survey,
    object_ids: Sequence[str],
    captions: Sequence[str],
    descriptions: Sequence[str],
    *,
    side_px: int | None = None,
) -> None:
    """Draw a thumbnail a galaxy, row by row, fewer in a row where the screen is narrow.

    Parameters
    ----------
    survey : Survey
        Where the images are.
    object_ids, captions, descriptions : sequences of one length
        The galaxies, what stands below each, and what a screen reader says.
    side_px : int or None
        Side of the central square to show; None for the whole image.
    """
    images = [survey.image(object_id) for object_id in object_ids]
    if side_px is not None:
        images = [centre_crop(image, side_px) for image in images]
    for image in images:
        image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    show_pictures(images, captions, descriptions)


def show_pictures(
    images: Sequence[Image.Image],
    captions: Sequence[str],
    descriptions: Sequence[str],
    *,
    columns: int = COLUMNS,
    sharp: bool = False,
) -> None:
    """Draw images side by side, fewer in a row where the screen is narrow.

    Parameters
    ----------
    images, captions, descriptions : sequences of one length
        The pictures, what stands below each, and what a screen reader says.
    columns : int
        In a row, at most.
    sharp : bool
        Whether edges between pixels are to stay as they are, as in a map of numbers.
    """
    with st.grid(columns, min_column_width=NARROWEST_PX, gap="xsmall"):
        for image, caption, description in zip(images, captions, descriptions, strict=True):
            _show(image, caption, description, "stretch", sharp)


def show_picture(image: Image.Image, caption: str, description: str, *, width_px: int) -> None:
    """Draw one image at a given width, or narrower where the screen is."""
    _show(image, caption, description, width_px, sharp=False)


def _show(image: Image.Image, caption: str, description: str, width: int | Literal["stretch"], sharp: bool) -> None:
    content, kind = encode(image, sharp=sharp), "PNG" if sharp else "JPEG"
    st.image(content, caption=caption, alt=description, width=width, output_format=kind)


def encode(image: Image.Image, *, sharp: bool = False) -> bytes:
    """Encode an image as JPEG, smaller than Streamlit does (it keeps quality 100), or as PNG if it is to stay sharp."""
    encoded = io.BytesIO()
    if sharp:
        image.save(encoded, format="PNG")
    else:
        image.convert("RGB").save(encoded, format="JPEG", quality=90, subsampling=0)
    return encoded.getvalue()
