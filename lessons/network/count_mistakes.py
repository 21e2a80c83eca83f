"""Typical mistakes in counting parameters, each a wrong function of a network with its hint."""

import math
from collections.abc import Callable
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

Counts = dict[str, float]


def n_parameters(network: "nn.Module") -> dict[str, int]:
    """Count the right numbers: products of the shapes of different tensors."""
    counts = {}
    for name, child in network.named_children():
        tensors = {id(parameter): parameter for parameter in child.parameters()}
        counts[name] = sum(math.prod(parameter.shape) for parameter in tensors.values())
    return counts


def _per_child(count: Callable[["nn.Module"], float]) -> Callable[["nn.Module"], Counts]:
    """A mistake that counts something else in each child."""
    return lambda network: {name: count(child) for name, child in network.named_children()}


def _per_tensor(
    count: Callable[..., float], *, select: Callable[[str], bool] | None = None
) -> Callable[["nn.Module"], Counts]:
    """A mistake that adds up something else for each parameter, perhaps only for those of some names."""
    return _per_child(
        lambda child: sum(
            count(parameter) for name, parameter in child.named_parameters() if select is None or select(name)
        )
    )


def _on_counts(change: Callable[[dict[str, int]], Counts]) -> Callable[["nn.Module"], Counts]:
    """A mistake that changes the right numbers afterwards."""
    return lambda network: change(n_parameters(network))


def _with_buffers(child: "nn.Module") -> int:
    return sum(p.numel() for p in child.parameters()) + sum(b.numel() for b in child.buffers())


def _state(child: "nn.Module") -> int:
    return sum(tensor.numel() for tensor in child.state_dict().values())


def _shared_twice(child: "nn.Module") -> int:
    return sum(p.numel() for module in child.modules() for p in module.parameters(recurse=False))


def _leaves(child: "nn.Module") -> int:
    leaves = [module for module in child.modules() if not list(module.children())]
    return sum(p.numel() for p in {id(p): p for leaf in leaves for p in leaf.parameters()}.values())


def _is_norm(module: "nn.Module") -> bool:
    return "Norm" in type(module).__name__


def _equal_once(child: "nn.Module") -> int:
    tensors = {(tuple(p.shape), p.detach().cpu().numpy().tobytes()): p for p in child.parameters()}
    return sum(p.numel() for p in tensors.values())


def _down_to(child: "nn.Module", depth: int) -> int:
    """Count the parameters of a child and of the modules down to this depth inside of it."""
    modules, level = [child], [child]
    for _ in range(depth):
        level = [inner for module in level for inner in module.children()]
        modules += level
    return sum(p.numel() for p in {id(p): p for module in modules for p in module.parameters(recurse=False)}.values())


def _only(*names: str) -> Callable[["nn.Module"], int]:
    """Count the parameters of layers of some classes only."""
    return lambda child: sum(
        p.numel() for module in child.modules() if type(module).__name__ in names for p in module.parameters()
    )


def _by_first_name(network: "nn.Module") -> Counts:
    counts: Counts = {}
    for name, parameter in network.named_parameters():
        first = name.partition(".")[0]
        counts[first] = counts.get(first, 0) + parameter.numel()
    return counts


def _shared_by_children_once(network: "nn.Module") -> Counts:
    return dict.fromkeys(dict(network.named_children()), 0) | {
        name: count for name, count in _by_first_name(network).items() if name in dict(network.named_children())
    }


def _of_all_modules(network: "nn.Module", *, root: bool, recurse: bool = True) -> Counts:
    return {
        name: sum(p.numel() for p in module.parameters(recurse=recurse))
        for name, module in network.named_modules()
        if name or root
    }


def _cumulative(counts: dict[str, int]) -> Counts:
    return dict(zip(counts, accumulate(counts.values()), strict=True))


