"""The quantity that a column holds, inferred from its name: a magnitude, a velocity, a percentage."""

import re
from enum import Enum, auto

# Splits names such as err_r, g-r, psfMag_u and zErr into words.
_WORDS = re.compile(r"W[1-4]|FUV|NUV|Ks|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_MAGNITUDE = re.compile(r"mag(?![a-z])|magnitude", re.IGNORECASE)  # rmag, petroMag_r, mag_g; not image, magnification
_REDSHIFT = re.compile(
    r"(?<![a-z])(photo?_?z|z_?(phot|photo|spec|best|ml|peak|mean|median|mode|bpz|eazy|lephare)|redshift)(?![a-z])",
    re.IGNORECASE,
)
_BANDS = {*"ugrizyYJHKLMUBVRIG", "Ks", "FUV", "NUV", "W1", "W2", "W3", "W4", "BP", "RP", "BV"}
# Without other words these usually are bands; B, G, I, M, R, U and V may be anything.
_BANDS_ALONE = {*"ugrizyYJHK", "Ks", "FUV", "NUV", "W1", "W2", "W3", "W4"}
# Words beside bands: errors, methods, corrections, surveys.
_BAND_CONTEXT = set(
    "mag mags err error errors sigma sig unc uncertainty std delta minus model psf petro petrosian cmodel fiber fibre "
    "auto aper aperture kron iso total tot dered deredden dereddened ext extinction abs absolute app apparent ab vega "
    "kcorr corr corrected obs observed rest restframe band sdss ps panstarrs des decals legacy hsc cfht kids wise "
    "galex ukidss vista vvv gaia mu sb color colour colors colours phot 0 1".split()
)
_BAND_PREFIXES = set("e d k m".split())  # e_r is the error of r, but r_e is an effective radius
_VELOCITY = re.compile(
    r"(?<![a-z])v_?(hel|helio|lsr|rad|los|sys|rot|gsr|pec|cmb|max|[rxyzlbc])(?![a-z])", re.IGNORECASE
)
_SIGNED = re.compile(
    r"(?<![a-z])(v|cz|rv|hrv|pm|pm_?(ra|de|dec|l|b)|d[xyvz]|lon|long|longitude)(?![a-z])|(?<!le)vel(?!l)"
    r"|km_?(/|per_?)?s(?![a-z])|offset|delta|diff|resid|(?<!red)shift",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(
    r"percent|(?<![a-z])(pct|perc)(?![a-z])|%|prob|confidence|completeness|purity|quality", re.IGNORECASE
)


class Quantity(Enum):
    """The quantity that a column holds."""

    MAGNITUDE = auto()  # a magnitude, a colour, a redshift, or the error of one: never near 99
    BAND = auto()  # named like a band: probably a magnitude, but r may be a radius and i an inclination
    SIGNED = auto()  # a velocity or an offset: may be negative even if all other values are positive
    PERCENTAGE = auto()  # 99 and 99.9 are usual values
    UNKNOWN = auto()


def infer_quantity(column: str) -> Quantity:
    """Infer from its name what a column holds.

    Examples
    --------
    >>> [infer_quantity(name).name for name in ("psfMag_u", "g-r", "zphot", "err_r", "cz", "age_gyr")]
    ['MAGNITUDE', 'MAGNITUDE', 'MAGNITUDE', 'BAND', 'SIGNED', 'UNKNOWN']
    """
    if _MAGNITUDE.search(column) or _REDSHIFT.search(column):
        return Quantity.MAGNITUDE
    words = _WORDS.findall(column)
    if any(word.lower() in ("mag", "mags") for word in words):  # modelMagErr_r
        return Quantity.MAGNITUDE
    if _VELOCITY.search(column):
        return Quantity.SIGNED
    bands = [word for word in words if word in _BANDS]
    rest = [
        word for place, word in enumerate(words) if word not in bands and not (place == 0 and word in _BAND_PREFIXES)
    ]
    if bands and all(word.lower() in _BAND_CONTEXT for word in rest):
        if len(bands) > 1 or "BV" in bands:
            return Quantity.MAGNITUDE
        if bands[0] in _BANDS_ALONE or rest:
            return Quantity.BAND
    if _SIGNED.search(column):
        return Quantity.SIGNED
    return Quantity.PERCENTAGE if _PERCENTAGE.search(column) else Quantity.UNKNOWN
