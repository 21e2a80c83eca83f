"""Page of the lesson 'The galaxies': a survey from its lowest to its highest label, one galaxy, and what crops keep."""

import pandas as pd
import streamlit as st

from galviz.charts import label_distribution
from galviz.crops import centre_crop, outline_crops
from galviz.sample import draw_sample, evenly_ranked
from lessons import lesson
from lessons.galaxies.words import causes_table, describe, oxygen_per_million
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import choose_number
from panels.pictures import choose_crop, show_grid, show_picture
from panels.plain import plain
from panels.sampling import choose_sample
from panels.surveys import open_survey
from panels.values import told_value

GRID_SIZE = 24
CROPS = {144: "orange", 112: "cyan"}
WIDTH_PX = 272

LESSON = lesson("galaxies")
opened = open_survey()
survey, label = opened.survey, opened.survey.label
catalogue = survey.catalogue
of_oxygen = label is not None and label.column == "metallicity"

TEXT = begin(LESSON, opened)
picture = st.container()  # above the controls that decide on it
left, right = st.columns([3, 2], gap="large")
with left:
    sample = choose_sample(survey)
with right:
    side_px = choose_crop(survey)
if label is None:
    ranking = pd.Series(range(len(sample)), index=sorted(sample))
    ends = {object_id: plain(f"…{object_id[-6:]}") for object_id in sample}
    order = "in the order of their ids. Below each: its place · the end of its id"
else:
    ranking = catalogue.loc[sample, label.column]
    ends = {object_id: told_value(value, label, 2) for object_id, value in ranking.items()}
    named = f"{label.name[0].lower()}{label.name[1:]}" if of_oxygen else plain(label.name)
    order = f"from the lowest to the highest. Below each: its place · {named}"
shown = evenly_ranked(ranking, GRID_SIZE)
captions = [f"{place} · {ends[object_id]}" for place, object_id in enumerate(shown, start=1)]
with picture:
    if label is None:
        st.info(TEXT["no-label"], icon=":material/label_off:")
    st.caption(f"{len(shown)} of the {len(sample):,} {opened.galaxies} in the sample, {order}.")
    show_grid(survey, shown, captions, [f"Galaxy {caption}" for caption in captions], side_px=side_px)

left, right = st.columns(2, gap="large")
if opened.shipped:
    left.markdown(TEXT["look"])
left.markdown(TEXT["colours"])
if of_oxygen:
    right.markdown(TEXT["metallicity"])

st.header("One galaxy")
place = 1
if len(shown) > 1:
    place = choose_number("Its place in the grid", 1, len(shown), (len(shown) + 1) // 2, key="galaxy")
object_id = shown[place - 1]
galaxy, image = catalogue.loc[object_id], survey.image(object_id)
st.caption(f"{'Simulated galaxy' if opened.shipped else 'Galaxy'} {plain(object_id)}")
st.markdown(describe(galaxy))
if label is not None:
    truth = f"{plain(label.name)}: **{told_value(galaxy[label.column], label, 2)}** {plain(label.unit)}"
    if of_oxygen:
        truth += f", or {oxygen_per_million(galaxy[label.column]):,} oxygen atoms per million hydrogen atoms"
    st.markdown(f"{truth}.")

scale = WIDTH_PX / max(image.size)  # one for all three, so that what is cut off is seen to be
magnification = max(1, round(2 * scale))  # for sharp screens
with st.container(horizontal=True, vertical_alignment="bottom"):
    outlined = outline_crops(image, CROPS, magnification=magnification)
    whole = f"All {image.width} × {image.height} px, with the crops' edges"
    show_picture(outlined, whole, f"Galaxy {object_id} with the crops' edges", width_px=round(image.width * scale))
    for side, colour in CROPS.items():
        crop = centre_crop(image, side).resize((side * magnification, side * magnification))
        edge = f"{colour} edge" if side <= min(image.size) else "black where there is no picture"
        caption = f"The central {side} px ({edge})"
        show_picture(crop, caption, f"Its central {side} pixels", width_px=round(side * scale))

left, right = st.columns(2, gap="large")
left.markdown(TEXT["crops"])
if opened.shipped:
    left.markdown(TEXT["causes"])
with right:
    if label is not None:
        chart = label_distribution(ranking, f"{label.name} [{label.unit}]", shown=shown, chosen=object_id)
        st.altair_chart(chart)  # a screen reader gets its description
        st.caption("Bars: the sample. Ticks: the galaxies of the grid. Line: this galaxy.")
with st.expander("Everything the catalogue says of it", icon=":material/table_rows:", expanded=opened.shipped):
    st.dataframe(causes_table(galaxy), hide_index=True)

if of_oxygen:
    st.header("Where the label comes from")
    st.container(width=720).markdown(TEXT["label-shipped" if opened.shipped else "label-own"])
show_code(
    draw_sample,
    evenly_ranked,
    centre_crop,
    matplotlib=figure_source(LESSON),
)
end(LESSON, TEXT)
