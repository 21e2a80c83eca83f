"""No galaxy is on both sides of the split: same id or same image, in one survey or several, is the same galaxy."""

import json
import re
import shutil
from dataclasses import fields

import numpy as np
import pandas as pd
import pytest
import torch
from fastai.data.transforms import RandomSplitter
from PIL import Image

from galviz.cli import main
from galviz.survey.duplicates import image_digest, number_galaxies
from galviz.survey.survey import load_survey
from galviz.training.galaxies import Galaxy, Selection, select_galaxies, split_galaxies
from galviz.training.plan import Plan
from galviz.training.recipe import Recipe, WarmUp
from galviz.training.run import train
from tests.cards import TINY

RECIPE = Recipe(epochs=1, batch_size=8, valid_share=0.25, seed=2, pad_px=60, crop_px=48)
CAUSES = {"causes": ("bulge_fraction",), "warm_ups": (WarmUp(1, 32),)}


@pytest.fixture(scope="module")
def folder(make_survey):
    """Forty galaxies of 64 px, all of them different."""
    return make_survey(40, side_px=64)


@pytest.fixture
def copied(folder, tmp_path):
    """A function that copies the survey, its table and images changed: copied(name, change(table, images folder))."""

    def copy(name, change):
        to = tmp_path / name
        shutil.copytree(folder, to)
        table = pd.read_csv(to / "master.csv", dtype=str)
        changed = change(table, to / "images")
        (table if changed is None else changed).to_csv(to / "master.csv", index=False)
        return load_survey(to)

    return copy


def sides(selection, recipe=RECIPE):
    """(survey, id) of the galaxies on either side of the split."""
    return [
        {(id(selection.galaxies[n].survey), selection.galaxies[n].object_id) for n in side}
        for side in split_galaxies(selection.galaxies, recipe)
    ]


def renamed(table, images):
    """The same galaxies under other ids."""
    for object_id in table["objID"]:
        (images / f"{object_id}.jpg").rename(images / f"x{object_id}.jpg")
    table["objID"] = "x" + table["objID"]


def saved_again(table, images):
    """The same pixels in other bytes, under other ids."""
    renamed(table, images)
    for path in images.iterdir():
        Image.open(path).save(path.with_suffix(".png"))
        path.unlink()


def as_it_is(table, images):
    pass


@pytest.mark.parametrize("change", [as_it_is, renamed, saved_again])
def test_copies_are_used_once(folder, copied, change):
    survey = load_survey(folder)
    alone, twice = (select_galaxies(surveys, RECIPE) for surveys in ([survey], [survey, copied("copy", change)]))
    assert twice.galaxies == alone.galaxies
    assert (alone.n_duplicates, twice.n_duplicates, twice.n_rows) == (0, 40, 80)
    assert alone.notes == []
    (note,) = twice.notes
    assert note.startswith("40 of 80 rows ")


def test_an_image_under_two_ids_is_used_once(copied):
    def change(table, images):
        shutil.copy(images / f"{table['objID'][3]}.jpg", images / "again.jpg")
        return pd.concat([table, table.iloc[[3]].assign(objID="again")])

    selection = select_galaxies([copied("one", change)], RECIPE)
    assert selection.n_duplicates == 1
    assert "again" not in [galaxy.object_id for galaxy in selection.galaxies]


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_other_images_of_a_galaxy_are_on_its_side(folder, copied, share):
    def change(table, images):
        for path in images.iterdir():
            Image.open(path).rotate(90).save(path, quality=95)

    recipe = Recipe(**vars(RECIPE) | {"valid_share": share})
    surveys = [load_survey(folder), copied("turned", change)]
    selection = select_galaxies(surveys, recipe)
    in_training, in_validation = ({object_id for _, object_id in side} for side in sides(selection, recipe))
    assert len(selection.galaxies) == 80
    assert in_training.isdisjoint(in_validation)
    assert in_training | in_validation == set(surveys[0].object_ids)
    assert len(in_validation) == int(share * 40)
    (note,) = selection.notes
    assert note.startswith("40 rows ")


def test_the_same_image_with_other_causes_is_on_its_side(folder, copied):
    def change(table, images):
        renamed(table, images)
        table["bulge_fraction"] = table["bulge_fraction"][::-1].to_numpy()

    recipe = Recipe(**vars(RECIPE) | CAUSES)
    selection = select_galaxies([load_survey(folder), copied("other", change)], recipe)
    in_training, in_validation = ({object_id.lstrip("x") for _, object_id in side} for side in sides(selection, recipe))
    assert len(selection.galaxies) == 80
    assert in_training.isdisjoint(in_validation)


def test_one_image_with_two_labels_is_refused(folder, copied):
    def change(table, images):
        renamed(table, images)
        table.loc[5, "oh_p50"] = "8.1234"

    surveys = [load_survey(folder), copied("other", change)]
    with pytest.raises(ValueError, match="same label") as caught:
        select_galaxies(surveys, RECIPE)
    message, object_id = str(caught.value), surveys[0].object_ids[5]
    assert f"{object_id} of {surveys[0].folder} and x{object_id} of {surveys[1].folder}" in message
    assert "8.1234" in message
    assert "\n" not in message


