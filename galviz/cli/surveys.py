"""check-survey and simulate."""

import argparse
import json
from typing import TYPE_CHECKING

from galviz.cli.command import BAD_INPUT, DONE, SCALE_HELP, Command, at_least, output_folder, progress_bar, say

if TYPE_CHECKING:
    from galviz.network.card import ModelCard
    from galviz.survey.survey import Survey, SurveyError

# More problems than that are counted by kind too; more than the second number are told by kind alone.
_MANY, _VERY_MANY = 100, 20_000


def _check_survey_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", metavar="FOLDER", help="holds master.csv and images/<objID>.jpg (.jpeg, .png)")
    parser.add_argument("--label", metavar="COLUMN", help="the label's column (default: oh_p50, else metallicity)")
    parser.add_argument("--scale", type=float, default=1.0, metavar="S", help=SCALE_HELP)
    parser.add_argument(
        "--model", metavar="CARD", help="the network whose crop is described, NAME.json (default: the shipped one)"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _check_survey(options: argparse.Namespace) -> int:
    from galviz.network.card import read_card
    from galviz.survey.survey import SurveyError, load_survey

    card = read_card(options.model)
    try:
        with progress_bar("checking images", "image") as progress:
            survey = load_survey(options.folder, options.label, scale=options.scale, progress=progress)
    except SurveyError as error:
        if options.json:
            problems = json.loads(error.problems.to_json(orient="records"))
            print(json.dumps({"folder": options.folder, "problems": problems}, indent=2))
        else:
            print(*_told(error), sep="\n")
            print(f"{error.summary}.")
        return BAD_INPUT

    found = {"folder": options.folder, "problems": [], **_facts(survey), **_images_facts(survey, card)}
    print(json.dumps(found, indent=2) if options.json else _summary(found))
    return DONE


def _facts(survey: "Survey") -> dict:
    label, n_galaxies = survey.label, len(survey.object_ids)
    values = [] if label is None else survey.catalogue[label.column].dropna()
    return {
        "galaxies": n_galaxies,
        "label": label and label.column,
        "unit": label and label.unit,
        "lowest": float(min(values)) if len(values) else None,
        "highest": float(max(values)) if len(values) else None,
        "without_label": n_galaxies - len(values),
        "missing": survey.missing,
        "possibly_missing": survey.possibly_missing,
        "text_not_numbers": {column: str(why) for column, why in survey.mixed.items()},
        "catalogue_notes": survey.notes,
        "sha256": survey.sha256,
    }


def _images_facts(survey: "Survey", card: "ModelCard") -> dict:
    """What there is to know of the images, and of what a network sees of them."""
    from galviz.network.framing import Framing, framing_warnings
    from galviz.survey.identifiers import not_portable
    from galviz.survey.imagefolder import IMAGES_NAME, ImageFolder

    sizes = {f"{width} x {height}": count for (width, height), count in survey.image_sizes.items()}
    folder = ImageFolder(survey.folder / IMAGES_NAME, set(survey.object_ids))
    framings = [Framing(size_px, card.pad_px, card.crop_px) for size_px in survey.image_sizes]
    return {
        "scale": survey.scale,
        "image_sizes_px": sizes,
        "grey_images": survey.n_grey,
        "same_images": survey.same_images,
        "images_without_row": folder.unlisted(),
        "not_portable": not_portable(map(folder.name_for, survey.object_ids)),
        "network": card.name,
        "crop_px": card.crop_px,
        "seen": {
            size: {"share_of_image": framing.share_seen, "share_of_padding": framing.share_padding}
            for size, framing in zip(sizes, framings, strict=True)
        },
        "remarks": framing_warnings(survey.image_sizes, card.pad_px, card.crop_px, survey.scale),
    }


def _told(error: "SurveyError") -> list[str]:
    """A sentence for each problem, and of many how many there are of each kind; of very many, examples of each kind."""
    if len(error.details) <= _MANY:
        return [str(problem) for problem in error.details]
    if len(error.details) <= _VERY_MANY:
        kinds = [f"{group.count:,} of this kind: {group.examples[0]}" for group in error.groups]
        return [*map(str, error.details), *kinds]
    sentences = []
    for group in error.groups:
        sentences += map(str, group.examples)
        if group.count > len(group.examples):
            sentences.append(f"… and {group.count - len(group.examples):,} more of this kind (--json prints all).")
    return sentences


def _missing(found: dict) -> list[str]:
    """A line for each column that lacks values or may lack some, or that is text and seems to be meant for numbers."""
    from galviz.errors import shown

    def counted(cells: dict[str, int]) -> str:
        return ", ".join(f"{shown(cell) or 'empty'} ({count:,})" for cell, count in cells.items())

    lines = []
    for column, cells in found.get("missing", {}).items():
        if column != found["label"]:
            total = f"{sum(cells.values()):,} of {found['galaxies']:,}"
            lines.append(f"missing   {shown(column)}: {total}: {counted(cells)}")
    for column, cells in found.get("possibly_missing", {}).items():
        remedy = "they are read as values; leave the cells empty if nothing was measured"
        lines.append(f"missing?  {shown(column)}: these may stand for missing values: {counted(cells)}; {remedy}")
    text = found.get("text_not_numbers", {})
    return lines + [f"text      {shown(column)}: {why}" for column, why in text.items()]


def _summary(found: dict) -> str:
    """Word a sound survey in a few lines."""
    from galviz.network.framing import format_percent

    if found["label"] is None:
        label = "none (name its column with --label)"
    else:
        low, high, missing = found["lowest"], found["highest"], found["without_label"]
        measured = f"{low:g} to {high:g} {found['unit']}".rstrip() if low is not None else "nowhere measured"
        label = f"{found['label']}, {measured}; {missing or 'no'} {'galaxy' if missing == 1 else 'galaxies'} without it"
    sizes = [f"{size} px ({count})" for size, count in found["image_sizes_px"].items()]
    size, seen = next(iter(found["seen"].items()))
    scaled = "" if found["scale"] == 1 else f", scaled by {found['scale']:g}"
    lines = [
        f"The survey folder {found['folder']} is sound.",
        f"galaxies  {found['galaxies']}",
        f"label     {label}",
        f"images    {_first(sizes, 'sizes')}{scaled}",
        f"network   {found['network']} sees the central {found['crop_px']} x {found['crop_px']} px: "
        f"{format_percent(seen['share_of_image'])} of {size} px; "
        f"{format_percent(seen['share_of_padding'])} of its view is padding",
        *_missing(found),
        *(f"note      {note}" for note in found["catalogue_notes"]),
        *(f"note      {remark}" for remark in found["remarks"]),
    ]
    if grey := found["grey_images"]:
        said = "image is" if grey == 1 else "images are"
        lines.append(f"note      {grey} {said} grey; galviz's own network needs colour.")
    for same in found["same_images"][:3]:
        lines.append(f"note      {len(same)} galaxies have one and the same image: {_first(same, 'galaxies', 3)}")
    if len(found["same_images"]) > 3:
        lines.append(
            f"note      … and {len(found['same_images']) - 3} other images belong to several galaxies (--json)"
        )
    lines += [f"note      {sentence}" for sentence in found["not_portable"]]
    if extra := found["images_without_row"]:
        verb = "has" if len(extra) == 1 else "have"
        lines.append(f"unlisted  {len(extra)} in images/ {verb} no row in master.csv: {_first(extra, 'images', 3)}")
    return "\n".join([*lines, f"sha256    {found['sha256']}"])


def _first(items: list[str], what: str, count: int = 5) -> str:
    return ", ".join(items[:count]) + (f" and {len(items) - count} other {what}" if len(items) > count else "")


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
            note=say,
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
