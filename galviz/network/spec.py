"""The network specification: how to build a network, what its layers are called, and where its head is.

It is plain data, stored in a model card and usable without torch. `galviz.network.builders` builds the network.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from galviz.errors import listed, quoted

# How the output of a layer becomes one vector per image:
#   spatial        (n, channels, height, width): the mean over height and width
#   channels_last  (n, height, width, channels): the same
#   tokens         (n, tokens, channels): the mean over the tokens
#   class_token    (n, tokens, channels): the first token
#   positions      (n, channels, positions): the mean over the positions
#   none           (n, channels): as it is
POOLINGS = ("spatial", "channels_last", "tokens", "class_token", "positions", "none")
# Names of other columns in a features file.
_RESERVED = ("", "objID", "prediction")
_BUILDER = re.compile(r"[a-z][a-z0-9_]*(:[A-Za-z0-9_.]+)?")
_PATH = re.compile(r"(\w+(\.\w+)*)?")
_OPTION_TYPES = (bool, int, float, str)


@dataclass(frozen=True)
class NetworkSpec:
    """How to build a network, and which of its modules are its layers and its head.

    Parameters
    ----------
    builder : str, optional
        A registered builder: ``"xresnet34"``, ``"torchvision:resnet18"``, ``"timm:convnext_nano"``. None for a module
        of your own, see `galviz.wrap`; such a network can't be loaded from a file.
    layers : mapping of str to str
        Paths of modules, as in ``network.get_submodule``, by the name of the layer, in the order of the forward pass.
        The empty path is the network itself, whose output is the last layer of many encoders.
    head : str, optional
        Path of the linear layer that turns features into the prediction. None for an encoder.
    options : mapping, optional
        Keyword arguments of the builder: numbers, strings, and True or False.
    pooling : mapping of str to str, optional
        How the output of a layer becomes one vector per image, by the name of the layer: one of `POOLINGS`. By default
        it is chosen by the shape of the output, see `galviz.network.pooling.choose_pooling`.
    maps : mapping of str to str, optional
        Further named modules, for feature maps only. xresnet34's ``"stage4"`` is one: its mean over height and width
        is the layer ``"features"``.

    Raises
    ------
    ValueError
        If a name, a path or a kind of pooling isn't valid.

    Examples
    --------
    >>> spec = NetworkSpec("torchvision:resnet18", {"early": "layer1", "features": "avgpool"}, head="fc")
    >>> spec.layer_names
    ['early', 'features']
    >>> spec.path_of("early"), spec.path_of("layer1.0.conv1")
    ('layer1', 'layer1.0.conv1')
    """

    builder: str | None = None
    layers: Mapping[str, str] = field(default_factory=dict)
    head: str | None = None
    options: Mapping[str, bool | int | float | str] = field(default_factory=dict)
    pooling: Mapping[str, str] = field(default_factory=dict)
    maps: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.layers, Mapping):
            raise ValueError(
                f"layers must map names to paths of modules, such as {{'features': 'avgpool'}}; got {self.layers!r}."
            )
        if problem := spec_problem(self.to_json()):
            raise ValueError(f"{problem}.")
        for name in ("layers", "options", "pooling", "maps"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def layer_names(self) -> list[str]:
        """Names of the layers, in the order of the forward pass."""
        return list(self.layers)

    def path_of(self, layer: str) -> str:
        """Path of the module of a layer; `layer` itself if it isn't the name of one."""
        return self.layers.get(layer, self.maps.get(layer, layer))

    def with_pooling(self, pooling: Mapping[str, str]) -> "NetworkSpec":
        """A copy of the specification with another `pooling`."""
        return replace(self, pooling=pooling)

    def to_json(self) -> dict[str, Any]:
        """The specification as a dictionary of plain values, as in a model card.

        Layers are a list of [name, path], because the keys of a JSON object have no reliable order.
        """
        mappings = {name: getattr(self, name) for name in ("options", "pooling", "maps")}
        plain = {name: dict(value) if isinstance(value, Mapping) else value for name, value in mappings.items()}
        layers = [list(pair) for pair in self.layers.items()]
        return {"builder": self.builder, "head": self.head, "layers": layers, **plain}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> "NetworkSpec":
        """The inverse of `to_json`; raises ValueError if `content` is not a specification."""
        if problem := spec_problem(content):
            raise ValueError(f"{problem}.")
        return cls(**{**content, "layers": dict(content["layers"])})

    def __hash__(self) -> int:
        return hash(repr(self))

    def __reduce__(self) -> tuple:
        return NetworkSpec.from_json, (self.to_json(),)  # a read-only mapping can't be pickled


