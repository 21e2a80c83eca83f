"""A survey folder loads, or all its problems are listed; threads can share a survey."""

import contextlib
import hashlib
import os
import pickle
import random
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from galviz.survey import problems as problems_module
from galviz.survey import survey as survey_module
from galviz.survey.cutouts import ImageFacts, inspect_image
from galviz.survey.images import decode_rgb
from galviz.survey.problems import Problem
from galviz.survey.survey import ChangedSurveyError, SurveyError, load_survey

ROOT = Path(__file__).parents[2]


@pytest.fixture
def folder(make_survey):
    """Five sound galaxies, 32 px; the nth (from 0) is on line n + 2."""
    return make_survey(5, causes=False, side_px=32)


def ids_in(folder):
    return [line.split(",")[0] for line in (folder / "master.csv").read_text().splitlines()[1:]]


def image_in(folder, number):
    return folder / "images" / f"{ids_in(folder)[number]}.jpg"


def state_of(folder):
    """Every file of a folder with its content and its time of change."""
    return {
        path.relative_to(folder): (path.lstat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
        for path in folder.rglob("*")
    }


def refused(folder, label=None, **options):
    """The error for a folder, which must be as it was afterwards."""
    before = state_of(folder)
    with pytest.raises(SurveyError) as caught:
        load_survey(folder, label, **options)
    assert state_of(folder) == before
    return caught.value


def only_problem(folder, **options):
    """The one problem of a folder, as (row, objID, file) and its sentence."""
    error = refused(folder, **options)
    (problem,) = error.problems.to_dict("records")
    (sentence,) = map(str, error.details)
    assert f"{problem['problem']}; {problem['remedy']}." in sentence
    return (problem["row"], problem["objID"], problem["file"]), sentence


# --- the contract -----------------------------------------------------------------------------------------------------


def test_valid_folder(folder):
    survey = load_survey(str(folder))
    assert survey.folder == folder
    assert survey.object_ids == ids_in(folder) == survey.catalogue.index.tolist()
    assert survey.label.column == "metallicity"
    written = pd.read_csv(folder / "master.csv", dtype={"objID": str}).set_index("objID")
    np.testing.assert_array_equal(survey.catalogue["metallicity"], written["oh_p50"])
    for object_id in survey.object_ids:
        expected = Image.open(folder / "images" / f"{object_id}.jpg")
        image = survey.image(object_id)
        assert (image.mode, image.size, survey.image_size(object_id)) == ("RGB", (32, 32), (32, 32))
        np.testing.assert_array_equal(image, expected)


def test_survey_without_label(make_survey):
    survey = load_survey(make_survey(3, labelled=False, side_px=32))
    assert survey.label is None
    assert "metallicity" not in survey.catalogue
    assert load_survey(survey.folder, "redshift").label.column == "redshift"


def test_order_is_that_of_the_catalogue(folder):
    header, *rows = (folder / "master.csv").read_text().splitlines()
    (folder / "master.csv").write_text("\n".join([header, *reversed(rows)]))
    survey = load_survey(folder)
    assert survey.object_ids == [row.split(",")[0] for row in reversed(rows)]
    assert survey.catalogue["metallicity"].tolist() == [float(row.split(",")[1]) for row in reversed(rows)]


@pytest.mark.parametrize("suffix", [".jpeg", ".png", ".JPG", ".Png"])
def test_endings_of_image_names(make_survey, suffix):
    folder = make_survey(2, causes=False, side_px=32)
    for path in (folder / "images").iterdir():
        path.rename(path.with_suffix(suffix))
    survey = load_survey(folder)
    assert survey.image(survey.object_ids[0]).size == (32, 32)


def test_png_called_jpg_and_unlisted_files(folder):
    path = image_in(folder, 0)
    pixels = np.asarray(Image.open(path))
    Image.fromarray(pixels).save(path, format="PNG")
    for name in ("other.jpg", ".DS_Store", f"._{path.name}", ".1.jpg.0a1b.part", "notes.txt"):
        (folder / "images" / name).write_bytes(b"rubbish")
    survey = load_survey(folder)
    np.testing.assert_array_equal(survey.image(path.stem), pixels)


def test_mock_survey_is_the_default(monkeypatch, folder):
    assert survey_module.mock_survey_folder() == ROOT / "data" / "mock-survey"
    monkeypatch.setattr(survey_module, "mock_survey_folder", lambda: folder)
    image_in(folder, 0).write_bytes(b"not decoded")
    assert load_survey().folder == folder  # its checksum is what verifies it
    with pytest.raises(SurveyError, match="isn't a JPEG or PNG"):
        load_survey(verify=True)
    monkeypatch.setattr(survey_module, "mock_survey_folder", lambda: folder / "gone")
    with pytest.raises(SurveyError, match="mock survey isn't there; work in a clone"):
        load_survey()


def test_working_folder_may_change(folder, monkeypatch):
    monkeypatch.chdir(folder.parent)
    survey = load_survey(folder.name)
    monkeypatch.chdir(folder)
    assert survey.image(survey.object_ids[0]).size == (32, 32)


def test_large_survey_loads_fast(make_survey):
    folder = make_survey(1000, side_px=16)
    start = time.process_time()
    survey = load_survey(folder, verify=False)
    assert time.process_time() - start < 0.5  # of CPU; 0.04 s on an idle core
    assert len(survey.object_ids) == 1000


def test_loading_imports_neither_torch_nor_streamlit():
    script = (
        "import galviz.survey.survey, sys; print([m for m in ('torch', 'streamlit', 'sklearn') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- ids --------------------------------------------------------------------------------------------------------------


def test_unknown_id(folder):
    survey = load_survey(folder)
    known = survey.object_ids[0]
    with pytest.raises(ValueError, match=f"must be one of the survey's 5 ids; got '{known}9', which is close to"):
        survey.image(known + "9")
    with pytest.raises(ValueError, match=r"got '\.\./x'$"):
        survey.image("../x")
    with pytest.raises(ValueError, match="type int: ids are strings"):
        survey.image(int(known))
    with pytest.raises(ValueError, match="must be one of"):
        survey.image_size("")


def test_image_changes_after_loading(folder):
    survey = load_survey(folder)
    object_id, checksum = survey.object_ids[3], load_survey(folder).sha256
    content = image_in(folder, 3).read_bytes()
    image_in(folder, 3).write_bytes(image_in(folder, 2).read_bytes())  # sound, and another galaxy's
    for read in (survey.image, survey.image_size):
        with pytest.raises(
            ChangedSurveyError, match="changed since the survey was loaded; load the survey again"
        ) as caught:
            read(object_id)
        assert caught.value.problems["row"].tolist() == [5]
    assert survey.sha256 == checksum  # of the content that it was loaded with
    assert load_survey(folder).sha256 != checksum
    image_in(folder, 3).unlink()
    with pytest.raises(SurveyError, match=rf"row 5, images/{object_id}\.jpg: there is no such file"):
        survey.image(object_id)
    image_in(folder, 3).write_bytes(content)
    assert survey.image(object_id).size == (32, 32)


def test_image_changes_after_first_read(folder):
    whole = load_survey(folder)
    survey = load_survey(folder, verify=False)
    survey.image(survey.object_ids[0])
    image_in(folder, 0).write_bytes(image_in(folder, 1).read_bytes())
    for read in (survey.image, survey.image_size):
        with pytest.raises(ChangedSurveyError):
            read(survey.object_ids[0])
    assert survey.sha256 == whole.sha256
    unread = load_survey(folder, verify=False)
    image_in(folder, 4).unlink()
    with pytest.raises(SurveyError, match="no such file"):
        _ = unread.sha256


@pytest.mark.parametrize("verify", [True, False])
def test_threads_read_a_changing_image(folder, verify):
    survey = load_survey(folder, verify=verify)
    object_id, path = survey.object_ids[0], image_in(folder, 0)
    contents = [path.read_bytes(), image_in(folder, 1).read_bytes()]
    pixels = [decode_rgb(content).tobytes() for content in contents]

    def read(_):
        try:
            return survey.image(object_id).tobytes()
        except ChangedSurveyError:
            return None

    with ThreadPoolExecutor(8) as pool:
        read_pixels = set()
        for turn in range(60):
            path.with_suffix(".part").write_bytes(contents[turn % 2])
            path.with_suffix(".part").replace(path)
            read_pixels |= set(pool.map(read, range(8)))
    read_pixels.discard(None)
    assert len(read_pixels) == 1
    assert read_pixels <= set(pixels)


# --- sharing ----------------------------------------------------------------------------------------------------------


def test_callers_get_copies(folder):
    survey = load_survey(folder)
    before = survey.catalogue.copy(deep=True)
    mine = survey.catalogue
    mine["metallicity"] = 0.0
    mine["extra"] = 1
    mine.iloc[0, 0] = -1.0
    mine.loc["new"] = 3.0
    del mine["metallicity"]
    other = survey.catalogue
    other.index.name = "renamed"
    other.columns = ["z"]
    other.attrs["note"] = "mine"
    column = survey.catalogue["metallicity"]
    column.iloc[1] = -1.0
    values = survey.catalogue["metallicity"].to_numpy()
    with pytest.raises(ValueError, match="read-only"):
        values[0] = -1
    survey.object_ids.clear()
    image = survey.image(before.index[0])
    image.putpixel((0, 0), (1, 2, 3))
    image.info["note"] = "mine"

    pd.testing.assert_frame_equal(survey.catalogue, before)
    assert survey.catalogue.index.name == "objID"
    assert survey.catalogue.attrs == {}
    assert survey.object_ids == before.index.tolist()
    assert survey.image(before.index[0]).info == {}
    for name in ("folder", "label", "catalogue", "object_ids"):
        with pytest.raises(AttributeError):
            setattr(survey, name, None)
    with pytest.raises(AttributeError):
        survey.label.low = 0


def test_threads_share_a_survey(make_survey):
    folder = make_survey(24, causes=False, side_px=40)
    survey = load_survey(folder)
    expected = {object_id: np.asarray(survey.image(object_id)) for object_id in survey.object_ids}
    catalogue = survey.catalogue.copy(deep=True)
    checksum = load_survey(folder).sha256

    def session(seed):
        dice = random.Random(seed)
        for _ in range(15):
            object_id = dice.choice(survey.object_ids)
            np.testing.assert_array_equal(survey.image(object_id), expected[object_id])
            mine = survey.catalogue
            pd.testing.assert_frame_equal(mine, catalogue)
            mine.loc[object_id, "metallicity"] = seed
            mine.insert(0, "seed", seed)
            assert (mine["seed"] == seed).all()
        return survey.sha256

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(session, range(8))) == {checksum}
    pd.testing.assert_frame_equal(survey.catalogue, catalogue)


def test_pickling(folder):
    survey = pickle.loads(pickle.dumps(load_survey(folder)))
    assert survey.image(survey.object_ids[0]).size == (32, 32)


# --- the checksum -----------------------------------------------------------------------------------------------------


def test_checksum_definition(folder):
    digest = hashlib.sha256(hashlib.sha256((folder / "master.csv").read_bytes()).digest())
    for object_id in ids_in(folder):
        digest.update(hashlib.sha256((folder / "images" / f"{object_id}.jpg").read_bytes()).digest())
    assert load_survey(folder).sha256 == digest.hexdigest()


def test_checksum_depends_on_content_only(folder):
    first = load_survey(folder).sha256
    (folder / "README.md").write_text("not part of it")
    image_in(folder, 0).touch()
    assert load_survey(folder).sha256 == first
    image = image_in(folder, 4)
    content = image.read_bytes()
    image.write_bytes(content + b"\0")
    second = load_survey(folder).sha256
    image.write_bytes(content)
    assert load_survey(folder).sha256 == first
    table = folder / "master.csv"
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    assert len({first, second, load_survey(folder).sha256}) == 3


# --- images that can't be used ----------------------------------------------------------------------------------------


def _truncate(path):
    path.write_bytes(path.read_bytes()[:-200])


def _transparent(path):
    Image.new("RGBA", (9, 9), (1, 2, 3, 99)).save(path, format="PNG")


def _folder_instead(path):
    path.unlink()
    path.mkdir()


def _link_to_nowhere(path):
    path.unlink()
    path.symlink_to("nowhere.jpg")


@pytest.mark.parametrize(
    ("spoil", "says", "remedy"),
    [
        (_truncate, "truncated: its end is missing", "download it again"),
        (
            lambda path: path.write_bytes(b"<html>404"),
            "HTML page, not an image: the download failed",
            "download it again",
        ),
        (lambda path: path.write_bytes(b"abc"), "isn't a JPEG or PNG image", "download it again"),
        (lambda path: Image.new("L", (9, 9)).save(path, format="GIF"), "a GIF image", "8-bit RGB image"),
        (lambda path: Image.new("I;16", (9, 9)).save(path, format="PNG"), "16 bits per channel", "stretch it"),
        (_transparent, "partly transparent", "colour of the sky"),
        (lambda path: path.write_bytes(b""), "empty (0 bytes)", "download it again"),
        (lambda path: path.unlink(), "there is no image", "add it, or remove the galaxy's row"),
        (_folder_instead, "it is a folder, not an image", "put the image itself there"),
        pytest.param(
            _link_to_nowhere,
            "can't be read: No such file",
            "put the image itself there",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows"),
        ),
    ],
)
def test_unusable_image(folder, spoil, says, remedy):
    path = image_in(folder, 2)
    spoil(path)
    place, sentence = only_problem(folder)
    assert place == (4, path.stem, f"images/{path.name}")
    assert sentence.startswith(f"row 4, images/{path.name}: ")
    assert says in sentence
    assert remedy in sentence


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes in folders are Unix's")
def test_image_is_a_named_pipe(folder):
    path = image_in(folder, 1)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(SurveyError, match="a special file, not an image"):
        load_survey(folder)


def test_image_without_permission(folder, monkeypatch):
    # Rights themselves don't stop root, as which tests run in containers.
    path, opened = image_in(folder, 1), os.open

    def deny(name, flags, *mode):
        if Path(name).name == path.name:
            raise PermissionError(13, "Permission denied", str(name))
        return opened(name, flags, *mode)

    monkeypatch.setattr(os, "open", deny)
    with pytest.raises(SurveyError, match=rf"row 3, images/{path.name}: it can't be read: Permission denied; check"):
        load_survey(folder)


def test_two_images_for_one_galaxy(folder):
    path = image_in(folder, 0)
    path.with_suffix(".png").write_bytes(b"")
    place, sentence = only_problem(folder)
    assert place == (2, path.stem, f"images/{path.name}")
    assert f"2 images, {path.name} and {path.stem}.png; keep one" in sentence


@pytest.mark.parametrize(
    ("place", "remedy"),
    [
        ("images/{id}.tif", "there is {id}.tif, which is a JPEG image: rename it to {id}.jpg"),
        ("images/00{id}.jpg", "there is 00{id}.jpg: the id seems to have lost leading zeros, write objID as text"),
        ("{id}.jpg", "there is {id}.jpg: move it into images/"),
        ("Images/{id}.png", "there is Images/{id}.png: move it into images/"),
        ("images/.hidden/{id}.jpg", "add it, or remove the galaxy's row"),
    ],
)
def test_misplaced_image(folder, place, remedy):
    path = image_in(folder, 0)
    target = folder / place.format(id=path.stem)
    target.parent.mkdir(exist_ok=True)
    path.rename(target)
    _, sentence = only_problem(folder)
    assert sentence.endswith(f"there is no image; {remedy.format(id=path.stem)}.")


@pytest.mark.parametrize(
    ("place", "note"),
    [
        ("spirals/{id}.jpg", "1 image lies in a subfolder of images/: spirals (1)."),
        ("a/b/{id}.JPEG", "1 image lies in a subfolder of images/: a/b (1)."),
        ("{id}.jfif", "1 image has an unusual name, and the content of a JPEG or PNG: .jfif (1)."),
        ("{id}.jpe", "1 image has an unusual name, and the content of a JPEG or PNG: .jpe (1)."),
        ("{id}", "1 image has an unusual name, and the content of a JPEG or PNG: no ending (1)."),
    ],
)
def test_images_in_subfolders_and_with_unusual_endings_are_read(folder, place, note):
    before, path = load_survey(folder), image_in(folder, 0)
    pixels, sha256 = before.image(path.stem).tobytes(), before.sha256
    target = folder / "images" / place.format(id=path.stem)
    target.parent.mkdir(parents=True, exist_ok=True)
    path.rename(target)
    survey = load_survey(folder)
    assert survey.notes == [note]
    assert survey.sha256 == sha256
    assert survey.image(path.stem).tobytes() == pixels
    assert survey.images_without_row == []


def test_unusual_endings_need_the_content_of_an_image(folder):
    path = image_in(folder, 0)
    path.unlink()
    path.with_suffix(".jfif").write_bytes(b"something else")
    assert f"there is {path.stem}.jfif: save it as JPEG or PNG" in only_problem(folder)[1]


def rename_all(folder, name):
    """Rename each image by a function of its id and number; return the ids."""
    ids = ids_in(folder)
    for number, object_id in enumerate(ids):
        target = folder / "images" / name(object_id, number)
        target.parent.mkdir(exist_ok=True)
        (folder / "images" / f"{object_id}.jpg").rename(target)
    return ids


def write_ids(folder, ids):
    (folder / "master.csv").write_text("objID,oh_p50\n" + "".join(f"{object_id},8.5\n" for object_id in ids))


@pytest.mark.parametrize(
    ("name", "written", "right", "says"),
    [
        ("000045{}.jpg", "45{}", "000045{}", "lost leading zeros"),
        ("ngc130{}.jpg", "NGC130{}", "ngc130{}", "upper and lower case"),
        ("123764870404394214{}.jpg", "58772295223017499{}", "123764870404394214{}", "data release 7"),
        ("58772295223017499{}.jpg", "123764870404394214{}", "58772295223017499{}", "data release 8"),
    ],
)
def test_ids_that_differ_from_their_images_in_one_way_are_one_problem(folder, name, written, right, says):
    ids = rename_all(folder, lambda _, number: name.format(number))
    write_ids(folder, [written.format(number) for number in range(len(ids))])
    place, sentence = only_problem(folder)
    assert place == (None, "", "master.csv")
    assert says in sentence
    assert f"{len(ids)} ids" in sentence
    # The remedy works.
    write_ids(folder, [right.format(number) for number in range(len(ids))])
    assert len(load_survey(folder).object_ids) == len(ids)


def test_the_image_of_another_row_is_no_remedy(folder):
    ids = rename_all(folder, lambda _, number: f"A{number}.jpg")
    write_ids(folder, [*(f"A{number}" for number in range(len(ids))), "a0"])
    assert "there is no image; add it, or remove the galaxy's row" in only_problem(folder)[1]


def test_images_outside_their_folder_are_one_problem(folder):
    ids = rename_all(folder, lambda object_id, _: f"../imgs/{object_id}.jpg")
    place, sentence = only_problem(folder)
    assert place == (None, "", "master.csv")
    assert f"the images of {len(ids)} galaxies aren't in images/" in sentence
    assert "move them into images/, those in imgs" in sentence
    (folder / "imgs").rename(folder / "images" / "imgs")
    assert load_survey(folder).notes == [f"{len(ids)} images lie in a subfolder of images/: imgs ({len(ids)})."]


def test_one_id_in_several_subfolders(folder):
    ids = rename_all(folder, lambda object_id, _: f"train/{object_id}.jpg")
    shutil.copytree(folder / "images" / "train", folder / "images" / "test")
    place, sentence = only_problem(folder)
    assert place == (None, "", "images/")
    assert f"{len(ids)} galaxies have images in several subfolders" in sentence
    assert f"test/{ids[0]}.jpg and train/{ids[0]}.jpg" in sentence
    shutil.rmtree(folder / "images" / "test")
    (folder / "images" / "other").mkdir()
    shutil.copy(folder / "images" / "train" / f"{ids[0]}.jpg", folder / "images" / "other")
    assert f"2 images, other/{ids[0]}.jpg and train/{ids[0]}.jpg; keep one" in only_problem(folder)[1]


def test_links_to_folders_are_not_followed(folder, tmp_path):
    (folder / "images" / "loop").symlink_to(folder / "images", target_is_directory=True)
    assert len(load_survey(folder).object_ids) == 5
    (folder / "images" / "loop").unlink()
    (folder / "images").rename(tmp_path / "elsewhere")
    (folder / "images").mkdir()
    (folder / "images" / "train").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SurveyError) as raised:
        load_survey(folder)
    (problem,) = raised.value.details
    assert "images/train: it is a link to a folder" in str(problem)
    (folder / "images" / "train").unlink()
    shutil.copytree(tmp_path / "elsewhere", folder / "images" / "train")
    assert len(load_survey(folder).object_ids) == 5


