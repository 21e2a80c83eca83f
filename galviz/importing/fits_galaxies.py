"""Which image of a FITS file is which galaxy in which band."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from galviz.errors import listed, shown
from galviz.importing.fits_bands import BANDS, band_of_image, bands_of_cube
from galviz.importing.fits_files import read_fits, read_headers
from galviz.survey.identifiers import check_ids
from galviz.survey.images import ImageError

_NOT_SKY = re.compile(
    r".*(inv_?var|ivar|weight|wht|mask|err|rms|sigma|var|psf|exp_?map|dq|nobs|maskbits).*", re.IGNORECASE
)
_NAME_FILES = "name its files ID_g.fits, ID_r.fits and ID_i.fits"


@dataclass(frozen=True, order=True)
class Plane:
    """One image of one band: a plane of an HDU of a file.

    Attributes
    ----------
    path : pathlib.Path
    hdu, plane : int
    """

    path: Path
    hdu: int
    plane: int


@dataclass(frozen=True)
class FitsGalaxy:
    """A galaxy with its images in three bands.

    Attributes
    ----------
    object_id : str
    bands : str
        "gri", or "grz" where there is no i.
    planes : tuple of Plane
        In the order of `bands`.
    file : str
        Path within the folder of its file, or of the first of its three, for messages.
    folder : str
        The subfolder that it lies in, without those of bands; perhaps its class.
    """

    object_id: str
    bands: str
    planes: tuple[Plane, ...]
    file: str
    folder: str = ""

    @property
    def picture(self) -> str:
        """The path of its picture."""
        return f"{self.folder}/{self.object_id}.png".removeprefix("/")


def check_bands(bands: str | None) -> None:
    """Raise ValueError unless `bands` names different bands of u, g, r, i, z, y, with g, r, and i or z among them.

    Examples
    --------
    >>> check_bands("rgb")
    Traceback (most recent call last):
    ValueError: --bands must name the planes in their order by the letters ugrizy, as gri or irg; got 'rgb'.
    """
    if bands is None:
        return
    if not set(bands) <= set(BANDS) or len(set(bands)) < len(bands) or not {"g", "r"} < set(bands) & set("griz"):
        raise ValueError(
            f"--bands must name the planes in their order by the letters {BANDS}, as gri or irg; got {bands!r}."
        )


def recognise_images(path: Path, named_band: str | None, bands: str | None) -> list[tuple[str, Plane]]:
    """The images of a file with their bands; empty if it has no images.

    Parameters
    ----------
    path : pathlib.Path
    named_band : str or None
        The band in the file's name.
    bands : str or None
        The bands of the images in their order, for headers that don't name them.

    Returns
    -------
    list of (str, Plane)

    Raises
    ------
    ImageError
        If the file can't be used, or a band isn't known.

    Examples
    --------
    >>> import numpy, tempfile
    >>> from astropy.io import fits
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     fits.PrimaryHDU(numpy.zeros((3, 64, 64), "f4")).writeto(f"{folder}/1.fits")
    ...     images = recognise_images(Path(folder, "1.fits"), None, "irg")
    >>> [(band, image.plane) for band, image in images]
    [('i', 0), ('r', 1), ('g', 2)]
    """
    all_images = read_headers(read_fits(path))
    images = [
        (number, header, shape)
        for number, header, shape in all_images
        if not _NOT_SKY.fullmatch(f"{header.get('EXTNAME', '')} {header.get('IMAGETYP', '')}")
    ]
    planes = [Plane(path, number, plane) for number, _, shape in images for plane in range(shape[0])]
    if not all_images:
        return []
    if not planes:
        raise ImageError("it has no image of the sky, only weights or masks", "write the g, r and i images into it")
    if len(planes) == 1:
        header_band = band_of_image(images[0][1])
        if named_band and header_band and named_band != header_band:
            raise ImageError(
                f"its name says {named_band}, its header {header_band}", "rename it, or correct its header"
            )
        if band := named_band or header_band:
            return [(band, planes[0])]
        raise ImageError("it is an image of one band, and neither name nor header says which", _NAME_FILES)
    if len(images) == 1:
        named = bands_of_cube(images[0][1], len(planes)) or ""
    else:
        one_each = [band_of_image(header) for _, header, shape in images if shape[0] == 1]
        named = "".join(band or "?" for band in one_each) if len(one_each) == len(planes) else ""
    if not named or "?" in named or len(set(named)) < len(named):
        if bands is None:
            raise ImageError(
                f"its header doesn't say which bands its {len(planes)} images show", "add --bands gri, in their order"
            )
        if len(bands) != len(planes):
            raise ImageError(
                f"it has {len(planes)} images, and --bands names {len(bands)}", "name the bands of all images"
            )
        named = bands
    elif bands is not None and sorted(bands) == sorted(named) and bands != named:
        raise ImageError(f"its header says that its bands are {named}, and --bands {bands}", "leave out --bands")
    return list(zip(named, planes, strict=True))


def combine_bands(object_id: str, images: Sequence[tuple[str, Plane]], file: str, folder: str = "") -> FitsGalaxy:
    """A galaxy from its images with their bands.

    Raises
    ------
    ImageError
        If its id can't be a file name, or a band is missing or there twice.

    Examples
    --------
    >>> images = [(band, Plane(Path("1.fits"), 0, plane)) for plane, band in enumerate("grz")]
    >>> combine_bands("1", images, "1.fits").bands
    'grz'
    """
    faults = check_ids([(1, object_id)]).problems
    if faults:
        raise ImageError(f"its name gives no id: {faults[0].problem}", "rename it")
    by_band: dict[str, list[Plane]] = {}
    for band, plane in images:
        by_band.setdefault(band, []).append(plane)
    for band, planes in by_band.items():
        if len(planes) > 1:
            names = listed(sorted({plane.path.name for plane in planes}))
            raise ImageError(
                f"galaxy {shown(object_id)} has {len(planes)} images in {band} ({names})", "remove one of them"
            )
    wanted = "gri" if "i" in by_band else "grz"
    missing = [band for band in wanted if band not in by_band]
    if missing:
        have, lacking = (
            " and ".join(sorted(by_band)),
            " and ".join("i (or z)" if band == "z" else band for band in missing),
        )
        raise ImageError(
            f"galaxy {shown(object_id)} has images in {have}, but none in {lacking}", f"add them, or {_NAME_FILES}"
        )
    return FitsGalaxy(object_id, wanted, tuple(by_band[band][0] for band in wanted), file, folder)
