"""Principal component analysis (PCA).

For n galaxies with d features (Jolliffe & Cadima 2016, Phil. Trans. R. Soc. A 374, 20150202): with X the features less
their mean and C = XᵀX / (n − 1) their covariance, component j is the unit vector wⱼ that has C wⱼ = λⱼ wⱼ, where
λ₁ ≥ λ₂ ≥ …; a galaxy's coordinate is (x − mean)·wⱼ, divided by √λⱼ if whitened; the explained variance is λⱼ, and its
ratio λⱼ / trace C.

`galviz.analysis.variance` measures the uncertainty of these ratios, and `galviz.analysis.alignment` how much of a
projection exists because of the network's head.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from galviz.analysis.validation import check_components, check_features, check_matrix, read_only, rounding_tolerance

# Loadings within this share of the largest count as equal, so that rounding doesn't decide the sign of a component.
_TIE = 1e-6


@dataclass(frozen=True, eq=False)
class Projection:
    """Principal components of a set of galaxies; its arrays are read-only, so threads may share it.

    Attributes
    ----------
    coordinates : ndarray of float64, shape (n, k)
        The galaxies to which the components were fitted, in their order; in units of the standard deviation along each
        component if `whiten`, else in the unit of the features.
    explained_variance_ratio : ndarray of float64, shape (k,)
        Share of the total variance along each component, 0 to 1, in descending order.
    explained_variance : ndarray of float64, shape (k,)
        Variance along each component (divisor n − 1); exactly 0 if it is only rounding.
    components : ndarray of float64, shape (k, d)
        Orthogonal unit vectors, one per row. The loading with the largest magnitude is positive (the first of equal
        ones). If the variance is 0 the direction is arbitrary.
    mean : ndarray of float64, shape (d,)
        The origin of the components.
    whiten : bool
        Whether coordinates are divided by the standard deviation. Along a component without variance whitened
        coordinates are 0, for new galaxies too.
    """

    coordinates: np.ndarray
    explained_variance_ratio: np.ndarray
    explained_variance: np.ndarray
    components: np.ndarray
    mean: np.ndarray
    whiten: bool

    def transform(self, other: ArrayLike) -> np.ndarray:
        """Project galaxies, the same or new ones, on the components.

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
            rule = f"the {len(self.mean)} features of the fit"
            raise ValueError(f"other must have {rule}; got {other.shape[1]}. Give features of the same layer.")
        deviations = self._standard_deviations()
        scale = np.divide(1.0, deviations, out=np.zeros_like(deviations), where=deviations > 0)
        return (other - self.mean) @ self.components.T * scale

    def inverse_transform(self, coordinates: ArrayLike) -> np.ndarray:
        """Compute features from coordinates: the point with these coordinates in the span of the components.

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
    """Fit principal components, and project the galaxies on them.

    The fit is deterministic: a full singular value decomposition in float64. The order of the rows changes only
    rounding, unless components have equal variance or none.

    Parameters
    ----------
    values : array of shape (n, d)
        Features, one row per galaxy; floats of any precision, or integers.
    n_components : int
        Number of components, 1 to min(n, d). n galaxies vary in at most n − 1 directions, so an nth has no variance.
    whiten : bool
        Divide each coordinate by its standard deviation, so that its variance is 1 (divisor n − 1).

    Returns
    -------
    Projection

    Raises
    ------
    ValueError
        If `values` isn't a 2-D table of finite numbers with at least two different galaxies, or `n_components` isn't a
        whole number from 1 to min(n, d).

    Examples
    --------
    >>> pca = fit_pca([[2, 1], [2, -1], [-2, 1], [-2, -1]], n_components=2)
    >>> pca.explained_variance_ratio.round(3).tolist()
    [0.8, 0.2]
    """
    values = check_features(values)
    check_components(n_components, *values.shape)
    return fit_with_tolerance(values, n_components, whiten, rounding_tolerance(values))


def fit_with_tolerance(values: np.ndarray, n_components: int, whiten: bool, tolerance: float) -> Projection:
    """Fit principal components to validated values; variances whose singular value is at most `tolerance` become 0.

    Examples
    --------
    >>> values = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]])
    >>> fit_with_tolerance(values, 2, whiten=False, tolerance=3.0).explained_variance.round(3).tolist()
    [5.333, 0.0]
    """
    from sklearn.decomposition import PCA  # here, because it takes a second to import

    pca = PCA(n_components, svd_solver="full").fit(values)
    flat = pca.singular_values_ <= tolerance
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
    # Computed by transform, so that the same galaxy always has the same coordinates.
    return replace(axes, coordinates=read_only(axes.transform(values)))
