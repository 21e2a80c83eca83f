"""Training learns what there is to learn, goes on after a stop to the same weights, and its card tells the truth."""

import json
import math
import os
import pickle
import platform
import random
from dataclasses import replace
from importlib.metadata import version
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
import torch.nn.functional as F
from fastai.data.block import DataBlock, RegressionBlock
from fastai.data.transforms import Normalize, RandomSplitter
from fastai.optimizer import ranger
from fastai.torch_core import TensorImage
from fastai.vision.augment import CropPad, RandomCrop, aug_transforms
from fastai.vision.data import ImageBlock
from PIL import Image
from scipy.ndimage import gaussian_filter

from galviz import __version__
from galviz.features.extraction import extract
from galviz.network.builders import build_network
from galviz.network.card import combined_sha256, file_sha256, read_card
from galviz.network.model import load_model
from galviz.network.spec import xresnet_spec
from galviz.survey.survey import load_survey
from galviz.training import fitting
from galviz.training import run as run_module
from galviz.training.augmentation import Shrink, Variation, _blurred
from galviz.training.checkpoint import (
    Progress,
    network_state,
    optimiser_state,
    read_checkpoint,
    restore_optimiser,
    save_checkpoint,
)
from galviz.training.fitting import InPrecision, loss
from galviz.training.galaxies import labelled_galaxies, make_dataloaders, pixel_statistics, split
from galviz.training.networks import make_network
from galviz.training.recipe import Phase, Recipe, WarmUp
from galviz.training.run import train

TINY = xresnet_spec(widen=0.125)
SMALL = {"batch_size": 8, "pad_px": 60, "crop_px": 48, "valid_share": 0.2, "seed": 2}
# Colour is metallicity in the drawn galaxies, so that few epochs of ten batches suffice.
LEARNING = Recipe(epochs=6, lr=0.02, **SMALL)
# Four batches an epoch, twenty in all; the optimiser looks ahead every six, and so hardly ever at an epoch's end.
CAUSES = ("inclination_deg", "bulge_fraction")
WARM_UPS = (WarmUp(2, 32, lr=0.02, variation=0.5), WarmUp(1, 40))
SHORT = Recipe(epochs=2, variation=0.3, warm_ups=WARM_UPS, causes=CAUSES, **SMALL)
BATCHES = 20


@pytest.fixture(scope="module")
def survey(make_survey):
    """Forty galaxies, 64 px; 32 to train on and 8 to validate with."""
    return load_survey(make_survey(40, side_px=64))


@pytest.fixture(scope="module")
def galaxies(survey):
    return labelled_galaxies([survey], SHORT)


@pytest.fixture(scope="module")
def short(survey, tmp_path_factory):
    """A whole short run, warm-up and all."""
    return watched([survey], tmp_path_factory.mktemp("short") / "net.json", SHORT)


@pytest.fixture(scope="module")
def learnt(small_survey, tmp_path_factory):
    """A run on a hundred galaxies that is long enough to learn, without warm-up."""
    return watched([small_survey], tmp_path_factory.mktemp("learnt") / "net.json", LEARNING)


def watched(surveys, out, recipe):
    """Train, and keep what is told meanwhile: learners, (done, total) of batches, records and states by epoch."""
    seen = SimpleNamespace(surveys=surveys, out=out, learners=[], batches=[], records=[], states=[])

    class Watched(fitting.Learner):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            seen.learners.append(self)

    def report(record):
        seen.records.append(dict(record))
        network = seen.learners[-1].model.network
        seen.states.append({name: values.clone() for name, values in network.state_dict().items()})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "Learner", Watched)
        seen.card = train(
            surveys,
            out,
            recipe=recipe,
            spec=TINY,
            progress=lambda done, total: seen.batches.append((done, total)),
            report=report,
        )
    return seen


def edited(folder, change):
    """The survey of a folder whose table was changed, as a frame of texts."""
    table = pd.read_csv(folder / "master.csv", dtype=str, keep_default_na=False)
    change(table)
    table.to_csv(folder / "master.csv", index=False)
    return load_survey(folder)


def crops_of(survey, object_ids, recipe):
    """The central pixels of 64-px images by hand, (n, height, width, 3), 0 to 255."""
    edge = (64 - recipe.pad_px) // 2 + (recipe.pad_px - recipe.crop_px) // 2
    pixels = [np.asarray(survey.image(object_id)) for object_id in object_ids]
    return np.stack(pixels)[:, edge : edge + recipe.crop_px, edge : edge + recipe.crop_px].astype(float)


def without_seconds(told):
    if isinstance(told, tuple | list):
        return [without_seconds(each) for each in told]
    return {
        name: without_seconds(value) if isinstance(value, tuple | list) else value
        for name, value in told.items()
        if name != "seconds"
    }


def rmse(errors):
    return float(np.sqrt(np.mean(np.square(np.asarray(errors, dtype=float)))))


def rmse_by_hand(network, seen, side_px=48, *, scale=1.0, shift=0.0):
    """The error of output · scale + shift over a run's validation galaxies, from their pixels."""
    (survey,), card = seen.surveys, seen.card
    _, in_validation = RandomSplitter(0.2, seed=2)(survey.object_ids)
    chosen = [survey.object_ids[position] for position in in_validation]
    pixels = crops_of(survey, chosen, SHORT) / 255
    x = torch.from_numpy((pixels - card.mean) / card.std).float().permute(0, 3, 1, 2)
    with torch.no_grad():
        output = network.eval()(Shrink(side_px).encodes(TensorImage(x)))[:, 0]
    return rmse(output.numpy() * scale + shift - survey.catalogue.loc[chosen, "metallicity"].to_numpy())


# --- the recipe -------------------------------------------------------------------------------------------------------


def test_the_default_recipe_is_the_tutorial_s():
    recipe = Recipe()
    assert (recipe.epochs, recipe.lr, recipe.batch_size, recipe.valid_share) == (7, 1e-2, 128, 0.2)
    assert (recipe.pad_px, recipe.crop_px, recipe.precision) == (144, 112, "float32")
    assert (recipe.causes, recipe.variation, recipe.warm_ups, recipe.shuffled_labels) == ((), 0.0, (), False)
    assert recipe.phases == (Phase("training", 7, 112, 1e-2, 0.0, ()),)


