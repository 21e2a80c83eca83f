"""The galaxy that a lesson follows through the network: an example with shipped results, or any, computed live."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from galviz.artefacts.figures import LESSON_FIGURES, Figures
from galviz.network.anatomy import MAPS
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from panels.caching import cache_data
from panels.controls import choose_number, choose_one, in_url
from panels.network import explain_torch, has_torch, shared_network
from panels.sampling import choose_sample


class ChosenGalaxy(NamedTuple):
    """A galaxy, and whether its results are computed live."""

    object_id: str
    live: bool


@st.cache_resource(show_spinner="Reading figures …")
def shipped_figures() -> Figures:
    """Load the shipped results of the example galaxies."""
    return LESSON_FIGURES.load()


def choose_galaxy(survey: Survey, figures: Figures, sample: list[str] | None = None) -> ChosenGalaxy:
    """Draw the controls for the galaxy.

    Parameters
    ----------
    survey : Survey
        The shipped one.
    figures : Figures
    sample : list of str, optional
        The student's sample; by default the sample's slider is drawn here.
    """
    label, examples = survey.catalogue[survey.label.column], figures.object_ids
    live = in_url(
        st.toggle,
        "Any galaxy of your sample, live",
        key="live",
        help="Compute the results of any galaxy now. Otherwise precomputed results of a few examples are shown.",
    )
    if live and has_torch():
        ranked = label.loc[choose_sample(survey) if sample is None else sample].sort_values(kind="stable").index
        position = choose_number(
            "Its place in the sample, by rising metallicity", 1, len(ranked), (len(ranked) + 1) // 2, key="place"
        )
        return ChosenGalaxy(str(ranked[position - 1]), True)
    if live:
        explain_torch()
    middle = (len(examples) + 1) // 2
    position = choose_one("Galaxy, by rising metallicity", range(1, len(examples) + 1), middle, key="example")
    return ChosenGalaxy(examples[position - 1], False)


def galaxy_caption(chosen: ChosenGalaxy, survey: Survey) -> str:
    """Describe the chosen galaxy for a caption."""
    metallicity = survey.catalogue[survey.label.column][chosen.object_id]
    live = ", computed live" if chosen.live else ""
    return f"Simulated galaxy {chosen.object_id}, {survey.label.column} {metallicity:.2f}{live}"


def feature_maps_of(chosen: ChosenGalaxy, survey: Survey, figures: Figures) -> dict[str, np.ndarray]:
    """Return a galaxy's feature maps by the names of `MAPS`, each of shape (n_kept_channels, height, width)."""
    if not chosen.live:
        return {name: figures.maps[chosen.object_id, name] for name in MAPS}
    return _live_maps(survey, chosen.object_id)


def augmented_images(chosen: ChosenGalaxy, survey: Survey, figures: Figures, draw: int) -> dict[str, list[Image.Image]]:
    """Return a galaxy's augmented images by the names of the steps; `draw` is the random seed of live ones."""
    if not chosen.live:
        return {
            step: images for (object_id, step), images in figures.augmented.items() if object_id == chosen.object_id
        }
    return _live_augmented(survey, chosen.object_id, draw)


@cache_data(max_entries=32, show_spinner="Computing feature maps …")
def _live_maps(survey: Survey, object_id: str) -> dict[str, np.ndarray]:
    from galviz.network.inspection import record_maps

    maps, channels = record_maps(shared_network(), survey.image(object_id)), shipped_figures().channels
    return {name: maps[name][channels[name]] for name in MAPS}


@cache_data(max_entries=32, show_spinner="Augmenting the image …")
def _live_augmented(survey: Survey, object_id: str, draw: int) -> dict[str, list[Image.Image]]:
    from galviz.training.preview import augment

    return augment(survey.image(object_id), read_card(), seed=draw)
