"""Extraction of features: all galaxies of a survey are sent through a network in batches."""

from collections.abc import Callable, Sequence
from importlib.metadata import version
from numbers import Integral

import numpy as np
import torch
from PIL import Image
from torch import nn

from galviz import __version__
from galviz.errors import quoted
from galviz.features.cache_key import COMPUTATION, HOOKS
from galviz.features.features import Features
from galviz.network.activations import ActivationRecorder
from galviz.survey.survey import Survey

__all__ = ["extract"]


def extract(
    network: nn.Module,
    survey: Survey,
    object_ids: Sequence[str] | None = None,
    *,
    layers: Sequence[str] = ("features",),
    batch_size: int = 64,
    device: str | torch.device | None = None,
    precision: str = "float32",
    progress: Callable[[int, int], object] | None = None,
    allow_hooks: bool = False,
) -> Features:
    """Extract features: the activations of layers of a network for each galaxy, and its predictions.

    Threads may share `network`. Extraction runs on a snapshot of it: all rows come from the same tensors even if the
    network changes meanwhile, and the network itself isn't modified.

    Parameters
    ----------
    network : torch.nn.Module
        From `galviz.load_model` or `galviz.wrap`, in eval mode.
    survey : Survey
    object_ids : sequence of str, optional
        The galaxies, without duplicates, in the order of the rows; all of the survey by default.
    layers : sequence of str
        From ``network.layer_names``, or paths of any modules of the network, such as ``"4.0.convpath.0"``. Outputs with
        a spatial extent are averaged over it on the device; for others the network's specification sets the pooling.
    batch_size : int
        Galaxies per batch. The result doesn't depend on it beyond float32's rounding.
    device : str or torch.device, optional
        See `galviz.network.device.choose_device`. The network itself stays on its device.
    precision : str
        ``"float32"``, or ``"bfloat16"`` for autocast, which is exact to about three digits.
    progress : callable, optional
        Called as progress(done, total), in galaxies. An exception raised by it cancels the extraction.
    allow_hooks : bool
        Whether hooks on the network and replaced code may change its output. By default they raise ValueError, because
        the features would not be those of the network's weights. Hooks that only observe are called in any case.

    Returns
    -------
    Features
        ``layers[name]`` of shape (n, channels), float32, rows in the order of `object_ids`; ``predictions`` of shape
        (n,), float32, in the label's unit, or None if the network predicts no label.
        ``provenance["weights_sha256"]`` is the checksum of the weights file if the network hasn't changed since it was
        loaded, else a checksum of its tensors. ``provenance["changed_by_hooks"]`` names hooks that changed the output,
        and replaced code.

    Raises
    ------
    ValueError
        If the network has no card or is in training mode, one of its batch norms stores no statistics, a hook or
        replaced code changes its output, or an argument is out of range.
    SurveyError
        If an image is missing, damaged or changed since the survey was loaded.

    Examples
    --------
    >>> import galviz
    >>> survey = galviz.load_survey()
    >>> module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 1))
    >>> network = galviz.wrap(module, galviz.NetworkSpec(layers={"early": "0", "features": "2"}, head="3"))
    >>> features = galviz.extract(network, survey, survey.object_ids[:2], layers=["early", "features"])
    >>> features.layers["features"].shape, features.predictions.shape
    ((2, 8), (2,))
    """
    ids = _check_ids(survey, object_ids)
    if isinstance(batch_size, bool) or not isinstance(batch_size, Integral) or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number of at least 1; got {batch_size!r}. 64 is usual.")
    recorder = ActivationRecorder(network, layers, device=device, precision=precision, allow_hooks=allow_hooks)
    card = recorder.card
    survey_sha256 = survey.sha256  # before the pass, to fail early if an image is missing

    activations: dict[str, list[np.ndarray]] = {layer: [] for layer in recorder.layers}
    predictions: list[np.ndarray] = []
    for start in range(0, len(ids), batch_size):
        batch = ids[start : start + batch_size]
        vectors, predicted = recorder(survey.image(object_id) for object_id in batch)
        for layer, values in vectors.items():
            activations[layer].append(values)
        if predicted is not None:
            predictions.append(predicted)
        if progress:
            progress(start + len(batch), len(ids))
    if not ids:  # run on an empty image for the number of channels
        vectors, _ = recorder([Image.new("RGB", (card.crop_px, card.crop_px))])
        activations = {layer: [values[:0]] for layer, values in vectors.items()}
    return Features(
        ids,
        {layer: np.concatenate(parts) for layer, parts in activations.items()},
        None if card.label is None else np.concatenate([np.empty(0, np.float32), *predictions]),
        {
            "survey_sha256": survey_sha256,
            "card_sha256": card.sha256,
            "weights_sha256": recorder.weights_sha256,
            "precision": precision,
            "computation": COMPUTATION,
            "galviz": __version__,
            "torch": version("torch"),
            "fastai": version("fastai"),
            **({HOOKS: ", ".join(recorder.changed_by)} if recorder.changed_by else {}),
        },
    )


def _check_ids(survey: Survey, object_ids: Sequence[str] | None) -> list[str]:
    known = survey.object_ids
    if object_ids is None:
        return known
    if isinstance(object_ids, str):
        raise ValueError(f"object_ids must be a list of ids; got the text {quoted(object_ids)}.")
    ids = list(object_ids)
    if len(set(ids)) < len(ids):
        raise ValueError(
            f"object_ids must be a list of ids without duplicates; got {len(ids)} of which {len(set(ids))} differ."
        )
    known = set(known)
    for object_id in (name for name in ids if name not in known):
        survey.image(object_id)  # raises the error for an unknown galaxy now
    return ids
