"""The light of a galaxy and its field through the atmosphere, component by component, without noise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from galviz.simulate.components import PARTS, draw_galaxy
from galviz.simulate.field import FIELD_PARTS, draw_field
from galviz.simulate.framing import frame_px
from galviz.simulate.galaxy import Galaxy
from galviz.simulate.plane import random_stream
from galviz.simulate.stamp import make_stamp

_MARGIN_PX = 16  # light that wraps around in a Fourier transform ends in this margin
_REACH_SCALES, _REACH_ARCSEC = 8.0, 5.0  # from a galaxy's centre to the edge of its stamp
_OFFSET_STREAM = 42


def draw_light(
    causes: Mapping[str, Any], framing: str = "fixed", *, without: tuple[str, ...] = ()
) -> dict[str, NDArray]:
    """Draw each component of a galaxy's field through the atmosphere, without noise.

    Parameters
    ----------
    causes : mapping
        One galaxy's row of `draw_causes`, or a changed copy of it.
    framing : str
        "fixed" or "petrosian".
    without : tuple of str
        Components to leave out, of `components.PARTS` and `field.FIELD_PARTS`.

    Returns
    -------
    dict of str to float32 ndarray of shape (3, side, side)
        g, r, i in nanomaggies per pixel of the telescope, for the components that the galaxy and its field have.

    Raises
    ------
    ValueError
        If the framing or a component is unknown, or a cause is missing or not valid.

    Examples
    --------
    >>> from galviz.simulate import draw_causes
    >>> galaxy = draw_causes(1, seed=1).iloc[0]
    >>> draw_light(galaxy, "fixed")["disc"].shape
    (3, 162, 162)
    """
    causes = Galaxy(causes)
    side = frame_px(causes, framing)
    unknown = [without] if isinstance(without, str) else sorted(set(without) - {*PARTS, *FIELD_PARTS})
    if unknown:
        raise ValueError(
            f"without must be a tuple of components ({', '.join((*PARTS, *FIELD_PARTS))}), not of {', '.join(unknown)}."
        )
    pixel, scale = float(causes["pixel_scale_arcsec"]), float(causes["disc_scale_arcsec"])
    # as large as the galaxy, at most the frame with a margin for light that wraps around in a Fourier transform
    needed = min(side + 2 * _MARGIN_PX, 2 * (_REACH_SCALES * scale + _REACH_ARCSEC) / pixel)
    width = 2 * fft.next_fast_len(int(needed) // 2 + 1, real=True)
    offset = random_stream(causes, _OFFSET_STREAM).normal(0, 0.55, 2) - 0.5
    stamp = make_stamp(
        width,
        pixel_arcsec=pixel,
        seeing_arcsec=float(causes["seeing_arcsec"]),
        position_angle_deg=float(causes["position_angle_deg"]),
        disc_scale_arcsec=scale,
        centre=(width / 2 + float(offset[0]), width / 2 + float(offset[1])),
    )
    parts = {
        name: _crop_or_pad(light, side, (width - side) // 2)
        for name, light in draw_galaxy(causes, stamp, without=without).items()
    }
    return parts | draw_field(causes, side, without=without)


def _crop_or_pad(light: NDArray, side: int, margin: int) -> NDArray:
    """Crop a stamp to the frame, or pad it with zeros."""
    if margin >= 0:
        return light[:, margin : margin + side, margin : margin + side]
    return np.pad(light, ((0, 0), (-margin, side - light.shape[1] + margin), (-margin, side - light.shape[2] + margin)))
