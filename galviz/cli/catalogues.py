"""The command import: a foreign table and images -> a survey folder."""

import argparse
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.arguments import MISSING_HELP, at_least, output_file, output_folder, parse_names
from galviz.cli.command import BAD_INPUT, DONE, Command, fail, interrupted_by_sigterm, warn
from galviz.cli.streams import progress_bar

if TYPE_CHECKING:
    from galviz.importing.fits_options import FitsOptions
    from galviz.importing.plan import ImportPlan
    from galviz.importing.writing import ImportResult
    from galviz.survey.survey import SurveyError

_N_PREVIEW, _MAX_COLUMNS, _MAX_CELL = 5, 8, 24
_MAX_MISSING = 12  # columns with missing values that are listed


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


def _add_fits_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("FITS cutouts in g, r and i (or z)")
    add = group.add_argument
    add("--bands", metavar="LETTERS", help="the bands of the images in a file in their order, such as gri")
    add("--stretch", type=float, metavar="S", help="Lupton's stretch, smaller for brighter pictures (default: SDSS's)")
    add("--q", type=float, metavar="Q", help="Lupton's Q, for the contrast of bright parts (default: SDSS's)")
    add("--pixel-scale", type=float, metavar="S", help="resample to S arcsec per pixel (0.396 for SDSS's)")
    add("--size", type=at_least(8), metavar="PX", help="side of the pictures (160 in the tutorial)")
    add("--native-pixel-scale", type=float, metavar="S", help="arcsec per pixel of images without a WCS")
    add("--zero-point", metavar="MAG", help="AB magnitude of the value 1: one number, or three for g,r,i")


def _fits_options(options: argparse.Namespace) -> "FitsOptions | None":
    """The options for FITS cutouts; None if none was given."""
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
            fits_options=_fits_options(options),
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


def suggest_import(source: str, error: "SurveyError", label: str | None) -> str | None:
    """Suggest a command that imports a folder which isn't a survey folder, a sentence; None if it wouldn't help.

    Parameters
    ----------
    source : str
    error : SurveyError
        From `galviz.survey.survey.load_survey`. Damaged images alone are no reason to import.
    label : str or None
    """
    from galviz.importing.plan import plan_import
    from galviz.importing.question import ImportQuestion

    damaged = [problem.file.startswith("images/") and "no image" not in problem.problem for problem in error.details]
    # An import keeps the cells of the label as they are.
    if all(damaged) or any("label" in problem.problem for problem in error.details):
        return None
    command = ["python", "-m", "galviz", "import", source, "--out", "NEW-FOLDER"]
    try:
        plan = plan_import(source, label=label)
    except ImportQuestion as question:
        if all(problem.object_id or problem.file.startswith("images/") for problem in error.details):
            return None
        return f"{shlex.join(command)} can import it with one more option: {question}"
    except (ValueError, OSError):
        return None
    with closing(plan):
        options = {"--id": plan.id_column, "--image": plan.image_column, "--label": plan.label}
        command += [word for option, value in options.items() if value is not None for word in (option, value)]
        rows = plan.n_galaxies + plan.n_without_image
        galaxies = (
            f"{plan.n_galaxies:,} galaxies" if plan.n_galaxies == rows else f"{plan.n_galaxies:,} of {rows:,} rows"
        )
        return f"galviz can import it as a survey ({galaxies}): {shlex.join(command)}"


def _import_arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "source",
        metavar="SOURCE",
        help="a folder with a table and images, a table, a zip, an HDF5 file, FITS cutouts",
    )
    add("--out", type=output_folder, metavar="FOLDER", help="the survey folder to write; new or empty")
    add_import_options(parser)
    add("--label", metavar="COLUMN", help="the label's column (default: oh_p50, else metallicity, else none)")
    add("--skip-broken", action="store_true", help="leave out galaxies whose image can't be used, and list them")
    add("--link", action="store_true", help="make hard links to the images instead of copies, where possible")
    add(
        "--preview",
        nargs="?",
        const=True,
        metavar="FILE.png",
        help="print what would be done and the first rows; import nothing; of FITS cutouts, save a contact sheet",
    )
    _add_fits_options(parser)


@interrupted_by_sigterm()
def _import(options: argparse.Namespace) -> int:
    from galviz.importing.writing import write_import
    from galviz.survey.survey import SurveyError

    if options.out is None and not options.preview:
        return fail("name the survey folder to write with --out FOLDER, or give --preview", BAD_INPUT)
    if isinstance(options.preview, str):
        return _save_contact_sheet(options)
    try:
        plan = plan_from_options(options.source, options)
    except SurveyError as error:
        return _fail(error)
    try:
        if options.preview:
            print(*_describe_plan(plan), *_preview(plan), sep="\n")
            return DONE
        with progress_bar("copying images", "image") as progress:
            result = write_import(
                plan, options.out, link=options.link, skip_broken=options.skip_broken, progress=progress
            )
    except SurveyError as error:
        has_images = any(problem.object_id for problem in error.details) and not options.skip_broken
        return _fail(error, "To leave these galaxies out, give --skip-broken." if has_images else "")
    finally:
        plan.close()
    print(*_describe_result(plan, result), sep="\n")
    label = f" --label {shlex.quote(plan.label)}" if plan.label not in (None, "oh_p50", "metallicity") else ""
    folder = shlex.quote(str(options.out))
    warn(f"check it: python -m galviz check-survey {folder}{label}")
    warn(f"explore it: streamlit run app.py -- --survey {folder}{label}")
    return DONE


