"""The known causes of simulated galaxies: columns of the mock catalogue, with display names and units."""

from collections.abc import Container, Mapping
from typing import NamedTuple


class Cause(NamedTuple):
    """Display of a catalogue column: its name, its unit (or ""), and the number of decimals."""

    name: str
    unit: str
    decimals: int


CAUSES: Mapping[str, Cause] = {
    "metallicity": Cause("12 + log(O/H)", "dex", 3),
    "metallicity_expected_dex": Cause("… expected from the other parameters", "dex", 3),
    "metallicity_scatter_dex": Cause("… scatter independent of the image", "dex", 3),
    "log_mass_msun": Cause("stellar mass, log10", "solar masses", 2),
    "log_sfr_msun_yr": Cause("star-formation rate, log10", "solar masses per year", 2),
    "redshift": Cause("redshift", "", 4),
    "h_alpha_angstrom": Cause("equivalent width of H-alpha", "ångström", 0),
    "inclination_deg": Cause("inclination (0 = face-on)", "degrees", 0),
    "position_angle_deg": Cause("position angle", "degrees", 0),
    "half_light_radius_kpc": Cause("half-light radius", "kpc", 2),
    "half_light_radius_arcsec": Cause("half-light radius on the sky", "arcsec", 2),
    "petrosian_r90_arcsec": Cause("Petrosian R90 on the sky", "arcsec", 2),
    "size_offset_dex": Cause("size relative to galaxies of its mass", "dex", 2),
    "disc_scale_kpc": Cause("scale length of the disc", "kpc", 2),
    "disc_scale_arcsec": Cause("scale length of the disc on the sky", "arcsec", 2),
    "disc_sersic_n": Cause("Sérsic index of the disc", "", 1),
    "disc_thickness": Cause("thickness of the disc", "scale lengths", 2),
    "disc_ellipticity": Cause("ellipticity of the disc, seen face-on", "", 2),
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
    "arm_winding": Cause("winding direction of the arms", "±1", 0),
    "bar_strength": Cause("light in the bar", "of the disc's light", 2),
    "bar_length_scales": Cause("half length of the bar", "scale lengths", 2),
    "clumpiness": Cause("light in clumps of young stars", "of the disc's light", 2),
    "irregularity": Cause("irregularity", "0 to 1", 2),
    "dust_v_mag": Cause("extinction by dust, V band, face-on", "mag", 2),
    "dust_lane_strength": Cause("strength of the dust lane", "", 2),
    "merger": Cause("merging with another galaxy", "1 = yes", 0),
    "companion_flux_ratio": Cause("light of the companion", "of its light", 2),
    "companion_distance_scales": Cause("distance of the companion", "scale lengths", 1),
    "tidal_tail_strength": Cause("light of the tidal tail", "of its light", 2),
    "mag_g": Cause("brightness in g", "mag", 2),
    "mag_r": Cause("brightness in r", "mag", 2),
    "mag_i": Cause("brightness in i", "mag", 2),
    "neighbour_count": Cause("neighbouring galaxies", "", 0),
    "star_count": Cause("foreground stars", "", 0),
    "satellite_trail": Cause("satellite trail", "1 = yes", 0),
    "bleeding_star": Cause("saturated star", "1 = yes", 0),
    "seeing_arcsec": Cause("seeing", "arcsec", 2),
    "sky_noise_g_nmgy": Cause("sky noise in g", "nanomaggies", 3),
    "sky_noise_r_nmgy": Cause("sky noise in r", "nanomaggies", 3),
    "sky_noise_i_nmgy": Cause("sky noise in i", "nanomaggies", 3),
    "sky_offset_g_nmgy": Cause("residual sky background in g", "nanomaggies", 3),
    "sky_offset_r_nmgy": Cause("residual sky background in r", "nanomaggies", 3),
    "sky_offset_i_nmgy": Cause("residual sky background in i", "nanomaggies", 3),
    "noise_correlation_px": Cause("correlation length of the noise", "px", 2),
    "band_scale_g": Cause("weight of g in the image", "", 2),
    "band_scale_r": Cause("weight of r in the image", "", 2),
    "band_scale_i": Cause("weight of i in the image", "", 2),
    "stretch_nonlinearity": Cause("nonlinearity of the stretch", "", 2),
    "stretch_factor": Cause("brightness of the stretch", "", 3),
    "band_shift_arcsec": Cause("shift of g and i relative to r", "arcsec", 2),
    "pixel_scale_arcsec": Cause("pixel scale", "arcsec", 3),
    "tile_jpeg_quality": Cause("quality of the first JPEG", "", 0),
    "cutout_jpeg_quality": Cause("quality of the last JPEG", "", 0),
    "texture_seed": Cause("seed of the image's random numbers", "", 0),
}

_SIMULATOR = "texture_seed"  # a column that only surveys of the simulator have


def has_causes(columns: Container[str]) -> bool:
    """Return whether a catalogue is the simulator's: columns of the same names in others may mean something else.

    Examples
    --------
    >>> has_causes(["redshift", "merger"])
    False
    """
    return _SIMULATOR in columns


def cause_title(column: str) -> str:
    """Display name of a catalogue column, with its unit; the column's own name if it isn't a known cause.

    Examples
    --------
    >>> cause_title("inclination_deg")
    'inclination (0 = face-on) [degrees]'
    >>> cause_title("my_column")
    'my_column'
    """
    if column not in CAUSES:
        return column
    cause = CAUSES[column]
    return f"{cause.name} [{cause.unit}]" if cause.unit else cause.name
