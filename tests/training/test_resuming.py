"""Interrupted runs continue to the same weights; checkpoints of other runs and damaged ones are refused."""

import os
import pickle
import random
from dataclasses import replace

import numpy as np
import pytest
import torch
from fastai.optimizer import ranger

from galviz.network.builders import build_network
from galviz.network.spec import xresnet_spec
from galviz.survey.survey import load_survey
from galviz.training import run as run_module
from galviz.training.checkpoint import (
    Progress,
    load_checkpoint,
    network_state,
    optimiser_state,
    restore_optimiser,
    save_checkpoint,
)
from galviz.training.recipe import Recipe
from galviz.training.run import train
from tests.cards import TINY
from tests.training.runs import N_BATCHES, SHORT, SMALL


def without_seconds(record):
    if isinstance(record, tuple | list):
        return [without_seconds(item) for item in record]
    return {
        name: without_seconds(value) if isinstance(value, tuple | list) else value
        for name, value in record.items()
        if name != "seconds"
    }


class Stopped(Exception):
    """Stops a run."""


def stopped(survey, out, *, at_batch=None, after_epoch=None):
    """Begin or continue the short run until it is stopped; return its records."""
    records = []

    def progress(done, total):
        if done == at_batch:
            raise Stopped

    def report(record):
        records.append(record)
        if (record["side_px"], record["epoch"]) == after_epoch:
            raise Stopped

    with pytest.raises(Stopped):
        train([survey], out, recipe=SHORT, spec=TINY, progress=progress, report=report)
    return records


