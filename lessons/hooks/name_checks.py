"""Checks of the names of layers of a class, and typical mistakes."""

import numpy as np
from torch import nn

from galviz.course.judge import WrongAnswer, expect, format_items
from lessons.hooks.networks import OwnClasses, seeded
from lessons.hooks.state_checks import check_settings_of_the_caller, check_state, state_of


class Scaled(nn.Conv2d):
    """A subclass whose name doesn't contain that of its base class."""


class NotLinear(nn.Identity):
    """A class that isn't a subclass of Linear, although its name contains it."""


def _make_tree():
    """A network with modules at several depths, a module that occurs twice, and names that aren't in sorted order."""
    relu = nn.ReLU()
    body = nn.Sequential(
        Scaled(4, 4, 1), relu, nn.Sequential(nn.Conv2d(4, 4, 1), nn.ModuleDict({"z": nn.Conv2d(4, 4, 1), "a": relu}))
    )
    layers = [nn.Conv2d(3, 4, 1), body, *(nn.BatchNorm2d(4) for _ in range(7)), nn.Conv2d(4, 4, 1)]
    return nn.Sequential(*layers, Scaled(4, 4, 1), nn.Flatten(), NotLinear(), nn.Linear(4, 1))


def check_names(answer):
    tree = seeded(_make_tree, 1)
    kinds = (nn.Conv2d, nn.Sequential, nn.ReLU, nn.Linear, Scaled, nn.Module, nn.LSTM)
    cases = [*((tree, kind) for kind in kinds), (nn.Linear(2, 1), nn.Linear), (seeded(OwnClasses, 2), OwnClasses)]
    expected = [_names_by_hand(*case) for case in cases]
    returned = []
    for network, kind in cases:
        before = state_of(network)
        returned.append(_read_names(_call_for_names(answer, network, kind), f"for the class {kind.__name__}"))
        check_state(before, network, "")
    check_settings_of_the_caller(lambda: answer(tree, nn.Conv2d))
    for mistake, hint in name_mistakes():
        mistaken = [mistake(*case) for case in cases]
        if returned == mistaken and mistaken != expected:
            raise WrongAnswer(hint)
    for (_, kind), names, right in zip(cases, returned, expected, strict=True):
        missing, extra = [name for name in right if name not in names], [name for name in names if name not in right]
        where = f"For the class {kind.__name__}"
        expect("" not in missing, f"{where}, the network itself is missing: its name is an empty text.")
        expect(not missing, f"{where}, these names are missing: {format_items(missing)}.")
        expect(not extra, f"{where}, these names are too many: {format_items(extra)}.")
        expect(len(names) == len(right), f"{where}, a name occurs twice. List each module once.")
        expect(names == right, f"{where}, the order is wrong. Keep that of `network.named_modules()`.")


def _call_for_names(answer, network, kind):
    """Call the student's function; explain a typical error."""
    try:
        return answer(network, kind)
    except TypeError as error:
        if "issubclass" in str(error):
            raise WrongAnswer(
                "`issubclass` compares two classes, and a module isn't a class, but an instance of one: use "
                "`isinstance`."
            ) from None
        raise


def _names_by_hand(network, kind):
    """The right names, by a search through the modules inside modules."""
    names, known = [], set()

    def visit(module, name):
        if id(module) in known:
            return
        known.add(id(module))
        if issubclass(type(module), kind):
            names.append(name)
        for part, child in module._modules.items():
            visit(child, f"{name}.{part}" if name else part)

    visit(network, "")
    return names


def _read_names(names, where):
    """Convert what was returned to a list of names; explain other forms of it."""
    expect(
        names is not None,
        f"What you return {where} is None. Does the function end with `return`? If there is no such module, return an "
        "empty list.",
    )
    expect(
        not isinstance(names, str),
        f"You return a text {where}. Return a list of names, also if there is only one.",
    )
    expect(not hasattr(names, "__next__"), "You return an iterator or a generator. Return a list.")
    expect(
        not isinstance(names, set | frozenset | dict),
        f"You return a {type(names).__name__} {where}. Return a list of names, in the order of the modules.",
    )
    expect(
        np.iterable(names) and not isinstance(names, nn.Module), f"Return a list of names; you return {type(names)}."
    )
    names = list(names)
    for name in names:
        expect(
            not isinstance(name, nn.Module), "Your list contains the modules themselves. Return their names, as text."
        )
        expect(not isinstance(name, tuple), "Your list contains pairs of a name and a module. Return the names alone.")
        expect(isinstance(name, str), f"Your list contains an object of type {type(name).__name__}. Names are text.")
    return [str(name) for name in names]


