"""A trained network: what it learns, its errors and its card; and runs that are refused."""

import json
import math
import platform
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pytest
import torch
from fastai.data.block import DataBlock, RegressionBlock
from fastai.data.transforms import Normalize, RandomSplitter
from fastai.torch_core import TensorImage
from fastai.vision.augment import CropPad, RandomCrop
from fastai.vision.data import ImageBlock

from galviz import __version__
from galviz.features.extraction import extract
from galviz.network.builders import build_network
from galviz.network.card import combined_sha256, file_sha256, read_card
from galviz.network.model import load_model
from galviz.network.spec import xresnet_spec
from galviz.survey.survey import load_survey
from galviz.training import fitting
from galviz.training.augmentation import Shrink
from galviz.training.galaxies import select_galaxies, split_galaxies
from galviz.training.recipe import Recipe
from galviz.training.run import train
from tests.cards import TINY
from tests.training.runs import LEARNING, N_BATCHES, SHORT, SMALL, crops_of


def rmse(errors):
    return float(np.sqrt(np.mean(np.square(np.asarray(errors, dtype=float)))))


def rmse_by_hand(network, run, side_px=48, *, scale=1.0, shift=0.0):
    """The error of output · scale + shift over a run's validation galaxies, from their pixels."""
    (survey,), card = run.surveys, run.card
    _, in_validation = RandomSplitter(0.2, seed=2)(survey.object_ids)
    chosen = [survey.object_ids[position] for position in in_validation]
    pixels = crops_of(survey, chosen, SHORT) / 255
    x = torch.from_numpy((pixels - card.mean) / card.std).float().permute(0, 3, 1, 2)
    with torch.no_grad():
        output = network.eval()(Shrink(side_px).encodes(TensorImage(x)))[:, 0]
    return rmse(output.numpy() * scale + shift - survey.catalogue.loc[chosen, "metallicity"].to_numpy())


@pytest.mark.slow
def test_it_learns_colour_from_images_and_nothing_from_shuffled_labels(learnt, tmp_path):
    (survey,) = learnt.surveys
    _, in_validation = RandomSplitter(0.2, seed=2)(range(100))
    sd = survey.catalogue["metallicity"].iloc[in_validation].std(ddof=0)
    assert learnt.card.training["valid_rmse"] < 0.6 * sd
    assert learnt.records[-1]["train_rmse"] < 0.75 * learnt.records[0]["train_rmse"]
    recipe = replace(LEARNING, shuffled_labels=True)
    control = train([survey], tmp_path / "control.json", recipe=recipe, spec=TINY)
    labels = [galaxy.targets[0] for galaxy in select_galaxies([survey], recipe).galaxies]
    assert control.training["valid_rmse"] > 0.8 * np.std([labels[position] for position in in_validation])
    assert control.training["recipe"]["shuffled_labels"] is True


def test_the_error_is_that_of_the_card(short):
    (survey,), card, network = short.surveys, short.card, load_model(short.out)
    assert network.card == card == read_card(short.out)
    assert rmse_by_hand(network, short) == pytest.approx(card.training["valid_rmse"], abs=1e-5)
    # and by fastai alone, from files
    labels = survey.catalogue["metallicity"].tolist()
    block = DataBlock(
        blocks=(ImageBlock, RegressionBlock(n_out=1)),
        get_x=lambda position: survey.folder / "images" / f"{survey.object_ids[position]}.jpg",
        get_y=lambda position: labels[position],
        splitter=RandomSplitter(0.2, seed=2),
        item_tfms=[CropPad(60), RandomCrop(48)],
        batch_tfms=Normalize.from_stats(card.mean, card.std, cuda=False),
    )
    dataloaders = block.dataloaders(range(40), bs=64, num_workers=0, device=torch.device("cpu"))
    with torch.no_grad():
        (errors,) = [network(x)[:, 0] - y for x, y in dataloaders.valid]
    assert rmse(errors) == pytest.approx(card.training["valid_rmse"], abs=1e-5)


def test_records_have_the_error_of_each_epoch(short):
    # while a network is trained it predicts the standardised label
    scale = {"scale": short.card.label_std, "shift": short.card.label_mean}
    for record, state in zip(short.records, short.states, strict=True):
        network = build_network(xresnet_spec("xresnet18", widen=0.125, n_out=len(state["11.bias"])))
        network.load_state_dict(state)  # as it was then, its weights not rounded
        by_hand = rmse_by_hand(network, short, record["side_px"], **scale)
        assert by_hand == pytest.approx(record["valid_rmse"], abs=1e-5)