@pytest.mark.parametrize(
    ("places", "epochs_done"),
    [
        pytest.param([{"at_batch": 2}, {"at_batch": 6}], 1, id="warm-up", marks=pytest.mark.slow),
        pytest.param(
            [{"after_epoch": (32, 2)}, {"at_batch": 9}, {"after_epoch": (40, 1)}],
            3,
            id="between phases",
            marks=pytest.mark.slow,
        ),
        pytest.param([{"at_batch": 18}], 4, id="training"),
        pytest.param(
            [{"after_epoch": (48, 1)}, {"after_epoch": (48, 2)}],
            5,
            id="done except for the card",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_an_interrupted_run_continues_to_the_same_weights(survey, short, tmp_path, places, epochs_done):
    out = tmp_path / "net.json"
    (tmp_path / ".net.checkpoint.0123456789ab.part").write_bytes(b"half")  # of a run that was killed while writing
    for place in places:
        stopped(survey, out, **place)
        # the state of the global generators doesn't matter
        torch.manual_seed(99)
        np.random.seed(99)  # noqa: NPY002 (it is the global generator that is meant)
        random.seed(99)
    expected = ["net.checkpoint"] if epochs_done else []
    assert [path.name for path in tmp_path.iterdir()] == expected

    batches, records = [], []
    card = train(
        [survey],
        out,
        recipe=SHORT,
        spec=TINY,
        progress=lambda done, total: batches.append((done, total)),
        report=records.append,
    )
    assert out.with_suffix(".safetensors").read_bytes() == short.out.with_suffix(".safetensors").read_bytes()
    assert without_seconds(card.training) == without_seconds(short.card.training)
    assert replace(card, training={}) == replace(short.card, training={})
    assert without_seconds(records) == without_seconds(short.records[epochs_done:])
    assert batches == [(done, N_BATCHES) for done in range(4 * epochs_done + 1, N_BATCHES + 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.json", "net.safetensors"]


@pytest.mark.parametrize(
    ("place", "error"),
    [
        ("progress", KeyboardInterrupt()),
        ("report", Stopped("by", 3)),
        ("save_checkpoint", OSError(28, "No space left")),
    ],
)
def test_exceptions_of_callbacks_are_raised_unchanged(survey, tmp_path, monkeypatch, place, error):
    arguments = error.args

    def stop(*_):
        raise error

    options = {place: stop} if place != "save_checkpoint" else monkeypatch.setattr(run_module, place, stop) or {}
    with pytest.raises(type(error)) as caught:
        train([survey], tmp_path / "net.json", recipe=Recipe(epochs=1, **SMALL), spec=TINY, **options)
    assert caught.value is error
    assert error.args == arguments


@pytest.mark.slow
def test_a_checkpoint_of_another_run_is_refused_and_kept(survey, make_survey, tmp_path):
    out = tmp_path / "net.json"
    stopped(survey, out, after_epoch=(32, 1))
    checkpoint = tmp_path / "net.checkpoint"
    before = checkpoint.read_bytes()
    other = load_survey(make_survey(40, side_px=64, seed=2))
    for surveys, recipe, spec, message in (
        ([survey], replace(SHORT, lr=0.02), TINY, r"lr 0\.01, not 0\.02"),
        ([survey], replace(SHORT, causes=()), TINY, r"causes \['inclination_deg', 'bulge_fraction'\], not \[\]"),
        (
            [survey],
            SHORT,
            xresnet_spec("xresnet18", widen=0.25),
            r"spec \{.*'widen': 0\.125\}.*, not \{.*'widen': 0\.25\}.*",
        ),
        ([other], SHORT, TINY, f"survey_sha256 '{survey.sha256}', not '{other.sha256}'"),
        ([load_survey(survey.folder, "log_mass_msun")], SHORT, TINY, "label 'metallicity', not 'log_mass_msun'"),
    ):
        with pytest.raises(
            ValueError, match=rf"^The checkpoint .*net\.checkpoint was begun with {message}\. Give"
        ) as caught:
            train(surveys, out, recipe=recipe, spec=spec)
        assert "\n" not in str(caught.value)
        assert checkpoint.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["net.checkpoint"]


def test_a_checkpoint_is_loaded_as_it_was_saved(tmp_path):
    path, settings = tmp_path / "net.checkpoint", {"lr": 0.01, "causes": ["redshift"], "versions": {"torch": "2"}}
    state = {"0.weight": torch.randn(3), "0.count": torch.tensor(7)}
    assert load_checkpoint(path, settings) == Progress()
    save_checkpoint(path, settings, Progress(1, 3, [{"epoch": 3}], state, {"count": 5}))
    loaded = load_checkpoint(path, dict(settings))
    assert (loaded.phase, loaded.epoch, loaded.history, loaded.optimiser) == (1, 3, [{"epoch": 3}], {"count": 5})
    assert loaded.network.keys() == state.keys()
    assert all(torch.equal(loaded.network[name], state[name]) for name in state)
    for other in (settings | {"new": 1}, {"lr": 0.01}, settings | {"versions": {"torch": "3"}}):
        with pytest.raises(ValueError, match="was begun with"):
            load_checkpoint(path, other)


def test_a_restored_optimiser_continues():
    """On a parabola, five steps, saving, restoring and seven steps equal twelve steps of ranger."""

    def parabola():
        torch.manual_seed(0)
        return [torch.randn(4, requires_grad=True), torch.randn(2, requires_grad=True)]

    def step(optimiser, parameters, times):
        for _ in range(times):
            sum((values**2).sum() for values in parameters).backward()
            optimiser.step()
            optimiser.zero_grad()

    straight = parabola()
    step(ranger(straight, lr=0.1), straight, 12)
    parameters = parabola()
    optimiser = ranger(parameters, lr=0.1)
    fresh = optimiser_state(optimiser)
    assert (fresh["count"], fresh["slow_weights"]) == (0, None)
    step(optimiser, parameters, 5)
    state = optimiser_state(optimiser)
    another = ranger(parameters, lr=0.3)
    restore_optimiser(another, state, torch.device("cpu"))
    step(another, parameters, 7)
    for values, expected in zip(parameters, straight, strict=True):
        assert torch.equal(values, expected)
    # on another device its tensors are there ("meta" is one that every machine has)
    restore_optimiser(another, state, torch.device("meta"))
    moved = optimiser_state(another)
    assert {values.device.type for part in moved["state"] for values in part.values() if torch.is_tensor(values)} == {
        "meta"
    }
    assert {values.device.type for group in moved["slow_weights"] for values in group} == {"meta"}


def test_a_network_s_state_is_a_copy():
    network = build_network(TINY)
    state = network_state(network)
    before = state["11.weight"].clone()
    network[-1].weight.data.add_(1)
    assert torch.equal(state["11.weight"], before)
    assert state.keys() == network.state_dict().keys()


class Trap:
    """Unpickling it creates a file."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return type(self.path).touch, (self.path,)


SOUND = {"settings": {"lr": 0.01}, "progress": vars(Progress())}


@pytest.mark.parametrize(
    "write",
    [
        lambda path, trap: path.write_bytes(b""),
        lambda path, trap: path.write_bytes(b"rubbish"),
        lambda path, trap: path.write_text('{"settings": {}}'),
        lambda path, trap: path.mkdir(),
        lambda path, trap: os.mkfifo(path),
        lambda path, trap: torch.save(SOUND, path) or path.write_bytes(path.read_bytes()[:-100]),
        lambda path, trap: torch.save(torch.zeros(3), path),
        lambda path, trap: torch.save({"settings": {"lr": 0.01}}, path),
        lambda path, trap: torch.save(SOUND | {"settings": 3}, path),
        lambda path, trap: torch.save(SOUND | {"progress": {"mood": "good"}}, path),
        lambda path, trap: torch.save(SOUND | {"more": trap}, path),
        lambda path, trap: torch.save(trap, path, _use_new_zipfile_serialization=False),
        lambda path, trap: path.write_bytes(pickle.dumps(trap)),
        lambda path, trap: path.write_bytes(pickle.dumps(trap, protocol=2)),
    ],
    ids="empty rubbish JSON folder FIFO cut tensor bare settings progress trap old-trap pickle old-pickle".split(),
)
def test_a_damaged_or_malicious_checkpoint_is_refused(tmp_path, write):
    sprung, path = tmp_path / "sprung", tmp_path / "net.checkpoint"
    write(path, Trap(sprung))
    with pytest.raises(
        ValueError, match=r"^The checkpoint .*net\.checkpoint can't be read \(\w+\)\. Remove it"
    ) as caught:
        load_checkpoint(path, {"lr": 0.01})
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["net.checkpoint"]


def test_a_run_does_not_begin_beside_a_malicious_checkpoint(survey, tmp_path):
    torch.save(SOUND | {"more": Trap(tmp_path / "sprung")}, tmp_path / "net.checkpoint")
    with pytest.raises(ValueError, match=r"net\.checkpoint can't be read"):
        train([survey], tmp_path / "net.json", recipe=SHORT, spec=TINY)
    assert [file.name for file in tmp_path.iterdir()] == ["net.checkpoint"]


def test_a_full_disk_keeps_the_previous_checkpoint(tmp_path, monkeypatch):
    path = tmp_path / "net.checkpoint"
    save_checkpoint(path, {}, Progress(0, 1))
    before = path.read_bytes()

    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="make room, then run the same command again to continue") as caught:
        save_checkpoint(path, {}, Progress(0, 2))
    assert caught.value.filename == str(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
