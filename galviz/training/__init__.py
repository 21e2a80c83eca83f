"""Surveys -> a trained network: weights and their card.

The recipe is the tutorial's: fastai's DataBlock with crops and flips, `ranger`, root-mean-square error, the one-cycle
schedule. Two things may come on top, both off by default: warm-ups, on smaller images at first, that predict other
known causes beside the label, and light and sharpness that vary as telescopes and processing vary. The last epochs, and
so the head that is kept, predict the label alone. It is trained as (label - mean) / std, whatever its unit. The split
is by galaxy: rows with the same id or image are never on both sides.
"""

import galviz.model  # noqa: F401 (first, for it imports fastai with the warnings silenced that are fastai's own)
from galviz.training.recipe import Phase, Recipe, WarmUp
from galviz.training.run import train

__all__ = ["Phase", "Recipe", "WarmUp", "train"]
