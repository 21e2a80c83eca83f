"""How far two surveys differ in the features of one network: whether their galaxies can be told apart."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from galviz.analysis.validation import check_features, check_matrix, check_whole

_N_FOLDS = 5
# Each fold needs two galaxies of each survey.
LEAST_GALAXIES = 2 * _N_FOLDS


@dataclass(frozen=True)
class DomainShift:
    """How well the galaxies of two surveys can be told apart by their features.

    Attributes
    ----------
    auc : float
        Area under the ROC curve of a logistic regression that predicts the survey of galaxies that it wasn't fitted to:
        the probability that it is right about one galaxy of each. 0.5: they can't be told apart. 1: always.
    same_survey : float
        Share of each galaxy's nearest neighbours that are of its own survey, averaged.
    same_survey_by_chance : float
        The same if the surveys were mixed at random.
    n_galaxies : int
        Of each survey.
    """

    auc: float
    same_survey: float
    same_survey_by_chance: float
    n_galaxies: int


def domain_shift(one: ArrayLike, other: ArrayLike, *, n_neighbors: int = 10, seed: int = 0) -> DomainShift:
    """Measure how far two surveys differ in the features of one network.

    Of the larger survey as many galaxies as of the smaller one are drawn at random. Features are divided by their
    standard deviation over both.

    Parameters
    ----------
    one : array of shape (n, d)
    other : array of shape (m, d)
    n_neighbors : int
        Less than n and m.
    seed : int
        Of the drawn galaxies and of the five folds of the cross-validation.

    Returns
    -------
    DomainShift

    Raises
    ------
    ValueError
        If a survey has fewer than 10 galaxies, the features aren't of the same layer, or all galaxies are alike.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> near, far = random.normal(size=(100, 3)), random.normal(size=(100, 3)) + 9
    >>> domain_shift(near, far).auc
    1.0
    """
    x, y = check_matrix(one, "one"), check_matrix(other, "other")
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"other must have {x.shape[1]} features; got {y.shape[1]}. Give features of the same layer.")
    n_galaxies = min(len(x), len(y))
    if n_galaxies < LEAST_GALAXIES:
        raise ValueError(f"each survey must have {LEAST_GALAXIES} galaxies or more; got {n_galaxies}. Give more.")
    check_whole("n_neighbors", n_neighbors, 1, n_galaxies - 1, "one less than the galaxies of the smaller survey")
    check_whole("seed", seed, 0)
    random = np.random.default_rng(seed)
    x, y = (rows[np.sort(random.permutation(len(rows))[:n_galaxies])] for rows in (x, y))
    values, survey = check_features(np.concatenate([x, y])), np.repeat([0, 1], n_galaxies)
    folds = StratifiedKFold(_N_FOLDS, shuffle=True, random_state=seed)
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    scores = cross_val_predict(model, values, survey, cv=folds, method="decision_function")
    scaled = StandardScaler().fit_transform(values)
    neighbours = NearestNeighbors(n_neighbors=n_neighbors).fit(scaled).kneighbors(return_distance=False)
    return DomainShift(
        float(roc_auc_score(survey, scores)),
        float((survey[neighbours] == survey[:, None]).mean()),
        (n_galaxies - 1) / (2 * n_galaxies - 1),
        n_galaxies,
    )
