"""The networks of a training: one per phase, with new weights or those of the previous phase or a given network."""

import os
from dataclasses import dataclass, replace

import torch
from fastai.torch_core import set_seed
from torch import nn

from galviz.network.builders import build_network, find_builder
from galviz.network.card import ModelCard
from galviz.network.head import unscale_head
from galviz.network.layers import LayerOutput, inspect_layers
from galviz.network.model import load_model
from galviz.network.rescaling import check_rescalable
from galviz.network.spec import NetworkSpec
from galviz.network.suggestion import suggest_spec
from galviz.training.recipe import Phase, Recipe

__all__ = ["PretrainedNetwork", "check_spec", "load_pretrained", "make_network"]


@dataclass(frozen=True, eq=False)
class PretrainedNetwork:
    """A trained network that is to be fine-tuned.

    Attributes
    ----------
    card : ModelCard
    spec : NetworkSpec
        Of the network to train, with a head of one output.
    state : dict of str to torch.Tensor
        Its tensors. Its head, if it has one, predicts in the unit of its label.
    """

    card: ModelCard
    spec: NetworkSpec
    state: dict[str, torch.Tensor]

    def tensors_for(self, label: str, label_mean: float, label_std: float) -> dict[str, torch.Tensor]:
        """The initial tensors. Those of the head are included if its label is the same, for standardised targets."""
        head = f"{self.spec.head}."
        body = {name: values for name, values in self.state.items() if not name.startswith(head)}
        if self.card.label != label:
            return body
        scale = replace(self.card, label_mean=label_mean, label_std=label_std)
        names = [f"{head}weight", f"{head}bias"]
        values = unscale_head(*(self.state[name].numpy() for name in names), scale)
        return body | dict(zip(names, map(torch.from_numpy, values), strict=True))


def load_pretrained(path: str | os.PathLike[str]) -> PretrainedNetwork:
    """Load a network for fine-tuning; an encoder gets a head.

    Raises
    ------
    CardError
        If it can't be loaded.
    ValueError
        If no head can be added to it.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from galviz.network.model import save_model, wrap
    >>> from galviz.network.spec import xresnet_spec
    >>> spec = xresnet_spec(widen=0.125)
    >>> with TemporaryDirectory() as folder:
    ...     _ = save_model(wrap(build_network(spec, seed=1), spec), f"{folder}/net.json")
    ...     load_pretrained(f"{folder}/net.json").spec.head
    '11'
    """
    network = load_model(path)
    card, spec = network.card, network.card.spec
    options = {**spec.options, find_builder(spec.builder).n_outputs: 1}
    if spec.head is None:
        spec = suggest_spec(spec.builder, options, crop_px=card.crop_px)
    return PretrainedNetwork(card, replace(spec, options=options), network.state_dict())


def check_spec(spec: NetworkSpec, recipe: Recipe) -> dict[str, LayerOutput]:
    """Check that a network can be trained with a recipe, and return the outputs of its layers.

    Raises
    ------
    ValueError
        If it can't be trained.

    Examples
    --------
    >>> from galviz.network.spec import xresnet_spec
    >>> check_spec(xresnet_spec(widen=0.125), Recipe(crop_px=32, pad_px=32))["features"].n_channels
    64
    """
    network = build_network(spec, seed=0).eval()
    layers, n_outputs = inspect_layers(network, spec, recipe.crop_px)
    if n_outputs != 1 or network.get_submodule(spec.head).bias is None:
        raise ValueError(
            f"spec must have a head with one output and a bias; got {spec.head!r} with {n_outputs} outputs. "
            "Set the number of outputs in its options. Causes to predict too belong in the recipe."
        )
    check_rescalable(network, spec, recipe.crop_px)
    for side in {phase.side_px for phase in recipe.phases} - {recipe.crop_px}:
        inspect_layers(network, spec, side)  # raises an error if it can't take smaller images
    with torch.random.fork_rng(devices=[]), torch.no_grad():
        output = network.train()(torch.zeros(2, 3, recipe.crop_px, recipe.crop_px))
    if not isinstance(output, torch.Tensor):
        raise ValueError(
            f"{spec.builder} has more than one output in training mode, and can't be trained. Choose another network."
        )
    return layers


def make_network(
    spec: NetworkSpec,
    phase: Phase,
    previous: nn.Module | None,
    seed: int,
    tensors: dict[str, torch.Tensor] | None = None,
) -> nn.Module:
    """Build the network of a phase.

    Parameters
    ----------
    spec : NetworkSpec
    phase : Phase
    previous : torch.nn.Module or None
        That of the previous phase, whose body and first rows of the head are copied.
    seed : int
        Of random weights. The bias of a new head is 0, the mean of the standardised labels.
    tensors : dict of str to torch.Tensor, optional
        Initial tensors of the first phase, see `PretrainedNetwork.tensors_for`; the others are random.

    Examples
    --------
    >>> from galviz.network.spec import xresnet_spec
    >>> network = make_network(xresnet_spec(widen=0.125), Recipe().phases[0], None, seed=1)
    >>> network[11].bias.tolist()
    [0.0]
    """
    set_seed(seed)
    n_out = 1 + len(phase.causes)
    n_outputs = find_builder(spec.builder).n_outputs
    network = build_network(replace(spec, options={**spec.options, n_outputs: n_out}))
    if previous is None:
        nn.init.zeros_(network.get_submodule(spec.head).bias)
        if tensors:
            network.load_state_dict(network.state_dict() | tensors)
        return network
    state = previous.state_dict()
    for name in ("weight", "bias"):
        state[f"{spec.head}.{name}"] = state[f"{spec.head}.{name}"][:n_out]
    network.load_state_dict(state)
    return network
