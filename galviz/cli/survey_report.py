"""The report of check-survey: facts about a valid survey, or the problems of an invalid one."""

import json
from typing import Any

from galviz.errors import shown
from galviz.network.card import ModelCard
from galviz.network.framing import Framing, format_percent, framing_warnings
from galviz.survey.image_folder import IMAGES_NAME, ImageFolder
from galviz.survey.portability import portability_warnings
from galviz.survey.survey import Survey, SurveyError


def survey_facts(survey: Survey, card: ModelCard) -> dict[str, Any]:
    r"""Collect facts about a survey, as check-survey prints them with ``--json``.

    Parameters
    ----------
    survey : Survey
    card : ModelCard
        The network whose input is described.

    Returns
    -------
    dict

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> from galviz.network.card import read_card
    >>> from galviz.survey.survey import load_survey
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "master.csv").write_text("objID,oh_p50\ng1,8.5\n")
    ...     Path(folder, "images").mkdir()
    ...     Image.linear_gradient("L").convert("RGB").save(Path(folder, "images", "g1.png"))
    ...     facts = survey_facts(load_survey(folder), read_card())
    >>> facts["galaxies"], facts["label"], facts["image_sizes_px"]
    (1, 'metallicity', {'256 x 256': 1})
    """
    label, n_galaxies = survey.label, len(survey.object_ids)
    values = [] if label is None else survey.catalogue[label.column].dropna()
    catalogue = {
        "galaxies": n_galaxies,
        "label": label and label.column,
        "unit": label and label.unit,
        "lowest": float(min(values)) if len(values) else None,
        "highest": float(max(values)) if len(values) else None,
        "without_label": n_galaxies - len(values),
        "missing": survey.missing,
        "possibly_missing": survey.possibly_missing,
        "text_not_numbers": {column: str(reason) for column, reason in survey.mixed.items()},
        "catalogue_notes": survey.notes,
        "sha256": survey.sha256,
    }
    return catalogue | _image_facts(survey, card)


def _image_facts(survey: Survey, card: ModelCard) -> dict[str, Any]:
    """Facts about the images, and about the part of them that is a network's input."""
    sizes = {f"{width} x {height}": count for (width, height), count in survey.image_sizes.items()}
    folder = ImageFolder(survey.folder / IMAGES_NAME, set(survey.object_ids))
    framings = [Framing(size_px, card.pad_px, card.crop_px) for size_px in survey.image_sizes]
    return {
        "scale": survey.scale,
        "image_sizes_px": sizes,
        "grey_images": survey.n_grey,
        "same_images": survey.same_images,
        "images_without_row": survey.images_without_row,
        "not_portable": portability_warnings(map(folder.name_for, survey.object_ids)),
        "network": card.name,
        "crop_px": card.crop_px,
        "seen": {
            size: {"share_of_image": framing.share_seen, "share_of_padding": framing.share_padding}
            for size, framing in zip(sizes, framings, strict=True)
        },
        "remarks": framing_warnings(survey.image_sizes, card.pad_px, card.crop_px, survey.scale),
    }


def format_facts(folder: str, facts: dict[str, Any]) -> str:
    """Format the facts about a valid survey in a few lines.

    Parameters
    ----------
    folder : str
    facts : dict
        From `survey_facts`.

    Returns
    -------
    str

    Examples
    --------
    >>> facts = dict.fromkeys(["label", "grey_images"]) | {"galaxies": 2, "scale": 1, "sha256": "0e2f"}
    >>> facts |= {"image_sizes_px": {"160 x 160": 2}, "network": "xresnet34-1", "crop_px": 112}
    >>> facts |= {"seen": {"160 x 160": {"share_of_image": 0.5, "share_of_padding": 0.0}}}
    >>> facts |= dict.fromkeys(["catalogue_notes", "remarks", "same_images", "not_portable", "images_without_row"], [])
    >>> print(format_facts("my-survey", facts).splitlines()[0])
    The survey folder my-survey is valid.
    """
    sizes = [f"{size} px ({count})" for size, count in facts["image_sizes_px"].items()]
    size, seen = next(iter(facts["seen"].items()))
    scaled = "" if facts["scale"] == 1 else f", scaled by {facts['scale']:g}"
    lines = [
        f"The survey folder {folder} is valid.",
        f"galaxies  {facts['galaxies']}",
        f"label     {_label_text(facts)}",
        f"images    {_first(sizes, 'sizes')}{scaled}",
        f"network   {facts['network']} takes the central {facts['crop_px']} x {facts['crop_px']} px: "
        f"{format_percent(seen['share_of_image'])} of {size} px; "
        f"{format_percent(seen['share_of_padding'])} of its input is padding",
        *_missing_values(facts),
        *(f"note      {note}" for note in [*facts["catalogue_notes"], *facts["remarks"], *_image_notes(facts)]),
    ]
    if unlisted := facts["images_without_row"]:
        verb = "has" if len(unlisted) == 1 else "have"
        lines.append(
            f"unlisted  {len(unlisted)} in images/ {verb} no row in master.csv: {_first(unlisted, 'images', 3)}"
        )
    return "\n".join([*lines, f"sha256    {facts['sha256']}"])


