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
from galviz.importing.fits_galaxies import FitsGalaxy, Plane, check_bands, combine_bands, recognise_images
from galviz.importing.fits_names import split_names, stem_of
from galviz.importing.fits_options import FitsOptions
from galviz.importing.fits_stretch import render_with_note
from galviz.importing.source import scan_folder
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
    without_images : list of str
        Files that hold no image, such as a catalogue.
    """

    galaxies: list[FitsGalaxy]
    problems: list[Problem]
    without_images: list[str]


@dataclass(frozen=True)
class FitsResult:
    """What `fits_to_images` has written.

    Attributes
    ----------
    pictures : list of str
        Paths of the pictures that were written, below the folder, with slashes.
    problems : list of Problem
        One per galaxy without a picture, or file that isn't recognised.
    notes : list of Problem
        Pictures to look at: parts are blank.
    without_images : list of str
        FITS files that hold no image.
    """

    pictures: list[str]
    problems: list[Problem]
    notes: list[Problem]
    without_images: list[str]


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
    names = scan_folder(root).fits
    if not names:
        raise ValueError(
            f"{shown(str(folder))} has no FITS files: give a folder with files that end in .fits or .fits.gz."
        )
    problems: list[Problem] = []
    without_images: list[str] = []
    found: dict[str, list[tuple[str, str, Plane]]] = {}
    for name, (object_id, named_band, place) in zip(names, split_names(names), strict=True):
        try:
            planes = recognise_images(root / name, named_band, bands)
        except ImageError as error:
            problems.append(Problem(None, object_id, name, error.problem, error.remedy))
            continue
        if not planes:
            without_images.append(name)
        if len(planes) > 1:  # a file with all bands: a band at the end of its name is part of the id
            object_id, place = stem_of(PurePosixPath(name).name), name.rpartition("/")[0]
        for band, plane in planes:
            found.setdefault(object_id, []).append((place, band, plane))
    galaxies = []
    pictures: dict[str, str] = {}
    broken = {problem.object_id for problem in problems}
    for object_id, place, images in _by_galaxy(found):
        file = images[0][1].path.relative_to(root).as_posix()
        try:
            galaxy = combine_bands(object_id, images, file, place)
            if (other := pictures.setdefault(galaxy.picture.casefold(), object_id)) != object_id:
                raise ImageError(
                    f"the ids {shown(other)} and {shown(object_id)} differ only in case", "rename one of them"
                )
            galaxies.append(galaxy)
        except ImageError as error:
            if object_id not in broken:  # else a band is missing because its file is
                problems.append(Problem(None, object_id, file, error.problem, error.remedy))
    return FitsFolder(galaxies, problems, without_images)


def _by_galaxy(
    found: dict[str, list[tuple[str, str, Plane]]],
) -> Iterator[tuple[str, str, list[tuple[str, Plane]]]]:
    """Id, folder, and bands with planes: all with one id, or those of each folder if a band would be there twice."""
    for object_id, images in sorted(found.items()):
        places = sorted({place for place, _, _ in images})
        bands = [band for _, band, _ in images]
        if len(places) == 1 or len(set(bands)) == len(bands):
            place = places[0] if len(places) == 1 else ""
            yield object_id, place, [(band, plane) for _, band, plane in images]
        else:
            for place in places:
                yield object_id, place, [(band, plane) for where, band, plane in images if where == place]


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
        An existing folder; pictures are ``<objID>.png`` in it, in subfolders if the FITS files are. A picture of that
        name is replaced.
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
    ...     fits_to_images(folder, folder).pictures, Path(folder, "1.png").exists()
    (['1.png'], True)
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
            path = Path(out_folder, galaxy.picture)
            path.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(path, buffer.getvalue())
            written.append(galaxy.picture)
            if note:
                notes.append(Problem(None, galaxy.object_id, galaxy.file, note, "look at its picture"))
        if progress is not None:
            progress(number + 1, len(search.galaxies))
    return FitsResult(written, problems, notes, search.without_images)


def _check_astropy() -> None:
    try:
        import astropy  # noqa: F401
    except ModuleNotFoundError as error:
        message = 'FITS files need astropy, which isn\'t installed: pip install -e ".[fits]"'
        raise ModuleNotFoundError(message, name=error.name) from error
