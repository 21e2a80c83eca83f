"""Layouts of FITS cutouts: which are recognised, which option the others need, and what hostile files do."""

import bz2
import gzip
import io
import tracemalloc

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from galviz.importing.fits_images import find_fits_galaxies, fits_to_images
from galviz.importing.fits_options import FitsOptions
from galviz.importing.plan import plan_import
from tests.importing.skies import cube, header, sky, write_bands

pytestmark = pytest.mark.full


def only_problem(folder, **options):
    search = find_fits_galaxies(folder, **options)
    assert search.galaxies == []
    (problem,) = search.problems
    return problem


@pytest.mark.parametrize(
    "pattern",
    [
        "1237648702973411443_{}.fits",
        "1237648702973411443-{}.fit",
        "1237648702973411443.{}.fts",
        "{}/1237648702973411443.fits",
        "1237648702973411443/{}.fits",
        "{}_1237648702973411443.fits",
        "frame-{}-1237648702973411443.fits",
        "deep/1237648702973411443_sdss_{}.fits.gz",
        "1237648702973411443_{}.fits.bz2",
        "HSC-{}/1237648702973411443.fits",
        "{}-band/1237648702973411443.fits",
        "{0}/1237648702973411443_{0}.fits",
        "1237648702973411443 ({}).fits",
        "1237648702973411443_{}-band.fits",
        "1237648702973411443{}.fits",
    ],
)
def test_three_files_per_galaxy(tmp_path, pattern):
    write_bands(tmp_path, pattern)
    (galaxy,) = find_fits_galaxies(tmp_path).galaxies
    assert galaxy.object_id == "1237648702973411443"
    assert galaxy.bands == "gri"
    assert [plane.path.as_posix().removeprefix(tmp_path.as_posix() + "/") for plane in galaxy.planes] == [
        pattern.format(band) for band in "gri"
    ]
    assert fits_to_images(tmp_path, tmp_path).pictures == [galaxy.picture]


@pytest.mark.parametrize(
    ("keywords", "order"),
    [
        ({"BANDS": "gri"}, "gri"),
        ({"BANDS": "i r g"}, "irg"),
        ({"FILTER": "g,r,i"}, "gri"),
        ({"BAND0": "g", "BAND1": "r", "BAND2": "z", "BANDS": "grz"}, "grz"),
        ({"FILTER1": "SDSS i", "FILTER2": "SDSS r", "FILTER3": "SDSS g"}, "irg"),
        ({"CHANNEL0": "i", "CHANNEL1": "r", "CHANNEL2": "g"}, "irg"),
    ],
)
def test_cubes_whose_header_names_the_bands(tmp_path, keywords, order):
    values, cards = cube(order=order, **keywords)
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "cutout_150.0000_20.0000.fits")
    (galaxy,) = find_fits_galaxies(tmp_path).galaxies
    assert galaxy.object_id == "cutout_150.0000_20.0000"
    assert galaxy.bands == "gri" if "i" in order else "grz"
    assert [plane.plane for plane in galaxy.planes] == [order.index(band) for band in galaxy.bands]


def test_a_legacy_survey_cutout_with_weights(tmp_path):
    values, cards = cube(order="griz", SURVEY="LegacySurvey", BANDS="griz", IMAGETYP="IMAGE")
    del cards["BUNIT"]
    weights = fits.ImageHDU(np.ones((4, 80, 80), "f4"), fits.Header({"BANDS": "griz", "IMAGETYP": "INVVAR"}))
    fits.HDUList([fits.PrimaryHDU(values, cards), weights]).writeto(tmp_path / "cutout.fits")
    (galaxy,) = find_fits_galaxies(tmp_path).galaxies
    assert (galaxy.bands, [plane.plane for plane in galaxy.planes]) == ("gri", [0, 1, 2])
    assert fits_to_images(tmp_path, tmp_path).pictures == ["cutout.png"]


