"""Which band an image shows, from its header's keywords."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

BANDS = "ugrizy"
SURVEYS = "sdss|ps1|panstarrs|hsc|des|decam|lsst|megacam|cfht|legacy|kids|vst|omega"
# A band alone ("g", "g'"), after a survey's name ("SDSS_g", "HSC-G", "sdssr"), or before a number ("r.MP9601").
_BAND = re.compile(rf"(?:(?:{SURVEYS})[\s._-]*)?([{BANDS}])(?:'|_?sdss|p1|2|[\s._-].*)?", re.IGNORECASE)
# In an extension's name, a band before or after other words: "SCI_G", "IMAGE-r".
_PART = re.compile(rf".*[\s._-]([{BANDS}])", re.IGNORECASE)
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
    >>> [band_of_image(header) for header in ({"EXTNAME": "SCI", "FILTER": "r"}, {"EXTNAME": "SCI_G"}, {})]
    ['r', 'g', None]
    """
    for keyword in (*_ONE_BAND, "EXTNAME"):
        if keyword in header and (band := parse_band(header[keyword])):
            return band
    match = _PART.fullmatch(str(header.get("EXTNAME", "")).strip())
    return match[1].lower() if match else None
