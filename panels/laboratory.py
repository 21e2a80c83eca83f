"""What the cause laboratory shows: sweeps over one cause of a galaxy, shipped or computed live."""

from dataclasses import dataclass, replace
from importlib.util import find_spec
from threading import Lock

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

from galviz.artefacts.sweeps import SWEEPS, Sweeps
from galviz.network.card import ModelCard, read_card
from galviz.network.crops import network_crop
from galviz.survey.label import Label, describe_label
from galviz.survey.survey import Survey
from panels.caching import cache_data
from panels.network import has_torch, shared_network

# What follows from each cause in the simulator.
FOLLOWS = {
    "log_mass_msun": "Star formation, size, colours, dust, bulge, arms, clumps, brightness and metallicity follow.",
    "log_sfr_msun_yr": "Colours, dust, bulge, arms, clumps, emission lines, brightness and metallicity follow.",
    "redshift": "Brightness, colours and size on the sky follow; and the metallicity, because the spectrograph's fibre "
    "covers more of a distant galaxy.",
    "size_offset_dex": "The size of disc and bulge and the metallicity follow.",
    "disc_colour_mag": "The brightness follows, because a blue population of the same mass is brighter.",
    "dust_v_mag": "Brightness, colours and the dust lane follow.",
    "inclination_deg": "Shape, dust lane, brightness and colours follow.",
    "position_angle_deg": "Nothing follows: this is a control.",
    "bulge_fraction": "Size and concentration of the bulge, pitch of the arms and brightness follow.",
    "bar_strength": "The metallicity follows, which depends on whether there is a bar, not on its strength.",
    "arm_strength": "Nothing else follows.",
    "clumpiness": "Nothing else follows.",
    "seeing_arcsec": "Nothing else follows: only the image is blurred.",
}
# Rendering keeps the processor busy; several sessions at once would only slow each other.
_LOCK = Lock()


@dataclass(frozen=True, eq=False)
class Sweep:
    """A galaxy with one cause changed to several values.

    Attributes
    ----------
    cause : str
    table : DataFrame of n rows
        In ascending order of ``value``: ``true`` (if the network predicts the survey's label) and ``predicted`` label,
        ``observable``, and ``own``, True in one row.
    features : ndarray of shape (n, d)
    images : list of PIL.Image.Image, length n
        The network's crops.
    """

    cause: str
    table: pd.DataFrame
    features: np.ndarray
    images: list[Image.Image]

    @property
    def own(self) -> int:
        """Row of the unchanged galaxy."""
        return int(np.flatnonzero(self.table["own"])[0])

    def row_of(self, value: float) -> int:
        """Row of the value that is closest to another one."""
        return int(np.abs(self.table["value"].to_numpy() - value).argmin())


@st.cache_resource(show_spinner="Reading sweeps …")
def shipped_sweeps() -> Sweeps:
    """Load the shipped sweeps."""
    return SWEEPS.load()


def shipped_sweep(object_id: str, cause: str) -> Sweep:
    """Return one of the shipped sweeps."""
    sweeps = shipped_sweeps()
    rows = sweeps.sweep(object_id, cause)
    images = [sweeps.image(row) for row in rows.index]
    table = rows[["value", "true", "predicted", "observable", "own"]].reset_index(drop=True)
    return Sweep(cause, table, sweeps.features[rows.index], images)


def can_compute_live() -> bool:
    """Return whether galaxies can be drawn and predicted here, without importing what that needs.

    Examples
    --------
    >>> isinstance(can_compute_live(), bool)
    True
    """
    return has_torch() and find_spec("galsim") is not None and find_spec("astropy") is not None


def explain_live() -> None:
    """Say how to install what drawing galaxies needs."""
    st.info(
        "Drawing other galaxies needs GalSim and PyTorch, which aren't both installed here. On your own machine, run "
        '`pip install -e ".[simulate]"` in a clone of the project, then start the app again.',
        icon=":material/memory:",
    )


def live_causes(survey: Survey, object_id: str) -> list[str]:
    """The causes that can be changed in a galaxy."""
    from galviz.simulate.intervention import CHANGEABLE, applies_to  # here, because GalSim takes a second

    row = survey.catalogue.loc[object_id]
    return [cause for cause in CHANGEABLE if applies_to(row, cause)]


def live_range(survey: Survey, object_id: str, cause: str) -> tuple[float, float]:
    """Range of a cause in a galaxy."""
    from galviz.simulate.intervention import sweep_range

    return sweep_range(survey.catalogue, survey.catalogue.loc[object_id], cause)


def live_sweep(survey: Survey, object_id: str, cause: str, value: float, model: str | None) -> Sweep:
    """Draw a galaxy with other values of a cause, `value` among them, and predict each with a network."""
    from galviz.simulate.intervention import sweep_values

    row, card = survey.catalogue.loc[object_id], read_card(model)
    values = tuple(float(number) for number in sweep_values(survey.catalogue, row, cause))
    sweep = _compute(survey, object_id, cause, values, model, card.sha256)
    if value not in values:
        extra = _compute(survey, object_id, cause, (value,), model, card.sha256)
        table = pd.concat([sweep.table, extra.table], ignore_index=True)
        order = np.argsort(table["value"].to_numpy(), kind="stable")
        images = [*sweep.images, *extra.images]
        sweep = Sweep(
            cause,
            table.iloc[order].reset_index(drop=True),
            np.concatenate([sweep.features, extra.features])[order],
            [images[position] for position in order],
        )
    return sweep


@cache_data(max_entries=256, show_spinner="Drawing the galaxy …")
def _compute(
    survey: Survey, object_id: str, cause: str, values: tuple[float, ...], model: str | None, card_sha256: str
) -> Sweep:
    """Draw and predict a galaxy with each value of a cause; `card_sha256` only distinguishes networks."""
    from galviz.network.activations import ActivationRecorder
    from galviz.simulate.intervention import intervene, is_observable
    from galviz.simulate.rendering import render

    network, galaxy = shared_network(model), survey.catalogue.loc[object_id].to_dict()
    layer, card = network.layer_names[-1], network.card
    rows = [intervene(galaxy, cause, value) for value in values]
    with _LOCK:
        pictures = [render(row) for row in rows]
    activations, predicted = ActivationRecorder(network, [layer])(pictures)
    table = pd.DataFrame(
        {
            "value": values,
            "predicted": predicted,
            "observable": [is_observable(row) for row in rows],
            "own": [value == galaxy[cause] for value in values],
        }
    )
    if card.label == survey.label.column:
        table["true"] = [row[survey.label.column] for row in rows]
    crops = [network_crop(picture, card.pad_px, card.crop_px) for picture in pictures]
    return Sweep(cause, table, activations[layer], crops)


def predicted_label(card: ModelCard, survey: Survey, sweep: Sweep) -> Label:
    """The label that a network predicts: the survey's, if that is the same quantity."""
    if card.label == survey.label.column:
        return survey.label
    return replace(describe_label(card.label, sweep.table["predicted"].to_numpy(float)), unit=card.unit)
