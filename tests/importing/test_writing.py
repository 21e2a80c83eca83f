"""Writing an import: completely or not at all, formats by content, broken images, and nothing outside of the source."""

import errno
import json
import os

import pytest
from PIL import Image

from galviz.files.lock import exclusive_lock
from galviz.importing import catalogue_writing, copying, writing
from galviz.importing.plan import plan_import
from galviz.importing.writing import write_import
from galviz.survey.survey import SurveyError, load_survey
from tests.importing.sources import make_source, picture, read_catalogue_lines, write_image


@pytest.fixture
def source(tmp_path):
    lines = ["GalaxyID,p,q", *(f"{n},0.{n},-77" for n in range(1, 6))]
    return make_source(tmp_path / "in", lines, [f"images/{n}.jpg" for n in range(1, 6)], "t.csv")


def test_the_record_has_no_path_of_this_machine(source, tmp_path):
    write_import(plan_import(source, label="p", missing=["-77"]), tmp_path / "out")
    text = (tmp_path / "out" / "import.json").read_text()
    record = json.loads(text)
    assert (record["source"], record["table"], record["galaxies"]) == ("in", "t.csv", 5)
    assert record["options"] == {"--label": "p", "--missing": "-77"}
    assert str(tmp_path) not in text


def test_values_that_the_user_names_as_missing_are_left_empty(source, tmp_path):
    result = write_import(plan_import(source, missing=["-77.0"]), tmp_path / "out")
    assert read_catalogue_lines(tmp_path / "out")[1] == "1,0.1,"
    assert any("5 cells of q" in note for note in result.notes)


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError, OSError(errno.ENOSPC, "No space left on device")])
def test_an_interrupted_import_leaves_nothing(source, tmp_path, stop):
    def progress(done, total):
        if done == 3:
            raise stop

    plan = plan_import(source)
    with pytest.raises(type(stop) if isinstance(stop, OSError) else stop):
        write_import(plan, tmp_path / "out", progress=progress)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in"]
    write_import(plan, tmp_path / "out")


def test_a_full_disk_names_the_target(source, tmp_path, monkeypatch):
    def full(path, folder, object_id, link):
        raise OSError(errno.ENOSPC, "No space left on device", str(folder / "1.jpg"))

    monkeypatch.setattr(copying, "_copy", full)
    with pytest.raises(OSError, match="No space left") as raised:
        write_import(plan_import(source), tmp_path / "out")
    assert raised.value.filename == str(tmp_path / "out" / "images" / "1.jpg")
    assert not (tmp_path / "out").exists()


def test_what_a_killed_import_left_is_removed(source, tmp_path):
    left = tmp_path / ".out.0123456789ab.part"
    make_source(left, None, ["images/1.jpg"])
    (left / ".importing").touch()
    running = tmp_path / ".out.ba9876543210.part"
    make_source(running, None, ["images/1.jpg"])
    with exclusive_lock(running / ".importing", "busy"):
        write_import(plan_import(source), tmp_path / "out")
    assert not left.exists()
    assert running.exists()
    assert not (tmp_path / "out" / ".importing").exists()


@pytest.mark.parametrize("what", ["file", "folder with a file", "inside the source"])
def test_existing_files_are_never_touched(source, tmp_path, what):
    target = source / "out" if what == "inside the source" else tmp_path / "out"
    if what == "file":
        target.write_text("mine")
    elif what == "folder with a file":
        make_source(target, ["mine"])
    with pytest.raises(ValueError, match=r"name (a new|another) folder"):
        write_import(plan_import(source), target)
    assert what == "inside the source" or target.exists()


def test_an_empty_folder_is_used(source, tmp_path):
    (tmp_path / "out").mkdir()
    write_import(plan_import(source), tmp_path / "out")
    assert len(load_survey(tmp_path / "out").object_ids) == 5


def test_links_share_the_bytes(source, tmp_path):
    write_import(plan_import(source), tmp_path / "out", link=True)
    assert (source / "images" / "1.jpg").samefile(tmp_path / "out" / "images" / "1.jpg")