def test_the_card_describes_the_training(short):
    card, (survey,) = short.card, short.surveys
    assert (card.name, card.task, card.label, card.unit) == ("net", "regression", "metallicity", "dex")
    assert (card.pad_px, card.crop_px) == (60, 48)
    assert card.spec == TINY
    assert card.survey_sha256 == survey.sha256
    weights = short.out.with_suffix(".safetensors")
    assert (card.weights, card.weights_sha256) == (weights.name, file_sha256(weights))

    in_training, _ = RandomSplitter(0.2, seed=2)(range(40))
    pixels = crops_of(survey, [survey.object_ids[position] for position in in_training], SHORT) / 255
    np.testing.assert_allclose(card.mean, pixels.mean(axis=(0, 1, 2)), atol=1e-6)
    np.testing.assert_allclose(card.std, pixels.std(axis=(0, 1, 2)), atol=1e-6)

    training = json.loads(short.out.read_text(encoding="utf-8"))["training"]
    assert training["recipe"] == SHORT.as_json()
    assert training["recipe"]["seed"] == 2
    assert training["surveys"] == [{"sha256": survey.sha256, "galaxies": 40}]
    assert (training["n_training"], training["n_validation"]) == (32, 8)
    assert (training["n_missing"], training["n_duplicates"]) == ({}, 0)
    labels = survey.catalogue["metallicity"].iloc[list(in_training)]
    assert (card.label_mean, card.label_std) == pytest.approx((labels.mean(), labels.std(ddof=0)), rel=1e-12)
    assert training["epochs"] == short.records
    assert training["versions"]["galviz"] == __version__
    assert training["versions"]["python"] == platform.python_version()
    for package in ("torch", "fastai", "numpy"):
        assert training["versions"][package] == version(package)
    assert " cores, " in training["processor"]
    assert training["seconds"] >= 0


def test_records_and_progress_of_a_run(short):
    assert [(record["phase"], record["epoch"], record["side_px"]) for record in short.records] == [
        ("warm-up", 1, 32),
        ("warm-up", 2, 32),
        ("warm-up", 1, 40),
        ("training", 1, 48),
        ("training", 2, 48),
    ]
    for record in short.records:
        assert set(record) == {"phase", "epoch", "side_px", "train_rmse", "valid_rmse", "seconds"}
        assert 0 < record["train_rmse"] < 10
        assert 0 < record["valid_rmse"] < 10
    assert short.batches == [(done, N_BATCHES) for done in range(1, N_BATCHES + 1)]


def test_the_saved_network_predicts_only_the_label(short):
    heads = [learner.model.network[-1].weight.shape for learner in short.learners]
    assert heads == [(3, 64), (3, 64), (1, 64)]
    assert load_model(short.out)[-1].weight.shape == (1, 64)


def test_only_card_and_weights_remain(short):
    assert sorted(path.name for path in short.out.parent.iterdir()) == ["net.json", "net.safetensors"]


def test_the_card_describes_all_surveys(make_survey, tmp_path):
    surveys = [load_survey(make_survey(12, side_px=64, seed=seed)) for seed in (1, 2)]
    simulation = {"framing": "fixed", "seed": 2}
    (surveys[1].folder / "simulation.json").write_text(json.dumps(simulation))
    card = train(surveys, tmp_path / "net.json", recipe=Recipe(epochs=1, **SMALL), spec=TINY, note=[].append)
    first, second = (survey.sha256 for survey in surveys)
    assert card.survey_sha256 == combined_sha256([first, second])
    training = json.loads((tmp_path / "net.json").read_text())["training"]["surveys"]
    assert training == [
        {"sha256": first, "galaxies": 12},
        {"sha256": second, "galaxies": 12, "simulation": simulation},
    ]


@pytest.mark.parametrize("name", ["net.pth", "net", "nowhere/net.json"])
def test_an_invalid_out_is_refused_first(survey, tmp_path, name):
    with pytest.raises(ValueError, match=rf"^out must be a \.json file in a folder that exists; got .*{name}\.$"):
        train([survey], tmp_path / name, recipe=SHORT, spec=TINY)
    assert list(tmp_path.iterdir()) == []


