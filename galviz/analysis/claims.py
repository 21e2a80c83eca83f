"""Test a claim about what a network has learnt against controls, with intervals."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from galviz.analysis.probes import probe

PERMUTED = "permuted values"
_MIN_GALAXIES = 20


def compare_with_controls(
    features: ArrayLike,
    controls: Mapping[str, ArrayLike],
    values: ArrayLike,
    *,
    n_resamples: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """Compare how well a network's features predict a quantity with how well controls do.

    Each prediction is a linear probe's for held-out galaxies (`galviz.analysis.probes`). One more control is added: the
    same features, with the quantity permuted across galaxies. Its R² is what chance alone gives.

    Parameters
    ----------
    features : array of shape (n, d)
        One row per galaxy, n at least 20.
    controls : mapping of str to array of shape (n, any)
        Other representations of the same galaxies, such as the features of an untrained network.
    values : array of shape (n,)
        The quantity, known for all galaxies.
    n_resamples : int
        Of the bootstrap.
    seed : int

    Returns
    -------
    DataFrame
        One row per representation, the index is its name, the first ``"network"``. ``r2`` is the held-out R², with a
        95 % interval from ``low`` to ``high``. ``difference`` is the network's R² minus that of the control, from
        ``difference_low`` to ``difference_high``, on the same resamples; NaN for the network itself and for the
        permuted values.

    Raises
    ------
    ValueError
        If there are too few galaxies, the arrays don't belong together, or a value isn't finite.

    Examples
    --------
    >>> random = np.random.default_rng(0)
    >>> features, noise = random.normal(size=(2, 200, 3))
    >>> table = compare_with_controls(features, {"noise": noise}, features[:, 0])
    >>> table["r2"].round(1).to_dict()
    {'network': 1.0, 'noise': -0.0, 'permuted values': -0.0}
    """
    values = np.asarray(values, dtype=np.float64)
    if values.ndim != 1 or len(values) < _MIN_GALAXIES:
        raise ValueError(
            f"values must have the shape (n,) with n at least {_MIN_GALAXIES}; got {values.shape}. Use more galaxies."
        )
    if reserved := {"network", PERMUTED} & set(controls):
        raise ValueError(f"A control must not be called {reserved.pop()!r}. Choose another name.")
    main = probe(features, values[:, None], seed=seed)
    low, high = main.interval(n_resamples=n_resamples, seed=seed)
    rows = {"network": [main.r2[0], low[0], high[0], np.nan, np.nan, np.nan]}
    for name, control in controls.items():
        other = probe(control, values[:, None], seed=seed)
        low, high = other.interval(n_resamples=n_resamples, seed=seed)
        least, most = main.interval(other, n_resamples=n_resamples, seed=seed)
        rows[name] = [other.r2[0], low[0], high[0], main.r2[0] - other.r2[0], least[0], most[0]]
    permuted = np.random.default_rng(seed).permutation(values)
    chance = probe(features, permuted[:, None], seed=seed)
    low, high = chance.interval(n_resamples=n_resamples, seed=seed)
    rows[PERMUTED] = [chance.r2[0], low[0], high[0], np.nan, np.nan, np.nan]
    columns = ["r2", "low", "high", "difference", "difference_low", "difference_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("representation")
