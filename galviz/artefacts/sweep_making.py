"""Making the sweeps: galaxies are chosen, drawn with one cause changed, and sent through the network.

Needs GalSim and torch, which are imported by the functions.
"""

import io
from collections.abc import Sequence

import numpy as np
import pandas as pd
from PIL import Image

from galviz.artefacts.artefact import Inputs, Progress
from galviz.artefacts.sweeps import N_GALAXIES, UNCHANGED, Sweeps, assemble_sweeps
from galviz.network.crops import network_crop

_QUALITY, _SEED = 80, 2020
_N_NEAREST = 12  # galaxies with nearly the same label, of which one is chosen
_MAX_DEVIATION = 2.5  # of the chosen galaxies on each component, in standard deviations
_QUANTILES = (0.01, 0.99)  # between which each of their causes is
_SIZE = "half_light_radius_arcsec"
_BATCH_SIZE = 32


def choose_galaxies(
    catalogue: pd.DataFrame, label: str, coordinates: np.ndarray, causes: Sequence[str], n_galaxies: int = N_GALAXIES
) -> list[str]:
    """Choose typical galaxies that are spread over the label and over the feature space.

    Typical are galaxies with arms that aren't merging, are large enough on the sky to show their structure, and of
    which no swept cause is among the lowest or highest of the survey. Labels are taken at equal steps; of the galaxies
    with the nearest labels, the one is chosen that is farthest from those chosen before.

    Parameters
    ----------
    catalogue : DataFrame of n rows, index objID
        Of a simulated survey.
    label : str
        Its column.
    coordinates : ndarray of shape (n, k)
        Whitened principal components.
    causes : sequence of str
    n_galaxies : int
        At most as many as are typical.

    Returns
    -------
    list of str
        From the lowest to the highest label.

    Examples
    --------
    >>> arms = {"arm_number": 2, "merger": 0, "satellite_trail": 0, "bleeding_star": 0, _SIZE: 3}
    >>> catalogue = pd.DataFrame({"metallicity": [9.0, 8.6, 8.8], "redshift": 0.1, **arms}, index=["a", "b", "c"])
    >>> choose_galaxies(catalogue, "metallicity", np.zeros((3, 2)), ["redshift"], 3)
    ['b', 'c', 'a']
    """
    low, high = (catalogue[list(causes)].quantile(share) for share in _QUANTILES)
    typical = ((catalogue[list(causes)] >= low) & (catalogue[list(causes)] <= high)).all(axis=1)
    typical &= (catalogue["arm_number"] > 0) & (catalogue["merger"] == 0)
    typical &= catalogue[_SIZE] >= catalogue[_SIZE].median()
    typical &= (catalogue[["satellite_trail", "bleeding_star"]] == 0).all(axis=1)
    typical &= (np.abs(coordinates) <= _MAX_DEVIATION).all(axis=1)
    values = catalogue[label].to_numpy(float)
    left = np.flatnonzero(typical)
    chosen: list[int] = []
    for target in np.linspace(*np.quantile(values[left], _QUANTILES), min(n_galaxies, len(left))):
        nearest = left[np.argsort(np.abs(values[left] - target), kind="stable")[:_N_NEAREST]]
        if chosen:
            distances = np.linalg.norm(coordinates[nearest, None] - coordinates[None, chosen], axis=2).min(axis=1)
            chosen.append(int(nearest[distances.argmax()]))
        else:
            chosen.append(int(np.random.default_rng(_SEED).choice(nearest)))
        left = left[left != chosen[-1]]
    chosen.sort(key=lambda row: values[row])
    return [str(object_id) for object_id in catalogue.index[chosen]]


def make_sweeps(
    inputs: Inputs, object_ids: Sequence[str], causes: Sequence[str], n_values: int, progress: Progress
) -> Sweeps:
    """Draw galaxies with one cause changed, and compute features and predictions from these images.

    Parameters
    ----------
    inputs : Inputs
        Its survey must be a simulated one.
    object_ids, causes : sequence of str
    n_values : int
        Values per cause, one of them the galaxy's own; see `galviz.simulate.intervention.sweep_values`.
    progress : callable
        Called as progress(done, total), in galaxies.

    Raises
    ------
    ModuleNotFoundError
        If GalSim isn't installed.

    Examples
    --------
    >>> import galviz
    >>> inputs = Inputs(galviz.load_survey(), galviz.load_model(), Path())  # doctest: +SKIP
    >>> sweeps = make_sweeps(inputs, inputs.survey.object_ids[:1], ["redshift"], 3, print)  # doctest: +SKIP
    1 1
    """
    from galviz.network.activations import ActivationRecorder
    from galviz.simulate.intervention import intervene, is_observable, sweep_values
    from galviz.simulate.rendering import render

    catalogue, card, label = inputs.survey.catalogue, inputs.card, inputs.survey.label.column
    layer = inputs.network.layer_names[-1]
    recorder = ActivationRecorder(inputs.network, [layer])
    rows, features, images, own_values = [], [], [], {}
    for done, object_id in enumerate(object_ids, start=1):
        galaxy = catalogue.loc[object_id].to_dict()
        own_values[object_id] = {cause: float(galaxy[cause]) for cause in causes}
        changes = [(UNCHANGED, np.nan)] + [
            (cause, float(value))
            for cause in causes
            for value in sweep_values(catalogue, galaxy, cause, n_values)
            if value != galaxy[cause]
        ]
        changed = [galaxy if cause == UNCHANGED else intervene(galaxy, cause, value) for cause, value in changes]
        pictures = [render(row) for row in changed]  # decoded from a JPEG, as the survey's images are
        predictions = []
        for start in range(0, len(pictures), _BATCH_SIZE):
            activations, predicted = recorder(pictures[start : start + _BATCH_SIZE])
            features.append(activations[layer].astype(np.float16))
            predictions += predicted.tolist()
        rows += [
            (object_id, cause, value, row[label], prediction, is_observable(row))
            for (cause, value), row, prediction in zip(changes, changed, predictions, strict=True)
        ]
        images += [_encode(network_crop(picture, card.pad_px, card.crop_px)) for picture in pictures]
        progress(done, len(object_ids))
    return assemble_sweeps(tuple(causes), own_values, rows, np.concatenate(features), images)


def _encode(image: Image.Image) -> bytes:
    encoded = io.BytesIO()
    image.save(encoded, format="WEBP", quality=_QUALITY, method=6)
    return encoded.getvalue()
