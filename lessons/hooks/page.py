"""Page of the lesson 'Hooks': a layer's answers to one galaxy and to a sample, and what training mode does to them."""

import numpy as np
import streamlit as st

from galviz.card import read_card
from galviz.crops import network_crop
from galviz.heatmap import heatmap
from lessons import lesson
from lessons.hooks.words import average, largest_change, rows_of_modes, rows_of_shapes
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import choose_one
from panels.feature_space import shipped_features
from panels.galaxy import choose_galaxy, maps_of, shipped_figures, told
from panels.live_sample import extract_live
from panels.pictures import show_pictures
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

# With the galaxy itself, two full rows of maps.
COLUMNS = 9

LESSON = lesson("hooks")
opened, figures, features, card = open_shipped_survey(), shipped_figures(), shipped_features(), read_card()
survey = opened.survey
TEXT = begin(LESSON, opened)

picture = st.container()  # above the controls that decide on it
left, right = st.columns(2, gap="large")
with right:
    # Not the other pages' layer: this one begins where the galaxy can still be seen.
    layer = choose_one("Layer to hook", list(features.layers), "stage1", key="hook")
    sample = choose_sample(survey)
with left:
    chosen = choose_galaxy(survey, figures, sample)
mapped = "stage4" if layer == "features" else layer  # features are stage 4's maps, each averaged
maps, channels = maps_of(chosen, survey, figures)[mapped], figures.channels[mapped]
with picture:
    st.caption(
        f"{len(maps)} of the {card.layers[layer]} channels of {mapped}, those that vary most. "
        f"{told(chosen, survey)}. Below each: channel · its average, which is "
        f"{'the feature' if layer == 'features' else 'what is kept of it'}. Orange is positive, blue negative."
    )
    largest = float(np.abs(maps).max())
    crop = network_crop(survey.image(chosen.object_id), card.pad_px, card.crop_px)
    show_pictures(
        [crop, *(heatmap(values, largest=largest) for values in maps)],
        ["the galaxy", *(f"{channel} · {average(values)}" for channel, values in zip(channels, maps, strict=True))],
        [f"The central {card.crop_px} px", *(f"Channel {channel} of {mapped}" for channel in channels)],
        columns=COLUMNS,
        sharp=True,
    )

left, right = st.columns(2, gap="large")
left.markdown(TEXT["hook"])
right.markdown(TEXT["layers"])

st.header("Your sample")
st.dataframe(rows_of_shapes(figures.layers, len(sample)), hide_index=True)
left, right = st.columns(2, gap="large")
left.markdown(TEXT["average"])
with right:
    found = extract_live(survey, sample, layer)
    if found is not None:
        values, rows = found.layers[layer], features.rows(sample)
        shipped = features.layers[layer][rows]
        st.markdown(
            f"Layer {layer} of {len(sample):,} galaxies, caught live: shape **{values.shape[0]:,} × "
            f"{values.shape[1]}**. Largest difference from what is shipped: **{np.abs(values - shipped).max():.1e}**, "
            f"of numbers up to {np.abs(shipped).max():.1f} (the file rounds to float16); of a prediction: "
            f"**{np.abs(found.predictions - features.predictions[rows]).max():.0e} {card.unit}**."
        )

st.header("Eval mode, or the wrong numbers")
st.dataframe(rows_of_modes(figures), hide_index=True)
left, right = st.columns(2, gap="large")
left.markdown(TEXT["modes"])
right.markdown(
    f"Training mode changes a prediction by up to **{largest_change(figures, 'eval_together', 'train_together'):.2f} "
    f"{card.unit}**, the company alone by up to "
    f"**{largest_change(figures, 'train_together', 'train_halves'):.2f} {card.unit}**. And {figures.passes} batches in "
    f"training mode have left their mark: back in eval mode, a prediction is off by up to "
    f"**{largest_change(figures, 'eval_together', 'eval_after'):.2f} {card.unit}**."
)

st.header("Callback or hook?")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["callbacks"])
right.markdown(TEXT["shared"])
show_code(
    "galviz/snapshot.py:take_snapshot",
    "galviz/activations.py:record",
    "galviz/activations.py:extract",
    "galviz/inspection.py:effect_of_training_mode",
    matplotlib=figure_source(LESSON),
)
end(LESSON, TEXT)
