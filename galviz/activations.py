"""Network + images -> features: what its layers answer, caught by forward hooks in one pass.

A hook belongs to the module, and so to everybody who shares the network: one thread's hook sees another thread's images
too. Here hooks are there for one batch at a time, extractions take turns on a network, and a hook keeps only what its
own thread sent through; a network that others call meanwhile gives each their own numbers.
"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from numbers import Integral
from weakref import WeakKeyDictionary

import numpy as np
import torch
from PIL import Image
from torch import nn

from galviz import __version__
from galviz.card import ModelCard
from galviz.features import Features
from galviz.model import MAP_LAYERS, PRECISIONS, answer, build_network, layer_module, prepare, with_card
from galviz.problems import listed, quoted
from galviz.survey import Survey

__all__ = ["choose_device", "extract", "feature_maps"]

_turns: WeakKeyDictionary[nn.Module, threading.Lock] = WeakKeyDictionary()
_turns_lock = threading.Lock()


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
) -> Features:
    """Send galaxies through a network and keep what its layers answer and what it predicts.

    Threads may share `network`. It is in the end what it was before: no hook is left on it, whether this returns or
    raises.

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

    Returns
    -------
    Features
        ``layers[name]`` of shape (n, channels) and ``predictions`` of shape (n,), float32, rows in the order of
        `object_ids`; predictions in the label's unit.

    Raises
    ------
    ValueError
        If the network has no card or is in training mode, or an argument is out of range.
    SurveyError
        If an image has gone or broken since the survey was loaded.
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
    placed = _placed(network, place)
    modules = {layer: layer_module(placed, layer) for layer in asked}

    answers: dict[str, list[np.ndarray]] = {
        layer: [np.empty((0, _channels(card, layer)), np.float32)] for layer in asked
    }
    predictions = [np.empty(0, np.float32)]
    for start in range(0, len(ids), batch_size):
        batch = ids[start : start + batch_size]
        images = prepare([survey.image(object_id) for object_id in batch], card).to(place)
        with turn(network), catch(modules, _averaged) as caught, torch.no_grad():
            predicted = answer(placed, images, precision)
        predictions.append(predicted[:, 0].cpu().numpy())
        for layer in asked:
            answers[layer].append(caught[layer].cpu().numpy())
        if progress:
            progress(start + len(batch), len(ids))
    return Features(
        ids,
        {layer: np.concatenate(parts) for layer, parts in answers.items()},
        np.concatenate(predictions),
        {
            "survey_sha256": survey_sha256,
            "weights_sha256": card.weights_sha256,
            "precision": precision,
            "galviz": __version__,
            "torch": version("torch"),
            "fastai": version("fastai"),
        },
    )


def feature_maps(
    network: nn.Module, image: Image.Image, layer: str, *, device: str | torch.device | None = None
) -> np.ndarray:
    """What a layer answers at each place of one image, not averaged.

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
    placed = _placed(network, place)
    images = prepare([image], card).to(place)
    with turn(network), catch({layer: layer_module(placed, layer)}) as caught, torch.no_grad():
        answer(placed, images, "float32")
    return caught[layer][0].cpu().numpy()


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
def turn(network: nn.Module) -> Iterator[None]:
    """Wait for one's turn on a network, and check that nobody has put it into training mode meanwhile."""
    with _turns_lock:
        lock = _turns.setdefault(network, threading.Lock())
    with lock:
        if any(module.training for module in network.modules()):
            raise ValueError(
                "network must be in eval mode, so that batch norm uses its stored statistics; got one in training: "
                "call network.eval()."
            )
        yield


@contextmanager
def catch(
    modules: Mapping[str, nn.Module], keep: Callable[[torch.Tensor], torch.Tensor] = torch.Tensor.clone
) -> Iterator[dict[str, torch.Tensor]]:
    """Lend a dictionary that holds ``keep(output)`` of each module once this thread has sent a batch through.

    A module's output may be overwritten in place by the one behind it: `keep` must make something of its own.
    """
    caught: dict[str, torch.Tensor] = {}
    thread = threading.get_ident()

    def hook_for(name: str) -> Callable[[nn.Module, tuple, torch.Tensor], None]:
        def hook(module: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
            if threading.get_ident() == thread:
                caught[name] = keep(output.detach())

        return hook

    handles = []
    try:
        for name, module in modules.items():
            handles.append(module.register_forward_hook(hook_for(name)))
        yield caught
    finally:
        for handle in handles:
            handle.remove()


def _placed(network: nn.Module, device: torch.device) -> nn.Module:
    """The network itself if it lies on the device, else a copy of it there: moving it would move it for everybody."""
    here = next(network.parameters()).device
    if here.type == device.type and device.index in (None, here.index):
        return network
    copy = build_network(network.card.architecture, seed=0)
    copy.load_state_dict(network.state_dict())
    return with_card(copy, network.card).to(device)


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
