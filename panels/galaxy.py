"""The one galaxy that a lesson takes through the network: an example with shipped figures, or any, computed live."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from PIL import Image

from galviz.card import read_card
from galviz.figures import MAPS, Figures, load_figures
from galviz.survey import Survey
from panels.controls import choose_one
from panels.live import say_how_to_get_torch, shared_network, torch_is_here
from panels.sampling import choose_sample


class Chosen(NamedTuple):
    """A galaxy, and whether what is shown of it is computed live."""

    object_id: str
    live: bool


@st.cache_resource(show_spinner="Reading figures …")
def shipped_figures() -> Figures:
    """The lessons' figures, once for all sessions."""
    return load_figures()


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
    live = st.toggle(
        "Any galaxy of your sample, live",
        key="live",
        bind="query-params",
        help="It is then computed for you, as you wait; else you see what was computed before, of a few examples.",
    )
    if live and torch_is_here():
        ranked = label.loc[choose_sample(survey) if sample is None else sample].sort_values(kind="stable").index
        place = st.slider(
            "Its place in the sample, by rising metallicity",
            min_value=1,
            max_value=len(ranked),
            value=(len(ranked) + 1) // 2,
            key="place",
            bind="query-params",
        )
        return Chosen(str(ranked[place - 1]), True)
    if live:
        say_how_to_get_torch()
    middle = (len(examples) + 1) // 2
    place = choose_one("Galaxy, by rising metallicity", range(1, len(examples) + 1), middle, key="example")
    return Chosen(examples[place - 1], False)


def told(chosen: Chosen, survey: Survey) -> str:
    """The chosen galaxy in words, for a caption."""
    metallicity = survey.catalogue[survey.label.column][chosen.object_id]
    live = ", computed live" if chosen.live else ""
    return f"Simulated galaxy {chosen.object_id}, {survey.label.column} {metallicity:.2f}{live}"


def maps_of(chosen: Chosen, survey: Survey, figures: Figures) -> dict[str, np.ndarray]:
    """What the network makes of a galaxy, by the names of `MAPS`: of the channels that are kept, (k, height, width)."""
    if not chosen.live:
        return {name: figures.maps[chosen.object_id, name] for name in MAPS}
    return _inside(survey.sha256, chosen.object_id, survey, figures)


def augmented(chosen: Chosen, survey: Survey, figures: Figures, draw: int) -> dict[str, list[Image.Image]]:
    """What training does to a galaxy's image, by the names of its steps; `draw` counts the draws that are live."""
    if not chosen.live:
        return {step: images for (one, step), images in figures.augmented.items() if one == chosen.object_id}
    return _augmented(survey.sha256, chosen.object_id, draw, survey)


# Both are the same for whoever asks for the same, and so are kept for all sessions.


@st.cache_data(max_entries=32, show_spinner="The network looks at it …")
def _inside(survey_sha256: str, object_id: str, _survey: Survey, _figures: Figures) -> dict[str, np.ndarray]:
    from galviz.inspection import inside

    found = inside(shared_network(None, read_card().weights_sha256), _survey.image(object_id))
    return {name: found[name][_figures.channels[name]] for name in MAPS}


@st.cache_data(max_entries=32, show_spinner="Drawing …")
def _augmented(survey_sha256: str, object_id: str, draw: int, _survey: Survey) -> dict[str, list[Image.Image]]:
    from galviz.training.preview import augment

    return augment(_survey.image(object_id), read_card(), seed=draw)
