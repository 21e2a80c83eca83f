"""Page of the lesson 'The galaxies': a survey sorted by its label, one galaxy in detail, and crops."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st
from PIL import Image

from galviz.charts import label_histogram, value_format
from galviz.course.manifest import find_lesson
from galviz.course.prose import Sections
from galviz.network.crops import centre_crop, outline_crops
from galviz.survey.label import METALLICITY
from galviz.survey.sample import draw_sample, evenly_ranked
from galviz.survey.survey import Survey
from lessons.galaxies.words import causes_table, describe, oxygen_per_million
from panels.controls import choose_number
from panels.lesson_frame import begin_lesson, end_lesson
from panels.markdown import escape_markdown
from panels.pictures import choose_crop, show_grid, show_picture
from panels.sampling import choose_sample
from panels.source_code import figure_source, show_code
from panels.surveys import OpenSurvey, open_survey

GRID_SIZE = 24
CROPS = {144: "orange", 112: "cyan"}
WIDTH_PX = 272


@dataclass(frozen=True)
class Ranking:
    """A sample sorted by its label, or by its ids if there is no label.

    Attributes
    ----------
    values : Series, index objID
        The label, or the rank by id.
    captions : dict of str to str
        The caption of each galaxy.
    order : str
        Description of the order.
    """

    values: pd.Series
    captions: dict[str, str]
    order: str


def _rank(survey: Survey, sample: list[str]) -> Ranking:
    label = survey.label
    if label is None:
        return Ranking(
            pd.Series(range(len(sample)), index=sorted(sample)),
            {object_id: escape_markdown(f"…{object_id[-6:]}") for object_id in sample},
            "in the order of their ids. Below each: its place · the end of its id",
        )
    values, digits = survey.catalogue.loc[sample, label.column], value_format(label)
    name = f"{label.name[0].lower()}{label.name[1:]}" if _is_metallicity(survey) else escape_markdown(label.name)
    return Ranking(
        values,
        {object_id: f"{value:{digits}}" for object_id, value in values.items()},
        f"from the lowest to the highest. Below each: its place · {name}",
    )


def _is_metallicity(survey: Survey) -> bool:
    return survey.label is not None and survey.label.column == METALLICITY


def _show_galaxies(
    opened: OpenSurvey, ranking: Ranking, shown: list[str], side_px: int | None, no_label: str | None
) -> None:
    captions = [f"{place} · {ranking.captions[object_id]}" for place, object_id in enumerate(shown, start=1)]
    if no_label is not None:
        st.info(no_label, icon=":material/label_off:")
    st.caption(f"{len(shown)} of the {len(ranking.values):,} {opened.galaxies} in the sample, {ranking.order}.")
    show_grid(opened.survey, shown, captions, [f"Galaxy {caption}" for caption in captions], side_px=side_px)


def _describe_galaxy(opened: OpenSurvey, object_id: str) -> None:
    label, galaxy = opened.survey.label, opened.survey.catalogue.loc[object_id]
    st.caption(f"{'Simulated galaxy' if opened.shipped else 'Galaxy'} {escape_markdown(object_id)}")
    st.markdown(describe(galaxy))
    if label is not None:
        value = f"{galaxy[label.column]:{value_format(label)}}"
        truth = f"{escape_markdown(label.name)}: **{value}** {escape_markdown(label.unit)}"
        if _is_metallicity(opened.survey):
            truth += f", or {oxygen_per_million(galaxy[label.column]):,} oxygen atoms per million hydrogen atoms"
        st.markdown(f"{truth}.")


def _show_crops(image: Image.Image, object_id: str) -> None:
    scale = WIDTH_PX / max(image.size)  # one for all three, to show what is cut off
    magnification = max(1, round(2 * scale))  # for sharp screens
    with st.container(horizontal=True, vertical_alignment="bottom"):
        outlined = outline_crops(image, CROPS, magnification=magnification)
        whole = f"All {image.width} × {image.height} px, with the crops' edges"
        show_picture(outlined, whole, f"Galaxy {object_id} with the crops' edges", width_px=round(image.width * scale))
        for side, colour in CROPS.items():
            crop = centre_crop(image, side).resize((side * magnification, side * magnification))
            edge = f"{colour} edge" if side <= min(image.size) else "black outside the image"
            caption = f"The central {side} px ({edge})"
            show_picture(crop, caption, f"Its central {side} pixels", width_px=round(side * scale))


def _show_histogram(survey: Survey, ranking: Ranking, shown: list[str], chosen: str) -> None:
    label = survey.label
    if label is None:
        return
    name, digits = f"{label.name} [{label.unit}]", value_format(label)
    chart = label_histogram(ranking.values, name, marked_ids=shown, selected_id=chosen, number_format=digits)
    st.altair_chart(chart)
    st.caption("Bars: the sample. Ticks: the galaxies of the grid. Line: this galaxy.")


def _show_one(opened: OpenSurvey, ranking: Ranking, shown: list[str], text: Sections) -> None:
    place = 1
    if len(shown) > 1:
        place = choose_number("Its place in the grid", 1, len(shown), (len(shown) + 1) // 2, key="galaxy")
    survey, object_id = opened.survey, shown[place - 1]
    image = survey.image(object_id)
    _describe_galaxy(opened, object_id)
    _show_crops(image, object_id)
    left, right = st.columns(2, gap="large")
    left.markdown(text["crops"])
    if opened.shipped:
        left.markdown(text["causes"])
    with right:
        _show_histogram(survey, ranking, shown, object_id)
    with st.expander("All columns of the catalogue", icon=":material/table_rows:", expanded=opened.shipped):
        st.dataframe(causes_table(survey.catalogue.loc[object_id]), hide_index=True)


def page() -> None:
    """Draw the page."""
    lesson, opened = find_lesson("galaxies"), open_survey()
    text, survey = begin_lesson(lesson, opened), opened.survey

    top = st.container()  # above its controls
    left, right = st.columns([3, 2], gap="large")
    with left:
        sample = choose_sample(survey)
    with right:
        side_px = choose_crop(survey)
    ranking = _rank(survey, sample)
    shown = evenly_ranked(ranking.values, GRID_SIZE)
    with top:
        _show_galaxies(opened, ranking, shown, side_px, text["no-label"] if survey.label is None else None)

    left, right = st.columns(2, gap="large")
    if opened.shipped:
        left.markdown(text["look"])
    left.markdown(text["colours"])
    if _is_metallicity(survey):
        right.markdown(text["metallicity"])

    st.header("One galaxy")
    _show_one(opened, ranking, shown, text)

    if _is_metallicity(survey):
        st.header("Where the label comes from")
        st.container(width=720).markdown(text["label-shipped" if opened.shipped else "label-own"])
    show_code(
        draw_sample,
        evenly_ranked,
        centre_crop,
        matplotlib=figure_source(lesson),
    )
    end_lesson(lesson, text)
