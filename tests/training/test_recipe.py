"""Recipes: the tutorial's defaults, phases, JSON, and invalid values."""

import json
import math

import pytest

from galviz.training.recipe import Phase, Recipe, WarmUp
from tests.training.runs import CAUSES, SHORT


def test_the_default_recipe_is_the_tutorial_s():
    recipe = Recipe()
    assert (recipe.epochs, recipe.lr, recipe.batch_size, recipe.valid_share) == (7, 1e-2, 128, 0.2)
    assert (recipe.pad_px, recipe.crop_px, recipe.precision) == (144, 112, "float32")
    assert (recipe.causes, recipe.variation, recipe.warm_ups, recipe.shuffled_labels) == ((), 0.0, (), False)
    assert recipe.phases == (Phase("training", 7, 112, 1e-2, 0.0, ()),)


def test_only_warm_ups_predict_causes():
    assert SHORT.phases == (
        Phase("warm-up", 2, 32, 0.02, 0.5, CAUSES),
        Phase("warm-up", 1, 40, 0.01, 0.0, CAUSES),
        Phase("training", 2, 48, 0.01, 0.3, ()),
    )


def test_a_recipe_as_json_is_the_recipe():
    content = SHORT.as_json()
    assert json.loads(json.dumps(content)) == content
    assert content["causes"] == list(CAUSES)
    assert content["warm_ups"][1] == {"epochs": 1, "side_px": 40, "lr": 0.01, "variation": 0.0}
    warm_ups = tuple(WarmUp(**warm_up) for warm_up in content["warm_ups"])
    assert Recipe(**content | {"causes": tuple(content["causes"]), "warm_ups": warm_ups}) == SHORT


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("epochs", 0, r"epochs must be a whole number of at least 1; got 0\."),
        ("epochs", True, r"epochs must be .* got True\."),
        ("batch_size", 1, r"batch_size must be a whole number of at least 2; got 1\."),
        ("batch_size", "128", r"batch_size must be .* got '128'\."),
        ("seed", -1, r"seed must be a whole number of at least 0; got -1\."),
        ("seed", 2**32, r"seed must be less than 2\*\*32, NumPy's limit; got 4294967296\."),
        ("causes", "redshift", r"causes must be different names of columns; got 'redshift'\."),
        ("causes", ("bar", "bar"), r"causes must be different names of columns; got \('bar', 'bar'\)\."),
        ("pad_px", 144.5, r"pad_px must be a whole number of at least 32; got 144\.5\."),
        ("lr", 0, r"lr must lie between 0 and 1; got 0\. 0\.01 is usual\."),
        ("lr", "0.01", r"lr must lie between 0 and 1; got '0\.01'\."),
        ("pad_px", 5000, r"crop_px must be at most pad_px, and pad_px at most 4096; got 112 and 5000\."),
        ("lr", math.nan, r"lr must lie between 0 and 1; got nan\."),
        ("valid_share", 1.0, r"valid_share must lie between 0 and 1; got 1\.0\."),
        ("variation", -0.1, r"variation must lie between 0 and 3; got -0\.1\."),
        ("precision", "float16", r"precision must be 'float32' or 'bfloat16'; got 'float16'\."),
        ("crop_px", 145, r"crop_px must be at most pad_px, and pad_px at most 4096; got 145 and 144\."),
        ("warm_ups", (WarmUp(1), WarmUp(1, 113)), r"side_px of a warm-up must be at most crop_px, 112; got 113\."),
        ("causes", ("redshift",), r"causes are predicted in warm-ups, and there is none\."),
    ],
)
def test_invalid_recipes(name, value, message):
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        Recipe(**{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("epochs", 0, r"epochs must be a whole number of at least 1; got 0\."),
        ("side_px", 31, r"side_px must be a whole number of at least 32; got 31\."),
        ("side_px", 64.0, r"side_px must be a whole number of at least 32; got 64\.0\."),
        ("lr", 0.0, r"lr must lie between 0 and 1; got 0\.0\."),
        ("variation", 3.5, r"variation must lie between 0 and 3; got 3\.5\."),
    ],
)
def test_invalid_warm_ups(name, value, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        WarmUp(**{"epochs": 1} | {name: value})
