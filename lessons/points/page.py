"""Page of the lesson 'Galaxies as points': images in the plane of two components, and the extremes along one."""

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from galviz.charts import image_scatter
from galviz.course.manifest import find_lesson
from galviz.survey.sample import spread_out
from panels.controls import choose_axes, choose_number, choose_one
from panels.export import offer_export
from panels.feature_space import MAX_PICTURES, MIN_DISTANCE
from panels.lesson_space import LessonSample, choose_lesson_sample, open_lesson_space
from panels.markdown import escape_markdown
from panels.pictures import show_grid
from panels.source_code import figure_source
from panels.steps import Step, show_lesson

ROW = 8
CROP_PX = 72


def _show_plane(controls: DeltaGenerator, *, with_frame: bool = False) -> None:
    """Draw images of selected galaxies in the plane of two components."""
    with controls:
        sample = choose_lesson_sample(least_components=2)
        if sample is None:
            return
        points, layer, label, count = sample.points(), sample.layer, sample.space.label, MAX_PICTURES
        frames = [kind for kind in ("true", "predicted") if kind in points and points[kind].notna().any()]
        framed_by = frames[0] if frames else None
        if with_frame:
            framed_by = choose_one("Frame", frames, framed_by, key="frame") if len(frames) > 1 else framed_by
            count = _choose_count()
        x, y = choose_axes(len(sample.projection.components), y_default="PC3", key="up")  # as in the tutorial's figure
    shown = points.iloc[spread_out(points[[x, y]], count, min_distance=MIN_DISTANCE)]
    chart = image_scatter(shown, x, y, label, framed_by=framed_by)
    st.altair_chart(chart, key=f"{x}-{y}-{layer}")
    framing = "" if framed_by is None else f" Frame colour: {framed_by} {sample.space.label_name}."
    st.caption(
        f"{len(shown)} of the {sample.counted} in the sample, layer {escape_markdown(layer)}. Central {CROP_PX} px of "
        f"each image.{framing}"
    )
    offer_export(chart, f"galaxies-as-points-{layer}-{x}-{y}", key="export")


def _show_along(controls: DeltaGenerator) -> None:
    """Draw the galaxies with the lowest, middle and highest coordinates along one component."""
    with controls:
        left, right = st.columns(2, gap="large")
        with left:
            sample = choose_lesson_sample()
        if sample is None:
            return
        with right:
            names = [f"PC{number}" for number in range(1, len(sample.projection.components) + 1)]
            component = choose_one("Component", names, "PC1", key="along")
            st.caption(f"{sample.counted} in the sample, layer {escape_markdown(sample.layer)}.")
    _show_ends(sample, component)


def _choose_count() -> int:
    return choose_number(
        "Pictures at most",
        10,
        MAX_PICTURES,
        MAX_PICTURES,
        key="pictures",
        help="Galaxies that are far from each other. Images that would overlap are left out, so there may be fewer.",
    )


def _show_ends(sample: LessonSample, component: str) -> None:
    points, space = sample.points(), sample.space
    has_labels = "true" in points
    quantities = component + (f" · true {space.label_name}" if has_labels else "")
    sorted_ids = points[component].sort_values(kind="stable").index
    n_images = min(ROW, len(sorted_ids) // 3) or 1  # no galaxy is in two rows
    middle = (len(sorted_ids) - n_images) // 2
    rows = {
        "Lowest": sorted_ids[:n_images],
        "Middle": sorted_ids[middle : middle + n_images],
        "Highest": sorted_ids[-n_images:],
    }
    for name, object_ids in rows.items():
        captions = [f"{points[component][object_id]:+.1f}" for object_id in object_ids]
        if has_labels:
            labels = [f"{points['true'][object_id]:{space.number_format()}}" for object_id in object_ids]
            captions = [f"{caption} · {label}" for caption, label in zip(captions, labels, strict=True)]
        captions = [caption.replace("-", "−") for caption in captions]
        descriptions = [
            f"{name} {component}: galaxy {object_id}, {caption}"
            for object_id, caption in zip(object_ids, captions, strict=True)
        ]
        st.caption(f"{name} {component}. Below each image: {quantities}.")
        show_grid(space.opened.survey, object_ids, captions, descriptions, side_px=CROP_PX)


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("points")
    steps = [
        Step(
            "Images in the feature space",
            _show_plane,
            ("look",),
            (0, 2),
            code=(image_scatter, spread_out),
            figure=figure_source(lesson),
        ),
        Step("Frame colour and selection", partial(_show_plane, with_frame=True), ("frames",), (1, 3)),
        Step("Extremes of a component", _show_along, ("along",), (4,), wide=True),
    ]
    space = open_lesson_space()
    show_lesson(lesson, space.opened, steps, uses_own=space.is_own)
