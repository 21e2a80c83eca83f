"""The error of a label predicted from components: scikit-learn's regression as oracle, and planted labels."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression

from galviz.analysis.pca import fit_pca
from galviz.analysis.regression import held_out_regression


def test_the_regression_is_scikit_learns_fold_by_fold():
    few = np.random.default_rng(3).normal(size=(60, 8)) * np.arange(1, 9)
    label = np.random.default_rng(4).normal(size=60) + few[:, 0]
    regression = held_out_regression(few, label, 3, folds=4, seed=7)
    errors = np.empty((60, 3))
    for fold in np.array_split(np.random.default_rng(7).permutation(60), 4):
        others = np.setdiff1d(np.arange(60), fold)
        axes = fit_pca(few[others], 3)
        for k in (1, 2, 3):
            line = LinearRegression().fit(axes.coordinates[:, :k], label[others])
            errors[fold, k - 1] = line.predict(axes.transform(few[fold])[:, :k]) - label[fold]
    assert regression.rmse == pytest.approx(np.sqrt((errors**2).mean(axis=0)))


def test_a_label_that_is_a_component_is_read_and_noise_is_not():
    random = np.random.default_rng(5)
    cloud = random.normal(size=(300, 6)) * [9, 4, 2, 1, 1, 1]
    read = held_out_regression(cloud, cloud[:, 1], 3)
    assert read.rmse[0] > 0.95 * read.baseline
    assert read.rmse[1] < 0.2 * read.baseline
    noise = held_out_regression(cloud, random.normal(size=300), 3)
    assert (noise.rmse > 0.97 * noise.baseline).all()


@pytest.mark.parametrize(
    ("label", "n_components", "message"),
    [
        (np.zeros(9), 1, r"label must be 10 finite numbers; got shape \(9,\)"),
        (np.full(10, np.nan), 1, "label must be 10 finite numbers"),
        (np.arange(10.0), 7, "n_components must be at most 6"),
    ],
)
def test_invalid_input_of_the_regression_is_refused(label, n_components, message):
    with pytest.raises(ValueError, match=message):
        held_out_regression(np.random.default_rng(0).normal(size=(10, 8)), label, n_components)
