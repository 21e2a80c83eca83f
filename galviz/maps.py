"""Maps of neighbours: t-SNE computed here, UMAP read from a file that `build-data` makes, and noise to compare with.

t-SNE (van der Maaten & Hinton 2008) and UMAP (McInnes, Healy & Melville 2018) place galaxies in a plane so that near
ones stay near; `galviz.neighbours` measures how well. UMAP needs the package umap-learn, which only whoever makes the
file must have.
"""

import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from galviz.files import replacing
from galviz.problems import BrokenFileError
from galviz.projection import check_whole, checked_features
from galviz.shipped import ShippedFileError, read_verified

SHIPPED_MAPS = Path(__file__).parents[1] / "data" / "features" / "maps.parquet"
N_NEIGHBORS, MIN_DISTS, SEEDS = (5, 15, 50), (0.1, 0.5), (0, 1)
FEATURES, NOISE = "features", "noise"
_KEY, _ID = b"galviz", "objID"
_VERSIONS = ("umap-learn", "numba", "numpy", "scikit-learn", "scipy")


class MapsError(BrokenFileError):
    """The file of maps is missing or broken, or can't be made here; the text says why and what to do."""


@dataclass(frozen=True)
class UmapSettings:
    """What one UMAP was made of and with.

    Attributes
    ----------
    of : {"features", "noise"}
        The network's features, or numbers drawn at random with their covariance: `noise_like`.
    n_neighbors : int
        How many galaxies around each it looks at.
    min_dist : float
        How close together it may put two.
    seed : int
    """

    of: str
    n_neighbors: int
    min_dist: float
    seed: int

    @property
    def name(self) -> str:
        """Of the file's column."""
        return f"{self.of}/{self.n_neighbors}/{self.min_dist:g}/{self.seed}"


# Of noise one seed of each number of neighbours, or the file becomes too large.
SETTINGS = (
    *(UmapSettings(FEATURES, near, apart, seed) for near in N_NEIGHBORS for apart in MIN_DISTS for seed in SEEDS),
    *(UmapSettings(NOISE, near, MIN_DISTS[0], SEEDS[0]) for near in N_NEIGHBORS),
)


@dataclass(frozen=True, eq=False)
class Maps:
    """UMAPs of a survey.

    Attributes
    ----------
    coordinates : Mapping of UmapSettings to DataFrame of n_galaxies rows, index objID
        Columns ``x`` and ``y``, float32, without unit; turned and mirrored as it came.
    survey_sha256, weights_sha256, card_sha256 : str
        Of the survey, and of the network's weights and card.
    versions : Mapping of str to str
        Of Python, of the kind of processor and of the packages they were made with. Others round otherwise, and the map
        then differs to the eye, not in what it keeps.
    """

    coordinates: Mapping[UmapSettings, pd.DataFrame]
    survey_sha256: str
    weights_sha256: str
    versions: Mapping[str, str]
    card_sha256: str = ""


def tsne(
    values: ArrayLike, *, perplexity: float = 30.0, seed: int = 0, init: Literal["pca", "random"] = "pca"
) -> np.ndarray:
    """Place galaxies in a plane by t-SNE.

    On one thread: it is not slower for some hundred galaxies, and where several sessions compute at once much quicker.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, as for `fit_pca`.
    perplexity : float
        About how many neighbours of each galaxy count, 1 or more and less than n.
    seed : int
    init : {"pca", "random"}
        Where galaxies start: on the first two principal components, or anywhere.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Neither axes nor scale mean anything.

    Raises
    ------
    ValueError
        If `values` can't be used, as `fit_pca`, or has fewer than 3 galaxies or 2 features; or `perplexity`, `seed` or
        `init` is out of range.
    """
    values = checked_features(values)
    if len(values) < 3 or values.shape[1] < 2:
        raise ValueError(f"values must hold 3 galaxies or more with 2 features; got shape {values.shape}. Give more.")
    if not 1 <= perplexity < len(values):
        rule = f"1 or more and less than the {len(values)} galaxies"
        raise ValueError(f"perplexity must be {rule}; got {perplexity}. Ask for fewer, or give more galaxies.")
    check_whole("seed", seed, 0)
    if init not in ("pca", "random"):
        raise ValueError(f"init must be 'pca' or 'random'; got {init!r}. Choose one of them.")
    with threadpool_limits(1, user_api="openmp"):  # of this thread alone
        placed = TSNE(2, perplexity=perplexity, init=init, random_state=seed).fit_transform(values)
    return placed.astype(np.float64)


def noise_like(values: ArrayLike, *, seed: int = 0) -> np.ndarray:
    """Draw galaxies that aren't: Gaussian numbers with the mean and covariance of `values`, and no structure beyond it.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    seed : int

    Returns
    -------
    ndarray of float64, shape (n, d)
    """
    values = checked_features(values)
    mean = values.mean(axis=0)
    # Rows mixed with independent normal weights have the covariance of the rows.
    weights = np.random.default_rng(seed).standard_normal((len(values), len(values)))
    return mean + weights @ (values - mean) / np.sqrt(len(values) - 1)