@pytest.mark.parametrize("compression", [None, "RICE_1", "GZIP_2"])
def test_an_extension_per_band(tmp_path, compression):
    values, cards = cube()
    extensions = [
        fits.ImageHDU(plane, fits.Header({**cards, "EXTNAME": f"SDSS_{band}"}))
        if compression is None
        else fits.CompImageHDU(plane, fits.Header({**cards, "EXTNAME": f"SDSS_{band}"}), compression_type=compression)
        for band, plane in zip("gri", values, strict=True)
    ]
    table = fits.BinTableHDU.from_columns([fits.Column("ra", "D", array=[150.0])])
    fits.HDUList([fits.PrimaryHDU(), *extensions, table]).writeto(tmp_path / "7.fits.fz")
    (galaxy,) = find_fits_galaxies(tmp_path).galaxies
    assert (galaxy.object_id, [plane.hdu for plane in galaxy.planes]) == ("7", [1, 2, 3])
    fits.PrimaryHDU(values, fits.Header({**cards, "BANDS": "gri"})).writeto(tmp_path / "8.fits")
    assert fits_to_images(tmp_path, tmp_path).pictures == ["7.png", "8.png"]
    extensions, cube_of_them = (np.asarray(Image.open(tmp_path / f"{name}.png")).astype(int) for name in "78")
    assert np.abs(extensions - cube_of_them).max() <= (8 if compression else 0)  # floats are quantised


def test_what_the_header_does_not_say_needs_the_option_that_is_named(tmp_path):
    values, cards = cube(order="irg")
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "1.fits")
    problem = only_problem(tmp_path)
    assert "--bands" in problem.remedy
    (galaxy,) = find_fits_galaxies(tmp_path, bands="irg").galaxies
    assert [plane.plane for plane in galaxy.planes] == [2, 1, 0]
    assert "4" in only_problem(tmp_path, bands="ugri").problem
    with pytest.raises(ValueError, match="rgb"):
        find_fits_galaxies(tmp_path, bands="rgb")


@pytest.mark.parametrize(
    ("keywords", "option"),
    [
        ({"BUNIT": "counts"}, {"zero_point": 22.5}),
        ({"BUNIT": ""}, {"zero_point": (22.5, 22.5, 22.5)}),
        ({"BUNIT": "adu", "MAGZERO": 22.5, "EXPTIME": 54.0}, {"zero_point": 22.5}),
        ({"CTYPE1": "PIXEL", "CTYPE2": "PIXEL"}, {"native_pixel_scale": 0.396}),
    ],
)
def test_remedies_work_when_followed(tmp_path, keywords, option):
    write_bands(tmp_path)
    fits_to_images(tmp_path, tmp_path)
    expected = (tmp_path / "1.png").read_bytes()
    for path in tmp_path.glob("*.fits"):
        with fits.open(path, mode="update") as hdus:
            hdus[0].header.update(keywords)
    (problem,) = fits_to_images(tmp_path, tmp_path).problems
    (name,) = option
    assert f"--{name.replace('_', '-')}" in problem.remedy
    result = fits_to_images(tmp_path, tmp_path, FitsOptions(**option))
    assert (result.pictures, result.problems) == (["1.png"], [])
    assert (tmp_path / "1.png").read_bytes() == expected


@pytest.mark.parametrize(
    ("keywords", "factor"),
    [
        ({"BUNIT": "uJy"}, 3.631),
        ({"BUNIT": "MJy/sr"}, 3.631e-12 / (0.396 / 206264.806) ** 2),
        ({"BUNIT": "", "MAGZERO": 25.0}, 10.0),
        ({"BUNIT": "ELECTRONS/S", "MAGZPT": 20.0, "EXPTIME": 500.0}, 0.1),
        ({"BUNIT": "", "FLUXMAG0": 1e9}, 1.0),
    ],
)
def test_units_and_zero_points(tmp_path, keywords, factor):
    """`factor` is how many of the unit a nanomaggy per pixel is."""
    values, cards = cube(BANDS="gri")
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "1.fits")
    fits.PrimaryHDU(values * np.float32(factor), fits.Header({**cards, **keywords})).writeto(tmp_path / "2.fits")
    fits_to_images(tmp_path, tmp_path)
    one, two = (np.asarray(Image.open(tmp_path / f"{name}.png")).astype(int) for name in "12")
    assert np.abs(one - two).max() <= 1


