"""The shipped results on real galaxies: they are current, consistent, and hold aggregates only."""

import copy
import json
import re
import textwrap
from pathlib import Path

import numpy as np
import pytest

from galviz.artefacts import real_galaxies
from galviz.artefacts.artefact import ArtefactError
from galviz.artefacts.real_galaxies import load_real_galaxies, save_real_galaxies
from galviz.files.manifest import data_path
from galviz.network.card import read_card

BENCHMARKS = Path(__file__).parents[2] / "benchmarks" / "README.md"


@pytest.fixture(scope="module")
def results():
    return load_real_galaxies()


@pytest.fixture
def content():
    return json.loads(data_path(real_galaxies.NAME).read_text(encoding="utf-8"))


def test_the_results_belong_to_the_shipped_network(results):
    card = read_card()
    assert (results.network.weights_sha256, results.network.card_sha256) == (card.weights_sha256, card.sha256)


def test_methods_are_compared_with_baselines_and_controls(results):
    assert {method.kind for method in results.methods} == {"network", "baseline", "control"}
    assert [results.method(name).n_fitted for name in ("zero-shot", "ridge-features")] == [0, 320]
    assert results.method("mean").r is None
    # a ridge fitted to permuted labels can't beat the mean
    assert results.method("ridge-permuted-labels").rmse.high > results.survey.std
    for method in results.methods:
        assert method.rmse.low < method.rmse.value < method.rmse.high
        assert method.n_tested == results.survey.n_galaxies == 400
        r_squared = 1 - (method.rmse.value / results.survey.std) ** 2
        assert method.r_squared.value == pytest.approx(r_squared, abs=0.005)
    with pytest.raises(ValueError, match="name must be one of mean, "):
        results.method("median")


def test_the_table_has_a_row_per_method(results):
    table = results.table()
    assert list(table.index) == [method.title for method in results.methods]
    assert table.loc["ridge on features", "RMSE"] == results.method("ridge-features").rmse.value
    assert np.isnan(table.loc["the mean", "r"])


def test_the_benchmarks_text_has_these_numbers(results):
    text = BENCHMARKS.read_text(encoding="utf-8")
    table = results.table().drop(columns="kind").to_string(na_rep="–", float_format="{:.4f}".format)
    assert textwrap.indent(table, "    ") in text
    tuning, words = results.protocol["fine_tuning"], " ".join(text.split())
    errors = tuning["held_out_rmse"]
    assert "first fold's: " + ", ".join(f"{name} {error:.4f}" for name, error in errors.items()) in words
    assert tuning["chosen"] == min(errors, key=errors.get)
    best = "forest-colours"
    for pair in (("ridge-features", best), ("fine-tuned", "ridge-features"), ("fine-tuned", best)):
        rmse = results.difference(*pair).rmse
        assert re.search(rf"{rmse.value:.4f} dex \((95 % )?{rmse.low:.4f} to {rmse.high:.4f}[,)]", words)
    assert list(errors) == ["lr 0.002", "lr 0.01", "lr 0.05"]
    assert "0.002, which is the default of `train --from`, and 5 and 25 times that" in words
    with pytest.raises(ValueError, match="better and worse must be one of these pairs: ridge-features and "):
        results.difference("mean", "zero-shot")


def test_distances_are_calibrated_on_held_out_mock_galaxies(results):
    mock, _, real = results.distance.groups
    assert mock.share_beyond.value == pytest.approx(0.01, abs=0.002)
    assert real.n == sum(quartile.n for quartile in results.distance.quartiles) == 400
    assert list(real.quantiles) == sorted(real.quantiles)


def test_no_galaxy_can_be_traced(content):
    text = json.dumps(content)
    assert len(text) < 30_000
    assert not re.search(r"\b\d{12,}\b", re.sub(r"\b[0-9a-f]{64}\b", "", text))


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda content: content.update(format="other"), "its format isn't"),
        (lambda content: content.pop("methods"), "RealGalaxies must have the entries"),
        (lambda content: content["methods"][0].update(n_tested="400"), r"methods\[0\].n_tested must be a whole number"),
        (lambda content: content["methods"][0]["rmse"].update(low=9.0), "an interval must not end below its start"),
        (lambda content: content["methods"][0].update(name="other"), "there is no method mean"),
        (lambda content: content["distance"]["quartiles"][0].update(n=19), "must describe 20 galaxies or more"),
    ],
)
def test_a_changed_file_is_one_sentence(content, change, problem, tmp_path):
    change(content)
    if problem.startswith("there is no"):
        content["differences"][0]["worse"] = "mean"
    path = tmp_path / "results.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ArtefactError, match=problem) as error:
        load_real_galaxies(path)
    assert str(error.value).count(". ") == 0
    assert "benchmarks/real.py" in str(error.value)


def test_results_of_other_weights_are_stale(content, tmp_path):
    content["network"]["weights_sha256"] = "0" * 64
    path = tmp_path / "results.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ArtefactError, match=r"belong to other weights \(000000000000\)"):
        load_real_galaxies(path)


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ArtefactError, match="can't be read"):
        load_real_galaxies(tmp_path / "absent.json")


def test_saved_results_read_back(results, tmp_path):
    path = tmp_path / "results.json"
    save_real_galaxies(copy.copy(results), path)
    assert load_real_galaxies(path) == results
    assert path.read_bytes() == data_path(real_galaxies.NAME).read_bytes()
