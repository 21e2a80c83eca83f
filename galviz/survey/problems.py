"""What is wrong with a survey folder: problems, each with its remedy, and the error that carries all of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

_TOLD, _EXAMPLES = 10, 5
# What differs between problems of one kind: what is in quotes, and words that begin with a digit.
_PARTICULAR = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![\w.])[+−-]?\d[^\s:;,]*""")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True)
class ProblemGroup:
    """Problems of one kind.

    Attributes
    ----------
    count : int
    examples : tuple of Problem
        The first of them, five at most.
    """

    count: int
    examples: tuple[Problem, ...]


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
    groups : tuple of ProblemGroup
        The same problems, those of one kind together; the largest group first.
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
        super().__init__(folder, self.details)

    # So that it can be pickled, which process pools and caches do.
    def __reduce__(self) -> tuple[type, tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.folder, self.details)

    @cached_property
    def groups(self) -> tuple[ProblemGroup, ...]:
        """Problems of one kind together."""
        groups: dict[tuple[str, str, str], list[Problem]] = {}
        general = _Generalised()
        for each in self.details:
            place, slash, _ = each.file.rpartition("/")
            problem, remedy = (
                general[text, each.object_id if each.object_id in text else ""] for text in (each.problem, each.remedy)
            )
            kind = (place if slash else each.file, problem, remedy)
            groups.setdefault(kind, []).append(each)
        largest_first = sorted(groups.values(), key=len, reverse=True)
        return tuple(ProblemGroup(len(group), tuple(group[:_EXAMPLES])) for group in largest_first)

    @property
    def problems(self) -> pd.DataFrame:
        """A table of all problems, made anew at each call."""
        names = {"row": "row", "objID": "object_id", "file": "file", "problem": "problem", "remedy": "remedy"}
        return pd.DataFrame(
            {
                name: pd.array([getattr(each, attribute) for each in self.details], "Int64" if name == "row" else "str")
                for name, attribute in names.items()
            }
        )

    @property
    def summary(self) -> str:
        """One line: how many problems there are, and where."""
        return f"The survey folder {self.folder} has {self.count}"

    @property
    def count(self) -> str:
        """How many problems there are, in words."""
        return "1 problem" if len(self.details) == 1 else f"{len(self.details)} problems"

    def __str__(self) -> str:
        lines = [f"{self.summary}:", *(f"- {problem}" for problem in self.details[:_TOLD])]
        if len(self.details) > _TOLD:
            lines.append(f"… and {len(self.details) - _TOLD} more: see .problems")
        return "\n".join(lines)


class _Generalised(dict[tuple[str, str], str]):
    """What the texts of one kind of problem share, by text and id: without ids, values and numbers."""

    def __missing__(self, key: tuple[str, str]) -> str:
        text, object_id = key
        words = ("…" if word.partition(".")[0].rstrip(",:") == object_id else word for word in text.split(" "))
        self[key] = _PARTICULAR.sub("…", " ".join(words))
        return self[key]
