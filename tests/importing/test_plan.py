"""Choices of an import: evidence, questions, options that win and conflicts, ids that can't be used."""

import pickle

import pytest

from galviz.importing.plan import plan_import
from galviz.importing.question import ImportQuestion
from galviz.importing.writing import write_import
from galviz.survey.survey import SurveyError
from tests.importing.sources import make_source


def problem_of(source, **options):
    """The single problem, as a sentence."""
    with pytest.raises(SurveyError) as raised:
        plan_import(source, **options)
    (problem,) = raised.value.details
    return str(problem)


@pytest.fixture
def two_columns(tmp_path):
    """Two columns of numbers that name different images, and the same number of them."""
    lines = ["left,right,ra", *(f"{10 + n},{13 - n},150.{n}" for n in range(4))]
    return make_source(tmp_path / "in", lines, [f"images/{10 + n}.jpg" for n in range(4)], "t.csv")


def test_two_columns_that_name_different_images_are_a_question(two_columns):
    with pytest.raises(ImportQuestion) as raised:
        plan_import(two_columns)
    question = raised.value
    assert (question.option, question.guess, question.candidates) == ("--image", "left", ("left", "right"))
    assert question.columns == ("left", "right", "ra")
    assert question.rows[0] == ("10", "13", "150.0")
    assert "--image left" in str(question)
    assert str(pickle.loads(pickle.dumps(question))) == str(question)


@pytest.mark.parametrize("options", [{"image_column": "right"}, {"id_column": "right"}])
def test_the_answer_of_a_question_works(two_columns, options):
    plan = plan_import(two_columns, **options)
    assert plan.ids == ("13", "12", "11", "10")
    assert plan.images[0] == "images/13.jpg"
    assert plan.options == {"--image" if "image_column" in options else "--id": "right"}


def test_a_usual_name_decides_between_two_columns(tmp_path):
    lines = ["row,objid", *(f"{10 + n},{13 - n}" for n in range(4))]
    source = make_source(tmp_path / "in", lines, [f"{10 + n}.jpg" for n in range(4)])
    assert plan_import(source).id_column == "objid"


def test_without_a_usual_name_and_without_evidence_a_column_is_needed(tmp_path):
    source = make_source(tmp_path / "in", ["a,b", "x1,5", "x2,5"], ["q7.jpg", "q8.jpg"])
    sentence = problem_of(source)
    assert "no column names one of the 2 images" in sentence
    assert "add a column with the images' names and give it with --image" in sentence
    make_source(source, ["a,b,mine", "x1,5,q8", "x2,5,q7"])
    assert plan_import(source, image_column="mine").images == ("q8.jpg", "q7.jpg")


@pytest.mark.parametrize(
    ("column", "numbers", "names"),
    [
        ("id", range(4), "1 2 3 4"),
        ("id", range(1, 5), "0 1 2 3"),
        ("id", range(4), "001 002 003 004"),
        ("id", range(11, 15), "g12 g13 g14 g15"),
        ("", range(4), "1 2 3 4"),  # pandas' index
    ],
)
def test_numbers_shifted_by_one_name_no_images(tmp_path, column, numbers, names):
    """Each galaxy but one would get the image of its neighbour."""
    lines = [f"{column},p", *(f"{n},0.{n + 1}" for n in numbers)]
    source = make_source(tmp_path / "in", lines, [f"{name}.jpg" for name in names.split()])
    assert f"counts from {numbers[0]} to {numbers[-1]}" in problem_of(source)
    assert len(plan_import(source, image_column=column or "row_number").ids) == 3  # the user's word


