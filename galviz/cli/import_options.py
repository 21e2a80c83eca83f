"""The options that say how a foreign table and images are read, and the plan or folder that comes of them."""

import argparse
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.arguments import MISSING_HELP, at_least, parse_names
from galviz.cli.command import interrupted_by_sigterm, warn
from galviz.cli.streams import progress_bar

if TYPE_CHECKING:
    from galviz.importing.fits_options import FitsOptions
    from galviz.importing.plan import ImportPlan
    from galviz.importing.writing import ImportResult


def add_import_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how a table is read: --id, --image and --missing.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_import_options(parser)
    >>> parser.parse_args(["--id", "dr7objid"]).id
    'dr7objid'
    """
    add = parser.add_argument
    add("--id", metavar="COLUMN", help="the column with the galaxies' ids (default: the one that names the images)")
    add("--image", metavar="COLUMN", help="the column with the images' names or paths (default: found by its cells)")
    add("--missing", metavar="VALUES", help=MISSING_HELP)
    add("--images", metavar="FOLDER", help="the folder of images (default: in the source, or beside the table)")


def add_fits_options(parser: argparse.ArgumentParser) -> None:
    """Add the options for FITS cutouts.

    Examples
    --------
    >>> parser = argparse.ArgumentParser()
    >>> add_fits_options(parser)
    >>> parser.parse_args(["--bands", "gri"]).bands
    'gri'
    """
    group = parser.add_argument_group("FITS cutouts in g, r and i (or z)")
    add = group.add_argument
    add("--bands", metavar="LETTERS", help="the bands of the images in a file in their order, such as gri")
    add("--stretch", type=float, metavar="S", help="Lupton's stretch, smaller for brighter pictures (default: SDSS's)")
    add("--q", type=float, metavar="Q", help="Lupton's Q, for the contrast of bright parts (default: SDSS's)")
    add("--pixel-scale", type=float, metavar="S", help="resample to S arcsec per pixel (0.396 for SDSS's)")
    add("--size", type=at_least(8), metavar="PX", help="side of the pictures (160 in the tutorial)")
    add("--native-pixel-scale", type=float, metavar="S", help="arcsec per pixel of images without a WCS")
    add("--zero-point", metavar="MAG", help="AB magnitude of the value 1: one number, or three for g,r,i")


def read_fits_options(options: argparse.Namespace) -> "FitsOptions | None":
    """The options for FITS cutouts; None if none was given.

    Raises
    ------
    ValueError
        If ``--zero-point`` is neither one number nor three.

    Examples
    --------
    >>> read_fits_options(argparse.Namespace(bands="gri", zero_point="22.5")).zero_point
    22.5
    """
    from galviz.importing.fits_options import FitsOptions

    names = ("bands", "stretch", "q", "pixel_scale", "size", "native_pixel_scale")
    given = {name: value for name in names if (value := getattr(options, name, None)) is not None}
    if (zero_point := getattr(options, "zero_point", None)) is not None:
        try:
            numbers = tuple(map(float, zero_point.split(",")))
        except ValueError:
            numbers = ()
        if len(numbers) not in (1, 3):
            raise ValueError(f"--zero-point must be one magnitude, or three for g,r,i; got {zero_point!r}.")
        given["zero_point"] = numbers if len(numbers) == 3 else numbers[0]
    return FitsOptions(**given) if given else None


def plan_from_options(source: str, options: argparse.Namespace) -> "ImportPlan":
    """Plan an import with the options of `add_import_options` and ``--label``.

    Examples
    --------
    >>> options = argparse.Namespace(id=None, image=None, label=None, missing=None, images=None)
    >>> plan_from_options("nowhere", options)
    Traceback (most recent call last):
    galviz.survey.problems.SurveyError: The survey folder nowhere has 1 problem:
    - nowhere: there is no such file or folder; check the path.
    """
    from galviz.importing.plan import plan_import

    with progress_bar("reading", "part") as progress:
        return plan_import(
            source,
            images=options.images,
            id_column=options.id,
            image_column=options.image,
            label=options.label,
            missing=() if options.missing is None else parse_names("--missing", options.missing),
            fits_options=read_fits_options(options),
            skip_broken=getattr(options, "skip_broken", False),
            progress=progress,
        )


def has_import_options(options: argparse.Namespace) -> bool:
    """Whether a folder must be imported before it can be read.

    Examples
    --------
    >>> has_import_options(argparse.Namespace(id="dr7objid", image=None, images=None))
    True
    """
    return any(option is not None for option in (options.id, options.image, options.images))


@contextmanager
def imported(source: str, options: argparse.Namespace) -> "Iterator[ImportResult]":
    """Import a source into a temporary folder, with hard links where possible; it is removed at the end of the block.

    Raises
    ------
    SurveyError, ImportQuestion
        If it can't be imported.
    """
    from galviz.importing.writing import write_import

    options = argparse.Namespace(**(vars(options) | {"missing": None}))
    with (
        interrupted_by_sigterm(),
        closing(plan_from_options(source, options)) as plan,
        tempfile.TemporaryDirectory(prefix="galviz-check-") as name,
    ):
        with progress_bar("copying images", "image") as progress:
            result = write_import(plan, Path(name, "survey"), link=True, progress=progress)
        for note in plan.notes:
            warn(note)
        yield result
