"""The frame around a galaxy: a fixed size on the sky, or one that follows the galaxy's Petrosian radius."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FRAMINGS = ("fixed", "petrosian")
FIXED_PX = 160  # at 0.396 arcsec, as the tutorial's cutouts
EDGE_PX = 1  # drawn around a fixed frame, for resampling with an offset
PETROSIAN_PX, PETROSIAN_RADII = 128, 4.45
_MAX_FRAME_PX = 480


def check_framing(framing: str) -> None:
    """Raise ValueError unless the framing is one of `FRAMINGS`.

    Examples
    --------
    >>> check_framing("square")
    Traceback (most recent call last):
    ValueError: framing must be one of fixed, petrosian, not 'square'.
    """
    if framing not in FRAMINGS:
        raise ValueError(f"framing must be one of {', '.join(FRAMINGS)}, not {framing!r}.")


def frame_px(causes: Mapping[str, Any], framing: str) -> int:
    """Side of a galaxy's frame in the telescope's own pixels; even.

    Raises
    ------
    ValueError
        If the framing is not one of `FRAMINGS`.

    Examples
    --------
    >>> frame_px({"petrosian_r90_arcsec": 8.0, "pixel_scale_arcsec": 0.4}, "petrosian")
    88
    """
    check_framing(framing)
    if framing == "fixed":
        return FIXED_PX + 2 * EDGE_PX
    side = PETROSIAN_RADII * causes["petrosian_r90_arcsec"] / causes["pixel_scale_arcsec"]
    return 2 * round(min(max(side, 16), _MAX_FRAME_PX) / 2)
