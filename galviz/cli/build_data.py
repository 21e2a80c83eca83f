"""The command build-data."""

import argparse

from galviz.cli.command import DONE, Command
from galviz.cli.streams import print_above_bar, progress_bar


def _build_data_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="rebuild files that are up to date, too")
    parser.add_argument(
        "--accept-changes",
        action="store_true",
        help="accept the current files under data/ as the shipped ones: update their checksums in data/SHA256SUMS, "
        "and rebuild what depends on them",
    )


def _build_data(options: argparse.Namespace) -> int:
    from galviz.artefacts.build import build_data

    _check_outputs(again=options.again)
    with progress_bar("building", "step") as bar:
        built_files = build_data(
            again=options.again,
            accept_changes=options.accept_changes,
            progress=lambda name, done, total: bar(done, total),
        )
        for built in built_files:
            print_above_bar(f"{'built' if built.made else 'up to date':10}  {built.path}")
    return DONE


def _check_outputs(*, again: bool) -> None:
    """Check that the files can be written before the work, which takes an hour."""
    from galviz.artefacts.registry import ARTEFACTS
    from galviz.cli.output import Output
    from galviz.network.card import read_card
    from galviz.survey.survey import load_survey

    survey, card = load_survey(), read_card()
    for artefact in ARTEFACTS:
        if again or not artefact.is_current(survey, card):
            artefact.path.parent.mkdir(parents=True, exist_ok=True)
            Output(artefact.path, force=True, inputs=[survey.folder])


COMMANDS = {
    "build-data": Command(
        "Build the files under data/ that are derived from the shipped survey and network.",
        "It reads the survey, the weights and data/README.md, and writes features, embeddings and thumbnails. "
        "Files that are up to date are kept. Only maintainers of galviz need it.",
        "build-data --accept-changes",
        _build_data_arguments,
        _build_data,
    ),
}
