"""A folder of FITS cutouts -> one picture per galaxy.

`find_fits_galaxies` reads headers and decides which image is which galaxy in which band. `fits_to_images` renders them.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from galviz.errors import listed, shown
from galviz.files.writing import write_bytes
from galviz.importing.fits_bands import BANDS, SUFFIXES, band_of_image, bands_of_cube, split_name
from galviz.importing.fits_files import read_fits, read_headers
from galviz.importing.fits_options import FitsOptions
from galviz.survey.identifiers import check_ids
from galviz.survey.images import ImageError
from galviz.survey.problems import Problem

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
    """

    object_id: str
    bands: str
    planes: tuple[Plane, ...]
    file: str


@dataclass(frozen=True)
class FitsFolder:
    """What a folder of FITS files holds.

    Attributes
    ----------
    galaxies : list of FitsGalaxy
        Sorted by id.
    problems : list of Problem
        One per file or galaxy that isn't recognised; the remedy names the option that helps.
    without_images : list of pathlib.Path
        Files that hold no image, such as a catalogue.
    """

    galaxies: list[FitsGalaxy]
    problems: list[Problem]
    without_images: list[Path]


@dataclass(frozen=True)
class FitsResult:
    """What `fits_to_images` has written.

    Attributes
    ----------
    object_ids : list of str
        Those of the pictures that were written.
    problems : list of Problem
        One per galaxy without a picture, or file that isn't recognised.
    notes : list of Problem
        Pictures to look at: parts are blank.
    """

    object_ids: list[str]
    problems: list[Problem]
    notes: list[Problem]


def find_fits_galaxies(folder: str | os.PathLike[str], *, bands: str | None = None) -> FitsFolder:
    """Find the galaxies in a folder of FITS files and its subfolders, from headers and file names.

    Parameters
    ----------
    folder : path-like
        One file per galaxy (a cube of bands, or an extension per band), or one per galaxy and band: ``ID_g.fits``,
        ``ID-g.fits``, ``g/ID.fits``, ``ID/g.fits``. Endings .fits, .fit or .fts, also with .gz, .bz2 or .fz.
    bands : str, optional
        The bands of the planes in their order, as "gri", for headers that don't name them.

    Returns
    -------
    FitsFolder

    Raises
    ------
    ValueError
        If the folder has no FITS files, or `bands` is invalid.
    ModuleNotFoundError
        If astropy isn't installed.

    Examples
    --------
    >>> import numpy, tempfile
    >>> from astropy.io import fits
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cube = fits.PrimaryHDU(numpy.zeros((3, 64, 64), "f4"), fits.Header({"BANDS": "grz"}))
    ...     cube.writeto(f"{folder}/NGC1087.fits")
    ...     find_fits_galaxies(folder).galaxies[0].object_id
    'NGC1087'
    """
    _check_astropy()
    check_bands(bands)
    root = Path(folder)
    paths = list(_fits_files(root))
    if not paths:
        raise ValueError(
            f"{shown(str(folder))} has no FITS files: give a folder with files that end in .fits or .fits.gz."
        )
    problems: list[Problem] = []
    without_images: list[Path] = []
    found: dict[str, dict[str, list[Plane]]] = {}
    files: dict[str, str] = {}
    for path in paths:
        relative = PurePosixPath(path.relative_to(root).as_posix())
        object_id, named_band = split_name(relative)
        try:
            planes = _recognise(path, named_band, bands)
        except ImageError as error:
            problems.append(Problem(None, object_id, str(relative), error.problem, error.remedy))
            continue
        if not planes:
            without_images.append(path)
            continue
        if len(planes) > 1:  # a file with all bands: a band at the end of its name is part of the id
            object_id = _stem(relative)
        files.setdefault(object_id, str(relative))
        for band, plane in planes:
            found.setdefault(object_id, {}).setdefault(band, []).append(plane)
    galaxies = []
    same_file: dict[str, str] = {}
    for object_id, images in sorted(found.items()):
        try:
            if (other := same_file.setdefault(object_id.casefold(), object_id)) != object_id:
                raise ImageError(
                    f"the ids {shown(other)} and {shown(object_id)} differ only in case", "rename one of them"
                )
            galaxies.append(_combine(object_id, images, files[object_id]))
        except ImageError as error:
            problems.append(Problem(None, object_id, files[object_id], error.problem, error.remedy))
    return FitsFolder(galaxies, problems, without_images)


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


