"""The network: its specification, its model card, its weights, and the activations of its layers.

In: a card, or a module of your own; images. Out: a ``torch.nn.Module`` with named layers, activations, predictions.
`spec`, `card`, `cardformat`, `head`, `weights`, `crops`, `framing`, `normalisation`, `thumbnails` and `anatomy` need no
torch, the other modules do. The package may import `galviz.survey`, `galviz.files` and `galviz.errors`.
"""
