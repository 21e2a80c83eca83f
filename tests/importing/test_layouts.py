"""The layouts in which people have surveys: each is imported to the right ids, images and columns."""

import pandas as pd
import pytest

from galviz.importing.plan import plan_import
from galviz.importing.question import ImportQuestion
from galviz.importing.writing import write_import
from galviz.survey.survey import SurveyError, load_survey
from tests.importing.sources import make_source, read_catalogue_lines, write_image

SDSS = ["1237648702973411443", "1237648702994383943", "1237648704043942146", "1237648704580812903"]
DR7 = ["587722952230174996", "587722952230175035", "587722952230175138", "587722952230175145"]


def run(source, tmp_path, **options):
    """Import, load, and check that each galaxy has the image of its row; returns the plan and the survey."""
    plan = plan_import(source, **options)
    write_import(plan, tmp_path / "survey")
    survey = load_survey(tmp_path / "survey", plan.label)
    for object_id, name in zip(plan.ids, plan.images, strict=True):
        copy = next((tmp_path / "survey" / "images").glob(f"{object_id}.*"))
        assert copy.read_bytes() == (plan.source.image_root / name).read_bytes()
    assert survey.object_ids == list(plan.ids)
    return plan, survey


def test_mpa_jhu_query_result(tmp_path):
    header = "objID,specObjID,ra,dec,z,oh_p50,lgm_tot_p50,sfr_tot_p50"
    lines = [
        f"{i},{2 * n + 299489676975171584},{150 + n},2.1,0.05,{8.6 + n / 10},-9999,0.3" for n, i in enumerate(SDSS)
    ]
    source = make_source(tmp_path / "in", [header, *lines], [f"images/{i}.jpg" for i in SDSS])
    plan, survey = run(source, tmp_path)
    assert (plan.id_column, plan.image_column, plan.label) == ("objID", "objID", "oh_p50")
    assert survey.object_ids == SDSS
    assert survey.missing["lgm_tot_p50"] == {"-9999": 4}
    # Sentinels and all other cells stay as they are written.
    assert read_catalogue_lines(tmp_path / "survey") == [header, *lines]


def test_galaxy_zoo_2(tmp_path):
    header = "dr7objid,ra,dec,rastring,decstring,sample,gz2_class,total_classifications"
    lines = [f"{i},160.9,11.7,10:43:57,+11:42:13,original,{'SBb' if n % 2 else 'Er'},44" for n, i in enumerate(DR7)]
    source = make_source(tmp_path / "in", [header, *lines], [f"images/{i}.jpg" for i in DR7], "gz2_hart16.csv")
    plan, survey = run(source, tmp_path)
    assert (plan.id_column, plan.label) == ("dr7objid", None)
    assert read_catalogue_lines(tmp_path / "survey")[0] == header.replace("dr7objid", "objID")
    assert survey.catalogue["gz2_class"].tolist() == ["Er", "SBb", "Er", "SBb"]


def test_gz2_mapping_names_images_by_asset_id(tmp_path):
    lines = ["objid,sample,asset_id", *(f"{i},original,{n + 3}" for n, i in enumerate(DR7))]
    source = make_source(tmp_path / "in", lines, [f"images/{n + 3}.jpg" for n in range(4)])
    plan, survey = run(source, tmp_path)
    assert (plan.id_column, plan.image_column) == ("objid", "asset_id")
    assert any("--image asset_id" in note for note in plan.notes)
    assert survey.object_ids == DR7


def test_kaggle(tmp_path):
    lines = ["GalaxyID,Class1.1,Class1.2", *(f"{100008 + n},0.{n + 3},0.{6 - n}" for n in range(4))]
    names = [f"images_training_rev1/{100008 + n}.jpg" for n in range(4)]
    source = make_source(tmp_path / "in", lines, names, "training_solutions_rev1.csv")
    plan, survey = run(source, tmp_path, label="Class1.1")
    assert plan.id_column == "GalaxyID"
    assert survey.label.column == "Class1.1"


