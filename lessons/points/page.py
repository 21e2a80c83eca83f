"""Page of the lesson 'Galaxies as points': thumbnails in the plane of two components, and galaxies along each."""

import pandas as pd
import streamlit as st

from galviz.charts import image_scatter
from galviz.course.manifest import find_lesson
from galviz.survey.sample import spread_out
from galviz.survey.survey import Survey
from panels.controls import choose_axes, choose_components, choose_layer, choose_number, choose_one, limit_components
from panels.export import offer_export
from panels.feature_space import MAX_PICTURES, MIN_DISTANCE, points_table, project, shipped_features
from panels.lesson_frame import begin_lesson, end_lesson
from panels.pictures import show_grid
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import open_shipped_survey

ROW = 8
CROP_PX = 72


def _choose_count() -> int:
    return choose_number(
        "Pictures at most",
        10,
        MAX_PICTURES,
        MAX_PICTURES,
        key="pictures",
        help="Galaxies of the sample that are far from each other. Those that would overlap others are left out.",
    )


def _show_ends(survey: Survey, points: pd.DataFrame, component: str) -> None:
    """Draw the lowest, the middle and the highest galaxies along one component."""
    ordered = points[component].sort_values(kind="stable").index
    row = min(ROW, len(ordered) // 3) or 1  # no galaxy is in two rows
    middle = (len(ordered) - row) // 2
    parts = {"Lowest": ordered[:row], "Middle": ordered[middle : middle + row], "Highest": ordered[-row:]}
    for name, part in parts.items():
        captions = [f"{points[component][one]:+.1f} · {points['true'][one]:.2f}".replace("-", "−") for one in part]
        descriptions = [f"{name} {component}: galaxy {one}, {words}" for one, words in zip(part, captions, strict=True)]
        st.caption(f"{name} {component}. Below each: {component} · true metallicity.")
        show_grid(survey, part, captions, descriptions, side_px=CROP_PX)


def page() -> None:
    """Draw the page."""
    lesson, opened, features = find_lesson("points"), open_shipped_survey(), shipped_features()
    text = begin_lesson(lesson, opened)
    label = opened.survey.label

    top = st.container()  # above its controls
    left, right = st.columns(2, gap="large")
    with left:
        sample = choose_sample(opened.survey)
        n_components = choose_components()
        count = _choose_count()
    with right:
        layer = choose_layer(list(features.layers))
        n_components = limit_components(n_components, len(sample), features.layers[layer].shape[1])
        x, y = choose_axes(n_components, y_default="PC3", key="up")  # as in the tutorial's figure
        framed_by = choose_one("Frame", ["true", "predicted"], "true", key="frame")
    projection = project(features, layer, sample, n_components)
    points = points_table(opened, features, projection.coordinates, sample, label)
    shown = points.iloc[spread_out(points[[x, y]], count, min_distance=MIN_DISTANCE)]
    with top:
        chart = image_scatter(shown, x, y, label, framed_by=framed_by)
        st.altair_chart(chart, key=f"{x}-{y}-{layer}")
        st.caption(
            f"{len(shown)} of the {len(sample):,} simulated galaxies in the sample, layer {layer}: their central "
            f"{CROP_PX} px, framed in the colour of their {framed_by} metallicity."
        )
        offer_export(chart, f"galaxies-as-points-{layer}-{x}-{y}", key="export")

    left, right = st.columns(2, gap="large")
    left.markdown(text["look"])
    right.markdown(text["frames"])

    st.header("Along one component")
    st.container(width=720).markdown(text["along"])
    component = choose_one("Component", [f"PC{number}" for number in range(1, n_components + 1)], "PC1", key="along")
    _show_ends(opened.survey, points, component)
    show_code(image_scatter, spread_out, matplotlib=figure_source(lesson))
    end_lesson(lesson, text)
