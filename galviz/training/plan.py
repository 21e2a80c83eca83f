"""What is decided before a training begins: network, galaxies, and the scales of labels and pixels."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from galviz.network.card import combined_sha256
from galviz.network.layers import LayerOutput
from galviz.network.spec import NetworkSpec, xresnet_spec
from galviz.survey.survey import Survey
from galviz.training.dataloaders import pixel_statistics, standardise_labels
from galviz.training.galaxies import Galaxy, Selection, select_galaxies, split_galaxies
from galviz.training.networks import PretrainedNetwork, load_pretrained
from galviz.training.provenance import describe_survey, package_versions
from galviz.training.recipe import HEAD_EPOCHS, Recipe
from galviz.training.scale import label_scale

# The validation set may have so much more or less than its share before it is reported.
_MAX_SHARE_DIFFERENCE = 0.1


@dataclass(frozen=True, eq=False)
class Plan:
    """The network, the galaxies and the scales of a training.

    Attributes
    ----------
    surveys : list of Survey
        Without repetitions.
    recipe : Recipe
    spec : NetworkSpec
    start : PretrainedNetwork or None
        The network to fine-tune.
    layers : dict of str to LayerOutput
    selection : Selection
    galaxies : list of Galaxy
        With standardised labels.
    in_training, in_validation : list of int
        Positions in `galaxies`.
    label_mean, label_std : float
    pixel_mean, pixel_std : tuple of float
    descriptions : list of dict
        Of the surveys, for the card. Made first, because a simulation's damaged file is an error.
    """

    surveys: list[Survey]
    recipe: Recipe
    spec: NetworkSpec
    start: PretrainedNetwork | None
    layers: dict[str, LayerOutput]
    selection: Selection
    galaxies: list[Galaxy]
    in_training: list[int]
    in_validation: list[int]
    label_mean: float
    label_std: float
    pixel_mean: tuple[float, float, float]
    pixel_std: tuple[float, float, float]
    descriptions: list[dict[str, Any]]

    @property
    def notes(self) -> list[str]:
        """Sentences about the rows and their split that a user should know; empty if there are none."""
        n_total, n_valid = len(self.galaxies), len(self.in_validation)
        notes = list(self.selection.notes)
        if abs(n_valid / n_total - self.recipe.valid_share) > _MAX_SHARE_DIFFERENCE:
            (_, largest), *_ = Counter(galaxy.number for galaxy in self.galaxies).most_common(1)
            notes.append(
                f"The validation set has {n_valid} of {n_total} rows, {n_valid / n_total:.0%} instead of "
                f"{self.recipe.valid_share:.0%}, because all rows of a galaxy are on one side, and one galaxy has "
                f"{largest}. Its error may mean little: check whether those images show the same galaxy."
            )
        return notes

    @property
    def survey_sha256(self) -> str:
        """Combined checksum of all surveys."""
        return combined_sha256([survey.sha256 for survey in self.surveys])

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that must be equal for a run to continue from a checkpoint."""
        label, start = self.surveys[0].label.column, self.start
        return {
            **self.recipe.as_json(),
            "spec": self.spec.to_json(),
            "start": None if start is None else start.card.weights_sha256,
            "label": label,
            "survey_sha256": self.survey_sha256,
            "targets": "standardised",  # unlike those of older checkpoints
            "versions": package_versions(),
        }


def choose_recipe_and_spec(
    recipe: Recipe | None, spec: NetworkSpec | None, start: str | os.PathLike[str] | None
) -> tuple[Recipe, NetworkSpec, PretrainedNetwork | None]:
    """Choose recipe and network; specification and crops of a network to fine-tune are its own.

    Examples
    --------
    >>> recipe, spec, start = choose_recipe_and_spec(None, None, None)
    >>> recipe.epochs, spec.builder, start
    (7, 'xresnet34', None)
    """
    recipe = recipe or Recipe()
    if start is None:
        if recipe.head_epochs:
            raise ValueError("head_epochs are for fine-tuning, but no network to start from is given. Leave them out.")
        return recipe, spec or xresnet_spec(), None
    if spec is not None:
        raise ValueError("spec and start must not both be given: a network to fine-tune has its own specification.")
    pretrained = load_pretrained(start)
    sides = {"pad_px": pretrained.card.pad_px, "crop_px": pretrained.card.crop_px}
    return replace(recipe, head_epochs=recipe.head_epochs or HEAD_EPOCHS, **sides), pretrained.spec, pretrained


def make_plan(
    surveys: Sequence[Survey],
    recipe: Recipe,
    spec: NetworkSpec,
    start: PretrainedNetwork | None,
    layers: dict[str, LayerOutput],
) -> Plan:
    """Select and split the galaxies, and compute the scales of labels and pixels.

    Raises
    ------
    ValueError
        If there are too few galaxies, or their labels can't be learnt.

    Examples
    --------
    >>> from pathlib import Path
    >>> from types import SimpleNamespace
    >>> import pandas as pd
    >>> from PIL import Image
    >>> images = {name: Image.new("RGB", (64, 64), name) for name in ("red", "green", "blue", "white")}
    >>> catalogue = pd.DataFrame({"metallicity": [8.5, 8.6, 8.8, 8.9]}, index=list(images))
    >>> survey = SimpleNamespace(folder=Path("colours"), label=SimpleNamespace(column="metallicity"), scale=1,
    ...                          catalogue=catalogue, image=images.get, object_ids=list(images), sha256="0" * 64)
    >>> plan = make_plan([survey], Recipe(batch_size=2, valid_share=0.5), xresnet_spec(), None, layers={})
    >>> len(plan.in_training), len(plan.in_validation)
    (2, 2)
    """
    selection = select_galaxies(surveys, recipe)
    in_training, in_validation = split_galaxies(selection.galaxies, recipe)
    labels = np.array([selection.galaxies[position].targets[0] for position in in_training])
    label_mean, label_std = label_scale(labels, surveys[0].label.column)
    galaxies = standardise_labels(selection.galaxies, label_mean, label_std)
    # A survey that is given twice counts once.
    unique = list({survey.sha256: survey for survey in reversed(surveys)}.values())[::-1]
    mean, std = (
        (start.card.mean, start.card.std)
        if start
        else pixel_statistics([galaxies[position] for position in in_training], recipe)
    )
    return Plan(
        surveys=unique,
        recipe=recipe,
        spec=spec,
        start=start,
        layers=layers,
        selection=selection,
        galaxies=galaxies,
        in_training=in_training,
        in_validation=in_validation,
        label_mean=label_mean,
        label_std=label_std,
        pixel_mean=mean,
        pixel_std=std,
        descriptions=[describe_survey(survey) for survey in unique],
    )
