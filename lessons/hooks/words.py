"""Tables on the page of hooks: shapes and sizes of activations, and predictions in training and eval mode."""

from collections.abc import Sequence

import numpy as np

from galviz.artefacts.figures import Figures
from galviz.network.anatomy import LayerRow

_MB = 1e6
_FLOAT32_BYTES = 4


def rows_of_shapes(layers: Sequence[LayerRow], n_galaxies: int) -> list[dict[str, str]]:
    """Shape and size (float32) of each named layer's activations for a sample, as feature maps and averaged."""
    rows = []
    for layer in layers:
        if not layer.name:
            continue
        channels, *extent = layer.shape
        n_averages = n_galaxies * channels
        rows.append(
            {
                "layer": layer.name,
                "of one galaxy": " × ".join(map(str, layer.shape)),
                "of the sample, averaged": f"{n_galaxies:,} × {channels}",
                "averaged [MB]": f"{n_averages * _FLOAT32_BYTES / _MB:.2f}",
                "as maps [MB]": f"{n_averages * extent[0] * extent[1] * _FLOAT32_BYTES / _MB:.1f}" if extent else "–",
            }
        )
    return rows


def average(values: np.ndarray) -> str:
    """Format the average of a feature map with its sign, without a negative zero.

    Examples
    --------
    >>> average(np.array([[0.1, 0.3]])), average(np.array([[-0.001]]))
    ('+0.20', '+0.00')
    """
    return f"{round(float(values.mean()), 2) + 0.0:+.2f}".replace("-", "−")


_MODES = {
    "eval_alone": "eval, alone",
    "eval_together": "eval, together",
    "train_together": "training, together",
    "train_halves": "training, in two halves",
    "eval_after": "eval, after training mode",
}


def rows_of_modes(figures: Figures) -> dict[str, list]:
    """Predictions for the example galaxies: one column per mode and batch."""
    columns = {title: [f"{value:.3f}" for value in figures.predictions[name]] for name, title in _MODES.items()}
    return {"galaxy": [f"…{object_id[-4:]}" for object_id in figures.object_ids], **columns}


def largest_change(figures: Figures, one: str, other: str) -> float:
    """Largest difference between an example galaxy's predictions in two of the columns."""
    pairs = zip(figures.predictions[one], figures.predictions[other], strict=True)
    return max(abs(a - b) for a, b in pairs)
