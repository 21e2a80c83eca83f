"""What is wrong with a survey folder: problems, each with its remedy, and the error that carries all of them."""

import difflib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass

import pandas as pd

_TOLD = 10


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a survey folder, and what to do about it.

    Attributes
    ----------
    row : int or None
        Line of master.csv as a text editor counts it (the header is line 1); None where a whole file is meant.
    object_id : str
        The galaxy's id as the catalogue has it; empty where there is none.
    file : str
        The file, seen from the survey folder, such as ``images/123.jpg``.
    problem, remedy : str
        Clauses without a full stop: what is wrong with the value found; what to do.
    """

    row: int | None
    object_id: str
    file: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = [] if self.row is None else [f"row {self.row}"]
        # An image's file name holds the id already.
        if self.object_id and self.object_id not in self.file:
            place.append(f"objID {self.object_id}")
        return f"{', '.join([*place, self.file])}: {self.problem}; {self.remedy}."


class BrokenFileError(ValueError):
    """A file that galviz needs is missing or can't be used; the text says which, and what to do."""


class SurveyError(ValueError):
    """A survey folder that can't be read as one, with everything that is wrong with it.

    Parameters
    ----------
    folder : str
        The survey folder, as it was given.
    problems : iterable of Problem
        At least one. They are sorted by row, those of a whole file first.

    Attributes
    ----------
    problems : pandas.DataFrame
        A row a problem; columns ``row`` (Int64, missing for a whole file), ``objID``, ``file``, ``problem`` and
        ``remedy`` (str).
    details : tuple of Problem
        The same; ``str`` of each is a sentence.
    """

    def __init__(self, folder: str, problems: Iterable[Problem]) -> None:
        self.folder = folder
        self.details = tuple(sorted(problems, key=lambda problem: problem.row or 0))
        if not self.details:
            raise ValueError("SurveyError needs at least one problem, got none: raise it only if something is wrong")
        # The arguments as given let the error be pickled, which process pools and caches do.
        super().__init__(folder, self.details)

    @property
    def problems(self) -> pd.DataFrame:
        """A table of all problems, made anew at each call."""
        table = pd.DataFrame([asdict(problem) for problem in self.details]).rename(columns={"object_id": "objID"})
        return table.astype({"row": "Int64"} | dict.fromkeys(["objID", "file", "problem", "remedy"], "str"))

    @property
    def summary(self) -> str:
        """One line: how many problems there are, and where."""
        count = len(self.details)
        return f"The survey folder {self.folder} has {count} {'problem' if count == 1 else 'problems'}"

    def __str__(self) -> str:
        lines = [f"{self.summary}:", *(f"- {problem}" for problem in self.details[:_TOLD])]
        if len(self.details) > _TOLD:
            lines.append(f"… and {len(self.details) - _TOLD} more: see .problems")
        return "\n".join(lines)


def quoted(text: str) -> str:
    """`text` in quotes, on one line and not too long, to be shown in a sentence."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def misnamed(object_id: object, known: Collection[str]) -> str:
    """An id that is not among the `known`, for the end of a sentence: quoted, with those that are close to it."""
    if not isinstance(object_id, str):
        return f"{object_id!r} of type {type(object_id).__name__}: ids are strings"
    near = difflib.get_close_matches(object_id, known, n=3, cutoff=0.8)
    return quoted(object_id) + (f", which is close to {listed(near)}" if near else "")


def shown(name: str) -> str:
    """`name` as it is, if it can be shown in a sentence, else in quotes."""
    return name if len(name) <= 40 and name.isprintable() else quoted(name)


def listed(names: Sequence[str], *, at_most: int = 12) -> str:
    """`names` as a list for a sentence, the first few of them."""
    rest = len(names) - at_most
    return ", ".join(map(shown, names[:at_most])) + (f" … and {rest} more" if rest > 0 else "")