def name_mistakes():
    """Typical mistakes as functions with the student's parameters, with their hints."""

    def names_of(pairs, kind):
        return [name for name, module in pairs if isinstance(module, kind)]

    def where(condition):
        return lambda network, kind: [name for name, module in network.named_modules() if condition(module, kind)]

    def right(change):
        return lambda network, kind: change(names_of(network.named_modules(), kind))

    def bare_names(network, kind):
        names = []
        for name, child in network.named_children():
            names += [name] * isinstance(child, kind) + bare_names(child, kind)
        return names

    def two_levels(network, kind):
        inner = [
            (f"{name}.{part}", module)
            for name, child in network.named_children()
            for part, module in child.named_children()
        ]
        return names_of([*network.named_children(), *inner], kind)

    def down_to(depth, *, with_network):
        def names(network, kind):
            return [
                name
                for name, module in network.named_modules()
                if isinstance(module, kind) and (name or with_network) and name.count(".") < depth
            ]

        return names

    def not_inside_matches(network, kind):
        names = []

        def visit(name, module):
            if isinstance(module, kind):
                names.append(name)
                return
            for part, child in module.named_children():
                visit(f"{name}.{part}" if name else part, child)

        visit("", network)
        return names

    def with_weights(network, kind):
        names = dict.fromkeys(name.rpartition(".")[0] for name, _ in network.named_parameters())
        return [name for name in names if isinstance(network.get_submodule(name), kind)]

    depth = "Modules inside modules are missing: `named_children` lists the outer ones only. Include any depth."
    subclass = "Instances of subclasses are missing. `isinstance` is True for them, too."
    by_name = "You compare the names of classes. Another class may have a similar name: use `isinstance`."
    root = "The network itself is missing. Its name is an empty text, and it may be an instance, too."
    return [
        (lambda network, kind: names_of(network.named_children(), kind), depth),
        (lambda network, kind: names_of([("", network), *network.named_children()], kind), depth),
        (two_levels, "Modules are missing that are more than two levels inside the network. Include any depth."),
        *(
            (
                down_to(levels, with_network=with_network),
                f"Modules are missing that are more than {count} levels inside the network. Include any depth.",
            )
            for levels, count in ((2, "two"), (3, "three"))
            for with_network in (True, False)
        ),
        (
            not_inside_matches,
            "Modules inside a module that is an instance itself are missing. Look inside it, too.",
        ),
        (
            with_weights,
            "You look for modules through their parameters (weights), so modules that have none are missing, such as "
            "ReLU. Use `network.named_modules()`.",
        ),
        (where(lambda module, kind: type(module) is kind), subclass),
        (
            lambda network, kind: [name for name, module in network.named_modules() if name and type(module) is kind],
            "Instances of subclasses are missing, and so is the network itself, whose name is an empty text.",
        ),
        (where(lambda module, kind: kind.__name__ in type(module).__name__), by_name),
        (where(lambda module, kind: kind.__name__ in str(type(module))), by_name),
        (where(lambda module, kind: kind.__name__ in repr(module)), by_name),
        (where(lambda module, kind: type(module).__name__.startswith(kind.__name__)), by_name),
        (right(lambda names: [name for name in names if name]), root),
        (
            where(lambda module, kind: isinstance(module, kind) and not list(module.children())),
            "Modules that contain other modules are missing. Include them, and the network itself.",
        ),
        (
            right(lambda names: [name.rpartition(".")[2] for name in names]),
            "You return only the last part of each name. Return the full name, such as '1.2.0'.",
        ),
        (
            lambda network, kind: [type(module).__name__ for module in network.modules() if isinstance(module, kind)],
            "These are the names of classes. Return the names of the modules in the network, such as '1.2.0'.",
        ),
        (
            bare_names,
            "You return only the last part of each name, and not the network itself. Return the full name, such as "
            "'1.2.0', and the empty text for the network.",
        ),
        (
            lambda network, kind: [name for name, _ in network.named_parameters()],
            "These are the names of parameters, that is, of weights. Return the names of modules.",
        ),
        (right(sorted), "You sorted the names, as text. Keep the order of `network.named_modules()`."),
        (right(lambda names: names[::-1]), "Your list is in reverse order. Keep that of `network.named_modules()`."),
        (
            right(lambda names: names[:1]),
            "You return the first name alone. Return all of them: is `return` in the loop?",
        ),
        (right(lambda names: names[1:]), "The first name is missing."),
        (right(lambda names: names[:-1]), "The last name is missing."),
        (
            lambda network, kind: names_of(network.named_modules(remove_duplicate=False), kind),
            "A module that occurs twice is listed twice. List each module once, as `network.named_modules()` does.",
        ),
        (
            where(lambda module, kind: not isinstance(module, kind)),
            "These are the modules that aren't instances of the class. Return those that are.",
        ),
        (where(lambda module, kind: True), "You return all modules. Return the instances of `kind` alone."),
        (
            lambda network, kind: names_of(network.named_modules(), nn.Conv2d),
            "Your result doesn't depend on `kind`. Use the parameter, not a fixed class.",
        ),
        (
            right(lambda names: [name or "network" for name in names]),
            "The name of the network itself is an empty text.",
        ),
    ]
