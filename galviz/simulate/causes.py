"""The causes of mock galaxies (the simulator's inputs), drawn at random from the relations, as a catalogue.

Galaxies are drawn from a mass function and a volume, and those that the SDSS spectroscopic sample would hold are
selected. The label follows from mass, star formation, size, merging and the part of the galaxy that a fibre covers,
plus a scatter that leaves no trace in the image.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.random import Generator
from numpy.typing import NDArray

from galviz.simulate.metallicity import structure_metallicity_offset
from galviz.simulate.observation import draw_observation
from galviz.simulate.photometry import magnitudes
from galviz.simulate.population import draw_candidates, is_selected
from galviz.simulate.structure import draw_structure

# irreducible: the best possible RMSE. Mannucci et al. (2010), MNRAS 408, 2115, find 0.05 about their plane of mass and
# star formation, part of which size, structure and the fibre, drawn independently here, explain
LABEL_SCATTER_DEX = 0.04
_MAX_SEED = 199_999_999
_MAX_N = 10_000_000
_MAX_VARIETY = 5.0

# Candidates drawn together. The block size and the order of the groups fix which galaxy is which: they never change.
_BLOCK_SIZE = 32_768
_FIRST_ID = 9_000_000_000_000_000_000  # above all SDSS ids, whose leading bits hold a sky version of 1 or 2
# one random stream per group of causes: a change to the draws of one group leaves the others unchanged
_GROUPS = (
    "mass redshift star_formation size dust orientation selection "
    "bulge colour arms bar clumps irregular merger label field telescope texture"
).split()


def draw_causes(n: int, seed: int, *, variety: float = 1.0) -> pd.DataFrame:
    """Draw the causes of mock galaxies.

    A shorter catalogue is the beginning of a longer one with the same seed.

    Parameters
    ----------
    n : int
        Number of galaxies.
    seed : int
        0 to 199,999,999; part of each id, so surveys of different seeds share no ids.
    variety : float
        Factor on the scatter of what the telescope adds (stretch, band scales, seeing, noise, JPEG quality): 1 as
        within SDSS, 2 or 3 for training galaxies from which a network should generalise to other surveys. It changes
        nothing else. At most 5.

    Returns
    -------
    DataFrame of n rows
        Index `objID` (str), then `oh_p50` (12 + log(O/H), dex) and one column per cause with its unit in the name;
        data/README.md describes them.

    Raises
    ------
    ValueError
        If n, the seed or variety is out of range.
    TypeError
        If n or seed is not an integer.

    Examples
    --------
    >>> causes = draw_causes(3, seed=1)
    >>> causes[["oh_p50", "log_mass_msun", "redshift"]].round(2).rename_axis(None)
                         oh_p50  log_mass_msun  redshift
    9000000001000000000    8.65           8.99      0.03
    9000000001000000001    8.90           9.70      0.04
    9000000001000000002    9.03          10.10      0.08
    """
    n, seed = operator.index(n), operator.index(seed)
    if not 1 <= n <= _MAX_N:
        raise ValueError(f"n must be between 1 and {_MAX_N:,} galaxies, not {n}.")
    if not 0 <= seed <= _MAX_SEED:
        raise ValueError(f"seed must be between 0 and {_MAX_SEED:,} (it is part of each galaxy's id), not {seed}.")
    if not 0 <= variety <= _MAX_VARIETY:
        raise ValueError(f"variety must be between 0 and {_MAX_VARIETY}, not {variety}.")
    blocks: list[pd.DataFrame] = []
    while sum(map(len, blocks)) < n:
        blocks.append(_draw_block(seed, len(blocks), variety))
    causes = pd.concat(blocks, ignore_index=True).iloc[:n]
    ids = [str(_FIRST_ID + seed * 1_000_000_000 + number) for number in range(n)]
    return causes.set_index(pd.Index(ids, name="objID", dtype=str))


def _draw_block(seed: int, block: int, variety: float) -> pd.DataFrame:
    """Draw candidates, select those that the sample would hold, then draw the rest of their causes."""
    rng = {group: np.random.default_rng([seed, block, number]) for number, group in enumerate(_GROUPS)}
    candidates = draw_candidates(_BLOCK_SIZE, rng)
    is_in_sample = is_selected(candidates, rng["selection"])
    causes = {name: values[is_in_sample] for name, values in candidates.items()}
    causes |= draw_structure(causes, rng)
    causes |= _draw_label(causes, rng["label"])
    causes |= draw_observation(int(is_in_sample.sum()), rng["telescope"], variety)
    # rounded here, because a catalogue read back from its file must render exactly the same galaxies
    catalogue = pd.DataFrame({"oh_p50": causes.pop("oh_p50")} | causes).round(5)
    catalogue[["mag_g", "mag_r", "mag_i"]] = magnitudes(catalogue).round(5)
    return catalogue


def _draw_label(causes: Mapping[str, NDArray], rng: Generator) -> dict[str, NDArray]:
    """Draw the label's irreducible scatter, which nothing that is rendered depends on."""
    scatter = rng.normal(0.0, LABEL_SCATTER_DEX, len(causes["redshift"]))
    expected = causes["metallicity_expected_dex"] + structure_metallicity_offset(
        causes["merger"], causes["bar_strength"] > 0
    )
    return {
        "metallicity_expected_dex": expected,
        "metallicity_scatter_dex": scatter,
        "oh_p50": expected + scatter,
    }
