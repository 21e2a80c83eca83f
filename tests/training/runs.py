"""Recipes of short runs, and training that is observed, for the tests of training.

Importing it doesn't import torch, because some of these tests run without.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from galviz.survey.survey import load_survey
from galviz.training.recipe import Recipe, WarmUp
from tests.cards import TINY

SMALL = {"batch_size": 8, "pad_px": 60, "crop_px": 48, "valid_share": 0.2, "seed": 2}
# Colour encodes metallicity in the drawn galaxies, so a few epochs of ten batches suffice.
LEARNING = Recipe(epochs=6, lr=0.02, **SMALL)
# Four batches per epoch, twenty in all; the optimiser looks ahead every six, so hardly ever at the end of an epoch.
CAUSES = ("inclination_deg", "bulge_fraction")
SHORT = Recipe(
    epochs=2,
    variation=0.3,
    warm_ups=(WarmUp(2, 32, lr=0.02, variation=0.5), WarmUp(1, 40)),
    causes=CAUSES,
    **SMALL,
)
N_BATCHES = 20


def observe_training(surveys, out, recipe):
    """Train, and store learners, (done, total) of batches, and records and states of each epoch."""
    from galviz.training import fitting
    from galviz.training.run import train

    run = SimpleNamespace(surveys=surveys, out=out, learners=[], batches=[], records=[], states=[])

    class RecordedLearner(fitting.Learner):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            run.learners.append(self)

    def report(record):
        run.records.append(dict(record))
        network = run.learners[-1].model.network
        run.states.append({name: values.clone() for name, values in network.state_dict().items()})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "Learner", RecordedLearner)
        run.card = train(
            surveys,
            out,
            recipe=recipe,
            spec=TINY,
            progress=lambda done, total: run.batches.append((done, total)),
            report=report,
        )
    return run


def edited(folder, change):
    """Load the survey of a folder after a change of its table, a DataFrame of strings."""
    table = pd.read_csv(folder / "master.csv", dtype=str, keep_default_na=False)
    change(table)
    table.to_csv(folder / "master.csv", index=False)
    return load_survey(folder)


def crops_of(survey, object_ids, recipe):
    """The central pixels of 64-px images, (n, height, width, 3), 0 to 255."""
    edge = (64 - recipe.pad_px) // 2 + (recipe.pad_px - recipe.crop_px) // 2
    pixels = [np.asarray(survey.image(object_id)) for object_id in object_ids]
    return np.stack(pixels)[:, edge : edge + recipe.crop_px, edge : edge + recipe.crop_px].astype(float)
