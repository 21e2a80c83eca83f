"""Page 'Cause laboratory': change one cause of a simulated galaxy, and see picture, prediction and features move."""

import numpy as np
import pandas as pd
import streamlit as st

from galviz.analysis.cause_effects import rank_causes
from galviz.charts import effects_chart, path_chart, sweep_chart, value_format
from galviz.survey.causes import CAUSES, cause_title
from galviz.survey.label import Label
from panels.controls import choose_axes
from panels.feature_space import project
from panels.features_source import read_source
from panels.laboratory import FOLLOWS, Sweep, predicted_label, shipped_sweeps
from panels.laboratory_controls import (
    Laboratory,
    choose_cause,
    choose_galaxy,
    choose_value,
    compare_live,
    open_laboratory,
)
from panels.lesson_frame import mark_simulated
from panels.links import link_to
from panels.pictures import show_pictures
from panels.settings import settings
from panels.source_code import show_code
from panels.survey_features import find_features
from panels.surveys import fragment, open_shipped_survey, open_survey

_CONTROL = "position_angle_deg"
_N_COMPONENTS = 10
# Of the label's axis, as a share of the label's range.
_LEAST_RANGE = 0.25


def _show_numbers(sweep: Sweep, row: int, label: Label) -> None:
    now, own, digits = sweep.table.iloc[row], sweep.table.iloc[sweep.own], value_format(label)
    with st.container(horizontal=True, gap="large"):
        for title, name in (("Predicted", "predicted"), ("True", "true")):
            if name in sweep.table:
                change = f"{now[name] - own[name]:+{digits}}" if row != sweep.own else None
                st.metric(title, f"{now[name]:{digits}} {label.unit}", change, delta_color="off", help=label.name)
    if not now["observable"]:
        st.warning(
            "Too faint, too bright or too small for the survey: the network was trained on no such galaxy.",
            icon=":material/warning:",
        )


def _show_pictures(sweep: Sweep, row: int) -> None:
    shown = {"As it is": sweep.own, "Changed" if row != sweep.own else "Not changed yet": row}
    values = [f"{sweep.table['value'][number]:.3g}" for number in shown.values()]
    captions = [f"{title}: {value}" for title, value in zip(shown, values, strict=True)]
    texts = [f"The galaxy with {CAUSES[sweep.cause].name} {value}" for value in values]
    # One above the other, but beside each other on a phone.
    show_pictures([sweep.images[number] for number in shown.values()], captions, texts, columns=2, min_width_px=150)


def _show_space(lab: Laboratory, sweep: Sweep, row: int, label: Label) -> None:
    features = find_features(lab.opened, lab.source)
    if features is None:
        st.info(
            "To see the feature space of your network, open Explore without a survey of your own and compute the "
            "features there.",
            icon=":material/info:",
        )
        return
    n_components = min(_N_COMPONENTS, features.layers[features.last_layer].shape[1])
    projection = project(features, features.last_layer, features.object_ids, n_components)
    names = [f"PC{number}" for number in range(1, n_components + 1)]
    points = pd.DataFrame(projection.coordinates, columns=names)
    path = pd.DataFrame(projection.transform(sweep.features), columns=names)
    path = path.assign(**sweep.table[["value", "predicted", "own"]], current=np.arange(len(path)) == row)
    chart = st.container()
    x, y = choose_axes(n_components)
    titles = [
        f"{name}, {projection.explained_variance_ratio[names.index(name)]:.0%} of the variance" for name in (x, y)
    ]
    drawn = path_chart(points, path, x, y, sweep.cause, label, titles=(titles[0], titles[1]))
    chart.altair_chart(drawn, key=f"lab_path-{x}-{y}")
    chart.caption(
        f"Grey: all {len(points):,} galaxies. Orange: this one, at each value. Circle: as shown. Diamond: as it is."
    )


def _show_curves(sweep: Sweep, row: int, label: Label, limits: tuple[float, float]) -> None:
    current = float(sweep.table["value"][row])
    st.altair_chart(sweep_chart(sweep.table, sweep.cause, label, current=current, limits=limits), key="lab_curves")
    st.caption("Orange line: as shown. Dashed line: as it is. Hollow points: outside the survey's limits.")


