"""The shipped UMAPs of the features and of noise, for several settings; umap-learn isn't needed to read them."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import ArrayLike

from galviz.analysis.embeddings import FEATURES, NOISE, SETTINGS, UmapSettings, fit_umap, noise_like
from galviz.analysis.validation import check_features
from galviz.artefacts.artefact import Inputs, Progress, Provenance, WholeFileArtefact
from galviz.artefacts.features import TRAINED_FEATURES
from galviz.artefacts.serialisation import decode_table, encode_table

_ID = "objID"
Coordinates = Mapping[UmapSettings, pd.DataFrame]


def fit_umaps(
    object_ids: Sequence[str],
    values: ArrayLike,
    settings: Sequence[UmapSettings] = SETTINGS,
    *,
    progress: Progress | None = None,
) -> Coordinates:
    """Fit UMAPs of a survey's features, and of noise with their covariance.

    Parameters
    ----------
    object_ids : sequence of str, length n
    values : array of shape (n, d)
        Rows in the order of `object_ids`.
    settings : sequence of UmapSettings
    progress : callable, optional
        Called as progress(done, total) after each.

    Returns
    -------
    Mapping of UmapSettings to DataFrame of n rows, index objID
        Columns ``x`` and ``y``, float32, without unit; rotation and reflection are arbitrary.

    Raises
    ------
    ModuleNotFoundError
        If umap-learn isn't installed.

    Examples
    --------
    >>> fit_umaps(["12", "34", "56"], [[0, 1], [2, 3], [5, 4]], settings=())
    mappingproxy({})
    """
    sources = {FEATURES: check_features(values)}
    sources[NOISE] = noise_like(sources[FEATURES])
    index, coordinates = pd.Index(object_ids, name=_ID), {}
    for done, setting in enumerate(settings, start=1):
        umap = fit_umap(sources[setting.of], setting)
        coordinates[setting] = pd.DataFrame(umap, columns=["x", "y"], index=index)
        if progress:
            progress(done, len(settings))
    return MappingProxyType(coordinates)


class Umaps(WholeFileArtefact[Coordinates]):
    """Coordinates of every galaxy by `UmapSettings`, as `fit_umaps` returns them.

    Examples
    --------
    >>> UMAPS.load()[UmapSettings("features", n_neighbors=15, min_dist=0.1, seed=0)].shape
    (2000, 2)
    """

    name = "features/maps.parquet"
    title = "The UMAPs"
    packages = ("umap-learn", "numba", "scikit-learn", "scipy")
    build_command = '`pip install -e ".[maps]"` and `python -m galviz build-data`'

    def make(self, inputs: Inputs, progress: Progress) -> Coordinates:
        """Fit UMAPs of the trained network's last layer."""
        features = inputs.load(TRAINED_FEATURES)
        return fit_umaps(features.object_ids, features.layers[features.last_layer], progress=progress)

    def encode(self, content: Coordinates, provenance: Provenance) -> bytes:
        """A Parquet file with a column per UMAP and axis, named ``<settings>/x`` and ``<settings>/y``."""
        columns = {
            f"{settings.name}/{axis}": pa.array(coordinates[axis].to_numpy(np.float32))
            for settings, coordinates in content.items()
            for axis in ("x", "y")
        }
        ids = next(iter(content.values())).index
        metadata = {"settings": [vars(settings) for settings in content], **provenance.to_json()}
        table = pa.table({_ID: pa.array(ids, pa.string()), **columns})
        return encode_table(table, metadata, compression="zstd", use_byte_stream_split=list(columns))

    def decode(self, raw: bytes) -> tuple[Coordinates, Provenance]:
        """Parse the bytes of a file."""
        table, metadata = decode_table(raw)
        index = pd.Index(table.column(_ID).to_pylist(), name=_ID)
        coordinates = {}
        for settings in (UmapSettings(**fields) for fields in metadata["settings"]):
            axes = {axis: table.column(f"{settings.name}/{axis}").to_numpy() for axis in ("x", "y")}
            coordinates[settings] = pd.DataFrame(axes, index=index)
        return MappingProxyType(coordinates), Provenance.from_json(metadata)


UMAPS = Umaps()
