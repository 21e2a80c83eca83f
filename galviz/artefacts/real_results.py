"""The form of the results on real galaxies, as `galviz.artefacts.real_galaxies` loads and saves them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from galviz.artefacts.distance_results import Distances
from galviz.artefacts.interval import Interval
from galviz.errors import listed


@dataclass(frozen=True)
class Method:
    """How well one method predicts the label of galaxies that it wasn't fitted to.

    Attributes
    ----------
    name, title : str
        Key, and words for a table.
    kind : str
        ``"network"``, ``"baseline"`` or ``"control"``.
    n_fitted : int
        Number of real labels that each model was fitted to; 0 if none was used.
    n_tested : int
        Number of galaxies that were predicted.
    n_repeats : int
        Number of cross-validations, each with folds of its own; errors are averaged over them.
    rmse, nmad, bias : Interval
        In the label's unit, as in `galviz.analysis.metrics.Errors`. Intervals are from a bootstrap over galaxies.
    r_squared : Interval
        1 − mean squared error / variance of the label.
    r : Interval or None
        Pearson's r of predicted and true; None if all galaxies of a fold have the same prediction.
    """

    name: str
    title: str
    kind: str
    n_fitted: int
    n_tested: int
    n_repeats: int
    rmse: Interval
    nmad: Interval
    bias: Interval
    r_squared: Interval
    r: Interval | None


@dataclass(frozen=True)
class Difference:
    """By how much the RMSE of one method is below that of another, for the same galaxies.

    Attributes
    ----------
    better, worse : str
        Names of methods.
    rmse : Interval
        RMSE of `worse` minus RMSE of `better`, from a bootstrap over galaxies.
    """

    better: str
    worse: str
    rmse: Interval


@dataclass(frozen=True)
class CurvePoint:
    """The error of a method that is fitted to a few labelled galaxies.

    Attributes
    ----------
    name : str
        Of the method.
    n_labels : int
        Number of labelled real galaxies; all others are predicted.
    n_draws : int
        Number of random choices of these galaxies.
    rmse : Interval
        Mean over the draws, and the interval that contains 95 % of them.
    """

    name: str
    n_labels: int
    n_draws: int
    rmse: Interval


@dataclass(frozen=True)
class LabelledSurvey:
    """The real galaxies.

    Attributes
    ----------
    name, credit : str
    n_galaxies : int
        With a label.
    sha256 : str
    label, unit : str
    mean, std : float
        Of the label (divisor n).
    """

    name: str
    credit: str
    n_galaxies: int
    sha256: str
    label: str
    unit: str
    mean: float
    std: float


@dataclass(frozen=True)
class NetworkIdentity:
    """The network that the results belong to.

    Attributes
    ----------
    name, weights_sha256, card_sha256 : str
    """

    name: str
    weights_sha256: str
    card_sha256: str


@dataclass(frozen=True)
class RealGalaxies:
    """Results on real galaxies.

    Attributes
    ----------
    survey : LabelledSurvey
    network : NetworkIdentity
    protocol : Mapping
        Folds, seeds, resamples and the recipes of fine-tuning.
    methods : tuple of Method
    differences : tuple of Difference
    learning_curve : tuple of CurvePoint
    distance : Distances
    versions : Mapping of str to str
    command : str
    """

    survey: LabelledSurvey
    network: NetworkIdentity
    protocol: Mapping[str, Any]
    methods: tuple[Method, ...]
    differences: tuple[Difference, ...]
    learning_curve: tuple[CurvePoint, ...]
    distance: Distances
    versions: Mapping[str, str]
    command: str

    def method(self, name: str) -> Method:
        """The results of one method.

        Examples
        --------
        >>> from galviz.artefacts.real_galaxies import load_real_galaxies
        >>> load_real_galaxies().method("zero-shot").n_fitted
        0
        """
        for method in self.methods:
            if method.name == name:
                return method
        names = listed([method.name for method in self.methods])
        raise ValueError(f"name must be one of {names}; got {name!r}.")

    def difference(self, better: str, worse: str) -> Difference:
        """By how much the RMSE of one method is below that of another.

        Examples
        --------
        >>> from galviz.artefacts.real_galaxies import load_real_galaxies
        >>> load_real_galaxies().difference("ridge-features", "recalibrated").rmse.low > 0
        True
        """
        for difference in self.differences:
            if (difference.better, difference.worse) == (better, worse):
                return difference
        pairs = listed([f"{difference.better} and {difference.worse}" for difference in self.differences])
        raise ValueError(f"better and worse must be one of these pairs: {pairs}; got {better!r} and {worse!r}.")

    def table(self) -> pd.DataFrame:
        """One row per method: title (index), kind, RMSE with its interval, NMAD, bias, R², r, fitted and tested.

        Examples
        --------
        >>> from galviz.artefacts.real_galaxies import load_real_galaxies
        >>> list(load_real_galaxies().table().columns[:4])
        ['kind', 'RMSE', 'low', 'high']
        """
        rows = {
            method.title: {
                "kind": method.kind,
                "RMSE": method.rmse.value,
                "low": method.rmse.low,
                "high": method.rmse.high,
                "NMAD": method.nmad.value,
                "bias": method.bias.value,
                "R²": method.r_squared.value,
                "r": math.nan if method.r is None else method.r.value,
                "fitted": method.n_fitted,
                "tested": method.n_tested,
            }
            for method in self.methods
        }
        return pd.DataFrame.from_dict(rows, orient="index")
