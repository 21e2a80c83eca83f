"""The one galaxy that a lesson takes through the network: an example with shipped figures, or any, computed live."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from galviz.artefacts.figures import LESSON_FIGURES, Figures
from galviz.network.anatomy import MAPS
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from panels.caching import cache_data
from panels.controls import choose_number, choose_one, in_address
from panels.live import say_how_to_get_torch, shared_network, torch_is_here
from panels.sampling import choose_sample


class Chosen(NamedTuple):
    """A galaxy, and whether what is shown of it is computed live."""

    object_id: str
    live: bool


@st.cache_resource(show_spinner="Reading figures …")
def shipped_figures() -> Figures:
    """The lessons' figures, once for all sessions."""
    return LESSON_FIGURES.load()


def choose_galaxy(survey: Survey, figures: Figures, sample: list[str] | None = None) -> Chosen:
    """Draw the controls for the galaxy that is looked at.

    Parameters
    ----------
    survey : Survey
        The shipped one.
    figures : Figures
    sample : list of str, optional
        The student's sample; by default its slider is drawn here, where it is needed.
    """
    label, examples = survey.catalogue[survey.label.column], figures.object_ids
    live = in_address(
        st.toggle,
        "Any galaxy of your sample, live",
        key="live",
        help="It is then computed for you, as you wait; else you see what was computed before, of a few examples.",
    )
    if live and torch_is_here():
        ranked = label.loc[choose_sample(survey) if sample is None else sample].sort_values(kind="stable").index
        place = choose_number(
            "Its place in the sample, by rising metallicity", 1, len(ranked), (len(ranked) + 1) // 2, key="place"
        )
        return Chosen(str(ranked[place - 1]), True)
    if live:
        say_how_to_get_torch()
    middle = (len(examples) + 1) // 2
    place = choose_one("Galaxy, by rising metallicity", range(1, len(examples) + 1), middle, key="example")
    return Chosen(examples[place - 1], False)


def galaxy_caption(chosen: Chosen, survey: Survey) -> str:
    """The chosen galaxy in words, for a caption."""
    metallicity = survey.catalogue[survey.label.column][chosen.object_id]
    live = ", computed live" if chosen.live else ""
    return f"Simulated galaxy {chosen.object_id}, {survey.label.column} {metallicity:.2f}{live}"


def maps_of(chosen: Chosen, survey: Survey, figures: Figures) -> dict[str, np.ndarray]:
    """What the network makes of a galaxy, by the names of `MAPS`: of the channels that are kept, (k, height, width)."""
    if not chosen.live:
        return {name: figures.maps[chosen.object_id, name] for name in MAPS}
    return _live_maps(survey, chosen.object_id)


def augmented(chosen: Chosen, survey: Survey, figures: Figures, draw: int) -> dict[str, list[Image.Image]]:
    """What training does to a galaxy's image, by the names of its steps; `draw` counts the draws that are live."""
    if not chosen.live:
        return {step: images for (one, step), images in figures.augmented.items() if one == chosen.object_id}
    return _live_augmented(survey, chosen.object_id, draw)


# Both are the same for whoever asks for the same, and so are kept for all sessions.


@cache_data(max_entries=32, show_spinner="The network looks at it …")
def _live_maps(survey: Survey, object_id: str) -> dict[str, np.ndarray]:
    from galviz.network.inspection import inside

    maps, channels = inside(shared_network(), survey.image(object_id)), shipped_figures().channels
    return {name: maps[name][channels[name]] for name in MAPS}


@cache_data(max_entries=32, show_spinner="Drawing …")
def _live_augmented(survey: Survey, object_id: str, draw: int) -> dict[str, list[Image.Image]]:
    from galviz.training.preview import augment

    return augment(survey.image(object_id), read_card(), seed=draw)
