"""Which galaxy a FITS file shows and in which band, from its path, compared with those of the other files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import NamedTuple

from galviz.importing.fits_bands import BANDS, SURVEYS

SUFFIXES = tuple(f"{ending}{packed}" for ending in (".fits", ".fit", ".fts") for packed in ("", ".gz", ".bz2", ".fz"))
_PREFIX = rf"(?:(?:{SURVEYS}|band|filter)[\s._-]*)?"
_FOLDER = re.compile(rf"{_PREFIX}([{BANDS}])(?:[\s._-]*band)?", re.IGNORECASE)
_PATTERNS = (
    re.compile(rf"frame-(?P<band>[{BANDS}])-(?P<id>.+)"),  # SDSS's corrected frames
    re.compile(rf"(?P<id>.+?)[._-](?:{SURVEYS}|band|filter)?[._-]?(?P<band>[{BANDS}])", re.IGNORECASE),
    re.compile(rf"(?P<band>[{BANDS}])[._-](?P<id>.+)"),
)
# A band anywhere: 'x.stk.g.unconv', '17_g-band', '17 (g)'; and at the end without anything before it, '17g'.
_ANYWHERE = re.compile(rf"[\s._(-]+{_PREFIX}([{BANDS}])(?:[\s._-]?band)?(?=[\s._)-]|$)", re.IGNORECASE)
_AT_END = re.compile(rf"(.+)([{BANDS}])", re.IGNORECASE)


class FitsName(NamedTuple):
    """What the path of a FITS file says.

    Attributes
    ----------
    object_id : str
    band : str or None
        None if the path doesn't name it, as for a file of all bands.
    folder : str
        The folder that the galaxy lies in, without that of a band or of the galaxy itself; empty for the source's.
    """

    object_id: str
    band: str | None
    folder: str


def stem_of(name: str) -> str:
    """A FITS file's name without its ending.

    Examples
    --------
    >>> stem_of("cutout_150.1_2.2.fits.gz")
    'cutout_150.1_2.2'
    """
    ending = max((ending for ending in SUFFIXES if name.lower().endswith(ending)), key=len, default="")
    return name[: len(name) - len(ending)]


def split_names(paths: Sequence[str]) -> list[FitsName]:
    """The galaxies' ids and the bands of FITS files.

    Parameters
    ----------
    paths : sequence of str
        Within the source, with slashes.

    Returns
    -------
    list of FitsName
        A path can often be read in several ways: ``r/17-r.fits`` is the band r of 17, or of 17-r. The first way counts
        that gives the galaxy images in g, r, and i or z.

    Examples
    --------
    >>> [name.object_id for name in split_names(["12_g.fits", "12_r.fits", "12_i.fits", "r/M-g.fits.gz", "13.fits"])]
    ['12', '12', '12', 'M-g', '13']
    >>> split_names(["Sb/x.stk.g.fits", "Sb/x.stk.r.fits", "Sb/x.stk.z.fits"])[0]
    FitsName(object_id='x.stk', band='g', folder='Sb')
    >>> split_names([f"Sb/x.{band}.unconv.fits" for band in "gri"])[0]
    FitsName(object_id='x.unconv', band='g', folder='Sb')
    """
    places = list(map(PurePosixPath, paths))
    usual, ways = [], []
    bands: dict[str, set[str]] = {}
    for path in places:
        usual.append(list(_usual_ways(path)))
        ways.append([*usual[-1], *_other_ways(path)])
        for name in ways[-1]:
            bands.setdefault(name.object_id, set()).add(name.band)
    complete = {object_id for object_id, found in bands.items() if {"g", "r"} < found and found & {"i", "z"}}
    chosen = []
    for path, first, names in zip(places, usual, ways, strict=True):
        first = first or [FitsName(stem_of(path.name), None, _text(path.parent))]
        chosen.append(next((name for name in names if name.object_id in complete), first[0]))
    return chosen


def _usual_ways(path: PurePosixPath) -> Iterator[FitsName]:
    """How programs and surveys name the bands: in the folder's name, or at the beginning or end of the file's."""
    stem, here, above = stem_of(path.name), _text(path.parent), _text(path.parent.parent)
    matches = [match for pattern in _PATTERNS if (match := pattern.fullmatch(stem))]
    if len(stem) == 1 and stem.lower() in BANDS and here:
        yield FitsName(path.parent.name, stem.lower(), above)
    if match := _FOLDER.fullmatch(path.parent.name):
        band = match[1].lower()
        yield FitsName(stem, band, above)
        yield from (FitsName(match["id"], band, above) for match in matches if match["band"].lower() == band)
    yield from (FitsName(match["id"], match["band"].lower(), here) for match in matches)


def _other_ways(path: PurePosixPath) -> Iterator[FitsName]:
    """Names in which a letter may be a band, if the galaxy's other files have the other bands there."""
    stem, here = stem_of(path.name), _text(path.parent)
    for match in reversed([*_ANYWHERE.finditer(stem)]):
        if rest := stem[: match.start()]:
            yield FitsName(rest + stem[match.end() :].removeprefix(")"), match[1].lower(), here)
    if match := _AT_END.fullmatch(stem):
        yield FitsName(match[1], match[2].lower(), here)


def _text(folder: PurePosixPath) -> str:
    return "" if str(folder) == "." else str(folder)
