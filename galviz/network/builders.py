"""The registry of builders: functions that build an untrained network from a specification.

A model card can name only these, so a file never decides which code is imported or run. To add a builder, write a
function that builds a network and register it in `BUILDERS`.
"""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

import torch
from torch import nn

from galviz.errors import listed, quoted
from galviz.network.spec import NetworkSpec

with warnings.catch_warnings():
    # On import fastai compiles layers with torch.jit.script and sets an option of pandas; both are deprecated.
    warnings.simplefilter("ignore", FutureWarning)
    warnings.simplefilter("ignore", DeprecationWarning)
    import fastai.layers
    import fastai.vision.models.xresnet

Options = Mapping[str, bool | int | float | str]
XRESNETS = ("xresnet18", "xresnet34", "xresnet50", "xresnet101", "xresnet152")
_ACTIVATIONS = ("Mish", "ReLU", "LeakyReLU", "SiLU", "GELU")


class BuilderError(ValueError):
    """A specification that no registered builder can build."""


@dataclass(frozen=True)
class Builder:
    """A registered function that builds networks.

    Attributes
    ----------
    build : callable
        Called as build(name, options), where `name` is the part after the colon in ``"torchvision:resnet18"``; returns
        an untrained ``torch.nn.Module`` that takes images of shape (n, 3, height, width).
    options : mapping of str to type
        Options that a specification may set, and their types.
    n_outputs : str
        Name of the option for the number of outputs.
    """

    build: Callable[[str, Options], nn.Module]
    options: Mapping[str, type]
    n_outputs: str


def build_network(spec: NetworkSpec | None = None, *, seed: int | None = None) -> nn.Module:
    """Build an untrained network.

    Parameters
    ----------
    spec : NetworkSpec, optional
        By default ``xresnet34(n_out=1, sa=True, act_cls=Mish)``.
    seed : int, optional
        Seed of the random weights; torch's global generator is left unchanged. By default that generator is used.

    Returns
    -------
    torch.nn.Module
        In training mode, float32, with random weights.

    Raises
    ------
    BuilderError
        If the builder isn't registered, its package isn't installed, or an option isn't allowed.

    Examples
    --------
    >>> from galviz.network.spec import NetworkSpec
    >>> spec = NetworkSpec("torchvision:resnet18", {"features": "avgpool"}, head="fc", options={"num_classes": 1})
    >>> build_network(spec, seed=0).fc
    Linear(in_features=512, out_features=1, bias=True)
    """
    from galviz.network.spec import xresnet_spec

    spec = spec or xresnet_spec()
    builder = find_builder(spec.builder)
    for name, value in spec.options.items():
        kind = builder.options.get(name)
        if kind is None:
            raise BuilderError(
                f"options of {spec.builder} must be among {listed(sorted(builder.options))}; got {quoted(name)}."
            )
        if not (type(value) is kind or (kind is float and type(value) is int)):
            raise BuilderError(f"option {name} of {spec.builder} must be of type {kind.__name__}; got {value!r}.")
    with torch.random.fork_rng(devices=[], enabled=seed is not None):
        if seed is not None:
            torch.manual_seed(seed)
        network = builder.build(spec.builder.partition(":")[2] or spec.builder, spec.options)
    return network if torch.get_default_dtype() == torch.float32 else network.float()


def find_builder(name: str | None) -> Builder:
    """Find the registered builder for a name such as ``"torchvision:resnet18"``.

    Raises
    ------
    BuilderError
        If there is none.

    Examples
    --------
    >>> find_builder("torchvision:resnet18").n_outputs
    'num_classes'
    """
    builder = BUILDERS.get((name or "").partition(":")[0])
    if builder is None or (":" in name) == (name.partition(":")[0] in XRESNETS):
        known = [f"{prefix}:<name>" if prefix not in XRESNETS else prefix for prefix in BUILDERS]
        raise BuilderError(f"builder must be one of {listed(known)}; got {name!r}.")
    return builder