def test_incomplete_and_contradictory_galaxies(tmp_path):
    write_bands(tmp_path)
    (tmp_path / "1_i.fits").unlink()
    assert "none in i" in only_problem(tmp_path).problem
    write_bands(tmp_path / "more", FILTER="r")
    assert any("header r" in problem.problem for problem in find_fits_galaxies(tmp_path / "more").problems)
    write_bands(tmp_path / "case", "a_{}.fits")
    write_bands(tmp_path / "case", "A_{}.fits")
    assert "case" in find_fits_galaxies(tmp_path / "case").problems[0].problem
    write_bands(tmp_path / "twice")
    write_bands(tmp_path / "twice", "1-{}.fits")
    assert "2 images in g" in only_problem(tmp_path / "twice").problem
    with pytest.raises(ValueError, match="No such file"):
        find_fits_galaxies(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ValueError, match="no FITS files"):
        find_fits_galaxies(tmp_path / "empty")


def test_a_catalogue_among_the_cutouts_is_left_to_others(tmp_path):
    write_bands(tmp_path)
    fits.BinTableHDU.from_columns([fits.Column("ra", "D", array=[150.0])]).writeto(tmp_path / "catalogue.fits")
    search = find_fits_galaxies(tmp_path)
    assert search.problems == []
    assert search.without_images == ["catalogue.fits"]


@pytest.mark.parametrize("pattern", ["r/NGC_1300-r", "cutout.x.{}.unconv", "SDSS J1430+13 g_{}"])
def test_ids_that_look_like_bands(tmp_path, pattern):
    """r/17-r.fits may be the band r of 17 or of 17-r: the other files decide."""
    pattern = pattern.replace("r/", "{}/")
    write_bands(tmp_path, f"{pattern}.fits")
    (galaxy,) = find_fits_galaxies(tmp_path).galaxies
    assert galaxy.object_id == pattern.removeprefix("{}/").replace("_{}", "").replace(".{}", "")


def test_classes_and_the_same_names_in_each(tmp_path):
    for kind, names in {"spiral": "1_{}", "elliptical": "{}/2", "merger": "1_{}"}.items():
        write_bands(tmp_path / "in", f"{kind}/{names}.fits")
    plan = plan_import(tmp_path / "in")
    assert sorted(plan.images) == ["elliptical/2.png", "merger/1.png", "spiral/1.png"]
    assert [f"{kind}/{image[-5:]}" for kind, image in zip(plan.added["class"], plan.images, strict=True)] == [
        *plan.images
    ]
    assert len(set(plan.ids)) == 3
    plan.close()


def test_links_out_of_the_folder_are_not_read(tmp_path):
    write_bands(tmp_path / "in")
    write_bands(tmp_path / "out", "9_{}.fits")
    (tmp_path / "in" / "more").symlink_to(tmp_path / "out")
    for band in "gri":
        (tmp_path / "in" / f"9_{band}.fits").symlink_to(tmp_path / "out" / f"9_{band}.fits")
        (tmp_path / "in" / f"again_{band}.fits").symlink_to(tmp_path / "in" / f"1_{band}.fits")
    assert [galaxy.object_id for galaxy in find_fits_galaxies(tmp_path / "in").galaxies] == ["1", "again"]


def test_a_missing_band_is_explained_once(tmp_path):
    write_bands(tmp_path)
    (tmp_path / "1_g.fits").write_bytes(b"<html>404")
    assert only_problem(tmp_path).file == "1_g.fits"


def test_files_without_images_are_said(tmp_path):
    fits.PrimaryHDU(np.arange(99.0)).writeto(tmp_path / "spectrum.fits")
    with pytest.raises(ValueError, match=r"spectrum\.fits: it holds no image"):
        plan_import(tmp_path)
    write_bands(tmp_path)
    plan = plan_import(tmp_path)
    assert plan.ids == ("1",)
    assert "spectrum.fits" in " ".join(plan.notes)
    plan.close()


def test_galactic_coordinates_are_refused(tmp_path):
    values, cards = cube(BANDS="gri", CTYPE1="GLON-TAN", CTYPE2="GLAT-TAN")
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "1.fits")
    (problem,) = fits_to_images(tmp_path, tmp_path).problems
    assert "GLON and GLAT" in problem.problem
    for keyword in [name for name in cards if name.startswith(("CTYPE", "CR", "CD"))]:
        del cards[keyword]
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "1.fits", overwrite=True)
    assert fits_to_images(tmp_path, tmp_path, FitsOptions(native_pixel_scale=0.396)).pictures == ["1.png"]