def _save_contact_sheet(options: argparse.Namespace) -> int:
    """Save pictures of FITS cutouts at three stretches."""
    from galviz.cli.output import Output
    from galviz.importing.fits_images import find_fits_galaxies
    from galviz.importing.fits_stretch import preview

    folder = Path(options.source if options.images is None else options.images)
    if not options.preview.lower().endswith(".png") or not folder.is_dir():
        raise ValueError(f"--preview FILE.png saves pictures of a folder of FITS cutouts; got {options.preview!r}.")
    output = Output(output_file(options.preview), force=False, inputs=[folder])
    fits_options = _fits_options(options)
    found = find_fits_galaxies(folder, bands=options.bands)
    if not found.galaxies:
        for problem in found.problems:
            warn(str(problem))
        return fail("there are no galaxies to show", BAD_INPUT)
    with output.writing() as temporary:
        preview(found.galaxies, fits_options).save(temporary, "PNG")
    print(f"{len(found.galaxies):,} galaxies; the first at three stretches: {options.preview}")
    return DONE


def _fail(error: "SurveyError", hint: str = "") -> int:
    """Print the problems of a source, one sentence each."""
    from galviz.cli.survey_report import format_problems

    for sentence in format_problems(error):
        warn(sentence)
    return fail(f"nothing was imported. {hint}".rstrip(), BAD_INPUT)


def _describe_plan(plan: "ImportPlan") -> list[str]:
    """What was chosen, in a few lines."""
    table = "" if plan.table is None or plan.table.name == plan.source.name else f": {plan.table.name}"
    ids = "the images' names" if plan.id_column is None else plan.id_column
    lines = [
        f"source    {plan.source.name}{table}",
        f"galaxies  {plan.n_galaxies:,}",
        f"ids       {ids}",
        f"images    {plan.image_column or 'as they are'}",
        f"label     {plan.label or 'none'}",
    ]
    return [*lines, *(f"note      {note}" for note in plan.notes)]


def _preview(plan: "ImportPlan") -> list[str]:
    """The first rows of the catalogue, as a table of a terminal's width."""
    from itertools import islice

    from galviz.errors import shown
    from galviz.survey.table import open_table

    table = None if plan.table is None else open_table(plan.table).read(plan.id_column)
    columns = plan.survey_columns
    rows = [list(columns), *islice(plan.survey_rows(table), _N_PREVIEW)]
    cells = [[shown(cell)[:_MAX_CELL] for cell in row[:_MAX_COLUMNS]] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]
    more = len(columns) - _MAX_COLUMNS
    return [
        "",
        *lines,
        *([f"… and {more} more columns: {', '.join(map(shown, columns[_MAX_COLUMNS:]))}"] if more > 0 else []),
    ]


def _describe_result(plan: "ImportPlan", result: "ImportResult") -> list[str]:
    """What was written, in a few lines."""
    from galviz.errors import shown

    lines = [line for line in _describe_plan(plan) if not line.startswith("note ")]
    lines[1] = f"galaxies  {result.n_galaxies:,} in {result.folder}"
    lines += [f"note      {note}" for note in result.notes]
    lines += [f"left out  {problem}" for problem in result.left_out[:_N_PREVIEW]]
    if (more := len(result.left_out) - _N_PREVIEW) > 0:
        lines.append(f"left out  … and {more:,} more: import.json lists them")
    for column, cells in list(result.missing.items())[:_MAX_MISSING]:
        counts = ", ".join(f"{shown(cell) or 'empty'} ({count:,})" for cell, count in list(cells.items())[:4])
        lines.append(f"missing   {shown(column)}: {sum(cells.values()):,} of {result.n_galaxies:,}: {counts}")
    if (more := len(result.missing) - _MAX_MISSING) > 0:
        lines.append(f"missing   … and values in {more} other columns")
    return lines


COMMANDS = {
    "import": Command(
        "Import a catalogue and images as people have them.",
        "It reads a table (CSV, Parquet, FITS, VOTable) with images beside it, folders of images by class, a zip, an "
        "HDF5 file or FITS cutouts, finds the columns that hold the ids and name the images, and writes a survey "
        "folder. What it recognised and left out is printed and saved in import.json; if it can't know, it asks for an "
        "option.",
        "import galaxy-zoo --out my-survey --label p_spiral",
        _import_arguments,
        _import,
    ),
}
