"""The tutorial's own way from images to principal components, with fastai alone, gives the numbers that galviz gives.

The tutorial is J. F. Wu's "Visualizing deep learning with galaxies, part 1" (2020). It runs here on the shipped survey
and the shipped network; beside paths, this had to be put in place of what it has:

- packages: fastai2 is called fastai today, and fastai's own Mish stands for that of mish_cuda, which needs a GPU;
- weights: safetensors instead of the pickle that ``learn.load`` reads;
- size: batches of 16 galaxies instead of 256;
- chance: its split has no seed, so that its galaxies are others each time; and its ``Normalize`` without statistics
  takes those of one random training batch, which moves the features by 5 %. The network's card keeps them;
- ids: as text. The tutorial turns them into int64, which holds them, but a float on the way would not;
- slips: what its PCA is given, ``acts_flattened``, is defined nowhere: the activations themselves are meant, already
  flat. ``hook_output`` is called a Callback; it is a context manager around a forward hook of torch. And the signs of
  components are arbitrary, so that figures are compared up to a mirror image.
"""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from fastai.callback.hook import hook_output
from fastai.data.block import DataBlock, RegressionBlock
from fastai.data.transforms import ColReader, Normalize, RandomSplitter
from fastai.layers import Mish
from fastai.learner import Learner
from fastai.optimizer import ranger
from fastai.vision.augment import CropPad, RandomCrop, aug_transforms
from fastai.vision.data import ImageBlock, ImageDataLoaders
from fastai.vision.models.xresnet import xresnet34
from PIL import Image
from safetensors.torch import load_file
from sklearn.decomposition import PCA

from galviz.analysis.pca import fit_pca
from galviz.features.extraction import extract
from galviz.features.features import load_features
from galviz.network import card as card_module
from galviz.network.model import load_model
from galviz.survey.survey import load_survey, mock_survey_folder

BATCH_SIZE = 16
# Of 50 galaxies 20 are held out for validation, some more than a batch, so that its first batch is a part of them.
N_GALAXIES, VALID_SHARE, SEED = 50, 0.4, 2020


@pytest.fixture(scope="module")
def tutorial():
    """Its data, network, predictions, activations and components."""
    card = card_module.read_card(card_module.shipped_card_path())
    folder = mock_survey_folder()
    table = pd.read_csv(folder / "master.csv", dtype={"objID": str}).rename(columns={"oh_p50": "metallicity"})
    block = DataBlock(
        blocks=(ImageBlock, RegressionBlock),
        get_x=ColReader("objID", pref=f"{folder}/images/", suff=".jpg"),
        get_y=ColReader("metallicity"),
        splitter=RandomSplitter(VALID_SHARE, seed=SEED),
        item_tfms=[CropPad(144), RandomCrop(112)],
        batch_tfms=[
            *aug_transforms(max_zoom=1.0, flip_vert=True, max_lighting=0.0, max_warp=0.0),
            Normalize.from_stats(card.mean, card.std, cuda=False),
        ],
    )
    dls = ImageDataLoaders.from_dblock(
        block, table.head(N_GALAXIES), path=folder, bs=BATCH_SIZE, device="cpu", num_workers=0
    )

    network = xresnet34(n_out=dls.c, sa=True, act_cls=Mish)
    state = load_file(card_module.shipped_card_path().parent / card.weights)
    network.load_state_dict({name: v.float() if v.is_floating_point() else v for name, v in state.items()})
    learn = Learner(dls, network, loss_func=root_mean_squared_error, opt_func=ranger)

    predicted, true = learn.get_preds(dl=dls.valid, reorder=False)
    results = pd.DataFrame(
        {"true": true.view(-1).numpy(), "pred": predicted.view(-1).numpy()}, index=dls.valid.items["objID"]
    )

    images, labels = next(iter(dls.valid))
    with hook_output(learn.model.eval()[-3], cpu=True) as hook, torch.no_grad():
        outputs = learn.model(images)
    activations = hook.stored.detach().cpu().numpy()
    pca = PCA(n_components=3, whiten=True)
    coordinates = pca.fit_transform(activations)
    return SimpleNamespace(
        card=card,
        results=results,
        object_ids=results.index[:BATCH_SIZE].tolist(),
        images=np.asarray(images),
        labels=np.asarray(labels),
        predictions=np.asarray(outputs)[:, 0],
        activations=activations,
        explained_variance_ratio=pca.explained_variance_ratio_,
        coordinates=coordinates,
    )


