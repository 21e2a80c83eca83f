"""The cache of computed features: a file per origin in the user's cache folder, computed once."""

import os
import sys
from pathlib import Path

import numpy as np

from galviz.featurefile import Layers
from galviz.features import Features, FeaturesError, load_features, save_features
from galviz.origin import Origin

FOLDER_VARIABLE = "GALVIZ_CACHE"


def kept_folder() -> Path:
    """Where they are kept: the folder that ``GALVIZ_CACHE`` names, or galviz's own in the system's place for caches."""
    if named := os.environ.get(FOLDER_VARIABLE):
        return Path(named)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "galviz"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "galviz"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "galviz"


def kept_path(origin: Origin) -> Path:
    """The file of the features that have this origin."""
    return kept_folder() / f"{origin.key[:32]}.parquet"


def load_kept(origin: Origin) -> Features | None:
    """Features of an origin, if they were kept and are whole; None if not, so that they are computed again.

    Every layer is read once and checked here: a page that meets damage later could only give up.
    """
    try:
        features = load_features(kept_path(origin))
        if Origin.recorded(features.provenance) != origin:
            return None
        for layer in features.layers:
            load_features(kept_path(origin)).layers[layer]  # opened anew, because these would stay in memory
    except FeaturesError:
        return None

    def read(layer: str) -> np.ndarray:
        try:
            return features.layers[layer]
        except FeaturesError as error:
            raise FeaturesError(f"{error} Or check again, and have the features computed again.") from error

    layers = Layers(features.layers, len(features.object_ids), read)
    return Features(features.object_ids, layers, features.predictions, features.provenance)


def keep(features: Features) -> Path:
    """Write features where `load_kept` finds them, whole or not at all.

    Raises
    ------
    OSError
        If the folder or the file can't be written.
    """
    path = kept_path(Origin.recorded(features.provenance))
    path.parent.mkdir(parents=True, exist_ok=True)
    save_features(features, path)
    return path
