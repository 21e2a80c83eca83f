"""The format of a model card: validation of its JSON, and conversion from an earlier format."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from galviz.errors import quoted
from galviz.network.spec import spec_problem, xresnet_spec

REGRESSION, EMBEDDING = "regression", "embedding"
# Predictions are float32, and squares of labels and of their errors must be finite and above 0.
LARGEST_LABEL, SMALLEST_LABEL_STD = 1e30, 1e-30
# Least number of float32 steps per standard deviation: then rounding adds less than 1 % of it to the error.
STEPS_IN_STD = 64
_MOST_CHANNELS = 2**31  # more than any network has; 1e300 is a whole number too, but can't be written as an integer
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REQUIRED = (
    *("name", "task", "label", "unit", "spec", "layers", "pad_px", "crop_px", "mean", "std"),
    *("survey_sha256", "weights", "weights_sha256", "training"),
)
_OPTIONAL = ("label_mean", "label_std")


def upgrade_card(content: object) -> object:
    """Convert the content of a card of an earlier format to the present one; return anything else unchanged.

    Before version 0.1 a card had ``architecture``, always galviz's xresnet34 of some width, instead of ``spec``.

    Examples
    --------
    >>> old = {"n_out": 1, "sa": True, "act_cls": "Mish", "widen": 0.5, "name": "xresnet34"}
    >>> upgrade_card({"architecture": old})["spec"]["options"]["widen"]
    0.5
    """
    if not isinstance(content, dict) or "architecture" not in content or "spec" in content:
        return content
    architecture = content["architecture"]
    spec = xresnet_spec(widen=1.0)
    if not isinstance(architecture, dict) or architecture.keys() != {"name", *spec.options}:
        return content
    options = {name: value for name, value in architecture.items() if name != "name"}
    widen = options["widen"]
    known = options | {"widen": 1.0, "name": architecture["name"]} == dict(spec.options) | {"name": "xresnet34"}
    if not known or not _is_number(widen, 1 / 16, 4):
        return content
    upgraded = {name: value for name, value in content.items() if name != "architecture"}
    return upgraded | {"spec": xresnet_spec(widen=float(widen)).to_json()}


def card_problem(content: object) -> str | None:
    """Describe what is wrong with the content of a card, as a clause; None if it is valid.

    Examples
    --------
    >>> card_problem({"name": "tiny"})[:33]
    'it lacks crop_px, label, layers, '
    """
    if not isinstance(content, dict):
        return "it must be a JSON object"
    if "architecture" in content and "spec" not in content:
        return f"architecture must be galviz's xresnet34; got {content['architecture']!r}"
    if missing := sorted(set(_REQUIRED) - content.keys()):
        return f"it lacks {', '.join(missing)}"
    if unknown := sorted(content.keys() - {*_REQUIRED, *_OPTIONAL}):
        return f"it has the unknown fields {', '.join(map(quoted, unknown))}"
    for name in ("name", "unit", "weights"):
        if not isinstance(content[name], str):
            return f"{name} must be text; got {content[name]!r}"
    weights = content["weights"]
    if Path(weights).name != weights or not weights.endswith(".safetensors") or not weights.isprintable():
        return f"weights must be the name of a .safetensors file beside the card; got {quoted(weights)}"
    for name in ("survey_sha256", "weights_sha256"):
        if not (isinstance(content[name], str) and _SHA256.fullmatch(content[name])):
            return f"{name} must be a checksum of 64 hexadecimal digits; got {content[name]!r}"
    return (
        _training_problem(content["training"])
        or preprocessing_problem(content)
        or spec_problem(content["spec"])
        or _label_problem(content)
        or _layers_problem(content)
    )


def preprocessing_problem(content: Mapping[str, Any]) -> str | None:
    """Describe what is wrong with the settings of preprocessing, as a clause; None if they are valid.

    Examples
    --------
    >>> preprocessing_problem({"pad_px": 144, "crop_px": 112, "mean": [0.1, 0.1, 0.1], "std": [0.2, 0.2, 0]})
    'std must be three numbers from 0.0001 to 1; got [0.2, 0.2, 0]'
    """
    pad, crop = content["pad_px"], content["crop_px"]
    if not all(type(side) is int and 32 <= side <= 4096 for side in (pad, crop)) or crop > pad:
        return f"pad_px and crop_px must be whole numbers with 32 <= crop_px <= pad_px; got {pad!r} and {crop!r}"
    for name, lowest in (("mean", 0.0), ("std", 1e-4)):
        values = content[name]
        valid = isinstance(values, list | tuple) and len(values) == 3
        if not valid or not all(_is_number(value, lowest, 1) for value in values):
            return f"{name} must be three numbers from {lowest:g} to 1; got {values!r}"
    return None


def _label_problem(content: Mapping[str, Any]) -> str | None:
    task, label, head = content["task"], content["label"], content["spec"].get("head")
    if task not in (REGRESSION, EMBEDDING):
        return f"task must be {REGRESSION!r} or {EMBEDDING!r}; got {task!r}"
    if content["spec"].get("builder") is None:
        return "spec must name a registered builder; got none"
    if task == EMBEDDING and label is not None:
        return f"label must be null for the task {EMBEDDING!r}; got {label!r}"
    if task == REGRESSION and head is None:
        return f"spec must name a head for the task {REGRESSION!r}; got none"
    if task == REGRESSION and not is_label(label):
        return f"label must be the name of a column; got {quoted(str(label))}"
    return _scale_problem(content)


def _scale_problem(content: Mapping[str, Any]) -> str | None:
    if ("label_mean" in content) != ("label_std" in content):
        return "label_mean and label_std must be given together, or neither"
    mean, std = content.get("label_mean", 0.0), content.get("label_std", 1.0)
    if not (_is_number(mean, -LARGEST_LABEL, LARGEST_LABEL) and _is_number(std, SMALLEST_LABEL_STD, LARGEST_LABEL)):
        limits = f"up to ±{LARGEST_LABEL:g} and from {SMALLEST_LABEL_STD:g} to {LARGEST_LABEL:g}"
        return f"label_mean and label_std must be numbers {limits}; got {mean!r} and {std!r}"
    step = float(np.spacing(np.float32(abs(mean))))
    if std < STEPS_IN_STD * step:
        return (
            f"label_std must be at least {STEPS_IN_STD} steps of float32, which are {step:.3g} near label_mean "
            f"{mean!r}; got {std!r}"
        )
    return None


def _training_problem(training: object) -> str | None:
    """Describe what is wrong with the fields of training that code uses; the others are only displayed."""
    if not isinstance(training, dict):
        return "training must be a JSON object"
    surveys = training.get("surveys", [])
    if not isinstance(surveys, list) or not all(isinstance(survey, dict) for survey in surveys):
        return f"training.surveys must be a list of JSON objects; got {quoted(str(surveys))}"
    for survey in surveys:
        scale = survey.get("scale", 1.0)
        if type(scale) not in (int, float) or not 0 < scale < float("inf"):
            return f"scale in training.surveys must be a number above 0; got {quoted(str(scale))}"
    return None


def is_label(name: object) -> bool:
    """Whether a label can have this name.

    Examples
    --------
    >>> is_label("metallicity"), is_label("objID")
    (True, False)
    """
    return isinstance(name, str) and bool(name.strip()) and name.isprintable() and name != "objID"


def _layers_problem(content: Mapping[str, Any]) -> str | None:
    layers, names = content["layers"], [name for name, _ in content["spec"]["layers"]]
    if not isinstance(layers, dict) or set(layers) != set(names):
        return f"layers must be those of the spec, {names!r}; got {layers!r}"
    if not all(_is_number(channels, 1, _MOST_CHANNELS) and channels == int(channels) for channels in layers.values()):
        return f"layers must have a number of channels each; got {layers!r}"
    return None


def _is_number(value: object, lowest: float, highest: float) -> bool:
    """Whether a JSON value is a number within limits; neither true nor NaN is."""
    return type(value) in (int, float) and lowest <= value <= highest
