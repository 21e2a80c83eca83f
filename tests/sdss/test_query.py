"""The request, its SQL, and SkyServer's replies to it."""

import re

import numpy as np
import pytest

from galviz.sdss.reply import parse_reply
from galviz.sdss.request import SdssRequest, parse_sky
from galviz.sdss.session import ReplyError
from galviz.sdss.sql import COLUMNS, build_query
from tests.sdss.skyserver import draw_rows


def csv_of(rows):
    return "#Table1\n" + "".join(",".join(line) + "\n" for line in [COLUMNS, *rows])


def test_ids_keep_all_digits_and_sentinels_stay():
    rows = list(draw_rows(4).values())
    rows[1] = ("1237648704043942147", *rows[1][1:])
    catalogue = parse_reply(csv_of(rows), 4)
    assert [row[0] for row in catalogue.rows[:2]] == ["1237648704043942146", "1237648704043942147"]
    assert catalogue.rows == tuple(rows)
    assert catalogue.rows[0][column_number("lgm_tot_p50")] == "-9999"


def column_number(name):
    return list(COLUMNS).index(name)


@pytest.mark.parametrize("edit", [lambda text: text.removeprefix("#Table1\n"), str.lower, lambda text: "\ufeff" + text])
def test_variants_of_the_header_are_read(edit):
    text = csv_of(draw_rows(2).values())
    assert len(parse_reply(edit(text).removeprefix("\ufeff").replace("\n", "\r\n"), 2).rows) == 2


def test_a_galaxy_with_two_spectra_is_taken_once():
    first, second = draw_rows(2).values()
    catalogue = parse_reply(csv_of([first, second, (first[0], "1", *first[2:])]), 3)
    assert catalogue.rows == (first, second)
    assert catalogue.n_duplicates == 1


def test_a_shorter_table_is_read_as_it_is():
    """A mirror may lack columns, ignore TOP, and end without a line break if the length is known."""
    text = "ra,objid,dec,oh_p50\n10.5,1,-3,8.7\n11,2,-3,8.8\n12,3,-3,-9999"
    catalogue = parse_reply(text, 2, is_complete=True)
    assert catalogue.columns == ("objID", "ra", "dec", "oh_p50")
    assert catalogue.rows == (("1", "10.5", "-3", "8.7"), ("2", "11", "-3", "8.8"))


def test_no_rows_are_no_error():
    assert parse_reply("No objects have been found\n", 3).rows == ()
    assert parse_reply(csv_of([]), 3).rows == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"ErrorCode":500,"ErrorMessage":"Invalid column name \'zz\'."}', "Invalid column name 'zz'"),
        ("#Table1\nerror_message\nerror: limit is  top 500000 SELECT\n", "error: limit is top 500000 SELECT"),
        (
            "<html><head><title>Skyserver Error</title></head><body><h2>An error occured</h2>Incorrect syntax near "
            "&#39;;&#39;.</body></html>",
            "Incorrect syntax near ';'",
        ),
        ("<html><title>Skyserver Error</title><h2>An error occured</h2><br></html>", "no table but an HTML page"),
        ("<html><nav>SQL Search</nav><p>Incorrect syntax near 'x'.</html>", "Incorrect syntax near 'x'"),
        ("Invalid object name 'Galaxies'.", "Invalid object name 'Galaxies'"),
        ("<html><body><h1>503 Service Unavailable</h1></body></html>", "the reply is no table but an HTML page"),
        ("", "the reply is empty"),
        ("objid,ra\n1,2\n", "the reply has other columns than the query"),
        (csv_of(draw_rows(2).values())[:-1], "the reply is truncated"),
        (csv_of(draw_rows(2).values())[:-40] + "\n", "the reply has an invalid row"),
        (csv_of([("../../etc", *row[1:]) for row in draw_rows(1).values()]), "the reply has an invalid row"),
        (csv_of([("1.2376487E+18", *row[1:]) for row in draw_rows(1).values()]), "the reply has an invalid row"),
    ],
)
def test_other_replies_are_errors(text, message):
    with pytest.raises(ReplyError, match=re.escape(message)):
        parse_reply(text, 2)


