"""Images of galaxies on a page: one, or a grid of thumbnails."""

import io
from collections.abc import Sequence

import streamlit as st
from PIL import Image

from galviz.crops import LARGE_PX, centre_crop
from galviz.survey import Survey

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
    width, _ = survey.image_size(survey.object_ids[0])
    chosen = st.segmented_control(
        "Central pixels shown",
        ["72", "112", "144", WHOLE],
        default="72" if width <= LARGE_PX else WHOLE,
        required=True,
        key="crop",
        bind="query-params",
        help="72 px show the galaxy itself; the network sees 112; the whole picture shows what is around it.",
    )
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
    with st.grid(COLUMNS, min_column_width=NARROWEST_PX, gap="xsmall"):
        for object_id, caption, description in zip(object_ids, captions, descriptions, strict=True):
            image = survey.image(object_id)
            if side_px is not None:
                image = centre_crop(image, side_px)
            image.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
            st.image(_jpeg(image), caption=caption, alt=description, width="stretch")


def show_picture(image: Image.Image, caption: str, description: str, *, width_px: int) -> None:
    """Draw one image at a given width, or narrower where the screen is."""
    st.image(_jpeg(image), caption=caption, alt=description, width=width_px)


def _jpeg(image: Image.Image) -> bytes:
    """Encode an image: Streamlit's own encoding keeps quality 100, which takes four times the bytes."""
    encoded = io.BytesIO()
    image.convert("RGB").save(encoded, format="JPEG", quality=90, subsampling=0)
    return encoded.getvalue()
