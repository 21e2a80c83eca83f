"""Relations and light profiles against published values, astropy and brute force."""

import numpy as np
import pytest
from astropy import units
from astropy.cosmology import FlatLambdaCDM

from galviz.simulate import colours, distances, metallicity, scaling
from galviz.simulate.emission import line_brightening
from galviz.simulate.light_profiles import SCALE_TO_HALF_LIGHT, growth_curve, petrosian_radii

ONE_DISC = {"disc_n": np.ones(1), "bulge_fraction": np.zeros(1), "bulge_n": np.ones(1), "bulge_radius": np.ones(1)}


def test_published_values():
    assert metallicity.mass_metallicity(10.0) == pytest.approx(8.952, abs=1e-3)  # Tremonti et al. 2004, equation 3
    assert scaling.main_sequence_log_sfr(10.0) == pytest.approx(-0.04, abs=1e-6)  # Renzini & Peng 2015
    assert colours.log_mass_to_light(0.5) == pytest.approx(0.0925, abs=1e-4)  # Bell et al. 2003 less 0.15
    # Mannucci et al. 2010, equation 2, worked by hand at m = 0: s = 0.96 against -0.04
    by_hand = (-0.14 * 0.96 - 0.054 * 0.96**2) - (-0.14 * -0.04 - 0.054 * 0.04**2)
    assert metallicity.star_formation_metallicity_offset(10.0, 0.96) == pytest.approx(by_hand, abs=1e-9)
    # Shen et al. 2003: half-light radius of 10^10 solar masses, by hand; 1.27 times that along the major axis
    radius = 1.27 * 0.1 * 1e10**0.14 * (1 + 1 / 3.98) ** 0.25
    assert scaling.disc_scale_kpc(10.0) * SCALE_TO_HALF_LIGHT == pytest.approx(radius, rel=1e-6)


def test_more_star_formation_or_size_means_lower_metallicity():
    assert metallicity.star_formation_metallicity_offset(10.0, [-0.5, 0.0, 0.5])[::2] == pytest.approx(
        [0.06, -0.09], abs=0.02
    )
    assert metallicity.size_metallicity_offset(10.0, 0.2) < 0 < metallicity.size_metallicity_offset(10.0, -0.2)
    assert metallicity.size_metallicity_offset(9.0, -0.2) > metallicity.size_metallicity_offset(10.5, -0.2)


def test_a_fibre_covers_the_metal_rich_centre_of_a_galaxy_large_on_the_sky():
    """Against the integral over the disc's light, and its limits: the very centre, and the whole disc."""
    for scale in (0.7, 2.0, 9.0):
        radius = np.linspace(0, metallicity.FIBRE_RADIUS_ARCSEC, 20_001)
        light = radius * np.exp(-radius / scale)
        mean = np.trapezoid(radius * light, radius) / np.trapezoid(light, radius) / (SCALE_TO_HALF_LIGHT * scale)
        assert metallicity.fibre_metallicity_offset(scale) == pytest.approx(-0.2 * (mean - 0.3), abs=1e-6)
    assert metallicity.fibre_metallicity_offset(1e3) == pytest.approx(0.06, abs=1e-3)
    assert metallicity.fibre_metallicity_offset(0.05) == pytest.approx(-0.2 * (2 / SCALE_TO_HALF_LIGHT - 0.3), abs=1e-6)


def test_distances_are_those_of_astropy():
    cosmology = FlatLambdaCDM(H0=70, Om0=0.3)
    z = np.array([0.021, 0.0637, 0.149])
    assert distances.distance_modulus(z) == pytest.approx(cosmology.distmod(z).value, abs=1e-3)
    arcsec = (1 / cosmology.arcsec_per_kpc_proper(z)).to(units.kpc / units.arcsec).value
    assert distances.kpc_per_arcsec(z) == pytest.approx(arcsec, rel=1e-4)
    assert distances.redshift_at_volume([0.0, 1.0]) == pytest.approx([0.02, 0.15])
    half = distances.redshift_at_volume(0.5)
    shell = cosmology.comoving_volume([0.02, half, 0.15]).value
    assert shell[1] - shell[0] == pytest.approx(shell[2] - shell[1], rel=1e-3)


def test_a_line_brightens_the_band_that_it_falls_in():
    near, far = line_brightening(100.0, 9.0, 0.03), line_brightening(100.0, 9.0, 0.10)
    assert near[1] > 1.1 > near[2]  # H-alpha at 6790 angstrom: r
    assert far[2] > 1.1 > far[1]  # at 7250 angstrom: i
    metal_poor, metal_rich = line_brightening(100.0, 8.4, 0.03), line_brightening(100.0, 9.1, 0.03)
    assert metal_poor[0] - 1 > 3 * (metal_rich[0] - 1)  # [O III] in g: strong in metal-poor gas
    assert line_brightening(0.0, 9.0, 0.05) == pytest.approx(np.ones(3))


def test_growth_curve_of_a_face_on_exponential_disc_is_the_analytic_one():
    radius = np.array([0.3, 1.0, 1.678, 5.0])
    fraction = growth_curve(radius, axis_ratio=np.ones(1), **ONE_DISC)[0]
    assert fraction == pytest.approx(1 - (1 + radius) * np.exp(-radius), abs=2e-3)


def test_growth_curve_of_an_inclined_disc_against_brute_force():
    y, x = (np.mgrid[-600:601, -600:601]) * 0.02
    light = np.exp(-np.hypot(x, y / 0.4))
    inside = np.array([light[np.hypot(x, y) < radius].sum() for radius in (0.5, 1.0, 2.0)]) / light.sum()
    fraction = growth_curve(np.array([0.5, 1.0, 2.0]), axis_ratio=np.full(1, 0.4), **ONE_DISC)[0]
    assert fraction == pytest.approx(inside, abs=5e-3)


def test_petrosian_radii_of_an_exponential_disc():
    r50, r90 = petrosian_radii(axis_ratio=np.ones(1), **ONE_DISC)
    # Graham et al. 2005, AJ 130, 1535, table 1: R90 / R50 of n = 1 is 2.34; the flux is that within twice 2.16 R50
    assert r50[0] == pytest.approx(SCALE_TO_HALF_LIGHT, rel=0.02)
    assert r90[0] / r50[0] == pytest.approx(2.3, abs=0.07)
