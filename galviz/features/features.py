"""Features: the activations and predictions of a network for each galaxy, and files of them.

Files store layers as float16 and load them as float32, one layer at a time. Their format is described in
`galviz.features.fileformat`.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from galviz.errors import describe_unknown_id, listed, quoted
from galviz.features.file import FeatureFile
from galviz.features.fileformat import ID, PREDICTION, write_feature_file
from galviz.features.layers import FeaturesError, Layers, UnknownLayer
from galviz.features.validation import check_array, check_ids, check_layer, check_rounding, raise_where
from galviz.files.manifest import data_path
from galviz.survey.survey import Survey

__all__ = ["CONTROLS", "Features", "FeaturesError", "UnknownLayer", "load_features", "save_features"]

# Largest share of the variance of a layer that rounding to float16 may change. Much more than for imported embeddings,
# because galaxies may hardly differ at a layer of an untrained network.
_MAX_LOSS = 2.5e-1
CONTROLS = ("random-weights", "shuffled-labels")


@dataclass(frozen=True, eq=False, init=False, repr=False)
class Features:
    """Activations of the layers of a network for each galaxy, and its predictions; immutable, so threads may share it.

    Parameters
    ----------
    object_ids : sequence of str
        The galaxies, without duplicates.
    layers : mapping of str to array of shape (n_galaxies, n_channels)
        Finite, rows in the order of `object_ids`; copied, as float32.
    predictions : array of shape (n_galaxies,), or None
        Finite, in the label's unit; copied, as float32. None for a network that predicts no label.
    provenance : mapping of str to str
        What the features were made from: ``survey_sha256``, ``weights_sha256``, ``precision``, versions.
    content_sha256 : str
        Checksum of the file they are from; empty if they aren't from a file.

    Attributes
    ----------
    layers : Mapping of str to ndarray of shape (n_galaxies, n_channels), float32
        A layer of a file is read on first access, verified with its checksum, and cached. FeaturesError is raised if
        the file is damaged, or has been changed or removed; UnknownLayer if there is no such layer.
    predictions : ndarray of shape (n_galaxies,), float32, or None
    provenance : Mapping of str to str

    Raises
    ------
    FeaturesError
        If shapes don't agree, an id is a duplicate, or a value isn't finite.

    Examples
    --------
    >>> features = Features(["12", "34"], {"features": [[0.0, 1.0], [2.0, 3.0]]}, [8.7, 9.1], {})
    >>> features.layers["features"][features.rows(["34"])].tolist()
    [[2.0, 3.0]]
    >>> features.select(["34"])
    Features(1 galaxies, layers: features)
    """

    layers: Mapping[str, np.ndarray]
    predictions: np.ndarray | None
    provenance: Mapping[str, str]
    content_sha256: str
    _row_of: dict[str, int]

    def __init__(
        self,
        object_ids: Sequence[str],
        layers: Mapping[str, np.ndarray],
        predictions: np.ndarray | None,
        provenance: Mapping[str, str],
        content_sha256: str = "",
    ) -> None:
        ids = check_ids(object_ids)
        if not isinstance(layers, Layers):  # Layers are validated when they are read
            checked = {name: check_layer(name, values, ids) for name, values in layers.items()}
            layers = Layers(checked, len(ids), checked.__getitem__)
        if layers.count != len(ids):
            rule = f"layers must have a row for each of the {len(ids)} object_ids"
            raise FeaturesError(f"{rule}; got {layers.count} rows")
        if not all(isinstance(text, str) for pair in provenance.items() for text in pair):
            raise FeaturesError(f"provenance must map strings to strings; got {dict(provenance)}")
        predictions = None if predictions is None else check_array("predictions", predictions, ids, 1)
        # A frozen dataclass sets its fields like this.
        object.__setattr__(self, "layers", layers)
        object.__setattr__(self, "predictions", predictions)
        object.__setattr__(self, "provenance", MappingProxyType(dict(provenance)))
        object.__setattr__(self, "content_sha256", content_sha256)
        object.__setattr__(self, "_row_of", dict(zip(ids, range(len(ids)), strict=True)))

    @property
    def last_layer(self) -> str:
        """Name of the last layer: the input of the network's head, or the embedding."""
        return list(self.layers)[-1]

    @property
    def object_ids(self) -> list[str]:
        """The ids of the galaxies in the order of the rows, as a new list."""
        return list(self._row_of)

    def rows(self, object_ids: Iterable[str]) -> np.ndarray:
        """Indices of galaxies in `layers` and `predictions`, in the order of `object_ids`.

        Raises
        ------
        FeaturesError
            If there is no such galaxy; the message names similar ids.
        """
        if isinstance(object_ids, str):
            raise FeaturesError(f"object_ids must be a list of ids; got the text {quoted(object_ids)}")
        ids = list(object_ids)
        for object_id in ids:
            if not isinstance(object_id, str) or object_id not in self._row_of:
                rule = f"object_ids must be among the {len(self._row_of)} that have features"
                raise FeaturesError(f"{rule}; got {describe_unknown_id(object_id, self._row_of)}")
        return np.array([self._row_of[object_id] for object_id in ids], dtype=np.intp)

    def select(self, object_ids: Sequence[str]) -> "Features":
        """Features of these galaxies only, in this order; layers of a file are still read on first access.

        Raises
        ------
        FeaturesError
            If there is no such galaxy, or an id is a duplicate.
        """
        rows = self.rows(object_ids)
        layers = Layers(self.layers, len(rows), lambda name: self.layers[name][rows])
        predictions = None if self.predictions is None else self.predictions[rows]
        return Features(object_ids, layers, predictions, self.provenance, self.content_sha256)

    def __reduce__(self) -> tuple:
        # Read-only mappings can't be pickled, nor can layers that haven't been read, so all layers are read.
        values = self.object_ids, dict(self.layers), self.predictions
        return Features, (*values, dict(self.provenance), self.content_sha256)

    def __repr__(self) -> str:
        return f"Features({len(self._row_of)} galaxies, layers: {listed(tuple(self.layers))})"