def test_invalid_arguments_are_refused_first(make_survey, survey, tmp_path):
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(ValueError, match=r"^out must be a \.json file in a folder that exists; got .*folder\.json\.$"):
        train([survey], tmp_path / "folder.json", recipe=SHORT, spec=TINY)
    for unfit in ({"n_out": 2}, {"act_cls": "Swish"}, {"widen": 8.0}, {"depth": 3}):
        with pytest.raises(
            ValueError, match=r"^(spec must have a head with one output|option act_cls|option widen|options)"
        ):
            train([survey], tmp_path / "net.json", recipe=SHORT, spec=replace(TINY, options={**TINY.options, **unfit}))
    torn = load_survey(make_survey(12, side_px=32))
    (torn.folder / "simulation.json").write_text('{"seed": ')
    with pytest.raises(ValueError, match=r"simulation\.json is not valid JSON \(.*\)\. Simulate the survey again"):
        train([torn], tmp_path / "net.json", recipe=Recipe(epochs=1, **SMALL), spec=TINY)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.json"]


def test_an_infinite_error_ends_the_run(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, "loss", lambda predictions, targets: predictions.sum() * math.inf)
    with pytest.raises(
        ValueError, match=r"^The error is no longer a finite number in epoch 1 of the training phase\."
    ) as caught:
        train([survey], tmp_path / "net.json", recipe=Recipe(epochs=2, **SMALL), spec=TINY)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_mean_error_of_training_galaxies_is_zero(survey, galaxies, short):
    """Of images without augmentation; within the bias in half precision, a step of 2^-12 below 0.5 sd."""
    in_training, _ = split_galaxies(galaxies, SHORT)
    ids = [galaxies[position].object_id for position in in_training]
    features = extract(load_model(short.out), survey, ids, layers=())
    error = features.predictions - survey.catalogue.loc[ids, "metallicity"].to_numpy(float)
    assert abs(error.mean()) <= 1e-3


def test_an_existing_network_is_not_replaced(survey, short, tmp_path):
    out = tmp_path / "net.json"
    for suffix in (".json", ".safetensors"):
        path = out.with_suffix(suffix)
        path.write_bytes(b"existing")
        with pytest.raises(ValueError, match=r"net\.safetensors exists already\. .*force=True"):
            train([survey], out, recipe=SHORT, spec=TINY)
        assert path.read_bytes() == b"existing"
        assert [path.name for path in tmp_path.iterdir()] == [path.name]
        path.unlink()


def test_a_network_written_during_training_is_not_replaced(survey, tmp_path):
    out = tmp_path / "net.json"
    card = train(
        [survey], out, recipe=Recipe(epochs=1, **SMALL), spec=TINY, report=lambda record: out.write_text("existing")
    )
    assert (card.name, card.weights) == ("net-1", "net-1.safetensors")
    assert out.read_text() == "existing"
    assert load_model(tmp_path / "net-1.json").card == card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net-1.json", "net-1.safetensors", "net.json"]


@pytest.mark.slow
def test_force_replaces_both(survey, tmp_path):
    out = tmp_path / "net.json"
    out.write_text("old")
    out.with_suffix(".safetensors").write_text("old")
    card = train([survey], out, recipe=Recipe(epochs=1, **SMALL), spec=TINY, force=True)
    assert load_model(out).card == card
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.json", "net.safetensors"]


@pytest.mark.slow
def test_the_caller_s_settings_of_torch_change_nothing(survey, tmp_path):
    recipe = Recipe(epochs=1, **SMALL)
    plain = train([survey], tmp_path / "plain.json", recipe=recipe, spec=TINY)
    for number, setting in enumerate((torch.autocast("cpu", dtype=torch.bfloat16), torch.inference_mode())):
        with setting:
            card = train([survey], tmp_path / f"other{number}.json", recipe=recipe, spec=TINY)
        assert card.weights_sha256 == plain.weights_sha256
        assert card.training["valid_rmse"] == plain.training["valid_rmse"]
    torch.set_default_dtype(torch.float64)
    try:
        with pytest.raises(ValueError, match="default dtype must be float32"):
            train([survey], tmp_path / "double.json", recipe=recipe, spec=TINY)
    finally:
        torch.set_default_dtype(torch.float32)