def test_warm_ups_come_first_and_alone_predict_causes():
    assert SHORT.phases == (
        Phase("warm-up", 2, 32, 0.02, 0.5, CAUSES),
        Phase("warm-up", 1, 40, 0.01, 0.0, CAUSES),
        Phase("training", 2, 48, 0.01, 0.3, ()),
    )


def test_a_recipe_as_json_is_the_recipe():
    told = SHORT.as_json()
    assert json.loads(json.dumps(told)) == told
    assert told["causes"] == list(CAUSES)
    assert told["warm_ups"][1] == {"epochs": 1, "side_px": 40, "lr": 0.01, "variation": 0.0}
    warm_ups = tuple(WarmUp(**warm_up) for warm_up in told["warm_ups"])
    assert Recipe(**told | {"causes": tuple(told["causes"]), "warm_ups": warm_ups}) == SHORT


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("epochs", 0, r"epochs must be a whole number of at least 1; got 0\."),
        ("epochs", 7.0, r"epochs must be a whole number of at least 1; got 7\.0\."),
        ("epochs", True, r"epochs must be .* got True\."),
        ("batch_size", 1, r"batch_size must be a whole number of at least 2; got 1\."),
        ("batch_size", "128", r"batch_size must be .* got '128'\."),
        ("seed", -1, r"seed must be a whole number of at least 0; got -1\."),
        ("seed", None, r"seed must be .* got None\."),
        ("seed", 2**32, r"seed must be less than 2\*\*32, as NumPy's must; got 4294967296\."),
        ("causes", "redshift", r"causes must be names of columns, each once; got 'redshift'\."),
        ("causes", ("bar", "bar"), r"causes must be names of columns, each once; got \('bar', 'bar'\)\."),
        ("crop_px", 0, r"crop_px must be a whole number of at least 32; got 0\."),
        ("pad_px", 144.5, r"pad_px must be a whole number of at least 32; got 144\.5\."),
        ("lr", 0, r"lr must lie between 0 and 1; got 0\. 0\.01 is usual\."),
        ("lr", -0.01, r"lr must lie between 0 and 1; got -0\.01\."),
        ("lr", 1.5, r"lr must lie between 0 and 1; got 1\.5\."),
        ("lr", "0.01", r"lr must lie between 0 and 1; got '0\.01'\."),
        ("variation", None, r"variation must lie between 0 and 3; got None\."),
        ("pad_px", 5000, r"crop_px must be at most pad_px, and that at most 4096; got 112 and 5000\."),
        ("lr", math.nan, r"lr must lie between 0 and 1; got nan\."),
        ("valid_share", 0, r"valid_share must lie between 0 and 1; got 0\. 0\.2 is usual\."),
        ("valid_share", 1.0, r"valid_share must lie between 0 and 1; got 1\.0\."),
        ("valid_share", math.nan, r"valid_share must lie between 0 and 1; got nan\."),
        ("variation", -0.1, r"variation must lie between 0 and 3; got -0\.1\."),
        ("variation", math.inf, r"variation must lie between 0 and 3; got inf\."),
        ("precision", "float16", r"precision must be 'float32' or 'bfloat16'; got 'float16'\."),
        ("crop_px", 145, r"crop_px must be at most pad_px, and that at most 4096; got 145 and 144\."),
        ("warm_ups", (WarmUp(1), WarmUp(1, 113)), r"side_px of a warm-up must be at most crop_px, 112; got 113\."),
        ("causes", ("redshift",), r"causes are what a warm-up predicts, and there is none\."),
    ],
)
def test_a_bad_recipe_is_told(name, value, says):
    with pytest.raises(ValueError, match=f"^{says}") as caught:
        Recipe(**{name: value})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("epochs", 0, r"epochs must be a whole number of at least 1; got 0\."),
        ("side_px", 31, r"side_px must be a whole number of at least 32; got 31\."),
        ("side_px", 64.0, r"side_px must be a whole number of at least 32; got 64\.0\."),
        ("lr", 0.0, r"lr must lie between 0 and 1; got 0\.0\."),
        ("variation", 3.5, r"variation must lie between 0 and 3; got 3\.5\."),
    ],
)
def test_a_bad_warm_up_is_told(name, value, says):
    with pytest.raises(ValueError, match=f"^{says}"):
        WarmUp(**{"epochs": 1} | {name: value})


# --- galaxies ---------------------------------------------------------------------------------------------------------


def test_galaxies_keep_their_label_and_standardised_causes(survey, galaxies):
    catalogue = survey.catalogue
    assert [galaxy.object_id for galaxy in galaxies] == survey.object_ids
    targets = np.array([galaxy.targets for galaxy in galaxies])
    np.testing.assert_array_equal(targets[:, 0], catalogue["metallicity"])
    for column, cause in enumerate(CAUSES, 1):
        values = catalogue[cause].to_numpy(dtype=float)
        np.testing.assert_allclose(targets[:, column], (values - values.mean()) / values.std(ddof=1), atol=1e-12)


def test_galaxies_without_a_label_or_a_cause_are_left_out(make_survey):
    def change(table):
        table.loc[[3, 7], "oh_p50"] = ""
        table.loc[[7, 9], "bulge_fraction"] = ["", "unknown"]

    survey = edited(make_survey(24, side_px=32), change)
    ids = survey.object_ids
    for causes, left_out in (((), {3, 7}), (CAUSES, {3, 7, 9})):
        found = labelled_galaxies([survey], replace(SHORT, causes=causes))
        assert [galaxy.object_id for galaxy in found] == [ids[n] for n in range(24) if n not in left_out]
        assert np.isfinite([galaxy.targets for galaxy in found]).all()


def test_galaxies_of_several_surveys_follow_each_other(make_survey):
    surveys = [load_survey(make_survey(12, side_px=32, seed=seed)) for seed in (1, 2)]
    found = labelled_galaxies(surveys, SHORT)
    assert [galaxy.object_id for galaxy in found] == surveys[0].object_ids + surveys[1].object_ids
    assert [galaxy.survey for galaxy in found] == [surveys[0]] * 12 + [surveys[1]] * 12
    # standardised over both, not each by itself
    values = pd.concat([survey.catalogue["bulge_fraction"] for survey in surveys])
    expected = (values - values.mean()) / values.std()
    np.testing.assert_allclose([galaxy.targets[2] for galaxy in found], expected, atol=1e-12)


