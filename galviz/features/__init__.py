"""Features: the activations of a network for each galaxy of a survey, as arrays, as a file and in a cache.

In: a network and a survey, or a features file. Out: a `Features`. Only `extraction` needs torch. The package may import
`galviz.network`, `galviz.survey`, `galviz.files` and `galviz.errors`.
"""
