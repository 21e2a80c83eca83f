"""Training other networks than galviz's own, and fine-tuning one: its head first, then all layers."""

import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from galviz import cli
from galviz.features.extraction import extract
from galviz.network.builders import build_network
from galviz.network.card import read_card
from galviz.network.model import load_model, save_model, wrap
from galviz.network.suggestion import suggest_spec
from galviz.survey.survey import load_survey
from galviz.training import fitting
from galviz.training.networks import load_pretrained
from galviz.training.recipe import Recipe
from galviz.training.run import train
from tests.cards import TINY

pytestmark = pytest.mark.full
SMALL = {"batch_size": 8, "pad_px": 60, "crop_px": 48, "seed": 2}
FINE = Recipe(epochs=1, lr=2e-3, batch_size=8, seed=2)


@pytest.fixture
def trained(short):
    """The card of a tiny trained network."""
    return short.out


@pytest.fixture
def states(monkeypatch):
    """Each phase with the states of the network before and after it."""
    states = []
    fit = fitting.fit

    def watched(network, head, dataloaders, precision, phase, callback):
        before = {name: values.clone() for name, values in network.state_dict().items()}
        fit(network, head, dataloaders, precision, phase, callback)
        after = {name: values.clone() for name, values in network.state_dict().items()}
        states.append((phase, before, after))

    monkeypatch.setattr("galviz.training.run.fit", watched)
    return states


def changed(before, after, network):
    """Names of parameters that differ, without those of norms, which are trained in a frozen body too."""
    norms = {
        f"{path}.{name}"
        for path, module in network.named_modules()
        if isinstance(module, nn.BatchNorm2d | nn.BatchNorm1d)
        for name, _ in module.named_parameters()
    }
    parameters = {name for name, _ in network.named_parameters()} - norms
    return {name for name in parameters if not torch.equal(before[name], after[name])}


@pytest.mark.slow
def test_the_head_is_trained_first_and_then_all_layers(survey, trained, states, tmp_path):
    card = train([survey], tmp_path / "second.json", recipe=FINE, start=trained)
    (head, _, _), (tuning, _, _) = states
    assert [(phase.name, phase.epochs, phase.lr) for phase in (head, tuning)] == [
        ("head", 1, 2e-3), ("fine-tuning", 1, 1e-3),
    ]  # fmt: skip
    network = load_model(trained)
    assert changed(*states[0][1:], network) == {"11.weight", "11.bias"}
    assert len(changed(*states[1][1:], network)) > 20
    assert card.training["started_from"] == {"name": "net", "weights_sha256": read_card(trained).weights_sha256}
    assert [record["phase"] for record in card.training["epochs"]] == ["head", "fine-tuning"]
    first = read_card(trained)
    assert (card.mean, card.std, card.pad_px, card.crop_px) == (first.mean, first.std, first.pad_px, first.crop_px)


