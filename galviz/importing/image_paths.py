"""Cells of a table -> image files: by name, by the end of a path, or by a looser rule that is unambiguous."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote

from galviz.importing.source import IMAGE_ENDINGS, image_stem

_ENDINGS = (*IMAGE_ENDINGS, ".fits.gz", ".fits", ".fit", ".npy")
_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9.+-]+")
_WHOLE_FLOAT = re.compile(r"(\d{1,15})\.0+")
_SPREADSHEET = re.compile(r"=?\s*([\"'])(.*)\1")

# Rules after the exact one, in order: what each ignores.
_RULES: dict[str, Callable[[str], str]] = {
    "the case of letters": str.casefold,
    "leading zeros": lambda text: text.casefold().lstrip("0") if text.isascii() and text.isdigit() else "",
    "'.0' at the end of ids": lambda text: match[1] if (match := _WHOLE_FLOAT.fullmatch(text)) else text,
    # 'NGC 1300' and 'ngc_1300', 'SDSS J12+34' and 'J12+34', 'J12+34' and 'J12%2B34'
    "spaces, punctuation and the word SDSS": lambda text: (
        _NOT_IN_NAMES.sub("", unquote(text)).casefold().removeprefix("sdss")
    ),
}


@dataclass
class Match:
    """The images of cells.

    Attributes
    ----------
    images : list of int
        For each cell, the position of its image; -1 if it has none.
    ambiguous : dict of str to list of str
        Cells that name several images, with these.
    ignored : Counter of str
        For each looser rule that was needed, what it ignores, and the number of cells that it matched.

    Examples
    --------
    >>> Match([0, -1, 1]).n_matched
    2
    """

    images: list[int]
    ambiguous: dict[str, list[str]] = field(default_factory=dict)
    ignored: Counter[str] = field(default_factory=Counter)

    @property
    def n_matched(self) -> int:
        """Number of cells that have an image."""
        return sum(image >= 0 for image in self.images)

    @property
    def n_exact(self) -> int:
        """Number of cells that have an image whose name they give exactly."""
        return self.n_matched - self.ignored.total()


class ImageIndex:
    """The images of a source, found by their names.

    Parameters
    ----------
    names : sequence of str
        Paths with slashes, relative to the source.

    Examples
    --------
    >>> index = ImageIndex(["images/0017.jpg", "images/0018.jpg"])
    >>> index.match(["0018", "/home/me/images/0017.png", "19"]).images
    [1, 0, -1]
    >>> index.match(["17", "18"]).ignored
    Counter({'leading zeros': 2})
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        self.stems = tuple(map(image_stem, names))

    @cached_property
    def _by_stem(self) -> dict[str, list[int]]:
        return self._indexed(self.stems)

    @staticmethod
    def _indexed(keys: Sequence[str]) -> dict[str, list[int]]:
        positions: dict[str, list[int]] = {}
        for position, key in enumerate(keys):
            positions.setdefault(key, []).append(position)
        return positions

    @cached_property
    def _by_rule(self) -> dict[str, dict[str, list[int]]]:
        return {rule: self._indexed([simplify(stem) for stem in self.stems]) for rule, simplify in _RULES.items()}

    def match(self, cells: Sequence[str], *, loosely: bool = True) -> Match:
        """Find the image of each cell.

        Parameters
        ----------
        cells : sequence of str
            Ids, file names or paths (also absolute ones and those of Windows); a path matches by its end.
        loosely : bool
            Whether to try the looser rules on cells that name no image exactly. A rule counts only if it gives each
            cell one image of its own, and an image to at least half of these cells.

        Returns
        -------
        Match
        """
        match = Match([])
        for cell in cells:
            match.images.append(self._find(clean_cell(cell), match))
        if loosely and len(match.images) > match.n_matched:
            self._match_loosely(cells, match)
        return match

    def _find(self, cell: str, match: Match) -> int:
        """The image that a cell names; -1 if there is none or more than one."""
        if not cell:
            return -1
        parts = [part for part in cell.replace("\\", "/").split("/") if part not in ("", ".")]
        if not parts:
            return -1
        positions = self._by_stem.get(parts[-1]) or self._by_stem.get(bare_name(parts[-1]), [])
        if len(positions) > 1:
            positions = self._longest_end(parts, positions)
        if len(positions) > 1:
            match.ambiguous.setdefault(cell, [self.names[position] for position in positions])
        return positions[0] if len(positions) == 1 else -1

    def _longest_end(self, parts: list[str], positions: list[int]) -> list[int]:
        """Those of several images whose path has the most in common with the end of a path."""

        def common(position: int) -> tuple[int, bool]:
            name = self.names[position].split("/")
            folders = zip(reversed(parts[:-1]), reversed(name[:-1]), strict=False)
            length = 0
            for part, folder in folders:
                if part != folder:
                    break
                length += 1
            return length, name[-1] == parts[-1]

        best = max(map(common, positions))
        return [position for position in positions if common(position) == best]

    def _match_loosely(self, cells: Sequence[str], match: Match) -> None:
        """Apply the looser rules to the cells that have no image yet."""
        used = set(match.images)
        for rule, simplify in _RULES.items():
            rest = [
                (number, simplify(bare_name(clean_cell(cell).replace("\\", "/").rpartition("/")[2])))
                for number, cell in enumerate(cells)
                if match.images[number] < 0 and clean_cell(cell) not in match.ambiguous
            ]
            rest = [(number, key) for number, key in rest if key]
            index = self._by_rule[rule]
            found = {number: index[key] for number, key in rest if key in index}
            images = [image for positions in found.values() for image in positions]
            unambiguous = len(images) == len(found) == len(set(images)) and not used & set(images)
            if found and unambiguous and 2 * len(found) >= len(rest):
                for number, (image,) in found.items():
                    match.images[number] = image
                match.ignored[rule] = len(found)
                used |= set(images)

    def match_parts(self, cells: Sequence[str]) -> tuple[Match, str, str] | None:
        """Match cells to images that are called the same with the same text before or after: ``id_gri.jpg``.

        Returns
        -------
        match : Match
        before, after : str
            The texts around the cell in the images' names. None instead of all three if there are none.

        Examples
        --------
        >>> index = ImageIndex(["g_17_gri.png", "g_18_gri.png"])
        >>> index.match_parts(["18", "17"])[1:]
        ('g_', '_gri')
        """
        cells = [bare_name(clean_cell(cell)) for cell in cells]
        for cell in [cell for cell in cells if len(cell) > 1][:5]:
            around = {tuple(stem.split(cell, 1)) for stem in self.stems if stem.count(cell) == 1}
            for before, after in sorted(around)[:50]:
                images = [self._by_stem.get(f"{before}{cell}{after}", []) for cell in cells]
                match = Match([positions[0] if len(positions) == 1 else -1 for positions in images])
                if match.n_matched > 1 and 2 * match.n_matched >= min(len(cells), len(self.names)):
                    return match, before, after
        return None


def clean_cell(cell: str) -> str:
    """A cell without spaces around it and without what spreadsheets write before text: ``'17`` and ``="17"``.

    Examples
    --------
    >>> clean_cell(" '17"), clean_cell('="17"'), clean_cell("17.jpg")
    ('17', '17', '17.jpg')
    """
    cell = cell.strip()
    if match := _SPREADSHEET.fullmatch(cell):
        return match[2].strip()
    return cell.removeprefix("'").strip()


def bare_name(cell: str) -> str:
    """A file name without the ending of an image or a FITS file.

    Examples
    --------
    >>> bare_name("17.fits.gz"), bare_name("J0004.19")
    ('17', 'J0004.19')
    """
    name = cell.lower()
    if name.endswith(_ENDINGS):  # few of a million ids do
        for ending in _ENDINGS:
            if name.endswith(ending) and len(cell) > len(ending):
                return cell[: -len(ending)]
    return cell
