"""Making the file of the Hubble deep field: galaxies are found, framed by their size, and sent through the network.

Needs scikit-image, photutils, GalSim and torch, which are imported by the functions.
"""

import io
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from PIL import Image, ImageFilter, ImageOps

from galviz.analysis.detection import find_galaxies
from galviz.artefacts.artefact import Inputs, Progress
from galviz.artefacts.features import TRAINED_FEATURES
from galviz.artefacts.hubble import FRAME_RADII, NOISE, PETROSIAN, HubbleField, split_survey, survey_novelty
from galviz.network.thumbnails import thumbnail

N_GALAXIES, N_CONTROLS = 128, 200
_FRAME_PX = 128
_PICTURE_PX, _PICTURE_QUALITY = 700, 70
_SIMULATOR = "texture_seed"  # a column that only surveys of the simulator have
_BATCH_SIZE, _SEED = 32, 2020
CHANGES: dict[str, Callable[[Image.Image], Image.Image]] = {
    "turned by 90°": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "blurred, 2 px": lambda image: image.filter(ImageFilter.GaussianBlur(2)),
    "blurred, 4 px": lambda image: image.filter(ImageFilter.GaussianBlur(4)),
    "brighter by half": lambda image: image.point(lambda value: min(round(1.5 * value), 255)),
    "without colour": lambda image: image.convert("L").convert("RGB"),
    "red and blue exchanged": lambda image: Image.merge("RGB", image.split()[::-1]),
    "inverted": ImageOps.invert,
}


def frame_galaxy(image: Image.Image, source: pd.Series) -> Image.Image | None:
    """Cut out a source and scale it, as for the network: 128 px across 4.45 times its R90.

    That is the framing by Petrosian radius of half of the network's training set. Pixels of the deep field are much
    smaller on the sky than those of SDSS, and its galaxies much farther away, so only the size in the frame is
    comparable.

    Parameters
    ----------
    image : PIL.Image.Image
    source : Series
        ``x``, ``y`` and ``r90``, in pixels.

    Returns
    -------
    PIL.Image.Image or None
        None if the frame goes beyond the image.

    Examples
    --------
    >>> sky = Image.new("RGB", (100, 100))
    >>> frame_galaxy(sky, pd.Series({"x": 50.0, "y": 50.0, "r90": 10.0})).size
    (128, 128)
    >>> frame_galaxy(sky, pd.Series({"x": 90.0, "y": 50.0, "r90": 10.0})) is None
    True
    """
    half = FRAME_RADII * source["r90"] / 2
    x, y = source["x"] + 0.5, source["y"] + 0.5  # a pixel's centre is at half a pixel
    box = (x - half, y - half, x + half, y + half)
    if min(box) < 0 or box[2] > image.width or box[3] > image.height:
        return None
    return image.resize((_FRAME_PX, _FRAME_PX), Image.Resampling.LANCZOS, box)


def make_field(inputs: Inputs, progress: Progress) -> HubbleField:
    """Find the galaxies of the deep field, and compute features of them and of the controls.

    Parameters
    ----------
    inputs : Inputs
    progress : callable
        Called as progress(done, total), in images.

    Raises
    ------
    ModuleNotFoundError
        If scikit-image, photutils or GalSim isn't installed.

    Examples
    --------
    >>> import galviz
    >>> from pathlib import Path
    >>> inputs = Inputs(galviz.load_survey(), galviz.load_model(), Path("data"))  # doctest: +SKIP
    >>> len(make_field(inputs, lambda done, total: None).chosen)  # doctest: +SKIP
    128
    """
    from skimage.data import hubble_deep_field

    pixels = hubble_deep_field()
    image, sources = Image.fromarray(pixels), find_galaxies(pixels)
    framed = ((row, frame_galaxy(image, source)) for row, source in sources.iterrows())
    frames = [(row, frame) for row, frame in framed if frame is not None][:N_GALAXIES]
    chosen, pictures = np.array([row for row, _ in frames]), [frame for _, frame in frames]

    survey = inputs.survey
    control_ids = [survey.object_ids[row] for row in split_survey(len(survey.object_ids))[1][:N_CONTROLS]]
    changed = _change_images(inputs, control_ids)
    total = len(pictures) + sum(len(images) for images in changed.values())
    done = 0

    def compute(images: Sequence[Image.Image]) -> tuple[np.ndarray, np.ndarray]:
        nonlocal done
        results = _extract(inputs, images, lambda n: progress(done + n, total))
        done += len(images)
        return results

    features, predictions = compute(pictures)
    shipped = inputs.load(TRAINED_FEATURES)
    novelty = survey_novelty(shipped.layers[shipped.last_layer])
    controls = {}
    for name, images in changed.items():
        values, predicted = compute(images)
        controls[name] = pd.DataFrame({"distance": novelty.distances(values), "predicted": predicted})
    reduced = image.resize((_PICTURE_PX, round(_PICTURE_PX * image.height / image.width)), Image.Resampling.LANCZOS)
    encoded = io.BytesIO()
    reduced.save(encoded, format="WEBP", quality=_PICTURE_QUALITY, method=6)
    return HubbleField(
        sources=sources,
        chosen=chosen,
        features=features,
        predictions=predictions,
        thumbnails=[thumbnail(picture) for picture in pictures],
        image_size=image.size,
        picture=encoded.getvalue(),
        control_ids=control_ids,
        controls=controls,
    )


def _change_images(inputs: Inputs, object_ids: Sequence[str]) -> dict[str, list[Image.Image]]:
    """Change the images of held-out galaxies; the first two changes should make no difference."""
    survey, changed = inputs.survey, {}
    if _SIMULATOR in survey.catalogue:
        from galviz.simulate.rendering import render

        changed[PETROSIAN] = [render(survey.catalogue.loc[one].to_dict(), "petrosian") for one in object_ids]
    images = [survey.image(object_id) for object_id in object_ids]
    for name, change in CHANGES.items():
        changed[name] = [change(image) for image in images]
    random = np.random.default_rng(_SEED)
    changed[NOISE] = [
        Image.fromarray(random.integers(0, 256, (image.height, image.width, 3), dtype=np.uint8)) for image in images
    ]
    return changed


def _extract(
    inputs: Inputs, images: Sequence[Image.Image], report: Callable[[int], object]
) -> tuple[np.ndarray, np.ndarray]:
    """Compute features, rounded to float16 as in a features file, and predictions."""
    from galviz.network.activations import ActivationRecorder

    layer = inputs.network.layer_names[-1]
    recorder = ActivationRecorder(inputs.network, [layer])
    features, predictions = [], []
    for start in range(0, len(images), _BATCH_SIZE):
        activations, predicted = recorder(images[start : start + _BATCH_SIZE])
        features.append(activations[layer].astype(np.float16).astype(np.float32))
        predictions.append(np.asarray(predicted, np.float32).ravel())
        report(min(start + _BATCH_SIZE, len(images)))
    return np.concatenate(features), np.concatenate(predictions)
