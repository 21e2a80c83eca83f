"""The table of a survey's galaxies: the columns of the catalogue, and what the network predicts."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from galviz.charts.ranked_intervals import short_name
from galviz.survey.causes import cause_title, has_causes
from panels.colouring import varies
from panels.instrument import FeatureSpace


@dataclass(frozen=True, eq=False)
class GalaxyTable:
    """All columns that can be queried, compared and drawn.

    Attributes
    ----------
    data : DataFrame, index objID
        The catalogue, and the network's prediction and its residual (predicted minus true) if they are known.
    true, predicted, residual : str or None
        Their columns; None if unknown.
    """

    data: pd.DataFrame
    true: str | None
    predicted: str | None
    residual: str | None

    def title(self, name: str) -> str:
        """Display name of a column with its unit: that of a known cause if the galaxies are simulated."""
        return cause_title(name) if has_causes(self.data) else name

    def short_name(self, name: str) -> str:
        """Display name of a column without its unit."""
        return short_name(name) if has_causes(self.data) else name


def galaxy_table(space: FeatureSpace) -> GalaxyTable:
    """Join the catalogue with the network's predictions and residuals.

    If the catalogue has columns of these names, those of the network are called ``network: predicted`` and so on.
    """
    labels, catalogue = space.all_labels, space.opened.survey.catalogue
    values = catalogue.loc[labels.index].copy()
    true = space.label.column if "true" in labels and space.label is not None else None
    predicted = residual = None
    if "predicted" in labels:
        predicted = free_name("predicted", catalogue)
        values[predicted] = labels["predicted"]
    if predicted is not None and true is not None:
        residual = free_name("residual", catalogue)
        values[residual] = labels["predicted"] - labels["true"]
    return GalaxyTable(values, true, predicted, residual)


def complete_columns(table: GalaxyTable) -> list[str]:
    """List the columns of the catalogue with a finite number for each galaxy that isn't the same for all."""
    values = table.data.drop(columns=[name for name in (table.predicted, table.residual) if name])
    return [
        name
        for name in values
        if pd.api.types.is_numeric_dtype(values[name])
        and np.isfinite(values[name].to_numpy(float, na_value=np.nan)).all()
        and varies(values[name])
    ]


def free_name(name: str, columns: pd.DataFrame) -> str:
    """Return a name for a column of the network's that no column of a table has.

    Examples
    --------
    >>> free_name("predicted", pd.DataFrame({"predicted": [8.5]}))
    'network: predicted'
    """
    while name in columns:
        name = f"network: {name}"
    return name


def column_texts(table: pd.DataFrame, object_id: str) -> pd.Series:
    """Format the values of one galaxy, each by the type of its column: a row of numbers would make integers floats.

    Examples
    --------
    >>> column_texts(pd.DataFrame({"mjd": [51600], "z": [0.123456]}, index=["12"]), "12").tolist()
    ['51600', '0.1235']
    """
    values = [table[name].loc[object_id] for name in table]
    texts = [
        "missing" if pd.isna(value) else f"{value:.4g}" if isinstance(value, float) else str(value) for value in values
    ]
    return pd.Series(texts, index=table.columns)


def show_label_values(space: FeatureSpace, table: GalaxyTable, object_id: str) -> None:
    """Draw the true and the predicted label of a galaxy, and the residual, as far as they are known."""
    row = table.data.loc[object_id]
    with st.container(horizontal=True):
        for title, name in (("True", table.true), ("Predicted", table.predicted), ("Residual", table.residual)):
            if name is not None and pd.notna(row[name]):
                sign = "+" if name == table.residual else ""
                st.metric(title, f"{row[name]:{sign}{space.number_format()}} {space.unit}")
