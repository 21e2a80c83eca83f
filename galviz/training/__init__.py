"""Surveys to a trained network: its weights and its card.

The recipe is the tutorial's: fastai's DataBlock with crops and flips, `ranger`, root-mean-square error and the
one-cycle schedule. Two options are off by default: warm-ups, on smaller images at first, that predict other known
causes beside the label; and light and sharpness that vary as telescopes and processing vary. The last epochs, and so
the head that is kept, predict the label alone. It is trained as (label - mean) / std, whatever its unit. The split is
by galaxy: rows with the same id or image are never on both sides.

It may import `galviz.network`, `galviz.survey` and what they import. torch and fastai come with its modules, except
`recipe` and `schedule`.
"""