def spec_problem(content: object) -> str | None:
    """Describe why plain values aren't a valid specification, as a clause; None if they are.

    Parameters
    ----------
    content : object
        As `NetworkSpec.to_json` returns it.

    Examples
    --------
    >>> spec_problem({"layers": [["features", "avgpool"]], "head": "fc; rm"})
    "head must be the path of a module, such as 'fc'; got 'fc; rm'"
    """
    known = set(NetworkSpec.__dataclass_fields__)
    if not isinstance(content, Mapping) or not set(content) <= known:
        return f"spec must be an object with {listed(sorted(known))}; got {quoted(str(content))}"
    builder, head = content.get("builder"), content.get("head")
    if builder is not None and not (isinstance(builder, str) and _BUILDER.fullmatch(builder)):
        return f"builder must be a name such as 'xresnet34' or 'torchvision:resnet18'; got {builder!r}"
    if head is not None and not (head and _is_path(head)):
        return f"head must be the path of a module, such as 'fc'; got {head!r}"
    return _names_problem(content) or _settings_problem(content)


def _names_problem(content: Mapping[str, Any]) -> str | None:
    layers, maps = content.get("layers", []), content.get("maps", {})
    if not isinstance(layers, list | tuple) or not all(isinstance(pair, list | tuple) for pair in layers):
        return f"layers must be a list of names and paths, such as [['features', 'avgpool']]; got {layers!r}"
    if not all(len(pair) == 2 for pair in layers):
        return f"layers must be pairs of a name and a path; got {layers!r}"
    if not isinstance(maps, Mapping):
        return f"maps must map names to paths of modules, such as {{'stage4': '7'}}; got {maps!r}"
    for field_name, pairs in (("layers", layers), ("maps", maps.items())):
        for name, path in pairs:
            if not isinstance(name, str) or name in _RESERVED or not name.isprintable():
                return f"{field_name} must have printable names other than objID and prediction; got {name!r}"
            if not _is_path(path):
                return f"{field_name} must have paths of modules, such as 'layer1.0.conv1'; got {path!r}"
    if not layers:
        return "layers must name at least one layer, such as 'features'; got none"
    names = [name for name, _ in layers] + list(maps)
    if repeated := [name for name in names if names.count(name) > 1]:
        return f"layers and maps must have different names; got {repeated[0]!r} twice"
    return None


def _settings_problem(content: Mapping[str, Any]) -> str | None:
    options = content.get("options", {})
    if not isinstance(options, Mapping) or not all(
        isinstance(name, str) and type(value) in _OPTION_TYPES for name, value in options.items()
    ):
        return f"options must map names to numbers, strings, True or False; got {options!r}"
    if infinite := [value for value in options.values() if type(value) is float and not math.isfinite(value)]:
        return f"options must be finite numbers; got {infinite[0]!r}"
    pooling = content.get("pooling", {})
    names = {name for name, _ in content["layers"]} | set(content.get("maps", {}))
    if not isinstance(pooling, Mapping) or not set(pooling) <= names:
        return f"pooling must be given by the names of layers; got {pooling!r}"
    if wrong := [kind for kind in pooling.values() if not isinstance(kind, str) or kind not in POOLINGS]:
        return f"pooling must be one of {listed(POOLINGS)}; got {wrong[0]!r}"
    return None


def _is_path(path: object) -> bool:
    return isinstance(path, str) and bool(_PATH.fullmatch(path))


# fastai's XResNet is a sequence: three convolutions, a pooling, four stages, global average pooling, flattening,
# dropout and the head.
_XRESNET_LAYERS = {"stem": "2", "stage1": "4", "stage2": "5", "stage3": "6", "features": "9"}
_XRESNET_POOLING = {name: "none" if name == "features" else "spatial" for name in (*_XRESNET_LAYERS, "stage4")}


def xresnet_spec(builder: str = "xresnet34", **options: bool | float | str) -> NetworkSpec:
    """The specification of one of fastai's xresnets.

    Parameters
    ----------
    builder : str
        ``"xresnet34"``, which galviz ships, or ``"xresnet18"``, ``"xresnet50"`` and so on.
    **options
        ``n_out``: number of outputs, 1 by default. ``sa``: whether the first stage ends in self-attention, by default
        True. ``act_cls``: the activation, by default ``"Mish"``. ``widen``: channels of the stages as a multiple of
        64, 128, 256, 512; small ones are for tests.

    Returns
    -------
    NetworkSpec
        With the layers stem, stage1, stage2, stage3 and features, and the map stage4.

    Examples
    --------
    >>> xresnet_spec(widen=0.5).options["widen"]
    0.5
    """
    defaults = {"n_out": 1, "sa": True, "act_cls": "Mish", "widen": 1.0}
    return NetworkSpec(
        builder, _XRESNET_LAYERS, head="11", options=defaults | options, pooling=_XRESNET_POOLING, maps={"stage4": "7"}
    )
