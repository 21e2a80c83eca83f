"""Interventions: one cause of a galaxy is changed, and what follows from it is recomputed.

This is a counterfactual in a structural causal model (Pearl 2009, Causality, chapter 7): that of the simulator. A
galaxy's deviation from each relation follows from its catalogue row. It is kept, the cause is set to another value, and
each column that depends on it is computed again. A cause that is set no longer depends on its own causes: with another
bulge fraction a galaxy keeps its mass; with another mass it gets another bulge fraction.

Held fixed in any intervention:

- every cause that doesn't follow from the changed one,
- the galaxy's deviation from each relation, such as how much dustier it is than others of its mass and star formation,
- what is counted rather than measured: the number of arms, neighbours and stars, and whether it is barred or merging;
  in `draw_causes` these depend on mass only as probabilities,
- sky, noise and stretch, and ``texture_seed``: the random streams of each component, so that arms, clumps, noise, stars
  and neighbours are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from galviz.simulate.consequences import CONSEQUENCES
from galviz.simulate.galaxy import Galaxy
from galviz.simulate.population import BRIGHT_LIMIT_MAG, FAINT_LIMIT_MAG, SMALLEST_SCALE_ARCSEC
from galviz.simulate.scaling import main_sequence_log_sfr

# The causes that can be changed: none follows from others alone, and each changes the image.
CHANGEABLE = (
    "log_mass_msun",
    "log_sfr_msun_yr",
    "redshift",
    "size_offset_dex",
    "disc_colour_mag",
    "dust_v_mag",
    "inclination_deg",
    "position_angle_deg",
    "bulge_fraction",
    "bar_strength",
    "arm_strength",
    "clumpiness",
    "seeing_arcsec",
)
_DECIMALS = 5  # as in a catalogue
_RANGE = (0.01, 0.99)  # quantiles of a survey between which values are


def intervene(causes: Mapping[str, Any] | pd.Series, cause: str, value: float) -> dict[str, Any]:
    """Set one cause of a galaxy, and recompute what follows from it.

    Parameters
    ----------
    causes : mapping or Series
        One row of `draw_causes`, or of the catalogue of a simulated survey. Not modified.
    cause : str
        One of `CHANGEABLE`.
    value : float
        In the cause's unit.

    Returns
    -------
    dict
        The galaxy as it would be, for `render`. Its label changes if it depends on the cause; its scatter is kept. With
        the galaxy's own value, the row is unchanged.

    Raises
    ------
    ValueError
        If the cause can't be changed, or it or its value is missing, not finite or out of range.

    Examples
    --------
    The same galaxy farther away is fainter and smaller on the sky, but has the same mass:

    >>> from galviz.simulate import draw_causes
    >>> galaxy = draw_causes(1, seed=1).iloc[0]
    >>> farther = intervene(galaxy, "redshift", 2 * galaxy["redshift"])
    >>> for name in ("redshift", "mag_r", "disc_scale_arcsec", "log_mass_msun"):
    ...     print(name, round(float(galaxy[name]), 2), "->", round(float(farther[name]), 2))
    redshift 0.03 -> 0.05
    mag_r 17.13 -> 18.71
    disc_scale_arcsec 3.24 -> 1.67
    log_mass_msun 8.99 -> 8.99
    """
    if cause not in CHANGEABLE:
        raise ValueError(f"cause must be one of {', '.join(CHANGEABLE)}; got {cause!r}.")
    old = Galaxy(causes)
    new = Galaxy({**old, cause: value})
    if new[cause] == old[cause]:
        return dict(old)
    changed = {cause}
    for consequence in CONSEQUENCES:
        column = consequence.column
        if column != cause and column in old and changed.intersection(consequence.parents):
            updated = round(float(consequence.update(old, new)), _DECIMALS)
            if updated != old[column]:
                new[column] = updated
                changed.add(column)
    return dict(new)


def applies_to(causes: Mapping[str, Any] | pd.Series, cause: str) -> bool:
    """Whether a cause can change the image of a galaxy: the strength of arms can't if it has none.

    Examples
    --------
    >>> applies_to({"arm_number": 0}, "arm_strength"), applies_to({"arm_number": 0}, "redshift")
    (False, True)
    """
    return cause != "arm_strength" or causes["arm_number"] > 0


def is_observable(causes: Mapping[str, Any] | pd.Series) -> bool:
    """Whether a galaxy is within the limits of the sample that networks are trained on.

    The limits of magnitude and size in `galviz.simulate.population.is_selected`; others there are probabilities.

    Examples
    --------
    >>> is_observable({"mag_r": 17.2, "disc_scale_arcsec": 2.0}), is_observable({"mag_r": 19, "disc_scale_arcsec": 2})
    (True, False)
    """
    bright_enough = BRIGHT_LIMIT_MAG < causes["mag_r"] < FAINT_LIMIT_MAG
    return bool(bright_enough and causes["disc_scale_arcsec"] > SMALLEST_SCALE_ARCSEC)


def sweep_range(catalogue: pd.DataFrame, causes: Mapping[str, Any] | pd.Series, cause: str) -> tuple[float, float]:
    """Range of a cause's values for one galaxy: from the 1st to the 99th percentile of a survey.

    For the star-formation rate, percentiles of the distance from the main sequence, at the galaxy's mass. The range is
    extended to the galaxy's own value.

    Parameters
    ----------
    catalogue : DataFrame
        Of a simulated survey.
    causes : mapping or Series
        The galaxy's row.
    cause : str
        One of `CHANGEABLE`.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> causes = draw_causes(500, seed=1)
    >>> print(np.round(sweep_range(causes, causes.iloc[0], "seeing_arcsec"), 1))
    [1.1 1.6]
    """
    column, centre = catalogue[cause], 0.0
    if cause == "log_sfr_msun_yr":
        column = column - main_sequence_log_sfr(catalogue["log_mass_msun"])
        centre = float(main_sequence_log_sfr(causes["log_mass_msun"]))
    low, high = (round(centre + float(column.quantile(share)), _DECIMALS) for share in _RANGE)
    own = float(causes[cause])
    return min(low, own), max(high, own)


def sweep_values(
    catalogue: pd.DataFrame, causes: Mapping[str, Any] | pd.Series, cause: str, n_values: int = 7
) -> NDArray:
    """Values of a cause for one galaxy: evenly spaced over `sweep_range`, the nearest one replaced by its own value.

    Parameters
    ----------
    catalogue, causes, cause
        As for `sweep_range`.
    n_values : int
        At least 2.

    Returns
    -------
    float64 ndarray of shape (n_values,)
        In ascending order.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> causes = draw_causes(500, seed=1)
    >>> values = sweep_values(causes, causes.iloc[0], "seeing_arcsec")
    >>> len(values), bool(causes["seeing_arcsec"].iloc[0] in values)
    (7, True)
    """
    values = np.linspace(*sweep_range(catalogue, causes, cause), n_values).round(_DECIMALS)
    own = float(causes[cause])
    values[np.abs(values - own).argmin()] = own
    return values
