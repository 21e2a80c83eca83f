"""What galviz can't decide about a source: the option to ask for, and the value that seems likely."""

import shlex
from collections.abc import Sequence
from pathlib import Path

from galviz.errors import listed


class ImportQuestion(ValueError):
    """An import needs an option that the user must choose.

    Parameters
    ----------
    place : str
        The file or folder that the question is about.
    question : str
        With its question mark: ``"which column holds the ids?"``.
    option : str
        ``"--id"``, ``"--image"``, ``"--images"`` or ``"SOURCE"``.
    guess : str or None
        The value that seems likely.
    candidates : sequence of str
        Values that the option may have.
    columns : sequence of str
        The columns of the table, for a preview.
    rows : sequence of sequence of str
        Its first rows.

    Examples
    --------
    >>> print(ImportQuestion("gz2.csv", "which column holds the ids?", "--id", "dr7objid", ["dr7objid", "ra"]))
    gz2.csv: which column holds the ids? Give --id COLUMN; --id dr7objid seems likely (of: dr7objid, ra).
    """

    def __init__(
        self,
        place: str,
        question: str,
        option: str,
        guess: str | None,
        candidates: Sequence[str],
        *,
        columns: Sequence[str] = (),
        rows: Sequence[Sequence[str]] = (),
    ) -> None:
        self.place, self.question, self.option, self.guess = place, question, option, guess
        self.candidates, self.columns, self.rows = tuple(candidates), tuple(columns), tuple(map(tuple, rows))
        value = "FOLDER" if option == "--images" else "COLUMN"
        give = f"Give {option} {value}" if option != "SOURCE" else "Give one of them as SOURCE"
        prefix = "" if option == "SOURCE" else f"{option} "
        likely = f"; {prefix}{_argument(guess)} seems likely" if guess is not None else ""
        names = self.candidates if value == "COLUMN" and prefix else [_end(path) for path in self.candidates]
        others = f" (of: {listed(names, at_most=8)})" if len(names) > 1 else ""
        super().__init__(f"{place}: {question} {give}{likely}{others}.")

    # Pickled by caches and process pools, which call the class with the arguments of `super().__init__` otherwise.
    def __reduce__(self) -> tuple:
        arguments = (self.place, self.question, self.option, self.guess, self.candidates, self.columns, self.rows)
        return _restore, arguments


def _restore(
    place: str,
    question: str,
    option: str,
    guess: str | None,
    candidates: Sequence[str],
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> ImportQuestion:
    return ImportQuestion(place, question, option, guess, candidates, columns=columns, rows=rows)


def _end(path: str) -> str:
    """The last two parts of a path, for a list."""
    return "/".join(Path(path).parts[-2:])


def _argument(text: str) -> str:
    """A value as it is typed in a shell."""
    plain = text.isprintable() and len(text) <= 200 and not set(text) & set(" \"'$`\\&|;<>()*?!")
    return text if plain else shlex.quote(text)
