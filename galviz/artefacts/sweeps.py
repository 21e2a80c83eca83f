"""The shipped sweeps: galaxies rendered again with one cause changed, with their predictions and features.

Each image has the features of the network's last layer (float16, as in the shipped features), not coordinates: so any
principal components, distances and heads that a page computes are exact. GalSim isn't needed to read them.
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow as pa
from PIL import Image

from galviz.analysis.pca import fit_pca
from galviz.artefacts.artefact import Inputs, Progress, Provenance, WholeFileArtefact
from galviz.artefacts.features import TRAINED_FEATURES
from galviz.artefacts.serialisation import decode_table, encode_table

N_GALAXIES, N_VALUES = 24, 7
UNCHANGED = ""  # instead of a cause
_N_COMPONENTS = 4
_SIMULATOR = "texture_seed"  # a column that only surveys of the simulator have


@dataclass(frozen=True, eq=False)
class Sweeps:
    """Galaxies with one cause changed.

    Attributes
    ----------
    causes : tuple of str
    own_values : Mapping of str to Mapping of str to float
        The value of each cause of each galaxy, by objID and cause.
    rows : DataFrame of n rows
        One per image: ``objID``; ``cause``, empty for the unchanged galaxy; ``value`` of that cause, NaN if unchanged;
        ``true`` and ``predicted`` label; ``observable``, whether the survey's limits would include it.
    features : ndarray of float32, shape (n, d)
        Of the network's last layer; read-only.
    images : list of bytes, length n
        The network's crops as WebP.
    """

    causes: tuple[str, ...]
    own_values: Mapping[str, Mapping[str, float]]
    rows: pd.DataFrame
    features: np.ndarray
    images: Sequence[bytes]

    @cached_property
    def object_ids(self) -> list[str]:
        """The galaxies, from the lowest to the highest label."""
        return list(self.own_values)

    @cached_property
    def _rows_by_galaxy(self) -> dict[str, pd.DataFrame]:
        return dict(iter(self.rows.groupby("objID", sort=False)))

    def sweep(self, object_id: str, cause: str) -> pd.DataFrame:
        """Select the images of one galaxy and one cause.

        Returns
        -------
        DataFrame, index row of `features` and `images`
            The columns of `rows`, in ascending order of ``value``, and ``own``, True for the unchanged galaxy.

        Raises
        ------
        KeyError
            If the galaxy or the cause isn't among them.
        """
        own = self.own_values[object_id][cause]
        rows = self._rows_by_galaxy[object_id]
        rows = rows[rows["cause"].isin([cause, UNCHANGED])]
        is_own = rows["cause"] == UNCHANGED
        return rows.assign(cause=cause, value=rows["value"].where(~is_own, own), own=is_own).sort_values("value")

    def image(self, row: int) -> Image.Image:
        """Decode an image: RGB."""
        with Image.open(io.BytesIO(self.images[row])) as image:
            return image.convert("RGB")


def assemble_sweeps(
    causes: tuple[str, ...],
    own_values: Mapping[str, Mapping[str, float]],
    rows: list[tuple],
    features: np.ndarray,
    images: Sequence[bytes],
) -> Sweeps:
    """Assemble `Sweeps` from a list of tuples, in the order of their columns.

    Examples
    --------
    >>> rows = [("12", UNCHANGED, np.nan, 8.9, 8.8, True)]
    >>> sweeps = assemble_sweeps(("redshift",), {"12": {"redshift": 0.1}}, rows, np.zeros((1, 2)), [b""])
    >>> sweeps.sweep("12", "redshift")[["value", "own"]].to_dict("records")
    [{'value': 0.1, 'own': True}]
    """
    table = pd.DataFrame(rows, columns=["objID", "cause", "value", "true", "predicted", "observable"])
    features = features.astype(np.float32)
    features.setflags(write=False)
    return Sweeps(causes, own_values, table, features, images)


class SweepsArtefact(WholeFileArtefact[Sweeps]):
    """Sweeps of typical galaxies of the survey; empty if it isn't a simulated one, because its causes are unknown.

    Examples
    --------
    >>> sweeps = SWEEPS.load()
    >>> len(sweeps.object_ids), len(sweeps.sweep(sweeps.object_ids[0], "redshift"))
    (24, 7)
    """

    name = "features/sweeps.parquet"
    title = "The sweeps"
    packages = ("torch", "fastai", "pillow")
    build_command = '`pip install -e ".[simulate]"` and `python -m galviz build-data`'

    def make(self, inputs: Inputs, progress: Progress) -> Sweeps:
        """Draw and predict the sweeps."""
        catalogue, label = inputs.survey.catalogue, inputs.survey.label
        if _SIMULATOR not in catalogue or label is None:
            progress(1, 1)
            return assemble_sweeps((), {}, [], np.zeros((0, 1), np.float16), [])
        from galviz.artefacts.sweep_making import choose_galaxies, make_sweeps
        from galviz.simulate.intervention import CHANGEABLE

        features = inputs.load(TRAINED_FEATURES)
        coordinates = fit_pca(features.layers[features.last_layer], _N_COMPONENTS).coordinates
        object_ids = choose_galaxies(catalogue, label.column, coordinates, CHANGEABLE)
        return make_sweeps(inputs, object_ids, CHANGEABLE, N_VALUES, progress)

    def encode(self, content: Sweeps, provenance: Provenance) -> bytes:
        """A Parquet file with one row per image."""
        rows, width = content.rows, content.features.shape[1]
        features = pa.array(content.features.astype(np.float16).ravel(), pa.float16())
        columns = {
            "objID": pa.array(rows["objID"], pa.string()),
            "cause": pa.array(rows["cause"], pa.string()),
            "value": pa.array(rows["value"], pa.float64(), from_pandas=False),
            "true": pa.array(rows["true"], pa.float64()),
            "predicted": pa.array(rows["predicted"], pa.float32()),
            "observable": pa.array(rows["observable"], pa.bool_()),
            "features": pa.FixedSizeListArray.from_arrays(features, width),
            "webp": pa.array(content.images, pa.binary()),
        }
        own = {object_id: dict(values) for object_id, values in content.own_values.items()}
        metadata = {"causes": content.causes, "own_values": own, **provenance.to_json()}
        options = {"compression_level": 19, "use_byte_stream_split": ["features.list.element", "value", "true"]}
        return encode_table(pa.table(columns), metadata, compression="zstd", **options)

    def decode(self, raw: bytes) -> tuple[Sweeps, Provenance]:
        """Parse the bytes of a file."""
        table, metadata = decode_table(raw)
        names = ("objID", "cause", "value", "true", "predicted", "observable")
        rows = list(zip(*(table.column(name).to_pylist() for name in names), strict=True))
        column = table.column("features").combine_chunks()
        features = column.flatten().to_numpy().reshape(len(rows), column.type.list_size)
        images = table.column("webp").to_pylist()
        sweeps = assemble_sweeps(tuple(metadata["causes"]), metadata["own_values"], rows, features, images)
        return sweeps, Provenance.from_json(metadata)


SWEEPS = SweepsArtefact()
