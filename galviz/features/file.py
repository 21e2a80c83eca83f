"""Reading a features file layer by layer, with verification and error messages."""

import hashlib
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from galviz.errors import BrokenFileError, quoted
from galviz.features.cache_key import IMPORTED
from galviz.features.fileformat import ID, KEY, PREDICTION, FormatError, column_bytes, parse_contents
from galviz.features.layers import FeaturesError
from galviz.files.parquet import open_parquet
from galviz.files.reading import NotRegularError, open_regular
from galviz.files.shipped import ShippedFileError, verify_open
from galviz.files.signatures import file_kind
from galviz.network.card import read_card
from galviz.survey.survey import Survey
from galviz.survey.typed_table import MAX_TEXT_BYTES, text_bytes

_ROWS_PER_BATCH = 4096


class FeatureFile:
    """A features file: ids and predictions are read at once, layers on request.

    Files of earlier versions have no checksums of columns: they are verified as a whole when they are opened, without
    their provenance.

    Parameters
    ----------
    path : Path
    shipped : bool
        Whether it is an artefact, which `build-data` makes.

    Attributes
    ----------
    ids : list of str
    predictions : ndarray of shape (n,), float32, or None
    layer_names : list of str
    content_sha256 : str
        Checksum of all columns.
    provenance : dict of str to str
        As stored; `galviz.features.features.Features` validates the values.

    Raises
    ------
    FeaturesError
        If it is missing, can't be read, or isn't a features file.
    """

    def __init__(self, path: Path, *, shipped: bool) -> None:
        self.path, self.shipped = path, shipped
        self.provenance: dict[str, str] = {}
        # Shipped files are verified as a whole whenever they are opened, so their columns needn't be.
        self._verified_whole = False
        with self._opened() as (stream, parquet):
            schema = parquet.schema_arrow
            try:
                self._contents = parse_contents(schema, verified=self._verified_whole)
            except FormatError as error:
                raise self._fault(error.problem, error.remedy) from error
            self.layer_names, self.provenance = self._contents.layers, self._contents.provenance
            self.content_sha256 = self._contents.content_sha256
            # It contains a checksum of all values, which shows whether the file at this path was replaced.
            self._metadata = schema.metadata[KEY]
            self.ids = self._read_ids(stream)
            self.predictions = None
            if self._contents.predicts:
                self.predictions = parquet.read([PREDICTION], use_threads=False).column(PREDICTION).to_numpy()
            if not (self._verified_whole or self._contents.column_sha256):
                self._verify_all(parquet)

    def layer(self, name: str) -> np.ndarray:
        """Read a layer: float16 of shape (n, n_channels), NaN for missing numbers.

        Raises
        ------
        FeaturesError
            If the file was removed or replaced, is damaged, or lacks rows.
        """
        with self._opened() as (_, parquet):
            if (parquet.schema_arrow.metadata or {}).get(KEY) != self._metadata:
                raise self._fault("was replaced by another since it was loaded", "load it again")
            return self._values(parquet, name)

    def verify(self, name: str, values: np.ndarray | list[str]) -> None:
        """Compare a column with its checksum, if the file has one.

        Parameters
        ----------
        name : str
            ``objID``, ``prediction`` or a layer.
        values : list of str, or ndarray
            As read from the file.

        Raises
        ------
        FeaturesError
            If the checksums differ.
        """
        if self._verified_whole or not self._contents.column_sha256:
            return
        if hashlib.sha256(column_bytes(values)).hexdigest() != self._contents.column_sha256.get(name):
            raise self._fault(f"is damaged: column {quoted(name)} doesn't match its checksum")

    def _verify_all(self, parquet: pq.ParquetFile) -> None:
        """Verify all columns of a file of an earlier version, which has one checksum."""
        content = hashlib.sha256(column_bytes(self.ids))
        if self._contents.predicts:
            content.update(column_bytes(self.predictions))
        for name in self.layer_names:
            content.update(column_bytes(self._values(parquet, name)))
        if content.hexdigest() != self._contents.content_sha256:
            raise self._fault("is damaged: its values don't match their checksum")

    def _values(self, parquet: pq.ParquetFile, name: str) -> np.ndarray:
        kind = parquet.schema_arrow.field(name).type
        size, done = kind.list_size, 0
        values = np.empty((len(self.ids), size), kind.value_type.to_pandas_dtype())
        # In batches, because decoding lists takes ten times the memory of their values.
        for batch in parquet.iter_batches(_ROWS_PER_BATCH, columns=[name], use_threads=False):
            # Missing numbers become NaN, and missing rows are dropped.
            rows = batch.column(0).flatten().to_numpy(zero_copy_only=False)
            if len(rows) != len(batch) * size or done + len(batch) > len(values):
                break
            values[done : done + len(batch)] = rows.reshape(len(batch), size)
            done += len(batch)
        if done != len(values):
            raise self._fault(f"lacks rows of layer {quoted(name)}")
        return values

    def check_survey(self, survey: Survey) -> None:
        """Raise FeaturesError if the features belong to another survey, or lack galaxies of this one."""
        folder = getattr(survey, "folder", "FOLDER")
        known = set(self.ids)
        missing = [object_id for object_id in survey.object_ids if object_id not in known]
        if missing:
            problem = f"lacks {len(missing)} of the {len(survey.object_ids)} galaxies of {folder}, such as {missing[0]}"
        elif survey.sha256 != self.provenance.get("survey_sha256"):
            problem = f"belongs to another survey than {folder}, or that survey has changed"
        else:
            return
        command = self._extract(folder)
        raise self._fault(problem, f"run `{command}`" + (" and load that file" if self.shipped else ""))

    def check_weights(self, sha256: str) -> None:
        """Raise FeaturesError if the features were computed with other weights."""
        recorded = self.provenance.get("weights_sha256")
        if sha256 != recorded:
            remedy = None if self.shipped else f"make it again with `{self._extract('FOLDER', own_card=True)}`"
            raise self._fault(f"was computed with other weights: sha256 must be {sha256}; got {recorded}", remedy)

    def _read_ids(self, stream: BinaryIO) -> list[str]:
        """Read the ids as a dictionary: a small file may hold a long text many times."""
        stream.seek(0)
        ids = (
            open_parquet(stream, verify_checksums=not self._verified_whole, read_dictionary=[ID])
            .read([ID], use_threads=False)
            .column(ID)
        )
        if text_bytes(ids) > MAX_TEXT_BYTES:
            raise self._fault(f"has ids of more than {MAX_TEXT_BYTES >> 20} MiB")
        return ids.to_pylist()

    @contextmanager
    def named(self) -> Iterator[None]:
        """Add the path of the file to errors about its values."""
        try:
            yield
        except FeaturesError as error:
            raise self._fault(f"can't be used: {error}") from error

    @property
    def _command(self) -> str:
        return "python -m galviz build-data" if self.shipped else self._extract("FOLDER")

    def _extract(self, folder: str | Path, *, own_card: bool | None = None) -> str:
        """The command that makes such a file for a survey, by default with the card and the precision of this one."""
        survey, out = shlex.quote(str(folder)), shlex.quote("FILE" if self.shipped else str(self.path))
        if self.provenance.get("computation") == IMPORTED:
            source = shlex.quote(self.provenance.get("imported_from", "FILE"))
            return f"python -m galviz import-features {source} --survey {survey} --out {out} --force"
        command = f"python -m galviz extract --survey {survey} --out {out}"
        if self._has_own_card if own_card is None else own_card:
            command += " --model CARD"
        return command + (" --precision bfloat16" if self.provenance.get("precision") == "bfloat16" else "")

    @property
    def _has_own_card(self) -> bool:
        """Whether the features were computed with another card or other weights than the shipped ones."""
        weights, card = self.provenance.get("weights_sha256"), self.provenance.get("card_sha256")
        if self.shipped:
            return False
        try:
            shipped = read_card()
            return weights not in (None, shipped.weights_sha256) or card not in (None, shipped.sha256)
        except BrokenFileError:  # a broken shipped card is reported elsewhere
            return True

    def _fault(self, problem: str, remedy: str | None = None) -> FeaturesError:
        """An error that describes the problem and the remedy, by default the command that makes the file."""
        if remedy is None:
            remedy = f"make it again with `{self._command}`"
            if not (self.shipped or self.provenance):
                remedy += ", and `--model CARD` if it was made with a network of your own"
        return FeaturesError(f"The features file {self.path} {problem}; {remedy}.")

    @contextmanager
    def _opened(self) -> Iterator[tuple[BinaryIO, pq.ParquetFile]]:
        """Open the file, and close it afterwards: on Windows an open file can't be replaced."""
        try:
            with open_regular(self.path) as stream:
                self._verified_whole = verify_open(self.path, stream)
                yield stream, open_parquet(stream, verify_checksums=not self._verified_whole)
        except FileNotFoundError as error:
            clone = "work in a clone of the project (pip install -e .), or " if self.shipped else ""
            raise self._fault("doesn't exist", f"{clone}make it with `{self._command}`") from error
        except ShippedFileError as error:
            raise FeaturesError(str(error)) from error
        except NotRegularError as error:
            raise self._fault(f"can't be read: {error.strerror}", "name the file itself") from error
        except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
            # Arrow's errors about the content of a file have no errno, even if they are OSErrors.
            if getattr(error, "errno", None) is not None:
                raise self._fault(f"can't be read: {error.strerror}", "check the path and its permissions") from error
            raise self._fault(_damage(self.path.read_bytes())) from error


def _damage(content: bytes) -> str:
    """Describe what is wrong with a file that isn't a complete Parquet file."""
    if not content:
        return "is empty (0 bytes)"
    if not content.startswith(b"PAR1"):
        return f"is {file_kind(content) or 'something else'}, not a Parquet table"
    return "is damaged" if content.endswith(b"PAR1") else "is truncated: its end is missing"