def test_images_that_were_inspected_are_not_decoded_again(folder, monkeypatch):
    survey = load_survey(folder)
    facts = {path.stem: inspect_image(path.read_bytes()) for path in (folder / "images").iterdir()}
    monkeypatch.setattr("galviz.survey.image_check.inspect_image", None)
    again = load_survey(folder, inspected=facts)
    assert (again.sha256, again.image_sizes) == (survey.sha256, survey.image_sizes)
    first = image_in(folder, 0)
    first.write_bytes(image_in(folder, 1).read_bytes())
    with pytest.raises(ChangedSurveyError):
        again.image(first.stem)


def test_names_of_files_in_decomposed_form(folder):
    """macOS decomposes accents in the names of files."""
    ids = rename_all(folder, lambda _, number: f"Gro\u0308\u00dfe {number}.jpg")
    write_ids(folder, [f"Gr\u00f6\u00dfe {number}" for number in range(len(ids))])
    survey = load_survey(folder)
    assert survey.object_ids[0] == "Gr\u00f6\u00dfe 0"
    assert survey.image("Gr\u00f6\u00dfe 0").mode == "RGB"
    assert survey.images_without_row == []


def test_image_in_another_format(folder):
    path = image_in(folder, 0)
    path.unlink()
    path.with_suffix(".fits").write_bytes(b"SIMPLE  =                    T")
    assert f"there is no image; there is {path.stem}.fits: save it as JPEG or PNG" in only_problem(folder)[1]