def fits_to_images(
    folder: str | os.PathLike[str],
    out_folder: str | os.PathLike[str],
    options: FitsOptions | None = None,
    progress: Callable[[int, int], object] | None = None,
) -> FitsResult:
    """Write a PNG picture per galaxy of a folder of FITS cutouts.

    Parameters
    ----------
    folder : path-like
        See `find_fits_galaxies`.
    out_folder : path-like
        An existing folder; pictures are ``<objID>.png`` in it. A picture of that name is replaced.
    options : FitsOptions, optional
    progress : callable, optional
        Called as progress(done, total) after each galaxy. An exception that it raises ends the work.

    Returns
    -------
    FitsResult

    Raises
    ------
    ValueError
        As `find_fits_galaxies`.
    OSError
        If a picture can't be written.

    Examples
    --------
    >>> import numpy, tempfile
    >>> from astropy.io import fits
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     y, x = numpy.mgrid[-32:32, -32:32]
    ...     light = numpy.exp(-(x**2 + y**2) / 50).astype("f4")
    ...     for band in "gri":
    ...         header = fits.Header({"BUNIT": "nanomaggy", "PIXSCALE": 0.396})
    ...         fits.PrimaryHDU(light, header).writeto(f"{folder}/1_{band}.fits")
    ...     fits_to_images(folder, folder).object_ids, Path(folder, "1.png").exists()
    (['1'], True)
    """
    from galviz.importing.fits_stretch import render_with_note

    options = options or FitsOptions()
    search = find_fits_galaxies(folder, bands=options.bands)
    written, problems, notes = [], list(search.problems), []
    for number, galaxy in enumerate(search.galaxies):
        try:
            picture, note = render_with_note(galaxy, options)
        except ImageError as error:
            problems.append(Problem(None, galaxy.object_id, galaxy.file, error.problem, error.remedy))
        else:
            buffer = io.BytesIO()
            picture.save(buffer, "PNG")
            write_bytes(Path(out_folder) / f"{galaxy.object_id}.png", buffer.getvalue())
            written.append(galaxy.object_id)
            if note:
                notes.append(Problem(None, galaxy.object_id, galaxy.file, note, "look at its picture"))
        if progress is not None:
            progress(number + 1, len(search.galaxies))
    return FitsResult(written, problems, notes)


def _check_astropy() -> None:
    try:
        import astropy  # noqa: F401
    except ModuleNotFoundError as error:
        message = 'FITS files need astropy, which isn\'t installed: pip install -e ".[fits]"'
        raise ModuleNotFoundError(message, name=error.name) from error


def _fits_files(root: Path) -> Iterator[Path]:
    for path in sorted(root.rglob("*")):
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in path.relative_to(root).parts)
        if not hidden and path.name.lower().endswith(SUFFIXES) and path.is_file():
            yield path


def _stem(relative: PurePosixPath) -> str:
    lower = relative.name.lower()
    ending = max((ending for ending in SUFFIXES if lower.endswith(ending)), key=len)
    return relative.name[: -len(ending)]


def _recognise(path: Path, named_band: str | None, bands: str | None) -> list[tuple[str, Plane]]:
    """The images of a file with their bands; empty if it has no images."""
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


def _combine(object_id: str, images: dict[str, list[Plane]], file: str) -> FitsGalaxy:
    faults = check_ids([(1, object_id)]).problems
    if faults:
        raise ImageError(f"its name gives no id: {faults[0].problem}", "rename it")
    for band, planes in images.items():
        if len(planes) > 1:
            names = listed(sorted({plane.path.name for plane in planes}))
            raise ImageError(
                f"galaxy {shown(object_id)} has {len(planes)} images in {band} ({names})", "remove one of them"
            )
    wanted = "gri" if "i" in images else "grz"
    missing = [band for band in wanted if band not in images]
    if missing:
        have, lacking = (
            " and ".join(sorted(images)),
            " and ".join("i (or z)" if band == "z" else band for band in missing),
        )
        raise ImageError(
            f"galaxy {shown(object_id)} has images in {have}, but none in {lacking}", f"add them, or {_NAME_FILES}"
        )
    return FitsGalaxy(object_id, wanted, tuple(images[band][0] for band in wanted), file)
