"""The analysis of the project. Edit it, then run it: `python -m galviz project --run`."""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import galviz
from galviz.analysis.claims import compare_with_controls
from galviz.course.project import save_results
from galviz.features.pixels import pixel_features

SURVEY = None  # your survey folder, such as "../my-survey"; None: the simulated galaxies that galviz comes with
QUANTITY = "redshift"
N_GALAXIES = 400  # at most so many galaxies, chosen at random
SEED = 0

folder = Path(__file__).parent
survey = galviz.load_survey(SURVEY and folder / SURVEY)
if QUANTITY not in survey.catalogue.select_dtypes("number"):
    columns = ", ".join(survey.catalogue.select_dtypes("number").columns)
    raise SystemExit(f"QUANTITY must be a column of numbers: {columns}; got {QUANTITY!r}")
known = survey.catalogue[QUANTITY].dropna()
object_ids = list(np.random.default_rng(SEED).permutation(known.index)[:N_GALAXIES])
values = known[object_ids].to_numpy()

# The representation that the claim is about: the last layer of the network.
network = galviz.load_model()
card = network.card
features = galviz.extract(network, survey, object_ids).layers["features"]

# Control 1: the same architecture with random weights. What it can do doesn't come from training.
untrained = galviz.wrap(
    galviz.build_network(card.spec, seed=SEED),
    card.spec,
    pad_px=card.pad_px,
    crop_px=card.crop_px,
    mean=card.mean,
    std=card.std,
)
untrained_features = galviz.extract(untrained, survey, object_ids).layers["features"]

# Control 2: the mean red, green and blue of each image. What three numbers can do needs no network.
colours = pixel_features(survey, object_ids, pad_px=card.pad_px, crop_px=card.crop_px, side_px=1)

# Control 3 is added by the function: permuted values, which show what chance gives.
table = compare_with_controls(
    features, {"untrained network": untrained_features, "mean colours": colours}, values, seed=SEED
)

figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
errors = [table["r2"] - table["low"], table["high"] - table["r2"]]
axes.errorbar(table["r2"], table.index, xerr=errors, fmt="o", capsize=3)
axes.axvline(0, color="grey", linewidth=1)
axes.invert_yaxis()
axes.set_xlabel(f"held-out R² of {QUANTITY}, with 95 % intervals")
figure.savefig(folder / "figure.png", dpi=120)

save_results(
    folder,
    table,
    quantity=QUANTITY,
    seed=SEED,
    survey=str(SURVEY or "mock-survey (simulated)"),
    n_galaxies=len(object_ids),
    survey_sha256=survey.sha256,
    network=card.name,
    weights_sha256=card.weights_sha256,
)
