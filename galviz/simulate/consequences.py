"""What follows from a galaxy's causes: how each column of a catalogue changes if others do.

`intervention` applies these rules; each keeps the galaxy's deviation from the relation that it was drawn from. A value
at the end of its range hides how far beyond the deviation was; the end is then taken for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
from scipy.special import expit, logit

from galviz.simulate import colours, distances, dust, metallicity, morphology, scaling
from galviz.simulate.emission import h_alpha_width_angstrom
from galviz.simulate.photometry import magnitudes
from galviz.simulate.structure import measured_radii

_Row = Mapping[str, float]


class Consequence(NamedTuple):
    """A column that follows from others.

    Attributes
    ----------
    column : str
    parents : tuple of str
        The columns that it depends on.
    update : callable
        Called as update(old, new) with the galaxy before and after the change; the parents in `new` are up to date.
        Returns the new value.
    """

    column: str
    parents: tuple[str, ...]
    update: Callable[[_Row, _Row], float]


def _computed(column: str, relation: Callable[..., float], *parents: str) -> Consequence:
    """A column without scatter of its own."""
    return Consequence(column, parents, lambda _, new: relation(*(new[name] for name in parents)))


def _shifted(
    column: str, relation: Callable[..., float], *parents: str, limits: tuple[float, float], step: float = 0.0
) -> Consequence:
    """A column that was drawn as relation + scatter, clipped to limits, and rounded to multiples of `step`."""

    def update(old: _Row, new: _Row) -> float:
        after, before = (relation(*(row[name] for name in parents)) for row in (new, old))
        value = np.clip(old[column] + after - before, *limits)
        return step * np.round(value / step) if step else value

    return Consequence(column, parents, update)


def _scaled(column: str, relation: Callable[..., float], *parents: str, limits: tuple[float, float]) -> Consequence:
    """A column that was drawn as relation × scatter, clipped to limits; if the relation was 0, it is kept."""

    def update(old: _Row, new: _Row) -> float:
        after, before = (relation(*(row[name] for name in parents)) for row in (new, old))
        return np.clip(old[column] * after / before, *limits) if before > 0 else old[column]

    return Consequence(column, parents, update)


_MASS, _SFR, _INCLINATION = "log_mass_msun", "log_sfr_msun_yr", "inclination_deg"


def _at_sfr_offset(relation: Callable[..., float], *, with_mass: bool = False) -> Callable[[float, float], float]:
    """A relation with the distance from the main sequence (dex) as a function of mass and star-formation rate."""

    def of_mass_and_rate(log_mass: float, log_sfr: float) -> float:
        offset = log_sfr - scaling.main_sequence_log_sfr(log_mass)
        return relation(log_mass, offset) if with_mass else relation(offset)

    return of_mass_and_rate


def _log_sfr(old: _Row, new: _Row) -> float:
    """Star formation at another mass: as many standard deviations from the main sequence."""
    deviation = old[_SFR] - scaling.main_sequence_log_sfr(old[_MASS])
    deviation /= scaling.main_sequence_scatter(old[_MASS])
    return scaling.main_sequence_log_sfr(new[_MASS]) + deviation * scaling.main_sequence_scatter(new[_MASS])


def _bulge_fraction(old: _Row, new: _Row) -> float:
    medians = [_at_sfr_offset(scaling.median_bulge_logit, with_mass=True)(row[_MASS], row[_SFR]) for row in (new, old)]
    return np.clip(expit(logit(old["bulge_fraction"]) + medians[0] - medians[1]), 0.0, 0.75)


def _bulge_colour(old: _Row, new: _Row) -> float:
    """That of its mass, but never bluer than the disc."""
    by_mass = old["bulge_colour_mag"] + colours.bulge_colour(new[_MASS]) - colours.bulge_colour(old[_MASS])
    return max(by_mass, new["disc_colour_mag"] + 0.03)


def _bulge_axis_ratio(old: _Row, new: _Row) -> float:
    """As flat in comparison with the disc as before; face on nobody sees how flat: then the mean of the galaxies."""
    after, before = (1 - dust.apparent_axis_ratio(row[_INCLINATION], row["disc_thickness"]) for row in (new, old))
    flatness = (1 - old["bulge_axis_ratio"]) / before if before > 0.01 else 0.55
    return 1 - after * np.clip(flatness, 0.3, 0.8)


def _arm_strength(log_mass: float, log_sfr: float, irregularity: float) -> float:
    star_formation = _at_sfr_offset(morphology.arm_star_formation)(log_mass, log_sfr)
    return star_formation * morphology.arm_contrast(log_mass, irregularity)


def _expected_metallicity(
    log_mass: float, log_sfr: float, size_offset: float, disc_scale_arcsec: float, merger: float, bar_strength: float
) -> float:
    smooth = metallicity.expected_metallicity(log_mass, log_sfr, size_offset, disc_scale_arcsec)
    return smooth + metallicity.structure_metallicity_offset(merger, bar_strength > 0)


def _radius(column: str) -> Callable[[_Row, _Row], float]:
    def update(old: _Row, new: _Row) -> float:
        after, before = (_measured_radii(row)[column] for row in (new, old))
        return old[column] * float(after[0] / before[0])

    return update


def _measured_radii(row: _Row) -> dict[str, np.ndarray]:
    columns = {name: np.array([row[name]], float) for name in _RADIUS_PARENTS}
    axis_ratio = dust.apparent_axis_ratio(columns[_INCLINATION], columns["disc_thickness"])
    return measured_radii(columns, columns, columns["disc_sersic_n"], axis_ratio, columns["irregularity"])


_LIGHT_PARENTS = (_MASS, "redshift", "bulge_fraction", "disc_colour_mag", "bulge_colour_mag", "dust_v_mag")
_LIGHT_PARENTS += (_INCLINATION, "h_alpha_angstrom", "metallicity_expected_dex")
_RADIUS_PARENTS = (*_LIGHT_PARENTS, "disc_scale_arcsec", "disc_sersic_n", "disc_thickness", "irregularity")
_RADIUS_PARENTS += ("bulge_sersic_n", "bulge_radius_scales")
_LABEL_PARENTS = ("metallicity_expected_dex", "metallicity_scatter_dex")
_METALLICITY_PARENTS = (_MASS, _SFR, "size_offset_dex", "disc_scale_arcsec", "merger", "bar_strength")


def _magnitude(band: int) -> Callable[[_Row, _Row], float]:
    return lambda _, new: magnitudes({name: new[name] for name in _LIGHT_PARENTS})[band]


# In an order in which each follows from those before it.
CONSEQUENCES: tuple[Consequence, ...] = (
    Consequence(_SFR, (_MASS,), _log_sfr),
    _scaled("dust_v_mag", _at_sfr_offset(dust.face_on_dust_v_mag, with_mass=True), _MASS, _SFR, limits=(0.0, np.inf)),
    Consequence("bulge_fraction", (_MASS, _SFR), _bulge_fraction),
    _shifted("disc_colour_mag", _at_sfr_offset(colours.disc_colour, with_mass=True), _MASS, _SFR, limits=(0.1, 0.75)),
    Consequence("bulge_colour_mag", (_MASS, "disc_colour_mag"), _bulge_colour),
    _computed(
        "disc_scale_kpc", lambda mass, offset: scaling.disc_scale_kpc(mass) * 10**offset, _MASS, "size_offset_dex"
    ),
    _computed("disc_scale_arcsec", lambda kpc, z: kpc / distances.kpc_per_arcsec(z), "disc_scale_kpc", "redshift"),
    _computed("h_alpha_angstrom", lambda mass, sfr: h_alpha_width_angstrom(sfr - mass), _MASS, _SFR),
    _shifted("irregularity", morphology.dwarf_irregularity, _MASS, limits=(0.0, 1.0)),
    _shifted("disc_thickness", morphology.disc_thickness, "irregularity", limits=(0.06, 0.35)),
    _shifted("disc_sersic_n", morphology.disc_sersic_index, _MASS, limits=(0.3, 1.2), step=0.1),
    _scaled("disc_ellipticity", lambda mass: np.exp(morphology.log_disc_ellipticity(mass)), _MASS, limits=(0.0, 0.6)),
    _computed("dust_lane_strength", morphology.dust_lane_strength, "dust_v_mag", _INCLINATION),
    _shifted("bulge_sersic_n", morphology.bulge_sersic_index, "bulge_fraction", limits=(0.75, 4.5), step=0.25),
    _scaled("bulge_radius_scales", morphology.bulge_radius_scales, "bulge_fraction", limits=(0.0, np.inf)),
    Consequence("bulge_axis_ratio", (_INCLINATION, "disc_thickness"), _bulge_axis_ratio),
    _shifted("arm_pitch_deg", morphology.arm_pitch_deg, "bulge_fraction", limits=(7, 40)),
    _scaled("arm_strength", _arm_strength, _MASS, _SFR, "irregularity", limits=(0.0, 1.0)),
    _scaled("clumpiness", _at_sfr_offset(morphology.median_clumpiness), _MASS, _SFR, limits=(0.0, 0.3)),
    _shifted("metallicity_expected_dex", _expected_metallicity, *_METALLICITY_PARENTS, limits=(-np.inf, np.inf)),
    *(
        # The label, under the name that it has in the simulator's catalogues and in surveys.
        _computed(name, lambda expected, scatter: expected + scatter, *_LABEL_PARENTS)
        for name in ("oh_p50", "metallicity")
    ),
    *(
        Consequence(name, _RADIUS_PARENTS, _radius(name))
        for name in ("half_light_radius_arcsec", "half_light_radius_kpc", "petrosian_r90_arcsec")
    ),
    *(Consequence(f"mag_{band}", _LIGHT_PARENTS, _magnitude(number)) for number, band in enumerate("gri")),
)
