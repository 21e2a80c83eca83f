"""A survey of any number of galaxies, and their features: those of the mock survey again and again, for benchmarks."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd

from galviz.features.features import Features, load_features, save_features
from galviz.survey.survey import load_survey, mock_survey_folder

FIRST_ID = 9_300_000_000_000_000_000
# Of the features, in units of each channel's standard deviation, so that no two galaxies are in one place.
NOISE = 0.05


def write_many_galaxies(count: int, folder: Path) -> tuple[Path, Path]:
    """Write a survey folder and a features file into a folder; their paths.

    Each galaxy has the image and the values of one of the mock survey, and its features with noise.
    """
    shipped, source = load_survey(), mock_survey_folder()
    origins = [shipped.object_ids[number % len(shipped.object_ids)] for number in range(count)]
    object_ids = [str(FIRST_ID + number) for number in range(count)]
    survey = folder / "survey"
    (survey / "images").mkdir(parents=True)
    for object_id, origin in zip(object_ids, origins, strict=True):
        shutil.copyfile(source / "images" / f"{origin}.jpg", survey / "images" / f"{object_id}.jpg")
    catalogue = pd.read_csv(source / "master.csv", dtype={"objID": str}).set_index("objID").loc[origins]
    catalogue.set_axis(pd.Index(object_ids, name="objID")).to_csv(survey / "master.csv")
    features = load_features()
    rows, random = features.rows(origins), np.random.default_rng(0)
    layers = {}
    for name, values in features.layers.items():
        noise = random.normal(scale=NOISE * values.std(axis=0), size=(count, values.shape[1]))
        layers[name] = values[rows] + noise.astype(np.float32)
    provenance = dict(features.provenance) | {"survey_sha256": load_survey(survey, verify=False).sha256}
    file = folder / "features.parquet"
    save_features(Features(object_ids, layers, features.predictions[rows], provenance), file)
    return survey, file
