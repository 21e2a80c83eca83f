"""A network is trained on (label - mean) / std and predicts in the label's unit, whatever that is."""

import json

import numpy as np
import pandas as pd
import pytest
from fastai.data.transforms import RandomSplitter

from galviz.features.extraction import extract
from galviz.network.card import read_card
from galviz.network.head import read_head
from galviz.network.model import load_model
from galviz.survey.survey import load_survey
from galviz.training.recipe import Recipe, WarmUp
from galviz.training.run import train
from galviz.training.scale import label_scale, standardise
from tests.cards import TINY

RECIPE = Recipe(epochs=4, lr=0.02, batch_size=8, valid_share=0.2, seed=2, pad_px=60, crop_px=48)
# The drawn galaxies' metallicity, 8.3 to 9.2, as other quantities; from 1e-29 to 1e30.
SCALES = {
    "jd": (100.0, 2_450_000.0),
    "tiny": (1e-29, 0.0),
    "huge": (1e29, 0.0),
}


@pytest.fixture(scope="module")
def folder(make_survey):
    """Forty galaxies with their metallicity in several units."""
    folder = make_survey(40, side_px=64)
    table = pd.read_csv(folder / "master.csv", dtype=str)
    metallicity = table["oh_p50"].astype(float)
    table = table.assign(**{name: (metallicity * scale + shift).map(repr) for name, (scale, shift) in SCALES.items()})
    table["constant"], table["far"] = "0.1", [repr(2_450_000 + value) for value in metallicity]
    table["beyond"], table["below"] = (metallicity * 1e300).map(repr), (metallicity * 1e-40).map(repr)
    table.to_csv(folder / "master.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def metallicity(folder, tmp_path_factory):
    """A run on the metallicity as it is."""
    out = tmp_path_factory.mktemp("metallicity") / "net.json"
    return train([load_survey(folder)], out, recipe=RECIPE, spec=TINY)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["jd", "tiny", "huge"])
def test_training_does_not_depend_on_the_label_s_unit(folder, metallicity, tmp_path, name):
    scale, shift = SCALES[name]
    survey = load_survey(folder, name)
    records = []
    card = train([survey], tmp_path / "net.json", recipe=RECIPE, spec=TINY, report=records.append)
    assert read_card(tmp_path / "net.json") == card
    assert card.label_mean == pytest.approx(metallicity.label_mean * scale + shift, rel=1e-9)
    assert card.label_std == pytest.approx(metallicity.label_std * scale, rel=1e-6)
    # In the label's unit, to all digits. The standardised labels differ in the last of them, and so the errors too.
    for record, expected in zip(records, metallicity.training["epochs"], strict=True):
        assert record["train_rmse"] == pytest.approx(expected["train_rmse"] * scale, rel=0.02)
        assert record["valid_rmse"] == pytest.approx(expected["valid_rmse"] * scale, rel=0.02)

    features = extract(load_model(tmp_path / "net.json"), survey, layers=("features",))
    truth = survey.catalogue[name].to_numpy(float)
    assert np.std(truth) == pytest.approx(card.label_std, rel=0.3)
    assert np.sqrt(np.mean((features.predictions / card.label_std - truth / card.label_std) ** 2)) < 0.9
    head = read_head(tmp_path / "net.json")
    by_hand = features.layers["features"].astype(float) @ head.weight + head.bias
    step = np.spacing(np.float32(np.abs(truth).max()))
    np.testing.assert_allclose(features.predictions, by_hand, rtol=0, atol=2 * step + 1e-5 * card.label_std)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("constant", r"is 0\.1 for all 32 training galaxies: there is nothing to learn\."),
        (
            "far",
            r"has a standard deviation of 0\.2\d+ around 2450008\.\d+, where float32 .* have steps of 0\.25",
        ),
        ("beyond", r"goes up to 9\.\d+e\+300, but the largest value that float32 .* is 1e\+30"),
        ("below", r"has a standard deviation of 2\.\d+e-41, but the smallest .* is 1e-30"),
    ],
)
def test_an_unsuitable_label_is_refused_first(folder, tmp_path, name, message):
    with pytest.raises(ValueError, match=f"^The label {name} {message}") as caught:
        train([load_survey(folder, name)], tmp_path / "net.json", recipe=RECIPE, spec=TINY)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_label_scale():
    assert label_scale(np.array([8.0, 9.0, 8.0, 9.0]), "metallicity") == (8.5, 0.5)
    # 64 of float32's steps of 0.25 are enough, fewer aren't
    assert label_scale(2_450_000 + np.array([-16.0, 16.0]), "jd") == (2_450_000, 16.0)
    with pytest.raises(ValueError, match=r"Subtract a constant from it, such as its mean\.$"):
        label_scale(2_450_000 + np.array([-15.9, 15.9]), "jd")