def parse_options(name: str, texts: Mapping[str, str]) -> dict[str, bool | int | float | str]:
    """Parse options of a builder from text.

    Raises
    ------
    BuilderError
        If the builder has no such option, or the text isn't a value of its type.

    Examples
    --------
    >>> parse_options("xresnet18", {"sa": "false", "act_cls": "ReLU", "widen": "0.5"})
    {'sa': False, 'act_cls': 'ReLU', 'widen': 0.5}
    """
    known, parsed = find_builder(name).options, {}
    for option, text in texts.items():
        kind = known.get(option)
        if kind is None:
            raise BuilderError(f"options of {name} must be among {listed(sorted(known))}; got {quoted(option)}.")
        try:
            parsed[option] = {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
        except (ValueError, KeyError) as error:
            rule = "true or false" if kind is bool else f"of type {kind.__name__}"
            raise BuilderError(f"option {option} of {name} must be {rule}; got {quoted(text)}.") from error
    return parsed


def _xresnet(name: str, options: Options) -> nn.Module:
    widen, act_cls = options.get("widen", 1.0), options.get("act_cls", "Mish")
    if not 1 / 16 <= widen <= 4:
        raise BuilderError(f"option widen must be from 1/16 to 4; got {widen!r}.")
    if act_cls not in _ACTIVATIONS:
        raise BuilderError(f"option act_cls must be one of {listed(_ACTIVATIONS)}; got {act_cls!r}.")
    build = getattr(fastai.vision.models.xresnet, name)
    activation = getattr(fastai.layers, act_cls, None) or getattr(nn, act_cls)
    n_out, attention = options.get("n_out", 1), options.get("sa", True)
    return build(n_out=_check_count("n_out", n_out), sa=attention, act_cls=activation, widen=widen)


def _torchvision(name: str, options: Options) -> nn.Module:
    build, options = _classifier(name), dict(options)
    headless = options.get("num_classes") == 0
    if headless:  # the convention of timm: the network without its last linear layer
        options["num_classes"] = 1
    # weights=None, because anything else would be downloaded.
    network = _call_builder(f"torchvision:{name}", lambda: build(weights=None, **options))
    if headless:
        linear = [path for path, module in network.named_modules() if isinstance(module, nn.Linear)]
        if not linear:
            raise BuilderError(f"torchvision:{name} has no linear layer that num_classes=0 could remove.")
        network.set_submodule(linear[-1], nn.Identity())
    return network


def _classifier(name: str) -> Callable[..., nn.Module]:
    """Find the function that builds one of torchvision's classifiers.

    Detection and segmentation models are excluded: they don't take plain images, and download weights of a backbone.
    """
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        raise BuilderError(f"torchvision has no classifier {quoted(name)}. Choose from {listed(known, at_most=99)}.")
    return models.get_model_builder(name)


def _timm(name: str, options: Options) -> nn.Module:
    if find_spec("timm") is None:
        raise BuilderError("The network needs timm, which isn't installed: pip install 'galviz[timm]'.")
    import timm

    # Other names that timm accepts, such as hf-hub:…, would download a network and its settings.
    if name.partition(".")[0] not in timm.list_models():
        raise BuilderError(f"timm has no model {quoted(name)}; timm.list_models() lists them.")
    return _call_builder(f"timm:{name}", lambda: timm.create_model(name, pretrained=False, **options))


def _fastai(name: str, options: Options) -> nn.Module:
    """Build the network of fastai's ``vision_learner``: the body of a torchvision network and fastai's own head."""
    with warnings.catch_warnings():
        # Imported late: it imports timm if installed, which takes seconds and warns in a notebook without widgets.
        warnings.simplefilter("ignore")
        from fastai.vision.learner import create_vision_model

    n_out, build = _check_count("n_out", options.get("n_out", 1)), _classifier(name)
    return _call_builder(f"fastai:{name}", lambda: create_vision_model(build, n_out, pretrained=False))


def _call_builder(name: str, build: Callable[[], nn.Module]) -> nn.Module:
    """Call a function of another package that builds a network; its exceptions become BuilderErrors."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # some constructors announce changes of their own defaults
            return build()
    except Exception as error:
        raise BuilderError(f"{name} can't be built ({error}). Check the options of the specification.") from error


def _check_count(name: str, value: int) -> int:
    if not 1 <= value <= 100_000:
        raise BuilderError(f"option {name} must be from 1 to 100,000; got {value!r}.")
    return value


BUILDERS: dict[str, Builder] = {
    **dict.fromkeys(
        XRESNETS, Builder(_xresnet, {"n_out": int, "sa": bool, "act_cls": str, "widen": float}, n_outputs="n_out")
    ),
    "torchvision": Builder(_torchvision, {"num_classes": int, "image_size": int}, n_outputs="num_classes"),
    "timm": Builder(
        _timm,
        {"num_classes": int, "img_size": int, "global_pool": str, "drop_rate": float, "drop_path_rate": float},
        n_outputs="num_classes",
    ),
    "fastai": Builder(_fastai, {"n_out": int}, n_outputs="n_out"),
}
