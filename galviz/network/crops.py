"""What a crop of an image keeps."""

from collections.abc import Mapping

from PIL import Image, ImageDraw

# An image larger than SDSS's usual cutouts has smaller pixels, and its centre is a galaxy's core alone.
LARGE_PX = 200


def centre_crop(image: Image.Image, side_px: int) -> Image.Image:
    """Cut the central square out of an image; what lies outside the image is black, as in fastai's ``CropPad``.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    side_px : int
        Side of the square, in pixels, at least 1.

    Returns
    -------
    PIL.Image.Image
        RGB, `side_px` by `side_px`.

    Raises
    ------
    ValueError
        If `side_px` is less than 1.
    """
    return image.crop(_centred_box(image, side_px))


def network_crop(image: Image.Image, pad_px: int, crop_px: int) -> Image.Image:
    """Cut out what a network is shown: the centre of an image cropped or padded to `pad_px`, then that one's centre.

    Twice, because that is what the tutorial does: with odd sizes one crop would lie half a pixel elsewhere.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    pad_px, crop_px : int
        Sides in pixels, at least 1.

    Returns
    -------
    PIL.Image.Image
        RGB, `crop_px` by `crop_px`.

    Raises
    ------
    ValueError
        If a side is less than 1.
    """
    return centre_crop(centre_crop(image, pad_px), crop_px)


def outline_crops(image: Image.Image, colours: Mapping[int, str], *, magnification: int = 3) -> Image.Image:
    """Enlarge an image and draw the edge of each centred square on it.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    colours : mapping of int to str
        The side of each square in pixels of `image`, and its colour.
    magnification : int
        How many times to enlarge, so that the lines are thinner than a pixel of `image`.

    Returns
    -------
    PIL.Image.Image
        RGB, `magnification` times the size of `image`. A square larger than the image is left out.
    """
    enlarged = image.resize((image.width * magnification, image.height * magnification), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(enlarged)
    for side_px, colour in colours.items():
        left, top, right, bottom = _centred_box(image, side_px)
        if left >= 0 and top >= 0:
            # The last row and column belong to the square: Pillow's rectangles include their corners.
            corners = (left * magnification, top * magnification, right * magnification - 1, bottom * magnification - 1)
            draw.rectangle(corners, outline=colour, width=2)
    return enlarged


def _centred_box(image: Image.Image, side_px: int) -> tuple[int, int, int, int]:
    """Left, upper, right and lower edge in pixels; right and lower are the first pixel outside."""
    if side_px < 1:
        raise ValueError(f"side_px must be at least 1; got {side_px}. Give the side of the square in pixels.")
    left = (image.width - side_px) // 2
    top = (image.height - side_px) // 2
    return left, top, left + side_px, top + side_px