def test_an_extreme_validation_label_is_refused(make_survey, tmp_path):
    folder = make_survey(40, side_px=64)
    table = pd.read_csv(folder / "master.csv", dtype=str)
    _, in_validation = RandomSplitter(0.2, seed=2)(range(40))
    table["mass"] = table["oh_p50"]
    table.loc[in_validation[0], "mass"] = "2e300"
    table.to_csv(folder / "master.csv", index=False)
    object_id = table["objID"][in_validation[0]]
    with pytest.raises(ValueError, match=rf"^The label of {object_id} in .* is 2e\+300, more than 1e\+15 standard"):
        train([load_survey(folder, "mass")], tmp_path / "net.json", recipe=RECIPE, spec=TINY)


def test_causes_of_any_size_are_standardised():
    values = np.array([1.0, 2.0, 4.0, 9.0])
    expected = (values - 4) / np.std(values, ddof=1)
    for scale in (1.0, -1e-300, 1e300, 1e-11):
        np.testing.assert_allclose(standardise(values * scale), expected * np.sign(scale), rtol=1e-12)
    np.testing.assert_allclose(standardise(values + 2_450_000), expected, rtol=1e-9)
    for constant in (0.0, 0.1, 1e300, -9999.0):
        assert standardise(np.full(7, constant)) is None
    assert standardise(np.array([0.1 + 0.2, 0.3, 0.3])) is None  # rounding errors


def test_a_checkpoint_from_before_labels_were_standardised_is_refused(folder, tmp_path, monkeypatch):
    from galviz.training import run as run_module

    def stop(record):
        raise KeyboardInterrupt

    def older(path, settings, progress):
        older_settings = {name: value for name, value in settings.items() if name != "targets"}
        save(path, older_settings, progress)

    save = run_module.save_checkpoint
    recipe = Recipe(**vars(RECIPE) | {"warm_ups": (WarmUp(1, 32),)})
    monkeypatch.setattr(run_module, "save_checkpoint", older)
    with pytest.raises(KeyboardInterrupt):
        train([load_survey(folder)], tmp_path / "net.json", recipe=recipe, spec=TINY, report=stop)
    with pytest.raises(ValueError, match=r"was begun with targets None, not 'standardised'\. Give the same settings"):
        train([load_survey(folder)], tmp_path / "net.json", recipe=recipe, spec=TINY)


@pytest.mark.slow
def test_values_that_a_card_cannot_hold_are_refused_first(folder, tmp_path):
    survey = load_survey(folder)
    with pytest.raises(ValueError, match=r"^out must have a name of printable characters"):
        train([survey], tmp_path / "a\nb.json", recipe=RECIPE, spec=TINY)
    simulation = folder / "simulation.json"
    try:
        for content, message in (
            ('{"seed": NaN}', "NaN is no finite number"),
            ('{"n": 1, "n": 2}', "key 'n' is given twice"),
        ):
            simulation.write_text(content)
            with pytest.raises(ValueError, match=rf"simulation\.json is not valid JSON \(.*{message}\)"):
                train([survey], tmp_path / "net.json", recipe=RECIPE, spec=TINY)
        simulation.write_text(json.dumps({"deep": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]}))
        with pytest.raises(ValueError, match="nested more than 16 levels deep"):
            train([survey], tmp_path / "net.json", recipe=RECIPE, spec=TINY)
    finally:
        simulation.unlink()
    assert list(tmp_path.iterdir()) == []
