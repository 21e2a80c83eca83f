"""The recipes of docs/extending.md work as they are written."""

import re
from pathlib import Path

import numpy as np
import pytest
import torch

import galviz
from galviz.artefacts.artefact import Inputs
from galviz.network import builders

RECIPES = Path(__file__).parents[1] / "docs" / "extending.md"


def recipe_code():
    return "\n".join(re.findall(r"```python\n(.*?)```", RECIPES.read_text(encoding="utf-8"), flags=re.S))


@pytest.fixture(scope="module")
def names(tmp_path_factory):
    """What the recipes define, run one after the other in an empty folder."""
    names = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("recipes"))
        patch.setattr(builders, "BUILDERS", dict(builders.BUILDERS))
        exec(compile(recipe_code(), str(RECIPES), "exec"), names)
        galviz.save_model(names["small"], "small.json")
        names["loaded"], names["read"] = galviz.load_model("small.json"), galviz.load_features("foreign.parquet")
    return names


def test_a_layer_is_the_output_of_its_module(names):
    network, survey = names["network"], names["survey"]
    outputs = []
    handle = network[4][0].register_forward_hook(lambda module, inputs, output: outputs.append(output.mean(dim=(2, 3))))
    galviz.extract(network, survey, survey.object_ids[:4], layers=["features"])
    handle.remove()
    np.testing.assert_array_equal(names["features"].layers["block1"], torch.cat(outputs).numpy())


def test_an_architecture_is_saved_and_built_from_its_card(names):
    small, loaded = names["small"], names["loaded"]
    assert dict(loaded.card.layers) == {"early": 16, "features": 16}
    images = torch.randn(2, 3, 112, 112, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        assert torch.equal(small(images), loaded(images))


def test_a_chart_draws_its_table(names):
    assert names["chart"].to_dict()["description"] == "Histogram of 4 predictions."


def test_imported_features_are_read_back(names):
    assert names["read"].predictions is None
    np.testing.assert_array_equal(names["read"].layers["embedding"], np.ones((4, 768)))


def test_an_artefact_is_made_and_current(names, tmp_path):
    artefact, survey, network = names["BrightestGalaxy"](), names["survey"], names["network"]
    (tmp_path / "figures").mkdir()
    artefact.build(Inputs(survey, network, tmp_path), lambda done, total: None)
    path = tmp_path / artefact.name
    assert artefact.load(path) == survey.catalogue["mag_r"].sort_values().index[0]
    assert artefact.is_current(survey, network.card, path)
