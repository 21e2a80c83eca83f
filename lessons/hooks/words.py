"""What the page of hooks says in numbers: shapes and sizes of what layers answer, and what training mode does."""

from collections.abc import Sequence

import numpy as np

from galviz.artefacts.figures import Figures
from galviz.network.anatomy import LayerRow

_MB = 1e6
_FLOAT32_BYTES = 4


def rows_of_shapes(layers: Sequence[LayerRow], n_galaxies: int) -> list[dict[str, str]]:
    """What each named layer answers for a sample, as maps and averaged: shapes, and megabytes as float32."""
    rows = []
    for layer in layers:
        if not layer.name:
            continue
        channels, *extent = layer.shape
        numbers = n_galaxies * channels
        rows.append(
            {
                "layer": layer.name,
                "of one galaxy": " × ".join(map(str, layer.shape)),
                "of the sample, averaged": f"{n_galaxies:,} × {channels}",
                "averaged [MB]": f"{numbers * _FLOAT32_BYTES / _MB:.2f}",
                "as maps [MB]": f"{numbers * extent[0] * extent[1] * _FLOAT32_BYTES / _MB:.1f}" if extent else "–",
            }
        )
    return rows


def average(values: np.ndarray) -> str:
    """The average of a map, in words: "+0.12", "−0.08"; never a negative zero."""
    return f"{round(float(values.mean()), 2) + 0.0:+.2f}".replace("-", "−")


_MODES = {
    "eval_alone": "eval, alone",
    "eval_together": "eval, together",
    "train_together": "training, together",
    "train_halves": "training, in two halves",
    "eval_after": "eval, after training mode",
}


def rows_of_modes(figures: Figures) -> dict[str, list]:
    """Predictions of the example galaxies in both modes, a column a way of asking."""
    columns = {title: [f"{value:.3f}" for value in figures.predictions[name]] for name, title in _MODES.items()}
    return {"galaxy": [f"…{object_id[-4:]}" for object_id in figures.object_ids], **columns}


def largest_change(figures: Figures, one: str, other: str) -> float:
    """By how much an example's prediction differs at most between two ways of asking."""
    pairs = zip(figures.predictions[one], figures.predictions[other], strict=True)
    return max(abs(a - b) for a, b in pairs)
