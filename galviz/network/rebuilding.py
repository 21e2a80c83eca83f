"""Whether a network is what its builder makes: only then can a card and weights restore it."""

import torch
from torch import nn

from galviz.errors import listed, quoted
from galviz.network.builders import build_network
from galviz.network.fingerprint import collect_tensors, describe_structure
from galviz.network.hooks import builtin_hooks


def check_rebuildable(network: nn.Module) -> None:
    """Check that building a network from its card and loading its weights gives the same network.

    Parameters
    ----------
    network : torch.nn.Module
        With a card whose specification names a registered builder.

    Raises
    ------
    ValueError
        If a module, a setting or a tensor was added, removed or replaced after the network was built, or a hook was
        added. The message names the first difference.

    Examples
    --------
    >>> import galviz
    >>> from galviz.network.spec import xresnet_spec
    >>> spec = xresnet_spec(widen=1 / 16)
    >>> network = galviz.wrap(build_network(spec, seed=0), spec, crop_px=32)
    >>> check_rebuildable(network)
    >>> network[3] = nn.AvgPool2d(3, 2, 1)
    >>> check_rebuildable(network)
    Traceback (most recent call last):
    ValueError: network must be as its builder 'xresnet34' makes it, apart from the values of its weights; it has 3 torch.nn.modules.pooling.AvgPool2d, and the builder makes 3 torch.nn.modules.pooling.MaxPool2d. A card can't restore it: undo the change, or save it with torch.save.
    """  # noqa: E501 (a message is one line)
    builder = network.card.spec.builder
    if difference := _find_difference(network, build_network(network.card.spec, seed=0).eval()):
        raise ValueError(
            f"network must be as its builder {builder!r} makes it, apart from the values of its weights; {difference}. "
            "A card can't restore it: undo the change, or save it with torch.save."
        )


def _find_difference(network: nn.Module, rebuilt: nn.Module) -> str | None:
    """Describe the first difference of two networks, as a clause; None if only values of the state dict differ."""
    for path, module in network.named_modules():
        own = builtin_hooks(module).values()
        hooks = [*module._forward_hooks.values(), *module._forward_pre_hooks.values()]
        if added := [hook for hook in hooks if not any(hook is known for known in own)]:
            name = getattr(added[0], "__qualname__", type(added[0]).__qualname__)
            return f"it has the hook {name} on {f'module {path!r}' if path else 'itself'}"
    mine, theirs = network.state_dict(), rebuilt.state_dict()
    if mine.keys() != theirs.keys():
        added, missing = sorted(mine.keys() - theirs.keys()), sorted(theirs.keys() - mine.keys())
        parts = [f"{verb} {listed(names, at_most=3)}" for verb, names in (("has", added), ("lacks", missing)) if names]
        return f"it {' and '.join(parts)}"
    tensors, others = collect_tensors(network), collect_tensors(rebuilt)
    lines, expected = (
        describe_structure(each, found).splitlines() for each, found in ((network, tensors), (rebuilt, others))
    )
    for line, other in zip([*lines, ""], [*expected, ""], strict=False):
        if line != other:
            return f"it has {_shown(line)}, and the builder makes {_shown(other)}"
    for name in tensors.keys() | others.keys():
        one, other = tensors.get(name), others.get(name)
        if one is None or other is None or one.shape != other.shape:
            return f"its tensor {name} differs"
        if name not in mine and not torch.equal(one.cpu(), other):
            return f"its tensor {name}, which weights files don't contain, differs"
    return None


def _shown(line: str) -> str:
    return line.strip() if line.strip().isprintable() and 0 < len(line) <= 100 else quoted(line)
