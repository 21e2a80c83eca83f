"""All shipped artefacts, in the order in which ``build-data`` makes them.

To add an artefact, write a subclass of `galviz.artefacts.artefact.Artefact` in a module of its own and add it here.
"""

from galviz.artefacts.artefact import Artefact
from galviz.artefacts.features import CONTROL_FEATURES, TRAINED_FEATURES
from galviz.artefacts.figures import LESSON_FIGURES
from galviz.artefacts.hubble import HUBBLE_FIELD
from galviz.artefacts.probes import PROBE_RESULTS
from galviz.artefacts.sweeps import SWEEPS
from galviz.artefacts.thumbnails import THUMBNAILS
from galviz.artefacts.umaps import UMAPS

ARTEFACTS: tuple[Artefact, ...] = (
    TRAINED_FEATURES,
    *CONTROL_FEATURES.values(),
    THUMBNAILS,
    LESSON_FIGURES,
    PROBE_RESULTS,  # reads the features above
    # These read them too. They are last, so that all others are made even if an extra isn't installed:
    UMAPS,  # maps
    SWEEPS,  # simulate
    HUBBLE_FIELD,  # shift
)
