"""galviz: see what a neural network has learnt about galaxies.

The flow, one direction, a module a stage; each imports only from stages before its own::

    survey folder ──> Survey ──> network ──> Features ──> projection ──> charts ──> pages
    (master.csv,      survey     model       activations  projection     charts     lessons/
     images/)                    training    features                               instruments/

`simulate` makes a survey folder of mock galaxies, and ``python -m galviz`` runs each stage from a shell. Beside
`projection`, `variance` says how sure its shares are, `alignment` how much of it the network's head makes,
`correlation` and `probes` what it tells of known causes, and `maps` and `neighbours` what t-SNE and UMAP keep.
`derived` makes anew what ships beside survey and weights, `doctor` checks an installation, and `course` runs exercises.
Below them lie the parts they are made of: `table`, `catalogue` and `label` read master.csv, `images` decodes pictures,
`problems` says what is wrong with them, `card` tells of a network without torch, `featurefile` keeps features as
Parquet, `files` writes files whole or not at all, and `output` decides where a command may write.
"""

__version__ = "0.1.0"