BUFFERS = (
    "A batch norm's running mean and variance are buffers, not parameters: training doesn't compute gradients for them"
)
MODULES = "You list modules inside of the children, too: use `named_children`, which gives the direct ones only."
COUNT_MISTAKES: tuple[tuple[Callable[["nn.Module"], Counts], str], ...] = (
    (
        _per_child(lambda child: len(list(child.parameters()))),
        "You counted tensors: count the numbers in them. A weight of shape 4 × 3 × 3 × 3 has 108.",
    ),
    (
        _per_child(lambda child: len(list(child.modules()))),
        "You counted modules: count the numbers in their parameters.",
    ),
    (
        _per_child(lambda child: len(list(child.children()))),
        "You counted the children's own children: count the numbers in their parameters.",
    ),
    (
        _per_child(_with_buffers),
        f"You counted buffers, too. {BUFFERS}.",
    ),
    (
        _per_child(_state),
        "You counted all of `state_dict`, which has buffers, too, and a shared tensor twice. Use `parameters`.",
    ),
    (
        _per_child(lambda child: sum(buffer.numel() for buffer in child.buffers())),
        f"You counted buffers only. {BUFFERS}.",
    ),
    (
        _per_child(_shared_twice),
        "You counted a tensor that two layers of a child share twice: `child.parameters()` gives each tensor once.",
    ),
    (
        _per_child(lambda child: sum(p.numel() for p in child.parameters(recurse=False))),
        "You counted the parameters of the child itself only: count those of the modules inside of it, too. "
        "`parameters` does, unless `recurse=False`.",
    ),
    (
        _per_tensor(lambda p: p.numel(), select=lambda name: name.rpartition(".")[2] == "weight"),
        "You counted weights only: biases are parameters, and so are tensors of other names.",
    ),
    (
        _per_tensor(lambda p: p.numel(), select=lambda name: name.rpartition(".")[2] in ("weight", "bias")),
        "You counted tensors named weight and bias only: parameters can have any name.",
    ),
    (
        _per_child(_leaves),
        "You counted only layers without layers inside: a module with children can have parameters of its own.",
    ),
    (
        _per_tensor(lambda p: p.numel(), select=lambda name: name.rpartition(".")[2] != "bias"),
        "You left out the biases: they are parameters, too.",
    ),
    (
        _per_tensor(lambda p: p.numel(), select=lambda name: name.rpartition(".")[2] == "bias"),
        "You counted biases only: weights are parameters, too.",
    ),
    (
        _per_tensor(lambda p: p.numel() if p.requires_grad else 0),
        "You left out frozen parameters, those with `requires_grad` False: count them, too.",
    ),
    (
        _per_tensor(lambda p: 0 if p.requires_grad else p.numel()),
        "You counted frozen parameters only, those with `requires_grad` False: count all.",
    ),
    (
        _per_child(_only("Conv2d", "Linear")),
        "You counted convolutions and linear layers only: batch norms and other layers have parameters, too.",
    ),
    (_per_child(_only("Conv2d")), "You counted convolutions only: other layers have parameters, too."),
    (
        _per_tensor(lambda p: p.numel() * p.element_size()),
        "You counted bytes: count numbers. A float32 has 4 bytes.",
    ),
    (
        _per_tensor(lambda p: len(p) if p.ndim else 1),
        "You added up the lengths of the first axes: multiply the lengths of all axes of a tensor (`numel`).",
    ),
    (
        _per_tensor(lambda p: math.prod(p.shape[1:])),
        "You left out the first axis of each tensor: multiply the lengths of all axes (`numel`).",
    ),
    (
        _per_child(lambda child: sum(math.prod(shape) for shape in {tuple(p.shape) for p in child.parameters()})),
        "You counted tensors of equal shape once: each of them counts, unless it is the same tensor.",
    ),
    (
        _per_child(
            lambda child: sum(
                p.numel()
                for module in child.modules()
                if not _is_norm(module)
                for p in module.parameters(recurse=False)
            )
        ),
        "You left out the batch norms: their weights and biases are parameters, too.",
    ),
    (
        _per_child(_equal_once),
        "You counted tensors with equal values once: they are different tensors, so each counts. Batch norms all begin "
        "with ones and zeros.",
    ),
    (
        _per_child(lambda child: _down_to(child, 1)),
        "You counted the child and its own children only. Modules can be nested deeper: `child.parameters()` gives "
        "the parameters at any depth.",
    ),
    (
        _per_child(lambda child: _down_to(child, 2)),
        "You counted three levels of modules only. Modules can be nested deeper: `child.parameters()` gives the "
        "parameters at any depth.",
    ),
    (
        _per_tensor(lambda p: int((p != 0).sum())),
        "You counted numbers that aren't 0: a parameter of 0 is one, too.",
    ),
    (
        _per_tensor(lambda p: sum(p.shape) if p.ndim else 1),
        "You added up the lengths of the axes: multiply them.",
    ),
    (
        _per_tensor(lambda p: sum(p.shape)),
        "You added up the lengths of the axes: multiply them. The product is 1 for a tensor without axes.",
    ),
    (
        _per_tensor(lambda p: p.numel() if p.ndim else 0),
        "A tensor without axes holds one number, and you counted none: use `numel`, which gives 1 there.",
    ),
    (
        _per_tensor(lambda p: p.numel() if p.ndim > 1 else 0),
        "You counted tensors of two axes or more only: biases and batch norms have one axis.",
    ),
    (
        _per_child(lambda child: max((p.numel() for p in child.parameters()), default=0)),
        "You return the largest tensor of each child: add up all.",
    ),
    (
        _per_child(lambda child: next((p.numel() for p in child.parameters()), 0)),
        "You counted the first tensor of each child only: add up all.",
    ),
    (
        _per_child(lambda child: ([p.numel() for p in child.parameters()] or [0])[-1]),
        "You counted the last tensor of each child only: add up all, with `+=`.",
    ),
    (
        lambda network: dict.fromkeys(n_parameters(network), sum(p.numel() for p in network.parameters())),
        "Each child has the number of the whole network: use `child.parameters()`.",
    ),
    (
        _on_counts(lambda counts: {name: count for name, count in counts.items() if count}),
        "You left out children without parameters: they have 0.",
    ),
    (
        _shared_by_children_once,
        "A tensor that two children share counts for both, and you counted it for the first only.",
    ),
    (
        _by_first_name,
        "You sorted the network's parameters by their names. That leaves out children without parameters (they have "
        "0), and adds parameters that belong to no child.",
    ),
    (
        _on_counts(_cumulative),
        "Your numbers add up from child to child: begin with 0 for each.",
    ),
    (
        _on_counts(lambda counts: dict(list(counts.items())[:1])),
        "You return the first child only: is `return` inside the loop?",
    ),
    (
        _on_counts(lambda counts: dict(list(counts.items())[-1:])),
        "You return the last child only: create the dict before the loop.",
    ),
    (
        _on_counts(lambda counts: dict(list(counts.items())[1:])),
        "Your first child is missing: Python counts from 0.",
    ),
    (
        _on_counts(lambda counts: dict(list(counts.items())[:-1])),
        "Your last child is missing: a range ends one too early.",
    ),
    (
        _on_counts(lambda counts: {name: count / max(1, sum(counts.values())) for name, count in counts.items()}),
        "You return shares of the total: return the numbers themselves.",
    ),
    (
        _on_counts(lambda counts: {name: 100 * count / max(1, sum(counts.values())) for name, count in counts.items()}),
        "You return percentages of the total: return the numbers themselves.",
    ),
    (
        _on_counts(lambda counts: {name: count / 1e6 for name, count in counts.items()}),
        "You return millions: return the numbers themselves.",
    ),
    *(
        (
            _on_counts(lambda counts, n=n: {name: round(count / 1000, n) for name, count in counts.items()}),
            "You return thousands: return the numbers themselves.",
        )
        for n in (0, 1, 9)
    ),
    (
        _on_counts(lambda counts: {name: count or 1 for name, count in counts.items()}),
        "A child without parameters has 0, not 1.",
    ),
    (lambda network: _of_all_modules(network, root=False), MODULES),
    (lambda network: _of_all_modules(network, root=True), f"{MODULES} And the network itself isn't one of them."),
    (
        lambda network: _of_all_modules(network, root=False, recurse=False),
        f"{MODULES} The number of a child includes that of all modules inside.",
    ),
    (
        lambda network: _of_all_modules(network, root=True, recurse=False),
        f"{MODULES} The number of a child includes that of all modules inside, and the network itself isn't listed.",
    ),
    (
        lambda network: {name: p.numel() for name, p in network.named_parameters()},
        "You return one number per tensor: add up those of each child.",
    ),
)
