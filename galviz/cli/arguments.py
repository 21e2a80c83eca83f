"""Types of arguments for argparse: whole numbers, lists, key-value pairs and names of files to write."""

import argparse
import os
from collections.abc import Callable, Sequence
from pathlib import Path

# Entry of the namespace with the options that were given.
_GIVEN = "given"
LABEL_HELP = "the column to use as the label (default: oh_p50, else metallicity)"
SCALE_HELP = "resample images by this factor, for example 0.25 to fit more of a large image into the crop (default: 1)"


MISSING_HELP = (
    "further numbers and words that stand for missing values in every column, separated by commas, such as -1,unknown"
)
# Options whose values may begin with a minus sign, which argparse would take for another option.
_MAY_BEGIN_WITH_MINUS = ("--missing",)


class StoreOnce(argparse.Action):
    """Argparse action of an option with one value: given twice it is an error, where argparse would use the last one.

    Examples
    --------
    >>> parser = argparse.ArgumentParser(exit_on_error=False)
    >>> _ = parser.add_argument("--layers", action=StoreOnce)
    >>> parser.parse_args(["--layers", "stem", "--layers", "stage1"])
    Traceback (most recent call last):
        ...
    argparse.ArgumentError: argument --layers: is given twice: 'stem' and 'stage1'; give one
    """

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Store the value, as argparse's own action does."""
        given = vars(namespace).setdefault(_GIVEN, {})
        if self.dest in given:
            raise argparse.ArgumentError(self, f"is given twice: {given[self.dest]!r} and {values!r}; give one")
        given[self.dest] = values
        setattr(namespace, self.dest, values)


def at_least(minimum: int) -> Callable[[str], int]:
    """Return an argparse type that accepts whole numbers from `minimum`.

    Examples
    --------
    >>> at_least(1)("64")
    64
    """

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = minimum - 1
        if number < minimum:
            raise argparse.ArgumentTypeError(f"must be a whole number of at least {minimum}; got {text!r}")
        return number

    return parse


def parse_names(option: str, text: str) -> list[str]:
    """Split a comma-separated list of names.

    Raises
    ------
    ValueError
        If it is empty, which would otherwise be mistaken for a missing option.

    Examples
    --------
    >>> parse_names("--layers", "stem, stage1")
    ['stem', 'stage1']
    """
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise ValueError(f"{option} must name at least one; got {text!r}. Omit it for the default.")
    return names


def attach_values(arguments: Sequence[str]) -> list[str]:
    """Attach values that may begin with a minus sign to their option: argparse takes ``-9999,-99`` for an option.

    Examples
    --------
    >>> attach_values(["check-survey", "folder", "--missing", "-9999,-99", "--json"])
    ['check-survey', 'folder', '--missing=-9999,-99', '--json']
    """
    attached: list[str] = []
    for argument in arguments:
        follows_option = bool(attached) and attached[-1] in _MAY_BEGIN_WITH_MINUS
        if follows_option and argument[:1] == "-" and argument[:2] != "--":
            attached[-1] += f"={argument}"
        else:
            attached.append(argument)
    return attached


def parse_pairs(option: str, text: str) -> dict[str, str]:
    """Parse ``name=value,name=value``.

    Raises
    ------
    ValueError
        If a part has another form, or a name occurs twice.

    Examples
    --------
    >>> parse_pairs("--options", "sa=false,act_cls=ReLU")
    {'sa': 'false', 'act_cls': 'ReLU'}
    """
    pairs: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not (name and equals):
            raise ValueError(f"{option} must be like name=value,name=value; got {text!r}.")
        if name in pairs:
            raise ValueError(f"{option} must have each name once; got {name!r} twice.")
        pairs[name] = value
    return pairs


def output_file(text: str) -> Path:
    """Argparse type of a file to write; ``~`` stands for the home folder.

    Examples
    --------
    >>> output_file("features.parquet").suffix
    '.parquet'
    """
    if text == "-":
        raise argparse.ArgumentTypeError("can't be standard output; write ./- for a file of that name")
    if not text or text.endswith(("/", os.sep)):
        raise argparse.ArgumentTypeError(f"must be the name of a file; got {text!r}")
    return Path(os.path.expanduser(text))  # noqa: PTH111 (pathlib's raises if there is no such user)


def output_folder(text: str) -> Path:
    """Argparse type of a folder to write to; ``~`` stands for the home folder.

    Examples
    --------
    >>> output_folder("my-mock").name
    'my-mock'
    """
    if not text:
        raise argparse.ArgumentTypeError("must be the name of a folder; got ''")
    return Path(os.path.expanduser(text))  # noqa: PTH111
