"""Crops of images: the central square, and the part that a network takes."""

from collections.abc import Mapping

from PIL import Image, ImageDraw

# Images larger than the usual SDSS cutouts have smaller pixels: a crop of them shows only the core of a galaxy.
LARGE_PX = 200


def centre_crop(image: Image.Image, side_px: int) -> Image.Image:
    """Crop an image to its central square, padded with black if it is larger, as fastai's ``CropPad`` does.

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

    Examples
    --------
    >>> centre_crop(Image.new("RGB", (160, 120)), 144).size
    (144, 144)
    """
    return image.crop(_centred_box(image, side_px))


def network_crop(image: Image.Image, pad_px: int, crop_px: int) -> Image.Image:
    """Crop an image to the input of a network: the centre, cropped or padded to `pad_px`, then the centre of that.

    The tutorial crops twice, and for odd sizes a single crop would lie half a pixel elsewhere.

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

    Examples
    --------
    >>> network_crop(Image.new("RGB", (160, 160)), pad_px=144, crop_px=112).size
    (112, 112)
    """
    return centre_crop(centre_crop(image, pad_px), crop_px)


def outline_crops(image: Image.Image, colours: Mapping[int, str], *, magnification: int = 3) -> Image.Image:
    """Enlarge an image and draw the outlines of centred squares on it.

    Parameters
    ----------
    image : PIL.Image.Image
        RGB, any size.
    colours : mapping of int to str
        The side of each square in pixels of `image`, and its colour.
    magnification : int
        Factor by which to enlarge, so that the lines are thinner than a pixel of `image`.

    Returns
    -------
    PIL.Image.Image
        RGB, `magnification` times the size of `image`. Squares larger than the image are omitted.

    Examples
    --------
    >>> outlined = outline_crops(Image.new("RGB", (10, 10)), {6: "#ff0000"})
    >>> outlined.size, outlined.getpixel((6, 6))
    ((30, 30), (255, 0, 0))
    """
    enlarged = image.resize((image.width * magnification, image.height * magnification), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(enlarged)
    for side_px, colour in colours.items():
        left, top, right, bottom = _centred_box(image, side_px)
        if left >= 0 and top >= 0:
            # −1, because Pillow's rectangles include the lower right corner.
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
