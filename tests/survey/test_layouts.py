"""Tables with the headers of real catalogues: columns, first rows and notes. All values are made up."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from galviz.survey.catalogue import read_catalogue
from galviz.survey.table import open_table

MPA_JHU = (
    "objID,specObjID,plate,mjd,fiberID,ra,dec,z,zErr,petroMag_g,petroMag_r,petroR50_r,oh_p50,oh_p16,oh_p84,"
    "lgm_tot_p50,sfr_tot_p50,specsfr_tot_p50,bptclass"
)
HART = (
    "dr7objid,ra,dec,rastring,decstring,sample,gz2_class,total_classifications,total_votes,"
    "t01_smooth_or_features_a01_smooth_count,t01_smooth_or_features_a01_smooth_weight,"
    "t01_smooth_or_features_a01_smooth_fraction,t01_smooth_or_features_a01_smooth_weighted_fraction,"
    "t01_smooth_or_features_a01_smooth_debiased,t01_smooth_or_features_a01_smooth_flag"
)
N_ANSWERS = (3, 2, 2, 2, 4, 2, 3, 7, 3, 3, 6)  # of the eleven questions of Galaxy Zoo 2
KAGGLE = ",".join(["GalaxyID", *(f"Class{q}.{a}" for q, n in enumerate(N_ANSWERS, 1) for a in range(1, n + 1))])
DECALS_ANSWERS = (
    "smooth-or-featured_smooth smooth-or-featured_featured-or-disk smooth-or-featured_artifact disk-edge-on_yes "
    "disk-edge-on_no has-spiral-arms_yes has-spiral-arms_no bar_strong bar_weak bar_no bulge-size_dominant "
    "bulge-size_large bulge-size_moderate bulge-size_small bulge-size_none how-rounded_round how-rounded_in-between "
    "how-rounded_cigar-shaped edge-on-bulge_boxy edge-on-bulge_none edge-on-bulge_rounded spiral-winding_tight "
    "spiral-winding_medium spiral-winding_loose spiral-arm-count_1 spiral-arm-count_2 spiral-arm-count_3 "
    "spiral-arm-count_4 spiral-arm-count_more-than-4 spiral-arm-count_cant-tell merging_none "
    "merging_minor-disturbance merging_major-disturbance merging_merger"
).split()


def opened(tmp_path, text, name="table.csv"):
    (tmp_path / name).write_text(text)
    file = open_table(tmp_path / name)
    assert file.problems == []
    return file


def test_skyserver(tmp_path):
    file = opened(
        tmp_path, "#Table1\nobjID,ra,dec,u,g,r,i,z\n1237648702973411443,160.99,0.71,19.1,17.9,17.2,16.8,16.6\n"
    )
    assert file.columns == ("objID", "ra", "dec", "u", "g", "r", "i", "z")
    assert file.rows(1)[0][0] == "1237648702973411443"
    assert "SkyServer" in file.notes[0]


def test_mpa_jhu(tmp_path):
    row = "{},299489676975171584,266,51602,{},160.99,0.71,0.0{},1e-5,17.9,17.2,2.5,{},8.7,8.9,{},{},-9.8,1"
    rows = [
        row.format(1237648702973411443 + k, k, k, "-9999" if k % 3 else "8.8", "-9999", "0.25") for k in range(1, 9)
    ]
    file = opened(tmp_path, "\n".join([MPA_JHU, *rows]) + "\n", "master.csv")
    assert file.notes == []
    table = file.read()
    assert table.problems == []
    assert list(table.cells("specObjID")) == ["299489676975171584"] * 8
    assert list(table.cells("lgm_tot_p50")) == ["-9999"] * 8


def test_galaxy_zoo_2(tmp_path):
    row = "587722952230174996,160.99,0.71,10:43:57.70,+00:42:36.0,original,Sb+t,44,349,20,18.9,0.455,0.43,0.5,0\n"
    file = opened(tmp_path, f"{HART}\n{row}")
    assert file.columns[:3] == ("dr7objid", "ra", "dec")
    assert file.read("dr7objid").ids == [(2, "587722952230174996")]
    assert list(file.read("dr7objid").cells("gz2_class")) == ["Sb+t"]
    (problem,) = file.read().problems  # without its option
    assert "'dr7objid'" in problem.remedy


def test_mapping_of_galaxy_zoo_2(tmp_path):
    file = opened(tmp_path, "objid,sample,asset_id\n587722981736120347,original,1\n587722981736579107,original,2\n")
    assert [object_id for _, object_id in file.read("asset_id").ids] == ["1", "2"]
    table = file.read()
    assert table.columns == ("objID", "sample", "asset_id")
    assert "objid was read as objID" in table.notes[0]


def test_kaggle(tmp_path):
    file = opened(tmp_path, f"{KAGGLE}\n100008,{','.join(['0.383147'] * 37)}\n")
    assert len(file.columns) == 38
    assert file.read("GalaxyID").ids == [(2, "100008")]


def test_zoobot(tmp_path):
    columns = {
        "id_str": ["J000000.19+020924.4", "J000001.34-092114.2"],
        "iauname": ["J000000.19+020924.4", "J000001.34-092114.2"],
        "smooth-or-featured_smooth": pa.array([7, 21], pa.int64()),
        "smooth-or-featured_smooth_fraction": pa.array([0.2, None], pa.float64()),
        "file_loc": ["/data/J000/J000000.19+020924.4.jpg", "/data/J000/J000001.34-092114.2.jpg"],
        "has-arms": pa.array([True, False]),
    }
    pq.write_table(pa.table(columns), tmp_path / "catalog.parquet")
    file = open_table(tmp_path / "catalog.parquet")
    assert (file.problems, file.notes, file.columns) == ([], [], tuple(columns))
    assert file.rows(1) == [["J000000.19+020924.4"] * 2 + ["7", "0.2", columns["file_loc"][0], "True"]]
    assert file.read("iauname").ids[1] == (2, "J000001.34-092114.2")


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_galaxy_zoo_decals(tmp_path, form):
    kinds = ["", "_fraction", "_debiased"]
    answers = [f"{answer}{kind}" for answer in DECALS_ANSWERS for kind in kinds]
    others = [f"wrong_size_{number}" for number in range(132 - 6 - len(answers))]
    names = ["iauname", "ra", "dec", "redshift", "petro_th50", *answers, *others, "upload_group"]
    assert len(names) == 132
    rows = [[f"J1043{k:02}.77+004236.{k}", 160.5 + k, 0.7, 0.05, 3.5, *[k / 10] * 126, "pilot"] for k in range(5)]
    if form == "csv":
        lines = [",".join(map(str, row)) for row in [names, *rows]]
        file = opened(tmp_path, "\n".join(lines) + "\n")
    else:
        columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
        pq.write_table(pa.table(columns), tmp_path / "gz_decals.parquet")
        file = open_table(tmp_path / "gz_decals.parquet")
    assert file.columns == tuple(names)
    assert file.rows(2) == [[str(cell) for cell in row] for row in rows[:2]]
    table = file.read("iauname")
    assert [object_id for _, object_id in table.ids] == [row[0] for row in rows]
    assert (table.problems, table.notes) == ([], [])


def test_a_catalogue_is_the_same_from_csv_and_parquet(tmp_path):
    ids = [str(1237648702973411443 + 7919 * k) for k in range(40)]
    random = np.random.default_rng(5)
    columns = {
        "objID": pa.array([int(object_id) for object_id in ids]),
        "oh_p50": pa.array([None if k % 7 == 0 else 8.5 + 0.01 * k for k in range(40)]),
        "lgm": pa.array([-9999.0 if k % 5 == 0 else 9 + 0.05 * k for k in range(40)]),
        "plate": pa.array(random.integers(266, 2974, 40)),
        "specObjID": pa.array(random.integers(2**60, 2**61, 40)),
        "zWarning": pa.array([False] * 40),
        "class": ["Sb", "Er"] * 20,
        "petroR50_r": pa.array(random.normal(3, 1, 40).astype(np.float32)),
    }
    pq.write_table(pa.table(columns), tmp_path / "master.parquet")
    file = open_table(tmp_path / "master.parquet")
    lines = [",".join(row) for row in [file.columns, *file.rows(40)]]
    (tmp_path / "master.csv").write_text("\n".join(lines) + "\n")
    typed, text = read_catalogue(file), read_catalogue(open_table(tmp_path / "master.csv"))
    assert typed.problems == text.problems == []
    assert typed.frame.equals(text.frame)
    assert typed.frame.dtypes.equals(text.frame.dtypes)
    assert (typed.missing, typed.possibly_missing) == (text.missing, text.possibly_missing)
    assert (typed.label, list(typed.lines)) == (text.label, list(text.lines))
