"""Drawn galaxies and their catalogue: quick to make, with known causes."""

import numpy as np
import pandas as pd
from PIL import Image

FIRST_ID = 9_100_000_000_000_000_000


def draw_catalogue(count: int, seed: int) -> pd.DataFrame:
    """Causes of `count` galaxies, evenly spaced in metallicity and shuffled, with some columns of the mock survey."""
    random = np.random.default_rng(seed)
    metallicity = random.permutation(np.linspace(8.3, 9.2, count))
    return pd.DataFrame(
        {
            "objID": [str(FIRST_ID + seed * 1_000_000 + number) for number in range(count)],
            "oh_p50": metallicity.round(4),
            "log_mass_msun": (9 + 2 * (metallicity - 8.3)).round(3),
            "log_sfr_msun_yr": 0.3,
            "redshift": 0.07,
            "bulge_fraction": random.uniform(0, 0.8, count).round(3),
            "half_light_radius_kpc": 4.0,
            "inclination_deg": random.uniform(0, 90, count).round(1),
            "arm_number": random.choice([0, 2, 3], count),
            "arm_pitch_deg": 18.0,
            "bar_strength": 0.0,
            "dust_v_mag": 0.4,
            "merger": 0,
        }
    )


def draw_galaxy(galaxy: object, side_px: int) -> Image.Image:
    """A blob whose colour turns from blue to red with metallicity, as flat as it is inclined."""
    y, x = np.mgrid[:side_px, :side_px] - side_px / 2
    axis_ratio = max(0.2, np.cos(np.radians(galaxy.inclination_deg)))
    light = np.exp(-np.hypot(x, y / axis_ratio) / (0.08 * side_px))
    red = (galaxy.oh_p50 - 8.3) / 0.9
    colour = np.array([0.5 + 0.5 * red, 0.7, 1.0 - 0.5 * red])
    return Image.fromarray((255 * light[..., None] * colour).astype(np.uint8))
