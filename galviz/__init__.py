"""galviz: see what a neural network has learnt about galaxies.

The flow, one direction, a module a stage; each imports only from stages before its own::

    survey folder ──> Survey ──> network ──> Features ──> projection ──> charts ──> pages
    (master.csv,      survey     model       activations  projection     charts     lessons/
     images/)                    training    features     attribution               instruments/

`simulate` makes a survey folder of mock galaxies, and ``python -m galviz`` runs each stage from a shell. Beside
`projection`, `variance` says how sure its shares are and `alignment` how much of it the network's head makes. `derived`
makes anew what ships beside survey and weights, and `doctor` checks an installation. Below them lie the parts they are
made of: `table`, `catalogue` and `label` read master.csv, `images` decodes pictures, `problems` says what is wrong with
them, `card` tells of a network without torch, `featurefile` keeps features as Parquet, `files` writes files whole or
not at all.
"""

__version__ = "0.1.0"
