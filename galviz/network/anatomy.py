"""Names for the parts of a network, usable without torch; `galviz.network.inspection` computes with them."""

from dataclasses import dataclass

# The feature maps that the lessons show of galviz's xresnet34, in the order of the forward pass.
MAPS = (
    *("stem", "block/input", "block/branch", "block/output"),
    *("attention/input", "attention/mixture", "attention/output"),
    *("stage1", "stage2", "stage3", "stage4"),
)


@dataclass(frozen=True)
class LayerRow:
    """One row of the table of a network's modules, see `galviz.network.inspection.summarise_layers`.

    Attributes
    ----------
    name : str
        Name of the layer in the network's specification; empty if it has none.
    module : str
        Name of its class.
    blocks : int
        Number of blocks in it; 0 if it isn't a sequence of blocks.
    shape : tuple of int
        Shape of its output for one image: channels, and height and width if it has them.
    parameters : int
    """

    name: str
    module: str
    blocks: int
    shape: tuple[int, ...]
    parameters: int
