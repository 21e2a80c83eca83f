"""The base class of all shipped artefacts: a path under ``data/``, a provenance, and how to make, save and load it."""

import os
import platform
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from galviz.artefacts.serialisation import UNREADABLE
from galviz.errors import BrokenFileError
from galviz.files.manifest import data_path
from galviz.files.shipped import ShippedFileError, read_verified
from galviz.files.writing import write_bytes
from galviz.network.card import ModelCard
from galviz.survey.survey import Survey

if TYPE_CHECKING:
    from torch import nn

Content = TypeVar("Content")
Progress = Callable[[int, int], object]


class ArtefactError(BrokenFileError):
    """The file of an artefact is missing, damaged or of another kind."""


@dataclass(frozen=True)
class Provenance:
    """What an artefact was made from.

    Attributes
    ----------
    survey_sha256, weights_sha256, card_sha256 : str
        Checksums of the survey and of the trained network's weights and card; the latter two are empty if the artefact
        doesn't depend on a network. The card counts because the same weights give other features if images are cropped
        or normalised differently.
    versions : Mapping of str to str
        Versions of Python and packages, and the kind of processor. Other versions round differently, but the artefact
        is still current, so they are left out of comparisons.

    Examples
    --------
    >>> Provenance("5b1e", versions={"numpy": "2.3"}) == Provenance("5b1e")
    True
    """

    survey_sha256: str
    weights_sha256: str = ""
    card_sha256: str = ""
    versions: Mapping[str, str] = field(default_factory=dict, compare=False)

    @classmethod
    def from_json(cls, metadata: Mapping[str, Any]) -> "Provenance":
        """Parse the metadata of a file, which may hold more; a KeyError if it holds no checksum of a survey."""
        weights, card = (metadata.get(name, "") for name in ("weights_sha256", "card_sha256"))
        return cls(metadata["survey_sha256"], weights, card, dict(metadata.get("versions", {})))

    def to_json(self) -> dict[str, Any]:
        """The same as entries for the metadata of a file."""
        return {**vars(self), "versions": dict(self.versions)}


@dataclass(frozen=True, eq=False)
class Inputs:
    """What artefacts are made from.

    Attributes
    ----------
    survey : Survey
    network : torch.nn.Module
        The trained network, from `galviz.load_model`.
    folder : pathlib.Path
        Where all artefacts are written, at their names.
    """

    survey: Survey
    network: "nn.Module"
    folder: Path

    @property
    def card(self) -> ModelCard:
        """The card of the trained network."""
        return self.network.card

    def load(self, artefact: "Artefact[Content]") -> Content:
        """Load an artefact that comes earlier in the registry, and so has been made already."""
        return artefact.load(self.folder / artefact.name)


class Artefact(ABC, Generic[Content]):
    """A file under ``data/`` that is made from the shipped survey and network.

    A subclass defines `name`, `make`, `read` and `save`, and is registered in `galviz.artefacts.registry`. If the whole
    file is to be read at once, derive from `WholeFileArtefact` instead and define `title`, `encode` and `decode`.

    Attributes
    ----------
    name : str
        Path within ``data/``, with ``/``.
    packages : tuple of str
        Distributions whose versions influence the content, beside NumPy.
    uses_network : bool
        Whether the content depends on the network, or on the survey alone.
    """

    name: str
    packages: ClassVar[tuple[str, ...]] = ()
    uses_network: ClassVar[bool] = True

    @abstractmethod
    def make(self, inputs: Inputs, progress: Progress) -> Content:
        """Compute the content; `progress` is called as progress(done, total)."""

    @abstractmethod
    def read(self, path: str | os.PathLike[str] | None = None) -> tuple[Content, Provenance]:
        """Read content and provenance of a file, by default the shipped one.

        Raises
        ------
        BrokenFileError
            If there is no such file, it is damaged or of another kind, or it is a shipped file that was changed.
        """

    @abstractmethod
    def save(self, content: Content, provenance: Provenance, path: str | os.PathLike[str]) -> None:
        """Write a file, whole or not at all; equal content and provenance give equal bytes.

        Raises
        ------
        OSError
            If the file can't be written; an existing file is left unchanged.
        """

    @property
    def path(self) -> Path:
        """Path of the shipped file."""
        return data_path(self.name)

    def load(self, path: str | os.PathLike[str] | None = None) -> Content:
        """Read the content of a file, by default the shipped one; raises what `read` does."""
        return self.read(path)[0]

    def provenance(self, path: str | os.PathLike[str] | None = None) -> Provenance:
        """Read the provenance of a file, by default the shipped one; raises what `read` does."""
        return self.read(path)[1]

    def expected_provenance(self, survey: Survey, card: ModelCard) -> Provenance:
        """The provenance of a file that is made now."""
        versions = {name: version(name) for name in ("numpy", *self.packages)}
        versions |= {"python": platform.python_version(), "processor": platform.machine()}
        if not self.uses_network:
            return Provenance(survey.sha256, versions=versions)
        return Provenance(survey.sha256, card.weights_sha256, card.sha256, versions)

    def is_current(self, survey: Survey, card: ModelCard, path: str | os.PathLike[str] | None = None) -> bool:
        """Whether the file can be read and was made from this survey and this network.

        Parameters
        ----------
        survey : Survey
        card : ModelCard
            Of the trained network.
        path : path-like, optional
            The shipped file by default, which isn't current if it was changed.
        """
        checksums = [survey.sha256, *((card.weights_sha256, card.sha256) if self.uses_network else ("", ""))]
        try:
            return self.provenance(path) == Provenance(*checksums)
        except BrokenFileError:
            return False

    def build(self, inputs: Inputs, progress: Progress) -> None:
        """Make the artefact and save it in ``inputs.folder``."""
        content = self.make(inputs, progress)
        self.save(content, self.expected_provenance(inputs.survey, inputs.card), inputs.folder / self.name)


class WholeFileArtefact(Artefact[Content]):
    """An artefact that is small enough to be read whole, and compared with its checksum, at once.

    Attributes
    ----------
    title : str
        What the file holds, with an article and in the plural, for error messages.
    build_command : str
        How to make the file again.
    """

    title: ClassVar[str]
    build_command: ClassVar[str] = "`python -m galviz build-data`"

    @abstractmethod
    def encode(self, content: Content, provenance: Provenance) -> bytes:
        """The bytes of a file."""

    @abstractmethod
    def decode(self, raw: bytes) -> tuple[Content, Provenance]:
        """The content and provenance of a file's bytes; raises one of `UNREADABLE` if they are something else."""

    def read(self, path: str | os.PathLike[str] | None = None) -> tuple[Content, Provenance]:
        """Read content and provenance of a file, by default the shipped one.

        Raises
        ------
        ArtefactError
            If there is no such file, it is damaged or of another kind, or it is a shipped file that was changed.
        """
        file = self.path if path is None else Path(path)
        try:
            return self.decode(read_verified(file))
        except ShippedFileError as error:
            raise ArtefactError(str(error)) from error
        except UNREADABLE as error:
            problem = f"{self.title} {file} can't be read ({type(error).__name__})"
            raise ArtefactError(f"{problem}; make them again with {self.build_command}.") from error

    def save(self, content: Content, provenance: Provenance, path: str | os.PathLike[str]) -> None:
        """Write a file, whole or not at all; equal content and provenance give equal bytes.

        Raises
        ------
        OSError
            If the file can't be written; an existing file is left unchanged.
        """
        write_bytes(path, self.encode(content, provenance))