def root_mean_squared_error(predictions, targets):
    return torch.nn.functional.mse_loss(predictions.view(-1), targets.view(-1)).sqrt()


@pytest.fixture(scope="module")
def survey():
    return load_survey()


@pytest.fixture(scope="module")
def features(tutorial, survey):
    """galviz's features of the galaxies of the tutorial's batch."""
    return extract(load_model(), survey, tutorial.object_ids, device="cpu")


def test_the_batch_holds_the_galaxies_of_the_table(tutorial, survey):
    assert len(tutorial.results) == len(set(tutorial.results.index)) == 20
    np.testing.assert_array_equal(tutorial.labels, tutorial.results["true"][:BATCH_SIZE])
    known = survey.catalogue.loc[tutorial.results.index, "metallicity"]
    np.testing.assert_array_equal(tutorial.results["true"], known.astype(np.float32))
    np.testing.assert_allclose(tutorial.results["pred"][:BATCH_SIZE], tutorial.predictions, atol=1e-4)


def test_the_batch_s_images_are_the_central_pixels_of_the_files(tutorial):
    mean, std = (np.reshape(values, (3, 1, 1)) for values in (tutorial.card.mean, tutorial.card.std))
    assert tutorial.images.shape == (BATCH_SIZE, 3, 112, 112)
    for object_id, image in zip(tutorial.object_ids, tutorial.images, strict=True):
        with Image.open(mock_survey_folder() / "images" / f"{object_id}.jpg") as file:
            pixels = np.asarray(file)
        top, left = ((side - 112) // 2 for side in pixels.shape[:2])
        assert top >= 16  # so that nothing is padded
        middle = pixels[top : top + 112, left : left + 112].transpose(2, 0, 1)
        np.testing.assert_array_equal(np.rint((image * std + mean) * 255), middle)


def test_activations_and_predictions_are_those_of_extract(tutorial, features):
    assert features.object_ids == tutorial.object_ids
    assert tutorial.activations.shape == features.layers["features"].shape == (BATCH_SIZE, 512)
    np.testing.assert_allclose(features.layers["features"], tutorial.activations, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(features.predictions, tutorial.predictions, rtol=0, atol=1e-3)
    np.testing.assert_allclose(features.predictions, tutorial.results["pred"][:BATCH_SIZE], rtol=0, atol=1e-3)


def test_principal_components_are_those_of_scikit_learn(tutorial, features):
    pca = fit_pca(features.layers["features"], 3, whiten=True)
    np.testing.assert_allclose(pca.explained_variance_ratio, tutorial.explained_variance_ratio, rtol=0, atol=1e-3)
    for component, expected in zip(pca.coordinates.T, tutorial.coordinates.T, strict=True):
        sign = np.sign(component @ expected)
        np.testing.assert_allclose(component * sign, expected, rtol=0, atol=1e-3 * np.abs(expected).max())


def test_the_shipped_features_are_those_of_the_tutorial(tutorial):
    shipped = load_features().select(tutorial.object_ids)
    assert shipped.provenance["weights_sha256"] == tutorial.card.weights_sha256
    np.testing.assert_allclose(shipped.predictions, tutorial.predictions, rtol=0, atol=1e-3)
    # float16 rounds by one part in 2,048 at most, and the smallest by 3e-8
    np.testing.assert_allclose(shipped.layers["features"], tutorial.activations, rtol=1e-3, atol=1e-3)
