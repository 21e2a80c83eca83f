"""The cache of computed features: one features file per origin, in the user's cache folder."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from platformdirs import user_cache_path

from galviz.features.cache_key import Origin
from galviz.features.features import Features, load_features, save_features
from galviz.features.layers import FeaturesError, Layers

FOLDER_VARIABLE = "GALVIZ_CACHE"


def cache_folder() -> Path:
    """The cache folder: ``GALVIZ_CACHE``, or a folder in the operating system's cache folder.

    Examples
    --------
    >>> isinstance(cache_folder(), Path)
    True
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder) if folder else user_cache_path("galviz", appauthor=False, opinion=False)


def cache_path(origin: Origin) -> Path:
    """Path of the cached features with an origin.

    Examples
    --------
    >>> cache_path(Origin("survey", "card", "weights")).suffix
    '.parquet'
    """
    return cache_folder() / f"{origin.key[:32]}.parquet"


def load_cached(origin: Origin, object_ids: Sequence[str], layers: Sequence[str]) -> Features | None:
    """Load the features with an origin from the cache.

    All layers are read and verified now, because later a page could only show an error.

    Parameters
    ----------
    origin : Origin
    object_ids : sequence of str
        The galaxies of the survey.
    layers : sequence of str
        The layers of the network, in the order of the forward pass.

    Returns
    -------
    Features or None
        None if the features must be computed: if they are missing or damaged, or of other galaxies or layers.

    Examples
    --------
    >>> load_cached(Origin("no such survey", "card", "weights"), ["1237648720142401611"], ["features"]) is None
    True
    """
    try:
        features = load_features(cache_path(origin))
        is_complete = list(features.layers) == list(layers) and set(features.object_ids) == set(object_ids)
        if Origin.recorded(features.provenance) != origin or not is_complete:
            return None
        for layer in features.layers:
            load_features(cache_path(origin)).layers[layer]  # of a temporary object, to free the memory again
    except FeaturesError:
        return None

    def read(layer: str) -> np.ndarray:
        try:
            return features.layers[layer]
        except FeaturesError as error:
            raise FeaturesError(f"{error} Or check again, and compute the features again.") from error

    layers = Layers(features.layers, len(features.object_ids), read)
    return Features(features.object_ids, layers, features.predictions, features.provenance, features.content_sha256)


def cache_features(features: Features) -> Path:
    """Write features to the cache, for `load_cached`.

    Returns
    -------
    pathlib.Path
        The file.

    Raises
    ------
    OSError
        If the folder or the file can't be written.

    Examples
    --------
    >>> import tempfile
    >>> from unittest import mock
    >>> features = Features(["1237648720142401611"], {"features": np.ones((1, 2))}, None, {"survey_sha256": "5b1e"})
    >>> with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, {FOLDER_VARIABLE: folder}):
    ...     _ = cache_features(features)
    ...     load_cached(Origin.recorded(features.provenance), features.object_ids, ["features"]).object_ids
    ['1237648720142401611']
    """
    path = cache_path(Origin.recorded(features.provenance))
    path.parent.mkdir(parents=True, exist_ok=True)
    save_features(features, path)
    return path
