"""How much of a projection exists by construction, because the network's head is linear in the features."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from galviz.analysis.pca import fit_with_tolerance
from galviz.analysis.validation import (
    LARGEST,
    check_components,
    check_features,
    check_numbers,
    read_only,
    rounding_tolerance,
)

# An R² of no more than this is rounding.
_NO_FIT = 1e-12


@dataclass(frozen=True, eq=False)
class HeadAlignment:
    """How much of a projection exists because the head is linear in the features; see `head_alignment`.

    Attributes
    ----------
    cosines : ndarray of float64, shape (k,)
        cⱼ = u·wⱼ, u the unit vector along the head's weight; 0 for a component without variance.
    prediction_correlations : ndarray of float64, shape (k,)
        Correlation of the prediction with each coordinate, √λⱼ cⱼ / √(uᵀCu); 0 if they don't vary along any.
    weight_in_span : float
        Share of the weight's squared length in the span of the k components, Σⱼ cⱼ².
    head_variance_ratio : float
        Share of the features' variance along the head, uᵀCu / trace C.
    remaining_variance_ratio : ndarray of float64, shape (k,)
        Explained variance ratios of the features without the head's direction, x − (x·u) u; 0 if they have no variance
        left.
    label_gradient_share : float or None
        cos² of the angle, in whitened coordinates, between the label's gradient b and the prediction's,
        aⱼ = √λⱼ cⱼ: (a·b)² / (a·a b·b). b are the least-squares coefficients of the label on the k whitened
        coordinates. 1 if both increase in the same direction, 0 if either has no gradient.
    label_r2, label_r2_without_head : float or None
        R² = 1 − Σ residual² / Σ (label − mean)² of that fit, and of the fit to the first k components of the features
        without the head's direction.
    """

    cosines: np.ndarray
    prediction_correlations: np.ndarray
    weight_in_span: float
    head_variance_ratio: float
    remaining_variance_ratio: np.ndarray
    label_gradient_share: float | None
    label_r2: float | None
    label_r2_without_head: float | None


def head_alignment(
    values: ArrayLike, weight: ArrayLike, n_components: int = 3, *, label: ArrayLike | None = None
) -> HeadAlignment:
    """Measure how much of a projection exists by construction.

    A prediction is ``values @ weight + bias``: it increases evenly along `weight`. If the head, or most of the
    prediction's variance, lies along a component, predictions change smoothly along it whatever the network has learnt,
    and so does a label that is predicted well. Removing the head's direction doesn't make the features independent of
    the prediction: features are correlated, so other directions encode it too.

    Parameters
    ----------
    values : array of shape (n, d)
        Features of the layer before the head, as for `fit_pca`.
    weight : array of shape (d,) or (1, d)
        The head's weight vector, of any length but 0.
    n_components : int
        k, 1 to min(n, d).
    label : array of shape (n,), optional
        The true label, NaN where not measured; at least k + 2 galaxies must have one, or R² is meaningless.

    Returns
    -------
    HeadAlignment
        Its attributes have the formulas. The components are those of all galaxies, labelled or not.

    Raises
    ------
    ValueError
        As `fit_pca`; if `weight` is not d finite numbers, or all are 0; if `label` is not n numbers or NaN, has fewer
        than k + 2 numbers, or is the same everywhere.

    Examples
    --------
    >>> rectangle = np.array([[2.0, 1.0], [2.0, -1.0], [-2.0, 1.0], [-2.0, -1.0]])
    >>> round(head_alignment(rectangle, [1.0, 0.0], 2).head_variance_ratio, 6)
    0.8
    """
    values = check_features(values)
    n, d = values.shape
    check_components(n_components, n, d)
    unit = _unit_vector(weight, d)
    grain = rounding_tolerance(values)
    fit = fit_with_tolerance(values, n_components, True, grain)
    centred = values - fit.mean
    along = centred @ unit
    remaining = centred - np.outer(along, unit)
    # The remaining features may be rounding only, to which no axis should be fitted.
    rest = fit_with_tolerance(remaining, n_components, True, grain) if np.linalg.norm(remaining) > grain else None
    cosines = np.where(fit.explained_variance > 0, fit.components @ unit, 0.0)
    gradient = np.sqrt(fit.explained_variance) * cosines
    if np.linalg.norm(gradient) * np.sqrt(n - 1) <= grain:
        gradient = np.zeros(n_components)
    deviation = np.linalg.norm(along) / np.sqrt(n - 1)
    share = r2 = r2_rest = None
    if label is not None:
        label = _label(label, n, n_components)
        slope, r2 = _regress(label, fit.coordinates)
        # Two gradients that are only rounding would still have an angle.
        measurable = gradient.any() and r2 > _NO_FIT
        share = float((gradient @ slope) ** 2 / (gradient @ gradient) / (slope @ slope)) if measurable else 0.0
        r2_rest = 0.0 if rest is None else _regress(label, rest.coordinates)[1]
    return HeadAlignment(
        cosines=read_only(cosines),
        prediction_correlations=read_only(gradient / deviation if gradient.any() else gradient),
        weight_in_span=float(cosines @ cosines),
        head_variance_ratio=float((along @ along) / (centred**2).sum()),
        remaining_variance_ratio=read_only(np.zeros(n_components)) if rest is None else rest.explained_variance_ratio,
        label_gradient_share=share,
        label_r2=r2,
        label_r2_without_head=r2_rest,
    )


def _regress(label: np.ndarray, coordinates: np.ndarray) -> tuple[np.ndarray, float]:
    """Slopes, shape (k,), and R² of a least-squares fit with intercept to the galaxies that have a label."""
    known = np.isfinite(label)
    target = label[known] - label[known].mean()
    centred = coordinates[known] - coordinates[known].mean(axis=0)
    slope = np.linalg.lstsq(centred, target)[0]
    residuals = target - centred @ slope
    return slope, max(0.0, float(1 - (residuals @ residuals) / (target @ target)))


def _unit_vector(weight: ArrayLike, d: int) -> np.ndarray:
    shape = f"a vector of {d} numbers, one per feature"
    array = check_numbers(weight, "weight", shape)
    if array.shape not in ((d,), (1, d)):
        raise ValueError(f"weight must be {shape}; got shape {array.shape}. Give the head that reads these features.")
    length = np.linalg.norm(array)
    if not 0 < length < LARGEST:
        raise ValueError(f"weight must be finite and not 0 everywhere; its length is {length:g}. Load the head again.")
    return array.reshape(d) / length


def _label(label: ArrayLike, n: int, n_components: int) -> np.ndarray:
    shape = f"{n} numbers, one per galaxy and NaN where not measured"
    array = check_numbers(label, "label", shape)
    if array.shape != (n,):
        raise ValueError(f"label must be {shape}; got shape {array.shape}. Give it in the order of values.")
    known = array[~np.isnan(array)]
    if len(known) < n_components + 2 or not (np.abs(known) < LARGEST).all() or not np.ptp(known) > 0:
        rule = f"finite, known for {n_components + 2} galaxies or more (n_components + 2), and not the same for all"
        values = f"{len(known)} known, from {known.min():g} to {known.max():g}" if len(known) else "none known"
        raise ValueError(f"label must be {rule}; got {values}. Omit label, or give more.")
    return array