def test_rows_of_a_galaxy_may_be_connected_indirectly():
    #         a: 0     b: image of 0   b's id, c   c's image   alone
    numbers = number_galaxies(["a", "b", "b", "d", "e"], [b"1", b"1", b"2", b"2", b"3"])
    assert numbers.tolist() == [0, 0, 0, 0, 1]
    assert number_galaxies(["a", "b", "a", "c"], [b"1", b"2", b"3", b"4"]).tolist() == [0, 1, 0, 2]
    assert number_galaxies([], []).tolist() == []


def test_images_of_another_shape_or_pixels_have_another_digest(copied):
    def change(table, images):
        pixels = np.arange(64 * 48 * 3, dtype=np.uint8).reshape(48, 64, 3)
        other = pixels.copy()
        other[-1, -1, -1] ^= 1
        for name, values in (("a", pixels), ("b", pixels), ("c", pixels.reshape(64, 48, 3)), ("d", other)):
            Image.fromarray(values).save(images / f"{name}.png", compress_level=9 if name == "a" else 0)
        return pd.DataFrame({"objID": list("abcd"), "oh_p50": 8.5})

    survey = copied("shapes", change)
    a, b, c, d = (image_digest(survey.image(object_id)) for object_id in "abcd")
    assert a == b
    assert len({b, c, d}) == 3


def test_split_and_permutation_are_those_of_fastai_and_numpy(folder):
    survey = load_survey(folder)
    for share, seed in ((0.04, 2020), (0.25, 2), (0.5, 7)):
        recipe = Recipe(**vars(RECIPE) | {"valid_share": share, "seed": seed, "shuffled_labels": True})
        galaxies = select_galaxies([survey], recipe).galaxies
        assert split_galaxies(galaxies, recipe) == tuple(map(list, RandomSplitter(share, seed=seed)(range(40))))
        torch.manual_seed(seed)
        order = torch.randperm(40).tolist()
        assert split_galaxies(galaxies, recipe) == (order[int(share * 40) :], order[: int(share * 40)])
        labels = np.random.default_rng(seed).permutation(survey.catalogue["metallicity"].to_numpy())
        assert [galaxy.targets[0] for galaxy in galaxies] == labels.tolist()


def test_copies_can_leave_too_few_galaxies(folder, copied):
    surveys = [load_survey(folder), copied("copy", renamed)]
    recipe = Recipe(**vars(RECIPE) | {"batch_size": 32})  # 30 remain for training
    with pytest.raises(ValueError, match=r"^40 galaxies .*\b40\b.*\b32\b"):
        select_galaxies(surveys, recipe)


@pytest.mark.slow
def test_a_network_of_a_survey_given_twice_is_the_network_of_that_survey(folder, copied, tmp_path):
    survey = load_survey(folder)
    notes, cards = [], {}
    for name, surveys in (("once", [survey]), ("twice", [survey, load_survey(folder), copied("copy", as_it_is)])):
        (tmp_path / name).mkdir()
        cards[name] = train(surveys, tmp_path / name / "net.json", recipe=RECIPE, spec=TINY, note=notes.append)
    once, twice = cards.values()
    assert twice.weights_sha256 == once.weights_sha256
    assert twice.survey_sha256 == once.survey_sha256 == survey.sha256
    assert twice.training["surveys"] == once.training["surveys"]
    assert twice.training["valid_rmse"] == once.training["valid_rmse"]
    assert (once.training["n_duplicates"], twice.training["n_duplicates"]) == (0, 80)
    assert twice.training["n_training"] + twice.training["n_validation"] == 40
    (note,) = notes
    assert note.startswith("80 of 120 rows ")


@pytest.mark.slow
def test_rows_without_a_label_or_cause_are_counted(copied, tmp_path):
    def change(table, images):
        table.loc[[3, 7], "oh_p50"] = ""
        table.loc[[7, 9], "bulge_fraction"] = ["", "inf"]
        table.loc[11, "bulge_fraction"] = ""

    survey = copied("gaps", change)
    counts = "metallicity (2), bulge_fraction (2)"
    recipe = Recipe(**vars(RECIPE) | CAUSES)
    with pytest.warns(UserWarning, match=f"^4 of 40 rows .*{re.escape(counts)}"):  # by default; the command prints it
        card = train([survey], tmp_path / "net.json", recipe=recipe, spec=TINY)
    training = json.loads((tmp_path / "net.json").read_text(encoding="utf-8"))["training"]
    assert training["n_missing"] == dict(card.training["n_missing"]) == {"metallicity": 2, "bulge_fraction": 2}
    assert card.training["n_training"] + card.training["n_validation"] == 36


def test_the_command_refuses_a_folder_given_twice(folder, tmp_path, capsys):
    (tmp_path / "link").symlink_to(folder)
    for other in (folder, tmp_path / "link", f"{folder}/../{folder.name}"):
        arguments = ["train", "--survey", str(folder), "--survey", str(other), "--out", str(tmp_path / "net.json")]
        assert main(arguments) == 2
        assert "--survey must name different folders; got " in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["link"]


