"""What the page of the network says of its layers."""

from collections.abc import Sequence

from galviz.network.anatomy import LayerRow

_PLAIN = {
    "ConvLayer": "convolution, batch norm, Mish",
    "MaxPool2d": "largest of 3 × 3 places",
    "AdaptiveAvgPool2d": "average over all places",
    "Flatten": "the same in one row",
    "Dropout": "dropout (switched off in this network)",
    "Linear": "head: weighted sum, constant",
}
# The stage that ends in self-attention.
_ATTENTIVE = "stage1"


def rows_of(layers: Sequence[LayerRow]) -> list[dict[str, str | int]]:
    """A network's table for people: what, called what, shape and parameters."""
    return [
        {
            "name here": layer.name,
            "leaves it": " × ".join(map(str, layer.shape)),
            "parameters": layer.parameters,
            "what": _what(layer),
        }
        for layer in layers
    ]


def _what(layer: LayerRow) -> str:
    if not layer.blocks:
        return _PLAIN.get(layer.module, layer.module)
    return f"{layer.blocks} residual blocks" + ", the last with self-attention" * (layer.name == _ATTENTIVE)