@pytest.mark.parametrize("keywords", [{"BSOFTEN": 1.0}, {"BUNIT": "mag"}, {"BUNIT": "mag/arcsec2"}])
def test_magnitudes_are_never_taken_for_fluxes(tmp_path, keywords):
    write_bands(tmp_path, **keywords)
    (problem,) = fits_to_images(tmp_path, tmp_path, FitsOptions(zero_point=22.5)).problems
    assert "linear fluxes" in problem.remedy


def bomb(axes, bitpix=-32):
    cards = {"SIMPLE": True, "BITPIX": bitpix, "NAXIS": len(axes), **{f"NAXIS{n + 1}": v for n, v in enumerate(axes)}}
    text = "".join(f"{k:8}= {('T' if v is True else v):>20}".ljust(80) for k, v in cards.items()) + "END".ljust(80)
    return text.ljust(2880).encode()


def whole():
    buffer = io.BytesIO()
    values, cards = cube(BANDS="gri")
    fits.PrimaryHDU(values, cards).writeto(buffer)
    return buffer.getvalue()


HOSTILE = {
    "empty": lambda: b"",
    "text": lambda: b"objID,oh_p50\n",
    "html": lambda: b"<html>404</html>",
    "pickle": lambda: b"\x80\x04cos\nsystem\n.",
    "truncated header": lambda: whole()[:1000],
    "truncated": lambda: whole()[:-30_000],
    "truncated gzip": lambda: gzip.compress(whole())[:-5000],
    "a terabyte": lambda: bomb([500_000, 500_000, 3]),
    "negative": lambda: bomb([-5, 100]),
    "10^9 planes": lambda: bomb([10, 10, 10**9]),
    "endless header": lambda: bomb([])[:240] + b"COMMENT".ljust(80) * 10_000,
    "gzip bomb": lambda: gzip.compress(bytes(5 * 2**20), 1),
    "fits in a gzip bomb": lambda: gzip.compress(bomb([8, 8]) + bytes(5 * 2**20), 1),
    "bzip2 bomb": lambda: bz2.compress(bomb([8, 8]) + bytes(5 * 2**20), 1),
    "bad BITPIX": lambda: bomb([100, 100], bitpix=7),
    "bad NAXIS": lambda: bomb([100, 100]).replace(b"NAXIS   =                    2", b"NAXIS   =                  999"),
    "colours first": lambda: bomb([3, 100, 100]) + bytes(120_960),
    "tiny": lambda: bomb([2, 2]) + bytes(2880),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_one_sentence_each(tmp_path, name, monkeypatch):
    monkeypatch.setattr("galviz.importing.fits_files.MAX_FILE_BYTES", 4 * 2**20)
    (tmp_path / "1.fits").write_bytes(HOSTILE[name]())
    problem = only_problem(tmp_path, bands="gri")
    sentence = str(problem)
    assert sentence.startswith("1.fits: ")
    assert ("larger than 4 MiB" in sentence) == ("bomb" in name)
    assert ("2048 px" in sentence) == (name in ("a terabyte", "10^9 planes"))
    assert ("NAXIS3" in sentence) == (name == "colours first")
    assert "\n" not in sentence
    assert len(sentence) < 250


def test_a_declared_terabyte_takes_no_memory(tmp_path):
    (tmp_path / "1.fits").write_bytes(bomb([500_000, 500_000, 3]))
    find_fits_galaxies(tmp_path, bands="gri")
    tracemalloc.start()
    only_problem(tmp_path, bands="gri")
    assert tracemalloc.get_traced_memory()[1] < 5e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ZTILE1": 1_000_000, "ZTILE2": 1_000_000}, "too large"),
        ({"ZTILE1": 0}, "too large"),
        ({"ZNAXIS1": 640}, "tiles"),
        ({"ZCMPTYPE": "HCOMPRESS_1"}, "HCOMPRESS_1"),
    ],
)
def test_compressed_tiles_that_lie(tmp_path, change, message):
    image = fits.CompImageHDU(np.random.default_rng(0).integers(0, 9, (64, 64)).astype("i2"), compression_type="GZIP_1")
    image.writeto(tmp_path / "1.fits")
    with fits.open(tmp_path / "1.fits", mode="update", disable_image_compression=True) as hdus:
        hdus[1].header.update(change)
    assert message in only_problem(tmp_path, bands="gri").problem


