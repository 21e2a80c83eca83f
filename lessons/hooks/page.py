"""Page of the lesson 'Hooks': a layer's activations for one galaxy and a sample, and the effect of training mode."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.artefacts.figures import Figures
from galviz.charts.heatmap import heatmap
from galviz.course.manifest import find_lesson
from galviz.features.features import Features
from galviz.network.card import ModelCard, read_card
from galviz.network.crops import network_crop
from galviz.survey.survey import Survey
from lessons.hooks.words import average, largest_change, rows_of_modes, rows_of_shapes
from panels.controls import choose_one
from panels.example_galaxy import ChosenGalaxy, choose_galaxy, feature_maps_of, galaxy_caption, shipped_figures
from panels.feature_space import shipped_features
from panels.live_activations import extract_live
from panels.pictures import show_pictures
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

# With the galaxy itself, two full rows of maps.
COLUMNS = 9
HOOK = """\
activations = []


def hook(module, args, output):
    activations.append(output.detach().cpu())


handle = layer.register_forward_hook(hook)
with torch.no_grad():
    network(images)
handle.remove()"""


def _choose_layer() -> str:
    """Draw the control for the layer. In the default layer the galaxy can still be recognised."""
    return choose_one("Layer", list(shipped_features().layers), "stage1", key="hook")


def _show_layer(controls: DeltaGenerator) -> None:
    survey, figures = open_shipped_survey().survey, shipped_figures()
    with controls:
        left, right = st.columns(2, gap="large")
        with left:
            layer = _choose_layer()
        with right:
            chosen = choose_galaxy(survey, figures)
    _show_maps(chosen, layer, survey, figures, read_card())


def _show_hook(controls: DeltaGenerator) -> None:
    """Draw a hook's code, and compute a layer of the sample live on request."""
    survey, features = open_shipped_survey().survey, shipped_features()
    st.code(HOOK, language="python")
    with controls:
        layer = _choose_layer()
        sample = choose_sample(survey)
    _compare_live(survey, sample, layer, features, read_card().unit)


def _show_sizes(controls: DeltaGenerator) -> None:
    with controls:
        sample = choose_sample(open_shipped_survey().survey)
    st.dataframe(rows_of_shapes(shipped_figures().layers, len(sample)), hide_index=True)


def _show_modes(controls: DeltaGenerator) -> None:  # this step has no controls
    figures = shipped_figures()
    st.dataframe(rows_of_modes(figures), hide_index=True)
    st.markdown(_effect_of_modes(figures, read_card().unit))


def _show_maps(chosen: ChosenGalaxy, layer: str, survey: Survey, figures: Figures, card: ModelCard) -> None:
    mapped = "stage4" if layer == "features" else layer  # features are stage 4's maps, each averaged
    maps, channels = feature_maps_of(chosen, survey, figures)[mapped], figures.channels[mapped]
    st.caption(
        f"{len(maps)} of the {card.layers[layer]} channels of {mapped}, those that vary most. "
        f"{galaxy_caption(chosen, survey)}. Below each: channel · its average, which is "
        f"{'the feature' if layer == 'features' else 'the value that galviz saves'}. Orange is positive, blue negative."
    )
    vmax = float(np.abs(maps).max())
    crop = network_crop(survey.image(chosen.object_id), card.pad_px, card.crop_px)
    show_pictures(
        [crop, *(heatmap(values, vmax=vmax) for values in maps)],
        ["the galaxy", *(f"{channel} · {average(values)}" for channel, values in zip(channels, maps, strict=True))],
        [f"The central {card.crop_px} px", *(f"Channel {channel} of {mapped}" for channel in channels)],
        columns=COLUMNS,
        sharp=True,
    )


def _compare_live(survey: Survey, sample: list[str], layer: str, features: Features, unit: str) -> None:
    """Extract a layer's activations for the sample on request, and compare them with the shipped ones."""
    live = extract_live(survey, sample, layer)
    if live is None:
        return
    values, rows = live.layers[layer], features.rows(sample)
    shipped = features.layers[layer][rows]
    st.markdown(
        f"Layer {layer} of {len(sample):,} galaxies, computed live: shape **{values.shape[0]:,} × "
        f"{values.shape[1]}**. Largest difference from what is shipped: **{np.abs(values - shipped).max():.1e}**, "
        f"for values up to {np.abs(shipped).max():.1f} (the file rounds to float16); of a prediction: "
        f"**{np.abs(live.predictions - features.predictions[rows]).max():.0e} {unit}**."
    )


def _effect_of_modes(figures: Figures, unit: str) -> str:
    together = largest_change(figures, "eval_together", "train_together")
    other_batch = largest_change(figures, "train_together", "train_halves")
    after = largest_change(figures, "eval_together", "eval_after")
    return (
        f"Training mode changes a prediction by up to **{together:.2f} {unit}**. In training mode, another batch alone "
        f"changes it by up to **{other_batch:.2f} {unit}**. After {figures.passes} batches in training mode, a "
        f"prediction in eval mode differs by up to **{after:.2f} {unit}**."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("hooks")
    steps = [
        Step("Feature maps of a layer", _show_layer, ("layers",), (0, 1), wide=True, figure=figure_source(lesson)),
        Step(
            "A forward hook",
            _show_hook,
            ("hook",),
            code=("galviz/network/layers.py:record_outputs", "galviz/features/extraction.py:extract"),
        ),
        Step("Averages over positions", _show_sizes, ("average",), (2,), wide=True),
        Step(
            "Eval mode",
            _show_modes,
            ("modes",),
            (3,),
            wide=True,
            code=("galviz/network/inspection.py:compare_modes",),
        ),
        Step(
            "Callbacks and shared networks",
            None,
            ("callbacks", "shared"),
            code=("galviz/network/snapshot.py:take_snapshot", "galviz/network/layers.py:record_outputs"),
        ),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)