def save_features(features: Features, path: str | os.PathLike[str]) -> None:
    """Write a features file, whole or not at all; equal features give equal bytes.

    Parameters
    ----------
    features : Features
        Layers are rounded to float16.
    path : path-like
        Usually ends in ``.parquet``. Its folder must exist; an existing file is replaced.

    Raises
    ------
    FeaturesError
        If a value is beyond float16's 65504, or rounding would change a layer by more than a quarter of its variance.
    OSError
        If the file can't be written; an existing file is left unchanged.

    Examples
    --------
    >>> import tempfile
    >>> features = Features(["12", "34"], {"features": [[0.0, 1.0], [2.0, 3.0]]}, [8.7, 9.1], {})
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_features(features, f"{folder}/features.parquet")
    ...     load_features(f"{folder}/features.parquet").predictions.round(1)
    array([8.7, 9.1], dtype=float32)
    """
    ids, layers = features.object_ids, {}
    for name, values in features.layers.items():
        with np.errstate(over="ignore"):  # values beyond float16 become inf, and raise below
            layers[name] = values.astype(np.float16)
        rule = f"layer {quoted(name)} must be within float16's ±65504 to be saved"
        raise_where(np.isinf(layers[name]), values, ids, rule)
        check_rounding(f"layer {quoted(name)}", values, _MAX_LOSS)
    write_feature_file(path, ids, layers, features.predictions, features.provenance)


def load_features(
    path: str | os.PathLike[str] | None = None,
    *,
    control: str | None = None,
    survey: Survey | None = None,
    weights_sha256: str | None = None,
) -> Features:
    """Open a features file: ids and predictions are read now, layers on first access.

    Parameters
    ----------
    path : path-like, optional
        A file by `save_features`; by default the shipped features of the mock survey.
    control : {"random-weights", "shuffled-labels"}, optional
        Instead of `path`: the shipped features of a control network, with random weights or trained on shuffled labels.
    survey : Survey, optional
        Raise an error if the features aren't those of this survey. All its images are read to check this.
    weights_sha256 : str, optional
        Raise an error if the features were computed with other weights.

    Returns
    -------
    Features

    Raises
    ------
    FeaturesError
        If there is no such file, it isn't a features file, is damaged, belongs to another survey or other weights, or
        is a shipped file that was changed.
    SurveyError
        If an image of `survey` is missing.

    Examples
    --------
    >>> features = load_features()
    >>> features.layers["features"].shape
    (2000, 512)
    """
    if path is not None and control is not None:
        raise FeaturesError(f"path and control exclude each other; got {os.fspath(path)} and {control}: omit one")
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
        features = Features(file.ids, layers, file.predictions, file.provenance, file.content_sha256)
    file.verify(ID, file.ids)
    if file.predictions is not None:
        file.verify(PREDICTION, file.predictions)
    if survey is not None:
        file.check_survey(survey)
    if weights_sha256 is not None:
        file.check_weights(weights_sha256)
    return features
