"""The Parquet file that keeps features: how it is written, how it is read layer by layer, and what is wrong with it.

It has a row a galaxy: ``objID`` (string), ``prediction`` (float32) and a column a layer, named after it: a fixed-size
list of float16. Half precision rounds by one part in 2,048 at most and halves the file. The schema's metadata holds
JSON under ``galviz``: the format's number, the layers' names, the provenance, checksums of all values and of each
column, and a checksum of all that the JSON says. A column is compared with its checksum as it is read. Files written
before columns had checksums are verified as a whole when they are opened, and their provenance can't be.
"""

import hashlib
import json
import os
import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from galviz.card import read_card
from galviz.files import replacing
from galviz.problems import BrokenFileError, listed, quoted
from galviz.regular import NotRegularError, open_regular
from galviz.shipped import ShippedFileError, verify_open
from galviz.signatures import file_kind
from galviz.survey import Survey

ID, PREDICTION = "objID", "prediction"
_FORMAT = 1
_KEY = b"galviz"


class FeaturesError(BrokenFileError):
    """Features, or a file of them, that can't be used; the text says why and what to do."""


class UnknownLayer(FeaturesError, KeyError):
    """A layer that these features don't have; a KeyError too, because `Features.layers` is a mapping."""

    __str__ = ValueError.__str__  # a KeyError's own puts the sentence in quotes


class Layers(Mapping[str, np.ndarray]):
    """Layers of `count` galaxies; each is had from `read` when it is first asked for, and kept read-only."""

    def __init__(self, names: Iterable[str], count: int, read: Callable[[str], np.ndarray]) -> None:
        self._names = tuple(names)
        self.count = count
        self._read = read
        self._kept: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise UnknownLayer(f"layer must be one of {listed(self._names)}; got {quoted(str(name))}")
        if name not in self._kept:
            # Threads that ask at once may each read; the array that is kept first is everybody's.
            values = self._read(name)
            values.setflags(write=False)
            self._kept.setdefault(name, values)
        return self._kept[name]

    def __contains__(self, name: object) -> bool:
        return name in self._names  # Mapping's own would read the layer

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def write_feature_file(
    path: str | os.PathLike[str],
    ids: Sequence[str],
    layers: Mapping[str, np.ndarray],
    predictions: np.ndarray,
    provenance: Mapping[str, str],
) -> None:
    """Write float16 layers, shape (n, n_channels), and float32 predictions, shape (n,): whole or not at all.

    Raises
    ------
    OSError
        If the file can't be written; what was there before is as it was.
    """
    columns = {ID: pa.array(ids, pa.string()), PREDICTION: pa.array(predictions)}
    content, column_sha256 = hashlib.sha256(), {}
    for name, values in ((ID, ids), (PREDICTION, predictions), *layers.items()):
        if name in layers:
            columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])
        written = _as_bytes(values)
        content.update(written)
        column_sha256[name] = hashlib.sha256(written).hexdigest()
    contents = {
        "format": _FORMAT,
        "layers": list(layers),
        "content_sha256": content.hexdigest(),
        "column_sha256": column_sha256,
        "provenance": dict(provenance),
    }
    contents["sha256"] = _json_sha256(contents)
    table = pa.table(columns).replace_schema_metadata({_KEY: json.dumps(contents, sort_keys=True)})
    with replacing(path) as temporary, temporary.open("wb") as stream:
        pq.write_table(
            table,
            stream,
            compression="zstd",
            # First bytes apart from second bytes, which zstd alone can do nothing with: a tenth smaller.
            use_byte_stream_split=[f"{name}.list.element" for name in layers],
            use_dictionary=False,
            write_statistics=False,
            write_page_checksum=True,
        )


