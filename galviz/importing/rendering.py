"""FITS cutouts of a source -> its pictures, and sentences about what was left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from galviz.errors import listed
from galviz.survey.problems import Problem, SurveyError

if TYPE_CHECKING:
    from galviz.importing.fits_options import FitsOptions


@dataclass(frozen=True)
class Rendering:
    """How FITS cutouts become pictures.

    Attributes
    ----------
    options : galviz.importing.fits_options.FitsOptions or None
        None for SDSS's stretch.
    skip_broken : bool
        Leave out cutouts that can't be used, instead of raising.
    progress : callable or None
        Called as ``progress(done, total)`` with numbers of galaxies.
    parent : pathlib.Path or None
        The folder in which temporary folders are made.

    Examples
    --------
    >>> Rendering().skip_broken
    False
    """

    options: FitsOptions | None = None
    skip_broken: bool = False
    progress: Callable[[int, int], object] | None = None
    parent: Path | None = None


class Rendered(NamedTuple):
    """The pictures of a source.

    Attributes
    ----------
    images : tuple of str
        Paths below the folder, with slashes.
    left_out : tuple of Problem
        Cutouts that can't be used.
    notes : list of str
    """

    images: tuple[str, ...]
    left_out: tuple[Problem, ...]
    notes: list[str]


def render_cutouts(name: str, folder: Path, out_folder: Path, rendering: Rendering, tables: set[str]) -> Rendered:
    """Make pictures of a folder of FITS cutouts.

    Parameters
    ----------
    name : str
        The source's, for messages.
    folder, out_folder : pathlib.Path
    rendering : Rendering
    tables : set of str
        FITS files that are tables, below `folder`.

    Raises
    ------
    SurveyError
        If there are no galaxies, or some can't be used and aren't to be left out.

    Examples
    --------
    >>> import numpy, tempfile
    >>> from astropy.io import fits
    >>> with tempfile.TemporaryDirectory() as name:
    ...     light = numpy.random.default_rng(0).normal(0, 0.1, (3, 80, 80))
    ...     header = fits.Header({"BANDS": "gri", "BUNIT": "nanomaggy", "PIXSCALE": 0.396})
    ...     fits.PrimaryHDU(light, header).writeto(f"{name}/1.fits")
    ...     render_cutouts("cutouts", Path(name), Path(name), Rendering(), set()).images
    ('1.png',)
    """
    from galviz.importing.fits_images import fits_to_images

    result = fits_to_images(folder, out_folder, rendering.options, rendering.progress)
    problems = [problem for problem in result.problems if problem.file not in tables]
    empty = [file for file in result.without_images if file not in tables]
    if not result.pictures and not problems:
        problems = [Problem(None, "", file, "it holds no image", "give a folder with FITS images") for file in empty]
    if problems and not (rendering.skip_broken and result.pictures):
        raise SurveyError(name, problems)
    count = len(result.pictures)
    galaxies = "1 galaxy" if count == 1 else f"{count:,} galaxies"
    notes = [f"Pictures were made of the FITS cutouts of {galaxies}.", *map(str, result.notes)]
    if empty:
        notes.append(f"FITS files without an image were left out: {listed(empty, at_most=5)}.")
    return Rendered(tuple(result.pictures), tuple(problems), notes)