def test_endings_follow_the_content(tmp_path):
    source = make_source(tmp_path / "in", ["id", *(f"g{n}" for n in range(6))])
    picture(0).save(source / "g0.jfif", "JPEG")
    picture(1).save(source / "g1", "JPEG")
    picture(2).save(source / "g2.JPE", "JPEG")
    picture(3).save(source / "g3.jpg", "PNG")
    picture(4).save(source / "g4.tif")
    picture(5).save(source / "g5.webp", lossless=True)
    result = write_import(plan_import(source), tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out" / "images").iterdir())
    assert names == ["g0.jpg", "g1.jpg", "g2.jpg", "g3.png", "g4.png", "g5.png"]
    assert sum("to PNG" in note for note in result.notes) == 2
    survey = load_survey(tmp_path / "out")
    assert survey.image("g4").tobytes() == picture(4).tobytes()
    assert survey.image("g5").tobytes() == picture(5).tobytes()


@pytest.mark.parametrize(
    ("save", "words"),
    [
        (lambda path: Image.new("I;16", (40, 40), 900).save(path, "TIFF"), "more than 8 bits"),
        (lambda path: picture().save(path, "GIF", save_all=True, append_images=[picture(1)]), "several frames"),
        (lambda path: Image.new("RGBA", (40, 40), (9, 9, 9, 7)).save(path, "WEBP"), "transparent"),
        (lambda path: path.write_bytes(b"II*\0" + bytes(20)), "broken"),
        (lambda path: path.write_bytes(b"<html>404</html>"), "HTML"),
        (lambda path: path.write_bytes(b""), "empty"),
    ],
    ids=["16 bits", "animated", "transparent", "broken", "HTML", "empty"],
)
def test_images_that_cannot_be_used_are_refused_or_left_out(source, tmp_path, save, words):
    (source / "images" / "3.jpg").unlink()
    save(source / "images" / "3.jpg")
    plan = plan_import(source)
    with pytest.raises(SurveyError, match=words) as raised:
        write_import(plan, tmp_path / "out")
    assert [problem.object_id for problem in raised.value.details] == ["3"]
    assert not (tmp_path / "out").exists()
    result = write_import(plan, tmp_path / "out", skip_broken=True)
    assert result.n_galaxies == 4
    assert load_survey(tmp_path / "out").object_ids == ["1", "2", "4", "5"]
    assert list(json.loads((tmp_path / "out" / "import.json").read_text())["left_out"]) == ["3"]


def test_a_table_that_changed_in_the_meantime_is_refused(source, tmp_path):
    plan = plan_import(source)
    (source / "t.csv").write_text("id\n1\n")
    with pytest.raises(SurveyError, match="has changed"):
        write_import(plan, tmp_path / "out")


def test_rows_that_changed_in_the_meantime_are_refused(source, tmp_path):
    plan = plan_import(source)
    lines = (source / "t.csv").read_text().splitlines()
    (source / "t.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n")
    with pytest.raises(SurveyError, match="has changed"):
        write_import(plan, tmp_path / "out")


@pytest.mark.parametrize(
    ("cell", "object_id"),
    [
        ("SDSS J1234+56 / A", "SDSS J1234+56 _ A"),
        ("NGC:1", "NGC_1"),
        ("..", "_"),
        ("a/../../etc/passwd", "a_____etc_passwd"),
        ("x\u202ey", "x_y"),
        ("=HYPERLINK(1)", "_HYPERLINK_1_"),
    ],
)
def test_ids_that_cannot_be_file_names_are_replaced(tmp_path, cell, object_id):
    source = make_source(tmp_path / "in", ["name,file", f"{cell},a.jpg", "M 31,b.jpg"], ["a.jpg", "b.jpg"])
    plan = plan_import(source, id_column="name", image_column="file")
    assert "/" not in plan.ids[0]
    write_import(plan, tmp_path / "out")
    survey = load_survey(tmp_path / "out")
    assert survey.catalogue["original_id"].tolist() == [cell, "M 31"]
    assert survey.object_ids == [object_id, "M 31"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "out"]


def test_ids_that_would_become_the_same_are_refused(tmp_path):
    source = make_source(tmp_path / "in", ["name,file", "a/b,a.jpg", "a:b,b.jpg"], ["a.jpg", "b.jpg"])
    with pytest.raises(SurveyError, match="a/b and a:b"):
        plan_import(source, id_column="name", image_column="file")


def test_nothing_outside_of_the_source_is_read(tmp_path):
    write_image(tmp_path / "private.jpg", 1)
    write_image(tmp_path / "private" / "18.jpg", 2)
    lines = ["id,file_loc", f"17,{tmp_path / 'private.jpg'}", "18,../private/18.jpg", "19,19.jpg", "20,20.jpg"]
    source = make_source(tmp_path / "in", lines, ["19.jpg", "20.jpg"])
    (source / "18.jpg").symlink_to(tmp_path / "private" / "18.jpg")
    (source / "folder").symlink_to(tmp_path / "private")
    os.mkfifo(source / "17.jpg")
    plan = plan_import(source)
    assert plan.ids == ("19", "20")
    assert any("2 symbolic links" in note for note in plan.notes)
    assert any("Special files" in note for note in plan.notes)


def test_links_inside_of_the_source_are_followed(tmp_path):
    source = make_source(tmp_path / "in", ["id", "17", "18"], ["store/a1b2.jpg", "18.jpg"])
    (source / "17.jpg").symlink_to(source / "store" / "a1b2.jpg")
    plan = plan_import(source)
    write_import(plan, tmp_path / "out", link=True)
    assert not (tmp_path / "out" / "images" / "17.jpg").is_symlink()


def test_two_ids_that_are_one_file_on_this_disk(tmp_path, monkeypatch):
    """As on macOS and Windows, where Abc.jpg and abc.jpg are one file."""
    source = make_source(tmp_path / "in", ["id,file", "Abc,1.jpg", "abc,2.jpg"], ["1.jpg", "2.jpg"])
    plan = plan_import(source, id_column="id")
    assert any("upper and lower case" in note for note in plan.notes)
    copy = copying._copy
    monkeypatch.setattr(copying, "_copy", lambda path, folder, object_id, link: copy(path, folder, "abc", link))
    with pytest.raises(OSError, match="differ only in upper and lower case"):
        write_import(plan, tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert writing.RECORD_NAME == "import.json"


def test_a_large_catalogue_is_parquet_with_the_same_values(tmp_path, monkeypatch):
    header = "GalaxyID,count,code,fraction,long,word,empty,sentinel,mixed"
    lines = [
        header,
        "1,3,007,0.25,1237648702973411443.5,x,,-9999,1.5",
        "2,4,010,-1e-3,7,,,-9999,bad",
        "3,,1,.5,8,-77,,2,-77",
    ]
    source = make_source(tmp_path / "in", lines, ["1.jpg", "2.jpg", "3.jpg", "4.jpg"])
    frames = []
    for limit in (100, 1):
        monkeypatch.setattr(catalogue_writing, "MAX_CSV_ROWS", limit)
        write_import(plan_import(source, missing=["-77"]), tmp_path / f"out{limit}")
        frames.append(load_survey(tmp_path / f"out{limit}").catalogue)
    assert (tmp_path / "out1" / "master.parquet").is_file()
    assert not (tmp_path / "out1" / "master.csv").exists()
    csv, parquet = frames
    assert parquet.drop(columns="count").equals(csv.drop(columns="count"))
    assert parquet["count"].tolist()[:2] == csv["count"].tolist()[:2] == [3, 4]


def test_broken_images_are_left_out_of_parquet(tmp_path, monkeypatch):
    monkeypatch.setattr(catalogue_writing, "MAX_CSV_ROWS", 1)
    source = make_source(tmp_path / "in", ["id,p", "1,0.1", "2,0.2", "3,0.3"], ["1.jpg", "2.jpg", "3.jpg"])
    (source / "2.jpg").write_bytes(b"")
    write_import(plan_import(source, label="p"), tmp_path / "out", skip_broken=True)
    assert load_survey(tmp_path / "out", "p").catalogue["p"].to_dict() == {"1": 0.1, "3": 0.3}
