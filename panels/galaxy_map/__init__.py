"""The map of the explorer: galaxies on a canvas that one can zoom, pan and select from, by mouse and by keyboard.

Vega-Lite has no lasso and draws 20,000 marks slowly, so this is a component of its own, about 300 lines of JavaScript.
It draws what Python computed, and returns what the visitor selected.
"""

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import streamlit as st

from panels.component_files import encode_array, load_component, read_file

_FOLDER = Path(__file__).parent
# Quantiles of the coordinates between which a view shows galaxies.
_MOST = (0.05, 0.95)


@dataclass(frozen=True, eq=False)
class MapPoints:
    """What the map shows.

    Attributes
    ----------
    object_ids : list of str
    coordinates : ndarray of shape (n, 2)
        In any unit; the map scales each axis to its extent.
    fill : ndarray of uint8, shape (n, 3)
        Colours of the points, and of the frames of pictures.
    texts : list of str
        What the tooltip and screen readers say of each galaxy.
    titles : tuple of two str
        Of the axes.
    description : str
        Of the whole map.
    ring : ndarray of uint8, shape (n, 3), or None
        Colours of a ring around each point.
    images : dict of str to str
        Pictures as data URIs by the number of the row; the tooltip shows them too.
    shown : ndarray of int, shape (m,)
        Rows of the galaxies that are drawn as their pictures.
    cells : ndarray of int, shape (m, 2), or None
        Where they are drawn, in a grid of `n_cells` × `n_cells`; None for their coordinates.
    n_cells : int or None
    """

    object_ids: list[str]
    coordinates: np.ndarray
    fill: np.ndarray
    texts: list[str]
    titles: tuple[str, str]
    description: str
    ring: np.ndarray | None = None
    images: dict[str, str] = field(default_factory=dict)
    shown: np.ndarray = field(default_factory=lambda: np.array([], dtype=int))
    cells: np.ndarray | None = None
    n_cells: int | None = None

    @cached_property
    def rows(self) -> dict[str, int]:
        """Row of each galaxy."""
        return {object_id: row for row, object_id in enumerate(self.object_ids)}

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The points as the component takes them, with a key that changes if any of them does.

        ``frame`` changes only if the coordinates do: then the map shows all of them again.
        """
        x, y = _scale(self.coordinates)
        content = {
            "ids": self.object_ids,
            "x": encode_array(x.astype("<f4")),
            "y": encode_array(y.astype("<f4")),
            "fill": encode_array(self.fill),
            "ring": None if self.ring is None else encode_array(self.ring),
            "texts": self.texts,
            "images": self.images,
            "shown": self.shown.tolist(),
            "cells": None if self.cells is None else self.cells.tolist(),
            "n_cells": self.n_cells,
            "titles": list(self.titles),
            "description": self.description,
        }
        content["frame"] = hashlib.sha256((content["x"] + content["y"]).encode()).hexdigest()
        content["key"] = hashlib.sha256(json.dumps(content).encode()).hexdigest()
        return content


@dataclass(frozen=True)
class View:
    """A part of the map.

    Attributes
    ----------
    x, y : float
        Its centre, as fractions of the extent of the axes.
    zoom : float
        1 for all of the map.
    """

    x: float = 0.5
    y: float = 0.5
    zoom: float = 1.0

    @classmethod
    def of(cls, points: MapPoints, object_ids: Collection[str]) -> "View":
        """The view that shows some galaxies, but for the outermost, as large as the map allows, up to four times."""
        x, y = _scale(points.coordinates)
        rows = [points.rows[object_id] for object_id in object_ids]
        (left, right), (bottom, top) = (np.quantile(axis[rows], _MOST) for axis in (x, y))
        zoom = 0.9 / max(right - left, top - bottom, 0.225)
        return cls(float((left + right) / 2), float((bottom + top) / 2), float(max(zoom, 1.0)))


@dataclass(frozen=True)
class Picked:
    """What the visitor did on the map.

    Attributes
    ----------
    object_ids : list of str
    how : {"replace", "add", "remove", "toggle", "open"}
        ``"open"`` if one galaxy was clicked, else how the selection changes.
    """

    object_ids: list[str]
    how: Literal["replace", "add", "remove", "toggle", "open"]


def draw_map(
    points: MapPoints,
    *,
    selected: Collection[str],
    opened: str | None,
    on_pick: Callable[[Picked], None],
    key: str,
    compact: bool = False,
    tools: bool = True,
    view: View | None = None,
) -> None:
    """Draw the map.

    Parameters
    ----------
    points : MapPoints
    selected : collection of str
        The selected galaxies; if it is empty, none is dimmed. Those that aren't on the map are ignored.
    opened : str or None
        The galaxy that is marked.
    on_pick : callable
        Called, before the page runs again, with what the visitor did.
    key : str
    compact : bool
        Whether the map is one of several beside each other, and so smaller and square.
    tools : bool
        Whether the row of tools above the map and the list of keys below it are shown.
    view : View, optional
        Where the map moves to if this differs from the view before; by default it stays where the visitor left it.
    """
    rows = points.rows
    on_map = [rows[object_id] for object_id in selected if object_id in rows]
    component = load_component("galviz_map", _FOLDER, "map")

    def report() -> None:
        picked = parse_picked(st.session_state[key].get("picked"), points.object_ids)
        if picked is not None:
            on_pick(picked)

    component(
        key=key,
        data={
            "name": key,
            "points": points.payload,
            "compact": compact,
            "tools": tools,
            "view": None if view is None else vars(view),
        },
        on_picked_change=report,
    )
    # Apart from the points, which Streamlit then doesn't send again.
    highlight = st.components.v2.component("galviz_map_highlight", js=read_file(_FOLDER / "highlight.js"))
    with st.container(height=1, border=False, key=f"{key}_highlight_container"):
        highlight(
            key=f"{key}_highlight",
            data={
                "name": key,
                "selected": sorted(on_map) if selected else None,
                "opened": rows.get(opened) if opened is not None else None,
            },
        )


def parse_picked(value: object, object_ids: list[str]) -> Picked | None:
    """Parse an event of the component; None if there is none, or it is invalid: a browser may send anything.

    Examples
    --------
    >>> parse_picked({"rows": [0, 2], "how": "add"}, ["a", "b", "c"])
    Picked(object_ids=['a', 'c'], how='add')
    >>> parse_picked({"row": 1}, ["a", "b", "c"])
    Picked(object_ids=['b'], how='open')
    """
    if not isinstance(value, dict):
        return None
    rows, how = ([value["row"]], "open") if "row" in value else (value.get("rows"), value.get("how"))
    if how not in ("replace", "add", "remove", "toggle", "open") or not isinstance(rows, list):
        return None
    if not all(type(row) is int and 0 <= row < len(object_ids) for row in rows):
        return None
    return Picked([object_ids[row] for row in rows], how)


def _scale(coordinates: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scale each axis to 0 to 1; an axis without extent is in the middle."""
    low, extent = coordinates.min(axis=0), np.ptp(coordinates, axis=0)
    scaled = np.where(extent > 0, (coordinates - low) / np.where(extent > 0, extent, 1), 0.5)
    return scaled[:, 0], scaled[:, 1]
