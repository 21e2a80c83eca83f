"""What to fetch from SDSS: the sample of galaxies, the size and scale of their images, and the server."""

from __future__ import annotations

import math
import operator
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from galviz.errors import quoted

SERVER = "https://skyserver.sdss.org"
RELEASE = 17
# Limits of SkyServer: rows of a reply (its MaxRows), side of an image (px) and scale of an image (arcsec per px).
MAX_ROWS = 500_000
SIDE_PX, SCALE_ARCSEC = (64, 2048), (0.015, 60.0)
PETROSIAN_RADII = 5  # with `petrosian`, the side of an image in units of petroR90_r
_MAX_SEED = 2**31  # in Transact-SQL, a larger number isn't an integer


@dataclass(frozen=True, kw_only=True)
class SdssRequest:
    """A sample of galaxies and the form of their images.

    Parameters
    ----------
    n : int
        Number of galaxies, at most 500,000: the limit of SkyServer.
    sky : tuple of float, optional
        Right ascension, declination and radius of a circle on the sky, in degrees (J2000).
    where : str, optional
        A further condition in SQL. The tables are s (SpecObj), g (Galaxy), e (galSpecExtra), i (galSpecInfo),
        l (galSpecLine) and x (galSpecIndx): ``"s.z < 0.1 AND e.bptclass = 1"``.
    size_px : int
        Width and height of the images, 64 to 2048 px.
    scale : float
        Arcsec per pixel, 0.015 to 60; that of SDSS itself is 0.396.
    petrosian : bool
        Scale each image so that its side is 5 petroR90_r, instead of using `scale`.
    seed : int
        Chooses the random sample. The same seed gives the same galaxies in the same order.
    release : int
        The SDSS data release, 8 or later: earlier ones have no MPA-JHU tables.
    server : str
        URL of SkyServer, or of a mirror.

    Raises
    ------
    ValueError
        If a value is out of range.

    Examples
    --------
    >>> SdssRequest(n=5000).image_url
    'https://skyserver.sdss.org/dr17/SkyServerWS/ImgCutout/getjpeg'
    >>> SdssRequest(n=0)
    Traceback (most recent call last):
    ValueError: n must be 1 to 500,000 galaxies, not 0.
    """

    n: int
    sky: tuple[float, float, float] | None = None
    where: str | None = None
    size_px: int = 160
    scale: float = 0.396
    petrosian: bool = False
    seed: int = 0
    release: int = RELEASE
    server: str = SERVER

    def __post_init__(self) -> None:
        _check_range("n", operator.index(self.n), 1, MAX_ROWS, " galaxies")
        _check_range("size_px", operator.index(self.size_px), *SIDE_PX, " px")
        _check_range("scale", self.scale, *SCALE_ARCSEC, " arcsec per pixel")
        _check_range("seed", operator.index(self.seed), 0, _MAX_SEED - 1, "")
        _check_range("release", operator.index(self.release), 8, 99, "")
        if self.sky is not None:
            _check_sky(self.sky)
        if self.where is not None:
            object.__setattr__(self, "where", _one_condition(self.where))
        object.__setattr__(self, "server", _check_server(self.server))

    @property
    def image_url(self) -> str:
        """URL of the image service, without parameters."""
        return f"{self.server}/dr{self.release}/SkyServerWS/ImgCutout/getjpeg"

    def settings(self) -> dict[str, Any]:
        """The request as it is saved; a fetch can be continued only with the same one."""
        return {
            "n": self.n,
            "seed": self.seed,
            "sky": None if self.sky is None else list(map(float, self.sky)),
            "where": self.where,
            "size_px": self.size_px,
            "scale": "petrosian" if self.petrosian else float(self.scale),
            "release": self.release,
            "server": self.server,
        }


def parse_sky(text: str) -> tuple[float, float, float]:
    """Parse ``RA,DEC,RADIUS`` in degrees.

    Raises
    ------
    ValueError
        If it isn't three numbers.

    Examples
    --------
    >>> parse_sky("150.1, 2.2, 1.5")
    (150.1, 2.2, 1.5)
    """
    try:
        ra_deg, dec_deg, radius_deg = map(float, text.split(","))
    except ValueError as error:
        raise ValueError(
            f"--sky must be RA,DEC,RADIUS in degrees, such as 150.1,2.2,1.5; got {quoted(text)}."
        ) from error
    return ra_deg, dec_deg, radius_deg


def _check_range(name: str, value: float, lowest: float, highest: float, unit: str) -> None:
    if not lowest <= value <= highest:
        numbers = (f"{number:,}" for number in (lowest, highest))
        raise ValueError(f"{name} must be {' to '.join(numbers)}{unit}, not {value}.")


def _check_sky(sky: tuple[float, float, float]) -> None:
    ra_deg, dec_deg, radius_deg = sky
    for name, value, lowest, highest in (
        ("right ascension", ra_deg, 0, 360),
        ("declination", dec_deg, -90, 90),
        ("radius", radius_deg, 0, 180),
    ):
        if not (math.isfinite(value) and lowest <= value <= highest):
            raise ValueError(f"The {name} of the sky region must be {lowest} to {highest} degrees, not {value}.")
    if radius_deg == 0:
        raise ValueError("The radius of the sky region must be more than 0 degrees.")


def _one_condition(where: str) -> str:
    """The condition on one line, because SkyServer removes comments line by line."""
    condition = re.sub(r"\s+", " ", where).strip()
    has_keyword = re.match(r"(where|and|or)\b", condition, re.IGNORECASE)
    if not condition or has_keyword or any(mark in condition for mark in (";", "--", "/*")):
        raise ValueError(
            "The SQL condition must be what follows WHERE, without semicolons and comments, such as s.z < 0.1; got "
            f"{quoted(where)}."
        )
    if not _is_balanced(condition):
        raise ValueError(
            "The SQL condition must close each bracket and quotation mark that it opens, such as (s.z < 0.1); got "
            f"{quoted(where)}."
        )
    return condition


def _is_balanced(condition: str) -> bool:
    """Whether brackets are closed. If not, the condition could end before the others do, as in ``1=1) OR (1=1``."""
    without_texts = re.sub("'[^']*'", "", condition)
    depth = 0
    for character in without_texts:
        depth += (character == "(") - (character == ")")
        if depth < 0:
            return False
    return depth == 0 and "'" not in without_texts


def _check_server(server: str) -> str:
    url = server.rstrip("/")
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
        parts.port  # noqa: B018 (it raises an error if the port isn't a number)
    except ValueError:
        valid = False
    if not valid or re.search(r"\s", url):
        raise ValueError(f"The server must be a URL such as {SERVER}; got {quoted(server)}.")
    return url