def test_id_differs_from_image_name(folder):
    path, table = image_in(folder, 0), folder / "master.csv"
    text = table.read_text()
    path.rename(path.with_name("Abc.jpg"))
    table.write_text(text.replace(path.stem, "aBC"))
    assert (
        "there is Abc.jpg: write objID as in the file's name (upper and lower case matter)" in only_problem(folder)[1]
    )


@pytest.mark.parametrize(
    ("there", "remedy"),
    [
        ("Images", "the images are in Images: rename that folder to images"),
        ("cutouts/jpg", "the images are in cutouts/jpg: rename that folder to images"),
        ("imgs", "the images are in imgs: rename that folder to images"),
        (".", "create it, and move the images beside master.csv into it"),
    ],
)
def test_misplaced_image_folder(folder, there, remedy):
    (folder / there).mkdir(parents=True, exist_ok=True)
    for path in list((folder / "images").iterdir()):
        path.rename(folder / there / path.name)
    (folder / "images").rmdir()
    place, sentence = only_problem(folder)
    assert place[2] == "images/"
    assert sentence == f"images/: there is no such folder; {remedy}."


def test_misplaced_folder_with_subfolders(folder):
    """The remedy names the folder that holds the class folders, and works."""
    for number, path in enumerate(list((folder / "images").iterdir())):
        (folder / "Images" / f"class{number % 2}").mkdir(parents=True, exist_ok=True)
        path.rename(folder / "Images" / f"class{number % 2}" / path.name)
    (folder / "images").rmdir()
    assert "the images are in Images: rename that folder to images" in only_problem(folder)[1]
    (folder / "Images").rename(folder / "images")
    assert len(load_survey(folder).object_ids) == 5


