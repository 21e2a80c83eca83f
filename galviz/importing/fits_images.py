"""A folder of FITS cutouts -> one picture per galaxy.

`find_fits_galaxies` reads headers and decides which image is which galaxy in which band. `fits_to_images` renders them.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from galviz.errors import shown
from galviz.files.writing import write_bytes
from galviz.importing.fits_bands import SUFFIXES, split_name, stem_of
from galviz.importing.fits_galaxies import FitsGalaxy, Plane, check_bands, combine_bands, recognise_images
from galviz.importing.fits_options import FitsOptions
from galviz.importing.fits_stretch import render_with_note
from galviz.importing.member_names import is_hidden
from galviz.survey.images import ImageError
from galviz.survey.problems import Problem


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
            planes = recognise_images(path, named_band, bands)
        except ImageError as error:
            problems.append(Problem(None, object_id, str(relative), error.problem, error.remedy))
            continue
        if not planes:
            without_images.append(path)
            continue
        if len(planes) > 1:  # a file with all bands: a band at the end of its name is part of the id
            object_id = stem_of(relative.name)
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
            galaxies.append(combine_bands(object_id, images, files[object_id]))
        except ImageError as error:
            problems.append(Problem(None, object_id, files[object_id], error.problem, error.remedy))
    return FitsFolder(galaxies, problems, without_images)


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
        hidden = any(map(is_hidden, path.relative_to(root).parts))
        if not hidden and path.name.lower().endswith(SUFFIXES) and path.is_file():
            yield path
