"""The shipped thumbnails: one small picture per galaxy of the mock survey, as WebP in a Parquet file."""

import base64

import pandas as pd
import pyarrow as pa

from galviz.artefacts.artefact import Inputs, Progress, Provenance, WholeFileArtefact
from galviz.artefacts.serialisation import decode_table, encode_table
from galviz.network.thumbnails import data_uri, make_thumbnails


class Thumbnails(WholeFileArtefact[pd.Series]):
    """Data URIs of thumbnails: a Series of str with index objID, as `galviz.network.thumbnails.make_thumbnails` gives.

    Examples
    --------
    >>> THUMBNAILS.load().iloc[0][:24]
    'data:image/webp;base64,U'
    """

    name = "features/thumbnails.parquet"
    title = "The thumbnails"
    packages = ("pillow",)
    uses_network = False

    def make(self, inputs: Inputs, progress: Progress) -> pd.Series:
        """Make a thumbnail of each galaxy."""
        return make_thumbnails(inputs.survey, progress=progress)

    def encode(self, content: pd.Series, provenance: Provenance) -> bytes:
        """A Parquet file with columns ``objID`` and ``webp``."""
        pictures = [base64.b64decode(uri.partition(",")[2]) for uri in content]
        table = pa.table({"objID": pa.array(content.index, pa.string()), "webp": pa.array(pictures, pa.binary())})
        # WebP is compressed already, but the ids, and the beginnings of the pictures, are alike.
        return encode_table(table, provenance.to_json(), compression="zstd", compression_level=19)

    def decode(self, raw: bytes) -> tuple[pd.Series, Provenance]:
        """Parse the bytes of a file; pictures become data URIs."""
        table, metadata = decode_table(raw)
        provenance = Provenance.from_json(metadata)
        ids = pd.Index(table.column("objID").to_pylist(), name="objID")
        uris = [data_uri(picture) for picture in table.column("webp").to_pylist()]
        return pd.Series(uris, index=ids, name="image", dtype=str), provenance


THUMBNAILS = Thumbnails()