def test_the_head_of_the_same_label_is_kept(survey, trained, states, tmp_path):
    start, first = load_pretrained(trained), read_card(trained)
    tensors = start.tensors_for(first.label, 3.0, 2.0)
    network = build_network(start.spec)
    network.load_state_dict(tensors)
    image = torch.randn(2, 3, 48, 48, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        standardised, in_unit = network.eval()(image), load_model(trained)(image)
    torch.testing.assert_close(standardised * 2.0 + 3.0, in_unit, rtol=1e-4, atol=1e-4)
    assert not {"11.weight", "11.bias"} & start.tensors_for("inclination_deg", 3.0, 2.0).keys()


@pytest.mark.slow
def test_another_label_gets_a_new_head_on_the_same_body(survey, trained, states, tmp_path):
    other = load_survey(survey.folder, "inclination_deg")
    card = train([other], tmp_path / "inclined.json", recipe=FINE, start=trained)
    assert card.label == "inclination_deg"
    before, old = states[0][1], load_model(trained).state_dict()
    body = [name for name in old if not name.startswith("11.")]
    assert all(torch.equal(before[name], old[name]) for name in body)
    assert not torch.equal(before["11.weight"], old["11.weight"])
    assert before["11.bias"].tolist() == [0.0]


@pytest.mark.slow
@pytest.mark.parametrize("outputs", [0, 5])
def test_an_encoder_gets_a_head(outputs, survey, states, tmp_path):
    spec = suggest_spec("timm:test_resnet", {"num_classes": outputs}, crop_px=48, encoder=True)
    encoder = wrap(build_network(spec, seed=3), spec, label=None, pad_px=60, crop_px=48, mean=(0, 0, 0), std=(1, 1, 1))
    save_model(encoder, tmp_path / "encoder.json")
    card = train([survey], tmp_path / "tuned.json", recipe=FINE, start=tmp_path / "encoder.json")
    assert (card.label, card.spec.head, card.mean) == ("metallicity", "fc", (0.0, 0.0, 0.0))
    body = [name for name in encoder.state_dict() if not name.startswith("fc")]
    assert all(torch.equal(states[0][1][name], encoder.state_dict()[name]) for name in body)
    assert states[0][1]["fc.weight"].shape == (1, 96)
    features = extract(load_model(tmp_path / "tuned.json"), survey, device="cpu")
    assert np.isfinite(features.predictions).all()


@pytest.mark.slow
def test_an_interrupted_run_continues_to_the_same_weights(survey, trained, tmp_path):
    train([survey], tmp_path / "whole.json", recipe=replace(FINE, epochs=2), start=trained)

    def stop(record):
        if record["phase"] == "fine-tuning":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train([survey], tmp_path / "net.json", recipe=replace(FINE, epochs=2), start=trained, report=stop)
    with pytest.raises(ValueError, match=r"was begun with (start|head_epochs|lr|spec)"):
        train([survey], tmp_path / "net.json", recipe=Recipe(epochs=2, **SMALL), spec=TINY)
    train([survey], tmp_path / "net.json", recipe=replace(FINE, epochs=2), start=trained)
    assert (tmp_path / "net.safetensors").read_bytes() == (tmp_path / "whole.safetensors").read_bytes()


@pytest.mark.slow
def test_the_schedule_is_that_of_fastai(survey, trained, tmp_path, monkeypatch):
    """Learning rates of both groups at every step, beside those of fastai's own fine_tune on the same batches."""
    our_rates = []

    class Watched(fitting.Learner):
        def fit_one_cycle(self, *arguments, **options):
            super().fit_one_cycle(*arguments, **options)
            our_rates.append([dict(self.recorder.hps)["lr"]])

    monkeypatch.setattr(fitting, "Learner", Watched)
    train([survey], tmp_path / "net.json", recipe=replace(FINE, epochs=2), start=trained)

    from fastai.callback.schedule import fine_tune  # noqa: F401 (gives the Learner fine_tune)
    from fastai.data.core import DataLoaders
    from fastai.learner import Learner
    from fastai.optimizer import ranger

    network = fitting.PrecisionWrapper(load_model(trained), "float32", "11")
    rows = [(torch.randn(3, 48, 48), torch.randn(1)) for _ in range(32)]
    loaders = DataLoaders.from_dsets(rows, rows, bs=8, device="cpu", num_workers=0)
    fastai_learner = Learner(
        loaders, network, loss_func=fitting.loss, opt_func=ranger, splitter=fitting.PrecisionWrapper.body_and_head
    )
    rates = []
    fit = fastai_learner.fit_one_cycle

    def watched(*arguments, **options):
        fit(*arguments, **options)
        rates.append([dict(fastai_learner.recorder.hps)["lr"]])

    fastai_learner.fit_one_cycle = watched
    with fastai_learner.no_bar(), fastai_learner.no_logging():
        fastai_learner.fine_tune(2, base_lr=2e-3)
    assert [len(phase[0]) for phase in our_rates] == [len(phase[0]) for phase in rates]
    for ours, expected in zip(our_rates, rates, strict=True):
        np.testing.assert_allclose(np.array(ours[0], float), np.array(expected[0], float), rtol=1e-6)


# --- the command ------------------------------------------------------------------------------------------------------


def command(survey, out, *arguments):
    return cli.main(["train", *map(str, ["--survey", survey.folder, "--out", out, "--batch-size", 8, *arguments])])


@pytest.mark.slow
@pytest.mark.parametrize("architecture", ["torchvision:resnet18", "timm:test_resnet", "xresnet18"])
def test_any_registered_architecture_is_trained(architecture, survey, tmp_path, capsys):
    out = tmp_path / "net.json"
    status = command(survey, out, "--architecture", architecture, "--epochs", 1, "--crop", 48, "--pad", 60)
    assert status == 0, capsys.readouterr().err
    card = read_card(out)
    assert card.spec.builder == architecture
    assert list(card.layers)[-1] == "features"
    features = extract(load_model(out), survey, layers=list(card.layers), device="cpu")
    errors = features.predictions - survey.catalogue["metallicity"].to_numpy()
    assert abs(errors.mean()) < 0.5  # in the label's unit


@pytest.mark.slow
def test_the_command_fine_tunes(survey, trained, tmp_path, capsys):
    assert command(survey, tmp_path / "net.json", "--from", trained, "--epochs", 1) == 0
    recipe = read_card(tmp_path / "net.json").training["recipe"]
    assert (recipe["head_epochs"], recipe["lr"], recipe["crop_px"]) == (1, 2e-3, 48)
    before = trained.read_bytes()
    assert command(survey, trained, "--from", trained, "--epochs", 1, "--force") == 2
    assert trained.read_bytes() == before


@pytest.mark.parametrize("force", [["--force"], []])
def test_a_renamed_card_keeps_the_weights_that_it_names(force, survey, trained, tmp_path, capsys):
    weights = shutil.copy(trained.with_suffix(".safetensors"), tmp_path)
    start = shutil.copy(trained, tmp_path / "start.json")
    out = tmp_path / trained.name
    assert command(survey, out, "--from", start, "--epochs", 1, *force) == 2
    assert str(weights) in capsys.readouterr().err
    assert not out.exists()
    assert load_model(start).card.weights == trained.with_suffix(".safetensors").name


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--architecture", "resnet18"], "builder must be one of"),
        (["--architecture", "torchvision:squeezenet1_0"], "no linear layer|vector per image"),
        (["--architecture", "torchvision:googlenet"], "more than one output in training mode"),
        (["--architecture", "timm:vit_tiny_patch16_224"], "can't take images of 112 px"),
        (["--architecture", "torchvision:densenet121"], "must be the output of a module"),
        (["--options", "depth=3"], "must be among"),
        (["--head-epochs", "1"], "no network to start from"),
        (["--from", "none.json"], "no model card"),
    ],
)
def test_invalid_arguments_are_refused_first(arguments, message, survey, tmp_path, capsys):
    assert command(survey, tmp_path / "net.json", *arguments) == 2
    assert re.search(message, capsys.readouterr().err)
    assert not list(tmp_path.iterdir())


def test_a_network_to_fine_tune_has_its_own_specification(survey, trained, tmp_path, capsys):
    for arguments in (["--architecture", "xresnet18"], ["--options", "sa=true"], ["--crop", "64"]):
        assert command(survey, tmp_path / "net.json", "--from", trained, *arguments) == 2
        assert "omit it" in capsys.readouterr().err
    with pytest.raises(ValueError, match="must not both be given"):
        train([survey], tmp_path / "net.json", start=trained, spec=TINY)
    assert command(survey, tmp_path / "net.json", "--from", trained, "--warm-up", "epochs=1,px=32") == 2
    assert "warm_ups are for new networks" in capsys.readouterr().err