@pytest.mark.parametrize(
    ("ids", "names"),
    [
        (("17", "18"), ("117", "118")),  # other numbers, not text before the id
        (("17", "18"), ("g170", "g180")),
        (("1_23", "4_56"), ("12_3", "45_6")),
        (("1 23", "4 56"), ("123", "456")),
        (("J12+34", "J12-34"), ("J12_34", "J99_1")),
        (("星系1", "星系2"), ("銀河1", "銀河2")),
    ],
)
def test_other_ids_do_not_match(tmp_path, ids, names):
    source = make_source(
        tmp_path / "in", ["name,p", *(f"{name},0.5" for name in ids)], [f"{name}.jpg" for name in names]
    )
    with pytest.raises(SurveyError):
        plan_import(source)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"id_column": "Galaxyid"}, ["--id", "'GalaxyID' meant"]),
        ({"image_column": "nope"}, ["--image", "its columns are: GalaxyID, p, word"]),
        ({"label": "P"}, ["--label", "'p' meant"]),
        ({"label": "GalaxyID"}, ["holds the ids"]),
        ({"label": "word"}, ["holds text (up, down)", "choose another label or none"]),
        ({"id_column": "word"}, ["none of the 2 rows' 'word' names one of the 2 images"]),
    ],
)
def test_options_are_validated(tmp_path, options, words):
    source = make_source(tmp_path / "in", ["GalaxyID,p,word", "17,0.5,up", "18,0.6,down"], ["17.jpg", "18.jpg"])
    if options == {"id_column": "word"}:  # another column names the images
        plan = plan_import(source, **options)
        assert (plan.ids, plan.image_column) == (("up", "down"), "GalaxyID")
        options["image_column"] = "word"
    sentence = problem_of(source, **options)
    assert all(word in sentence for word in words), sentence


def test_no_label_is_said_with_likely_columns(tmp_path):
    lines = ["id,ra,p_spiral,kind,count", "17,150.1,0.5,a,3", "18,150.2,0.6,b,4"]
    plan = plan_import(make_source(tmp_path / "in", lines, ["17.jpg", "18.jpg"]))
    assert plan.label is None
    assert "--label COLUMN (of: p_spiral)" in plan.notes[-1]


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["17", "17", "18"], ["1 id occurs more than once", "in 2 rows: 17", "one row per galaxy"]),
        (["17", "", "18"], ["1 row has no id", "galaxy 2"]),
        (["17", "nan", "18"], ["1 row has no id"]),
    ],
)
def test_ids_must_be_unique_and_present(tmp_path, cells, words):
    lines = ["objid,file", *(f"{cell},{n}.jpg" for n, cell in enumerate(cells))]
    sentence = problem_of(make_source(tmp_path / "in", lines, [f"{n}.jpg" for n in range(3)]), id_column="objid")
    assert all(word in sentence for word in words), sentence


def test_rounded_ids_are_explained(tmp_path):
    lines = ["objid,file", "1.2376E+18,a.jpg", "1.2376E+18,b.jpg"]
    source = make_source(tmp_path / "in", lines, ["a.jpg", "b.jpg"])
    assert "rounded by a spreadsheet" in problem_of(source, id_column="objid", image_column="file")


def test_ids_that_a_float_has_rounded_name_no_images_and_are_explained(tmp_path):
    lines = ["objid,z", "1.2376487029734e+18,0.1", "1.2376487029943e+18,0.2"]
    source = make_source(tmp_path / "in", lines, ["1237648702973411443.jpg", "1237648702994383943.jpg"])
    assert "rounded by a spreadsheet or a float" in problem_of(source)


def test_most_rows_without_an_image_are_refused(tmp_path):
    lines = ["id", *map(str, range(100, 120))]
    source = make_source(tmp_path / "in", lines, ["100.jpg", "101.jpg", "x1.jpg", "x2.jpg", "x3.jpg", "x4.jpg"])
    for options in ({}, {"id_column": "id"}):
        with pytest.raises(SurveyError, match=r"only 2 of the 20 rows.*they are like 102, the images' names like x1"):
            plan_import(source, **options)


def test_images_of_the_same_name_in_two_folders_are_a_question(tmp_path):
    names = [f"{folder}/{n}.jpg" for folder in ("images", "thumbs") for n in (17, 18)]
    source = make_source(tmp_path / "in", ["id", "17", "18"], names)
    with pytest.raises(ImportQuestion) as raised:
        plan_import(source)
    assert (raised.value.option, raised.value.guess) == ("--images", str(source / "images"))
    assert plan_import(source, images=raised.value.guess).n_galaxies == 2


def test_a_path_chooses_between_images_of_the_same_name(tmp_path):
    names = [f"{folder}/{n}.jpg" for folder in ("a", "b") for n in (17, 18)]
    lines = ["name,path", *(f"{name[0]}{name[2:4]},/data/{name}" for name in names)]
    plan = plan_import(make_source(tmp_path / "in", lines, names))
    assert plan.images == tuple(names)
    assert plan.ids == ("a17", "a18", "b17", "b18")


