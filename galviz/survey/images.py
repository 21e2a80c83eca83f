"""A galaxy's image file -> 8-bit RGB, or a sentence on why not."""

import io
import os
import stat
import struct
import zlib

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin

from galviz.files.signatures import file_kind
from galviz.survey.damage import jpeg_damage, png_damage, png_header_parts, png_palette_damage

# Far more than a cutout of one galaxy needs (160 px), and little enough for a few threads to decode at a time.
MAX_PIXELS = 4096 * 4096
_MAX_BYTES = 64 * 2**20
# What Pillow's readers of JPEG and PNG raise for rubbish; tests/survey/test_survey.py feeds them much of it.
_DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
_CONVERT = "save it as an 8-bit RGB image in JPEG or PNG"
_FETCH = "download it again"
_PUT_IMAGE = "put the image itself there"


class ImageFault(ValueError):
    """An image that can't be used. Its two arguments say why, and what to do."""

    @property
    def problem(self) -> str:
        """What is wrong, a clause."""
        return self.args[0]

    @property
    def remedy(self) -> str:
        """What to do, a clause."""
        return self.args[1]

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}"


class _JpegWithoutExif(JpegImagePlugin.JpegImageFile):
    """Pillow's reader, save that it looks for no resolution in the EXIF part, where a broken one makes it warn."""

    def _read_dpi_from_exif(self) -> None:
        pass


def read_content(path: str | os.PathLike[str]) -> bytes:
    """Read an image file's bytes.

    Raises
    ------
    ImageFault
        If it can't be read, is empty or too large to be an image of a galaxy.
    """
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ImageFault("it is no regular file and no image", _PUT_IMAGE)
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise ImageFault("there is no such file", "add the image, or remove the galaxy's row") from error
    except OSError as error:
        raise ImageFault(
            f"it can't be read: {error.strerror}", "check the file, its permissions and the disk"
        ) from error
    if not content:
        raise ImageFault("the file is empty (0 bytes)", _FETCH)
    if len(content) > _MAX_BYTES:
        raise ImageFault(f"the file is larger than {_MAX_BYTES >> 20} MiB", "cut the galaxy out and save that")
    return content


def _without_waiting(path: str, flags: int) -> int:
    """Open a file at once: opening a pipe would otherwise wait for somebody to write into it, for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_start(path: str | os.PathLike[str]) -> bytes:
    """Read a file's first bytes, enough for `galviz.files.signatures.file_kind`; none if it can't be read."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            return file.read(1024) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def decode_rgb(content: bytes) -> Image.Image:
    """Decode an image file's bytes.

    Parameters
    ----------
    content : bytes
        A JPEG or PNG file, whatever its name says. Grey, palette, CMYK and opaque alpha become RGB. EXIF orientation
        and colour profiles are ignored, as the tutorial's reader and a network's training do: pixels stay where the
        file has them.

    Returns
    -------
    PIL.Image.Image
        Mode RGB, 8 bits a channel, any size up to 4096 × 4096 px; no metadata; the caller's own.

    Raises
    ------
    ImageFault
        If the bytes are no JPEG or PNG, broken, or part of the image data is lost as far as that shows
        (see `galviz.survey.damage`); 16-bit, animated or truly transparent, for which no conversion is the
        right one; or have more than `MAX_PIXELS`, which is checked before anything is decoded.
    """
    image = _open(content)
    if image.format == "PNG" and (damage := png_damage(content)):
        raise _damaged(damage)
    try:
        image.load()
        if image.format == "JPEG" and (damage := jpeg_damage(content, cmyk=image.mode == "CMYK")):
            raise _damaged(damage)
        in_palette = image.format == "PNG" and image.mode == "P"
        if in_palette and (damage := png_palette_damage(content, image.getextrema()[1])):
            raise _damaged(damage)
        if image.has_transparency_data:
            with_alpha = image.convert("RGBA")
            if with_alpha.getchannel("A").getextrema()[0] < 255:
                raise ImageFault("it is transparent in places", "lay it on the sky's colour and " + _CONVERT)
            rgb = with_alpha.convert("RGB")
        elif image.mode == "RGB":
            # A plain image that shares the pixels: convert would copy them, 64 MB of the largest allowed.
            rgb = image._new(image.im)
        else:
            rgb = image.convert("RGB")
    except ImageFault:
        raise
    except _DECODING_ERRORS as error:
        raise _broken(error) from error
    rgb.info = {}
    return rgb


def pixel_size(content: bytes) -> tuple[int, int]:
    """Read width and height (px) from an image file's header, without decoding the rest.

    Raises
    ------
    ImageFault
        As `decode_rgb`, as far as the header tells.
    """
    return _open(content).size


def _open(content: bytes) -> ImageFile.ImageFile:
    """Read the header and refuse what it says can't be used.

    Pillow's two readers are called themselves: `Image.open` would try other formats, and warns of too many pixels in a
    way that only a process-wide setting can change.
    """
    kind = file_kind(content)
    if kind == "a PNG image":
        # Pillow would quietly drop the lower half of 16 bits. The depth is the 25th byte of every PNG (its IHDR).
        if content[12:16] == b"IHDR" and content[24:25] == b"\x10":
            raise ImageFault("it has 16 bits a channel", "stretch it to 8 bits and " + _CONVERT)
        if b"acTL" in png_header_parts(content):
            raise ImageFault("it is an animated PNG", _CONVERT)
        reader: type[ImageFile.ImageFile] = PngImagePlugin.PngImageFile
    elif kind == "a JPEG image":
        reader = _JpegWithoutExif
    elif kind == "an HTML page":
        raise ImageFault("it is an HTML page and no image: the download failed", _FETCH)
    elif kind is not None:
        raise ImageFault(f"it is {kind} and no JPEG or PNG", _CONVERT)
    else:
        raise ImageFault("it is no JPEG or PNG image", _FETCH)
    try:
        image = reader(io.BytesIO(content))
    except _DECODING_ERRORS as error:
        raise _broken(error) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageFault(f"it has {width} × {height} px, more than {MAX_PIXELS:,}", "cut the galaxy out and save that")
    return image


def _damaged(how: str) -> ImageFault:
    if "subsampling" in how:  # one that hardly any program writes, and the decoder that warns doesn't know
        return ImageFault("its kind of chroma subsampling can't be checked for damage", _CONVERT)
    return ImageFault(f"it is damaged: part of the image data is missing or altered ({how})", _FETCH)


def _broken(error: Exception) -> ImageFault:
    """Word what Pillow found."""
    reason = str(error).strip().rstrip(".")
    if "truncated" in reason.lower():
        return ImageFault("it is truncated: its end is missing", _FETCH)
    return ImageFault("it is broken and can't be decoded" + (f" ({reason})" if reason else ""), _FETCH)
