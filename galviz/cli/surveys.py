"""check-survey and simulate."""

import argparse
import json
from collections import Counter

from galviz.cli.command import BAD_INPUT, DONE, Command, at_least, output_folder, progress_bar


def _check_survey_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="holds master.csv and images/<objID>.jpg (.jpeg, .png)")
    parser.add_argument("--label", metavar="COLUMN", help="the label's column (default: oh_p50, else metallicity)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _check_survey(options: argparse.Namespace) -> int:
    from galviz.survey import SurveyError, load_survey

    try:
        with progress_bar("checking images", "image") as progress:
            survey = load_survey(options.folder, options.label, progress=progress)
    except SurveyError as error:
        if options.json:
            problems = json.loads(error.problems.to_json(orient="records"))
            print(json.dumps({"folder": options.folder, "problems": problems}, indent=2))
        else:
            print(*error.details, sep="\n")
            print(f"{error.summary}.")
        return BAD_INPUT

    label, n_galaxies = survey.label, len(survey.object_ids)
    values = [] if label is None else survey.catalogue[label.column].dropna()
    sizes = Counter(survey.image_size(object_id) for object_id in survey.object_ids)
    found = {
        "folder": options.folder,
        "problems": [],
        "galaxies": n_galaxies,
        "label": label and label.column,
        "unit": label and label.unit,
        "lowest": float(min(values)) if len(values) else None,
        "highest": float(max(values)) if len(values) else None,
        "without_label": n_galaxies - len(values),
        "image_sizes_px": {f"{width} x {height}": count for (width, height), count in sizes.most_common()},
        "sha256": survey.sha256,
    }
    print(json.dumps(found, indent=2) if options.json else _summary(found))
    return DONE


def _summary(found: dict) -> str:
    """Word a sound survey in a few lines."""
    if found["label"] is None:
        label = "none (name its column with --label)"
    else:
        low, high, missing = found["lowest"], found["highest"], found["without_label"]
        measured = f"{low:g} to {high:g} {found['unit']}".rstrip() if low is not None else "nowhere measured"
        label = f"{found['label']}, {measured}; {missing or 'no'} {'galaxy' if missing == 1 else 'galaxies'} without it"
    sizes = [f"{size} px ({count})" for size, count in found["image_sizes_px"].items()]
    shown = ", ".join(sizes[:5]) + (f" and {len(sizes) - 5} other sizes" if len(sizes) > 5 else "")
    return "\n".join(
        [
            f"The survey folder {found['folder']} is sound.",
            f"galaxies  {found['galaxies']}",
            f"label     {label}",
            f"images    {shown}",
            f"sha256    {found['sha256']}",
        ]
    )


def _simulate_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--n", type=at_least(1), required=True, metavar="N", help="number of galaxies")
    parser.add_argument("--seed", type=at_least(0), required=True, metavar="S", help="same seed, same survey")
    parser.add_argument(
        "--framing",
        choices=("fixed", "petrosian"),
        default="fixed",
        help="fixed: 160 px at 0.396 arcsec/px; petrosian: 128 px, cut to 5 Petrosian R90 (default: fixed)",
    )
    parser.add_argument(
        "--out", type=output_folder, required=True, metavar="FOLDER", help="where the survey folder goes"
    )
    parser.add_argument("--workers", type=at_least(1), metavar="W", help="processes (default: one a core)")
    parser.add_argument(
        "--variety",
        type=float,
        default=1.0,
        metavar="V",
        help="how widely telescope and processing vary; 1 as within SDSS, 2 or 3 for training (default: 1)",
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
        )
    print(f"{options.n} galaxies are in {options.out}")
    return DONE


COMMANDS = {
    "check-survey": Command(
        "Check a survey folder; print what is wrong, row by row, and what to do.",
        _check_survey_arguments,
        _check_survey,
    ),
    "simulate": Command(
        "Write a survey folder of mock galaxies; once stopped, the same command goes on.",
        _simulate_arguments,
        _simulate,
    ),
}
