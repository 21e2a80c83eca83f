"""galviz: see what a neural network has learnt about galaxies.

Data flows in one direction, and each package imports only from those to its left (``docs/architecture.md``)::

    survey folder ──> survey ──> network ──> features ──> analysis ──> charts ──> pages
                      simulate   training                 artefacts    course     lessons/, instruments/

The public API is here and is loaded when it is first used: ``import galviz`` itself imports neither torch nor pandas.

Examples
--------
>>> import galviz
>>> features = galviz.load_features()
>>> pca = galviz.fit_pca(features.layers["features"], n_components=3)
>>> pca.coordinates.shape
(2000, 3)
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "survey.survey": ["Survey", "load_survey"],
        "survey.problems": ["SurveyError"],
        "network.spec": ["NetworkSpec", "xresnet_spec"],
        "network.card": ["CardError", "ModelCard", "read_card"],
        "network.builders": ["build_network"],
        "network.model": ["load_model", "save_model", "wrap"],
        "network.activations": ["feature_maps"],
        "features.features": ["Features", "FeaturesError", "load_features", "save_features"],
        "features.extraction": ["extract"],
        "analysis.pca": ["fit_pca"],
    },
)