def test_a_missing_header_is_explained(tmp_path):
    source = make_source(tmp_path / "in", ["17,0.5", "18,0.6", "19,0.7"], ["17.jpg", "18.jpg", "19.jpg"])
    assert "the header seems to be missing" in problem_of(source)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: folder, "there is no table and there are no images"),
        (lambda folder: folder / "nowhere", "there is no such file or folder"),
        (lambda folder: make_source(folder, ["id", "17"]), "--images FOLDER"),
        (lambda folder: make_source(folder, None, ["17.jpg"]) / "17.jpg", "give the folder that contains the images"),
    ],
)
def test_sources_that_cannot_be_imported(tmp_path, make, words):
    assert words in problem_of(make(tmp_path))


def test_a_workbook_is_a_table_that_must_be_saved_as_csv(tmp_path):
    source = make_source(tmp_path / "in", None, ["17.jpg", "18.jpg"])
    (source / "catalogue.xlsx").write_bytes(b"PK\x03\x04" + bytes(30))
    assert "CSV UTF-8" in problem_of(source)


def test_annotations_and_readmes_are_no_tables(tmp_path):
    source = make_source(tmp_path / "in", ["id,p", "17,0.5", "18,0.6"], ["images/17.jpg", "images/18.jpg"], "t.csv")
    for name in ("README.txt", "images/17.txt", "images/17.xml", "requirements.txt", ".DS_Store", "images/Thumbs.db"):
        (source / name).write_text("text")
    assert plan_import(source).table.name == "t.csv"


@pytest.mark.parametrize("first", ["1237648704043942146,8.5", "NGC 12,E0", "J1234.5+0.1,E0"])
def test_a_missing_header_is_found_if_its_galaxy_has_no_image(tmp_path, first):
    name, value = first.split(",")
    names = [name.replace("12", digits, 1) for digits in ("12", "17", "18")]
    source = make_source(
        tmp_path / "in", [f"{other},{value}" for other in names], [f"{other}.jpg" for other in names[1:]]
    )
    assert "the header seems to be missing" in problem_of(source)
    make_source(source, ["name,value", *(f"{other},{value}" for other in names)])
    assert plan_import(source).ids == tuple(names[1:])


def test_one_image_for_all_rows_is_no_survey(tmp_path):
    source = make_source(tmp_path / "in", ["file,p", *["blank.jpg,0.5"] * 5], ["blank.jpg", "17.jpg", "18.jpg"])
    assert "'file' names only 1 of the 3 images" in problem_of(source)


def test_few_images_by_chance_are_explained(tmp_path):
    ids = [2**60 + 256 * n + n for n in range(8)]  # a float64 holds multiples of 256
    lines = ["objID,p", *(f"{int(float(number))},0.5" for number in ids)]
    sentence = problem_of(make_source(tmp_path / "in", lines, [f"{number}.jpg" for number in ids]))
    assert "only 1 of the 8 rows'" in sentence
    assert "rounded" in sentence


def test_ids_of_rows_without_an_image_may_be_missing_or_repeated(tmp_path):
    lines = ["objid,p", "17,0.5", "18,0.6", "-9999,0.1", "-9999,0.2", ",0.3"]
    plan = plan_import(make_source(tmp_path / "in", lines, ["17.jpg", "18.jpg"]))
    assert (plan.ids, plan.n_without_image) == (("17", "18"), 3)


@pytest.mark.parametrize(
    ("cell", "plain", "options"),
    [
        ("1'230.5", "1230.5", 'thousands="\'"'),
        ("1.230,5", "1230.5", "thousands='.', decimal=','"),
        ("1,230.5", "1230.5", "thousands=','"),
    ],
)
def test_labels_with_separators_are_explained(tmp_path, cell, plain, options):
    rows = [f"{n};{cell}" for n in (17, 18)]
    source = make_source(tmp_path / "in", ["id;p", *rows], ["17.jpg", "18.jpg"])
    with pytest.raises(SurveyError) as raised:
        write_import(plan_import(source, label="p"), tmp_path / "out")
    assert f"{plain} here" in str(raised.value)
    assert options in str(raised.value)
    assert not (tmp_path / "out").exists()


def test_values_that_may_be_missing_are_counted(tmp_path):
    cells = [-120.5, -999.0, 35.2, -999.0, 210.1]
    lines = ["id,v_hel", *(f"{n},{cell}" for n, cell in enumerate(cells, 17))]
    source = make_source(tmp_path / "in", lines, [f"{n}.jpg" for n in range(17, 22)])
    assert write_import(plan_import(source), tmp_path / "out").possibly_missing == {"v_hel": {"-999.0": 2}}