@pytest.mark.parametrize("rounded", ["1237648702973411328", "1237648702973410000"], ids=["float", "spreadsheet"])
def test_rounded_id_of_an_image(folder, rounded):
    table, true_id = folder / "master.csv", "1237648702973411443"
    image_in(folder, 1).rename(folder / "images" / f"{true_id}.jpg")
    table.write_text(table.read_text().replace(ids_in(folder)[1], rounded))
    place, sentence = only_problem(folder)
    assert place == (3, rounded, f"images/{rounded}.jpg")
    assert f"there is {true_id}.jpg: the id seems to have been rounded, write objID as text" in sentence
    # Not if the image is another galaxy's.
    table.write_text(table.read_text() + f"{true_id},8.5\n")
    assert "add it, or remove the galaxy's row" in only_problem(folder)[1]


def test_missing_image_folder(folder):
    images = folder / "images"
    for path in images.iterdir():
        path.rename(folder / path.name)
    images.rmdir()
    place, sentence = only_problem(folder)
    assert place[1:] == ("", "images/")
    assert place[0] is None
    assert "there is no such folder; create it, and move the images beside master.csv into it" in sentence
    for path in folder.glob("*.jpg"):
        path.unlink()
    assert "create it, with <objID>.jpg for each row" in only_problem(folder)[1]
    images.write_bytes(b"")
    assert "it is a file, not a folder" in only_problem(folder)[1]


