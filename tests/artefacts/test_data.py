"""The shipped survey, weights and features, and their documentation in data/README.md."""

import json
import re
import shlex
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from galviz import cli
from galviz.artefacts.features import CONTROL_FEATURES
from galviz.cli.training import recipe_from
from galviz.features.extraction import extract
from galviz.features.features import CONTROLS, load_features
from galviz.network.card import file_sha256, read_card, shipped_card_path
from galviz.network.model import load_model
from galviz.survey.causes import CAUSES
from galviz.survey.survey import load_survey

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def shipped():
    return load_survey(verify=True)


def test_the_shipped_survey_is_sound_and_small(shipped):
    assert len(shipped.object_ids) == 2000
    assert shipped.label.column == "metallicity"
    assert shipped.catalogue.notna().all().all()
    files = [path for path in shipped.folder.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 11_000_000
    # nothing but the catalogue, how it was made, and an image a galaxy
    images = {path.name for path in files if path.parent.name == "images"}
    assert images == {f"{object_id}.jpg" for object_id in shipped.object_ids}
    assert len(files) == len(images) + 2
    assert {shipped.image(object_id).size for object_id in shipped.object_ids[::100]} == {(160, 160)}


def test_its_checksum_is_the_published_one(shipped):
    assert re.findall(r"\b[0-9a-f]{64}\b", (DATA / "README.md").read_text(encoding="utf-8")) == [shipped.sha256]


def test_every_column_is_described(shipped):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    cells = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    described = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    header = (shipped.folder / "master.csv").read_text(encoding="utf-8").split("\n", 1)[0].split(",")
    assert sorted(described) == sorted(header)
    assert set(CAUSES) == set(header) - {"objID", "oh_p50"} | {"metallicity"}


def test_the_command_that_made_it_is_the_one_in_the_text(shipped):
    settings = json.loads((shipped.folder / "simulation.json").read_text(encoding="utf-8"))
    command = f"simulate --n {settings['n']} --seed {settings['seed']} --framing {settings['framing']} --out"
    assert command in (DATA / "README.md").read_text(encoding="utf-8")
    assert settings["variety"] == 1


def test_images_carry_no_metadata_and_no_real_id(shipped):
    for object_id in shipped.object_ids[::200]:
        with Image.open(shipped.folder / "images" / f"{object_id}.jpg") as image:
            assert not image.getexif()
            assert "comment" not in image.info
        assert object_id.startswith("90")


def test_the_text_gives_the_framing():
    from galviz.simulate.framing import PETROSIAN_RADII

    assert f"is {PETROSIAN_RADII:g} R90 of the light drawn here" in " ".join(
        (DATA / "README.md").read_text(encoding="utf-8").split()
    )


def test_the_catalogue_reads_back_without_loss(shipped):
    raw = pd.read_csv(shipped.folder / "master.csv", dtype=str)
    assert list(raw["objID"]) == shipped.object_ids
    assert raw["oh_p50"].astype(float).to_numpy() == pytest.approx(shipped.catalogue["metallicity"].to_numpy(), abs=0)


# --- weights and features ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def card():
    return read_card()


def test_the_commands_that_trained_it_are_those_in_the_text(card):
    """Each of the text's commands, parsed as the command line does, against what the card says was done."""
    text = (DATA / "README.md").read_text(encoding="utf-8").replace("\\\n", " ")
    commands = re.findall(r"^    python -m galviz (.*)$", text, flags=re.MULTILINE)
    parser = cli.build_parser()
    simulated = [parser.parse_args(shlex.split(command)) for command in commands if "--variety" in command]
    surveys = [survey["simulation"] for survey in card.training["surveys"]]
    assert [(s.n, s.seed, s.framing, s.variety) for s in simulated] == [
        (survey["n"], survey["seed"], survey["framing"], survey["variety"]) for survey in surveys
    ]
    (trained,) = [parser.parse_args(shlex.split(command)) for command in commands if command.startswith("train")]
    assert (
        recipe_from(trained).as_json()
        == json.loads(shipped_card_path().read_text(encoding="utf-8"))["training"]["recipe"]
    )
    assert trained.survey == [str(survey.out) for survey in simulated]
    assert DATA.parent / trained.out == shipped_card_path()


def test_no_training_used_the_shipped_survey(shipped, card):
    assert shipped.sha256 not in [survey["sha256"] for survey in card.training["surveys"]]
    shipped_seed = json.loads((shipped.folder / "simulation.json").read_text(encoding="utf-8"))["seed"]
    assert shipped_seed not in [survey["simulation"]["seed"] for survey in card.training["surveys"]]


def test_weights_are_those_of_the_card_and_small(card):
    weights = shipped_card_path().parent / card.weights
    assert file_sha256(weights) == card.weights_sha256
    assert weights.stat().st_size <= 44_000_000
    assert sorted(path.name for path in shipped_card_path().parent.iterdir()) == [
        shipped_card_path().name,
        card.weights,
    ]


def test_the_card_describes_its_training(card):
    epochs, recipe = card.training["epochs"], card.training["recipe"]
    assert [record["phase"] for record in epochs].count("training") == recipe["epochs"]
    assert [record["phase"] for record in epochs].count("warm-up") == sum(
        phase["epochs"] for phase in recipe["warm_ups"]
    )
    assert epochs[-1]["valid_rmse"] == min(record["valid_rmse"] for record in epochs)
    # rounding the weights to half precision costs nothing that matters
    assert card.training["valid_rmse"] == pytest.approx(epochs[-1]["valid_rmse"], abs=0.002)
    assert card.label == "metallicity"
    assert card.unit == "dex"


def test_features_are_of_this_survey_and_these_weights(shipped, card):
    features = load_features(survey=shipped, weights_sha256=card.weights_sha256)
    assert {name: values.shape for name, values in features.layers.items()} == {
        name: (2000, channels) for name, channels in card.layers.items()
    }
    assert features.object_ids == shipped.object_ids
    for control in CONTROLS:
        features = load_features(control=control, survey=shipped)
        assert features.layers["features"].shape == (2000, card.layers["features"])
        assert (features.layers["features"].view(np.uint32) % 2**16 == 0).all()  # float32 with the bits of bfloat16
        assert CONTROL_FEATURES[control].is_current(shipped, card)
    assert sum(path.stat().st_size for path in (DATA / "features").iterdir()) <= 8_000_000 + 3_000_000  # sweeps


def test_the_network_predicts_and_the_controls_do_not(shipped):
    """On held-out mock galaxies; a control network predicts no better than the mean."""
    label = shipped.catalogue["metallicity"].to_numpy(float)
    errors = load_features().predictions - label
    assert np.sqrt(np.mean(errors**2)) <= 0.095
    shuffled = load_features(control="shuffled-labels").predictions
    assert abs(np.corrcoef(shuffled, label)[0, 1]) < 0.5
    assert np.sqrt(np.mean((shuffled - label) ** 2)) > 0.95 * label.std()


def test_shipped_features_equal_recomputed_ones(shipped, card):
    """Within float16 of the value, and what another processor's rounding adds."""
    network = load_model()
    object_ids = shipped.object_ids[::250]
    computed = extract(network, shipped, object_ids, layers=network.layer_names)
    stored = load_features().select(object_ids)
    assert computed.predictions == pytest.approx(stored.predictions, abs=1e-3)
    for name in network.layer_names:
        assert computed.layers[name] == pytest.approx(stored.layers[name], rel=2e-3, abs=1e-3)
    head = network[-1].weight.detach().numpy()[0], network[-1].bias.item()
    assert computed.layers["features"] @ head[0] + head[1] == pytest.approx(computed.predictions, abs=1e-4)