def test_shuffled_labels_are_dealt_out_at_random_but_seeded(survey, galaxies):
    def dealt(seed):
        return labelled_galaxies([survey], replace(SHORT, shuffled_labels=True, seed=seed))

    labels = [galaxy.targets[0] for galaxy in galaxies]
    first, again, other = ([galaxy.targets[0] for galaxy in dealt(seed)] for seed in (2, 2, 3))
    assert sorted(first) == sorted(labels)
    assert first == again
    assert len({tuple(labels), tuple(first), tuple(other)}) == 3
    assert abs(np.corrcoef(labels, first)[0, 1]) < 0.5
    assert [galaxy.targets[1:] for galaxy in dealt(2)] == [galaxy.targets[1:] for galaxy in galaxies]


def test_the_split_is_fastai_s_and_seeded(galaxies):
    torch.manual_seed(99)
    in_training, in_validation = split(galaxies, SHORT)
    theirs = RandomSplitter(0.2, seed=2)(range(40))
    assert (in_training, in_validation) == tuple(map(list, theirs))
    assert sorted(in_training + in_validation) == list(range(40))
    assert (len(in_training), len(in_validation)) == (32, 8)
    assert split(galaxies, SHORT) == (in_training, in_validation)
    assert split(galaxies, replace(SHORT, seed=3)) != (in_training, in_validation)


def test_galaxies_that_can_t_be_trained_on_are_told(make_survey, survey):
    def refused(surveys, **changes):
        with pytest.raises(ValueError, match=r"\.$") as caught:
            labelled_galaxies(surveys, replace(SHORT, **changes))
        assert "\n" not in str(caught.value)
        return str(caught.value)

    assert refused([]) == "surveys must hold at least one survey; got none."
    unlabelled = load_survey(make_survey(24, labelled=False, side_px=32))
    assert f"The survey {unlabelled.folder} has no label to learn" in refused([unlabelled])
    assert f"The survey {unlabelled.folder} has no label to learn" in refused([survey, unlabelled])
    other = load_survey(survey.folder, "redshift")
    assert "Surveys must have one label; got metallicity, redshift." in refused([survey, other])
    bare = load_survey(make_survey(24, causes=False, side_px=32))
    assert f"{bare.folder} has no inclination_deg, bulge_fraction." in refused([survey, bare])
    assert "causes must vary from galaxy to galaxy; redshift doesn't." in refused([survey], causes=("redshift",))
    message = "40 galaxies have a label and causes, and a batch of 33 to train on beside 20% to validate needs more."
    assert message in refused([survey], batch_size=33)
    assert "40 galaxies have a label, and a batch of 8 " in refused([survey], causes=(), valid_share=0.01)
    assert len(labelled_galaxies([survey], replace(SHORT, batch_size=32))) == 40


def test_a_cause_may_be_called_anything(make_survey):
    names = ("label", "survey", "0")

    def change(table):
        for name, source in zip(names, ("bulge_fraction", "inclination_deg", "arm_number"), strict=True):
            table[name] = table[source]

    survey = edited(make_survey(24, side_px=32), change)
    found, expected = (
        labelled_galaxies([survey], replace(SHORT, causes=causes))
        for causes in (names, ("bulge_fraction", "inclination_deg", "arm_number"))
    )
    assert [galaxy.targets for galaxy in found] == [galaxy.targets for galaxy in expected]


def test_a_cause_that_is_text_is_told(make_survey):
    survey = edited(make_survey(24, side_px=32), lambda table: table.insert(1, "kind", "spiral"))
    with pytest.raises(ValueError, match=r"^0 galaxies have a label and causes"):
        labelled_galaxies([survey], replace(SHORT, causes=("kind",)))


# --- pixels -----------------------------------------------------------------------------------------------------------


def test_statistics_are_those_of_all_training_crops(survey, galaxies):
    calls = []
    mean, std = pixel_statistics(galaxies, SHORT, progress=lambda *call: calls.append(call))
    pixels = crops_of(survey, survey.object_ids, SHORT) / 255
    np.testing.assert_allclose(mean, pixels.mean(axis=(0, 1, 2)), atol=1e-6)
    np.testing.assert_allclose(std, pixels.std(axis=(0, 1, 2)), atol=1e-6)
    assert {type(value) for value in (*mean, *std)} == {float}
    assert calls == [(40, 40)]


@pytest.mark.parametrize("level", [0, 51, 85, 130, 255])
def test_images_without_contrast_have_a_spread_that_can_divide(level):
    flat = SimpleNamespace(image=lambda object_id: Image.new("RGB", (64, 64), (level, level, level)))
    mean, std = pixel_statistics([SimpleNamespace(survey=flat, object_id="1")] * 7, SHORT)
    np.testing.assert_allclose(mean, level / 255, atol=1e-6)
    assert std == (0.001, 0.001, 0.001)


MEAN, STD = (0.1, 0.2, 0.3), (0.2, 0.3, 0.4)


def loaders(galaxies, recipe=SHORT, phase=-1):
    return make_dataloaders(galaxies, recipe, recipe.phases[phase], MEAN, STD)


def denormalised(batch):
    """A batch's pixels, (n, height, width, 3), 0 to 255."""
    mean, std = (np.array(values).reshape(1, 3, 1, 1) for values in (MEAN, STD))
    return (np.asarray(batch, dtype=float) * std + mean).transpose(0, 2, 3, 1) * 255


def test_validation_batches_are_the_central_pixels_normalised(survey, galaxies):
    _, in_validation = split(galaxies, SHORT)
    ids = [survey.object_ids[position] for position in in_validation]
    batches = list(loaders(galaxies).valid)
    assert [len(x) for x, _ in batches] == [8]
    x, y = batches[0]
    np.testing.assert_allclose(denormalised(x), crops_of(survey, ids, SHORT), atol=1e-3)
    np.testing.assert_allclose(y, survey.catalogue.loc[ids, ["metallicity"]], atol=1e-6)
    assert (x.dtype, y.dtype) == (torch.float32, torch.float32)


