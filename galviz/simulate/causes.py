"""What a mock galaxy is: its causes, drawn at random from the relations, as a catalogue.

Galaxies are drawn from a mass function and a volume; those that the SDSS spectroscopic sample would hold are kept. The
label follows from mass, star formation, size, merging and how much of the galaxy a fibre sees, with a scatter of its
own that leaves no trace in the image.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from galviz.simulate import relations
from galviz.simulate.observation import draw_observation
from galviz.simulate.photometry import magnitudes
from galviz.simulate.population import draw_candidates, is_selected
from galviz.simulate.structure import draw_structure

# irreducible: the best possible RMSE. Mannucci et al. (2010), MNRAS 408, 2115, find 0.05 about their plane of mass and
# star formation, of which size, structure and the fibre, drawn here on their own, explain a part
LABEL_SCATTER_DEX = 0.04
LARGEST_SEED = 199_999_999
LARGEST_N = 10_000_000
LARGEST_VARIETY = 5.0

# Candidates drawn together. The block and the order of the groups fix which galaxy is which: they never change.
_BLOCK = 32_768
_FIRST_ID = 9_000_000_000_000_000_000  # above all SDSS ids, whose leading bits hold a sky version of 1 or 2
# a stream of random numbers for each group of causes: a change to what one draws leaves the others as they were
_GROUPS = (
    "mass redshift star_formation size dust orientation selection "
    "bulge colour arms bar clumps irregular merger label field telescope texture"
).split()


def draw_causes(n: int, seed: int, *, variety: float = 1.0) -> pd.DataFrame:
    """Draw the causes of mock galaxies.

    The first galaxies of a longer catalogue are those of a shorter one with the same seed.

    Parameters
    ----------
    n : int
        How many galaxies.
    seed : int
        0 to 199,999,999; part of each id, so that surveys of different seeds share none.
    variety : float
        How widely what the telescope adds varies (stretch, band scales, seeing, noise, JPEG quality): 1 as within SDSS,
        2 or 3 for training galaxies that shall carry over to other surveys. It changes nothing else. At most 5.

    Returns
    -------
    DataFrame of n rows
        Index `objID` (str), then `oh_p50` (12 + log(O/H), dex) and a column for each cause with its unit in the name;
        data/README.md describes them.

    Raises
    ------
    ValueError
        If n, the seed, or variety.
    TypeError
        If n or seed is no whole number.
    """
    n, seed = operator.index(n), operator.index(seed)
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"n must be between 1 and {LARGEST_N:,} galaxies, not {n}.")
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"seed must be between 0 and {LARGEST_SEED:,} (it is part of each galaxy's id), not {seed}.")
    if not 0 <= variety <= LARGEST_VARIETY:
        raise ValueError(f"variety must be between 0 and {LARGEST_VARIETY}, not {variety}.")
    blocks: list[pd.DataFrame] = []
    while sum(map(len, blocks)) < n:
        blocks.append(_block(seed, len(blocks), variety))
    causes = pd.concat(blocks, ignore_index=True).iloc[:n]
    ids = [str(_FIRST_ID + seed * 1_000_000_000 + number) for number in range(n)]
    return causes.set_index(pd.Index(ids, name="objID", dtype=str))


def _block(seed: int, block: int, variety: float) -> pd.DataFrame:
    """Draw candidates, keep those that the sample would hold, then draw the rest of their causes."""
    rng = {group: np.random.default_rng([seed, block, number]) for number, group in enumerate(_GROUPS)}
    candidates = draw_candidates(_BLOCK, rng)
    kept = is_selected(candidates, rng["selection"])
    chosen = {name: values[kept] for name, values in candidates.items()}
    chosen |= draw_structure(chosen, rng)
    chosen |= _label(chosen, rng["label"]) | draw_observation(int(kept.sum()), rng["telescope"], variety)
    columns = {"oh_p50": chosen.pop("oh_p50")} | chosen
    # rounded here, so that a catalogue read back from its file renders the very same galaxies
    causes = pd.DataFrame(columns).round(5)
    causes[["mag_g", "mag_r", "mag_i"]] = magnitudes(causes).round(5)
    return causes


def _label(causes: Mapping[str, NDArray], rng: Generator) -> dict[str, NDArray]:
    """Draw the label's irreducible scatter; nothing that is rendered reads it."""
    scatter = rng.normal(0.0, LABEL_SCATTER_DEX, len(causes["redshift"]))
    expected = causes["metallicity_expected_dex"] + relations.structure_metallicity_offset(
        causes["merger"], causes["bar_strength"] > 0
    )
    return {
        "metallicity_expected_dex": expected,
        "metallicity_scatter_dex": scatter,
        "oh_p50": expected + scatter,
    }
