"""What carries over to real galaxies from a network trained on mock ones, as tables.

    python benchmarks/real.py --survey FOLDER [--model CARD] [--repeats 3 --folds 10 --seed 0] [--few] [--gap]
    python benchmarks/real.py --survey FOLDER --folds 5 [--fine-tune SCRATCH] --json data/figures/real-galaxies.json

FOLDER is a survey folder of labelled real galaxies, 128 px JPEGs cut to 5 Petrosian R90, as `benchmarks/realism.py`
takes. All rows are judged in the same folds. Ridge means: columns standardised and the penalty chosen from 1e-3,
10^-2.5, …, 1e4, both inside the fold. `--few` fits with few real labels, `--gap` looks for what tells mock galaxies
from real ones in the network's features and in image statistics. The exit status is 1 if something that must hold is
missed, 2 if the survey or the network can't be used.

`--json` also writes the aggregates that the app shows, none of fewer than 20 galaxies. `--fine-tune` adds the network
fine-tuned in the folds of the first repetition; its finished runs are kept in SCRATCH, so that it can be interrupted.

No weight of the network saw a real image. But the simulator was tuned on summary statistics of the same 400 galaxies
that this is meant for, and this figure was looked at: it is no independent test. A run appends nothing to the
repository; looks are counted by hand, in `benchmarks/README.md`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from fine_tuning import fine_tune_in_folds, recipes
from mock_gap import gap_tables
from real_json import write_json
from realism import radial_colours, scaled_ridge
from regressions import (
    DRAWS,
    FEATURES,
    MEAN,
    RANDOM,
    RECALIBRATED,
    by_layer,
    few_labels,
    lower_by,
    out_of_fold,
    regressions,
    score_table,
    zero_shot,
)
from sklearn.model_selection import RepeatedKFold

from galviz.network.card import CardError, ModelCard, read_card, shipped_card_path
from galviz.network.crops import network_crop
from galviz.survey.survey import Survey, SurveyError, load_survey

if TYPE_CHECKING:
    from torch import nn

R_AT_LEAST, R_GOAL = 0.85, 0.88
RMSE_AT_MOST, RMSE_GOAL = 0.102, 0.095

# Keys of what `--json` writes; see `aggregates.TITLES`.
KEYS = {
    MEAN: "mean",
    "ridge on log radial colours": "ridge-log-colours",
    "random forest on radial colours": "forest-colours",
    RANDOM: "ridge-random-weights",
    RECALIBRATED: "recalibrated",
    FEATURES: "ridge-features",
}
HONESTY = """\
No weight of the network saw a real image. But the simulator was tuned on summary statistics of these same 400 galaxies,
and this figure was looked at: it is no independent test. Nothing counts this look unless you note it in
benchmarks/README.md."""


def must_hold(r: float, rmse: pd.Series) -> list[tuple[str, bool]]:
    """What must hold, in words, and whether it does.

    Parameters
    ----------
    r : float
        Zero-shot.
    rmse : Series
        By regression, FEATURES and the baselines among them; all but FEATURES and RECALIBRATED are baselines.

    Returns
    -------
    list of (str, bool)
        A NaN is a miss.
    """
    baselines = rmse.drop([FEATURES, RECALIBRATED], errors="ignore")
    found, best = rmse[FEATURES], baselines.idxmin()

    def goal(reached: bool) -> str:
        return "reached" if reached else "not reached"

    return [
        (f"zero-shot r {r:.4f}, at least {R_AT_LEAST} (goal {R_GOAL}: {goal(r >= R_GOAL)})", bool(r >= R_AT_LEAST)),
        (
            f"{FEATURES}, RMSE {found:.4f}, at most {RMSE_AT_MOST} (goal {RMSE_GOAL}: {goal(found <= RMSE_GOAL)})",
            bool(found <= RMSE_AT_MOST),
        ),
        (
            f"{FEATURES} below all {len(baselines)} baselines; the best is '{best}', {baselines[best]:.4f}",
            bool((found < baselines).all()),
        ),
    ]


def central_pixels(survey: Survey, object_ids: Sequence[str], card: ModelCard) -> np.ndarray:
    """What the network is shown of each galaxy, before it is normalised: shape (n, 3 crop_px²), 0 to 1."""
    crops = (network_crop(survey.image(name), card.pad_px, card.crop_px) for name in object_ids)
    return np.stack([np.asarray(crop).ravel() for crop in crops]) / 255


def show(title: str, table: pd.DataFrame) -> None:
    print(f"\n{title}")
    print(table.to_string(na_rep="–", float_format=partial("{:.4f}".format)))


def report(network: nn.Module, survey: Survey, options: argparse.Namespace) -> int:
    """Print all of it; the exit status."""
    from galviz.features.extraction import extract
    from galviz.network.builders import build_network
    from galviz.network.model import attach_card

    card, seed = network.card, options.seed
    labelled = survey.catalogue[survey.label.column].dropna()
    object_ids, label = labelled.index.tolist(), labelled.to_numpy(float)
    folds = RepeatedKFold(n_splits=options.folds, n_repeats=options.repeats, random_state=seed)
    trained = extract(network, survey, object_ids, layers=network.layer_names)
    random = attach_card(build_network(card.spec, seed=seed), card)  # shown the same crops
    untrained = extract(random, survey, object_ids, layers=network.layer_names)
    colours = np.array([radial_colours(survey.image(object_id)) for object_id in object_ids])
    features, predictions = trained.layers["features"].astype(float), trained.predictions.astype(float)
    print(f"{len(label)} real galaxies; {card.name}, weights {card.weights_sha256[:12]}\n\n{HONESTY}")

    rows = regressions(
        central_pixels(survey, object_ids, card),
        colours,
        untrained.layers["features"].astype(float),
        features,
        predictions,
        seed,
    )
    predicted = {name: out_of_fold(model, columns, label, folds) for name, (model, columns) in rows.items()}
    table, own = score_table(predicted, label), zero_shot(predictions, label, seed)
    table.loc["zero-shot, as it comes"] = {"RMSE dex": own["RMSE dex"], "r": own["r"]}
    show(f"{options.folds} folds, {options.repeats} times, seed {seed}", table)
    print(
        f"\nzero-shot: bias {own['bias']:+.4f} dex; r {own['r']:.4f}, 68% {own['r 16%']:.4f} to {own['r 84%']:.4f}, "
        f"95% {own['r 2.5%']:.4f} to {own['r 97.5%']:.4f} (bootstrap over galaxies); "
        f"slope of truth on prediction {own['slope of truth on prediction']:.3f}"
    )
    layers = {"trained": trained.layers, "random weights": untrained.layers}
    show("ridge on each layer, RMSE dex", by_layer(layers, label, folds))
    if options.few:
        inputs = {FEATURES: features, "ridge on log radial colours": np.log(colours)}
        show(f"with few real labels, RMSE dex of all others, mean of {DRAWS} draws", few_labels(inputs, label, seed))
    if options.json:
        keys = {name: KEYS.get(name, "ridge-pixels") for name in rows if name != "ridge on radial colours"}
        by_key = {key: predicted[name] for name, key in keys.items()}
        by_key["zero-shot"] = predictions[None]
        permuted = np.random.default_rng(seed).permutation(label)
        by_key["ridge-permuted-labels"] = out_of_fold(scaled_ridge(), features, permuted, folds)
        fine_tuning = {}
        if options.fine_tune:
            splits = list(folds.split(features))[: options.folds]
            tuned = fine_tune_in_folds(
                options.model or shipped_card_path(),
                survey,
                object_ids,
                splits,
                options.fine_tune,
                n_folds=options.fine_tune_folds,
            )
            by_key["fine-tuned"] = tuned.predictions[None]
            recipe = recipes(0)[tuned.chosen].as_json()
            fine_tuning = {"chosen": tuned.chosen, "held_out_rmse": tuned.held_out, "recipe": recipe}
            tried = ", ".join(f"{name} {error:.4f}" for name, error in tuned.held_out.items())
            print(f"\nfine-tuning, RMSE dex of galaxies held out of the first fold's: {tried}; chosen: {tuned.chosen}")
        inputs = {key: rows[name] for name, key in keys.items()}
        results = write_json(options.json, network, survey, label, inputs, by_key, options, fine_tuning)
        title = f"as in {options.json.name}, 95% of RMSE by bootstrap over galaxies"
        show(title, results.table().drop(columns="kind"))
    if options.gap:
        for title, gap in gap_tables(network, survey, object_ids, features, options.n):
            show(title, gap)

    rmse = table["RMSE dex"][list(rows)]
    best = rmse.drop([FEATURES, RECALIBRATED]).idxmin()
    difference, low, high = lower_by(predicted[FEATURES], predicted[best], label, seed)
    print(
        f"\nRMSE of '{best}', the best baseline, less that of '{FEATURES}': {difference:+.4f} dex, "
        f"95% {low:+.4f} to {high:+.4f} (bootstrap over galaxies)"
    )
    print("\nmust hold")
    demands = must_hold(own["r"], rmse)
    for words, held in demands:
        print(f"  {'held' if held else 'missed'}: {words}")
    return int(not all(held for _, held in demands))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--survey", type=Path, required=True, help="survey folder of real galaxies, 128 px")
    parser.add_argument("--model", type=Path, help="card of a trained network (else the shipped one)")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--folds", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--few", action="store_true", help="also fit with few real labels")
    parser.add_argument("--gap", action="store_true", help="also look for what tells mock from real")
    parser.add_argument("--n", type=int, default=400, help="mock galaxies to draw for --gap and --json")
    parser.add_argument("--json", type=Path, help="also write the aggregates that the app shows")
    parser.add_argument("--fine-tune", type=Path, metavar="SCRATCH", help="with --json: fine-tune too, in this folder")
    parser.add_argument("--fine-tune-folds", type=int, metavar="K", help="fine-tune in the first K folds only")
    options = parser.parse_args()

    from galviz.network.model import load_model

    try:
        network, survey = load_model(options.model), load_survey(options.survey)
    except (CardError, SurveyError) as error:
        parser.error(str(error))
    if options.json and network.card.weights_sha256 != read_card().weights_sha256:
        parser.error("--json is for the shipped network, whose features of mock galaxies it uses; omit --model.")
    if len(survey.object_ids) < options.folds:
        parser.error(f"--folds must be at most the number of galaxies, {len(survey.object_ids)}; got {options.folds}.")
    if survey.label is None or survey.label.column != network.card.label:
        found = "no label" if survey.label is None else f"the label {survey.label.column}"
        parser.error(f"--survey must hold what the network predicts, {network.card.label}; it has {found}.")
    return report(network, survey, options)


if __name__ == "__main__":
    sys.exit(main())