def test_the_query_has_what_the_server_needs():
    query = build_query(SdssRequest(n=7, seed=3, where="e.bptclass = 1\n AND s.z < 0.1", sky=(10.0, -30.0, 0.5)))
    assert query.startswith("SELECT TOP 7 g.objID,s.specObjID,g.ra,g.dec,s.z,")
    assert "(e.bptclass = 1 AND s.z < 0.1)" in query
    assert query.endswith("ORDER BY HASHBYTES('MD5',CAST(g.objID^3 AS binary(8))),s.specObjID")
    # Comments, several statements, and characters that are lost on the way.
    assert not any(text in query for text in ("--", ";", "+", "\n", "  "))
    assert len(query) < 1500


@pytest.mark.parametrize("sky", [(10.0, -30.0, 0.5), (359.9, 0.0, 0.3), (0.1, 89.9, 0.5), (200.0, 45.0, 1 / 3600)])
def test_the_circle_on_the_sky_is_exact(sky):
    """The condition, evaluated by Python for points just inside and outside, across RA 0 and the pole too."""
    query = build_query(SdssRequest(n=1, sky=sky))
    dec_range, circle = re.search(r"AND g\.dec (BETWEEN \S+ AND \S+) AND (SQUARE\S+)", query).groups()
    lowest, highest = map(float, re.findall(r"-?[0-9.]+", dec_range))
    ra, dec, radius = np.radians(sky)
    for angle in np.linspace(0, 2 * np.pi, 17):
        for factor in (0.999, 1.001):
            distance = radius * factor
            z = np.sin(dec) * np.cos(distance) + np.cos(dec) * np.sin(distance) * np.cos(angle)
            east = np.arctan2(np.sin(angle) * np.sin(distance) * np.cos(dec), np.cos(distance) - np.sin(dec) * z)
            level = np.sqrt(1 - z**2)
            unit = {"cx": level * np.cos(ra + east), "cy": level * np.sin(ra + east), "cz": z}
            expression = re.sub(r"SQUARE\(g\.(c.)-\(([^)]*)\)\)", r"(unit['\1']-(\2))**2", circle)
            inside = eval(expression, {"unit": unit}) and lowest <= np.degrees(np.arcsin(z)) <= highest
            assert inside == (factor < 1)


@pytest.mark.parametrize(
    "options",
    [
        {"n": 500_001},
        {"size_px": 32},
        {"scale": 100.0},
        {"scale": float("nan")},
        {"sky": (400.0, 0.0, 1.0)},
        {"sky": (1.0, 0.0, 0.0)},
        {"where": "1=1; DROP TABLE x"},
        {"where": " "},
        {"where": "WHERE s.z < 0.1"},
        {"where": "s.z < 0.1) OR (1 = 1"},
        {"where": "(s.z < 0.1"},
        {"where": "s.class = 'GALAXY"},
        {"seed": 2**31},
        {"release": 7},
        {"server": "skyserver.sdss.org"},
        {"server": "file:///etc/passwd"},
        {"server": "http://host:port"},
    ],
)
def test_requests_out_of_range_are_refused(options):
    with pytest.raises(ValueError, match=r"must be|The"):
        SdssRequest(**({"n": 1} | options))


@pytest.mark.parametrize("where", ["(s.z < 0.1 OR s.z > 0.2)", "s.class = ')'", "s.z BETWEEN 0.02 AND 0.1"])
def test_conditions_in_brackets_are_accepted(where):
    assert f"AND ({where}) ORDER BY" in build_query(SdssRequest(n=1, where=where))


def test_a_region_has_three_numbers():
    assert parse_sky("1,-2,3") == (1, -2, 3)
    with pytest.raises(ValueError, match="RA,DEC,RADIUS"):
        parse_sky("1,2")
