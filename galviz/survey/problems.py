"""What is wrong with a survey folder: problems with their remedies, and the error that lists all of them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

# Kinds of problems in an error's message, and examples of each.
_MAX_LISTED, _MAX_EXAMPLES = 10, 5
# Problems whose texts are compared to find what they have in common.
_MAX_COMPARED = 100
# What differs between problems of the same kind: quoted values, and words that begin with a digit.
_SPECIFIC = re.compile(r"""(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|"(?:[^"\\]|\\.)*"|(?<![\w.])[+−-]?\d[^\s:;,]*""")


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
    kind : str
        Problems with the same kind have the same cause (`SurveyError.groups`). Empty: the cause is derived from the
        texts, without their values, which takes about 20 µs per problem.

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
    kind: str = ""

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


@dataclass(frozen=True)
class ProblemGroup:
    """Problems with the same cause.

    Attributes
    ----------
    count : int
    cause : str
        What is wrong and what to do, a sentence; "…" stands for what differs between the problems.
    examples : tuple of Problem
        The first five.
    """

    count: int
    cause: str
    examples: tuple[Problem, ...]

    def __str__(self) -> str:
        first, *others = self.examples
        if self.count == 1:
            return str(first)
        more = self.count - len(self.examples)
        places = "; ".join([example.place for example in others] + ([f"{more:,} more"] if more else []))
        return f"{self.count:,} problems of one kind: {first} Also: {places}."


class SurveyError(ValueError):
    """A survey folder is invalid; the error lists all of its problems.

    Parameters
    ----------
    folder : str
        The survey folder.
    problems : iterable of Problem
        At least one.

    Attributes
    ----------
    problems : pandas.DataFrame
        One row per problem; columns ``row`` (Int64, missing for a whole file), ``objID``, ``file``, ``problem`` and
        ``remedy`` (str). Sorted by row, problems of whole files first.
    details : tuple of Problem
        The same problems; ``str`` gives a sentence.
    groups : tuple of ProblemGroup
        Problems of the same kind, the largest group first.

    Examples
    --------
    >>> error = SurveyError("my-survey", [Problem(None, "", "master.csv", "it is empty", "add one row per galaxy")])
    >>> print(error)
    The survey folder my-survey has 1 problem:
    - master.csv: it is empty; add one row per galaxy.
    >>> error.problems["remedy"].tolist()
    ['add one row per galaxy']
    >>> error.groups[0].cause
    'it is empty; add one row per galaxy.'
    """

    def __init__(self, folder: str, problems: Iterable[Problem]) -> None:
        self.folder = folder
        self.details = tuple(sorted(problems, key=lambda problem: problem.row or 0))
        if not self.details:
            raise ValueError(
                "problems must have at least one item; got none. Raise SurveyError only if there is a problem."
            )
        super().__init__(folder, self.details)

    # Exceptions with several arguments can't be pickled without this; process pools and caches pickle them.
    def __reduce__(self) -> tuple[type, tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.folder, self.details)

    @cached_property
    def groups(self) -> tuple[ProblemGroup, ...]:
        """Problems of the same kind, the largest group first."""
        groups: dict[tuple[str, ...], list[Problem]] = {}
        general = _Generalised()
        for problem in self.details:
            folder, slash, _ = problem.file.rpartition("/")
            texts = (problem.kind,) if problem.kind else general.texts(problem)
            groups.setdefault((folder if slash else problem.file, *texts), []).append(problem)
        largest_first = sorted(groups.values(), key=len, reverse=True)
        return tuple(
            ProblemGroup(len(group), _common_cause(group, general), tuple(group[:_MAX_EXAMPLES]))
            for group in largest_first
        )

    @property
    def problems(self) -> pd.DataFrame:
        """All problems, one row per problem."""
        attributes = {"row": "row", "objID": "object_id", "file": "file", "problem": "problem", "remedy": "remedy"}
        columns = {column: [getattr(problem, name) for problem in self.details] for column, name in attributes.items()}
        return pd.DataFrame(columns).astype({column: "Int64" if column == "row" else "str" for column in columns})

    @property
    def summary(self) -> str:
        """One line: the folder and the number of problems."""
        return f"The survey folder {self.folder} has {self.count}"

    @property
    def count(self) -> str:
        """The number of problems, in words."""
        return "1 problem" if len(self.details) == 1 else f"{len(self.details):,} problems"

    def __str__(self) -> str:
        lines = [f"{self.summary}:", *(f"- {group}" for group in self.groups[:_MAX_LISTED])]
        if len(self.groups) > _MAX_LISTED:
            lines.append(f"… and {len(self.groups) - _MAX_LISTED:,} other kinds: see .problems")
        return "\n".join(lines)


class _Generalised(dict[tuple[str, str], str]):
    """Cache of texts of problems without ids, values and numbers, by text and id."""

    def __missing__(self, key: tuple[str, str]) -> str:
        text, object_id = key
        words = ("…" if word.partition(".")[0].rstrip(",:") == object_id else word for word in text.split(" "))
        self[key] = _SPECIFIC.sub("…", " ".join(words))
        return self[key]

    def texts(self, problem: Problem) -> tuple[str, str]:
        """Problem and remedy without what is specific to one galaxy."""
        object_id = problem.object_id
        problem_text, remedy = (
            self[text, object_id if object_id in text else ""] for text in (problem.problem, problem.remedy)
        )
        return problem_text, remedy


def _common_cause(group: list[Problem], general: _Generalised) -> str:
    """What the texts of problems have in common: the texts themselves if they are the same, else without values."""
    sample = group[:: max(1, len(group) // _MAX_COMPARED)]
    texts = (_common_words([problem.problem for problem in sample]), _common_words([each.remedy for each in sample]))
    return "{}; {}.".format(*(text or other for text, other in zip(texts, general.texts(group[0]), strict=True)))


def _common_words(texts: list[str]) -> str | None:
    """A text with "…" for the words that differ; None if the texts have different numbers of words."""
    if len(set(texts)) == 1:
        return texts[0]
    rows = [text.split(" ") for text in texts]
    if len(set(map(len, rows))) > 1:
        return None
    words = [column[0] if len(set(column)) == 1 else "…" for column in zip(*rows, strict=True)]
    return " ".join(word for place, word in enumerate(words) if not (word == "…" and words[place - 1 : place] == ["…"]))
