"""Page of the lesson 'Training': the error by epoch beside its floor, and the learning rate that led there."""

import numpy as np
import streamlit as st

from galviz.card import read_card
from galviz.charts import learning_rate, loss_by_epoch
from galviz.schedule import one_cycle
from lessons import lesson
from lessons.training.words import phases_of, told_duration
from panels.anatomy import begin, end
from panels.code import show_code
from panels.surveys import open_shipped_survey

LESSON = lesson("training")
opened = open_shipped_survey()
TEXT = begin(LESSON, opened)
catalogue, label, card = opened.survey.catalogue, opened.survey.label, read_card()
epochs, recipe = card.training["epochs"], card.training["recipe"]
floor = float(catalogue["metallicity_scatter_dex"].std())
guessing = float(catalogue[label.column].std())

st.altair_chart(loss_by_epoch(epochs, label, floor=floor))
st.caption(
    f"Orange line: the scatter drawn at random, {floor:#.2g} {label.unit}. The error can't fall below it; how much "
    f"more pictures hide isn't known. Always guessing the mean would give {guessing:.2g} {label.unit}. Both of all "
    f"{len(catalogue):,} galaxies of the course's survey."
)
steps = card.training["n_training"] // recipe["batch_size"] * len(epochs)
with st.container(horizontal=True):
    st.metric("Galaxies learnt from", f"{card.training['n_training']:,}")
    st.metric("Kept apart", f"{card.training['n_validation']:,}")
    st.metric("Epochs", len(epochs))
    st.metric("Steps", f"{steps:,}", help="Batches of galaxies after each of which all weights were changed a little.")
    st.metric("Time", told_duration(card.training["seconds"]), help=card.training["processor"])

left, right = st.columns(2, gap="large")
left.markdown(TEXT["loss"])
right.markdown(TEXT["validation"])

st.header("The learning rate")
phases = phases_of(recipe)
rates = np.concatenate([one_cycle(phase.lr, 60 * phase.epochs) for phase in phases])
st.altair_chart(learning_rate(rates, phases=np.repeat([each.name for each in phases], [60 * p.epochs for p in phases])))
left, right = st.columns(2, gap="large")
left.markdown(TEXT["one-cycle"])
right.markdown(TEXT["phases"])
st.dataframe(
    [
        {"what": each.name, "epochs": each.epochs, "image side [px]": each.side_px, "highest rate": each.lr}
        for each in phases
    ],
    hide_index=True,
)

st.header("The floor")
st.container(width=720).markdown(TEXT["floor"])
show_code(
    loss_by_epoch,
    learning_rate,
    "galviz/training/run.py:_fit",
    one_cycle,
    matplotlib=(LESSON.folder / "figure.py").read_text(encoding="utf-8"),
)
end(LESSON, TEXT)
