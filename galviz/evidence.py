"""What linear probes tell of each cause, of the trained network and of controls: computed once, in one small file.

A control (Adebayo et al. 2018, arXiv:1810.03292; Hewitt & Liang 2019, arXiv:1909.03368) is features that can't hold
what was learnt from the label. What a probe reads off a control as well was in the pictures all along.
"""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from safetensors import SafetensorError
from safetensors.numpy import save as save_arrays

from galviz.features import CONTROLS
from galviz.figures import SHIPPED_FIGURES, FiguresError, read_arrays
from galviz.files import write_bytes
from galviz.probes import Probe, probe
from galviz.projection import fit_pca
from galviz.shipped import ShippedFileError

SHIPPED_EVIDENCE = SHIPPED_FIGURES.with_name("meaning.safetensors")
# The label, what it is made of, what a galaxy is, what is around it, what the telescope adds; and two that nobody can
# know: the winding, for in a mirror it is the other, and the label's own scatter, of which no picture has a trace.
CAUSES = (
    *("metallicity", "metallicity_expected_dex", "log_mass_msun", "log_sfr_msun_yr", "redshift", "mag_r"),
    *("half_light_radius_arcsec", "size_offset_dex", "bulge_fraction", "disc_sersic_n", "disc_colour_mag"),
    *("h_alpha_angstrom", "dust_v_mag", "inclination_deg", "arm_number", "arm_strength", "bar_strength"),
    *("clumpiness", "irregularity", "merger", "neighbour_count", "seeing_arcsec", "sky_noise_r_nmgy"),
    *("arm_winding", "metallicity_scatter_dex"),
)
UNKNOWABLE = ("arm_winding", "metallicity_scatter_dex")
TRAINED, PIXELS, PREDICTION, PERMUTED = "features", "pixels", "prediction", "permuted"
# A control each, in the order in which pages show them.
COMPARED = (*CONTROLS, PIXELS, PREDICTION)
_NUMBERS = ("r2", "low", "high", "ahead", "ahead_low", "ahead_high")
_PERMUTATIONS, _PIXEL_AXES, _LEVEL = 20, 64, 0.95
_DIGITS = 4
_SAID = "galviz"


