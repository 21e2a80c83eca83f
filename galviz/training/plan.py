"""What is decided before a training begins: which network, which galaxies, and the scales of labels and pixels."""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from galviz.network.card import combined_sha256
from galviz.network.layers import LayerOutput
from galviz.network.spec import NetworkSpec, xresnet_spec
from galviz.survey.survey import Survey
from galviz.training.galaxies import Galaxy, Selection, pixel_statistics, select_galaxies, split, standardise_labels
from galviz.training.networks import Start, read_start
from galviz.training.provenance import describe_survey, versions
from galviz.training.recipe import HEAD_EPOCHS, Recipe
from galviz.training.scale import label_scale


@dataclass(frozen=True, eq=False)
class Plan:
    """All that is decided before the first epoch.

    Attributes
    ----------
    surveys : list of Survey
        Each once.
    recipe : Recipe
    spec : NetworkSpec
    start : Start or None
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
        Of the surveys, for the card: what is wrong with a simulation's file is told before the training.
    """

    surveys: list[Survey]
    recipe: Recipe
    spec: NetworkSpec
    start: Start | None
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
    def survey_sha256(self) -> str:
        """The checksum of all surveys."""
        return combined_sha256([survey.sha256 for survey in self.surveys])

    @property
    def settings(self) -> dict[str, Any]:
        """What a checkpoint must agree with to be gone on with."""
        label, start = self.surveys[0].label.column, self.start
        return {
            **self.recipe.as_json(),
            "spec": self.spec.to_json(),
            "start": None if start is None else start.card.weights_sha256,
            "label": label,
            "survey_sha256": self.survey_sha256,
            "targets": "standardised",  # which those of older checkpoints aren't
            "versions": versions(),
        }


def choose_recipe_and_spec(
    recipe: Recipe | None, spec: NetworkSpec | None, start: str | os.PathLike[str] | None
) -> tuple[Recipe, NetworkSpec, Start | None]:
    """What to train and how; a network to fine-tune says itself what it is and how images are cropped for it."""
    recipe = recipe or Recipe()
    if start is None:
        if recipe.head_epochs:
            raise ValueError("head_epochs are for fine-tuning, and there is no network to start with. Leave them out.")
        return recipe, spec or xresnet_spec(), None
    if spec is not None:
        raise ValueError("spec and start must not both be given: a network to fine-tune has its own specification.")
    begun = read_start(start)
    sides = {"pad_px": begun.card.pad_px, "crop_px": begun.card.crop_px}
    return replace(recipe, head_epochs=recipe.head_epochs or HEAD_EPOCHS, **sides), begun.spec, begun


def make_plan(
    surveys: Sequence[Survey],
    recipe: Recipe,
    spec: NetworkSpec,
    start: Start | None,
    layers: dict[str, LayerOutput],
) -> Plan:
    """Select and split the galaxies, and find the scales of labels and pixels.

    Raises
    ------
    ValueError
        If the galaxies don't suffice, or their labels can't be learnt.
    """
    selection = select_galaxies(surveys, recipe)
    in_training, in_validation = split(selection.galaxies, recipe)
    labels = np.array([selection.galaxies[position].targets[0] for position in in_training])
    label_mean, label_std = label_scale(labels, surveys[0].label.column)
    galaxies = standardise_labels(selection.galaxies, label_mean, label_std)
    # A survey that is given twice adds nothing, and so counts once.
    different = list({survey.sha256: survey for survey in reversed(surveys)}.values())[::-1]
    mean, std = (
        (start.card.mean, start.card.std)
        if start
        else pixel_statistics([galaxies[position] for position in in_training], recipe)
    )
    return Plan(
        surveys=different,
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
        descriptions=[describe_survey(survey) for survey in different],
    )
