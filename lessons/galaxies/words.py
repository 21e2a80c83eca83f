"""One galaxy's causes in words and as a table, from whatever columns the catalogue has."""

from collections.abc import Mapping
from numbers import Real
from typing import NamedTuple

import pandas as pd


class Cause(NamedTuple):
    """How a catalogue column is shown: its name in plain words, its unit ("" for none), and its decimals."""

    name: str
    unit: str
    decimals: int


CAUSES: Mapping[str, Cause] = {
    "metallicity": Cause("12 + log(O/H)", "dex", 3),
    "metallicity_expected_dex": Cause("… expected from the other causes", "dex", 3),
    "metallicity_scatter_dex": Cause("… scatter that no picture shows", "dex", 3),
    "log_mass_msun": Cause("stellar mass, log10", "solar masses", 2),
    "log_sfr_msun_yr": Cause("star formation, log10", "solar masses a year", 2),
    "redshift": Cause("redshift", "", 4),
    "h_alpha_angstrom": Cause("width of the H-alpha line", "ångström", 0),
    "inclination_deg": Cause("inclination (0 = face-on)", "degrees", 0),
    "position_angle_deg": Cause("position angle", "degrees", 0),
    "half_light_radius_kpc": Cause("half-light radius", "kpc", 2),
    "half_light_radius_arcsec": Cause("half-light radius on the sky", "arcsec", 2),
    "petrosian_r90_arcsec": Cause("Petrosian R90 on the sky", "arcsec", 2),
    "size_offset_dex": Cause("size against others of its mass", "dex", 2),
    "disc_scale_kpc": Cause("scale length of the disc", "kpc", 2),
    "disc_scale_arcsec": Cause("scale length of the disc on the sky", "arcsec", 2),
    "disc_sersic_n": Cause("Sérsic index of the disc", "", 1),
    "disc_thickness": Cause("thickness of the disc", "scale lengths", 2),
    "disc_ellipticity": Cause("ellipticity of the disc, from above", "", 2),
    "disc_colour_mag": Cause("colour g − r of the disc", "mag", 2),
    "disc_colour_gradient": Cause("colour gradient of the disc", "", 2),
    "bulge_fraction": Cause("light in the bulge", "of all light", 2),
    "bulge_sersic_n": Cause("Sérsic index of the bulge", "", 1),
    "bulge_radius_scales": Cause("half-light radius of the bulge", "scale lengths", 2),
    "bulge_axis_ratio": Cause("axis ratio of the bulge", "", 2),
    "bulge_colour_mag": Cause("colour g − r of the bulge", "mag", 2),
    "arm_number": Cause("spiral arms", "", 0),
    "arm_pitch_deg": Cause("pitch of the arms", "degrees", 1),
    "arm_strength": Cause("strength of the arms", "0 to 1", 2),
    "arm_raggedness": Cause("raggedness of the arms", "0 to 1", 2),
    "arm_winding": Cause("sense of the arms' winding", "±1", 0),
    "bar_strength": Cause("light in the bar", "of the disc's light", 2),
    "bar_length_scales": Cause("half the bar's length", "scale lengths", 2),
    "clumpiness": Cause("light in clumps of young stars", "of the disc's light", 2),
    "irregularity": Cause("irregularity", "0 to 1", 2),
    "dust_v_mag": Cause("dimming by dust, V band, face-on", "mag", 2),
    "dust_lane_strength": Cause("depth of the dust lane", "", 2),
    "merger": Cause("merging with another galaxy", "1 = yes", 0),
    "companion_flux_ratio": Cause("light of the companion", "of its light", 2),
    "companion_distance_scales": Cause("distance of the companion", "scale lengths", 1),
    "tidal_tail_strength": Cause("light of the tidal tail", "of its light", 2),
    "mag_g": Cause("brightness in g", "mag", 2),
    "mag_r": Cause("brightness in r", "mag", 2),
    "mag_i": Cause("brightness in i", "mag", 2),
    "neighbour_count": Cause("galaxies around it", "", 0),
    "star_count": Cause("stars in front", "", 0),
    "satellite_trail": Cause("trail of a satellite", "1 = yes", 0),
    "bleeding_star": Cause("a star that overexposes", "1 = yes", 0),
    "seeing_arcsec": Cause("blur by the air (seeing)", "arcsec", 2),
    "sky_noise_g_nmgy": Cause("noise of the sky in g", "nanomaggies", 3),
    "sky_noise_r_nmgy": Cause("noise of the sky in r", "nanomaggies", 3),
    "sky_noise_i_nmgy": Cause("noise of the sky in i", "nanomaggies", 3),
    "sky_offset_g_nmgy": Cause("sky left over in g", "nanomaggies", 3),
    "sky_offset_r_nmgy": Cause("sky left over in r", "nanomaggies", 3),
    "sky_offset_i_nmgy": Cause("sky left over in i", "nanomaggies", 3),
    "noise_correlation_px": Cause("smearing of the noise", "px", 2),
    "band_scale_g": Cause("weight of g in the picture", "", 2),
    "band_scale_r": Cause("weight of r in the picture", "", 2),
    "band_scale_i": Cause("weight of i in the picture", "", 2),
    "stretch_nonlinearity": Cause("non-linearity of the stretch", "", 2),
    "stretch_factor": Cause("brightness of the stretch", "", 3),
    "band_shift_arcsec": Cause("shift of g and i against r", "arcsec", 2),
    "pixel_scale_arcsec": Cause("size of a pixel", "arcsec", 3),
    "tile_jpeg_quality": Cause("quality of the first JPEG", "", 0),
    "cutout_jpeg_quality": Cause("quality of the last JPEG", "", 0),
    "texture_seed": Cause("seed of the picture's random numbers", "", 0),
}
# Hubble's law with c/H0 of 70 km/s/Mpc: right to 5 % out to redshift 0.15, and so to the two digits shown.
LIGHT_YEARS_PER_REDSHIFT = 1.397e10
# Least and largest value of a column that is told in sentences; beyond them it means something else than here.
_POSSIBLE = {
    "log_mass_msun": (0, 15),
    "log_sfr_msun_yr": (-15, 6),
    "redshift": (0, 20),
    "bulge_fraction": (0, 1),
    "inclination_deg": (0, 90),
    "arm_number": (0, 100),
    "arm_pitch_deg": (0, 90),
    "arm_strength": (0, 1e6),
    "arm_raggedness": (0, 1e6),
    "bar_strength": (0, 1e6),
    "dust_v_mag": (0, 100),
    "irregularity": (0, 1e6),
    "merger": (0, 1),
    "neighbour_count": (0, 1e4),
    "star_count": (0, 1e4),
    "satellite_trail": (0, 1),
}
COUNTS = ("no", "one", "two", "three", "four", "five", "six")