def test_loading_without_verification(folder):
    image_in(folder, 0).write_bytes(b"rubbish")
    survey = load_survey(folder, verify=False)
    with pytest.raises(SurveyError, match="isn't a JPEG or PNG"):
        survey.image(survey.object_ids[0])
    image_in(folder, 1).write_bytes(b"")
    image_in(folder, 2).unlink()
    assert refused(folder, verify=False).problems["row"].tolist() == [3, 4]


# --- all at once ------------------------------------------------------------------------------------------------------


def test_table_of_all_problems(folder):
    ids = ids_in(folder)
    (folder / "images" / f"{ids[0]}.jpg").unlink()
    (folder / "images" / f"{ids[1]}.jpg").write_bytes(b"")
    _truncate(folder / "images" / f"{ids[4]}.jpg")
    rows = [f"{ids[0]},8.5", f"{ids[1]},abc", f"{ids[2]}", f"{ids[0]},8.5", f"{ids[4]},0.1", "../x,8.5", "new,8.5"]
    (folder / "master.csv").write_text("\n".join(["objID,oh_p50", *rows]))
    error = refused(folder)
    table = error.problems
    assert list(table) == ["row", "objID", "file", "problem", "remedy"]
    assert table.dtypes.astype(str).tolist() == ["Int64", "str", "str", "str", "str"]
    assert table[["row", "objID", "file"]].to_records(index=False).tolist() == [
        (2, ids[0], f"images/{ids[0]}.jpg"),
        (3, ids[1], "master.csv"),
        (3, ids[1], f"images/{ids[1]}.jpg"),
        (4, "", "master.csv"),
        (5, ids[0], "master.csv"),
        (6, ids[4], "master.csv"),
        (6, ids[4], f"images/{ids[4]}.jpg"),
        (7, "../x", "master.csv"),
        (8, "new", "images/new.jpg"),
    ]
    assert (table["problem"].str.len() > 5).all()
    assert (table["remedy"].str.len() > 5).all()
    assert str(error).splitlines()[0] == f"The survey folder {folder} has 9 problems:"
    assert sum(group.count for group in error.groups) == 9
    assert len(str(error).splitlines()) == 1 + len(error.groups)