def test_the_label_is_no_cause(folder):
    recipe = Recipe(**vars(RECIPE) | CAUSES | {"causes": ("bulge_fraction", "metallicity")})
    with pytest.raises(ValueError, match=r"^causes must be columns other than the label; got metallicity\."):
        select_galaxies([load_survey(folder)], recipe)


@pytest.fixture(scope="module")
def mock_folder(tmp_path_factory):
    """Forty mock galaxies, with the stars, neighbours and noise by which near-copies are recognised."""
    survey, folder = load_survey(), tmp_path_factory.mktemp("mock")
    table = survey.catalogue.iloc[::50].rename(columns={"metallicity": "oh_p50"})
    (folder / "images").mkdir()
    for object_id in table.index:
        survey.image(object_id).save(folder / "images" / f"{object_id}.png")
    table.to_csv(folder / "master.csv")
    return folder


def with_near_copies(mock_folder, to, alter, n=10):
    """A survey with near-copies of its first `n` galaxies under other ids and with other labels."""
    shutil.copytree(mock_folder, to)
    table = pd.read_csv(to / "master.csv", dtype=str)
    copies = table.iloc[:n].assign(objID="x" + table["objID"], oh_p50="8.7654")
    for object_id in table["objID"][:n]:
        with Image.open(to / "images" / f"{object_id}.png") as image:
            alter(image).save(to / "images" / f"x{object_id}.jpg", quality=80)
    pd.concat([table, copies]).to_csv(to / "master.csv", index=False)
    return load_survey(to)


@pytest.mark.parametrize(
    "alter",
    [
        pytest.param(lambda image: image, id="saved again", marks=pytest.mark.slow),
        pytest.param(
            lambda image: image.resize((152, 152), Image.Resampling.LANCZOS), id="resized", marks=pytest.mark.slow
        ),
        pytest.param(
            lambda image: image.crop((3, 3, 156, 157)).transpose(Image.Transpose.ROTATE_90), id="cropped and turned"
        ),
    ],
)
def test_near_copies_are_on_one_side_and_counted(mock_folder, tmp_path, alter):
    survey = with_near_copies(mock_folder, tmp_path / "survey", alter)
    for seed in (0, 3):
        recipe = Recipe(**vars(RECIPE) | {"seed": seed})
        selection = select_galaxies([survey], recipe)
        in_training, in_validation = (
            {object_id.lstrip("x") for _, object_id in side} for side in sides(selection, recipe)
        )
        assert in_training.isdisjoint(in_validation)
        assert len(in_validation) == 10
    assert len(selection.galaxies) == 50
    assert (selection.n_near_copies, selection.n_duplicates) == (10, 0)
    (note,) = selection.notes
    assert note.startswith("10 images ")
    assert "70 %" in note  # of what share of an image a near-copy must show


@pytest.mark.slow
def test_near_copies_are_counted_beside_other_copies(mock_folder, tmp_path):
    survey = with_near_copies(mock_folder, tmp_path / "survey", lambda image: image, n=3)
    selection = select_galaxies([load_survey(mock_folder), survey], RECIPE)
    assert (selection.n_duplicates, selection.n_near_copies, len(selection.galaxies)) == (40, 3, 43)
    assert len({galaxy.number for galaxy in selection.galaxies}) == 40
    copies, near_copies = selection.notes
    assert copies.startswith("40 of 83 rows ")
    assert near_copies.startswith("3 images ")


def test_the_mock_survey_has_no_near_copies(mock_folder):
    selection = select_galaxies([load_survey(mock_folder)], RECIPE)
    assert (selection.n_near_copies, selection.notes) == (0, [])
    assert [galaxy.number for galaxy in selection.galaxies] == list(range(40))


@pytest.mark.slow
def test_the_card_counts_near_copies(mock_folder, tmp_path):
    survey = with_near_copies(mock_folder, tmp_path / "survey", lambda image: image, n=1)
    notes = []
    card = train([survey], tmp_path / "net.json", recipe=RECIPE, spec=TINY, note=notes.append)
    assert card.training["n_near_copies"] == 1
    (note,) = notes
    assert note.startswith("1 image ")


@pytest.mark.parametrize(("n_valid", "is_reported"), [(20, False), (28, False), (1, True), (60, True)])
def test_a_validation_set_of_another_size_than_asked_for_is_reported(n_valid, is_reported):
    galaxies = [Galaxy(None, str(row), (8.5,), max(0, row - 40)) for row in range(100)]  # 41 rows of one galaxy
    settings = {
        "galaxies": galaxies,
        "in_validation": list(range(n_valid)),
        "recipe": Recipe(valid_share=0.2),
        "selection": Selection(galaxies, 100, {}, 0, 0),
    }
    plan = Plan(**dict.fromkeys(field.name for field in fields(Plan)) | settings)
    notes = [note for note in plan.notes if note not in plan.selection.notes]
    assert bool(notes) == is_reported
    if notes:
        assert f"{n_valid} of 100 rows" in notes[0]
        assert "41" in notes[0]