def test_validation_is_whole_and_the_same_each_time(galaxies):
    recipe = replace(SHORT, valid_share=0.3)  # twelve: a batch and a half
    dataloaders = loaders(galaxies, recipe)
    passes = [list(dataloaders.valid) for _ in range(2)] + [list(loaders(galaxies, recipe).valid)]
    assert [len(x) for x, _ in passes[0]] == [8, 4]
    for other in passes[1:]:
        for (x, y), (other_x, other_y) in zip(passes[0], other, strict=True):
            assert torch.equal(x, other_x)
            assert torch.equal(y, other_y)


@pytest.mark.parametrize("side_px", [40, 49, 61, 97])
def test_images_of_other_sizes_are_cropped_or_padded_as_the_card_will_say(make_survey, side_px):
    survey = load_survey(make_survey(12, side_px=side_px))
    galaxies = labelled_galaxies([survey], SHORT)
    _, in_validation = split(galaxies, SHORT)
    x, _ = next(iter(loaders(galaxies).valid))
    for pixels, position in zip(denormalised(x), in_validation, strict=True):
        # by hand: the image in the middle of a black square, then that square's middle
        image = np.asarray(survey.image(galaxies[position].object_id), dtype=float)
        padded = np.zeros((300, 300, 3))
        corner = 150 - ((side_px - 60) // 2 + 6)  # where the crop's corner lies at 150
        padded[corner : corner + side_px, corner : corner + side_px] = image
        np.testing.assert_allclose(pixels, padded[150:198, 150:198], atol=1e-3)
    mean, _ = pixel_statistics([galaxies[position] for position in in_validation], SHORT)
    np.testing.assert_allclose(mean, denormalised(x).mean(axis=(0, 1, 2)) / 255, atol=1e-5)


def test_training_batches_are_whole_and_shuffled(galaxies):
    dataloaders = loaders(galaxies)
    first, second = (list(dataloaders.train) for _ in range(2))
    assert [len(x) for x, _ in first] == [8] * 4
    labels = sorted(galaxies[position].targets[0] for position in split(galaxies, SHORT)[0])
    for batches in (first, second):
        found = torch.cat([y[:, 0] for _, y in batches])
        np.testing.assert_allclose(sorted(found.tolist()), labels, atol=1e-6)
    order, other_order = ([round(float(y), 4) for _, ys in batches for y in ys] for batches in (first, second))
    assert order != other_order


def by_label(loader):
    """The images of a pass by their labels, which differ."""
    return {round(float(y), 4): x for xs, ys in loader for x, y in zip(xs, ys, strict=True)}


def share_moved(loader):
    """How many images are others in a second pass."""
    first, second = by_label(loader), by_label(loader)
    return np.mean([not torch.allclose(first[label], second[label], atol=0.05) for label in first])


def test_training_images_are_turned_as_in_the_tutorial(galaxies, monkeypatch):
    asked = []

    def noted(**options):
        asked.append(options)
        return aug_transforms(**options)

    monkeypatch.setattr("galviz.training.augmentation.aug_transforms", noted)
    fixed = replace(SHORT, variation=0.0, pad_px=48)  # the crop can't move
    assert share_moved(loaders(galaxies, fixed).train) > 0.6
    assert share_moved(loaders(galaxies, fixed).valid) == 0
    assert asked == [{"max_zoom": 1.0, "flip_vert": True, "max_lighting": 0.0, "max_warp": 0.0}] * 2


def test_training_crops_are_taken_at_random(galaxies, monkeypatch):
    monkeypatch.setattr("galviz.training.augmentation.aug_transforms", lambda **options: [])
    assert share_moved(loaders(galaxies, replace(SHORT, variation=0.0)).train) > 0.6
    assert share_moved(loaders(galaxies, replace(SHORT, variation=0.0, pad_px=48)).train) == 0


def test_training_images_stay_between_black_and_white(galaxies):
    batches = [x for recipe in (SHORT, replace(SHORT, variation=3.0)) for x, _ in loaders(galaxies, recipe).train]
    pixels = denormalised(torch.cat(batches))
    assert pixels.min() == pytest.approx(0, abs=1e-3)
    assert 200 < pixels.max() < 255.001


def test_a_warm_up_s_batches_are_smaller_and_have_causes(galaxies):
    dataloaders = loaders(galaxies, phase=0)
    for loader in (dataloaders.train, dataloaders.valid):
        x, y = next(iter(loader))
        assert x.shape == (8, 3, 32, 32)
        assert y.shape == (8, 3)
    x, y = next(iter(loaders(galaxies).train))
    assert (x.shape, y.shape) == ((8, 3, 48, 48), (8, 1))


@pytest.mark.parametrize("strength", [0.0, 0.5])
def test_variation_is_in_training_alone_and_only_where_asked_for(galaxies, strength, monkeypatch):
    varied = []

    class Noted(Variation):
        def encodes(self, x: TensorImage):
            varied.append((self.strength, len(x)))
            return x

    monkeypatch.setattr("galviz.training.galaxies.Variation", Noted)
    dataloaders = loaders(galaxies, replace(SHORT, variation=strength))
    list(dataloaders.valid)
    assert varied == []
    list(dataloaders.train)
    assert varied == [(strength, 8)] * 4 * bool(strength)


# --- augmentation -----------------------------------------------------------------------------------------------------


def noise_images(count=6, side_px=24, seed=0):
    random_pixels = np.random.default_rng(seed).random((count, 3, side_px, side_px))
    return TensorImage(torch.from_numpy(random_pixels).float())


def flat_images(count, colour):
    return TensorImage(torch.tensor(colour).view(1, 3, 1, 1).repeat(count, 1, 8, 8))


def test_shrink_makes_images_as_pillow_does():
    x = noise_images(side_px=48)
    shrunk = Shrink(32).encodes(x)
    assert type(shrunk) is TensorImage
    for channel, expected in zip(np.asarray(shrunk)[:, 0], np.asarray(x)[:, 0], strict=True):
        pillow = Image.fromarray(expected).resize((32, 32), Image.Resampling.BILINEAR)
        np.testing.assert_allclose(channel, np.asarray(pillow), atol=1e-5)
    assert Shrink(48).encodes(x) is x
    assert Shrink(37).encodes(x).shape == (6, 3, 37, 37)


def test_variation_of_no_strength_changes_nothing():
    x = noise_images()
    x[0, :, :4] = 0.0
    x[1, :, :4] = 1.0
    varied = Variation(0.0).encodes(x)
    torch.testing.assert_close(varied, x, rtol=0, atol=1.01e-4)  # black is 1e-4, so that it has a power


@pytest.mark.parametrize("strength", [0.3, 1.0, 3.0])
def test_variation_keeps_range_shape_and_what_it_is_given(strength):
    x = noise_images()
    before = x.clone()
    torch.manual_seed(5)
    varied = Variation(strength).encodes(x)
    assert type(varied) is TensorImage
    assert varied.shape == x.shape
    assert varied.dtype == x.dtype
    assert 0 <= varied.min() < varied.max() <= 1
    assert torch.equal(x, before)
    torch.manual_seed(5)
    assert torch.equal(Variation(strength).encodes(x), varied)
    torch.manual_seed(6)
    assert not torch.equal(Variation(strength).encodes(x), varied)


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_variation_has_the_spreads_that_it_says(strength):
    count, tolerance = 4000, 0.06  # the sd of 4,000 is known to 1.1 %, the noise's of half as many to 1.6 %

    def seen(*colour):
        """The same draws on flat images of a colour."""
        torch.manual_seed(1)
        return np.asarray(Variation(strength).encodes(flat_images(count, colour)), dtype=float)

    # Flat: no blur shows. Same draws: sky and noise, which are added last, cancel in differences, and what is left is
    # (b c x)^gamma at a grey level x. Three levels in equal ratios give gamma, and then all else.
    low, middle, high = (seen(level, level, level) for level in (0.2, 0.3, 0.45))
    gamma = np.log(((high - middle) / (middle - low)).mean(axis=(1, 2, 3))) / np.log(1.5)
    power = gamma[:, None, None, None]
    signal = (high - middle) / (1.5**power - 1)
    scaled = (signal ** (1 / power)).mean(axis=(2, 3)) / 0.3
    added = middle - signal
    # A coloured image has the same m and c_i but other greys; saturation k is what the two don't share.
    colour = np.array([0.5, 0.3, 0.2])
    coloured = ((seen(*colour) - added) ** (1 / power)).mean(axis=(2, 3))
    grey, coloured_grey = scaled.mean(axis=1), coloured.mean(axis=1)
    saturation = 1 - (coloured - colour * scaled)[:, 0] / (coloured_grey - colour[0] * grey)
    bands = grey[:, None] + (scaled - grey[:, None]) / saturation[:, None]

    def close(values, expected):
        assert abs(np.mean(values)) < 5 * expected * strength / math.sqrt(count)
        assert np.std(values) == pytest.approx(expected * strength, rel=tolerance)

    brightness = np.log(bands).mean(axis=1)
    close(brightness, math.hypot(0.13, 0.05 / math.sqrt(3)))
    close(np.log(bands)[:, 0] - brightness, 0.05 * math.sqrt(2 / 3))
    close(np.log(saturation), 0.10)
    close(np.log(gamma), 0.08)
    noise = added.std(axis=(2, 3)).mean(axis=1)
    close(added.mean(axis=(2, 3))[:, 1], math.hypot(0.008, 0.03 / math.sqrt(3) / math.sqrt(2) / 8))
    noisy = noise > 1e-4
    assert noisy.mean() == pytest.approx(0.5, abs=0.04)
    # evenly from 0 to 3 %; each is known to 5 % from its 3 × 64 pixels
    assert noise[noisy].mean() == pytest.approx(0.015 * strength, rel=tolerance)
    assert noise.max() < 0.03 * strength * 1.25
    assert noise.max() > 0.03 * strength * 0.95


def test_each_image_is_varied_by_itself():
    torch.manual_seed(0)
    varied = Variation(1.0).encodes(flat_images(50, (0.4, 0.4, 0.4)))
    assert len({round(float(level), 5) for level in varied.mean(dim=(1, 2, 3))}) == 50


@pytest.mark.parametrize("widest_px", [0.5, 1.0])
def test_half_of_the_images_are_blurred_by_a_gaussian(widest_px):
    point = torch.zeros(2000, 3, 9, 9)
    point[:, 0, 4, 4], point[:, 1, 2, 6], point[:, 2] = 1.0, 0.5, 0.25
    torch.manual_seed(3)
    blurred = _blurred(point, widest_px)
    # the width from a Gaussian's first two values: exp(-1 / 2σ²)
    ratio = np.asarray(blurred[:, 0, 4, 5] / blurred[:, 0, 4, 4], dtype=float)
    sigma = np.sqrt(-0.5 / np.log(np.clip(ratio, 1e-30, None)))
    sharp = ratio < 1e-6
    # a Gaussian narrower than 0.19 px doesn't reach the next pixel
    assert sharp.mean() == pytest.approx(0.5 + 0.5 * 0.14 / widest_px, abs=0.05)
    assert torch.equal(blurred[sharp][:, :2] > 1e-5, point[sharp][:, :2] > 1e-5)
    assert sigma.max() <= 0.05 + widest_px
    assert np.mean(sigma[~sharp]) == pytest.approx((0.19 + 0.05 + widest_px) / 2, rel=0.05)
    for number in np.flatnonzero(~sharp)[:20]:
        for channel in range(3):
            expected = gaussian_filter(point[number, channel].numpy(), sigma[number], mode="mirror", radius=3)
            np.testing.assert_allclose(blurred[number, channel], expected, atol=1e-5)


# --- loss, head, schedule ---------------------------------------------------------------------------------------------


def test_the_loss_of_the_label_alone_is_the_tutorial_s():
    torch.manual_seed(0)
    predictions, targets = torch.randn(16, 1, requires_grad=True), torch.randn(16, 1)
    ours, theirs = (
        loss(predictions, targets),
        torch.sqrt(F.mse_loss(predictions.reshape(-1), targets.reshape(-1))),
    )
    torch.testing.assert_close(ours, theirs)
    gradients = [torch.autograd.grad(loss, predictions)[0] for loss in (ours, theirs)]
    torch.testing.assert_close(*gradients)


def test_causes_count_half_beside_the_label():
    # label: √((0.6² + 0.8²) / 2) = 0.70711; causes: 1 and 3, of whose mean half is taken
    predictions = torch.tensor([[0.6, 1.0, 3.0], [0.8, -1.0, -3.0]])
    assert float(loss(predictions, torch.zeros(2, 3))) == pytest.approx(0.70711 + 0.5 * 2, abs=1e-5)


def test_a_fresh_head_begins_at_the_mean_label():
    warm_up, _, proper = SHORT.phases
    first, again, other = (make_network(TINY, warm_up, None, seed) for seed in (2, 2, 3))
    assert first[-1].bias.tolist() == [0.0, 0.0, 0.0]  # of a standardised label
    assert first[-1].weight.shape == (3, 64)
    for name, values in first.state_dict().items():
        assert torch.equal(again.state_dict()[name], values), name
    assert not torch.equal(first[-1].weight, other[-1].weight)
    assert make_network(TINY, proper, None, 2)[-1].bias.tolist() == [0.0]


def test_the_head_keeps_the_label_s_row_after_the_warm_up():
    before = make_network(TINY, SHORT.phases[0], None, 2)
    with torch.no_grad():
        for values in before.parameters():
            values.add_(0.01)
    after = make_network(TINY, SHORT.phases[-1], before, 2)
    x = torch.randn(3, 3, 48, 48, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        torch.testing.assert_close(after.eval()(x), before.eval()(x)[:, :1])
    assert after[-1].weight.shape == (1, 64)
    assert before[-1].weight.shape == (3, 64)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_a_network_answers_in_float32_whatever_it_computes_in(precision):
    network = make_network(TINY, SHORT.phases[-1], None, 2).eval()
    network[-1].bias.data.fill_(8.75)
    x = noise_images(side_px=48)
    with torch.no_grad():
        exact, found = network(x), InPrecision(network, precision, TINY.head)(x)
    assert found.dtype == torch.float32
    # bfloat16 has 8 bits of precision, but the head, whose bias is 8.75, is float32
    torch.testing.assert_close(found, exact, rtol=0, atol=0.0 if precision == "float32" else 0.03)
    assert torch.equal(found, exact) == (precision == "float32")


def test_each_phase_has_one_cycle_of_learning_rates(short):
    for learner, phase in zip(short.learners, SHORT.phases, strict=True):
        lr, mom, batches = [], [], 4 * phase.epochs
        for batch in range(batches):
            # a quarter rises, three quarters fall, each half a cosine
            share = batch / batches
            rise, fall = share / 0.25, (share - 0.25) / 0.75
            weight = (1 - math.cos(math.pi * (rise if share < 0.25 else fall))) / 2
            ends = (phase.lr / 25, phase.lr) if share < 0.25 else (phase.lr, phase.lr / 1e5)
            lr.append(ends[0] + (ends[1] - ends[0]) * weight)
            moments = (0.95, 0.85) if share < 0.25 else (0.85, 0.95)
            mom.append(moments[0] + (moments[1] - moments[0]) * weight)
        np.testing.assert_allclose(learner.recorder.hps["lr"], lr, rtol=1e-6)
        np.testing.assert_allclose(learner.recorder.hps["mom"], mom, rtol=1e-6)
        np.testing.assert_allclose(learner.recorder.lrs, lr, rtol=1e-6)
        assert max(lr) == phase.lr


# --- what comes of it -------------------------------------------------------------------------------------------------


def test_it_learns_colour_from_images_and_nothing_from_shuffled_labels(learnt, tmp_path):
    (survey,) = learnt.surveys
    _, in_validation = RandomSplitter(0.2, seed=2)(range(100))
    sd = survey.catalogue["metallicity"].iloc[in_validation].std(ddof=0)
    assert learnt.card.training["valid_rmse"] < 0.6 * sd
    recipe = replace(LEARNING, shuffled_labels=True)
    control = train([survey], tmp_path / "control.json", recipe=recipe, spec=TINY)
    labels = [galaxy.targets[0] for galaxy in labelled_galaxies([survey], recipe)]
    assert control.training["valid_rmse"] > 0.8 * np.std([labels[position] for position in in_validation])
    assert control.training["recipe"]["shuffled_labels"] is True


def test_the_network_errs_as_its_card_says(learnt, short):
    for seen in (short, learnt):
        network = load_model(seen.out)
        assert network.card == seen.card == read_card(seen.out)
        assert rmse_by_hand(network, seen) == pytest.approx(seen.card.training["valid_rmse"], abs=1e-5)

    (survey,), card = learnt.surveys, learnt.card
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
    dataloaders = block.dataloaders(range(100), bs=64, num_workers=0, device=torch.device("cpu"))
    with torch.no_grad():
        (errors,) = [network(x)[:, 0] - y for x, y in dataloaders.valid]
    assert rmse(errors) == pytest.approx(card.training["valid_rmse"], abs=1e-5)


def test_the_record_of_an_epoch_is_that_epoch_s_error(learnt, short):
    for seen in (short, learnt):
        for record, state in zip(seen.records, seen.states, strict=True):
            network = build_network(xresnet_spec(widen=0.125, n_out=len(state["11.bias"])))
            network.load_state_dict(state)  # as it was then, its weights not rounded
            # while it is trained it predicts the standardised label
            scale = {"scale": seen.card.label_std, "shift": seen.card.label_mean}
            by_hand = rmse_by_hand(network, seen, record["side_px"], **scale)
            assert by_hand == pytest.approx(record["valid_rmse"], abs=1e-5)
    assert learnt.records[-1]["train_rmse"] < 0.75 * learnt.records[0]["train_rmse"]


def test_the_card_says_how_it_was_trained(short):
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

    told = json.loads(short.out.read_text(encoding="utf-8"))["training"]
    assert told["recipe"] == SHORT.as_json()
    assert told["recipe"]["seed"] == 2
    assert told["surveys"] == [{"sha256": survey.sha256, "galaxies": 40}]
    assert (told["n_training"], told["n_validation"]) == (32, 8)
    assert (told["n_missing"], told["n_duplicates"]) == ({}, 0)
    labels = survey.catalogue["metallicity"].iloc[list(in_training)]
    assert (card.label_mean, card.label_std) == pytest.approx((labels.mean(), labels.std(ddof=0)), rel=1e-12)
    assert told["epochs"] == short.records
    assert told["versions"]["galviz"] == __version__
    assert told["versions"]["python"] == platform.python_version()
    for package in ("torch", "fastai", "numpy"):
        assert told["versions"][package] == version(package)
    assert " cores, " in told["processor"]
    assert told["seconds"] >= 0


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
    assert short.batches == [(done, BATCHES) for done in range(1, BATCHES + 1)]


def test_warm_ups_predict_causes_and_the_network_kept_does_not(short):
    heads = [learner.model.network[-1].weight.shape for learner in short.learners]
    assert heads == [(3, 64), (3, 64), (1, 64)]
    assert load_model(short.out)[-1].weight.shape == (1, 64)


def test_card_and_weights_alone_are_left(short):
    assert sorted(path.name for path in short.out.parent.iterdir()) == ["net.json", "net.safetensors"]


def test_several_surveys_are_all_told(make_survey, tmp_path):
    surveys = [load_survey(make_survey(12, side_px=64, seed=seed)) for seed in (1, 2)]
    simulation = {"framing": "fixed", "seed": 2}
    (surveys[1].folder / "simulation.json").write_text(json.dumps(simulation))
    card = train(surveys, tmp_path / "net.json", recipe=Recipe(epochs=1, **SMALL), spec=TINY, note=[].append)
    first, second = (survey.sha256 for survey in surveys)
    assert card.survey_sha256 == combined_sha256([first, second])
    told = json.loads((tmp_path / "net.json").read_text())["training"]["surveys"]
    assert told == [
        {"sha256": first, "galaxies": 12},
        {"sha256": second, "galaxies": 12, "simulation": simulation},
    ]


@pytest.mark.parametrize("name", ["net.pth", "net", "nowhere/net.json"])
def test_an_out_that_can_t_be_is_told_before_anything_is_done(survey, tmp_path, name):
    with pytest.raises(ValueError, match=rf"^out must be a \.json file in a folder that exists; got .*{name}\.$"):
        train([survey], tmp_path / name, recipe=SHORT, spec=TINY)
    assert list(tmp_path.iterdir()) == []


def test_what_can_t_be_trained_is_told_before_anything_is_done(make_survey, survey, tmp_path):
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(ValueError, match=r"^out must be a \.json file in a folder that exists; got .*folder\.json\.$"):
        train([survey], tmp_path / "folder.json", recipe=SHORT, spec=TINY)
    for unfit in ({"n_out": 2}, {"act_cls": "Swish"}, {"widen": 8.0}, {"depth": 3}):
        with pytest.raises(
            ValueError, match=r"^(spec must have a head of one output|option act_cls|option widen|options)"
        ):
            train([survey], tmp_path / "net.json", recipe=SHORT, spec=replace(TINY, options={**TINY.options, **unfit}))
    torn = load_survey(make_survey(12, side_px=32))
    (torn.folder / "simulation.json").write_text('{"seed": ')
    with pytest.raises(ValueError, match=r"simulation\.json is no JSON \(.*\)\. Simulate the survey again"):
        train([torn], tmp_path / "net.json", recipe=Recipe(epochs=1, **SMALL), spec=TINY)
    assert [path.name for path in tmp_path.iterdir()] == ["folder.json"]


def test_an_error_that_is_no_number_ends_the_run(survey, tmp_path, monkeypatch):
    monkeypatch.setattr(fitting, "loss", lambda predictions, targets: predictions.sum() * math.inf)
    with pytest.raises(ValueError, match=r"^The error is no number any more in epoch 1 of the training\.") as caught:
        train([survey], tmp_path / "net.json", recipe=Recipe(epochs=2, **SMALL), spec=TINY)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


# --- stopped, and gone on with ----------------------------------------------------------------------------------------


class Stopped(Exception):
    """What a run is stopped with."""


def stopped(survey, out, *, at_batch=None, after_epoch=None):
    """Begin or go on with the short run until it is stopped; the records that it told of."""
    told = []

    def progress(done, total):
        if done == at_batch:
            raise Stopped

    def report(record):
        told.append(record)
        if (record["side_px"], record["epoch"]) == after_epoch:
            raise Stopped

    with pytest.raises(Stopped):
        train([survey], out, recipe=SHORT, spec=TINY, progress=progress, report=report)
    return told


def test_galaxies_learnt_from_come_out_right_on_average_as_they_are(survey, galaxies, short, learnt, small_survey):
    """Bare, not turned or varied; within the head's constant in half precision, a step of 2^-12 below 0.5 sd."""
    for seen, where, recipe in ((short, survey, SHORT), (learnt, small_survey, LEARNING)):
        items = galaxies if where is survey else labelled_galaxies([where], recipe)
        in_training, _ = split(items, recipe)
        ids = [items[position].object_id for position in in_training]
        found = extract(load_model(seen.out), where, ids, layers=())
        error = found.predictions - where.catalogue.loc[ids, "metallicity"].to_numpy(float)
        assert abs(error.mean()) <= 1e-3


@pytest.mark.parametrize(
    ("places", "epochs_done"),
    [
        ([{"at_batch": 2}], 0),
        ([{"at_batch": 4}, {"at_batch": 6}], 1),
        ([{"after_epoch": (32, 1)}, {"at_batch": 8}], 1),
        ([{"after_epoch": (32, 2)}, {"at_batch": 9}, {"after_epoch": (40, 1)}], 3),
        ([{"at_batch": 13}], 3),
        ([{"at_batch": 18}], 4),
        ([{"after_epoch": (48, 1)}, {"after_epoch": (48, 2)}], 5),
    ],
    ids=["begun", "warm-up", "epoch's end", "between phases", "other size", "training", "done but for the card"],
)
def test_a_stopped_run_goes_on_to_the_same_weights(survey, short, tmp_path, places, epochs_done):
    out = tmp_path / "net.json"
    (tmp_path / ".net.checkpoint.0123456789ab.part").write_bytes(b"half")  # of a run that was killed as it wrote
    for place in places:
        stopped(survey, out, **place)
        # whatever happens meanwhile
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
    assert batches == [(done, BATCHES) for done in range(4 * epochs_done + 1, BATCHES + 1)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.json", "net.safetensors"]


@pytest.mark.parametrize("raised", [Stopped(), Stopped("by", 3), KeyboardInterrupt(), OSError(28, "No space left")])
@pytest.mark.parametrize("place", ["progress", "report", "save_checkpoint"])
def test_what_is_raised_comes_through_as_it_is(survey, tmp_path, monkeypatch, place, raised):
    arguments = raised.args

    def stop(*told):
        raise raised

    options = {place: stop} if place != "save_checkpoint" else monkeypatch.setattr(run_module, place, stop) or {}
    with pytest.raises(type(raised)) as caught:
        train([survey], tmp_path / "net.json", recipe=Recipe(epochs=1, **SMALL), spec=TINY, **options)
    assert caught.value is raised
    assert raised.args == arguments


def test_a_checkpoint_of_another_run_is_refused_and_kept(survey, make_survey, tmp_path):
    out = tmp_path / "net.json"
    stopped(survey, out, after_epoch=(32, 1))
    checkpoint = tmp_path / "net.checkpoint"
    before = checkpoint.read_bytes()
    other = load_survey(make_survey(40, side_px=64, seed=2))
    for surveys, recipe, spec, says in (
        ([survey], replace(SHORT, lr=0.02), TINY, r"lr 0\.01, not 0\.02"),
        ([survey], replace(SHORT, causes=()), TINY, r"causes \['inclination_deg', 'bulge_fraction'\], not \[\]"),
        ([survey], SHORT, xresnet_spec(widen=0.25), r"spec \{.*'widen': 0\.125\}.*, not \{.*'widen': 0\.25\}.*"),
        ([other], SHORT, TINY, f"survey_sha256 '{survey.sha256}', not '{other.sha256}'"),
        ([load_survey(survey.folder, "log_mass_msun")], SHORT, TINY, "label 'metallicity', not 'log_mass_msun'"),
    ):
        with pytest.raises(
            ValueError, match=rf"^The checkpoint .*net\.checkpoint was begun with {says}\. Give"
        ) as caught:
            train(surveys, out, recipe=recipe, spec=spec)
        assert "\n" not in str(caught.value)
        assert checkpoint.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["net.checkpoint"]


def test_a_checkpoint_comes_back_as_it_was(tmp_path):
    path, settings = tmp_path / "net.checkpoint", {"lr": 0.01, "causes": ["redshift"], "versions": {"torch": "2"}}
    state = {"0.weight": torch.randn(3), "0.count": torch.tensor(7)}
    assert read_checkpoint(path, settings) == Progress()
    save_checkpoint(path, settings, Progress(1, 3, [{"epoch": 3}], state, {"count": 5}))
    found = read_checkpoint(path, dict(settings))
    assert (found.phase, found.epoch, found.history, found.optimiser) == (1, 3, [{"epoch": 3}], {"count": 5})
    assert found.network.keys() == state.keys()
    assert all(torch.equal(found.network[name], state[name]) for name in state)
    for other in (settings | {"new": 1}, {"lr": 0.01}, settings | {"versions": {"torch": "3"}}):
        with pytest.raises(ValueError, match="was begun with"):
            read_checkpoint(path, other)


def test_an_optimiser_goes_on_where_it_was():
    """Ranger on a parabola: five steps, its state put away and back, and seven more, are twelve."""

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
    """Whoever unpickles it makes a file."""

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
def test_a_broken_or_malicious_checkpoint_is_refused_and_not_run(survey, tmp_path, write):
    sprung, path = tmp_path / "sprung", tmp_path / "net.checkpoint"
    write(path, Trap(sprung))
    with pytest.raises(
        ValueError, match=r"^The checkpoint .*net\.checkpoint can't be read \(\w+\)\. Remove it"
    ) as caught:
        train([survey], tmp_path / "net.json", recipe=SHORT, spec=TINY)
    assert "\n" not in str(caught.value)
    assert [file.name for file in tmp_path.iterdir()] == ["net.checkpoint"]


# What is there already


def test_a_network_is_never_replaced_unasked(survey, short, tmp_path):
    out = tmp_path / "net.json"
    for suffix in (".json", ".safetensors"):
        path = out.with_suffix(suffix)
        path.write_bytes(b"mine")
        with pytest.raises(ValueError, match=r"net\.json is a network already, or .*force=True"):
            train([survey], out, recipe=SHORT, spec=TINY)
        assert path.read_bytes() == b"mine"
        assert [path.name for path in tmp_path.iterdir()] == [path.name]
        path.unlink()


def test_a_network_that_appears_meanwhile_is_left_alone(survey, short, tmp_path):
    out = tmp_path / "net.json"
    card = train([survey], out, recipe=SHORT, spec=TINY, report=lambda record: out.write_text("theirs"))
    assert (card.name, card.weights) == ("net-1", "net-1.safetensors")
    assert out.read_text() == "theirs"
    assert load_model(tmp_path / "net-1.json").card.weights_sha256 == short.card.weights_sha256
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net-1.json", "net-1.safetensors", "net.json"]


def test_force_replaces_both(survey, short, tmp_path):
    out = tmp_path / "net.json"
    out.write_text("old")
    out.with_suffix(".safetensors").write_text("old")
    train([survey], out, recipe=SHORT, spec=TINY, force=True)
    assert out.with_suffix(".safetensors").read_bytes() == short.out.with_suffix(".safetensors").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["net.json", "net.safetensors"]


def test_a_full_disk_keeps_the_checkpoint_before(tmp_path, monkeypatch):
    path = tmp_path / "net.checkpoint"
    save_checkpoint(path, {}, Progress(0, 1))
    before = path.read_bytes()

    def full(path, content):
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OSError, match="make room, then run the same again: it goes on from here") as caught:
        save_checkpoint(path, {}, Progress(0, 2))
    assert caught.value.filename == str(path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
