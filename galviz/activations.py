"""Network + images -> features: the activations of its layers, recorded by forward hooks in one pass.

A hook belongs to the module, and so to everybody who shares the network: one thread's hook sees another thread's images
too. Here a pass runs on a snapshot of the network, which is its own: no other hook, training step or change of mode can
reach it, and nothing of it stays on the network.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from numbers import Integral

import numpy as np
import torch
from PIL import Image
from torch import nn

from galviz import __version__
from galviz.card import ModelCard
from galviz.features import Features
from galviz.model import MAP_LAYERS, PRECISIONS, answer, layer_module, prepare
from galviz.origin import COMPUTATION, HOOKS
from galviz.problems import listed, quoted
from galviz.snapshot import refuse_training, take_snapshot, turn, weights_checksum
from galviz.survey import Survey

__all__ = ["choose_device", "extract", "feature_maps"]


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
    """Send galaxies through a network; return the activations of its layers and its predictions.

    Threads may share `network`. The pass runs on a snapshot of it as it is now: whatever happens to the network
    meanwhile, all rows are of the same tensors, and the network itself is never touched.

    Parameters
    ----------
    network : torch.nn.Module
        From `load_model`, in eval mode.
    survey : Survey
    object_ids : sequence of str, optional
        The galaxies, each once, in the order in which they are wanted; all of the survey by default.
    layers : sequence of str
        From ``network.layer_names``. A layer with a spatial extent is averaged over it, on the device.
    batch_size : int
        Galaxies sent through at a time. The result doesn't depend on it beyond float32's rounding.
    device : str or torch.device, optional
        See `choose_device`. Where the network lies elsewhere, a copy of it is used.
    precision : str
        ``"float32"``, or ``"bfloat16"``: autocast, for processors and GPUs that are made for it; about three digits.
    progress : callable, optional
        Called as progress(done, total), in galaxies. What it raises cancels the extraction and comes through.
    allow_hooks : bool
        Whether hooks that others have registered on the network may change its output, and functions and methods that
        others have replaced be used. By default either is refused, because the features would not be those of the
        network's weights. Hooks that only observe are called.

    Returns
    -------
    Features
        ``layers[name]`` of shape (n, channels) and ``predictions`` of shape (n,), float32, rows in the order of
        `object_ids`; predictions in the label's unit. ``provenance["weights_sha256"]`` is the checksum of the weights
        file if the network computes with exactly what was loaded from it, else one of its tensors, which is no file's.
        Hooks that changed the output, and replaced code, are named in ``provenance["changed_by_hooks"]``.

    Raises
    ------
    ValueError
        If the network has no card or is in training mode, a batch norm of it stores no statistics, a hook or replaced
        code changes its output, or an argument is out of range.
    SurveyError
        If an image has gone, broken or changed since the survey was loaded.
    """
    card = _card(network)
    asked = _checked_layers(layers)
    ids = _checked_ids(survey, object_ids)
    survey_sha256 = survey.sha256  # before the pass: an image that has gone is noticed at once
    if isinstance(batch_size, bool) or not isinstance(batch_size, Integral) or batch_size < 1:
        raise ValueError(f"batch_size must be a whole number of at least 1; got {batch_size!r}. 64 is usual.")
    if precision not in PRECISIONS:
        raise ValueError(f"precision must be one of {listed(PRECISIONS)}; got {precision!r}.")
    place = choose_device(device)
    snapshot = take_snapshot(network, place, allow_hooks=allow_hooks)
    modules = {layer: layer_module(snapshot.network, layer) for layer in asked}

    activations: dict[str, list[np.ndarray]] = {
        layer: [np.empty((0, _channels(card, layer)), np.float32)] for layer in asked
    }
    predictions = [np.empty(0, np.float32)]
    for start in range(0, len(ids), batch_size):
        batch = ids[start : start + batch_size]
        refuse_training(network)  # the numbers would be right, but whoever trains it should hear of it
        # One image at a time is decoded and cropped: a batch of large ones would fill the memory.
        images = prepare((survey.image(object_id) for object_id in batch), card).to(place)
        with turn(network), record(modules, _averaged) as recorded, torch.no_grad():
            predicted = answer(snapshot.network, images, precision)
        predictions.append(predicted[:, 0].cpu().numpy())
        for layer in asked:
            activations[layer].append(recorded[layer].cpu().numpy())
        if progress:
            progress(start + len(batch), len(ids))
    return Features(
        ids,
        {layer: np.concatenate(parts) for layer, parts in activations.items()},
        np.concatenate(predictions),
        {
            "survey_sha256": survey_sha256,
            "card_sha256": card.sha256,
            "weights_sha256": weights_checksum(network, snapshot),
            "precision": precision,
            "computation": COMPUTATION,
            "galviz": __version__,
            "torch": version("torch"),
            "fastai": version("fastai"),
            **({HOOKS: ", ".join(snapshot.changed_by)} if snapshot.changed_by else {}),
        },
    )


def feature_maps(
    network: nn.Module,
    image: Image.Image,
    layer: str,
    *,
    device: str | torch.device | None = None,
    allow_hooks: bool = False,
) -> np.ndarray:
    """The activations of a layer at each place of one image, not averaged.

    Parameters
    ----------
    network : torch.nn.Module
        From `load_model`, in eval mode.
    image : PIL.Image.Image
        RGB, any size.
    layer : str
        ``"stem"`` or ``"stage1"`` to ``"stage4"``.
    device : str or torch.device, optional
        See `choose_device`.
    allow_hooks : bool
        See `extract`.

    Returns
    -------
    ndarray of shape (channels, height, width), float32
        The first row is the image's top. From 112 px the stem makes 56, the stages 28, 14, 7 and 4.

    Raises
    ------
    ValueError
        If there is no such layer, or as for `extract`.
    """
    card = _card(network)
    if layer not in MAP_LAYERS:
        hint = " 'features' is 'stage4' averaged over its map." if layer == "features" else ""
        raise ValueError(f"layer must be one of {listed(MAP_LAYERS)}, which have maps; got {layer!r}.{hint}")
    place = choose_device(device)
    own = take_snapshot(network, place, allow_hooks=allow_hooks).network
    images = prepare([image], card).to(place)
    with turn(network), record({layer: layer_module(own, layer)}) as recorded, torch.no_grad():
        answer(own, images, "float32")
    return recorded[layer][0].cpu().numpy()


def choose_device(device: str | torch.device | None = None) -> torch.device:
    """The device asked for; by default CUDA where there is one, or Apple's MPS, or the CPU.

    Raises
    ------
    ValueError
        If torch knows no such device, or it isn't there.
    """
    if device is None:
        mps = torch.backends.mps.is_available()
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if mps else "cpu")
    try:
        chosen = torch.device(device)
        if chosen.type not in ("cpu", "cuda", "mps"):
            raise TypeError(chosen.type)
        torch.empty(0, device=chosen)
    except (RuntimeError, AssertionError, TypeError) as error:
        message = (
            f"device must be one that torch finds here, such as 'cpu'; got {device!r}. Leave it out to have one chosen."
        )
        raise ValueError(message) from error
    return chosen


def _averaged(output: torch.Tensor) -> torch.Tensor:
    """(n, channels, height, width) or (n, channels), to (n, channels), float32, averaged where it was computed."""
    return output.float().mean(dim=(2, 3)) if output.ndim == 4 else output.float()


@contextmanager
def record(
    modules: Mapping[str, nn.Module], keep: Callable[[torch.Tensor], torch.Tensor] = torch.Tensor.clone
) -> Iterator[dict[str, torch.Tensor]]:
    """Lend a dictionary that holds ``keep(output)`` of each module once a batch has gone through.

    The modules must be a snapshot's: hooks on a shared network would record the batches of other threads too. A
    module's output may be overwritten in place by the one behind it: `keep` must make something of its own.
    """
    recorded: dict[str, torch.Tensor] = {}

    def hook_for(name: str) -> Callable[[nn.Module, tuple, torch.Tensor], None]:
        def hook(module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
            recorded[name] = keep(output.detach())

        return hook

    handles = []
    try:
        for name, module in modules.items():
            handles.append(module.register_forward_hook(hook_for(name)))
        yield recorded
    finally:
        for handle in handles:
            handle.remove()


def _card(network: nn.Module) -> ModelCard:
    card = getattr(network, "card", None)
    if not isinstance(card, ModelCard):
        raise ValueError(
            f"network must come from load_model, whose card says how images are prepared; got {type(network).__name__} "
            "without a card. Give it one: galviz.model.with_card(network, card)."
        )
    return card


def _checked_layers(layers: Sequence[str]) -> list[str]:
    names = layers if isinstance(layers, str) else list(layers)
    if isinstance(names, str) or not all(layer in (*MAP_LAYERS, "features") for layer in names):
        raise ValueError(f"layers must be a list of names out of {listed((*MAP_LAYERS, 'features'))}; got {names!r}.")
    return list(dict.fromkeys(names))


def _channels(card: ModelCard, layer: str) -> int:
    return card.layers["features" if layer == "stage4" else layer]


def _checked_ids(survey: Survey, object_ids: Sequence[str] | None) -> list[str]:
    known = survey.object_ids
    if object_ids is None:
        return known
    if isinstance(object_ids, str):
        raise ValueError(f"object_ids must be a list of ids; got the text {quoted(object_ids)}.")
    ids = list(object_ids)
    if len(set(ids)) < len(ids):
        raise ValueError(
            f"object_ids must be a list of ids, each once; got {len(ids)} of which {len(set(ids))} differ."
        )
    known = set(known)
    for object_id in (name for name in ids if name not in known):
        survey.image(object_id)  # which says what is wrong with it, before any time is spent
    return ids
