"""What the page of the network says of its layers."""

from collections.abc import Sequence

from galviz.figures import LayerRow

_PLAIN = {
    "ConvLayer": "a convolution, batch norm, Mish",
    "MaxPool2d": "the largest of each 3 × 3 places, every second place",
    "AdaptiveAvgPool2d": "the average over all places",
    "Flatten": "the same numbers in one row",
    "Dropout": "nothing: here it drops no number",
    "Linear": "the head: a weighted sum and a constant",
}


def rows_of(layers: Sequence[LayerRow]) -> list[dict[str, str | int]]:
    """A network's table for people: what, called what, shape and parameters."""
    return [
        {
            "what": f"{layer.blocks} residual blocks" if layer.blocks else _PLAIN.get(layer.module, layer.module),
            "name here": layer.name,
            "leaves it": " × ".join(map(str, layer.shape)),
            "parameters": layer.parameters,
        }
        for layer in layers
    ]
