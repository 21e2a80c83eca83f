"""Page of the lesson 'The galaxies': a survey sorted by its label, one galaxy in detail, and crops."""

from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from galviz.charts import label_histogram, value_format
from galviz.course.manifest import find_lesson
from galviz.network.crops import centre_crop, outline_crops
from galviz.survey.label import METALLICITY
from galviz.survey.sample import draw_sample, evenly_ranked
from galviz.survey.survey import Survey
from lessons.galaxies.words import causes_table, describe, oxygen_per_million
from panels.controls import choose_number
from panels.markdown import escape_markdown
from panels.pictures import choose_crop, show_grid, show_picture, show_pictures
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import OpenSurvey, open_survey

GRID_SIZE = 24
CROPS = {144: "orange", 112: "cyan"}
WIDTH_PX = 272
# Width of the picture of one galaxy.
LARGE_PX = 480


def _sections_about_origin(opened: OpenSurvey) -> tuple[str, ...]:
    """Select the sections on the origin of a survey's labels and columns."""
    if opened.shipped:
        return ("label-shipped",)
    return ("label-own",) if _is_metallicity(opened.survey) else ()


@dataclass(frozen=True)
class Ranking:
    """A sample sorted by its label, or by its ids if there is no label.

    Attributes
    ----------
    values : Series, index objID
        The label, or the rank of the id.
    captions : dict of str to str
        Caption per galaxy.
    order : str
        Description of the order and of the captions.
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
            "sorted by id. Below each image: position · last digits of the id",
        )
    values, digits = survey.catalogue.loc[sample, label.column], value_format(label)
    name = f"{label.name[0].lower()}{label.name[1:]}" if _is_metallicity(survey) else escape_markdown(label.name)
    return Ranking(
        values,
        {object_id: f"{value:{digits}}" for object_id, value in values.items()},
        f"sorted by {name}, lowest first. Below each image: position · {name}",
    )


def _is_metallicity(survey: Survey) -> bool:
    return survey.label is not None and survey.label.column == METALLICITY


def _choose_ranking(survey: Survey) -> tuple[Ranking, list[str]]:
    """Draw the control for the sample; return the sorted sample, and the ids in the grid."""
    ranking = _rank(survey, choose_sample(survey))
    return ranking, evenly_ranked(ranking.values, GRID_SIZE)


def _choose_one(survey: Survey) -> tuple[Ranking, list[str], str]:
    """Draw the controls for the sample and one galaxy; return the sorted sample, the ids in the grid and the id."""
    ranking, shown = _choose_ranking(survey)
    place = 1
    if len(shown) > 1:
        place = choose_number("Its place in the grid", 1, len(shown), (len(shown) + 1) // 2, key="galaxy")
    return ranking, shown, shown[place - 1]


def _show_grid(opened: OpenSurvey, controls: DeltaGenerator) -> None:
    """Draw a grid of galaxies, with evenly spaced ranks."""
    with controls:
        left, right = st.columns([3, 2], gap="large")
        with left:
            ranking, shown = _choose_ranking(opened.survey)
        with right:
            side_px = choose_crop(opened.survey)
    captions = [f"{place} · {ranking.captions[object_id]}" for place, object_id in enumerate(shown, start=1)]
    st.caption(f"{len(shown)} of the {len(ranking.values):,} {opened.galaxies} in the sample, {ranking.order}.")
    show_grid(opened.survey, shown, captions, [f"Galaxy {caption}" for caption in captions], side_px=side_px)


def _show_one(opened: OpenSurvey, controls: DeltaGenerator) -> None:
    with controls:
        *_, object_id = _choose_one(opened.survey)
        _describe_galaxy(opened, object_id)
    image = opened.survey.image(object_id)
    show_pictures(
        [image.resize((LARGE_PX, round(LARGE_PX * image.height / image.width)))],
        [f"{image.width} × {image.height} px"],
        [f"Galaxy {object_id}"],
        columns=1,
    )


def _show_crops_of_one(opened: OpenSurvey, controls: DeltaGenerator) -> None:
    with controls:
        *_, object_id = _choose_one(opened.survey)
    _show_crops(opened.survey.image(object_id), object_id)


def _show_label(opened: OpenSurvey, controls: DeltaGenerator) -> None:
    with controls:
        ranking, shown, object_id = _choose_one(opened.survey)
    _show_histogram(opened.survey, ranking, shown, object_id)


def _show_columns(opened: OpenSurvey, controls: DeltaGenerator) -> None:
    """Draw a table of all columns of the catalogue for one galaxy."""
    with controls:
        *_, object_id = _choose_one(opened.survey)
    st.dataframe(causes_table(opened.survey.catalogue.loc[object_id]), hide_index=True)
    st.caption(f"All columns of the catalogue for galaxy {escape_markdown(object_id)}.")


def _describe_galaxy(opened: OpenSurvey, object_id: str) -> None:
    label, galaxy = opened.survey.label, opened.survey.catalogue.loc[object_id]
    st.caption(f"{'Simulated galaxy' if opened.shipped else 'Galaxy'} {escape_markdown(object_id)}")
    st.markdown(describe(galaxy))
    if label is not None:
        value = f"{galaxy[label.column]:{value_format(label)}}"
        text = f"{escape_markdown(label.name)}: **{value}** {escape_markdown(label.unit)}"
        if _is_metallicity(opened.survey):
            text += f", or {oxygen_per_million(galaxy[label.column]):,} oxygen atoms per million hydrogen atoms"
        st.markdown(f"{text}.")


def _show_crops(image: Image.Image, object_id: str) -> None:
    scale = WIDTH_PX / max(image.size)  # the same for all three, to show what is cropped
    magnification = max(1, round(2 * scale))  # for sharp screens
    with st.container(horizontal=True, vertical_alignment="bottom"):
        outlined = outline_crops(image, CROPS, magnification=magnification)
        whole = f"The file: {image.width} × {image.height} px"
        show_picture(
            outlined, whole, f"Galaxy {object_id} with the outlines of both crops", width_px=round(image.width * scale)
        )
        for side, colour in CROPS.items():
            crop = centre_crop(image, side).resize((side * magnification, side * magnification))
            outline = f"{colour} outline" if side <= min(image.size) else "black outside the image"
            caption = f"The central {side} px ({outline})"
            show_picture(crop, caption, f"The central {side} pixels", width_px=round(side * scale))


def _show_histogram(survey: Survey, ranking: Ranking, shown: list[str], chosen: str) -> None:
    label = survey.label
    if label is None:
        return
    name, digits = f"{label.name} [{label.unit}]", value_format(label)
    chart = label_histogram(ranking.values, name, marked_ids=shown, selected_id=chosen, number_format=digits)
    st.altair_chart(chart)
    st.caption("Bars: the sample. Ticks: the galaxies in the grid. Line: this galaxy.")


def page() -> None:
    """Draw the page."""
    lesson, opened = find_lesson("galaxies"), open_survey()
    has_metallicity = _is_metallicity(opened.survey)
    about_label = ("no-label",) if opened.survey.label is None else ()
    steps = [
        Step(
            "Galaxies sorted by id" if opened.survey.label is None else "Galaxies sorted by label",
            partial(_show_grid, opened),
            (*about_label, *(("look",) if opened.shipped else ())),
            (2, 3),
            code=(draw_sample, evenly_ranked),
            figure=figure_source(lesson),
            wide=True,
        ),
        Step(
            "One galaxy",
            partial(_show_one, opened),
            (*(("causes",) if opened.shipped else ()), "colours"),
            (0, 1),
        ),
        Step("Crops", partial(_show_crops_of_one, opened), ("crops",), code=(centre_crop,), wide=True),
    ]
    if opened.survey.label is not None:
        sections = ("metallicity",) if has_metallicity else ()
        steps.append(Step("The label", partial(_show_label, opened), sections))
    steps.append(Step("The catalogue", partial(_show_columns, opened), _sections_about_origin(opened)))
    show_lesson(lesson, opened, steps, uses_own=not opened.shipped or None)
