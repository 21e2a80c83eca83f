"""The commands check-survey and simulate."""

import argparse
import json
from contextlib import nullcontext

from galviz.cli.arguments import LABEL_HELP, SCALE_HELP, at_least, output_folder, parse_names
from galviz.cli.auditing import add_exclude, read_excluded
from galviz.cli.command import BAD_INPUT, DONE, Command
from galviz.cli.import_options import add_import_options, has_import_options, imported
from galviz.cli.streams import print_above_bar, progress_bar


def _check_survey_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", metavar="FOLDER", help="a folder with master.csv and images/<objID>.jpg (.jpeg, .png)"
    )
    add_import_options(parser)
    parser.add_argument("--label", metavar="COLUMN", help=LABEL_HELP)
    parser.add_argument("--scale", type=float, default=1.0, metavar="S", help=SCALE_HELP)
    add_exclude(parser)
    parser.add_argument(
        "--model", metavar="CARD", help="the network whose input is described, NAME.json (default: the shipped network)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _check_survey(options: argparse.Namespace) -> int:
    from galviz.cli.import_suggestion import suggest_import
    from galviz.cli.survey_report import format_facts, format_problems, problem_facts, survey_facts
    from galviz.network.card import read_card
    from galviz.survey.survey import SurveyError, load_survey

    missing = [] if options.missing is None else parse_names("--missing", options.missing)
    card, excluded = read_card(options.model), read_excluded(options)
    # A foreign folder is imported into a temporary one, and the report is about that.
    place = imported(options.folder, options) if has_import_options(options) else nullcontext()
    try:
        with place as result, progress_bar("checking images", "image") as progress:
            reading = {"missing": missing, "scale": options.scale, "exclude": excluded}
            folder, inspected = (options.folder, None) if result is None else (result.folder, result.facts)
            survey = load_survey(folder, options.label, inspected=inspected, progress=progress, **reading)
            facts = survey_facts(survey, card)
    except SurveyError as error:
        suggestion = None if has_import_options(options) else suggest_import(options.folder, error, options.label)
        if options.json:
            print(json.dumps({"folder": options.folder, **problem_facts(error), "import": suggestion}, indent=2))
        else:
            first, more = error.first, error.n_problems - 1
            if suggestion and len(error.groups) == 1 and (first.object_id or first.row == 1):
                # One sentence with one remedy: the other may name a column that doesn't name the images.
                print(f"{first.place}: {first.problem}{f' (and {more:,} more of this kind)' if more else ''}.")
            else:
                print(*format_problems(error), sep="\n")
            print(f"The survey folder {options.folder} has {error.count}.", *filter(None, [suggestion]), sep="\n")
        return BAD_INPUT
    report = {"folder": options.folder, "problems": [], **facts}
    print(json.dumps(report, indent=2) if options.json else format_facts(options.folder, facts))
    return DONE


def _simulate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=at_least(1), required=True, metavar="N", help="number of galaxies")
    parser.add_argument(
        "--seed", type=at_least(0), required=True, metavar="S", help="random seed; the same seed gives the same survey"
    )
    parser.add_argument(
        "--framing",
        choices=("fixed", "petrosian"),
        default="fixed",
        help="fixed: 160 px at 0.396 arcsec/px; petrosian: 128 px, a field of 5 Petrosian R90 (default: fixed)",
    )
    parser.add_argument("--out", type=output_folder, required=True, metavar="FOLDER", help="the survey folder to write")
    parser.add_argument("--workers", type=at_least(1), metavar="W", help="number of processes (default: one per core)")
    parser.add_argument(
        "--variety",
        type=float,
        default=1.0,
        metavar="V",
        help="how much observing conditions and image processing vary: 1 as in SDSS, 2 or 3 for training (default: 1)",
    )


def _simulate(options: argparse.Namespace) -> int:
    from galviz.simulate import write_survey

    with progress_bar("rendering galaxies", "galaxy") as progress:
        write_survey(
            options.out,
            n=options.n,
            seed=options.seed,
            framing=options.framing,
            workers=options.workers,
            variety=options.variety,
            progress=progress,
            note=print_above_bar,
        )
    print(f"{options.n} galaxies: {options.out}")
    return DONE


COMMANDS = {
    "check-survey": Command(
        "Check that a survey folder can be read, and describe it.",
        "It reads the catalogue and every image, and writes nothing. It prints a summary, or each problem with its row "
        "and a remedy. Exit status 2 if there is a problem.",
        "check-survey my-survey",
        _check_survey_arguments,
        _check_survey,
    ),
    "simulate": Command(
        "Simulate a survey of mock galaxies with known causes.",
        "It writes a survey folder: images and a catalogue with each galaxy's causes, such as stellar mass and "
        "inclination. If it is interrupted, repeat the command to continue.",
        "simulate --n 100 --seed 7 --out my-mock",
        _simulate_arguments,
        _simulate,
    ),
}