def describe(galaxy: pd.Series) -> str:
    """Tell a galaxy's causes in up to four sentences; a column that isn't there is left out.

    Parameters
    ----------
    galaxy : Series
        A row of the mock catalogue, with the column names of `CAUSES`.

    Returns
    -------
    str
        Plain text; empty if no column says anything about the galaxy. A value that no galaxy can have, such as -9999,
        inf or a word in a user's column of the same name, is left out.
    """
    known = _possible(galaxy)
    sentences = [_star_formation(known), _shape(known), _features(known), _foreground(known)]
    return " ".join(sentence for sentence in sentences if sentence)


def causes_table(galaxy: pd.Series) -> pd.DataFrame:
    """List everything the catalogue holds of a galaxy.

    Parameters
    ----------
    galaxy : Series
        A row of any catalogue. Columns of the mock catalogue come first, under plain names; others follow as they are.

    Returns
    -------
    DataFrame with columns ``cause``, ``value``, ``unit`` and ``column``, all str
        A row a column of the catalogue that has a value.
    """
    known = galaxy.dropna()
    names = [name for name in CAUSES if name in known.index]
    rows = [
        (CAUSES[name].name, _rounded(known[name], CAUSES[name].decimals), CAUSES[name].unit, name) for name in names
    ]
    rows += [(str(name), str(value), "", str(name)) for name, value in known.items() if name not in CAUSES]
    return pd.DataFrame(rows, columns=["cause", "value", "unit", "column"], dtype="str")


def cause_title(name: str) -> str:
    """A column's name in plain words, with its unit."""
    if name not in CAUSES:
        return name
    cause = CAUSES[name]
    return f"{cause.name} [{cause.unit}]" if cause.unit else cause.name


def oxygen_per_million(metallicity: float) -> int:
    """Oxygen atoms per million hydrogen atoms in gas of this metallicity, 12 + log10(O/H) in dex, to three digits.

    The Sun's 8.69 (Asplund et al. 2009, ARA&A 47, 481) gives 490.
    """
    return int(float(f"{10 ** (metallicity - 12 + 6):.3g}"))