@pytest.mark.parametrize(("header", "label"), [("objID,oh_p50", "z"), ("id,oh_p50", None), ("objID,z,z", None)])
def test_a_bad_header_stops_the_check_at_once(folder, monkeypatch, header, label):
    """Half a minute of decoding images wouldn't help to correct one word."""
    lines = (folder / "master.csv").read_text().splitlines()
    (folder / "master.csv").write_text("\n".join([header, *lines[1:]]))
    monkeypatch.setattr("galviz.survey.survey.check_images", lambda *given, **options: pytest.fail("images checked"))
    (problem,) = refused(folder, label).details
    assert problem.file == "master.csv"


def test_message_for_many_problems():
    error = SurveyError(
        "here", [Problem(row, f"g{row}", f"images/g{row}.jpg", "bad", "fix it") for row in range(99, 1, -1)]
    )
    lines = str(error).splitlines()
    assert lines[0] == "The survey folder here has 98 problems:"
    assert len(lines) == 2
    assert lines[1].startswith("- 98 problems of one kind: row 2, images/g2.jpg: bad; fix it.")
    assert all(f"row {row}, images/g{row}.jpg" in lines[1] for row in range(2, 7))
    assert lines[1].endswith("; 93 more.")
    kinds = SurveyError("here", [Problem(row, "", "master.csv", "x" * row, "y") for row in range(1, 31)])
    assert len(str(kinds).splitlines()) == 12
    assert len(error.problems) == 98
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)
    pd.testing.assert_frame_equal(again.problems, error.problems)
    assert isinstance(error, ValueError)
    assert str(SurveyError("here", [Problem(None, "", "master.csv", "bad", "fix it")])).splitlines() == [
        "The survey folder here has 1 problem:",
        "- master.csv: bad; fix it.",
    ]
    with pytest.raises(ValueError, match="at least one item"):
        SurveyError("here", [])


