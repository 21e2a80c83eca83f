"""The format of a model card: what its JSON must say, and how a card of an earlier format says the same."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from galviz.errors import quoted
from galviz.network.spec import spec_problem, xresnet_spec

REGRESSION, EMBEDDING = "regression", "embedding"
# Predictions are float32; squares of labels and their errors must be finite numbers above 0 in float64 at least.
LARGEST_LABEL, SMALLEST_LABEL_STD = 1e30, 1e-30
# Of float32's steps in a standard deviation, so that rounding adds less than 1 % of it to the error.
STEPS_IN_STD = 64
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = (
    *("name", "task", "label", "unit", "spec", "layers", "pad_px", "crop_px", "mean", "std"),
    *("survey_sha256", "weights", "weights_sha256", "training"),
)
_OPTIONAL = ("label_mean", "label_std")


def upgrade_card(content: object) -> object:
    """The content of a card in today's format; what isn't a card of an earlier format is returned as it is.

    Until version 0.1 a card said ``architecture``, always galviz's xresnet34 of some width, in the place of ``spec``.
    """
    if not isinstance(content, dict) or "architecture" not in content or "spec" in content:
        return content
    architecture = content["architecture"]
    spec = xresnet_spec(widen=1.0)
    if not isinstance(architecture, dict) or architecture.keys() != {"name", *spec.options}:
        return content
    options = {name: value for name, value in architecture.items() if name != "name"}
    widen = options["widen"]
    plain = options | {"widen": 1.0, "name": architecture["name"]} == dict(spec.options) | {"name": "xresnet34"}
    if not plain or type(widen) not in (int, float) or not 1 / 16 <= widen <= 4:
        return content
    upgraded = {name: value for name, value in content.items() if name != "architecture"}
    return upgraded | {"spec": xresnet_spec(widen=float(widen)).to_json()}


def card_problem(content: object) -> str | None:
    """What is wrong with a card's content, as a clause; None if nothing is."""
    if not isinstance(content, dict):
        return "it is no JSON object"
    if "architecture" in content and "spec" not in content:
        return f"architecture is {content['architecture']!r}, which is no xresnet34 of galviz"
    if missing := sorted(set(_REQUIRED) - content.keys()):
        return f"it doesn't say its {', '.join(missing)}"
    if unknown := sorted(content.keys() - {*_REQUIRED, *_OPTIONAL}):
        return f"it says {', '.join(map(quoted, unknown))}, which no card has"
    for name in ("name", "unit", "weights"):
        if not isinstance(content[name], str):
            return f"{name} is {content[name]!r} and no text"
    weights = content["weights"]
    if Path(weights).name != weights or not weights.endswith(".safetensors") or not weights.isprintable():
        return f"weights is {quoted(weights)} and no name of a .safetensors file beside the card"
    for name in ("survey_sha256", "weights_sha256"):
        if not (isinstance(content[name], str) and _SHA256.fullmatch(content[name])):
            return f"{name} is {content[name]!r} and no checksum of 64 hexadecimal digits"
    return (
        _training_problem(content["training"])
        or preprocessing_problem(content)
        or spec_problem(content["spec"])
        or _label_problem(content)
        or _layers_problem(content)
    )


def preprocessing_problem(content: Mapping[str, Any]) -> str | None:
    """What is wrong with how a card says that images are prepared, as a clause; None if nothing is."""
    pad, crop = content["pad_px"], content["crop_px"]
    if not all(type(side) is int and 32 <= side <= 4096 for side in (pad, crop)) or crop > pad:
        return f"pad_px is {pad!r} and crop_px {crop!r}, not whole numbers with 32 <= crop_px <= pad_px"
    for name, lowest in (("mean", 0.0), ("std", 1e-4)):
        values = content[name]
        sound = isinstance(values, list | tuple) and len(values) == 3
        sound = sound and all(type(value) in (int, float) for value in values)
        if not sound or not all(lowest <= value <= 1 for value in values):  # nor is NaN
            return f"{name} is {values!r} and not three numbers from {lowest:g} to 1"
    return None


def _label_problem(content: Mapping[str, Any]) -> str | None:
    task, label, head = content["task"], content["label"], content["spec"].get("head")
    if task not in (REGRESSION, EMBEDDING):
        return f"task is {task!r}, and it must be {REGRESSION!r} or {EMBEDDING!r}"
    if content["spec"].get("builder") is None:
        return "its spec names no builder, and only registered ones are built from a file"
    if task == EMBEDDING:
        return None if label is None else f"label is {label!r}, and the task {EMBEDDING!r} predicts none"
    if head is None:
        return f"its spec names no head, and the task {REGRESSION!r} needs one"
    if not is_label(label):
        return f"label is {quoted(str(label))} and no name of a column"
    mean, std = content.get("label_mean", 0.0), content.get("label_std", 1.0)
    numbers = all(type(value) in (int, float) for value in (mean, std))
    if not numbers or not (abs(mean) <= LARGEST_LABEL and SMALLEST_LABEL_STD <= std <= LARGEST_LABEL):
        limits = f"up to ±{LARGEST_LABEL:g} and from {SMALLEST_LABEL_STD:g} to {LARGEST_LABEL:g}"
        return f"label_mean is {mean!r} and label_std {std!r}, not two numbers {limits}"
    step = float(np.spacing(np.float32(abs(mean))))
    if std < STEPS_IN_STD * step:
        return f"label_std is {std!r} around label_mean {mean!r}, where float32 predictions lie {step:.3g} apart"
    return None


def _training_problem(training: object) -> str | None:
    """What is wrong with what code reads of a card's training; the rest is for people."""
    if not isinstance(training, dict):
        return "training is no JSON object"
    surveys = training.get("surveys", [])
    if not isinstance(surveys, list) or not all(isinstance(survey, dict) for survey in surveys):
        return f"training.surveys is {quoted(str(surveys))} and no list of JSON objects"
    for survey in surveys:
        scale = survey.get("scale", 1.0)
        if type(scale) not in (int, float) or not 0 < scale < float("inf"):
            return f"a scale in training.surveys is {quoted(str(scale))} and no number above 0"
    return None


def is_label(name: object) -> bool:
    """Whether a column of a catalogue could have this name and be a label."""
    return isinstance(name, str) and bool(name.strip()) and name.isprintable() and name != "objID"


def _layers_problem(content: Mapping[str, Any]) -> str | None:
    layers, named = content["layers"], [name for name, _ in content["spec"]["layers"]]
    if not isinstance(layers, dict) or set(layers) != set(named):
        return f"layers are {layers!r}, and its spec names {named!r}"
    if not all(type(channels) in (int, float) and 1 <= channels == int(channels) for channels in layers.values()):
        return f"layers are {layers!r}, and each must have a number of channels"
    return None
