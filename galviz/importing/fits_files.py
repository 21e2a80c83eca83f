"""Opening a FITS file that nobody has checked: what it would take is read from the headers before any pixels are."""

from __future__ import annotations

import bz2
import gzip
import io
import math
import os
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from galviz.files.fits_headers import header_fault
from galviz.files.reading import read_regular
from galviz.survey.images import ImageError

if TYPE_CHECKING:
    from astropy.io.fits import HDUList, Header

MAX_FILE_BYTES = 256 * 2**20
MAX_SIDE_PX, MIN_SIDE_PX = 4096, 8
_MAX_IMAGE_PX, _MAX_PLANES, _MAX_HDUS, _MAX_TILES = 2048 * 2048, 12, 64, 50_000
_DOWNLOAD = "download it again"
_CUT_OUT = "cut out the galaxy"
_FUNPACK = "decompress it with funpack"
_COMPRESSIONS = ("RICE_1", "RICE_ONE", "GZIP_1", "GZIP_2", "NOCOMPRESS")
_FITS_ERRORS = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    EOFError,
    zlib.error,
    AttributeError,
    OverflowError,
)


def read_fits(path: str | os.PathLike[str]) -> bytes:
    """Read a FITS file, and decompress it if it is a gzip or bzip2 file.

    Raises
    ------
    ImageError
        If it can't be read, isn't a FITS file, is larger than 256 MiB, decompressed too, or has absurd headers.

    Examples
    --------
    >>> read_fits("nowhere.fits")
    Traceback (most recent call last):
    galviz.survey.images.ImageError: it can't be read: No such file or directory; check the file and its permissions
    """
    too_large = ImageError(f"the file is larger than {MAX_FILE_BYTES >> 20} MiB", _CUT_OUT)
    try:
        content = read_regular(path, max_bytes=MAX_FILE_BYTES)
    except OSError as error:
        if Path(path).is_file() and Path(path).stat().st_size > MAX_FILE_BYTES:
            raise too_large from error
        raise ImageError(f"it can't be read: {error.strerror}", "check the file and its permissions") from error
    for signature, module in ((b"\x1f\x8b", gzip), (b"BZh", bz2)):
        if content.startswith(signature):
            try:
                with module.open(io.BytesIO(content)) as file:
                    content = file.read(MAX_FILE_BYTES + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise ImageError(f"its compression is broken ({error})", _DOWNLOAD) from error
            if len(content) > MAX_FILE_BYTES:
                raise too_large
    if not content:
        raise ImageError("the file is empty (0 bytes)", _DOWNLOAD)
    if not content.startswith(b"SIMPLE  ="):
        raise ImageError("it isn't a FITS file", _DOWNLOAD)
    if fault := header_fault(io.BytesIO(content)):
        raise ImageError(fault, _DOWNLOAD)
    return content


def read_headers(content: bytes) -> list[tuple[int, Header, tuple[int, ...]]]:
    """The images of a FITS file: what their headers say.

    Parameters
    ----------
    content : bytes
        From `read_fits`.

    Returns
    -------
    list of (int, astropy.io.fits.Header, tuple of int)
        Index of the HDU; its header, with the primary header's keywords where it has none; and the image's shape
        (planes, height, width). Tables and empty HDUs are left out: a catalogue in a FITS file gives an empty list.

    Raises
    ------
    ImageError
        If the file is broken or truncated, or an image has too many pixels.

    Examples
    --------
    >>> from astropy.io import fits
    >>> file = io.BytesIO()
    >>> fits.PrimaryHDU(np.zeros((3, 20, 10))).writeto(file)
    >>> [(number, shape) for number, header, shape in read_headers(file.getvalue())]
    [(0, (3, 20, 10))]
    """
    images = []
    with _open(content, as_stored=True) as hdus:
        for number, hdu in enumerate(hdus):
            if number >= _MAX_HDUS:
                raise ImageError(
                    f"it has more than {_MAX_HDUS} HDUs", "copy the galaxy's images into a file of their own"
                )
            header = hdu.header
            compressed = bool(header.get("ZIMAGE", False))
            shape = None
            if hdu.is_image or compressed:
                prefix = "Z" * compressed
                axes = [int(header[f"{prefix}NAXIS{axis}"]) for axis in range(int(header[f"{prefix}NAXIS"]), 0, -1)]
                shape = _check_shape(axes)
            _check_complete(hdu, len(content))
            if compressed:
                _check_compression(hdu)
            if shape is not None:
                inherited = hdus[0].header.copy()
                inherited.update(header)
                images.append((number, inherited, shape))
    return images


def read_plane(content: bytes, number: int, plane: int) -> NDArray[np.float32]:
    """Read the pixels of one plane: BSCALE and BZERO applied, BLANK and infinite values as NaN.

    Call `read_headers` first, which checks that the pixels fit in memory.

    Returns
    -------
    float32 ndarray of shape (height, width)
        Row 0 is the bottom of the image, as in the file.

    Raises
    ------
    ImageError
        If the pixels can't be read.

    Examples
    --------
    >>> from astropy.io import fits
    >>> file = io.BytesIO()
    >>> fits.PrimaryHDU(np.arange(200, dtype=np.int16).reshape(2, 10, 10)).writeto(file)
    >>> print(read_plane(file.getvalue(), 0, 1)[0, :3])
    [100. 101. 102.]
    """
    with _open(content) as hdus:
        data = hdus[number].data
        if data is None:
            raise ImageError("its pixels are missing", _DOWNLOAD)
        data = np.asarray(data)
        values = data.reshape(-1, *data.shape[-2:])[plane].astype(np.float32)
    values[~np.isfinite(values)] = np.nan
    return values


@contextmanager
def _open(content: bytes, *, as_stored: bool = False) -> Iterator[HDUList]:
    """Open a file. `as_stored` is for headers: compressed images are tables, and nothing says that data are missing."""
    from astropy.io import fits

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # headers that break the standard's small print
            if not as_stored:
                warnings.filterwarnings("error", message=".*truncated.*")
            with fits.open(io.BytesIO(content), memmap=False, disable_image_compression=as_stored) as hdus:
                yield hdus
    except ImageError:
        raise
    except (*_FITS_ERRORS, Warning) as error:
        raise ImageError("it is broken or truncated", _DOWNLOAD) from error


def _check_shape(axes: list[int]) -> tuple[int, int, int] | None:
    """(planes, height, width) of an image; None if it has no pixels."""
    if len(axes) < 2 or 0 in axes:
        return None
    if min(axes) < 0:
        raise ImageError("it is broken or truncated", _DOWNLOAD)
    *planes, height, width = axes
    n_planes = math.prod(planes)
    if planes and 3 in (height, width):
        raise ImageError("its bands aren't the last axis of the header (NAXIS3)", "move the axis of bands to the end")
    if max(height, width) > MAX_SIDE_PX or height * width > _MAX_IMAGE_PX or n_planes > _MAX_PLANES:
        size = f"{width:,} × {height:,} px" + f" in {n_planes:,} planes" * (n_planes > 1)
        raise ImageError(f"an image has {size}", f"{_CUT_OUT}, at most 2048 × 2048 px")
    if min(height, width) < MIN_SIDE_PX:
        raise ImageError(f"an image has only {width} × {height} px", "cut out more of the sky around the galaxy")
    return n_planes, height, width


def _check_complete(hdu: object, size: int) -> None:
    """Refuse an HDU that ends after the file; only the padding to 2880 bytes may lack."""
    header = hdu.header
    sides = [int(header[f"NAXIS{axis + 1}"]) for axis in range(int(header["NAXIS"]))]
    n_values = math.prod(sides)
    n_bytes = abs(int(header["BITPIX"])) // 8 * (n_values * bool(sides) + int(header.get("PCOUNT", 0)))
    if min(sides, default=0) < 0 or hdu.fileinfo()["datLoc"] + n_bytes > size:
        raise ImageError("it is broken or truncated", _DOWNLOAD)


def _check_compression(hdu: object) -> None:
    """Refuse compressed images whose tiles would take more memory than the image."""
    header = hdu.header
    method = str(header.get("ZCMPTYPE", "")).strip()
    if method not in _COMPRESSIONS:
        raise ImageError(f"it is compressed by {method or 'an unknown method'}", _FUNPACK)
    axes = range(1, int(header["ZNAXIS"]) + 1)
    sides = [int(header[f"ZNAXIS{axis}"]) for axis in axes]
    tile = [int(header.get(f"ZTILE{axis}", sides[0] if axis == 1 else 1)) for axis in axes]
    tile_bytes = 8 * math.prod(tile)
    if min(tile, default=0) < 1 or tile_bytes > 8 * _MAX_IMAGE_PX:
        raise ImageError("the tiles of its compression are too large", _FUNPACK)
    n_tiles = math.prod(math.ceil(side / length) for side, length in zip(sides, tile, strict=True))
    n_rows = int(header["NAXIS2"])
    if n_rows != n_tiles or n_tiles > _MAX_TILES:
        raise ImageError(f"its compression has {n_rows:,} tiles, not {n_tiles:,}", _FUNPACK)
    for name in ("COMPRESSED_DATA", "UNCOMPRESSED_DATA", "GZIP_COMPRESSED_DATA"):
        if name not in hdu.columns.names:
            continue
        lengths = hdu.data.view(np.ndarray)[name].reshape(n_rows, 2)[:, 0]
        if lengths.min() < 0 or lengths.sum(dtype=float) > 8 * int(header["PCOUNT"]):
            raise ImageError("the tiles of its compression overlap", _FUNPACK)
        if name == "GZIP_COMPRESSED_DATA" or (name == "COMPRESSED_DATA" and method.startswith("GZIP")):
            for tile_data in hdu.data[name]:
                stored = np.asarray(tile_data).tobytes()
                if stored and len(zlib.decompressobj(31).decompress(stored, tile_bytes + 1)) > tile_bytes:
                    raise ImageError("a tile of its compression is larger than it says", _FUNPACK)
