"""The cache of computed features: one file per origin in the user's cache folder."""

import os
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from galviz.features.features import Features, load_features, save_features
from galviz.features.layers import FeaturesError, Layers
from galviz.features.origin import Origin

FOLDER_VARIABLE = "GALVIZ_CACHE"


def cache_folder() -> Path:
    """The folder that ``GALVIZ_CACHE`` names, or galviz's own in the operating system's folder for caches."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named) if named else user_cache_path("galviz", appauthor=False, opinion=False)


def cache_path(origin: Origin) -> Path:
    """Path of the file of features with this origin."""
    return cache_folder() / f"{origin.key[:32]}.parquet"


def load_cached(origin: Origin) -> Features | None:
    """Load features of an origin from the cache; None if they aren't there or damaged, and must be computed.

    Every layer is read and verified here, because a page that meets damage later can only show an error.
    """
    try:
        features = load_features(cache_path(origin))
        if Origin.recorded(features.provenance) != origin:
            return None
        for layer in features.layers:
            load_features(cache_path(origin)).layers[layer]  # of another object, so that it doesn't stay in memory
    except FeaturesError:
        return None

    def read(layer: str) -> np.ndarray:
        try:
            return features.layers[layer]
        except FeaturesError as error:
            raise FeaturesError(f"{error} Or check again, and have the features computed again.") from error

    layers = Layers(features.layers, len(features.object_ids), read)
    return Features(features.object_ids, layers, features.predictions, features.provenance)


def cache_features(features: Features) -> Path:
    """Write features to the cache, where `load_cached` finds them, whole or not at all.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OSError
        If the folder or the file can't be written.
    """
    path = cache_path(Origin.recorded(features.provenance))
    path.parent.mkdir(parents=True, exist_ok=True)
    save_features(features, path)
    return path