class EvidenceError(FiguresError):
    """The file of the probes is missing or broken; the message says which and what to do."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """How well linear probes tell causes, and the pixels' principal components.

    Attributes
    ----------
    probes : DataFrame
        A row a source and cause: ``source``, ``cause``; held-out R² as ``r2`` with its interval from ``low`` to
        ``high``; by how much the trained features' R² is higher, as ``ahead``, ``ahead_low``, ``ahead_high`` (NaN for
        themselves and ``permuted``). Sources: the layers of the trained network, ``features`` the last; features of the
        controls; ``pixels``; ``prediction``, the network's one answer alone; and ``permuted``, the trained features
        with each cause dealt out to other galaxies, where the interval is that of the deals.
    pixels : ndarray of float32, shape (n, k)
        Coordinates of each galaxy, in the catalogue's order, on the first principal components of all galaxies' pixels.
    pixel_variance : float
        Share of the pixels' variance that is in those.
    survey_sha256, weights_sha256, card_sha256 : str
    """

    probes: pd.DataFrame
    pixels: np.ndarray
    pixel_variance: float
    survey_sha256: str
    weights_sha256: str
    card_sha256: str = ""

    def of(self, source: str) -> pd.DataFrame:
        """The rows of a source, with the causes as index, in the order of `CAUSES`."""
        return self.probes[self.probes["source"] == source].drop(columns="source").set_index("cause")

    def about(self, cause: str) -> pd.DataFrame:
        """The rows of a cause, with the sources as index."""
        return self.probes[self.probes["cause"] == cause].drop(columns="cause").set_index("source")


def known_causes(catalogue: pd.DataFrame) -> list[str]:
    """Those of `CAUSES` that a catalogue has, as numbers that differ from galaxy to galaxy."""
    return [
        name
        for name in CAUSES
        if name in catalogue
        and pd.api.types.is_numeric_dtype(catalogue[name])
        and np.isfinite(catalogue[name]).all()
        and np.ptp(catalogue[name]) > 0
    ]


def gather_evidence(
    catalogue: pd.DataFrame,
    sources: Mapping[str, np.ndarray],
    *,
    survey_sha256: str,
    weights_sha256: str,
    card_sha256: str = "",
    n_resamples: int = 1000,
    progress: Callable[[int, int], object] | None = None,
) -> Evidence:
    """Fit probes of every known cause to every source.

    Parameters
    ----------
    catalogue : DataFrame of n rows
    sources : mapping of str to array of shape (n, d)
        Rows in the catalogue's order; ``features`` and ``pixels`` must be among them.
    survey_sha256, weights_sha256, card_sha256 : str
        Of what the sources were made of.
    n_resamples : int
        Of the bootstrap.
    progress : callable, optional
        Called as progress(done, total).

    Returns
    -------
    Evidence

    Raises
    ------
    ValueError
        As `galviz.probes.probe`.
    """
    names = known_causes(catalogue)
    causes = catalogue[names].to_numpy(float)
    trained, total, parts = probe(sources[TRAINED], causes), len(sources) + 1, []
    for done, (source, values) in enumerate(sources.items(), start=1):
        found = trained if source == TRAINED else probe(values, causes)
        parts.append(_rows(source, names, found, None if source == TRAINED else trained, n_resamples))
        if progress:
            progress(done, total)
    parts.append(_permuted_rows(sources[TRAINED], names, causes))
    pixels = np.asarray(sources[PIXELS], float)
    axes = fit_pca(pixels, min(_PIXEL_AXES, *pixels.shape), whiten=False)
    if progress:
        progress(total, total)
    return Evidence(
        probes=pd.concat(parts, ignore_index=True).round(_DIGITS),
        pixels=axes.coordinates.astype(np.float16).astype(np.float32),
        pixel_variance=round(float(axes.explained_variance_ratio.sum()), _DIGITS),
        survey_sha256=survey_sha256,
        weights_sha256=weights_sha256,
        card_sha256=card_sha256,
    )


def _rows(source: str, names: list[str], found: Probe, trained: Probe | None, n_resamples: int) -> pd.DataFrame:
    low, high = found.interval(n_resamples=n_resamples, level=_LEVEL)
    table = pd.DataFrame({"source": source, "cause": names, "r2": found.r2, "low": low, "high": high})
    if trained is None:
        return table.assign(ahead=np.nan, ahead_low=np.nan, ahead_high=np.nan)
    ahead_low, ahead_high = trained.interval(found, n_resamples=n_resamples, level=_LEVEL)
    return table.assign(ahead=trained.r2 - found.r2, ahead_low=ahead_low, ahead_high=ahead_high)


def _permuted_rows(values: np.ndarray, names: list[str], causes: np.ndarray) -> pd.DataFrame:
    """What chance gives: the same features, each cause dealt out to other galaxies, several times."""
    random = np.random.default_rng(0)
    dealt = np.hstack([causes[random.permutation(len(causes))] for _ in range(_PERMUTATIONS)])
    r2 = probe(values, dealt).r2.reshape(_PERMUTATIONS, len(names))
    low, high = np.quantile(r2, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2], axis=0)
    table = pd.DataFrame({"source": PERMUTED, "cause": names, "r2": r2.mean(axis=0), "low": low, "high": high})
    return table.assign(ahead=np.nan, ahead_low=np.nan, ahead_high=np.nan)


def save_evidence(evidence: Evidence, path: str | os.PathLike[str]) -> None:
    """Write evidence, whole or not at all; equal evidence gives equal bytes.

    Raises
    ------
    OSError
        If the file can't be written; what was there before is as it was.
    """
    said = {
        "source": evidence.probes["source"].tolist(),
        "cause": evidence.probes["cause"].tolist(),
        "pixel_variance": evidence.pixel_variance,
        "survey_sha256": evidence.survey_sha256,
        "weights_sha256": evidence.weights_sha256,
        "card_sha256": evidence.card_sha256,
    }
    # Safetensors writes memory as it lies, column by column too, and would read it back row by row.
    arrays = {
        "probes": np.ascontiguousarray(evidence.probes[list(_NUMBERS)], np.float64),
        "pixels": np.ascontiguousarray(evidence.pixels, np.float16),
    }
    write_bytes(path, save_arrays(arrays, metadata={_SAID: json.dumps(said)}))


def load_evidence(path: str | os.PathLike[str] | None = None) -> Evidence:
    """Read evidence; neither torch nor scikit-learn does any work.

    Parameters
    ----------
    path : path-like, optional
        The shipped one by default.

    Raises
    ------
    EvidenceError
        If there is no such file, it isn't one, or it came with galviz and has changed since.
    """
    file = SHIPPED_EVIDENCE if path is None else Path(path)
    try:
        said, arrays = read_arrays(file)
        pixels = arrays["pixels"].astype(np.float32)
        table = pd.DataFrame(arrays["probes"], columns=list(_NUMBERS))
        table.insert(0, "source", said["source"])
        table.insert(1, "cause", said["cause"])
        pixels.setflags(write=False)
        checksums = [said["survey_sha256"], said["weights_sha256"], said.get("card_sha256", "")]
        return Evidence(table, pixels, said["pixel_variance"], *checksums)
    except ShippedFileError as error:
        raise EvidenceError(str(error)) from error
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise EvidenceError(
            f"The probes of the lesson on meaning, {file}, can't be read ({type(error).__name__}); "
            "make them again with `python -m galviz build-data`."
        ) from error
