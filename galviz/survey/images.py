"""A galaxy's image file -> an 8-bit RGB image, or an error that says why it can't be used."""

import io
import os
import stat
import struct
import zlib

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin

from galviz.files.signatures import LFS_POINTER, LFS_REMEDY, file_kind
from galviz.survey.damage import jpeg_damage, png_damage, png_header_chunks, png_palette_damage
from galviz.survey.problem import Kind

# Far more than the cutout of a galaxy needs (160 × 160), but few enough for several threads to decode at a time.
MAX_PIXELS = 4096 * 4096
MAX_BYTES = 64 * 2**20
# A progressive JPEG has about 10. Each takes as long to decode as a whole image, even if it is a few bytes long.
_MAX_SCANS = 100
_START_OF_SCAN = b"\xff\xda"
# What Pillow's readers of JPEG and PNG raise for invalid content.
_DECODING_ERRORS = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
_CONVERT = "save it as an 8-bit RGB image in JPEG or PNG"
_DOWNLOAD = "download it again"
_PUT_IMAGE = "put the image itself there"


class ImageError(ValueError):
    """An image can't be used.

    Parameters
    ----------
    problem, remedy : str
        Clauses without a full stop: what is wrong, and what to do.
    kind : Kind

    Examples
    --------
    >>> ImageError("the file is empty (0 bytes)", "download it again").remedy
    'download it again'
    """

    def __init__(self, problem: str, remedy: str, kind: Kind = Kind.UNUSABLE_IMAGE) -> None:
        super().__init__(problem, remedy, kind)

    @property
    def problem(self) -> str:
        """What is wrong, a clause."""
        return self.args[0]

    @property
    def remedy(self) -> str:
        """What to do, a clause."""
        return self.args[1]

    @property
    def kind(self) -> Kind:
        """What is wrong, for programs."""
        return self.args[2]

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}"


class _JpegWithoutExif(JpegImagePlugin.JpegImageFile):
    """Pillow's reader without reading the resolution from EXIF data, which warns if they are broken."""

    def _read_dpi_from_exif(self) -> None:
        pass


def read_content(path: str | os.PathLike[str]) -> bytes:
    """Read the bytes of an image file.

    Raises
    ------
    ImageError
        If it can't be read, is empty, or has more than 64 MiB.

    Examples
    --------
    >>> read_content("nowhere.jpg")
    Traceback (most recent call last):
    galviz.survey.images.ImageError: there is no such file; add the image, or remove the galaxy's row
    """
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ImageError("it is a special file, not an image", _PUT_IMAGE)
            # Reading allocates as much memory as is asked for, and 64 MiB take longer than a small image.
            size = min(status.st_size, MAX_BYTES)
            content = file.read(size + 1)
            if len(content) > size:  # too large, or it has grown
                content += file.read(MAX_BYTES - size)
    except FileNotFoundError as error:
        raise ImageError(
            "there is no such file", "add the image, or remove the galaxy's row", Kind.MISSING_IMAGE
        ) from error
    except OSError as error:
        remedy = "check the file, its permissions and the disk"
        raise ImageError(f"it can't be read: {error.strerror}", remedy) from error
    if not content:
        raise ImageError("the file is empty (0 bytes)", _DOWNLOAD, Kind.DAMAGED_IMAGE)
    if len(content) > MAX_BYTES:
        raise ImageError(f"the file is larger than {MAX_BYTES >> 20} MiB", "crop it to the galaxy")
    return content


