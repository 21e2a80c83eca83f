"""The error that lists all problems of a survey folder, grouped by cause."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

import pandas as pd

from galviz.survey.problem import Problem, Problems, SameCause

__all__ = ["Problem", "ProblemGroup", "SurveyError"]

# Kinds of problems in an error's message, and examples of each.
_MAX_LISTED, _MAX_EXAMPLES = 10, 5
# Problems whose texts are compared to find what they have in common.
_MAX_COMPARED = 100
# What differs between problems of the same kind: quoted values, and words that begin with a digit.
_SPECIFIC = re.compile(r"""(?<!\w)'(?:[^'\\]|\\.)*'(?!\w)|"(?:[^"\\]|\\.)*"|(?<![\w.])[+−-]?\d[^\s:;,]*""")


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
        Problems of the same cause, the largest group first.

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
        self.folder, self._problems = folder, Problems(problems)
        if not self._problems:
            raise ValueError(
                "problems must have at least one item; got none. Raise SurveyError only if there is a problem."
            )
        super().__init__(folder)

    # Exceptions with several arguments can't be pickled without this; process pools and caches pickle them.
    def __reduce__(self) -> tuple[type, tuple[str, tuple[Problem, ...]]]:
        return type(self), (self.folder, self.details)

    @cached_property
    def details(self) -> tuple[Problem, ...]:
        """All problems, sorted by row; those of whole files first."""
        return tuple(sorted(self._problems, key=_row))

    @cached_property
    def groups(self) -> tuple[ProblemGroup, ...]:
        """Problems of the same cause, the largest group first."""
        groups: dict[tuple[str, ...], Problems] = {}
        general = _Generalised()
        for part in self._problems.parts:
            for problem in part[:1] if isinstance(part, SameCause) else part:
                folder, slash, _ = problem.file.rpartition("/")
                texts = (problem.cause,) if problem.cause else general.texts(problem)
                group = groups.setdefault((folder if slash else problem.file, *texts), Problems())
                group.extend(part if isinstance(part, SameCause) else [problem])
        return tuple(
            sorted(
                (_describe_group(group, general) for group in groups.values()),
                key=lambda group: (-group.count, _row(group.examples[0])),
            )
        )

    @property
    def first(self) -> Problem:
        """The first of `details`."""
        parts = self._problems.parts
        return min(chain.from_iterable(part[:1] if isinstance(part, SameCause) else part for part in parts), key=_row)

    @property
    def n_problems(self) -> int:
        """The number of `details`."""
        return len(self._problems)

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
        return "1 problem" if self.n_problems == 1 else f"{self.n_problems:,} problems"

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


def _row(problem: Problem) -> int:
    return problem.row or 0


def _describe_group(problems: Problems, general: _Generalised) -> ProblemGroup:
    """Count problems of one cause, and find the first of them and what their texts have in common."""
    step = max(1, len(problems) // _MAX_COMPARED)
    parts = [part if isinstance(part, SameCause) else sorted(part, key=_row) for part in problems.parts]
    first = sorted(chain.from_iterable(part[:_MAX_EXAMPLES] for part in parts), key=_row)[:_MAX_EXAMPLES]
    sample = [*first[:1], *chain.from_iterable(part[::step] for part in parts)]
    texts = (_common_words([problem.problem for problem in sample]), _common_words([each.remedy for each in sample]))
    cause = "{}; {}.".format(*(text or other for text, other in zip(texts, general.texts(first[0]), strict=True)))
    return ProblemGroup(len(problems), cause, tuple(first))


def _common_words(texts: list[str]) -> str | None:
    """A text with "…" for the words that differ; None if the texts have different numbers of words."""
    if len(set(texts)) == 1:
        return texts[0]
    rows = [text.split(" ") for text in texts]
    if len(set(map(len, rows))) > 1:
        return None
    words = [column[0] if len(set(column)) == 1 else "…" for column in zip(*rows, strict=True)]
    return " ".join(word for place, word in enumerate(words) if not (word == "…" and words[place - 1 : place] == ["…"]))
