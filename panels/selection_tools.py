"""Controls of the session's selection that several pages share: conditions, undo, named selections, images, export."""

import io
import zipfile
from functools import partial

import pandas as pd
import streamlit as st

from galviz.analysis.metrics import prediction_errors
from galviz.analysis.query import QueryError, select_rows
from galviz.survey.survey import Survey
from panels.controls import choose_number, in_url
from panels.galaxy_table import GalaxyTable
from panels.instrument import FeatureSpace
from panels.markdown import escape_markdown
from panels.pictures import encode, show_grid
from panels.selection import REST, SELECTED, Selection, are_among
from panels.snippet import CSV_NAME, selection_script
from panels.spreadsheet import spreadsheet_csv

_QUERY, _PROBLEM, _NAME = "explorer_query", "explorer_query_problem", "explorer_name"
_CROP_PX = 96
# Images in one zip file; more would take the memory of a small server.
MAX_ZIP = 500


def show_selection_tools(selection: Selection, table: GalaxyTable) -> None:
    """Draw the field for a condition, the number of selected galaxies, and the buttons that change the selection."""
    st.text_input(
        "Select by a condition",
        placeholder=_example_query(table.data),
        key=_QUERY,
        on_change=_apply_query,
        args=(selection, table.data),
        help=f"Columns: {', '.join(map(str, table.data))}. Write text, and every objID, in quotes.",
    )
    if problem := st.session_state.get(_PROBLEM):
        st.error(escape_markdown(problem), icon=":material/error:")
    show_selection_buttons(selection, table.data.index)


def _example_query(table: pd.DataFrame) -> str:
    """A condition on the first two columns of numbers, about their means; empty if there is none."""
    numbers = [name for name in table.select_dtypes("number") if name.isidentifier() and table[name].notna().any()]
    return " and ".join(f"{name} {sign} {table[name].mean():.3g}" for name, sign in zip(numbers, "<>", strict=False))


def _apply_query(selection: Selection, table: pd.DataFrame) -> None:
    """Select the galaxies of the query in the text field."""
    st.session_state.pop(_PROBLEM, None)
    if not (query := st.session_state[_QUERY].strip()):
        return
    try:
        selection.change(table.index[select_rows(table, query)])
    except QueryError as error:
        st.session_state[_PROBLEM] = str(error)


def show_selection_buttons(selection: Selection, object_ids: pd.Index) -> None:
    """Draw the number of selected galaxies, and the buttons Undo, Invert, Clear and Keep."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.markdown(f"**{len(selection.ids):,} of {len(object_ids):,} galaxies selected**", width="content")
        undo = selection.undo
        st.button("Undo", icon=":material/undo:", disabled=not selection.history, on_click=undo, type="tertiary")
        invert = partial(selection.change, object_ids, "toggle")
        st.button("Invert", icon=":material/contrast:", on_click=invert, type="tertiary")
        clear, empty = partial(selection.change, []), not selection.ids
        st.button("Clear", icon=":material/close:", disabled=empty, on_click=clear, type="tertiary")
        with st.popover("Keep", icon=":material/bookmark:", type="tertiary", disabled=empty and not selection.saved):
            _show_saved(selection)


def _show_saved(selection: Selection) -> None:
    """Draw the named selections, and the field for the name of a new one."""
    # Two explicit steps, name and button: a text field alone gives no sign of what pressing Enter does.
    name = st.text_input("Name", value=selection.free_name(), key=f"{_NAME}-{len(selection.saved)}").strip()
    keep, usable = partial(selection.save, name), bool(selection.ids) and name not in ("", SELECTED, REST)
    st.button("Keep this selection", disabled=not usable, on_click=keep, type="primary")
    for saved, ids in selection.saved.items():
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{escape_markdown(saved)}**: {len(ids):,}", width="stretch")
            st.button("Restore", key=f"restore-{saved}", on_click=partial(selection.change, ids))
            st.button("Delete", key=f"delete-{saved}", on_click=partial(selection.saved.pop, saved, None))


def show_selected_images(space: FeatureSpace, layer: str, selection: Selection, table: GalaxyTable) -> None:
    """Draw the images of the selected galaxies with the errors of their predictions, and the buttons for export."""
    rows = table.data.loc[are_among(table.data.index, selection.ids)]
    if not len(rows):  # a catalogue without columns is always `empty`
        st.info("Draw around galaxies on the map, or write a condition.", icon=":material/gesture_select:")
        return
    if table.residual is not None and rows[table.residual].notna().any():
        errors, digits = prediction_errors(rows[table.predicted], rows[table.true]), space.number_format(extra_digits=1)
        st.caption(
            f"RMSE {errors.rmse:{digits}} {space.unit}, bias {errors.bias:+{digits}} {space.unit}, of the "
            f"{errors.n:,} that have a label."
        )
    names = [name for name in rows if pd.api.types.is_numeric_dtype(rows[name])]
    names = sorted(names, key=lambda name: name != table.residual)
    order = None
    if names:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            order = in_url(st.selectbox, "Sorted by", names, format_func=table.title, key="sorted_by")
            descending = in_url(st.toggle, "Highest first", value=False, key="descending")
        rows = rows.sort_values(order, ascending=not descending, kind="stable")
    shown = rows.iloc[: choose_number("Images", 4, 48, 16, key="images")]
    captions = list(shown.index)
    if order:
        captions = ["unknown" if pd.isna(value) else f"{value:.3g}" for value in shown[order]]
    show_grid(
        space.opened.survey, list(shown.index), captions, [f"Galaxy {name}" for name in shown.index], side_px=_CROP_PX
    )
    st.caption(
        f"{len(shown)} of {len(rows):,}" + (f", sorted by {escape_markdown(table.title(order))}." if order else ".")
    )
    _offer_downloads(space, layer, rows)


def _offer_downloads(space: FeatureSpace, layer: str, rows: pd.DataFrame) -> None:
    """Draw the buttons that export the selected galaxies; the files are made when a button is pressed."""
    survey, object_ids = space.opened.survey, list(rows.index)
    with st.container(horizontal=True, gap="xsmall"):
        st.download_button(
            f"Download {len(rows):,} rows as CSV",
            partial(spreadsheet_csv, rows),
            CSV_NAME,
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
        zipped = object_ids[:MAX_ZIP]
        notes = [f"The first {MAX_ZIP} in this order."] if len(zipped) < len(rows) else []
        if survey.scale != 1:
            notes.append("The images are resampled already: open the folder without `--scale`.")
        st.download_button(
            f"{len(zipped):,} images as zip",
            partial(zip_images, survey, zipped),
            "selected-galaxies.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            help=" ".join(notes) or None,
        )
    with st.expander("Python", icon=":material/code:"):
        st.code(selection_script(space, layer, object_ids), language="python")


def zip_images(survey: Survey, object_ids: list[str]) -> bytes:
    """Zip galaxies as a survey folder: their rows of the catalogue, and their images as PNG, which is lossless."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as file:  # PNG is compressed already
        file.writestr("master.csv", survey.catalogue.loc[object_ids].to_csv())
        for object_id in object_ids:
            file.writestr(f"images/{object_id}.png", encode(survey.image(object_id), sharp=True))
    return archive.getvalue()