def test_groups_of_problems():
    problems = [
        *(Problem(row, f"g{row}", f"images/g{row}.jpg", "there is no image", "add it") for row in range(2, 40)),
        *(
            Problem(row, str(row), "master.csv", f"objID {row} is on line {row - 1} already", "x")
            for row in range(50, 60)
        ),
        *(Problem(row, "ab"[row - 3], "master.csv", f"the label x = 'w{row}' is no number", "x") for row in (3, 4)),
        Problem(None, "", "master.csv", "there is no such file", "x"),
    ]
    error = SurveyError("here", problems)
    assert [group.count for group in error.groups] == [38, 10, 2, 1]
    assert [each.row for each in error.groups[0].examples] == [2, 3, 4, 5, 6]
    assert len(error.problems) == 51
    assert error.groups[0].cause == "there is no image; add it."
    assert error.groups[2].cause == "the label x = … is no number; x."
    # A kind that is given needs no comparison of texts.
    kinds = SurveyError("here", [Problem(row, "", "master.csv", f"{row} a", "b", "the kind") for row in range(2, 9)])
    assert [(group.count, group.cause) for group in kinds.groups] == [(7, "… a; b.")]


def test_the_causes_of_many_problems_are_found_without_comparing_their_texts(folder, monkeypatch):
    """130,000 bad rows are explained within three seconds."""
    ids = ["../{}", "{}.", "{}\u200b", "1.5e{}", "a~{}", "{},", "good{}"]
    labels = ["x{}", "0.{}", "1e40{}", "007", "8.5"]
    rows = [f"{ids[row % 7].format(row)},{labels[row % 5].format(row)}" for row in range(3000)]
    (folder / "master.csv").write_text("\n".join(["objID,oh_p50", *rows]))
    error = refused(folder)
    compared = []
    texts = problems_module._Generalised.texts
    monkeypatch.setattr(
        problems_module._Generalised, "texts", lambda self, problem: compared.append(problem) or texts(self, problem)
    )
    assert sum(group.count for group in error.groups) > 3000
    assert len(compared) < 3000 / 7 + 100  # those of the rows with three cells, which have one text
    assert len(error.groups) < 15
    assert len(str(error)) < 5000


def test_problems_of_many_rows_are_made_when_they_are_asked_for(folder, monkeypatch):
    monkeypatch.setattr(problems_module, "_MAX_COMPARED", 5)
    made = []
    for module in ("identifiers", "label_values", "missing_images"):
        monkeypatch.setattr(f"galviz.survey.{module}.Problem", lambda *given: made.append(given) or Problem(*given))
    rows = [f"{['a{}', '../{}', 'twice'][row % 3].format(row)},{['x', '2', '8.5'][row % 3]}{row}" for row in range(900)]
    (folder / "master.csv").write_text("\n".join(["objID,oh_p50", *rows]))
    error = refused(folder)
    counts = [group.count for group in error.groups]
    assert counts == [301, 300, 300, 300, 299]  # images; labels out of range, labels of text, paths; repeated ids
    assert error.first.row == 2
    assert len(made) < 100
    assert [group.count for group in pickle.loads(pickle.dumps(error)).groups] == counts
    assert (len(error.details), error.details[0]) == (error.n_problems, error.first)
    assert [problem.row for problem in error.details] == sorted(problem.row for problem in error.details)


def test_missing_values_are_copies(folder):
    ids = ids_in(folder)
    cells = ["N/A,-99", "3,200", "3,400", "3,600", "3,800"]
    rows = [f"{object_id},8.5,{each}\n" for object_id, each in zip(ids, cells, strict=True)]
    (folder / "master.csv").write_text("objID,oh_p50,x,cz\n" + "".join(rows))
    survey = load_survey(folder)
    survey.missing["x"].clear()
    survey.possibly_missing["cz"].clear()
    assert survey.missing == {"x": {"N/A": 1}}
    assert survey.possibly_missing == {"cz": {"-99": 1}}
    assert survey.mixed == {}


