"""The controls of the cause laboratory: live or shipped, the galaxy, the cause and its value."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from galviz.charts import galaxy_strip
from galviz.survey.causes import cause_title
from galviz.survey.survey import Survey
from panels.computation import Computation
from panels.controls import choose_number, in_url
from panels.feature_space import thumbnails
from panels.features_source import SHIPPED, FeaturesSource
from panels.laboratory import (
    Sweep,
    can_compute_live,
    explain_live,
    live_causes,
    live_range,
    live_sweep,
    shipped_sweep,
    shipped_sweeps,
)
from panels.markdown import escape_markdown
from panels.surveys import OpenSurvey, open_shipped_survey

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_GALAXY, _ANY_GALAXY, _COMPARED = "lab_galaxy", "lab_place", "lab_compared"
# The first galaxy shown, as a share of the ranking, and its cause: the prediction moves, the label doesn't.
_DEFAULT_RANK, _DEFAULT_CAUSE = 0.2, "bulge_fraction"
_COLUMNS, _STRIP_PX = 12, 150


@dataclass(frozen=True)
class Laboratory:
    """The survey whose galaxies are changed, and the network that predicts them.

    Attributes
    ----------
    opened : OpenSurvey
        The shipped one.
    source : FeaturesSource
        The network; the shipped one unless `live`.
    live : bool
        Whether any galaxy is drawn and predicted now.
    """

    opened: OpenSurvey
    source: FeaturesSource
    live: bool

    @property
    def survey(self) -> Survey:
        """The shipped survey."""
        return self.opened.survey


def open_laboratory(opened: OpenSurvey, source: FeaturesSource) -> Laboratory:
    """Draw the toggle for live computation, and say why the open survey or network isn't used.

    Parameters
    ----------
    opened : OpenSurvey
    source : FeaturesSource
        What the app was started with.
    """
    live = in_url(
        st.toggle,
        "Any galaxy and any value, live",
        key="lab_live",
        help="Draw and predict any simulated galaxy now. Otherwise 24 galaxies with 7 values per cause are shown.",
    )
    if not opened.shipped:
        st.info(
            "Only the causes of simulated galaxies can be changed. So this page shows galaxies that come with galviz, "
            "not yours.",
            icon=":material/info:",
        )
    if live and not can_compute_live():
        explain_live()
        live = False
    if source.file is None and not source.is_shipped and source.card.label is not None and live:
        return Laboratory(open_shipped_survey(), source, live=True)
    if not source.is_shipped:
        if source.file is not None:
            reason = "is a file of features, which can't predict other images"
        elif source.card.label is None:
            reason = "outputs no prediction"
        else:
            reason = "predicts galaxies here only if you turn on live"
        name = escape_markdown(source.name)
        st.info(f"The network is the one that comes with galviz: {name} {reason}.", icon=":material/info:")
    return Laboratory(open_shipped_survey(), SHIPPED, live)


def choose_galaxy(lab: Laboratory, strip: "DeltaGenerator") -> str:
    """Draw the slider for the galaxy and, of the shipped ones, pictures to click on in the container `strip`."""
    label = lab.survey.catalogue[lab.survey.label.column]
    if lab.live:
        ranked, key = label.sort_values(kind="stable").index, _ANY_GALAXY
    else:
        ranked, key = pd.Index(shipped_sweeps().object_ids), _GALAXY
    title = "Galaxy, by rising metallicity"
    position = choose_number(title, 1, len(ranked), round(_DEFAULT_RANK * len(ranked)), key=key)
    if not lab.live:
        _draw_strip(lab, list(ranked), position, strip)
    return str(ranked[position - 1])


def _draw_strip(lab: Laboratory, object_ids: list[str], position: int, strip: "DeltaGenerator") -> None:
    values = lab.survey.catalogue.loc[object_ids, lab.survey.label.column]
    titles = [f"{number}: {value:.2f} {lab.survey.label.unit}" for number, value in enumerate(values, start=1)]
    galaxies = pd.DataFrame({"image": thumbnails(lab.opened, object_ids), "title": titles}, index=object_ids)
    key = f"lab_strip-{position}"  # another key for each choice, because a chart keeps its selection

    def choose() -> None:
        for picked in st.session_state[key]["selection"].get("galaxy", []):
            if picked.get("objID") in object_ids:
                st.session_state[_GALAXY] = object_ids.index(picked["objID"]) + 1

    chart = galaxy_strip(galaxies, object_ids[position - 1], columns=_COLUMNS)
    strip.altair_chart(chart, key=key, height=_STRIP_PX, on_select=choose, selection_mode="galaxy")


def choose_cause(lab: Laboratory, object_id: str) -> str:
    """Draw the control for the cause."""
    causes = live_causes(lab.survey, object_id) if lab.live else list(shipped_sweeps().causes)
    default = causes.index(_DEFAULT_CAUSE)
    return in_url(st.selectbox, "Cause", causes, index=default, format_func=cause_title, key="lab_cause")


def choose_value(lab: Laboratory, object_id: str, cause: str) -> tuple[Sweep, int]:
    """Draw the slider for the value of a cause; return the galaxy's sweep, and the row of that value."""
    if lab.live:
        own = float(lab.survey.catalogue.loc[object_id, cause])
        low, high = live_range(lab.survey, object_id, cause)
        title = f"Value; as it is {own:.3g}"
        value = in_url(st.slider, title, low, high, own, (high - low) / 200, key="lab_live_value", format="%.3g")
        sweep = live_sweep(lab.survey, object_id, cause, value, lab.source.model)
        return sweep, sweep.row_of(value)
    sweep = shipped_sweep(object_id, cause)
    names = [f"{row.value:.3g}" + (" (as it is)" if row.own else "") for row in sweep.table.itertuples(index=False)]
    name = in_url(st.select_slider, "Value", names, value=names[sweep.own], key="lab_value")
    return sweep, names.index(name)


def compare_live(lab: Laboratory, object_id: str) -> list[pd.DataFrame] | None:
    """Draw the button that sweeps every cause, and return the sweeps; None until it is pressed."""
    causes = live_causes(lab.survey, object_id)
    computation = Computation("lab_causes", (object_id, lab.source.card.sha256))
    key, tables = st.session_state.get(_COMPARED, (None, None))
    if key == computation.key:
        return tables
    if not computation.is_requested("Compare all causes", help="Draw and predict this galaxy some 80 times."):
        return None

    def compute(bar: "DeltaGenerator") -> list[pd.DataFrame]:
        swept = []
        for done, cause in enumerate(causes, start=1):
            own = float(lab.survey.catalogue.loc[object_id, cause])
            swept.append(live_sweep(lab.survey, object_id, cause, own, lab.source.model).table.assign(cause=cause))
            bar.progress(done / len(causes), f"{done} of {len(causes)} causes")
        return swept

    st.session_state[_COMPARED] = (computation.key, computation.run(compute))
    st.rerun()