def test_a_compressed_tile_that_is_a_bomb(tmp_path):
    tiles = [np.frombuffer(gzip.compress(bytes(50_000_000 if row == 5 else 128)), np.uint8) for row in range(64)]
    fits.CompImageHDU(np.zeros((64, 64), "i2"), compression_type="GZIP_1").writeto(tmp_path / "honest.fits")
    with fits.open(tmp_path / "honest.fits", disable_image_compression=True) as hdus:
        cards = hdus[1].header
    column = fits.Column("COMPRESSED_DATA", "1PB()", array=np.array(tiles, dtype=object))
    lying = fits.BinTableHDU.from_columns([column])
    lying.header.update({key: cards[key] for key in cards if key.startswith("Z")})
    fits.HDUList([fits.PrimaryHDU(), lying]).writeto(tmp_path / "1.fits")
    (tmp_path / "honest.fits").unlink()
    assert "larger than it says" in only_problem(tmp_path, bands="gri").problem


def test_pictures_that_show_nothing_are_refused(tmp_path):
    values, cards = cube(BANDS="gri")
    hole, half = values.copy(), values.copy()
    hole[1, 37:43, 37:43] = np.nan
    half[0, :50] = np.nan
    constant, blank, uncovered = values.copy(), values.copy(), values.copy()
    constant[2], blank[0], uncovered[2, :50] = 0.1, np.inf, 0
    faults = {
        "hole": (hole, "centre"),
        "half": (half, "blank"),
        "constant": (constant, "same value"),
        "blank": (blank, "all pixels in g"),
        "uncovered": (uncovered, "exactly 0"),
        "sky": (values + 100, "saturated"),
        "faint": (values * 1e-6, "black"),
    }
    for name, (pixels, _) in faults.items():
        fits.PrimaryHDU(pixels, cards).writeto(tmp_path / f"{name}.fits")
    result = fits_to_images(tmp_path, tmp_path)
    assert result.pictures == []
    problems = {problem.object_id: problem.problem for problem in result.problems}
    assert {name: message for name, (_, message) in faults.items() if message not in problems[name]} == {}


def test_scaled_integers_and_blank_pixels(tmp_path):
    values, cards = cube(BANDS="gri")
    fits.PrimaryHDU(values, cards).writeto(tmp_path / "float.fits")
    with_hole = values.copy()
    with_hole[:, 2:20, 2:20] = np.nan
    integers = np.where(np.isnan(with_hole), -32768, np.round((with_hole - 1) / 1e-4)).astype(np.int16)
    integers_header = fits.Header({**cards, "BLANK": -32768})
    hdu = fits.PrimaryHDU(integers, integers_header)
    hdu.header.update({"BSCALE": 1e-4, "BZERO": 1.0})
    hdu.writeto(tmp_path / "integer.fits")
    result = fits_to_images(tmp_path, tmp_path)
    assert result.pictures == ["float.png", "integer.png"]
    assert [note.object_id for note in result.notes] == ["integer"]
    floats, scaled = (np.asarray(Image.open(tmp_path / f"{name}.png")).astype(int) for name in ("float", "integer"))
    assert (scaled[61:77, 3:19] == 0).all()  # rows from below, in the file
    assert np.abs(floats - scaled)[:, 25:].max() <= 1


def test_a_broken_file_does_not_stop_the_others(tmp_path):
    write_bands(tmp_path)
    (tmp_path / "2.fits").write_bytes(b"")
    calls = []
    result = fits_to_images(tmp_path, tmp_path, progress=lambda done, total: calls.append((done, total)))
    assert result.pictures == ["1.png"]
    assert [problem.file for problem in result.problems] == ["2.fits"]
    assert calls == [(1, 1)]


def test_options_are_checked():
    for wrong in ({"stretch": 0}, {"q": -1}, {"size": 5000}, {"zero_point": 500.0}, {"pixel_scale": float("nan")}):
        with pytest.raises(ValueError, match="--"):
            FitsOptions(**wrong)


def test_a_sky_of_known_flux():
    """The tests' own sky: a source's flux is what it says."""
    assert sky(header(), (80, 80), [(0, 0, 2, 5.0)], noise=0).sum() == pytest.approx(5, rel=1e-3)
