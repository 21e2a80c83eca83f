"""Linear probes at each layer, of own galaxies or another network than galviz's."""

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from galviz.analysis.probes import probe
from galviz.artefacts.probes import PERMUTED
from galviz.features.features import Features
from galviz.survey.sample import draw_sample
from panels.computation import Computation
from panels.instrument import FeatureSpace
from panels.markdown import escape_markdown

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

_MAX_GALAXIES, _FOLDS = 2_000, 5
_RESULT = "layer_probes_result"


def fit_layer_probes(space: FeatureSpace, table: pd.DataFrame) -> pd.DataFrame | None:
    """Fit probes of each column at each layer when the user presses a button, and of its values permuted at the last.

    Parameters
    ----------
    space : FeatureSpace
    table : DataFrame, index objID
        Columns of numbers, of all galaxies; of more than 2,000, a random sample is used.

    Returns
    -------
    DataFrame or None
        ``source`` (a layer or ``"permuted"``), ``cause``, ``r2``, ``low`` and ``high``; None until it is computed.
    """
    features = space.features
    values = table.loc[draw_sample(features.object_ids, min(len(table), _MAX_GALAXIES))]
    key = (features.content_sha256, space.opened.survey.sha256, tuple(table))
    state = st.session_state.get(_RESULT)
    if state is not None and state[0] == key:
        return state[1]
    computation = Computation("layer_probes", key)
    if not computation.is_requested(f"Fit probes for {len(values):,} galaxies"):
        return None
    try:
        probes = computation.run(lambda bar: _fit_probes(features, values, bar), first_step="Fitting probes …")
    except ValueError as error:  # two galaxies only, or a column that is constant in the sample
        st.info(escape_markdown(error), icon=":material/info:")
        return None
    st.session_state[_RESULT] = (key, probes)
    st.rerun()


def _fit_probes(features: Features, values: pd.DataFrame, bar: "DeltaGenerator") -> pd.DataFrame:
    """Fit probes of each column at each layer, and at the last layer with its values permuted across galaxies."""
    rows, parts = features.rows(list(values.index)), []
    permuted = values.sample(frac=1, random_state=0).set_axis(values.index)
    sources = [*features.layers, PERMUTED]
    for done, source in enumerate(sources):
        bar.progress(done / len(sources), f"Fitting probes: {source}")
        layer, causes = (features.last_layer, permuted) if source == PERMUTED else (source, values)
        fitted = probe(features.layers[layer][rows], causes.to_numpy(float), folds=min(_FOLDS, len(rows)))
        low, high = fitted.interval()
        columns = {"source": source, "cause": values.columns, "r2": fitted.r2, "low": low, "high": high}
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True)
