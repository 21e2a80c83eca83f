"""Stamps, components, noise and stretch: light is conserved, and each cause changes only what depends on it."""

import galsim
import numpy as np
import pytest

from galviz.simulate import draw_light, expose, render, stretch
from galviz.simulate.components import PARTS
from galviz.simulate.photometry import component_fluxes
from galviz.simulate.stamp import make_stamp


def test_a_stamp_conserves_light_and_its_position():
    stamp = make_stamp(
        96, pixel_arcsec=0.396, seeing_arcsec=1.2, position_angle_deg=30, disc_scale_arcsec=1.5, centre=(40.3, 51.8)
    )
    drawn = stamp.draw(galsim.Exponential(scale_radius=1.5).shear(q=0.5, beta=0 * galsim.degrees))
    spot = np.exp(-(stamp.along**2 + stamp.across**2) / 2)
    convolved = stamp.convolve(spot / spot.sum())
    row, column = np.mgrid[:96, :96]
    for image in (drawn, convolved):
        assert image.sum() == pytest.approx(1, abs=2e-3)
        assert (image * column).sum() / image.sum() == pytest.approx(40.3, abs=0.05)
        assert (image * row).sum() / image.sum() == pytest.approx(51.8, abs=0.05)


def test_a_stamp_draws_what_galsim_draws():
    profile = galsim.Sersic(n=2.0, half_light_radius=1.4).shear(q=0.6, beta=0 * galsim.degrees)
    stamp = make_stamp(
        128, pixel_arcsec=0.396, seeing_arcsec=1.2, position_angle_deg=20, disc_scale_arcsec=2.0, centre=(63.5, 63.5)
    )
    narrow = galsim.Gaussian(fwhm=1.2, flux=0.9) + galsim.Gaussian(fwhm=1.2 * 2.4, flux=0.1)
    expected = galsim.Convolve(profile.rotate(70 * galsim.degrees), narrow).drawImage(nx=128, ny=128, scale=0.396).array
    assert stamp.draw(profile) == pytest.approx(expected, abs=2e-3 * float(expected.max()))


def test_position_angle_increases_from_up_to_the_left():
    def direction(angle_deg):
        stamp = make_stamp(
            64,
            pixel_arcsec=0.4,
            seeing_arcsec=1.0,
            position_angle_deg=angle_deg,
            disc_scale_arcsec=2,
            centre=(31.5, 31.5),
        )
        image = stamp.draw(galsim.Exponential(scale_radius=2).shear(q=0.3, beta=0 * galsim.degrees))
        row, column = np.mgrid[:64, :64] - 31.5
        return (image * row * column).sum(), (image * (row**2 - column**2)).sum()

    assert direction(0)[1] > 0 > direction(90)[1]  # upright, lying
    assert direction(45)[0] > 0 > direction(135)[0]  # up is row 0: from the upper left to the lower right, and back


def test_drawn_components_have_their_flux(causes):
    galaxy = causes[(causes["disc_scale_arcsec"] < 1.6) & (causes["inclination_deg"] < 60)].iloc[3]
    light = draw_light(galaxy, "fixed")
    flux = component_fluxes(galaxy)
    for part in ("disc", "bulge"):
        assert light[part].sum(axis=(1, 2)) == pytest.approx(flux[part], rel=0.03)


def test_arms_and_patches_conserve_light(spiral):
    light = draw_light(spiral, "fixed")
    disc = light["disc"].sum()
    for part in ("arms", "irregular"):
        assert abs(light[part].sum()) < 0.12 * disc
        assert np.abs(light[part]).sum() > 0.02 * disc
    assert (light["dust lane"] <= 0).all()


@pytest.mark.parametrize("framing", ["fixed", "petrosian"])
@pytest.mark.parametrize("part", [*PARTS, "neighbours", "stars"])
def test_removing_a_part_leaves_the_others_unchanged(spiral, part, framing):
    galaxy = spiral.copy()
    if part == "companion":
        galaxy["merger"], galaxy["companion_flux_ratio"] = 1, 0.4
        galaxy["companion_distance_scales"], galaxy["tidal_tail_strength"] = 2.5, 0.1
    whole, without = draw_light(galaxy, framing), draw_light(galaxy, framing, without=(part,))
    assert part in whole
    assert set(whole) - set(without) == {part}
    # a dust lane dims the disc and the bulge behind it, so it goes with them
    depends = {"dust lane"} if part in ("disc", "bulge") else set()
    for name in set(without) - depends:
        assert np.array_equal(whole[name], without[name]), name


