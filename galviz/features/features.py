"""Features: what a network said of each galaxy, layer by layer; saved, and loaded layer by layer.

The file keeps layers as float16; read back, they are float32 like any others. `galviz.features.fileformat` says what is
in it.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from galviz.errors import listed, misnamed, quoted
from galviz.features.file import FeatureFile
from galviz.features.fileformat import ID, PREDICTION, write_feature_file
from galviz.features.layers import FeaturesError, Layers, UnknownLayer
from galviz.features.validation import check_array, check_ids, check_layer, raise_where
from galviz.files.manifest import data_path
from galviz.survey.survey import Survey

__all__ = ["CONTROLS", "Features", "FeaturesError", "UnknownLayer", "load_features", "save_features"]

CONTROLS = ("random-weights", "shuffled-labels")


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Features:
    """What a network said of each galaxy. Threads may share one: nothing that it lends can change it.

    Parameters
    ----------
    object_ids : sequence of str
        The galaxies, each once.
    layers : mapping of str to array of shape (n_galaxies, n_channels)
        Finite, rows in the order of `object_ids`; copied, as float32.
    predictions : array of shape (n_galaxies,), or None
        Finite, in the label's unit; copied, as float32. None for a network that predicts no label.
    provenance : mapping of str to str
        What the features were made from: ``survey_sha256``, ``weights_sha256``, ``precision``, versions.

    Attributes
    ----------
    layers : Mapping of str to ndarray of shape (n_galaxies, n_channels), float32
        A layer of a file is read when it is asked for, compared with its checksum, and kept; that raises FeaturesError
        if the file is damaged, or has changed or gone by then. An unknown layer raises UnknownLayer.
    predictions : ndarray of shape (n_galaxies,), float32, or None
    provenance : Mapping of str to str

    Raises
    ------
    FeaturesError
        If shapes don't fit, an id comes twice, or a value isn't finite.
    """

    layers: Mapping[str, np.ndarray]
    predictions: np.ndarray | None
    provenance: Mapping[str, str]
    _row_of: dict[str, int]

    def __init__(
        self,
        object_ids: Sequence[str],
        layers: Mapping[str, np.ndarray],
        predictions: np.ndarray | None,
        provenance: Mapping[str, str],
    ) -> None:
        ids = check_ids(object_ids)
        if not isinstance(layers, Layers):  # those are checked already, or will be once they are read
            checked = {name: check_layer(name, values, ids) for name, values in layers.items()}
            layers = Layers(checked, len(ids), checked.__getitem__)
        if layers.count != len(ids):
            rule = f"layers must have a row for each of the {len(ids)} object_ids"
            raise FeaturesError(f"{rule}; got {layers.count} rows")
        if not all(isinstance(text, str) for pair in provenance.items() for text in pair):
            raise FeaturesError(f"provenance must hold strings alone; got {dict(provenance)}")
        predictions = None if predictions is None else check_array("predictions", predictions, ids, 1)
        # A frozen dataclass's own __init__ sets its fields like this.
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "predictions", predictions)
        object.__setattr__(self, "provenance", MappingProxyType(dict(provenance)))
        object.__setattr__(self, "_row_of", dict(zip(ids, range(len(ids)), strict=True)))

    @property
    def last_layer(self) -> str:
        """Name of the last layer: what a network's head reads, or the embedding."""
        return list(self.layers)[-1]

    @property
    def object_ids(self) -> list[str]:
        """The galaxies' ids, in the order of the rows; the list is the caller's own."""
        return list(self._row_of)

    def rows(self, object_ids: Iterable[str]) -> np.ndarray:
        """Rows of galaxies in `layers` and `predictions`: ints of shape (n_asked,), in the order asked for.

        Raises
        ------
        FeaturesError
            If there is no such galaxy; the text names ids that are close.
        """
        if isinstance(object_ids, str):
            raise FeaturesError(f"object_ids must be a list of ids; got the text {quoted(object_ids)}")
        ids = list(object_ids)
        for object_id in ids:
            if not isinstance(object_id, str) or object_id not in self._row_of:
                rule = f"object_ids must be among the {len(self._row_of)} that have features"
                raise FeaturesError(f"{rule}; got {misnamed(object_id, self._row_of)}")
        return np.array([self._row_of[object_id] for object_id in ids], dtype=np.intp)

    def select(self, object_ids: Sequence[str]) -> "Features":
        """Features of these galaxies alone, in this order; layers that are not read yet stay so.

        Raises
        ------
        FeaturesError
            If there is no such galaxy, or one is asked for twice.
        """
        rows = self.rows(object_ids)
        layers = Layers(self.layers, len(rows), lambda name: self.layers[name][rows])
        predictions = None if self.predictions is None else self.predictions[rows]
        return Features(object_ids, layers, predictions, self.provenance)

    def __reduce__(self) -> tuple:
        # Neither a read-only mapping nor a layer yet to be read can be pickled: all of it goes along.
        return Features, (self.object_ids, dict(self.layers), self.predictions, dict(self.provenance))

    def __repr__(self) -> str:
        return f"Features({len(self._row_of)} galaxies, layers: {listed(tuple(self.layers))})"


