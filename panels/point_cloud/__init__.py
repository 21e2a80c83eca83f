"""A cloud of galaxies in three dimensions, on a canvas that one can rotate by mouse, touch and keyboard.

Rotation happens in the browser alone and doesn't run the page again. If the same galaxies have other coordinates, their
points move there.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from galviz.charts.point_colours import PointColours, scheme_colours
from panels.component_files import encode_array, load_component

_FOLDER = Path(__file__).parent
N_AXES = 3


@dataclass(frozen=True, eq=False)
class CloudPoints:
    """What the cloud shows.

    Attributes
    ----------
    object_ids : list of str
    coordinates : ndarray of shape (n, k)
        Of the first three axes; missing axes are zero. All axes are drawn with the same scale.
    colours : PointColours
        Of the points, by a continuous scheme.
    colour_title : str
        Of the colour scale, with the unit.
    titles : sequence of str
        Of the axes.
    description : str
        Of the whole picture, for screen readers.
    """

    object_ids: list[str]
    coordinates: np.ndarray
    colours: PointColours
    colour_title: str
    titles: Sequence[str]
    description: str

    @cached_property
    def payload(self) -> dict[str, Any]:
        """The points as the component takes them; ``galaxies`` changes only if other galaxies are shown."""
        coordinates = np.zeros((len(self.object_ids), N_AXES))
        shown = self.coordinates[:, :N_AXES]
        coordinates[:, : shown.shape[1]] = shown - shown.mean(axis=0)
        return {
            "galaxies": hashlib.sha256("\n".join(self.object_ids).encode()).hexdigest(),
            "coordinates": encode_array(coordinates.astype("<f4")),
            "deviations": coordinates.std(axis=0, ddof=1).tolist(),
            "fill": encode_array(self.colours.rgb),
            "titles": list(self.titles[:N_AXES]),
            "scale": {
                "title": self.colour_title,
                "domain": [f"{value:g}" for value in self.colours.domain],
                "colours": [
                    f"rgb({', '.join(f'{part:.0f}' for part in rgb)})" for rgb in scheme_colours(self.colours.scheme)
                ],
            },
            "description": self.description,
        }


def draw_cloud(points: CloudPoints, *, key: str) -> None:
    """Draw the cloud, as it was last rotated."""
    load_component("galviz_point_cloud", _FOLDER, "cloud")(key=key, data=points.payload)
