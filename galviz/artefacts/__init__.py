"""Artefacts: files under ``data/`` that are computed from the shipped survey and network; ``build-data`` makes them.

In: the shipped survey and weights. Out: features of the trained network and of the control networks, thumbnails,
figures of the lessons, probes, UMAPs and galaxies of the Hubble deep field, each with its provenance. Each kind of file
is a subclass of `Artefact` in its own module, registered in `galviz.artefacts.registry`. The package may import all
others except `charts`, `course` and `cli`.
"""
