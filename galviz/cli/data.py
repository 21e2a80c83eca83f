"""build-data and doctor."""

import argparse

from galviz.cli.command import DONE, NOT_WELL, Command, progress_bar, say


def _build_data_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="make files that are up to date too")
    parser.add_argument(
        "--accept-changes",
        action="store_true",
        help="take what is under data/ now for what is shipped: write its checksums, and make what depends on it",
    )


def _build_data(options: argparse.Namespace) -> int:
    from galviz.artefacts.build import build_data

    _check_data_files(again=options.again)
    with progress_bar("building", "step") as bar:
        built_files = build_data(
            again=options.again,
            accept_changes=options.accept_changes,
            progress=lambda name, done, total: bar(done, total),
        )
        for built in built_files:
            say(f"{'made' if built.made else 'up to date':10}  {built.path}")
    return DONE


def _check_data_files(*, again: bool) -> None:
    """Refuse before the work, which takes an hour, to make files that can't be written."""
    from galviz.artefacts.registry import ARTEFACTS
    from galviz.cli.output import Output
    from galviz.network.card import read_card
    from galviz.survey.survey import load_survey

    survey, card = load_survey(), read_card()
    for artefact in ARTEFACTS:
        if again or not artefact.is_current(survey, card):
            artefact.path.parent.mkdir(parents=True, exist_ok=True)
            Output(artefact.path, force=True, read=[survey.folder])


def _doctor_arguments(parser: argparse.ArgumentParser) -> None:
    pass


def _doctor(options: argparse.Namespace) -> int:
    from galviz.cli.doctor import WRONG, examine

    wrong = 0
    for check in examine():
        wrong += check.state == WRONG
        print(f"{check.state:8} {check.name:13} {check.found}", flush=True)
        if check.remedy:
            print(f"{'':22} -> {check.remedy}", flush=True)
    print("All is well." if not wrong else f"{wrong} {'thing is' if wrong == 1 else 'things are'} wrong.")
    return NOT_WELL if wrong else DONE


COMMANDS = {
    "build-data": Command(
        "Make what is derived from the shipped survey and weights: features, and the controls'.",
        _build_data_arguments,
        _build_data,
    ),
    "doctor": Command(
        "Check this installation: versions, memory, files, a pass through the network. Exit status 1 if one is wrong.",
        _doctor_arguments,
        _doctor,
    ),
}