def test_removing_arms_changes_only_their_pixels(spiral):
    smooth = spiral.copy()
    smooth["arm_number"], smooth["arm_strength"] = 0, 0.0
    before, after = (np.asarray(render(galaxy, jpeg=False)) for galaxy in (spiral, smooth))
    light = draw_light(spiral, "fixed")
    touched = np.abs(light["arms"]).max(axis=0) + np.abs(light["arm knots"]).max(axis=0) > 0
    # the bands are shifted against each other by less than a pixel
    touched = np.pad(touched, 1)
    touched = sum(np.roll(touched, shift, axis) for axis in (0, 1) for shift in (-1, 0, 1))[2:-2, 2:-2] > 0
    assert before.shape == after.shape == (160, 160, 3)
    assert np.array_equal(before[~touched], after[~touched])
    assert (before != after).any(axis=-1).sum() > 150
    assert (~touched).mean() > 0.3


def test_noise_does_not_depend_on_the_galaxy(spiral):
    redder = spiral.copy()
    redder["dust_v_mag"] = spiral["dust_v_mag"] + 0.5
    noise = []
    for galaxy in (spiral, redder):
        light = draw_light(galaxy, "fixed")
        clean = galaxy.copy()
        for band in "gri":
            clean[f"sky_noise_{band}_nmgy"] = 0.0
        noise.append(expose(galaxy, light) - expose(clean, light))
    corner = (slice(None), slice(0, 20), slice(0, 20))
    assert noise[0][corner] == pytest.approx(noise[1][corner], abs=1e-6)
    assert noise[0][corner].std(axis=(1, 2)) == pytest.approx(
        [spiral[f"sky_noise_{band}_nmgy"] for band in "gri"], rel=0.25
    )


@pytest.mark.parametrize(
    ("cause", "change", "expected"),
    [
        ("dust_v_mag", +0.6, lambda before, after: after[2].sum() / after[0].sum() > before[2].sum() / before[0].sum()),
        ("dust_v_mag", +0.6, lambda before, after: after.sum() < 0.8 * before.sum()),
        ("log_mass_msun", +0.3, lambda before, after: 1.7 < after.sum() / before.sum() < 2.3),
        ("seeing_arcsec", +0.8, lambda before, after: after.max() < before.max()),
        (
            "disc_colour_mag",
            +0.2,
            lambda before, after: after[1].sum() / after[0].sum() > before[1].sum() / before[0].sum(),
        ),
        ("inclination_deg", +35, lambda before, after: _axis_ratio(after[1]) < 0.8 * _axis_ratio(before[1])),
    ],
)
def test_the_effect_of_one_cause(spiral, cause, change, expected):
    changed = spiral.copy()
    changed[cause] += change
    bare = ("neighbours", "stars", "arms", "arm knots", "irregular", "clumps")
    before, after = (sum(draw_light(galaxy, without=bare).values()) for galaxy in (spiral, changed))
    assert expected(before.astype(float), after.astype(float))


def _axis_ratio(image):
    row, column = np.mgrid[: image.shape[0], : image.shape[1]] - (image.shape[0] - 1) / 2
    weight = np.clip(image, 0.02 * image.max(), None) - 0.02 * image.max()
    yy, xx, xy = ((weight * product).sum() for product in (row**2, column**2, row * column))
    mean, half = (yy + xx) / 2, np.hypot((yy - xx) / 2, xy)
    return np.sqrt((mean - half) / (mean + half))


def test_light_is_never_negative(causes):
    for object_id in causes.index[180:200]:
        galaxy = causes.loc[object_id].copy()
        for band in "gri":
            galaxy[f"sky_noise_{band}_nmgy"] = galaxy[f"sky_offset_{band}_nmgy"] = 0.0
        assert expose(galaxy, draw_light(galaxy)).min() >= 0


@pytest.mark.parametrize("width_px", [0.0, 0.3, 0.84, 3.0])
def test_correlated_noise_keeps_its_level(spiral, width_px):
    galaxy = spiral.copy()
    galaxy["noise_correlation_px"] = width_px
    dark = {"nothing": np.zeros((3, 320, 320), np.float32)}
    level = galaxy["sky_noise_r_nmgy"]
    assert expose(galaxy, dark)[1].std() == pytest.approx(level, rel=0.06)


def test_the_stretch_is_the_asinh_of_the_sum_of_bands(spiral):
    rng = np.random.default_rng(0)
    exposure = rng.uniform(0.01, 1.0, (3, 30, 30))
    stretched = np.asarray(stretch(spiral, exposure.astype(np.float32)), float)
    scaled = np.stack([exposure[k] * spiral[f"band_scale_{b}"] for k, b in ((2, "i"), (1, "r"), (0, "g"))], axis=-1)
    scaled *= spiral["stretch_factor"]
    steepness, total = spiral["stretch_nonlinearity"], scaled.sum(axis=-1, keepdims=True)
    expected = 255 * scaled * np.arcsinh(steepness * total) / (steepness * total)
    expected *= np.minimum(1, 255 / expected.max(axis=-1, keepdims=True))
    assert stretched == pytest.approx(np.floor(expected), abs=1)