def umap_once(values: ArrayLike, settings: UmapSettings) -> np.ndarray:
    """Place galaxies in a plane by UMAP; the same seed gives the same map on one machine with the same versions.

    Parameters
    ----------
    values : array of shape (n, d)
        More galaxies than ``settings.n_neighbors``.
    settings : UmapSettings
        Its `of` is not looked at.

    Returns
    -------
    ndarray of float32, shape (n, 2)

    Raises
    ------
    MapsError
        If umap-learn isn't installed.
    """
    try:
        from umap import UMAP
    except ModuleNotFoundError as error:
        raise MapsError(f'UMAP needs {error.name}, which is not installed: pip install -e ".[maps]"') from error
    # Given a seed it runs on one thread anyway, and would warn of it.
    fit = UMAP(
        n_neighbors=settings.n_neighbors, min_dist=settings.min_dist, random_state=settings.seed, n_jobs=1
    ).fit_transform(checked_features(values))
    return np.asarray(fit, np.float32)


def make_maps(
    object_ids: Sequence[str],
    values: ArrayLike,
    survey_sha256: str,
    weights_sha256: str,
    *,
    card_sha256: str = "",
    settings: Sequence[UmapSettings] = SETTINGS,
    progress: Callable[[int, int], object] | None = None,
) -> Maps:
    """Make UMAPs of a survey's features.

    Parameters
    ----------
    object_ids : sequence of str, length n
    values : array of shape (n, d)
        Rows in the order of `object_ids`.
    survey_sha256, weights_sha256, card_sha256 : str
    settings : sequence of UmapSettings
    progress : callable, optional
        Called as progress(done, total) after each.

    Raises
    ------
    MapsError
        If umap-learn isn't installed.
    """
    of = {FEATURES: checked_features(values)}
    of[NOISE] = noise_like(of[FEATURES])
    index, made = pd.Index(object_ids, name=_ID), {}
    for done, each in enumerate(settings, start=1):
        made[each] = pd.DataFrame(umap_once(of[each.of], each), columns=["x", "y"], index=index)
        if progress:
            progress(done, len(settings))
    versions = {name: version(name) for name in _VERSIONS}
    versions |= {"python": platform.python_version(), "processor": platform.machine()}
    return Maps(MappingProxyType(made), survey_sha256, weights_sha256, MappingProxyType(versions), card_sha256)


def save_maps(maps: Maps, path: str | os.PathLike[str]) -> None:
    """Write maps to a Parquet file, whole or not at all; equal maps give equal bytes.

    Raises
    ------
    OSError
        If it can't be written; what was there before is as it was.
    """
    ids = next(iter(maps.coordinates.values())).index
    columns = {_ID: pa.array(ids, pa.string())}
    for settings, places in maps.coordinates.items():
        for axis in ("x", "y"):
            columns[f"{settings.name}/{axis}"] = pa.array(places[axis].to_numpy(np.float32))
    said = {
        "settings": [vars(settings) for settings in maps.coordinates],
        "survey_sha256": maps.survey_sha256,
        "weights_sha256": maps.weights_sha256,
        "card_sha256": maps.card_sha256,
        "versions": dict(maps.versions),
    }
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(said).encode()})
    with replacing(path) as temporary, temporary.open("wb") as stream:
        floats = [name for name in columns if name != _ID]
        pq.write_table(
            table,
            stream,
            compression="zstd",
            use_dictionary=False,
            write_statistics=False,
            use_byte_stream_split=floats,
        )


def load_maps(path: str | os.PathLike[str] | None = None) -> Maps:
    """Read maps; umap-learn isn't needed.

    Parameters
    ----------
    path : path-like, optional
        A file by `save_maps`; by default the shipped maps of the mock survey.

    Raises
    ------
    MapsError
        If there is no such file, it holds no maps, or it came with galviz and has changed since.
    """
    file = SHIPPED_MAPS if path is None else path
    try:
        table = pq.read_table(pa.BufferReader(read_verified(file)))
        said = json.loads(table.schema.metadata[_KEY])
        index = pd.Index(table.column(_ID).to_pylist(), name=_ID)
        found = {}
        for settings in (UmapSettings(**each) for each in said.pop("settings")):
            axes = {axis: table.column(f"{settings.name}/{axis}").to_numpy() for axis in ("x", "y")}
            found[settings] = pd.DataFrame(axes, index=index)
        return Maps(MappingProxyType(found), **said | {"versions": MappingProxyType(said["versions"])})
    except ShippedFileError as error:
        raise MapsError(str(error)) from error
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise MapsError(
            f"The maps {os.fspath(file)} can't be read ({type(error).__name__}); "
            'make them again: pip install -e ".[maps]", then `python -m galviz build-data`.'
        ) from error
