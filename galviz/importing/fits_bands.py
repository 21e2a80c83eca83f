"""Which band an image shows: from a header's keywords, or from a file's name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

BANDS = "ugrizy"
SUFFIXES = tuple(f"{ending}{packed}" for ending in (".fits", ".fit", ".fts") for packed in ("", ".gz", ".bz2", ".fz"))
_SURVEYS = "sdss|ps1|panstarrs|hsc|des|decam|lsst|megacam|cfht|legacy|kids|vst|omega"
# A band alone ("g", "g'"), after a survey's name ("SDSS_g", "HSC-G", "sdssr"), or before a number ("r.MP9601").
_BAND = re.compile(rf"(?:(?:{_SURVEYS})[\s._-]*)?([{BANDS}])(?:'|_?sdss|p1|2|[\s._-].*)?", re.IGNORECASE)
_ONE_BAND = (
    "BAND",
    "FILTER",
    "FILTNAM",
    "FILTNAME",
    "FILT",
    "HIERARCH FPA.FILTERID",
    "FPA.FILTERID",
    "INSFILTE",
    "FILTER1",
)
_ALL_BANDS = ("BANDS", "FILTERS", "CHANNELS", "BAND", "FILTER", "CHANNEL")
_NUMBERED = re.compile(r"(?:BAND|FILTER|FILT|CHANNEL|CHAN|PLANE|SLICE|LAYER)_?0*(\d+)")
_NAME_PATTERNS = (
    re.compile(rf"frame-(?P<band>[{BANDS}])-(?P<id>.+)"),  # SDSS's corrected frames
    re.compile(rf"(?P<id>.+?)[._-](?:{_SURVEYS})?[._-]?(?P<band>[{BANDS}])", re.IGNORECASE),
    re.compile(rf"(?P<band>[{BANDS}])[._-](?P<id>.+)"),
)


def parse_band(value: object) -> str | None:
    """The band of a header's value, one of u, g, r, i, z, y; None if it isn't one.

    Examples
    --------
    >>> [parse_band(value) for value in ("g", "r'", "SDSS_i", "HSC-G", "r DECam SDSS c0002 6415.0 1480.0", "F814W")]
    ['g', 'r', 'i', 'g', 'r', None]
    """
    match = _BAND.fullmatch(str(value).strip())
    return match[1].lower() if match else None


def bands_of_cube(header: Mapping[str, Any], n_planes: int) -> str | None:
    """The bands of a cube's planes in their order, from its header; None if the header doesn't name all of them.

    Examples
    --------
    >>> bands_of_cube({"BANDS": "grz"}, 3), bands_of_cube({"FILTER1": "i", "FILTER2": "r", "FILTER3": "g"}, 3)
    ('grz', 'irg')
    """
    for keyword in _ALL_BANDS:
        value = str(header.get(keyword, "")).strip()
        words = re.split(r"[\s,;/+]+", value)
        if len(words) == 1 and len(value) == n_planes:
            words = list(value)
        bands = [parse_band(word) for word in words]
        if len(bands) == n_planes and all(bands):
            return "".join(bands)
    numbered: dict[int, str] = {}
    for keyword in header:
        if (match := _NUMBERED.fullmatch(keyword)) and (band := parse_band(header[keyword])):
            numbered.setdefault(int(match[1]), band)
    start = min(numbered, default=0)
    if start <= 1 and sorted(numbered) == list(range(start, start + n_planes)):
        return "".join(numbered[start + plane] for plane in range(n_planes))
    return None


def band_of_image(header: Mapping[str, Any]) -> str | None:
    """The band of a single image, from its header; None if the header doesn't name it.

    Examples
    --------
    >>> band_of_image({"EXTNAME": "SCI", "FILTER": "r"}), band_of_image({"EXTNAME": "sdss_g"}), band_of_image({})
    ('r', 'g', None)
    """
    for keyword in (*_ONE_BAND, "EXTNAME"):
        if keyword in header and (band := parse_band(header[keyword])):
            return band
    return None


def stem_of(name: str) -> str:
    """A FITS file's name without its ending.

    Examples
    --------
    >>> stem_of("cutout_150.1_2.2.fits.gz")
    'cutout_150.1_2.2'
    """
    ending = max((ending for ending in SUFFIXES if name.lower().endswith(ending)), key=len, default="")
    return name[: len(name) - len(ending)]


def split_name(path: PurePosixPath) -> tuple[str, str | None]:
    """The galaxy's id and the band of a FITS file, from its path within the folder.

    Examples
    --------
    >>> paths = ("12_g.fits", "NGC-4565-r.fits.gz", "i/12.fit", "12/i.fits", "frame-r-3836-4-83.fits.bz2", "12.fits")
    >>> [split_name(PurePosixPath(path)) for path in paths]
    [('12', 'g'), ('NGC-4565', 'r'), ('12', 'i'), ('12', 'i'), ('3836-4-83', 'r'), ('12', None)]
    """
    stem = stem_of(path.name)
    folder = path.parent.name
    if stem.lower() in BANDS and len(stem) == 1 and folder:
        return folder, stem.lower()
    if len(folder) == 1 and folder.lower() in BANDS:
        return stem, folder.lower()
    for pattern in _NAME_PATTERNS:
        if match := pattern.fullmatch(stem):
            return match["id"], match["band"].lower()
    return stem, None
