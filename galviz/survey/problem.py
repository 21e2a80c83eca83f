"""One thing that is wrong with a survey folder, and lists of many such things."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from typing import Any, overload


class Kind(StrEnum):
    """What is wrong, for programs; the sentences are for people."""

    OTHER = "other"
    LABEL = "label"  # its column, or a cell of it
    MISSING_IMAGE = "missing image"
    LFS_POINTER = "Git LFS pointer"
    DAMAGED_IMAGE = "damaged image"
    BLANK_IMAGE = "blank image"
    OFF_CENTRE = "off-centre"
    EXTREME_SHAPE = "extreme shape"
    UNUSABLE_IMAGE = "unusable image"  # for another reason


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a survey folder, and what to do about it.

    Attributes
    ----------
    row : int or None
        Line number in master.csv (the header is line 1); None if the problem is that of a whole file.
    object_id : str
        The galaxy's id in the catalogue, or empty.
    file : str
        Path within the survey folder, such as ``images/123.jpg``.
    problem, remedy : str
        Clauses without a full stop: what is wrong, and what to do.
    cause : str
        Problems with the same cause form a group (`galviz.survey.problems.SurveyError.groups`). Empty: the cause is
        derived from the texts, without their values, which takes about 20 µs per problem.
    kind : Kind

    Examples
    --------
    >>> print(Problem(7, "123", "images/123.jpg", "the file is empty (0 bytes)", "download it again"))
    row 7, images/123.jpg: the file is empty (0 bytes); download it again.
    """

    row: int | None
    object_id: str
    file: str
    problem: str
    remedy: str
    cause: str = ""
    kind: Kind = Kind.OTHER

    @property
    def place(self) -> str:
        """Where it is: the row, the galaxy and the file."""
        place = [] if self.row is None else [f"row {self.row}"]
        # The name of an image contains the id.
        if self.object_id and self.object_id not in self.file:
            place.append(f"objID {self.object_id}")
        return ", ".join([*place, self.file])

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.remedy}."


class SameCause(Sequence[Problem]):
    """Problems of many rows with the same cause and in the same folder; each is made when it is asked for.

    A report shows the first few, and a hundred thousand problems take half a second to make.

    Parameters
    ----------
    items : sequence
        What `describe` takes, in the order of the rows.
    describe : callable
        Makes the problem of an item; all have the same cause.

    Examples
    --------
    >>> problems = SameCause([2, 3, 5], lambda row: Problem(row, "", "master.csv", "it is empty", "fill it", "empty"))
    >>> len(problems), problems[2].row
    (3, 5)
    """

    def __init__(self, items: Sequence[Any], describe: Callable[[Any], Problem]) -> None:
        self._items, self._describe = items, describe

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> Problem: ...
    @overload
    def __getitem__(self, place: slice) -> list[Problem]: ...
    def __getitem__(self, place: int | slice) -> Problem | list[Problem]:
        if isinstance(place, slice):
            return list(map(self._describe, self._items[place]))
        return self._describe(self._items[place])

    def __iter__(self) -> Iterator[Problem]:
        return map(self._describe, self._items)


class Problems(Sequence[Problem]):
    """A list of problems; those of a `SameCause` that is added to it stay unmade.

    Parameters
    ----------
    problems : iterable of Problem

    Examples
    --------
    >>> problems = Problems([Problem(None, "", "images/", "there is no such folder", "create it")])
    >>> problems.extend(SameCause([2, 3], lambda row: Problem(row, "", "master.csv", "it is empty", "fill it")))
    >>> len(problems), [problem.row for problem in problems], len(problems.parts)
    (3, [None, 2, 3], 2)
    """

    def __init__(self, problems: Iterable[Problem] = ()) -> None:
        self.parts: list[Sequence[Problem]] = []
        self.extend(problems)

    def append(self, problem: Problem) -> None:
        """Add a problem."""
        if not (self.parts and isinstance(self.parts[-1], list)):
            self.parts.append([])
        self.parts[-1].append(problem)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add problems."""
        if isinstance(problems, SameCause):
            self.parts += [problems] if problems else []
        elif isinstance(problems, Problems):
            for part in problems.parts:
                self.extend(part)
        else:
            for problem in problems:
                self.append(problem)

    def __len__(self) -> int:
        return sum(map(len, self.parts))

    @overload
    def __getitem__(self, place: int) -> Problem: ...
    @overload
    def __getitem__(self, place: slice) -> list[Problem]: ...
    def __getitem__(self, place: int | slice) -> Problem | list[Problem]:
        return list(self)[place]

    def __iter__(self) -> Iterator[Problem]:
        return chain.from_iterable(self.parts)