@pytest.mark.parametrize("prefix", ["images/", "/share/nas2/walml/gz/images/", "C:\\Users\\me\\images\\", "./images/"])
@pytest.mark.parametrize("id_name", ["iauname", "id_str"])
def test_zoobot_and_galaxy_datasets(tmp_path, prefix, id_name):
    names = [f"J0004{n:02}.19+020924.{n}" for n in range(4)]
    separator = "\\" if "\\" in prefix else "/"
    paths = [f"{prefix}J000{separator}{name}.png" for name in names]
    lines = [f"{id_name},smooth-or-featured_smooth_fraction,file_loc"]
    lines += [f"{name},0.{n + 1},{path}" for n, (name, path) in enumerate(zip(names, paths, strict=True))]
    source = make_source(tmp_path / "in", lines, [f"images/J000/{name}.png" for name in names], "train.csv")
    plan, survey = run(source, tmp_path)
    assert plan.id_column == id_name
    assert survey.object_ids == names
    assert "class" not in survey.catalogue  # J000 is a shard


def test_ids_of_zoobot_can_differ_from_the_names_of_files(tmp_path):
    lines = ["iauname,file_loc", *(f"J00040{n}.1+02092{n}.2,sub/{n}.jpg" for n in range(4))]
    source = make_source(tmp_path / "in", lines, [f"images/sub/{n}.jpg" for n in range(4)])
    plan, _ = run(source, tmp_path)
    assert (plan.id_column, plan.image_column) == ("iauname", "file_loc")


def test_parquet(tmp_path):
    source = make_source(tmp_path / "in", None, [f"images/{i}.jpg" for i in SDSS])
    table = pd.DataFrame({"id_str": list(map(int, SDSS)), "z": [0.1, 0.25, None, 0.5]})
    table.to_parquet(source / "catalog.parquet")
    _, survey = run(source, tmp_path)
    assert survey.object_ids == SDSS
    assert survey.catalogue["z"].tolist()[:2] == [0.1, 0.25]


def test_gz_decals_with_132_columns(tmp_path):
    columns = ["iauname", "ra", "dec", *(f"question-{n}_fraction" for n in range(129))]
    names = [f"J1125{n}.12+25384{n}.9" for n in range(3)]
    lines = [",".join(columns), *(",".join([name, *(f"0.{n}" for n in range(131))]) for name in names)]
    source = make_source(tmp_path / "in", lines, [f"{name}.png" for name in names], "gz_decals.csv")
    _, survey = run(source, tmp_path)
    assert survey.catalogue.shape == (3, 131)


def test_folders_by_class_without_a_table(tmp_path):
    names = [f"{kind}/{kind}_{n}.jpg" for kind in ("spiral", "elliptical", "merger") for n in range(2)]
    source = make_source(
        tmp_path / "in", None, [f"train/{name}" for name in names[:4]] + [f"test/{n}" for n in names[4:]]
    )
    plan, survey = run(source, tmp_path)
    assert (plan.id_column, plan.columns) == (None, ())
    assert survey.catalogue.loc["spiral_1", "class"] == "spiral"
    assert survey.catalogue["class"].value_counts().to_dict() == {"spiral": 2, "elliptical": 2, "merger": 2}


def test_names_that_repeat_between_classes_become_ids_with_the_class(tmp_path):
    source = make_source(tmp_path / "in", None, [f"{kind}/{n}.jpg" for kind in ("S0", "E") for n in range(2)])
    _, survey = run(source, tmp_path)
    assert sorted(survey.object_ids) == ["E_0", "E_1", "S0_0", "S0_1"]


def test_folders_by_class_beside_a_table_that_has_a_class_already(tmp_path):
    names = [f"images/{'spiral' if n % 2 else 'elliptical'}/{i}.jpg" for n, i in enumerate(SDSS)]
    source = make_source(tmp_path / "in", ["objID,class", *(f"{i},GALAXY" for i in SDSS)], names)
    _, survey = run(source, tmp_path)
    assert survey.catalogue["class"].unique().tolist() == ["GALAXY"]
    assert survey.catalogue["folder"].tolist() == ["elliptical", "spiral"] * 2


def test_lost_zeros(tmp_path):
    lines = ["objID,oh_p50", *(f"{456 + n},8.{n + 5}" for n in range(4))]
    source = make_source(tmp_path / "in", lines, [f"images/0000{456 + n}.jpg" for n in range(4)])
    plan, survey = run(source, tmp_path)
    assert survey.object_ids == ["0000456", "0000457", "0000458", "0000459"]
    assert any("leading zeros" in note for note in plan.notes)


