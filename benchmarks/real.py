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
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from aggregates import describe_distances, describe_methods, interval, resamples
from fine_tuning import fine_tune_in_folds, recipes
from realism import colour_forest, image_statistics, radial_colours, scaled_ridge, tell_apart
from sklearn.base import RegressorMixin, clone
from sklearn.decomposition import PCA
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import RepeatedKFold, StratifiedKFold
from sklearn.pipeline import make_pipeline

from galviz.artefacts.real_galaxies import COMMAND, save_real_galaxies
from galviz.artefacts.real_results import (
    CurvePoint,
    Difference,
    Interval,
    LabelledSurvey,
    NetworkIdentity,
    RealGalaxies,
)
from galviz.network.card import CardError, ModelCard, read_card, shipped_card_path
from galviz.network.crops import network_crop
from galviz.survey.survey import Survey, SurveyError, load_survey

if TYPE_CHECKING:
    from torch import nn

R_AT_LEAST, R_GOAL = 0.85, 0.88
RMSE_AT_MOST, RMSE_GOAL = 0.102, 0.095
COMPONENTS = 50
FEW_LABELS, DRAWS = (20, 50, 100, 200, 320), 50
RESAMPLES = 4000
GAP_COLUMNS = 40  # permuted one by one, of 512 features those that a forest uses most

CURVE_LABELS = (20, 40, 80, 160, 320)
CREDIT = (
    "Sloan Digital Sky Survey, Data Release 14 (images), and the MPA-JHU catalogue (metallicities); gathered by the "
    "repository jwuphysics/convnet-demo"
)

MEAN, RANDOM, FEATURES = "the mean", "ridge on features, random weights", "ridge on features"
RECALIBRATED = "zero-shot, recalibrated linearly in the folds"
# Keys of what `--json` writes; see `aggregates.TITLES`.
KEYS = {
    MEAN: "mean",
    "ridge on log radial colours": "ridge-log-colours",
    "random forest on radial colours": "forest-colours",
    RANDOM: "ridge-random-weights",
    RECALIBRATED: "recalibrated",
    FEATURES: "ridge-features",
}
PACKAGES = ("numpy", "scipy", "scikit-learn", "torch", "fastai", "galsim")
HONESTY = """\
No weight of the network saw a real image. But the simulator was tuned on summary statistics of these same 400 galaxies,
and this figure was looked at: it is no independent test. Nothing counts this look unless you note it in
benchmarks/README.md."""


def out_of_fold(model: RegressorMixin, columns: np.ndarray, label: np.ndarray, folds: RepeatedKFold) -> np.ndarray:
    """Predictions of each galaxy by a model that was fitted without it.

    Parameters
    ----------
    model : regressor
        Fitted anew in each fold; stays unfitted itself.
    columns : ndarray of shape (n, d)
    label : ndarray of shape (n,)
    folds : RepeatedKFold
        With a seed, so that they are the same at each call.

    Returns
    -------
    ndarray of shape (n_repeats, n), in the label's unit
    """
    splits = list(folds.split(columns))
    predicted = np.full((folds.n_repeats, len(label)), np.nan)
    for number, (train, test) in enumerate(splits):
        repeat = number * folds.n_repeats // len(splits)
        predicted[repeat, test] = clone(model).fit(columns[train], label[train]).predict(columns[test])
    return predicted


def score(predicted: np.ndarray, label: np.ndarray) -> dict[str, float]:
    """RMSE and Pearson r over all out-of-fold predictions (n_repeats, n), and the repeats' sd in RMSE."""
    squares = (predicted - label) ** 2
    spread = np.sqrt(squares.mean(axis=1)).std(ddof=1) if len(predicted) > 1 else np.nan
    r = correlation(predicted.ravel(), np.tile(label, len(predicted)))
    return {"RMSE dex": float(np.sqrt(squares.mean())), "sd over repeats": float(spread), "r": float(r)}


