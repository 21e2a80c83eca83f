"""One galaxy's causes, validated as they are read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

# Lowest and highest valid value: a mistake raises an error here and doesn't end as a black image.
_LIMITS = {
    "redshift": (0.001, 1.0),
    "bulge_fraction": (0.0, 1.0),
    "bulge_radius_scales": (0.001, 20.0),
    "bulge_sersic_n": (0.3, 6.0),
    "bulge_axis_ratio": (0.05, 1.0),
    "disc_scale_arcsec": (0.02, 60.0),
    "disc_sersic_n": (0.3, 6.0),
    "disc_thickness": (0.01, 1.0),
    "disc_ellipticity": (0.0, 0.9),
    "disc_colour_gradient": (0.0, 0.9),
    "inclination_deg": (0.0, 90.0),
    "arm_number": (0, 12),
    "arm_pitch_deg": (1.0, 89.0),
    "dust_v_mag": (0.0, 20.0),
    "seeing_arcsec": (0.05, 20.0),
    "pixel_scale_arcsec": (0.02, 10.0),
    "stretch_nonlinearity": (1e-3, 1e3),
    "noise_correlation_px": (0.0, 20.0),
    "tile_jpeg_quality": (1, 100),
    "cutout_jpeg_quality": (1, 100),
}


class Galaxy(dict):
    """One galaxy's causes. Reading one that is missing, not a number or out of range raises a ValueError.

    Parameters
    ----------
    causes : mapping or Series
        One row of `draw_causes`, or a changed copy of it.

    Examples
    --------
    >>> galaxy = Galaxy({"redshift": 0.05, "inclination_deg": 95})
    >>> galaxy["redshift"]
    0.05
    >>> galaxy["inclination_deg"]
    Traceback (most recent call last):
    ValueError: causes: inclination_deg must be between 0 and 90, not 95.
    """

    def __init__(self, causes: Mapping[str, Any] | pd.Series) -> None:
        if isinstance(causes, pd.DataFrame):
            raise ValueError(f"causes must be one galaxy, not a table of {len(causes)}: take a row, as causes.iloc[0].")
        super().__init__(causes)

    def __getitem__(self, name: str) -> float:
        value = super().__getitem__(name)
        # Python numbers: a NumPy scalar would promote float32 images to float64
        value = value.item() if isinstance(value, np.generic) else value
        low, high = _LIMITS.get(name, (-math.inf, math.inf))
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"causes: {name} must be a finite number, not {value!r}.")
        if not low <= value <= high:
            raise ValueError(f"causes: {name} must be between {low:g} and {high:g}, not {value:g}.")
        return value

    def __missing__(self, name: str) -> float:
        raise ValueError(f"causes: {name} is missing; start from a row of draw_causes and change values in it.")