def test_changed_cell(folder):
    text = (folder / "master.csv").read_text()
    before = load_survey(folder, verify=False).sha256

    @given(st.data())
    def changed(data):
        rows = [line.split(",") for line in text.splitlines()]
        row = data.draw(st.integers(0, len(rows) - 1))
        column = data.draw(st.integers(0, len(rows[row]) - 1))
        cell = data.draw(st.text(max_size=6) | st.sampled_from(["8.50", "-9999", "N/A", "objID", "0"]))
        if cell == rows[row][column]:
            return
        rows[row][column] = cell
        (folder / "master.csv").write_text("\n".join(map(",".join, rows)) + "\n", encoding="utf-8", newline="")
        with contextlib.suppress(SurveyError):
            assert load_survey(folder, verify=False).sha256 != before

    changed()


def test_missing_folder(tmp_path):
    with pytest.raises(SurveyError, match=r"nowhere: there is no such folder; check the path\."):
        load_survey(tmp_path / "nowhere")
    (tmp_path / "empty").mkdir()
    assert only_problem(tmp_path / "empty")[0][1:] == ("", "master.csv")


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress(make_survey, monkeypatch):
    monkeypatch.setattr("galviz.survey.image_check.BATCH_SIZE", 4)
    folder = make_survey(10, causes=False, side_px=32)
    calls = []
    load_survey(folder, progress=lambda done, total: calls.append((done, total)))
    assert calls == [(done, 10) for done in range(1, 11)]
    calls.clear()
    load_survey(folder, verify=False, progress=lambda done, total: calls.append((done, total)))
    assert calls == []


def test_progress_cancels(make_survey, monkeypatch):
    monkeypatch.setattr("galviz.survey.image_check.BATCH_SIZE", 4)
    decoded = []
    facts = ImageFacts(b"", (9, 9), False)
    monkeypatch.setattr("galviz.survey.image_check.inspect_image", lambda *given: decoded.append(1) or facts)

    class Stopped(Exception):
        pass

    def stop(done, total):
        if done == 6:
            raise Stopped

    with pytest.raises(Stopped):
        load_survey(make_survey(40, causes=False, side_px=32), progress=stop)
    assert len(decoded) <= 8


# --- scale ------------------------------------------------------------------------------------------------------------


def test_scale(make_survey):
    folder = make_survey(3, causes=False, side_px=160, suffix=".png")
    whole, half = load_survey(folder), load_survey(folder, scale=0.5)
    object_id = whole.object_ids[0]
    assert (whole.scale, half.scale) == (1.0, 0.5)
    expected = whole.image(object_id).resize((80, 80), Image.Resampling.LANCZOS)
    np.testing.assert_array_equal(half.image(object_id), expected)
    assert half.image_size(object_id) == (80, 80)
    assert (whole.image_sizes, half.image_sizes) == ({(160, 160): 3}, {(80, 80): 3})
    assert load_survey(folder, scale=0.5, verify=False).image_sizes == {(80, 80): 3}
    sums = {load_survey(folder, scale=scale).sha256 for scale in (1, 1.0, 0.5, 0.5000001, 2)}
    assert len(sums) == 4
    assert load_survey(folder, scale=1.0).sha256 == whole.sha256


@pytest.mark.parametrize("scale", [0, -1, float("nan"), float("inf"), 17, True, "1", None])
def test_scale_out_of_range(folder, scale):
    with pytest.raises(ValueError, match="scale must be a number greater than 0 and at most 16; got"):
        load_survey(folder, scale=scale)


def test_scale_leaves_too_few_pixels(folder):
    with pytest.raises(SurveyError, match=r"32 × 32 px, and 16 × 16 px at scale 0\.5, too few"):
        load_survey(folder, scale=0.5)


# --- every byte counts ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_kinds(make_survey):
    """A folder with a JPEG and a PNG, its content and its checksum."""
    folder = make_survey(2, causes=False, side_px=40)
    first = sorted((folder / "images").iterdir())[0]
    Image.open(first).save(first.with_suffix(".png"))
    first.unlink()
    files = sorted((folder / "images").iterdir())
    return folder, {path: path.read_bytes() for path in files}, load_survey(folder).sha256


@settings(max_examples=40, deadline=None, derandomize=True)
@given(which=st.integers(0, 1), where=st.floats(0, 1, exclude_max=True), change=st.integers(1, 255), data=st.data())
def test_changed_byte_of_an_image(two_kinds, which, where, change, data):
    folder, contents, checksum = two_kinds
    path = list(contents)[which]
    content = contents[path]
    place = int(where * len(content))
    spoilt = data.draw(
        st.sampled_from(
            [
                content[:place] + bytes([content[place] ^ change]) + content[place + 1 :],
                content[:place] + content[place + change :],
                content[:place] + bytes([change]) + content[place:],
                content + bytes([change]),
            ]
        )
    )
    if spoilt == content:
        return
    survey = load_survey(folder)
    path.write_bytes(spoilt)
    try:
        with pytest.raises(SurveyError):
            survey.image(path.stem)
        assert survey.sha256 == checksum
        try:
            again = load_survey(folder)
        except SurveyError:
            return
        assert again.sha256 != checksum
        assert again.image(path.stem).size == (40, 40)
    finally:
        path.write_bytes(content)