def test_lost_zeros_that_are_ambiguous_are_refused(tmp_path):
    source = make_source(tmp_path / "in", ["objID", "7", "8"], ["images/07.jpg", "images/007.jpg", "images/08.jpg"])
    with pytest.raises(SurveyError, match="names one of the 3 images"):
        plan_import(source)


def test_case_of_files(tmp_path):
    lines = ["objID,oh_p50", *(f"NGC130{n},8.{n + 5}" for n in range(4))]
    source = make_source(tmp_path / "in", lines, [f"images/ngc130{n}.jpg" for n in range(4)])
    plan, survey = run(source, tmp_path)
    assert survey.object_ids == [f"NGC130{n}" for n in range(4)]
    assert any("case of letters" in note for note in plan.notes)


def test_ids_of_another_data_release_are_explained(tmp_path):
    source = make_source(
        tmp_path / "in", ["objID,oh_p50", *(f"{i},8.7" for i in DR7)], [f"images/{i}.jpg" for i in SDSS]
    )
    with pytest.raises(SurveyError, match=r"data release 7.*data release 8"):
        plan_import(source)


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["17.0", "18.0"], ["17.jpg", "18.jpg"]),
        (["'17", '"=""18"""'], ["17.jpg", "18.jpg"]),
        (["17.jpg", "18.JPG"], ["17.jpg", "18.jpg"]),
        (["17", "18"], ["17_gri.jpg", "18_gri.jpg"]),
        (["17", "18"], ["galaxy-17.jpg", "galaxy-18.jpg"]),
    ],
    ids=["floats", "spreadsheet", "endings", "text after", "text before"],
)
def test_decorated_ids_and_names(tmp_path, cells, names):
    source = make_source(tmp_path / "in", ["GalaxyID,p", *(f"{cell},0.5" for cell in cells)], names)
    _, survey = run(source, tmp_path)
    assert survey.object_ids == ["17", "18"]


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["NGC 1234", "NGC 1235"], ["NGC 1234.jpg", "ngc1235.jpg"]),
        (["SDSS J12.5+34", "SDSS J12.6+34"], ["J12.5+34.jpg", "J12.6+34.jpg"]),
        (["J12.5+34", "J12.6+34"], ["J12.5%2B34.jpg", "J12.6%2B34.jpg"]),
    ],
)
def test_names_that_differ_in_spaces_and_punctuation(tmp_path, cells, names):
    source = make_source(tmp_path / "in", ["name,z", *(f"{cell},0.1" for cell in cells)], names)
    plan, survey = run(source, tmp_path)
    assert survey.object_ids == cells
    assert plan.images == tuple(names)


def test_a_table_with_images_in_another_folder(tmp_path):
    lines = ["name", "NGC 1300", "NGC 1365"]
    source = make_source(tmp_path / "in", lines, (), "table.csv")
    make_source(tmp_path / "elsewhere", None, ["NGC_1300.jpg", "NGC_1365.jpg"])
    with pytest.raises(SurveyError, match="--images FOLDER"):
        plan_import(source / "table.csv")
    _, survey = run(source / "table.csv", tmp_path, images=tmp_path / "elsewhere")
    assert survey.object_ids == ["NGC 1300", "NGC 1365"]


def test_few_images_of_a_long_table(tmp_path):
    """The first rows have none, and a column of row numbers names other images by chance."""
    lines = ["row,objid", *(f"{n},{587722952230174996 + 7 * n}" for n in range(1000))]
    names = [f"images/{587722952230174996 + 7 * n}.jpg" for n in range(900, 906)]
    plan, survey = run(make_source(tmp_path / "in", lines, names), tmp_path)
    assert len(survey.object_ids) == 6
    assert plan.n_without_image == 994
    assert any("994 of 1,000 rows" in note for note in plan.notes)


def test_images_without_a_row_are_told(tmp_path):
    source = make_source(tmp_path / "in", ["id", "17", "18"], ["17.jpg", "18.jpg", "19.jpg"])
    plan, _ = run(source, tmp_path)
    assert plan.images_without_row == ("19.jpg",)