def _show_film(sweep: Sweep, row: int) -> None:
    values = [f"{value:.3g}" for value in sweep.table["value"]]
    captions = [f"**{value}**" if number == row else value for number, value in enumerate(values)]
    texts = [f"{CAUSES[sweep.cause].name} {value}" for value in values]
    show_pictures(sweep.images, captions, texts, columns=len(values))


def _show_ranking(tables: list[pd.DataFrame], chosen: str, label: Label) -> None:
    effects = rank_causes(tables)
    st.altair_chart(effects_chart(effects, chosen, label), key="lab_effects")
    control = next(effect.predicted for effect in effects if effect.cause == _CONTROL)
    true = " Orange tick: range of the true label." if "true" in tables[0] else ""
    st.caption(
        f"Bar: range of the prediction over the values of a cause.{true} The position angle is a control: turning a "
        f"galaxy changes nothing about it, so a range of {control:{value_format(label)}} {label.unit} is noise."
    )
    with st.expander("Table"):
        st.dataframe(pd.DataFrame(effects).assign(cause=[cause_title(effect.cause) for effect in effects]))


def _compare_shipped(object_id: str) -> list[pd.DataFrame]:
    sweeps = shipped_sweeps()
    return [sweeps.sweep(object_id, cause) for cause in sweeps.causes]


@fragment
def _experiment(lab: Laboratory) -> None:
    """Draw everything that depends on the galaxy, the cause and its value."""
    strip = st.container()
    galaxy, cause, value = st.columns([3, 3, 4], gap="medium")
    with galaxy:
        object_id = choose_galaxy(lab, strip)
    with cause:
        chosen = choose_cause(lab, object_id)
    with value:
        sweep, row = choose_value(lab, object_id, chosen)
    st.caption(FOLLOWS[chosen])
    label = predicted_label(lab.source.card, lab.survey, sweep)
    pictures, space, curves = st.columns([2, 3, 3], gap="medium")
    with pictures:
        _show_pictures(sweep, row)
    with space:
        _show_space(lab, sweep, row, label)
    with curves:
        _show_curves(sweep, row, label, _limits(sweep.table, label))
        _show_numbers(sweep, row, label)
    _show_film(sweep, row)
    with st.expander("Table"):
        st.dataframe(sweep.table, hide_index=True)
    st.header("Which cause moves the prediction most?")
    compared = compare_live(lab, object_id) if lab.live else _compare_shipped(object_id)
    if compared is not None:
        _show_ranking(compared, sweep.cause, label)


def _limits(table: pd.DataFrame, label: Label) -> tuple[float, float]:
    """Range of the labels of a sweep, but not so small that noise would look like an effect."""
    values = table[[name for name in ("predicted", "true") if name in table]].to_numpy(float)
    low, high = float(values.min()), float(values.max())
    missing = max(_LEAST_RANGE * (label.high - label.low) - (high - low), 0.0)
    return low - missing / 2, high + missing / 2


def page() -> None:
    """Draw the page."""
    opened = open_survey()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Cause laboratory", width="content")
        mark_simulated(open_shipped_survey())
    st.markdown(
        "Change **one** cause of a galaxy. The simulator draws it again: what follows from the cause changes with it, "
        "everything else is held fixed, down to the random numbers of arms, noise and neighbours. **A perfect network "
        "would follow the true label:** if the prediction moves and the label doesn't, the network has learnt a "
        "correlation."
    )
    _experiment(open_laboratory(opened, read_source(opened)))
    st.header("Limitations")
    st.markdown(
        "- These effects hold for this network and this simulator. In real galaxies causes are related in other ways.\n"
        "- An intervention can lead to galaxies that no survey has. There the network extrapolates: look for hollow "
        "points.\n"
        "- Changing one cause shows what the prediction depends on, not why: the network may use a bulge's colour, its "
        "brightness or its shape.\n"
        "- Each curve is one galaxy with one realisation of the noise. Compare with the position angle, and try "
        "several galaxies."
    )
    with st.container(horizontal=True):
        for lesson in settings().lessons:
            if lesson.slug in ("predictions", "meaning"):
                link_to(lesson, icon=":material/school:")
    show_code("galviz/simulate/intervention.py:intervene", rank_causes, sweep_chart, path_chart)
