"""Description of a galaxy in sentences and as a table, from the columns that a catalogue has."""

from numbers import Real

import pandas as pd

from galviz.survey.causes import CAUSES

# c / H0 for H0 = 70 km/s/Mpc. The linear law is accurate to about 5 % up to a redshift of 0.15.
LIGHT_YEARS_PER_REDSHIFT = 1.397e10
# Smallest and largest possible value per column. A user's column of the same name may mean something else.
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
    """Describe a galaxy in up to four sentences.

    Parameters
    ----------
    galaxy : Series
        A row of a catalogue with column names of `CAUSES`. Missing columns are left out, and so are impossible values,
        such as -9999, inf or text.

    Returns
    -------
    str
        Plain text; empty if there is nothing to describe.

    Examples
    --------
    >>> describe(pd.Series({"inclination_deg": 80.0, "arm_number": 2}))
    'Its disc is nearly edge-on. It has two spiral arms.'
    """
    known = _possible(galaxy)
    sentences = [_star_formation(known), _shape(known), _features(known), _foreground(known)]
    return " ".join(sentence for sentence in sentences if sentence)


def causes_table(galaxy: pd.Series) -> pd.DataFrame:
    """List all values of a galaxy in the catalogue.

    Parameters
    ----------
    galaxy : Series
        A row of any catalogue.

    Returns
    -------
    DataFrame with columns ``cause``, ``value``, ``unit`` and ``column``, all str
        One row per column of the catalogue that has a value. The known causes come first, with a display name and a
        rounded value; the other columns follow unchanged.

    Examples
    --------
    >>> causes_table(pd.Series({"field": "north", "redshift": 0.0712}))["value"].tolist()
    ['0.0712', 'north']
    """
    known = galaxy.dropna()
    names = [name for name in CAUSES if name in known.index]
    rows = [
        (CAUSES[name].name, _rounded(known[name], CAUSES[name].decimals), CAUSES[name].unit, name) for name in names
    ]
    rows += [(str(name), str(value), "", str(name)) for name, value in known.items() if name not in CAUSES]
    return pd.DataFrame(rows, columns=["cause", "value", "unit", "column"], dtype="str")


def oxygen_per_million(metallicity: float) -> int:
    """Convert a metallicity, 12 + log10(O/H), to oxygen atoms per million hydrogen atoms, rounded to three digits.

    Examples
    --------
    The Sun (Asplund et al. 2009, ARA&A 47, 481):

    >>> oxygen_per_million(8.69)
    490
    """
    return int(float(f"{10 ** (metallicity - 12 + 6):.3g}"))


def large_number(value: float) -> str:
    """Format a number of a million or more in words, rounded to two digits.

    Examples
    --------
    >>> large_number(15_849_000_000)
    '16 billion'
    """
    rounded = float(f"{value:.2g}")
    for name, size in (("trillion", 1e12), ("billion", 1e9), ("million", 1e6)):
        if rounded >= size:
            return f"{_two_digits(rounded / size)} {name}"
    return f"{rounded:,.0f}"


def _two_digits(value: float) -> str:
    """Format a number with two significant digits, and without an exponent."""
    return f"{float(f'{value:.2g}'):g}"


def _possible(galaxy: pd.Series) -> pd.Series:
    """Select the values that the sentences use, if they are possible."""
    columns = [name for name in _POSSIBLE if name in galaxy.index]
    values = pd.to_numeric(galaxy[columns], errors="coerce").astype(float)
    lowest, highest = (pd.Series({name: _POSSIBLE[name][end] for name in columns}, dtype=float) for end in (0, 1))
    return values[(values >= lowest) & (values <= highest)]


def _star_formation(known: pd.Series) -> str:
    """Describe mass, distance and star formation."""
    parts = []
    if "log_mass_msun" in known:
        parts.append(f"of {large_number(10 ** known['log_mass_msun'])} solar masses")
    if "redshift" in known:
        distance = large_number(LIGHT_YEARS_PER_REDSHIFT * known["redshift"])
        parts.append(f"at redshift {known['redshift']:.3f} (some {distance} light-years away)")
    subject = " ".join(["A galaxy", *parts])
    if "log_sfr_msun_yr" in known:
        return f"{subject}, forming {_two_digits(10 ** known['log_sfr_msun_yr'])} solar masses of stars per year."
    return f"{subject}." if parts else ""


def _shape(known: pd.Series) -> str:
    """Describe the bulge and the inclination of the disc."""
    clauses = []
    if "bulge_fraction" in known:
        clauses.append(f"{100 * known['bulge_fraction']:.0f} % of its light comes from the bulge")
    if "inclination_deg" in known:
        tilt = known["inclination_deg"]
        view = "nearly face-on" if tilt < 20 else "nearly edge-on" if tilt > 75 else f"tilted {tilt:.0f}° from face-on"
        clauses.append(f"its disc is {view}")
    return _sentence(", and ".join(clauses))


def _features(known: pd.Series) -> str:
    """Describe arms, bar, dust, irregularity and mergers."""
    features = [words for words in (_arms(known), _bar(known), _dust(known)) if words]
    if known.get("irregularity", 0) > 0.3:
        features.append("an irregular outline")
    if known.get("merger", 0):
        features.append("a companion that it is merging with")
    return _sentence(f"it has {_join(features)}") if features else ""


def _arms(known: pd.Series) -> str:
    if "arm_number" not in known:
        return ""
    number = int(known["arm_number"])
    if number == 0:
        return "no spiral arms"
    pitch = f" with a pitch of {known['arm_pitch_deg']:.0f}°" if "arm_pitch_deg" in known else ""
    count = COUNTS[number] if number < len(COUNTS) else str(number)
    faint = " faint" if known.get("arm_strength", 1) < 0.25 else ""
    ragged = " ragged" if known.get("arm_raggedness", 0) > 0.75 else ""
    return f"{count}{faint}{',' if faint and ragged else ''}{ragged} spiral arm{'s' if number > 1 else ''}{pitch}"


def _bar(known: pd.Series) -> str:
    if "bar_strength" not in known:
        return ""
    return "no bar" if known["bar_strength"] < 0.02 else "a weak bar" if known["bar_strength"] < 0.08 else "a bar"


def _dust(known: pd.Series) -> str:
    if "dust_v_mag" not in known:
        return ""
    return f"dust that dims its visible light by {100 * (1 - 10 ** (-0.4 * known['dust_v_mag'])):.0f} %"


def _foreground(known: pd.Series) -> str:
    """Describe what else is in the image."""
    objects = [
        f"{COUNTS[count] if count < len(COUNTS) else count} {noun}{'s' if count > 1 else ''}"
        for column, noun in (("neighbour_count", "other galaxy"), ("star_count", "star"))
        if (count := int(known.get(column, 0))) > 0
    ]
    objects = [words.replace("galaxys", "galaxies") for words in objects]
    if known.get("satellite_trail", 0):
        objects.append("the trail of a satellite")
    return f"Also in the image, but not always visible: {_join(objects)}." if objects else ""


def _join(parts: list[str]) -> str:
    """Join words for a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _rounded(value: object, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace("-", "−") if isinstance(value, Real) else str(value)
