"""Surveys to a trained network: its weights and its card.

The recipe is the tutorial's: fastai's DataBlock with crops and flips, `ranger`, root-mean-square error and the
one-cycle schedule. Two options are off by default: warm-ups on smaller images, in which the network also predicts other
known causes; and augmentation of brightness, colour and sharpness. The last epochs predict the label alone, and so does
the head that is saved. The target is (label - mean) / std, in any unit. The split is by galaxy: rows with the same id
or image are never on both sides.

It may import `galviz.network`, `galviz.survey` and what they import. torch and fastai come with its modules, except
`recipe` and `schedule`.
"""
