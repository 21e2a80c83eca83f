"""Reading a features file layer by layer, verifying what is read, and saying what is wrong with it."""

import hashlib
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from galviz.errors import BrokenFileError, quoted
from galviz.features.fileformat import ID, KEY, PREDICTION, FormatError, column_bytes, parse_contents
from galviz.features.layers import FeaturesError
from galviz.features.origin import IMPORTED
from galviz.files.reading import NotRegularError, open_regular
from galviz.files.shipped import ShippedFileError, verify_open
from galviz.files.signatures import file_kind
from galviz.network.card import read_card
from galviz.survey.survey import Survey


class FeatureFile:
    """A features file: ids and predictions are read at once, a layer when it is asked for.

    Files written before columns had checksums are verified as a whole when they are opened; their provenance can't be.

    Parameters
    ----------
    path : Path
    shipped : bool
        Whether it is one that comes with galviz, and that `build-data` makes.

    Attributes
    ----------
    ids : list of str
    predictions : ndarray of shape (n,), float32, or None
    layer_names : list of str
    provenance : dict of str to str
        All as the file has them; `galviz.features.features.Features` checks the values.

    Raises
    ------
    FeaturesError
        If it isn't there, can't be read, or isn't what `write_feature_file` writes.
    """

    def __init__(self, path: Path, *, shipped: bool) -> None:
        self.path, self.shipped = path, shipped
        self.provenance: dict[str, str] = {}
        # A file that came with galviz is verified as a whole whenever it is opened, so its columns needn't be.
        self._verified_whole = False
        with self._opened() as parquet:
            schema = parquet.schema_arrow
            try:
                self._contents = parse_contents(schema, verified=self._verified_whole)
            except FormatError as error:
                raise self._fault(error.problem, error.remedy) from error
            self.layer_names, self.provenance = self._contents.layers, self._contents.provenance
            # It holds a checksum of all values, and so distinguishes this file from another at the same path.
            self._metadata = schema.metadata[KEY]
            head = parquet.read(self._contents.head)
            self.ids = head.column(ID).to_pylist()
            self.predictions = head.column(PREDICTION).to_numpy() if self._contents.predicts else None
            if not (self._verified_whole or self._contents.column_sha256):
                self._verify_all(parquet)

    def layer(self, name: str) -> np.ndarray:
        """Read a layer: float16 of shape (n, n_channels); where numbers are missing, NaN.

        Raises
        ------
        FeaturesError
            If the file has gone, was replaced by another, is damaged, or lacks rows.
        """
        with self._opened() as parquet:
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
            As they were read.

        Raises
        ------
        FeaturesError
            If they aren't those that were written.
        """
        if self._verified_whole or not self._contents.column_sha256:
            return
        if hashlib.sha256(column_bytes(values)).hexdigest() != self._contents.column_sha256.get(name):
            raise self._fault(f"is damaged: column {quoted(name)} isn't what its checksum says")

    def _verify_all(self, parquet: pq.ParquetFile) -> None:
        """Compare all columns with the one checksum of a file that was written before each had its own."""
        content = hashlib.sha256(column_bytes(self.ids))
        if self._contents.predicts:
            content.update(column_bytes(self.predictions))
        for name in self.layer_names:
            content.update(column_bytes(self._values(parquet, name)))
        if content.hexdigest() != self._contents.content_sha256:
            raise self._fault("is damaged: its values aren't what their checksum says")

    def _values(self, parquet: pq.ParquetFile, name: str) -> np.ndarray:
        column = parquet.read([name]).column(name)
        # This makes a missing number a NaN, and leaves a missing row out.
        values = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
        if len(values) != len(self.ids) * column.type.list_size:
            raise self._fault(f"lacks rows of layer {quoted(name)}")
        return values.reshape(len(self.ids), column.type.list_size)

    def check_survey(self, survey: Survey) -> None:
        """Refuse features of another survey, or of a part of this one."""
        folder = getattr(survey, "folder", "FOLDER")
        known = set(self.ids)
        missing = [object_id for object_id in survey.object_ids if object_id not in known]
        if missing:
            problem = f"lacks {len(missing)} of the {len(survey.object_ids)} galaxies of {folder}, such as {missing[0]}"
        elif survey.sha256 != self.provenance.get("survey_sha256"):
            problem = f"is of another survey than {folder}, or that has changed since"
        else:
            return
        command = self._extract(folder)
        raise self._fault(problem, f"run `{command}`" + (" and load that file" if self.shipped else ""))

    def check_weights(self, sha256: str) -> None:
        """Refuse features made with other weights."""
        found = self.provenance.get("weights_sha256")
        if sha256 != found:
            remedy = None if self.shipped else f"make it again with `{self._extract('FOLDER', own_card=True)}`"
            raise self._fault(f"is of other weights: of sha256 {found}, and wanted are {sha256}", remedy)

    @contextmanager
    def named(self) -> Iterator[None]:
        """Say in which file the values are that can't be used."""
        try:
            yield
        except FeaturesError as error:
            raise self._fault(f"can't be used: {error}") from error

    @property
    def _command(self) -> str:
        return "python -m galviz build-data" if self.shipped else self._extract("FOLDER")

    def _extract(self, folder: str | Path, *, own_card: bool | None = None) -> str:
        """The command that makes such a file of a survey, by default with the card and the precision of this one."""
        out = "FILE" if self.shipped else self.path
        if self.provenance.get("computation") == IMPORTED:
            source = shlex.quote(self.provenance.get("imported_from", "FILE"))
            survey, there = shlex.quote(str(folder)), shlex.quote(str(out))
            return f"python -m galviz import-features {source} --survey {survey} --out {there} --force"
        command = f"python -m galviz extract --survey {shlex.quote(str(folder))} --out {shlex.quote(str(out))}"
        if self._of_own_card if own_card is None else own_card:
            command += " --model CARD"
        return command + (" --precision bfloat16" if self.provenance.get("precision") == "bfloat16" else "")

    @property
    def _of_own_card(self) -> bool:
        """Whether weights or card were others than the shipped ones, as far as the file says."""
        weights, card = self.provenance.get("weights_sha256"), self.provenance.get("card_sha256")
        if self.shipped:
            return False
        try:
            shipped = read_card()
            return weights not in (None, shipped.weights_sha256) or card not in (None, shipped.sha256)
        except BrokenFileError:  # what is wrong with the shipped card is told where that is needed
            return True

    def _fault(self, problem: str, remedy: str | None = None) -> FeaturesError:
        """What is wrong with the file and, unless there is another remedy, the command that makes it."""
        if remedy is None:
            remedy = f"make it again with `{self._command}`"
            if not (self.shipped or self.provenance):
                remedy += ", and `--model CARD` if it was made with a network of your own"
        return FeaturesError(f"The features file {self.path} {problem}; {remedy}.")

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        """Lend the file; it is closed afterwards, so that it can be replaced, on Windows too."""
        try:
            with open_regular(self.path) as stream:
                self._verified_whole = verify_open(self.path, stream)
                yield pq.ParquetFile(stream, page_checksum_verification=not self._verified_whole)
        except FileNotFoundError as error:
            clone = "work in a clone of the project (pip install -e .), or " if self.shipped else ""
            raise self._fault("isn't there", f"{clone}make it with `{self._command}`") from error
        except ShippedFileError as error:
            raise FeaturesError(str(error)) from error
        except NotRegularError as error:
            raise self._fault(f"can't be read: {error.strerror}", "name the file itself") from error
        except (OSError, pa.ArrowException, UnicodeDecodeError) as error:
            # What Arrow finds wrong inside a file has no errno, even where it is an OSError.
            if getattr(error, "errno", None) is not None:
                raise self._fault(f"can't be read: {error.strerror}", "check the path and its permissions") from error
            raise self._fault(_damage(self.path.read_bytes())) from error


def _damage(content: bytes) -> str:
    """What is wrong with a file that is no whole Parquet file."""
    if not content:
        return "is empty (0 bytes)"
    if not content.startswith(b"PAR1"):
        return f"is {file_kind(content) or 'something else'} and no Parquet table"
    return "is damaged" if content.endswith(b"PAR1") else "is truncated: its end is missing"