def correlation(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pearson's r along the last axis; NaN where one doesn't vary."""
    one, other = (values - values.mean(axis=-1, keepdims=True) for values in (one, other))
    product = np.sqrt((one**2).sum(axis=-1) * (other**2).sum(axis=-1))
    return np.divide((one * other).sum(axis=-1), product, out=np.full_like(product, np.nan), where=product > 0)


def distances_kept(pixels: np.ndarray) -> np.ndarray:
    """Turn images about their mean until all that differs between them lies in as many columns as there are images.

    A turn keeps every distance, so that principal components fitted in a fold are the same as on the pixels: this is
    for speed alone, and tells a fold nothing of the others' labels or images.

    Parameters
    ----------
    pixels : ndarray of shape (n, d)

    Returns
    -------
    ndarray of shape (n, n)
    """
    centred = pixels - pixels.mean(axis=0)
    variances, axes = np.linalg.eigh(centred @ centred.T)
    return axes * np.sqrt(variances.clip(min=0))


def regressions(
    pixels: np.ndarray,
    colours: np.ndarray,
    random_features: np.ndarray,
    features: np.ndarray,
    predictions: np.ndarray,
    seed: int,
) -> dict[str, tuple[RegressorMixin, np.ndarray]]:
    """The rows of the table: a model and the columns it is given, (n, d) each, for each name."""
    components = min(COMPONENTS, len(pixels) // 2)
    return {
        MEAN: (DummyRegressor(), colours),
        f"ridge on {components} principal components of pixels": (
            make_pipeline(PCA(components, svd_solver="full"), scaled_ridge()),
            distances_kept(pixels),
        ),
        "ridge on radial colours": (scaled_ridge(), colours),
        "ridge on log radial colours": (scaled_ridge(), np.log(colours)),
        "random forest on radial colours": (colour_forest(seed), colours),
        RANDOM: (scaled_ridge(), random_features),
        FEATURES: (scaled_ridge(), features),
        RECALIBRATED: (LinearRegression(), predictions[:, None]),
    }


def score_table(predicted: Mapping[str, np.ndarray], label: np.ndarray) -> pd.DataFrame:
    """A row for each regression, from its out-of-fold predictions (n_repeats, n)."""
    table = pd.DataFrame({name: score(values, label) for name, values in predicted.items()}).T
    if MEAN in table.index:
        # the mean without a fold is high where the fold is low: an r that says nothing
        table.loc[MEAN, "r"] = np.nan
    return table


def zero_shot(predictions: np.ndarray, label: np.ndarray, seed: int) -> dict[str, float]:
    """What the network's own predictions (n,) are worth: nothing fitted, intervals of r by bootstrap over galaxies."""
    rows = np.random.default_rng(seed).integers(len(label), size=(RESAMPLES, len(label)))
    quantiles = np.nanquantile(correlation(predictions[rows], label[rows]), (0.025, 0.16, 0.84, 0.975))
    errors = predictions - label
    return {
        "RMSE dex": float(np.sqrt((errors**2).mean())),
        "bias": float(errors.mean()),
        "r": float(correlation(predictions, label)),
        **dict(zip(("r 2.5%", "r 16%", "r 84%", "r 97.5%"), map(float, quantiles), strict=True)),
        "slope of truth on prediction": float(np.cov(predictions, label)[0, 1] / predictions.var(ddof=1)),
    }


def lower_by(better: np.ndarray, worse: np.ndarray, label: np.ndarray, seed: int) -> tuple[float, float, float]:
    """How much lower one RMSE is than another, with its 95% interval by bootstrap over the same galaxies.

    Parameters
    ----------
    better, worse : ndarray of shape (n_repeats, n)
    label : ndarray of shape (n,)
    seed : int

    Returns
    -------
    tuple of float
        Difference, lower and upper end, in the label's unit.
    """
    squares = [((predicted - label) ** 2).mean(axis=0) for predicted in (worse, better)]
    rows = np.random.default_rng(seed).integers(len(label), size=(RESAMPLES, len(label)))
    difference = float(np.sqrt(squares[0].mean()) - np.sqrt(squares[1].mean()))
    resampled = np.sqrt(squares[0][rows].mean(axis=1)) - np.sqrt(squares[1][rows].mean(axis=1))
    return difference, *map(float, np.quantile(resampled, (0.025, 0.975)))


def difference_of(better: np.ndarray, worse: np.ndarray, label: np.ndarray, seed: int) -> Interval:
    """As `lower_by`, of the galaxies that both predict."""
    known = np.isfinite(better).all(axis=0) & np.isfinite(worse).all(axis=0)
    return Interval(*lower_by(better[:, known], worse[:, known], label[known], seed))


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


def by_layer(layers: Mapping[str, Mapping[str, np.ndarray]], label: np.ndarray, folds: RepeatedKFold) -> pd.DataFrame:
    """RMSE of a ridge on each layer (n, channels) of each network: a row a layer, a column a network."""
    return pd.DataFrame(
        {
            network: {
                layer: score(out_of_fold(scaled_ridge(), columns, label, folds), label)["RMSE dex"]
                for layer, columns in found.items()
            }
            for network, found in layers.items()
        }
    )


def few_labels(inputs: Mapping[str, np.ndarray], label: np.ndarray, seed: int, *, draws: int = DRAWS) -> pd.DataFrame:
    """RMSE of a ridge fitted to few galaxies and judged by all others, mean over draws.

    Parameters
    ----------
    inputs : mapping of str to ndarray of shape (n, d)
        All are given the same draws.
    label : ndarray of shape (n,)
    seed : int
    draws : int

    Returns
    -------
    DataFrame
        A row an input, a column a number of labels; numbers that leave less than a fifth to judge by are left out.
    """
    pairs = {name: (scaled_ridge(), columns) for name, columns in inputs.items()}
    found = rmse_of_draws(pairs, label, FEW_LABELS, seed, draws=draws)
    return pd.DataFrame(
        {size: {name: values.mean() for name, values in rows.items()} for size, rows in found.items()},
        index=list(inputs),
    )


def rmse_of_draws(
    inputs: Mapping[str, tuple[RegressorMixin, np.ndarray]],
    label: np.ndarray,
    sizes: Sequence[int],
    seed: int,
    *,
    draws: int = DRAWS,
) -> dict[int, dict[str, np.ndarray]]:
    """RMSE of models that are fitted to few galaxies and judged by all others, by size and name: shape (draws,)."""
    rng, found = np.random.default_rng(seed), {}
    for size in (size for size in sizes if size <= 0.8 * len(label)):
        orders = [rng.permutation(len(label)) for _ in range(draws)]
        found[size] = {
            name: np.array([_rmse_of_draw(model, columns, label, order[:size], order[size:]) for order in orders])
            for name, (model, columns) in inputs.items()
        }
    return found


def _rmse_of_draw(
    model: RegressorMixin, columns: np.ndarray, label: np.ndarray, train: np.ndarray, test: np.ndarray
) -> float:
    predicted = clone(model).fit(columns[train], label[train]).predict(columns[test])
    return float(np.sqrt(np.mean((predicted - label[test]) ** 2)))


def what_tells(
    real: pd.DataFrame, mock: pd.DataFrame, seed: int, *, trees: int = 300
) -> tuple[float, float, pd.DataFrame]:
    """How well a forest tells mock from real, and by which columns.

    Parameters
    ----------
    real, mock : DataFrame
        The same columns, a row a galaxy; a column ``label`` is left out.
    seed : int
    trees : int
        In a forest.

    Returns
    -------
    auc, deviation : float
        Cross-validated, with all columns: mean and sd over repeats, see `realism.tell_apart`.
    table : DataFrame
        The `GAP_COLUMNS` columns that this forest used most: by how much the cross-validated AUC of a forest on them
        alone drops when one is permuted, and how far the mock galaxies' mean lies from the real ones', in their sd.
        Columns that tell the same stand in for one another, so that each drop is small: read the table as a whole.
    """
    auc, deviation, used = tell_apart(real, mock, seed, trees=trees)
    columns = list(used.index[:GAP_COLUMNS])
    size = min(len(real), len(mock))
    both = pd.concat([real[columns], mock[columns].iloc[:size]]).to_numpy(float)
    which = np.repeat([0, 1], [len(real), size])
    forest = RandomForestClassifier(trees, min_samples_leaf=2, random_state=seed, n_jobs=-1)
    drops = []
    for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(both, which):
        forest.fit(both[train], which[train])
        drops.append(_drops_in_auc(forest, both[test], which[test], np.random.default_rng(seed)))
    table = pd.DataFrame({"drop in AUC": np.mean(drops, axis=0)}, index=columns)
    table["shift/sd"] = (mock[columns].mean() - real[columns].mean()) / real[columns].std()
    return auc, deviation, table.sort_values("drop in AUC", ascending=False)


def _drops_in_auc(
    forest: RandomForestClassifier, columns: np.ndarray, which: np.ndarray, rng: np.random.Generator, shuffles: int = 5
) -> np.ndarray:
    """By how much the AUC drops when a column (n, d) is shuffled, mean over shuffles: shape (d,).

    All in one call of the forest: scikit-learn's `permutation_importance` makes one for each column and shuffle, and
    takes minutes.
    """
    n, d = columns.shape
    shuffled = np.tile(columns, (d, shuffles, 1, 1))
    for column in range(d):
        for shuffle in range(shuffles):
            shuffled[column, shuffle, :, column] = rng.permutation(columns[:, column])
    said = forest.predict_proba(shuffled.reshape(-1, d))[:, 1].reshape(d, shuffles, n)
    found = [[roc_auc_score(which, each) for each in of_column] for of_column in said]
    return roc_auc_score(which, forest.predict_proba(columns)[:, 1]) - np.mean(found, axis=1)


def goes_with(columns: pd.DataFrame, statistics: pd.DataFrame) -> pd.DataFrame:
    """For each column, the image statistic that it is most correlated with, and their r."""
    r = pd.DataFrame(
        correlation(columns.to_numpy().T[:, None], statistics.to_numpy().T[None]), columns.columns, statistics.columns
    ).fillna(0.0)
    closest = r.abs().idxmax(axis=1)
    return pd.DataFrame({"goes with": closest, "r": [r.loc[row, name] for row, name in closest.items()]})


def image_paths(survey: Survey, object_ids: Sequence[str]) -> list[Path]:
    return [survey.folder / "images" / f"{object_id}.jpg" for object_id in object_ids]


def central_pixels(survey: Survey, object_ids: Sequence[str], card: ModelCard) -> np.ndarray:
    """What the network is shown of each galaxy, before it is normalised: shape (n, 3 crop_px²), 0 to 1."""
    crops = (network_crop(survey.image(name), card.pad_px, card.crop_px) for name in object_ids)
    return np.stack([np.asarray(crop).ravel() for crop in crops]) / 255


def show(title: str, table: pd.DataFrame) -> None:
    print(f"\n{title}")
    print(table.to_string(na_rep="–", float_format=partial("{:.4f}".format)))


def draw_mock(network: nn.Module, folder: Path, n: int, seed: int) -> tuple[Survey, np.ndarray]:
    """Mock galaxies in the real ones' framing, and their features (n, d)."""
    from galviz.features.extraction import extract
    from galviz.simulate import write_survey

    write_survey(folder, n=n, seed=seed, framing="petrosian")
    mock = load_survey(folder)
    return mock, extract(network, mock).layers["features"]


def show_gap(network: nn.Module, survey: Survey, object_ids: Sequence[str], features: np.ndarray, n: int) -> None:
    """Draw mock galaxies in the real ones' framing and print what tells them from real ones."""
    seed = 11
    with tempfile.TemporaryDirectory() as scratch:
        mock, mock_features = draw_mock(network, Path(scratch) / "mock", n, seed)
        statistics = [
            pd.DataFrame(map(image_statistics, image_paths(*galaxies)))
            for galaxies in ((survey, object_ids), (mock, mock.object_ids))
        ]
    names = [f"feature {number}" for number in range(features.shape[1])]
    seen = [pd.DataFrame(values, columns=names) for values in (features, mock_features)]
    for title, (real_columns, mock_columns) in (("the network's features", seen), ("image statistics", statistics)):
        auc, deviation, table = what_tells(real_columns.assign(label=0.0), mock_columns.assign(label=0.0), seed)
        if real_columns is seen[0]:
            table = table.join(goes_with(seen[0][table.index], statistics[0]))
        show(f"mock from real by {title}: AUC {auc:.3f} ± {deviation:.3f}; a forest goes by", table.head(12))


def write_json(
    path: Path,
    network: nn.Module,
    survey: Survey,
    label: np.ndarray,
    rows: Mapping[str, tuple[RegressorMixin, np.ndarray]],
    predicted: Mapping[str, np.ndarray],
    options: argparse.Namespace,
    fine_tuning: Mapping[str, Any],
) -> None:
    """Write the aggregates that the app shows.

    Parameters
    ----------
    path : Path
    network : torch.nn.Module
        The shipped one.
    survey : Survey
    label : ndarray of shape (n,)
    rows : mapping
        Of `regressions`, under the keys of `aggregates.TITLES`.
    predicted : mapping of str to ndarray of shape (n_repeats, n)
        Under the same keys.
    options : Namespace
    fine_tuning : mapping
        How the network was fine-tuned.
    """
    from galviz.features.features import load_features

    seed, n_fitted = options.seed, round(len(label) * (1 - 1 / options.folds))
    methods = describe_methods(predicted, label, n_fitted, resamples(len(label), RESAMPLES, seed))
    best = min((method for method in methods if method.kind == "baseline"), key=lambda method: method.rmse.value).name
    pairs = [
        *(("ridge-features", other) for other in (best, "ridge-random-weights", "recalibrated")),
        *(("fine-tuned", other) for other in (best, "recalibrated", "ridge-features")),
    ]
    curve_inputs = {name: rows[name] for name in ("ridge-log-colours", "recalibrated", "ridge-features")}
    few = rmse_of_draws(curve_inputs, label, CURVE_LABELS, seed)
    mock = np.random.default_rng(seed).permutation(load_features().layers["features"].astype(float))
    with tempfile.TemporaryDirectory() as scratch:
        _, framed = draw_mock(network, Path(scratch) / "mock", options.n, seed=11)
    groups = {
        "held-out-mocks": ("held-out mock galaxies", mock[len(mock) // 2 :]),
        "framed-mocks": ("mock galaxies in the framing of the real ones", framed.astype(float)),
        "real": ("real galaxies", rows["ridge-features"][1]),
    }
    judged = ("zero-shot", "ridge-features", "fine-tuned")
    judged = {name: predicted[name] for name in judged if name in predicted and np.isfinite(predicted[name]).all()}
    results = RealGalaxies(
        survey=LabelledSurvey(
            name=f"{len(label)} galaxies of the Sloan Digital Sky Survey",
            credit=CREDIT,
            n_galaxies=len(label),
            sha256=survey.sha256,
            label=survey.label.column,
            unit=survey.label.unit,
            mean=float(label.mean()),
            std=float(label.std()),
        ),
        network=NetworkIdentity(network.card.name, network.card.weights_sha256, network.card.sha256),
        protocol={
            "n_folds": options.folds,
            "n_repeats": options.repeats,
            "seed": seed,
            "n_resamples": RESAMPLES,
            "fine_tuning": fine_tuning,
        },
        methods=methods,
        differences=tuple(
            Difference(better, worse, difference_of(predicted[better], predicted[worse], label, seed))
            for better, worse in pairs
            if better in predicted and worse in predicted
        ),
        learning_curve=tuple(
            CurvePoint(name, size, len(values), interval(values.mean(), values))
            for size, found in few.items()
            for name, values in found.items()
        ),
        distance=describe_distances(mock[: len(mock) // 2], groups, judged, label, n_resamples=RESAMPLES, seed=seed),
        versions={"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        command=COMMAND + (f" --fine-tune-folds {options.fine_tune_folds}" if options.fine_tune_folds else ""),
    )
    save_real_galaxies(results, path)
    table = results.table().drop(columns="kind")
    show(f"as in {path.name}, 95% of RMSE by bootstrap over galaxies", table)


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
        write_json(options.json, network, survey, label, inputs, by_key, options, fine_tuning)
    if options.gap:
        show_gap(network, survey, object_ids, features, options.n)

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