def save_features(features: Features, path: str | os.PathLike[str]) -> None:
    """Write a features file, whole or not at all; equal features give equal bytes.

    Parameters
    ----------
    features : Features
        All its layers are written, rounded to float16.
    path : path-like
        Usually ends in ``.parquet``. Its folder must exist; a file of that name is replaced.

    Raises
    ------
    FeaturesError
        If a value is beyond float16's 65504.
    OSError
        If the file can't be written; what was there before is as it was.
    """
    ids, halves = features.object_ids, {}
    for name, values in features.layers.items():
        with np.errstate(over="ignore"):  # what float16 can't hold becomes inf, and is told
            halves[name] = values.astype(np.float16)
        rule = f"layer {quoted(name)} must be within float16's ±65504 to be saved"
        raise_where(np.isinf(halves[name]), values, ids, rule)
    write_feature_file(path, ids, halves, features.predictions, features.provenance)


def load_features(
    path: str | os.PathLike[str] | None = None,
    *,
    control: str | None = None,
    survey: Survey | None = None,
    weights_sha256: str | None = None,
) -> Features:
    """Open a features file: ids and predictions are read now, a layer when it is asked for.

    Parameters
    ----------
    path : path-like, optional
        A file by `save_features`; by default the shipped features of the mock survey.
    control : {"random-weights", "shuffled-labels"}, optional
        Instead of `path`: the shipped features of a network that was never trained, or trained on shuffled labels.
    survey : Survey, optional
        Refuse features that were not made of this survey as it is now. Its images are read for that.
    weights_sha256 : str, optional
        Refuse features that were not made with these weights.

    Returns
    -------
    Features

    Raises
    ------
    FeaturesError
        If there is no such file, or it is no features file, damaged, of another survey or of other weights; or if it
        came with galviz and has changed since.
    SurveyError
        If an image of `survey` has gone.
    """
    if path is not None and control is not None:
        raise FeaturesError(f"path and control exclude each other; got {os.fspath(path)} and {control}: leave one out")
    if control not in (None, *CONTROLS):
        raise FeaturesError(f"control must be one of {listed(CONTROLS)}; got {control!r}")
    shipped = data_path("features", f"{control or 'mock-survey'}.parquet")
    file = FeatureFile(shipped if path is None else Path(path).absolute(), shipped=path is None)

    def read(name: str) -> np.ndarray:
        values = file.layer(name)
        with file.named():
            checked = check_layer(name, values, file.ids)
        file.verify(name, values)
        return checked

    with file.named():
        layers = Layers(file.layer_names, len(file.ids), read)
        features = Features(file.ids, layers, file.predictions, file.provenance)
    file.verify(ID, file.ids)
    if file.predictions is not None:
        file.verify(PREDICTION, file.predictions)
    if survey is not None:
        file.check_survey(survey)
    if weights_sha256 is not None:
        file.check_weights(weights_sha256)
    return features