def test_zip(tmp_path):
    import shutil

    lines = ["GalaxyID,p", "17,0.5", "18,0.6"]
    make_source(tmp_path / "pack" / "my-survey", lines, ["imgs/17.jpg", "imgs/18.jpg"], "table.csv")
    shutil.make_archive(str(tmp_path / "survey-archive"), "zip", tmp_path / "pack")
    (tmp_path / "session").mkdir()
    plan, survey = run(tmp_path / "survey-archive.zip", tmp_path, workspace=tmp_path / "session")
    assert survey.object_ids == ["17", "18"]
    unpacked = plan.source.image_root
    assert tmp_path / "session" in unpacked.parents
    plan.close()
    assert list((tmp_path / "session").iterdir()) == []


@pytest.mark.full
def test_fits_cutouts_with_a_table(tmp_path):
    from galviz.importing.fits_options import FitsOptions
    from tests.importing.skies import write_bands

    source = make_source(tmp_path / "in", ["name,z", "M 51,0.1", "M 63,0.2"])
    for number, name in enumerate(("M 51", "M 63")):
        write_bands(source, f"cutouts/{name}_{{}}.fits", fluxes=(0.4 + number / 10, 1, 1.6))
    _, survey = run(source, tmp_path, fits_options=FitsOptions(size=64), label="z")
    assert survey.object_ids == ["M 51", "M 63"]
    assert survey.image("M 63").size == (64, 64)


@pytest.mark.full
def test_fits_cutouts_that_cannot_be_used_are_left_out_on_request(tmp_path):
    from tests.importing.skies import write_bands

    source = write_bands(tmp_path / "in", "17_{}.fits")
    write_bands(source, "18_{}.fits")
    (source / "18_g.fits").unlink()
    with pytest.raises(SurveyError, match="none in g"):
        plan_import(source)
    plan = plan_import(source, skip_broken=True)
    assert plan.ids == ("17",)
    assert [problem.object_id for problem in write_import(plan, tmp_path / "out").left_out] == ["18"]


@pytest.mark.full
def test_hdf5_like_galaxy10(tmp_path):
    import h5py
    import numpy as np

    from tests.importing.sources import picture

    with h5py.File(tmp_path / "Galaxy10.h5", "w") as file:
        file["images"] = np.stack([np.asarray(picture(seed)) for seed in range(3)])
        file["ans"] = [3, 8, 3]
    _, survey = run(tmp_path / "Galaxy10.h5", tmp_path)
    assert survey.catalogue["ans"].tolist() == [3, 8, 3]


def test_a_survey_folder_stays_as_it_is(make_survey, tmp_path):
    folder = make_survey(6, side_px=64)
    run(folder, tmp_path)
    assert (tmp_path / "survey" / "master.csv").read_bytes() == (folder / "master.csv").read_bytes()
    images = {path.name: path.read_bytes() for path in (folder / "images").iterdir()}
    assert {path.name: path.read_bytes() for path in (tmp_path / "survey" / "images").iterdir()} == images


def test_of_two_tables_the_one_that_names_images_is_taken(tmp_path):
    source = make_source(tmp_path / "in", ["id,p", "17,0.1", "18,0.2"], ["17.jpg", "18.jpg"], "a.csv")
    (source / "b.csv").write_text("id,p\n97,0.1\n")
    assert plan_import(source).table.name == "a.csv"
    (source / "b.csv").write_text("id,p\n17,0.1\n18,0.7\n")
    with pytest.raises(ImportQuestion) as question:
        plan_import(source)
    assert question.value.option == "SOURCE"
    assert question.value.guess.endswith("a.csv")


def test_a_second_column_called_objid_keeps_its_values(tmp_path):
    lines = ["objID,name", "1,M 31", "2,M 33"]
    write_image(tmp_path / "in" / "M 31.jpg", 1)
    write_image(tmp_path / "in" / "M 33.jpg", 2)
    _, survey = run(make_source(tmp_path / "in", lines), tmp_path)
    assert survey.object_ids == ["M 31", "M 33"]
    assert survey.catalogue["other_objID"].tolist() == [1, 2]