def large_number(value: float) -> str:
    """Say a number of a million or more in words, to two digits: 15,849,000,000 is "16 billion"."""
    rounded = float(f"{value:.2g}")
    for name, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if rounded >= size:
            return f"{_two_digits(rounded / size)} {name}"
    return f"{rounded:,.0f}"


def _two_digits(value: float) -> str:
    """Two significant digits, never in the form 1.2e+02."""
    return f"{float(f'{value:.2g}'):g}"


def _possible(galaxy: pd.Series) -> pd.Series:
    """The values that are told in sentences, as far as they are numbers that a galaxy can have."""
    columns = [name for name in _POSSIBLE if name in galaxy.index]
    values = pd.to_numeric(galaxy[columns], errors="coerce").astype(float)
    lowest, highest = (pd.Series({name: _POSSIBLE[name][end] for name in columns}, dtype=float) for end in (0, 1))
    return values[(values >= lowest) & (values <= highest)]


def _star_formation(known: pd.Series) -> str:
    """Mass, distance and star formation."""
    parts = []
    if "log_mass_msun" in known:
        parts.append(f"of {large_number(10 ** known['log_mass_msun'])} solar masses")
    if "redshift" in known:
        distance = large_number(LIGHT_YEARS_PER_REDSHIFT * known["redshift"])
        parts.append(f"at redshift {known['redshift']:.3f} (some {distance} light-years away)")
    subject = " ".join(["A galaxy", *parts])
    if "log_sfr_msun_yr" in known:
        return f"{subject}, forming {_two_digits(10 ** known['log_sfr_msun_yr'])} solar masses of stars a year."
    return f"{subject}." if parts else ""


def _shape(known: pd.Series) -> str:
    """Bulge and the angle from which we look at the disc."""
    clauses = []
    if "bulge_fraction" in known:
        clauses.append(f"{100 * known['bulge_fraction']:.0f} % of its light comes from the bulge")
    if "inclination_deg" in known:
        tilt = known["inclination_deg"]
        view = "nearly face-on" if tilt < 20 else "nearly edge-on" if tilt > 75 else f"tilted {tilt:.0f}° from face-on"
        clauses.append(f"its disc is {view}")
    return _sentence(", and ".join(clauses))


def _features(known: pd.Series) -> str:
    """Arms, bar, dust and disorder."""
    found = [words for words in (_arms(known), _bar(known), _dust(known)) if words]
    if known.get("irregularity", 0) > 0.3:
        found.append("an irregular outline")
    if known.get("merger", 0):
        found.append("a companion it is merging with")
    return _sentence(f"it has {_listed(found)}") if found else ""


def _arms(known: pd.Series) -> str:
    if "arm_number" not in known:
        return ""
    number = int(known["arm_number"])
    if number == 0:
        return "no spiral arms"
    pitch = f" of pitch {known['arm_pitch_deg']:.0f}°" if "arm_pitch_deg" in known else ""
    counted = COUNTS[number] if number < len(COUNTS) else str(number)
    faint = " faint" if known.get("arm_strength", 1) < 0.25 else ""
    ragged = " ragged" if known.get("arm_raggedness", 0) > 0.75 else ""
    return f"{counted}{faint}{',' if faint and ragged else ''}{ragged} spiral arm{'s' if number > 1 else ''}{pitch}"


def _bar(known: pd.Series) -> str:
    if "bar_strength" not in known:
        return ""
    return "no bar" if known["bar_strength"] < 0.02 else "a weak bar" if known["bar_strength"] < 0.08 else "a bar"


def _dust(known: pd.Series) -> str:
    if "dust_v_mag" not in known:
        return ""
    return f"dust that takes {100 * (1 - 10 ** (-0.4 * known['dust_v_mag'])):.0f} % of its visible light"


def _foreground(known: pd.Series) -> str:
    """What else is in the picture."""
    found = [
        f"{COUNTS[count] if count < len(COUNTS) else count} {noun}{'s' if count > 1 else ''}"
        for column, noun in (("neighbour_count", "other galaxy"), ("star_count", "star"))
        if (count := int(known.get(column, 0))) > 0
    ]
    found = [words.replace("galaxys", "galaxies") for words in found]
    if known.get("satellite_trail", 0):
        found.append("the trail of a satellite")
    return f"Around it lie, some too faint to see: {_listed(found)}." if found else ""


def _listed(parts: list[str]) -> str:
    """Join as in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _rounded(value: object, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "−") if isinstance(value, Real) else str(value)