class FeatureFile:
    """A features file: its head is read at once, a layer when it is asked for, from the same file or not at all.

    Parameters
    ----------
    path : Path
    shipped : bool
        Whether it is one of the project's own, which other commands make.

    Attributes
    ----------
    ids : list of str
    predictions : ndarray of shape (n,), float32
    layer_names : list of str
    provenance : dict of str to str
        All as the file has them; what they hold is for `galviz.features.Features` to check.

    Raises
    ------
    FeaturesError
        If it isn't there, can't be read, or isn't what `write_feature_file` writes.
    """

    def __init__(self, path: Path, *, shipped: bool) -> None:
        self.path, self.shipped = path, shipped
        self.provenance: dict[str, str] = {}
        self._column_sha256: dict[str, str] = {}
        # What came with galviz is compared whole whenever it is opened: its parts need no more.
        self._compared_whole = False
        with self._opened() as parquet:
            schema = parquet.schema_arrow
            self.layer_names, self.provenance = self._contents(schema)
            # It holds a checksum of all values, and so tells this file from another at the same path.
            self._stamp = schema.metadata[_KEY]
            head = parquet.read([ID, PREDICTION])
            self.ids = head.column(ID).to_pylist()
            self.predictions = head.column(PREDICTION).to_numpy()
            if not (self._compared_whole or self._column_sha256):
                self._verify_all(parquet)

    def layer(self, name: str) -> np.ndarray:
        """Read a layer: float16 of shape (n, n_channels); where numbers are missing, NaN.

        Raises
        ------
        FeaturesError
            If the file has gone, was replaced by another, is damaged, or lacks rows.
        """
        with self._opened() as parquet:
            if (parquet.schema_arrow.metadata or {}).get(_KEY) != self._stamp:
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
        if self._compared_whole or not self._column_sha256:
            return
        if hashlib.sha256(_as_bytes(values)).hexdigest() != self._column_sha256.get(name):
            raise self._fault(f"is damaged: column {quoted(name)} isn't what its checksum says")

    def _verify_all(self, parquet: pq.ParquetFile) -> None:
        """Compare all columns with the one checksum of a file that was written before each had its own."""
        content = hashlib.sha256(_as_bytes(self.ids))
        content.update(_as_bytes(self.predictions))
        for name in self.layer_names:
            content.update(_as_bytes(self._values(parquet, name)))
        if content.hexdigest() != json.loads(self._stamp).get("content_sha256"):
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
                self._compared_whole = verify_open(self.path, stream)
                yield pq.ParquetFile(stream, page_checksum_verification=not self._compared_whole)
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

    def _contents(self, schema: pa.Schema) -> tuple[list[str], dict[str, str]]:
        """The layers' names and the provenance, if the columns are those that they promise."""
        if _KEY not in (schema.metadata or {}):
            raise self._fault("is a Parquet table of something else: its metadata says nothing of galviz")
        try:
            contents = json.loads(schema.metadata[_KEY])
            newer = contents["format"] > _FORMAT
            if not newer:
                layers, provenance = [str(name) for name in contents["layers"]], dict(contents["provenance"])
                # Neither is there in a file that was written before columns had checksums.
                self._column_sha256 = dict(contents.get("column_sha256", {}))
                digest = contents.pop("sha256", None)
                sound = self._compared_whole or digest in (None, _json_sha256(contents))
        except (ValueError, KeyError, TypeError) as error:
            raise self._fault("has galviz metadata that can't be read") from error
        if newer:
            raise self._fault(f"has format {contents['format']}, and this galviz reads {_FORMAT}", "update galviz")
        if not sound:
            raise self._fault("is damaged: its galviz metadata isn't what its checksum says")
        for name in (ID, PREDICTION, *layers):
            if schema.get_field_index(name) < 0:
                raise self._fault(f"has no column {quoted(name)}")
            kind = schema.field(name).type
            halves = pa.types.is_fixed_size_list(kind) and kind.value_type == pa.float16()
            if not {ID: kind == pa.string(), PREDICTION: kind == pa.float32()}.get(name, halves):
                raise self._fault(f"has a column {quoted(name)} of type {kind}, which galviz doesn't write")
        return layers, provenance


def _as_bytes(values: np.ndarray | list[str]) -> bytes:
    """A column as it goes into a checksum."""
    return json.dumps(values).encode() if isinstance(values, list) else values.tobytes()


def _json_sha256(contents: dict[str, Any]) -> str:
    """Checksum of what JSON says, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(contents, sort_keys=True).encode()).hexdigest()


def _damage(content: bytes) -> str:
    """What is wrong with a file that is no whole Parquet file."""
    if not content:
        return "is empty (0 bytes)"
    if not content.startswith(b"PAR1"):
        return f"is {file_kind(content) or 'something else'} and no Parquet table"
    return "is damaged" if content.endswith(b"PAR1") else "is truncated: its end is missing"


def holds_nothing_else(path: str | os.PathLike[str], layers: Iterable[str]) -> bool:
    """Whether a features file has galviz's own columns and metadata alone, and none that somebody has added."""
    schema = pq.read_schema(path)
    own = {ID, PREDICTION, *layers}
    return set(schema.names) == own and set(schema.metadata or {}) <= {_KEY, b"ARROW:schema"}