def test_ids_with_a_slash(tmp_path):
    lines = ["name,p", "NGC 4038/9,0.1", "UGC 12,0.2"]
    source = make_source(tmp_path / "in", lines, ["images/NGC 4038_9.jpg", "images/UGC 12.jpg"])
    plan, survey = run(source, tmp_path)
    assert plan.images == ("images/NGC 4038_9.jpg", "images/UGC 12.jpg")
    assert survey.object_ids == ["NGC 4038_9", "UGC 12"]


def test_labels_in_other_notations_of_numbers(tmp_path):
    lines = ["id,a,b", "17,\u22120.5,0.85D+01", "18,1.5,-0.2D-01"]
    source = make_source(tmp_path / "in", lines, ["17.jpg", "18.jpg"])
    _, survey = run(source, tmp_path, label="a")
    assert survey.catalogue.loc[:, ["a", "b"]].to_numpy().tolist() == [[-0.5, 8.5], [1.5, -0.02]]


@pytest.mark.parametrize("cell", ["8.51 ± 0.05", "8.51(5)", "8.51+/-0.05", "8.51%", "8.51 dex"])
def test_labels_with_more_than_a_number_are_refused(tmp_path, cell):
    source = make_source(tmp_path / "in", ["id,p", f"17,{cell}", f"18,{cell}"], ["17.jpg", "18.jpg"])
    with pytest.raises(SurveyError, match=r"write the numbers alone, such as 8\.51 for"):
        plan_import(source, label="p")


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["1,237,648", "1,237,649"], ["1237648", "1237649"]),
        (["\u200b1237648", "1237649\ufeff"], ["1237648", "1237649"]),
        (["1237648", "1237649"], ["1237648_0.02", "1237649_0.31"]),
        (["1237648", "1237649"], ["g_1237648", "h_1237649"]),
        (["1237648", "1237649"], ["obj001237648", "obj001237649"]),
    ],
)
def test_ids_written_differently_from_the_images_names(tmp_path, cells, names):
    lines = ["objID,p", *(f'"{cell}",0.{n + 1}' for n, cell in enumerate(cells))]
    source = make_source(tmp_path / "in", lines, [f"{name}.jpg" for name in names])
    plan, survey = run(source, tmp_path)
    assert survey.object_ids == ["1237648", "1237649"]
    assert plan.images == tuple(f"{name}.jpg" for name in names)


@pytest.mark.parametrize(
    "text",
    [
        '"name" "z"\n"1" "NGC 17" 0.25\n"2" "NGC 18" 0.5\n',  # R's write.table
        "     name     z\n0  NGC17  0.25\n1  NGC18  0.50\n",  # pandas' to_string
        "name,z\nNGC 17,0.25\nNGC 18,0.5\n,\n , \n",  # a spreadsheet's rows without values
    ],
)
def test_tables_of_r_pandas_and_spreadsheets(tmp_path, text):
    source = make_source(tmp_path / "in", None, ["NGC17.jpg", "NGC18.jpg"])
    (source / "t.txt").write_text(text)
    plan, survey = run(source, tmp_path, label="z")
    assert survey.catalogue["z"].tolist() == [0.25, 0.5]
    assert plan.images == ("NGC17.jpg", "NGC18.jpg")


def test_accents_may_be_encoded_in_two_ways(tmp_path):
    """macOS decomposes the letters of file names."""
    source = make_source(tmp_path / "in", ["name,p", "Galáxia 1,0.1", "Galáxia 2,0.2"])
    for n in (1, 2):
        write_image(source / f"Gala\u0301xia {n}.jpg", n)
    _, survey = run(source, tmp_path)
    assert survey.object_ids == ["Galáxia 1", "Galáxia 2"]


@pytest.mark.parametrize("cell", ["8.51 ± 0.05", '="8.51"', "'8.51"])
def test_numbers_within_text_are_explained_for_the_usual_label(tmp_path, cell):
    quoted_cell = cell.replace('"', '""')
    source = make_source(
        tmp_path / "in", ["id,oh_p50", *(f'{n},"{quoted_cell}"' for n in (17, 18))], ["17.jpg", "18.jpg"]
    )
    with pytest.raises(SurveyError, match=r"write the numbers alone, such as 8\.51 for"):
        write_import(plan_import(source), tmp_path / "out")
