"""Features to a few axes that show most: principal components.

Of n galaxies with d features (Jolliffe & Cadima 2016, Phil. Trans. R. Soc. A 374, 20150202): with X the features less
their mean and C = XᵀX / (n − 1) their covariance, component j is the unit vector wⱼ that has C wⱼ = λⱼ wⱼ, where
λ₁ ≥ λ₂ ≥ …; a galaxy's coordinate is (x − mean)·wⱼ, divided by √λⱼ where whitened; the explained variance is λⱼ, and
its ratio λⱼ / trace C.

`galviz.analysis.variance` says how sure those ratios are, and `galviz.analysis.alignment` how much of the picture is
there because of the network's head; both check their input as this module does.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from sklearn.decomposition import PCA

from galviz.analysis.validation import check_components, check_features, check_matrix, read_only, rounding_tolerance

# Loadings closer than this to the largest tie with it, so that float noise doesn't choose a component's sign.
_TIE = 1e-6


@dataclass(frozen=True, eq=False)
class Projection:
    """Principal components of a set of galaxies; its arrays are read-only, so threads may share it.

    Attributes
    ----------
    coordinates : ndarray of float64, shape (n, k)
        The galaxies the axes were fitted to, in their order; in units of each axis's standard deviation if `whiten`,
        else in the features' unit.
    explained_variance_ratio : ndarray of float64, shape (k,)
        Share of the total variance along each component, 0 to 1, falling.
    explained_variance : ndarray of float64, shape (k,)
        Variance along each component (divisor n − 1); exactly 0 where it is no more than rounding.
    components : ndarray of float64, shape (k, d)
        A unit vector a row, at right angles to the others. The loading largest in magnitude is positive (the first of
        them where several tie). Where the variance is 0 the direction is arbitrary.
    mean : ndarray of float64, shape (d,)
        The origin of the axes.
    whiten : bool
        Whether coordinates are divided by the standard deviation. Along a component of no variance whitened coordinates
        are 0, for new galaxies too.
    """

    coordinates: np.ndarray
    explained_variance_ratio: np.ndarray
    explained_variance: np.ndarray
    components: np.ndarray
    mean: np.ndarray
    whiten: bool

    def transform(self, other: ArrayLike) -> np.ndarray:
        """Put galaxies, these or new ones, on the same axes.

        Parameters
        ----------
        other : array of shape (m, d)
            Features of the same layer, one row per galaxy.

        Returns
        -------
        ndarray of float64, shape (m, k)

        Raises
        ------
        ValueError
            If `other` is not a 2-D table of finite numbers with d columns.
        """
        other = check_matrix(other, "other")
        if other.shape[1] != len(self.mean):
            fitted = f"the {len(self.mean)} features the axes were fitted to"
            raise ValueError(f"other must have {fitted}; got {other.shape[1]}. Give features of the same layer.")
        deviations = self._standard_deviations()
        scale = np.divide(1.0, deviations, out=np.zeros_like(deviations), where=deviations > 0)
        return (other - self.mean) @ self.components.T * scale

    def inverse_transform(self, coordinates: ArrayLike) -> np.ndarray:
        """Give the features at some coordinates: the point of the components' span that has them.

        Parameters
        ----------
        coordinates : array of shape (m, k)
            As `transform` returns them.

        Returns
        -------
        ndarray of float64, shape (m, d)

        Raises
        ------
        ValueError
            If `coordinates` is not a 2-D table of finite numbers with k columns.
        """
        coordinates = check_matrix(coordinates, "coordinates")
        if coordinates.shape[1] != len(self.components):
            axes = f"a column for each of the {len(self.components)} components"
            raise ValueError(f"coordinates must have {axes}; got {coordinates.shape[1]}. Give as many columns.")
        return coordinates * self._standard_deviations() @ self.components + self.mean

    def _standard_deviations(self) -> np.ndarray:
        """The unit of each coordinate, shape (k,)."""
        return np.sqrt(self.explained_variance) if self.whiten else np.ones(len(self.components))


def fit_pca(values: ArrayLike, n_components: int = 3, *, whiten: bool = True) -> Projection:
    """Find the axes along which galaxies differ most, and each galaxy's place on them.

    Computed in float64 by a full singular value decomposition, without chance: the same values give the same axes. The
    order of the rows changes nothing but rounding, save where components have equal variance or none.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, one row per galaxy; floats of any size or whole numbers. Left unchanged.
    n_components : int
        How many axes, 1 to min(n, d). n galaxies vary in n − 1 directions at most, so an nth has no variance.
    whiten : bool
        Divide each coordinate by its standard deviation, so that every axis has variance 1 (divisor n − 1).

    Returns
    -------
    Projection

    Raises
    ------
    ValueError
        If `values` is not a 2-D table of finite numbers with two galaxies or more, if the galaxies are all alike (there
        is no variance to explain), or if `n_components` is not a whole number from 1 to min(n, d).

    Examples
    --------
    >>> pca = fit_pca([[2, 1], [2, -1], [-2, 1], [-2, -1]], n_components=2)
    >>> pca.explained_variance_ratio.round(3).tolist()
    [0.8, 0.2]
    """
    values = check_features(values)
    check_components(n_components, *values.shape)
    return fit_with_tolerance(values, n_components, whiten, rounding_tolerance(values))


def fit_with_tolerance(values: np.ndarray, n_components: int, whiten: bool, grain: float) -> Projection:
    """Fit checked values; a singular value of `grain` or less is rounding, and its variance set to 0."""
    pca = PCA(n_components, svd_solver="full").fit(values)
    flat = pca.singular_values_ <= grain
    sizes = np.abs(pca.components_)
    largest = np.argmax(sizes >= sizes.max(axis=1, keepdims=True) * (1 - _TIE), axis=1)
    signs = np.sign(np.take_along_axis(pca.components_, largest[:, None], axis=1))
    axes = Projection(
        coordinates=np.empty((0, n_components)),
        explained_variance_ratio=read_only(np.where(flat, 0.0, pca.explained_variance_ratio_)),
        explained_variance=read_only(np.where(flat, 0.0, pca.explained_variance_)),
        components=read_only(pca.components_ * signs),
        mean=read_only(pca.mean_),
        whiten=whiten,
    )
    # By the same line as new galaxies, so that a galaxy's place doesn't depend on which way it came.
    return replace(axes, coordinates=read_only(axes.transform(values)))
