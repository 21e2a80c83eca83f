"""A network as a diagram of blocks from the image to the prediction; one of them is selected, by mouse or keyboard.

On a wide page the blocks are beside each other, on a narrow one below each other.
"""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import streamlit as st
from PIL import Image

from panels.component_files import load_component
from panels.pictures import encode

_FOLDER = Path(__file__).parent
# The height of a map with as many places per side. With heights proportional to the number of places, the last maps of
# a network would be too small to see; this power of the number keeps their order.
_REFERENCE_PLACES, _REFERENCE_PX, _POWER = 112, 100, 0.4


@dataclass(frozen=True, eq=False)
class DiagramBlock:
    """One block of the diagram.

    Attributes
    ----------
    name : str
        Its title; no other block has the same.
    note : str
        What stands below the title.
    output_shape : tuple of int
        Shape of its output, which is on the arrow to the next block.
    pictures : list of PIL.Image.Image
        Drawn as a stack, the first one in front; empty if there are none.
    height_px : int
        Height of each picture on the page.
    value : str
        A number in place of pictures.
    """

    name: str
    note: str
    output_shape: tuple[int, ...]
    pictures: list[Image.Image] = field(default_factory=list)
    height_px: int = 0
    value: str = ""

    def to_json(self) -> dict[str, Any]:
        """The block as the component takes it."""
        channels, *places = map(str, self.output_shape)
        return {
            "name": self.name,
            "note": self.note,
            "channels": channels,
            "places": " × ".join(places),
            "pictures": [_data_uri(picture) for picture in self.pictures],
            "height": self.height_px,
            "value": self.value,
        }


def picture_height(n_places: int) -> int:
    """Height of a map on the page by its number of places per side, in pixels.

    Examples
    --------
    >>> picture_height(112), picture_height(28), picture_height(7)
    (100, 57, 33)
    """
    return round(_REFERENCE_PX * (n_places / _REFERENCE_PLACES) ** _POWER)


def draw_diagram(
    blocks: Sequence[DiagramBlock],
    *,
    selected: str,
    subject: str,
    on_select: Callable[[str], None],
    key: str,
) -> None:
    """Draw the diagram.

    Parameters
    ----------
    blocks : sequence of DiagramBlock
        In the order of the forward pass.
    selected : str
        Name of the selected block.
    subject : str
        What flows through the network, such as a galaxy's objID. If it changes, the blocks appear one after the other.
    on_select : callable
        Called, before the page runs again, with the name of the block that the visitor has selected.
    key : str
    """
    names = [block.name for block in blocks]

    def report() -> None:
        name = parse_selected(st.session_state[key].get("selected"), names)
        if name is not None:
            on_select(name)

    load_component("galviz_network_diagram", _FOLDER, "diagram")(
        key=key,
        data={"blocks": [block.to_json() for block in blocks], "selected": selected, "subject": subject},
        on_selected_change=report,
    )


def parse_selected(value: object, names: Sequence[str]) -> str | None:
    """Parse an event of the component; None if there is none, or it is invalid: a browser may send anything.

    Examples
    --------
    >>> parse_selected("stem", ["stem", "stage1"]), parse_selected("stage9", ["stem", "stage1"])
    ('stem', None)
    """
    return value if isinstance(value, str) and value in names else None


def _data_uri(picture: Image.Image) -> str:
    return f"data:image/png;base64,{base64.b64encode(encode(picture, sharp=True)).decode()}"