def _label_text(facts: dict[str, Any]) -> str:
    if facts["label"] is None:
        return "none (name its column with --label)"
    low, high, n_missing = facts["lowest"], facts["highest"], facts["without_label"]
    values = f"{low:g} to {high:g} {facts['unit']}".rstrip() if low is not None else "no values"
    return f"{facts['label']}, {values}; {n_missing or 'no'} {'galaxy' if n_missing == 1 else 'galaxies'} without it"


def _missing_values(facts: dict[str, Any]) -> list[str]:
    """One line per column with missing or possibly missing values, or with text among numbers."""

    def counts(cells: dict[str, int]) -> str:
        return ", ".join(f"{shown(cell) or 'empty'} ({count:,})" for cell, count in cells.items())

    lines = []
    for column, cells in facts.get("missing", {}).items():
        # The line of the label counts galaxies without it.
        if column != facts["label"] or set(cells) != {""}:
            total = f"{sum(cells.values()):,} of {facts['galaxies']:,}"
            lines.append(f"missing   {shown(column)}: {total}: {counts(cells)}")
    for column, cells in facts.get("possibly_missing", {}).items():
        remedy = "they are read as values; leave the cells empty if nothing was measured"
        lines.append(f"missing?  {shown(column)}: these may stand for missing values: {counts(cells)}; {remedy}")
    text = facts.get("text_not_numbers", {})
    return lines + [f"text      {shown(column)}: {reason}" for column, reason in text.items()]


def _image_notes(facts: dict[str, Any]) -> list[str]:
    notes = []
    if n_grey := facts["grey_images"]:
        notes.append(f"{n_grey} {'image is' if n_grey == 1 else 'images are'} grey; galviz's own network needs colour.")
    same_images = facts["same_images"]
    notes += [f"{len(ids)} galaxies have the same image: {_first(ids, 'galaxies', 3)}" for ids in same_images[:3]]
    if len(same_images) > 3:
        notes.append(f"… and {len(same_images) - 3} other images belong to several galaxies (--json lists them)")
    return notes + facts["not_portable"]


def _first(items: list[str], plural: str, count: int = 5) -> str:
    return ", ".join(items[:count]) + (f" and {len(items) - count} other {plural}" if len(items) > count else "")


def format_problems(error: SurveyError) -> list[str]:
    """Format the problems of an invalid survey by cause: the cause with its count, then the first five examples.

    Examples
    --------
    >>> import tempfile
    >>> from galviz.survey.survey import load_survey
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     try:
    ...         _ = load_survey(folder)
    ...     except SurveyError as error:
    ...         len(format_problems(error))
    1
    """
    lines = []
    for group in error.groups:
        if group.count == 1:
            lines.append(str(group.examples[0]))
            continue
        lines.append(f"{group.count:,} problems of one kind: {group.cause}")
        for example in group.examples:
            same = f"{example.problem}; {example.remedy}." == group.cause
            lines.append(f"  {example.place}" if same else f"  {example}")
        if group.count > len(group.examples):
            lines.append(f"  … and {group.count - len(group.examples):,} more (--json lists all)")
    return lines


def problem_facts(error: SurveyError) -> dict[str, Any]:
    """Collect the problems of an invalid survey, as check-survey prints them with ``--json``.

    Examples
    --------
    >>> from galviz.survey.problems import Problem
    >>> error = SurveyError("my-survey", [Problem(2, "1", "images/1.jpg", "there is no image", "add it")])
    >>> facts = problem_facts(error)
    >>> facts["problems"][0]["row"], facts["kinds"][0]["count"], facts["kinds"][0]["cause"]
    (2, 1, 'there is no image; add it.')
    """
    kinds = [
        {"count": group.count, "cause": group.cause, "examples": list(map(str, group.examples))}
        for group in error.groups
    ]
    return {"problems": json.loads(error.problems.to_json(orient="records")), "kinds": kinds}