def _open_nonblocking(path: str, flags: int) -> int:
    """Open a file without blocking: opening a named pipe would otherwise wait for a writer."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_start(path: str | os.PathLike[str]) -> bytes:
    """Read a file's first 1024 bytes, enough for `galviz.files.signatures.file_kind`; empty if it can't be read.

    Examples
    --------
    >>> read_start("nowhere.jpg")
    b''
    """
    try:
        with open(path, "rb", opener=_open_nonblocking) as file:
            return file.read(1024) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
    except OSError:
        return b""


def decode_rgb(content: bytes) -> Image.Image:
    """Decode the bytes of an image file.

    Parameters
    ----------
    content : bytes
        A JPEG or PNG file, whatever its name. Grey, palette, CMYK and opaque alpha are converted to RGB. EXIF
        orientation and colour profiles are ignored, as in the tutorial and in training.

    Returns
    -------
    PIL.Image.Image
        Mode RGB, 8 bits per channel, at most 4096 × 4096 px, without metadata.

    Raises
    ------
    ImageError
        If the content isn't a JPEG or PNG, is broken, or part of the image data is lost, as far as that can be detected
        (see `galviz.survey.damage`); if the image is 16-bit, animated or transparent, because no conversion is the
        right one; or if it has more than `MAX_PIXELS`, which is checked before decoding.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("L", (64, 48)).save(file, "PNG")
    >>> decode_rgb(file.getvalue()).mode
    'RGB'
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
                raise ImageError(
                    "it is partly transparent", "fill the background with the colour of the sky and " + _CONVERT
                )
            rgb = with_alpha.convert("RGB")
        elif image.mode == "RGB":
            # A plain image that shares the pixels. convert would copy them, 64 MB for the largest image.
            rgb = image._new(image.im)
        else:
            rgb = image.convert("RGB")
    except ImageError:
        raise
    except _DECODING_ERRORS as error:
        raise _broken(error) from error
    rgb.info = {}
    return rgb


def pixel_size(content: bytes) -> tuple[int, int]:
    """Read width and height (px) from the header of an image file.

    Raises
    ------
    ImageError
        As `decode_rgb`, for problems that the header shows.

    Examples
    --------
    >>> file = io.BytesIO()
    >>> Image.new("L", (64, 48)).save(file, "PNG")
    >>> pixel_size(file.getvalue())
    (64, 48)
    """
    return _open(content).size


def _open(content: bytes) -> ImageFile.ImageFile:
    """Read the header, and raise an error if it shows that the image can't be used.

    This calls Pillow's two readers directly. `Image.open` would try other formats, and its limit on the number of
    pixels is a process-wide setting.
    """
    kind = file_kind(content)
    if kind == "a PNG image":
        # Pillow would silently drop the lower 8 of 16 bits. The depth is byte 25 of every PNG (in its IHDR chunk).
        if content[12:16] == b"IHDR" and content[24:25] == b"\x10":
            raise ImageError("it has 16 bits per channel", "stretch it to 8 bits and " + _CONVERT)
        if b"acTL" in png_header_chunks(content):
            raise ImageError("it is an animated PNG", _CONVERT)
        reader: type[ImageFile.ImageFile] = PngImagePlugin.PngImageFile
    elif kind == "a JPEG image":
        if content.count(_START_OF_SCAN) > _MAX_SCANS:
            raise ImageError(f"it is a JPEG image of more than {_MAX_SCANS} scans", _CONVERT)
        reader = _JpegWithoutExif
    elif kind == "an HTML page":
        raise ImageError("it is an HTML page, not an image: the download failed", _DOWNLOAD)
    elif kind == LFS_POINTER:
        raise ImageError(f"it is {kind}, not the image itself", LFS_REMEDY, Kind.LFS_POINTER)
    elif kind is not None:
        raise ImageError(f"it is {kind}, not a JPEG or PNG", _CONVERT)
    else:
        raise ImageError("it isn't a JPEG or PNG image", _DOWNLOAD)
    try:
        image = reader(io.BytesIO(content))
    except _DECODING_ERRORS as error:
        raise _broken(error) from error
    width, height = image.size
    if width * height > MAX_PIXELS:
        raise ImageError(
            f"it has {width} × {height} px, more than {MAX_PIXELS:,}", "crop it to the galaxy", Kind.EXTREME_SHAPE
        )
    return image


def _damaged(damage: str) -> ImageError:
    if "subsampling" in damage:  # a rare kind that simplejpeg doesn't support
        return ImageError("its kind of chroma subsampling can't be checked for damage", _CONVERT)
    return ImageError(
        f"it is damaged: part of the image data is missing or altered ({damage})", _DOWNLOAD, Kind.DAMAGED_IMAGE
    )


def _broken(error: Exception) -> ImageError:
    """Convert an error of Pillow."""
    reason = str(error).strip().rstrip(".")
    if "truncated" in reason.lower():
        return ImageError("it is truncated: its end is missing", _DOWNLOAD, Kind.DAMAGED_IMAGE)
    problem = "it is broken and can't be decoded" + (f" ({reason})" if reason else "")
    return ImageError(problem, _DOWNLOAD, Kind.DAMAGED_IMAGE)
