"""Page of the lesson 'Galaxies as points': thumbnails in the plane of two components, and galaxies along each."""

from functools import partial

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.charts import image_scatter
from galviz.course.manifest import find_lesson
from galviz.survey.sample import spread_out
from galviz.survey.survey import Survey
from panels.controls import choose_axes, choose_components, choose_layer, choose_number, choose_one, limit_components
from panels.export import offer_export
from panels.feature_space import MAX_PICTURES, MIN_DISTANCE, points_table, project, shipped_features
from panels.pictures import show_grid
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

ROW = 8
CROP_PX = 72


def _show_plane(controls: DeltaGenerator, *, with_frame: bool = False) -> None:
    """Draw some galaxies of the sample in the plane of two components."""
    label, framed_by, count = open_shipped_survey().survey.label, "true", MAX_PICTURES
    with controls:
        if with_frame:
            framed_by = choose_one("Frame", ["true", "predicted"], "true", key="frame")
            count = _choose_count()
        points, layer = _choose_points()
        x, y = choose_axes(_n_components(points), y_default="PC3", key="up")  # as in the tutorial's figure
    shown = points.iloc[spread_out(points[[x, y]], count, min_distance=MIN_DISTANCE)]
    chart = image_scatter(shown, x, y, label, framed_by=framed_by)
    st.altair_chart(chart, key=f"{x}-{y}-{layer}")
    st.caption(
        f"{len(shown)} of the {len(points):,} simulated galaxies in the sample, layer {layer}: their central "
        f"{CROP_PX} px, framed in the colour of their {framed_by} metallicity."
    )
    offer_export(chart, f"galaxies-as-points-{layer}-{x}-{y}", key="export")


def _show_along(controls: DeltaGenerator) -> None:
    """Draw the lowest, the middle and the highest galaxies along one component."""
    with controls:
        left, right = st.columns(2, gap="large")
        with left:
            points, layer = _choose_points()
        with right:
            names = [f"PC{number}" for number in range(1, _n_components(points) + 1)]
            component = choose_one("Component", names, "PC1", key="along")
            st.caption(f"{len(points):,} simulated galaxies in the sample, layer {layer}.")
    _show_ends(open_shipped_survey().survey, points, component)


def _choose_points() -> tuple[pd.DataFrame, str]:
    """Draw the controls for the components of a sample; return its table of points, and the layer."""
    opened, features = open_shipped_survey(), shipped_features()
    layer = choose_layer(list(features.layers))
    sample = choose_sample(opened.survey)
    n_components = limit_components(choose_components(), len(sample), features.layers[layer].shape[1])
    projection = project(features, layer, sample, n_components)
    return points_table(opened, features, projection.coordinates, sample, opened.survey.label), layer


def _n_components(points: pd.DataFrame) -> int:
    return sum(name.startswith("PC") for name in points)


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
    lesson = find_lesson("points")
    steps = [
        Step(
            "Galaxies in their places",
            _show_plane,
            ("look",),
            (0, 2),
            code=(image_scatter, spread_out),
            figure=figure_source(lesson),
        ),
        Step("Frames and gaps", partial(_show_plane, with_frame=True), ("frames",), (1, 3)),
        Step("Along one component", _show_along, ("along",), (4,), wide=True),
    ]
    show_lesson(lesson, open_shipped_survey(), steps)
