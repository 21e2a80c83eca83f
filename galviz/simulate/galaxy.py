"""One galaxy's causes, checked as they are read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

# What a cause may be, so that a slip is told here and not by a black picture: lowest and highest value.
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
    """One galaxy's causes, checked when read: what is missing, no number or out of its limits is a ValueError."""

    def __init__(self, causes: Mapping[str, Any] | pd.Series) -> None:
        if isinstance(causes, pd.DataFrame):
            raise ValueError(f"causes must be one galaxy, not a table of {len(causes)}: take a row, as causes.iloc[0].")
        super().__init__(causes)

    def __getitem__(self, name: str) -> float:
        value = super().__getitem__(name)
        # plain numbers: one of NumPy's own would turn float32 images into float64
        value = value.item() if isinstance(value, np.generic) else value
        low, high = _LIMITS.get(name, (-math.inf, math.inf))
        if not isinstance(value, int | float) or not math.isfinite(value):
            raise ValueError(f"causes: {name} must be a finite number, not {value!r}.")
        if not low <= value <= high:
            raise ValueError(f"causes: {name} must be between {low:g} and {high:g}, not {value:g}.")
        return value

    def __missing__(self, name: str) -> float:
        raise ValueError(f"causes: {name} is missing; take a row of draw_causes and change what you want changed.")
