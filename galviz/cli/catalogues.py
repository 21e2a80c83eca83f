"""The command import: a foreign table and images -> a survey folder."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from galviz.cli.arguments import output_file, output_folder
from galviz.cli.command import BAD_INPUT, DONE, Command, fail, interrupted_by_sigterm, warn
from galviz.cli.import_options import add_fits_options, add_import_options, plan_from_options, read_fits_options
from galviz.cli.streams import progress_bar

if TYPE_CHECKING:
    from galviz.survey.survey import SurveyError


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
    add_fits_options(parser)


@interrupted_by_sigterm()
def _import(options: argparse.Namespace) -> int:
    from galviz.cli.import_report import describe_plan, describe_result, preview_rows
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
            print(*describe_plan(plan), *preview_rows(plan), sep="\n")
            return DONE
        with progress_bar("copying images", "image") as progress:
            result = write_import(
                plan, options.out, link=options.link, skip_broken=options.skip_broken, progress=progress
            )
    except SurveyError as error:
        tables = {plan.source.name, None if plan.table is None else plan.table.name}
        of_images = [problem for problem in error.details if problem.object_id and problem.file not in tables]
        has_images = bool(of_images) and not options.skip_broken
        return _fail(error, "To leave these galaxies out, give --skip-broken." if has_images else "")
    finally:
        plan.close()
    print(*describe_result(plan, result), sep="\n")
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
    fits_options = read_fits_options(options)
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
