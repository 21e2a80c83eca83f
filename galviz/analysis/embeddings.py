"""Embeddings in the plane by t-SNE and UMAP, and noise without structure to compare them with.

t-SNE (van der Maaten & Hinton 2008) and UMAP (McInnes, Healy & Melville 2018) place galaxies in a plane so that near
neighbours stay near; `galviz.analysis.neighbours` measures how well. UMAP needs the package umap-learn, but pages
don't: they read `galviz.artefacts.umaps`.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from threading import Lock
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from galviz.analysis.validation import check_features, check_whole

# scikit-learn's t-SNE squares distances in float32: values whose extent is beyond this or its inverse are rescaled.
_LEAST_EXTENT = 1e-10
# UMAP's parallel loops (numba's work queue) end the whole process if two threads enter them at once.
_UMAP_LOCK = Lock()

N_NEIGHBORS, MIN_DISTS, SEEDS = (5, 15, 50), (0.1, 0.5), (0, 1)
FEATURES, NOISE = "features", "noise"


@dataclass(frozen=True)
class UmapSettings:
    """The input and the parameters of a UMAP.

    Attributes
    ----------
    of : {"features", "noise"}
        The network's features, or Gaussian noise with their covariance: `noise_like`.
    n_neighbors : int
        Number of nearest neighbours of each galaxy that are taken into account.
    min_dist : float
        The smallest distance between two galaxies in the plane.
    seed : int

    Examples
    --------
    >>> UmapSettings("features", n_neighbors=15, min_dist=0.1, seed=0).name
    'features/15/0.1/0'
    """

    of: str
    n_neighbors: int
    min_dist: float
    seed: int

    @property
    def name(self) -> str:
        """Name of the file's columns, without the axis."""
        return f"{self.of}/{self.n_neighbors}/{self.min_dist:g}/{self.seed}"


# For noise one seed per number of neighbours, or the file would become too large.
SETTINGS = (
    *(UmapSettings(FEATURES, near, apart, seed) for near in N_NEIGHBORS for apart in MIN_DISTS for seed in SEEDS),
    *(UmapSettings(NOISE, near, MIN_DISTS[0], SEEDS[0]) for near in N_NEIGHBORS),
)


def fit_tsne(
    values: ArrayLike, *, perplexity: float = 30.0, seed: int = 0, init: Literal["pca", "random"] = "pca"
) -> np.ndarray:
    """Embed galaxies in a plane by t-SNE.

    It runs on one thread, which is as fast for a few hundred galaxies, and much faster if several sessions run at once.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, as for `fit_pca`.
    perplexity : float
        About how many neighbours of each galaxy are taken into account, 1 or more and less than n.
    seed : int
    init : {"pca", "random"}
        Initial coordinates: the first two principal components, or random.

    Returns
    -------
    ndarray of float64, shape (n, 2)
        Neither the axes nor the scale has a meaning.

    Raises
    ------
    ValueError
        If `values` can't be used, as `fit_pca`, or has fewer than 3 galaxies or 2 features; or `perplexity`, `seed` or
        `init` is out of range.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(40, 5))
    >>> fit_tsne(values, perplexity=10).shape
    (40, 2)
    """
    from sklearn.manifold import TSNE  # here, because it takes a second to import

    values = check_features(values)
    if len(values) < 3 or values.shape[1] < 2:
        raise ValueError(f"values must hold 3 galaxies or more with 2 features; got shape {values.shape}. Give more.")
    if not 1 <= perplexity < len(values):
        rule = f"1 or more and less than the {len(values)} galaxies"
        raise ValueError(f"perplexity must be {rule}; got {perplexity}. Ask for fewer, or give more galaxies.")
    check_whole("seed", seed, 0)
    if init not in ("pca", "random"):
        raise ValueError(f"init must be 'pca' or 'random'; got {init!r}. Choose one of them.")
    extent = float(np.abs(values - values.mean(axis=0)).max())
    if not _LEAST_EXTENT <= extent <= 1 / _LEAST_EXTENT:
        values = (values - values.mean(axis=0)) / extent
    with threadpool_limits(1, user_api="openmp"):  # of this thread alone
        coordinates = TSNE(2, perplexity=perplexity, init=init, random_state=seed).fit_transform(values)
    return coordinates.astype(np.float64)


def noise_like(values: ArrayLike, *, seed: int = 0) -> np.ndarray:
    """Draw Gaussian noise with the mean and covariance of `values`, and no structure beyond those.

    Parameters
    ----------
    values : array of shape (n, d)
        As for `fit_pca`.
    seed : int

    Returns
    -------
    ndarray of float64, shape (n, d)

    Examples
    --------
    >>> noise_like([[0.0, 1.0], [2.0, 3.0], [5.0, 4.0]]).shape
    (3, 2)
    """
    values = check_features(values)
    mean = values.mean(axis=0)
    # Rows mixed with independent normal weights have the covariance of the rows.
    weights = np.random.default_rng(seed).standard_normal((len(values), len(values)))
    return mean + weights @ (values - mean) / np.sqrt(len(values) - 1)


def has_umap() -> bool:
    """Return whether umap-learn is installed.

    Examples
    --------
    >>> has_umap() in (True, False)
    True
    """
    return find_spec("umap") is not None


def fit_umap(values: ArrayLike, settings: UmapSettings) -> np.ndarray:
    """Embed galaxies in a plane by UMAP; the same seed gives the same result on one machine with the same versions.

    Parameters
    ----------
    values : array of shape (n, d)
        More galaxies than ``settings.n_neighbors``.
    settings : UmapSettings
        Its `of` isn't used.

    Returns
    -------
    ndarray of float32, shape (n, 2)

    Raises
    ------
    ModuleNotFoundError
        If umap-learn isn't installed.

    Examples
    --------
    >>> fit_umap(np.random.rand(60, 3), UmapSettings("features", 5, 0.1, 0)).shape  # doctest: +SKIP
    (60, 2)
    """
    try:
        from umap import UMAP
    except ModuleNotFoundError as error:
        message = 'UMAP needs umap-learn, which isn\'t installed: pip install -e ".[maps]"'
        raise ModuleNotFoundError(message, name=error.name) from error
    # With a seed UMAP runs on one thread anyway, and would warn about it.
    umap = UMAP(n_neighbors=settings.n_neighbors, min_dist=settings.min_dist, random_state=settings.seed, n_jobs=1)
    with _UMAP_LOCK:
        return np.asarray(umap.fit_transform(check_features(values)), np.float32)
