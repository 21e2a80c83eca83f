"""The bytes of an image in any usual format -> a JPEG or PNG; what would change its meaning is refused."""

import io
import struct
import zlib

from PIL import Image, ImageFile

from galviz.files.signatures import file_kind
from galviz.survey.images import MAX_PIXELS, ImageError

_SAVE = "save it as an 8-bit RGB image in JPEG or PNG"
_MODES = ("1", "L", "P", "RGB", "RGBX", "CMYK", "YCbCr", "LA", "RGBA", "PA")


def as_jpeg_or_png(content: bytes) -> tuple[bytes, str]:
    """Convert an image to a format that galviz reads.

    Parameters
    ----------
    content : bytes
        Of an image file, whatever its name.

    Returns
    -------
    content : bytes
        Unchanged if it isn't a TIFF, WebP, BMP or GIF image; else a PNG with the same pixels.
    ending : str
        ``".png"`` for a PNG; ``".jpg"`` for anything else.

    Raises
    ------
    ImageError
        If it is a TIFF, WebP, BMP or GIF image that is broken, too large, 16-bit, animated or transparent.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("RGB", (8, 8)).save(file, "BMP")
    >>> png, ending = as_jpeg_or_png(file.getvalue())
    >>> ending, png[1:4]
    ('.png', b'PNG')
    """
    kind = file_kind(content[:1024])
    if kind == "a PNG image":
        return content, ".png"
    reader = _reader(kind)
    if reader is None:
        return content, ".jpg"
    try:
        with reader(io.BytesIO(content)) as image:
            file = io.BytesIO()
            _plain(image, kind).save(file, "PNG")
    except ImageError:
        raise
    except (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error, zlib.error) as error:
        raise ImageError(f"it is {kind} that is broken and can't be decoded", "download it again") from error
    return file.getvalue(), ".png"


def _reader(kind: str | None) -> type[ImageFile.ImageFile] | None:
    """Pillow's reader, called directly: `Image.open` would try other formats, and warns of many pixels."""
    if kind == "a TIFF image":
        from PIL.TiffImagePlugin import TiffImageFile as Reader
    elif kind == "a WebP image":
        from PIL.WebPImagePlugin import WebPImageFile as Reader
    elif kind == "a BMP image":
        from PIL.BmpImagePlugin import BmpImageFile as Reader
    elif kind == "a GIF image":
        from PIL.GifImagePlugin import GifImageFile as Reader
    else:
        return None
    return Reader


def _plain(image: ImageFile.ImageFile, kind: str) -> Image.Image:
    """The image in RGB or grey, after the checks that decide whether that is right."""
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageError(f"it has {width} × {height} px, more than {MAX_PIXELS:,}", "crop it to the galaxy")
    # Not n_frames, for which Pillow goes through all of them: a file may have millions.
    if getattr(image, "is_animated", False):
        raise ImageError(f"it is {kind} with several frames", f"keep one frame and {_SAVE}")
    if image.mode not in _MODES:
        raise ImageError(f"it has more than 8 bits per channel (Pillow's mode {image.mode})", f"stretch it and {_SAVE}")
    image.load()
    if image.has_transparency_data:
        with_alpha = image.convert("RGBA")
        if with_alpha.getchannel("A").getextrema()[0] < 255:
            raise ImageError("it is partly transparent", f"fill the background with the colour of the sky and {_SAVE}")
        return with_alpha.convert("RGB")
    return image.convert("L" if image.mode in ("1", "L") else "RGB")
