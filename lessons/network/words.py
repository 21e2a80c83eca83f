"""Descriptions of layers and blocks, for the page on the network."""

from collections.abc import Sequence

from galviz.network.anatomy import LayerRow

_PLAIN = {
    "ConvLayer": "convolution, batch norm, Mish",
    "MaxPool2d": "max pooling, 3 × 3 positions",
    "AdaptiveAvgPool2d": "average over all positions",
    "Flatten": "flatten to one row",
    "Dropout": "dropout, switched off",
    "Linear": "head: weighted sum plus constant",
}
# The stage that ends in self-attention.
_WITH_ATTENTION = "stage1"
_SENTENCES = {
    "input": "The network's input: the centre of the image in three colours, each normalised.",
    "stem": "Three convolutions of 3 × 3 pixels detect edges and colours. The first has a stride of 2, which "
    "halves height and width.",
    "features": "The average of each channel over all positions: one number per channel.",
    "prediction": "The head multiplies each feature by its weight, and adds up the products and a constant.",
}


def rows_of(layers: Sequence[LayerRow]) -> list[dict[str, str | int]]:
    """Make the table of a network's layers: name, operation, output shape and parameters."""
    return [
        {
            "layer": layer.name,
            "what it does": _describe_layer(layer),
            "output shape": " × ".join(map(str, layer.shape)),
            "parameters": layer.parameters,
        }
        for layer in layers
    ]


def describe_block(name: str, layers: Sequence[LayerRow]) -> str:
    """Describe in one or two sentences what a block of the diagram does.

    Examples
    --------
    >>> describe_block("stage2", [LayerRow("stage2", "Sequential", 4, (128, 14, 14), 1)])
    '4 residual blocks. The first has a stride of 2, which halves height and width.'
    """
    if name in _SENTENCES:
        return _SENTENCES[name]
    n_blocks = sum(layer.blocks for layer in layers)
    if name == _WITH_ATTENTION:
        return f"Max pooling halves height and width. {n_blocks} residual blocks follow; the last has self-attention."
    return f"{n_blocks} residual blocks. The first has a stride of 2, which halves height and width."


def _describe_layer(layer: LayerRow) -> str:
    if not layer.blocks:
        return _PLAIN.get(layer.module, layer.module)
    return f"{layer.blocks} residual blocks" + ", the last with self-attention" * (layer.name == _WITH_ATTENTION)
