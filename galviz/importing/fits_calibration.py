"""The unit of a FITS image's pixels, its scale on the sky and its WCS, from the header or from options."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from galviz.survey.images import ImageError

if TYPE_CHECKING:
    from astropy.wcs import WCS

_NANOMAGGY_JY = 3.631e-6  # AB magnitude 22.5
_NANOMAGGY = re.compile(r"(nano-?magg(y|ies)|nmgy|nmagg?y)( ?/ ?pix(el)?)?", re.IGNORECASE)
_ZERO_POINTS = ("MAGZERO", "MAGZPT", "MAGZP", "MAG_ZP", "MAGZEROP", "ZEROPOINT", "ZEROPNT", "PHOTZP", "ZPT", "ZP")
_PIXEL_SCALES = ("PIXSCALE", "PIXSCAL1", "PIXSCAL", "PXSCALE", "SECPIX", "SECPIX1")
_PER_SECOND = re.compile(r".*(/ ?s(ec)?|s-1|s\^-1|s\*\*-1|per sec.*)", re.IGNORECASE)


def nanomaggies_per_unit(
    header: Mapping[str, Any], *, pixel_area_arcsec2: float, zero_point: float | None = None
) -> float:
    """The flux of a pixel with the value 1, in nanomaggies (AB magnitude 22.5).

    Parameters
    ----------
    header : mapping
        Read for a unit (`BUNIT`: nanomaggies, or a flux density or surface brightness that astropy converts to Jy), or
        else for a zero point (`MAGZERO` and its other names; `FLUXMAG0`, the flux of magnitude 0).
    pixel_area_arcsec2 : float
        For units per steradian.
    zero_point : float, optional
        AB magnitude of the value 1; the header's unit and zero point aren't read then.

    Raises
    ------
    ImageError
        If the header doesn't determine the unit, or if the pixels are magnitudes or asinh magnitudes.

    Examples
    --------
    >>> nanomaggies_per_unit({"BUNIT": "nanomaggy"}, pixel_area_arcsec2=1)
    1.0
    >>> round(nanomaggies_per_unit({"MAGZERO": 25.0}, pixel_area_arcsec2=1), 3)
    0.1
    """
    unit = str(header.get("BUNIT", "")).strip()
    if "BSOFTEN" in header:
        raise ImageError("its values are asinh magnitudes (BSOFTEN), not fluxes", "convert them to linear fluxes")
    if re.match(r"(ab|st|vega)?mag\b", unit, re.IGNORECASE):
        raise ImageError(f"its values are magnitudes ({unit})", "convert them to linear fluxes")
    if zero_point is not None:
        return 10 ** (0.4 * (22.5 - zero_point))
    if _NANOMAGGY.fullmatch(unit):
        return 1.0
    if unit and (factor := _from_flux_density(unit, pixel_area_arcsec2)) is not None:
        return factor
    if "FLUXMAG0" in header:
        return 1e9 / _positive(header, "FLUXMAG0")
    for keyword in _ZERO_POINTS:
        if keyword in header:
            return _from_zero_point(header, keyword, unit)
    if not unit and str(header.get("SURVEY", "")).strip().lower().startswith("legacysurvey"):
        return 1.0  # cutouts of the DESI Legacy Imaging Surveys name no unit
    known = f"its unit {unit!r} has no zero point" if unit else "it names neither a unit (BUNIT) nor a zero point"
    raise ImageError(known, "add --zero-point with the AB magnitude of the value 1, 22.5 for nanomaggies")


def _from_flux_density(unit: str, pixel_area_arcsec2: float) -> float | None:
    from astropy import units

    try:
        parsed = units.Unit(unit.replace("/pixel", "").replace("/pix", ""))
    except (ValueError, TypeError):
        return None
    if parsed.is_equivalent(units.Jy):
        return float(parsed.to(units.Jy)) / _NANOMAGGY_JY
    if parsed.is_equivalent(units.Jy / units.sr):
        return float(parsed.to(units.Jy / units.arcsec**2)) * pixel_area_arcsec2 / _NANOMAGGY_JY
    return None


def _from_zero_point(header: Mapping[str, Any], keyword: str, unit: str) -> float:
    try:
        magnitude = float(header[keyword])
    except (TypeError, ValueError):
        magnitude = math.nan
    if not 0 < magnitude < 60:
        raise ImageError(f"its zero point {keyword} is {header[keyword]!r}", "add --zero-point with the right one")
    try:
        seconds = float(header.get("EXPTIME", 1))
    except (TypeError, ValueError):
        seconds = 1.0
    if 0 < seconds < math.inf and seconds != 1 and not _PER_SECOND.fullmatch(unit):
        other = magnitude + 2.5 * math.log10(seconds)
        raise ImageError(
            f"its zero point {keyword} may be that of its values or of values per second (EXPTIME is {seconds:g} s)",
            f"add --zero-point {magnitude:g} or --zero-point {other:.3f}",
        )
    return 10 ** (0.4 * (22.5 - magnitude))


def _positive(header: Mapping[str, Any], keyword: str) -> float:
    try:
        value = float(header[keyword])
    except (TypeError, ValueError):
        value = math.nan
    if not 0 < value < math.inf:
        raise ImageError(f"its {keyword} is {header[keyword]!r}, not a positive number", "correct the header")
    return value


def sky_coordinates(header: Mapping[str, Any], *, native_pixel_scale: float | None = None) -> WCS:
    """The WCS of an image; without one in the header, north up and east left at the pixel scale of header or option.

    Parameters
    ----------
    header : astropy.io.fits.Header
    native_pixel_scale : float, optional
        Arc seconds per pixel, for a header without WCS.

    Returns
    -------
    astropy.wcs.WCS
        Of two celestial axes.

    Raises
    ------
    ImageError
        If the WCS can't be used, or if there is none and the pixel scale is unknown.

    Examples
    --------
    >>> from astropy.io.fits import Header
    >>> wcs = sky_coordinates(Header({"PIXSCALE": 0.262}))
    >>> print(wcs.wcs.cdelt * 3600)
    [-0.262  0.262]
    """
    from astropy.wcs import WCS

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # old keywords that astropy converts
            wcs = WCS(header)
            celestial = wcs.celestial if wcs.has_celestial else None
            if celestial is not None:
                celestial.all_pix2world([[0.0, 0.0]], 0)
    except Exception as error:  # wcslib, SIP and look-up tables have errors of their own, with no common class
        raise ImageError("its WCS can't be used", "correct the header, or remove its WCS") from error
    if celestial is not None:
        if celestial.wcs.lngtyp != "RA":
            raise ImageError(
                f"its WCS is in {celestial.wcs.ctype[0][:4]} and {celestial.wcs.ctype[1][:4]}",
                "reproject it to right ascension and declination, or remove its WCS",
            )
        return celestial
    scale = native_pixel_scale
    for keyword in _PIXEL_SCALES:
        if scale is None and keyword in header:
            scale = _positive(header, keyword)
    if scale is None:
        raise ImageError(
            "it has neither a WCS nor a pixel scale", "add --native-pixel-scale with its arc seconds per pixel"
        )
    return north_up(180.0, 0.0, scale)


def north_up(ra_deg: float, dec_deg: float, pixel_arcsec: float) -> WCS:
    """A tangential projection with north up and east left, whose pixel (0, 0) is at the given position.

    Examples
    --------
    >>> print(north_up(10, 20, 0.396).all_pix2world([[0, 0]], 0))
    [[10. 20.]]
    """
    from astropy.wcs import WCS

    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [ra_deg, dec_deg]
    wcs.wcs.crpix = [1, 1]
    wcs.wcs.cdelt = [-pixel_arcsec / 3600, pixel_arcsec / 3600]
    return wcs
