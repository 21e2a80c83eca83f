"""How far real galaxies are from mock ones, in the form that `galviz.artefacts.real_results` holds."""

from collections.abc import Mapping
from dataclasses import dataclass

from galviz.artefacts.interval import Interval


@dataclass(frozen=True)
class DistanceGroup:
    """Distances of a group of galaxies to the nearest mock galaxies.

    Attributes
    ----------
    name, title : str
    n : int
    quantiles : tuple of float
        In the order of `Distances.levels`.
    share_beyond : Interval
        Share of the galaxies beyond the 99th percentile of the held-out mock galaxies.
    """

    name: str
    title: str
    n: int
    quantiles: tuple[float, ...]
    share_beyond: Interval


@dataclass(frozen=True)
class Quartile:
    """Errors of a quarter of the real galaxies, by their distance.

    Attributes
    ----------
    n : int
    median_distance : float
    rmse : Mapping of str to Interval
        By the name of the method.
    """

    n: int
    median_distance: float
    rmse: Mapping[str, Interval]


@dataclass(frozen=True)
class Distances:
    """How far galaxies are from mock galaxies in the network's feature space, and what this says about errors.

    Attributes
    ----------
    definition : str
    n_reference : int
        Number of mock galaxies to which distances are measured.
    levels : tuple of float
        Of the quantiles.
    threshold : float
        99th percentile of the held-out mock galaxies.
    groups : tuple of DistanceGroup
        Held-out mock galaxies, mock galaxies in the framing of the real ones, and real galaxies.
    quartiles : tuple of Quartile
        Nearest first.
    error_correlation : Mapping of str to Interval
        By the name of the method: Spearman's correlation of |error| and distance, over real galaxies.
    """

    definition: str
    n_reference: int
    levels: tuple[float, ...]
    threshold: float
    groups: tuple[DistanceGroup, ...]
    quartiles: tuple[Quartile, ...]
    error_correlation: Mapping[str, Interval]
