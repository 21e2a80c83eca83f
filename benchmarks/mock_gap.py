"""What tells mock galaxies from real ones, in a network's features and in image statistics; see `real.py`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from realism import image_statistics, tell_apart
from regressions import correlation
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from galviz.survey.survey import Survey, load_survey

if TYPE_CHECKING:
    from torch import nn

GAP_COLUMNS = 40  # permuted one by one, of 512 features those that a forest uses most


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


def draw_mock(network: nn.Module, folder: Path, n: int, seed: int) -> tuple[Survey, np.ndarray]:
    """Mock galaxies in the real ones' framing, and their features (n, d)."""
    from galviz.features.extraction import extract
    from galviz.simulate import write_survey

    write_survey(folder, n=n, seed=seed, framing="petrosian")
    mock = load_survey(folder)
    return mock, extract(network, mock).layers["features"]


def gap_tables(
    network: nn.Module, survey: Survey, object_ids: Sequence[str], features: np.ndarray, n: int
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Draw mock galaxies in the real ones' framing, and find what tells them from real ones: titles and tables."""
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
        yield f"mock from real by {title}: AUC {auc:.3f} ± {deviation:.3f}; a forest goes by", table.head(12)
