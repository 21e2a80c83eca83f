"""The shipped results of linear probes: how well each cause is predicted from the trained network and from controls.

A control (Adebayo et al. 2018, arXiv:1810.03292; Hewitt & Liang 2019, arXiv:1909.03368) is a source of features that
doesn't depend on the label. If a probe of a control predicts a cause as well, the network didn't learn it from the
label.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from galviz.analysis.pca import fit_pca
from galviz.analysis.probes import Probe, probe
from galviz.artefacts.artefact import Inputs, Progress, Provenance, WholeFileArtefact
from galviz.artefacts.features import CONTROL_FEATURES, TRAINED_FEATURES
from galviz.artefacts.serialisation import decode_arrays, encode_arrays
from galviz.features.features import CONTROLS
from galviz.features.pixels import pixel_features

# The label and what it depends on, properties of the galaxy, its surroundings, the observation; and two that can't be
# predicted from an image: the winding of the arms, which a mirror image reverses, and the scatter of the label.
CAUSES = (
    *("metallicity", "metallicity_expected_dex", "log_mass_msun", "log_sfr_msun_yr", "redshift", "mag_r"),
    *("half_light_radius_arcsec", "size_offset_dex", "bulge_fraction", "disc_sersic_n", "disc_colour_mag"),
    *("h_alpha_angstrom", "dust_v_mag", "inclination_deg", "arm_number", "arm_strength", "bar_strength"),
    *("clumpiness", "irregularity", "merger", "neighbour_count", "seeing_arcsec", "sky_noise_r_nmgy"),
    *("arm_winding", "metallicity_scatter_dex"),
)
UNKNOWABLE = ("arm_winding", "metallicity_scatter_dex")
TRAINED, PIXELS, PREDICTION, PERMUTED = "features", "pixels", "prediction", "permuted"
# The controls, in the order in which pages show them.
COMPARED = (*CONTROLS, PIXELS, PREDICTION)
_NUMBERS = ("r2", "low", "high", "ahead", "ahead_low", "ahead_high")
_PERMUTATIONS, _PIXEL_AXES, _LEVEL = 20, 64, 0.95
_DIGITS = 4


@dataclass(frozen=True, eq=False)
class ProbeResults:
    """R² of linear probes, and the principal components of the pixels.

    Attributes
    ----------
    probes : DataFrame
        One row per source and cause: ``source``, ``cause``; held-out R² as ``r2`` with its interval from ``low`` to
        ``high``; the R² of the trained features minus this one, as ``ahead``, ``ahead_low``, ``ahead_high`` (NaN for
        the trained features and for ``permuted``). Sources: the layers of the trained network, ``features`` last;
        features of the control networks; ``pixels``; ``prediction``, the network's prediction only; and ``permuted``,
        the trained features with each cause permuted across galaxies, whose interval is over permutations.
    pixels : ndarray of float32, shape (n, k)
        Coordinates of each galaxy, in the catalogue's order, on the first principal components of all galaxies' pixels.
    pixel_variance : float
        Share of the pixels' variance along those components.
    """

    probes: pd.DataFrame
    pixels: np.ndarray
    pixel_variance: float

    def of(self, source: str) -> pd.DataFrame:
        """The rows of a source, with the causes as index, in the order of `CAUSES`."""
        return self.probes[self.probes["source"] == source].drop(columns="source").set_index("cause")

    def about(self, cause: str) -> pd.DataFrame:
        """The rows of a cause, with the sources as index."""
        return self.probes[self.probes["cause"] == cause].drop(columns="cause").set_index("source")


def known_causes(catalogue: pd.DataFrame) -> list[str]:
    """List those of `CAUSES` that a catalogue has as finite numbers that differ between galaxies.

    Examples
    --------
    >>> known_causes(pd.DataFrame({"merger": [0, 1], "redshift": [0.1, 0.1]}))
    ['merger']
    """
    return [
        name
        for name in CAUSES
        if name in catalogue
        and pd.api.types.is_numeric_dtype(catalogue[name])
        and np.isfinite(catalogue[name]).all()
        and np.ptp(catalogue[name]) > 0
    ]


def fit_probes(
    catalogue: pd.DataFrame,
    sources: Mapping[str, np.ndarray],
    *,
    n_resamples: int = 1000,
    progress: Progress | None = None,
) -> ProbeResults:
    """Fit probes of every known cause to every source of features.

    Parameters
    ----------
    catalogue : DataFrame of n rows
    sources : mapping of str to array of shape (n, d)
        Rows in the catalogue's order; ``features`` and ``pixels`` are required.
    n_resamples : int
        Of the bootstrap.
    progress : callable, optional
        Called as progress(done, total).

    Returns
    -------
    ProbeResults

    Raises
    ------
    ValueError
        As `galviz.analysis.probes.probe`.

    Examples
    --------
    >>> values = np.random.default_rng(0).normal(size=(40, 2))
    >>> catalogue = pd.DataFrame({"redshift": values[:, 0] + values[:, 1]})
    >>> results = fit_probes(catalogue, {"features": values, "pixels": values[:, :1]}, n_resamples=20)
    >>> results.about("redshift")["r2"].round(1)[["features", "pixels"]].tolist()
    [1.0, 0.6]
    """
    names = known_causes(catalogue)
    causes = catalogue[names].to_numpy(float)
    trained, total, tables = probe(sources[TRAINED], causes), len(sources) + 1, []
    for done, (source, values) in enumerate(sources.items(), start=1):
        if source == TRAINED:
            tables.append(_rows(source, names, trained, None, n_resamples))
        else:
            tables.append(_rows(source, names, probe(values, causes), trained, n_resamples))
        if progress:
            progress(done, total)
    tables.append(_permuted_rows(sources[TRAINED], names, causes))
    pixels = np.asarray(sources[PIXELS], float)
    pca = fit_pca(pixels, min(_PIXEL_AXES, *pixels.shape), whiten=False)
    if progress:
        progress(total, total)
    return ProbeResults(
        probes=pd.concat(tables, ignore_index=True).round(_DIGITS),
        pixels=pca.coordinates.astype(np.float16).astype(np.float32),
        pixel_variance=round(float(pca.explained_variance_ratio.sum()), _DIGITS),
    )


def _rows(source: str, names: list[str], one: Probe, trained: Probe | None, n_resamples: int) -> pd.DataFrame:
    """Tabulate R² of a source, and the R² of the trained features minus it."""
    low, high = one.interval(n_resamples=n_resamples, level=_LEVEL)
    table = pd.DataFrame({"source": source, "cause": names, "r2": one.r2, "low": low, "high": high})
    if trained is None:
        return table.assign(ahead=np.nan, ahead_low=np.nan, ahead_high=np.nan)
    ahead_low, ahead_high = trained.interval(one, n_resamples=n_resamples, level=_LEVEL)
    return table.assign(ahead=trained.r2 - one.r2, ahead_low=ahead_low, ahead_high=ahead_high)


def _permuted_rows(values: np.ndarray, names: list[str], causes: np.ndarray) -> pd.DataFrame:
    """Tabulate R² by chance: each cause is permuted across galaxies several times."""
    random = np.random.default_rng(0)
    permuted = np.hstack([causes[random.permutation(len(causes))] for _ in range(_PERMUTATIONS)])
    r2 = probe(values, permuted).r2.reshape(_PERMUTATIONS, len(names))
    low, high = np.quantile(r2, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2], axis=0)
    table = pd.DataFrame({"source": PERMUTED, "cause": names, "r2": r2.mean(axis=0), "low": low, "high": high})
    return table.assign(ahead=np.nan, ahead_low=np.nan, ahead_high=np.nan)


class ProbeResultsFile(WholeFileArtefact[ProbeResults]):
    """Probes of the layers of the trained network, of the controls, of pixels and of predictions.

    Examples
    --------
    >>> bool(PROBE_RESULTS.load().about("metallicity").loc["features", "r2"] > 0.7)
    True
    """

    name = "figures/meaning.safetensors"
    title = "The results of the probes"
    packages = ("scikit-learn", "scipy")

    def make(self, inputs: Inputs, progress: Progress) -> ProbeResults:
        """Fit probes to the features of earlier artefacts, and to the pixels."""
        survey, card, trained = inputs.survey, inputs.card, inputs.load(TRAINED_FEATURES)
        controls = {name: inputs.load(artefact).layers[TRAINED] for name, artefact in CONTROL_FEATURES.items()}
        pixels = pixel_features(survey, pad_px=card.pad_px, crop_px=card.crop_px)
        sources = {**trained.layers, **controls, PIXELS: pixels, PREDICTION: trained.predictions[:, None]}
        return fit_probes(survey.catalogue, sources, progress=progress)

    def encode(self, content: ProbeResults, provenance: Provenance) -> bytes:
        """A safetensors file with the arrays ``probes`` and ``pixels``."""
        arrays = {
            "probes": content.probes[list(_NUMBERS)].to_numpy(np.float64),
            "pixels": content.pixels.astype(np.float16),
        }
        metadata = {
            "source": content.probes["source"].tolist(),
            "cause": content.probes["cause"].tolist(),
            "pixel_variance": content.pixel_variance,
            **provenance.to_json(),
        }
        return encode_arrays(arrays, metadata)

    def decode(self, raw: bytes) -> tuple[ProbeResults, Provenance]:
        """Parse the bytes of a file."""
        arrays, metadata = decode_arrays(raw)
        table = pd.DataFrame(arrays["probes"], columns=list(_NUMBERS))
        table.insert(0, "source", metadata["source"])
        table.insert(1, "cause", metadata["cause"])
        pixels = arrays["pixels"].astype(np.float32)
        pixels.setflags(write=False)
        return ProbeResults(table, pixels, metadata["pixel_variance"]), Provenance.from_json(metadata)


PROBE_RESULTS = ProbeResultsFile()
