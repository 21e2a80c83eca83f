"""Answers to the exercises on hooks: typical wrong ones with their hints, and right ones by other methods."""

from collections import OrderedDict
from contextlib import ExitStack, suppress
from copy import deepcopy
from functools import partial

import numpy as np
import torch
from torch import nn

from galviz.course.bank import Bank

bank = Bank()


# hooks.0


@bank.wrong("hooks.0", "`named_children` lists the outer ones only")
def children_alone(network, kind):
    return [name for name, module in network.named_children() if isinstance(module, kind)]


@bank.wrong("hooks.0", "Instances of subclasses are missing")
def exact_class(network, kind):
    return [name for name, module in network.named_modules() if type(module) is kind]


@bank.wrong("hooks.0", "compare the names of classes")
def by_class_name(network, kind):
    return [name for name, module in network.named_modules() if kind.__name__ in type(module).__name__]


@bank.wrong("hooks.0", "The network itself is missing")
def without_the_network(network, kind):
    return [name for name, module in network.named_modules() if name and isinstance(module, kind)]


@bank.wrong("hooks.0", "contains the modules themselves")
def modules_themselves(network, kind):
    return [module for module in network.modules() if isinstance(module, kind)]


@bank.wrong("hooks.0", "only the last part")
def last_part_of_the_name(network, kind):
    return [name.split(".")[-1] for name, module in network.named_modules() if isinstance(module, kind)]


@bank.wrong("hooks.0", "is `return` in the loop")
def first_name_alone(network, kind):
    for name, module in network.named_modules():
        if isinstance(module, kind):
            return [name]
    return []


@bank.wrong("hooks.0", "You sorted the names")
def in_alphabetical_order(network, kind):
    return sorted(name for name, module in network.named_modules() if isinstance(module, kind))


@bank.wrong("hooks.0", "doesn't depend on `kind`")
def convolutions_alone(network, kind):
    return [name for name, module in network.named_modules() if isinstance(module, nn.Conv2d)]


@bank.wrong("hooks.0", "more than two levels inside")
def two_levels(network, kind):
    return [name for name, module in network.named_modules() if isinstance(module, kind) and name.count(".") < 2]


@bank.wrong("hooks.0", "Look inside it, too")
def first_match_of_each_branch(network, kind):
    if isinstance(network, kind):
        return [""]
    return [
        f"{name}.{inner}".rstrip(".")
        for name, child in network.named_children()
        for inner in first_match_of_each_branch(child, kind)
    ]


@bank.wrong("hooks.0", "through their parameters")
def names_of_weights(network, kind):
    names = dict.fromkeys(name.rpartition(".")[0] for name, _ in network.named_parameters())
    return [name for name in names if isinstance(network.get_submodule(name), kind)]


@bank.right("hooks.0")
def by_recursion(network, kind):
    names, known = [], set()

    def visit(module, path):
        if module in known:
            return
        known.add(module)
        if isinstance(module, kind):
            names.append(".".join(path))
        for name, child in module.named_children():
            visit(child, [*path, name])

    visit(network, [])
    return names


@bank.right("hooks.0")
def by_filter(network, kind):
    return tuple(dict(filter(lambda pair: issubclass(pair[1].__class__, kind), network.named_modules())))


# hooks.1


@bank.wrong("hooks.1", "Call `detach()`")
def not_detached(maps):
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).numpy()


@bank.wrong("hooks.1", "You return a tensor;")
def a_tensor(maps):
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).detach()


@bank.wrong("hooks.1", "sum over all positions")
def summed(maps):
    return (maps.sum(dim=(2, 3)) if maps.ndim == 4 else maps).detach().numpy()


@bank.wrong("hooks.1", "You averaged over channels; average over height and width")
def over_the_channels(maps):
    return maps.mean(dim=1).detach().numpy()


@bank.wrong("hooks.1", "You averaged over galaxies; average over height and width")
def over_the_batch(maps):
    return maps.mean(dim=0).detach().numpy()


@bank.wrong("hooks.1", "the maximum of each map")
def largest(maps):
    return (maps.amax(dim=(2, 3)) if maps.ndim == 4 else maps).detach().numpy()


@bank.wrong("hooks.1", "which has no spatial axes")
def maps_alone(maps):
    return maps.mean(dim=(2, 3)).detach().numpy()


@bank.wrong("hooks.1", "with length 1")
def axes_kept(maps):
    return nn.functional.adaptive_avg_pool2d(maps, 1).detach().numpy()


@bank.wrong("hooks.1", "caller's own tensor")
def in_place(maps):
    maps.detach_()
    return (maps.mean(dim=(2, 3)) if maps.ndim == 4 else maps).numpy()


@bank.wrong("hooks.1", "tensor on a GPU")
def on_the_cpu_alone(maps):
    return maps.detach().flatten(2).mean(2).numpy() if maps.ndim > 2 else maps.detach().numpy()


@bank.wrong("hooks.1", "divided by a fixed 49")
def for_maps_of_seven_by_seven(maps):
    values = maps.detach().cpu().numpy()
    return values.sum(axis=(-2, -1)) / np.float32(7 * 7) if values.ndim == 4 else values


@bank.wrong("hooks.1", "left off for the whole program")
def gradients_off_for_good(maps):
    torch.set_grad_enabled(False)
    return maps.detach().cpu().reshape(*maps.shape[:2], -1).mean(dim=2).numpy()


@bank.wrong("hooks.1", "rounded (half precision)")
def in_half_precision(maps):
    values = maps.detach().cpu()
    return (values.mean(dim=(2, 3)) if values.ndim == 4 else values).half().float().numpy()


@bank.wrong("hooks.1", "For a single galaxy, too")
def squeezed_maps(maps):
    values = maps.detach().cpu()
    return (nn.functional.adaptive_avg_pool2d(values, 1).squeeze() if values.ndim == 4 else values).numpy()


@bank.wrong("hooks.1", "your function leaves it on")
def gradients_back_on(maps):
    torch.set_grad_enabled(False)
    values = np.array(maps.tolist(), dtype=np.float32)
    torch.set_grad_enabled(True)
    return values.mean(axis=(2, 3)) if values.ndim == 4 else values


@bank.wrong("hooks.1", "default dtype for the whole program")
def default_dtype_set(maps):
    torch.set_default_dtype(torch.float32)
    values = torch.tensor(maps.tolist())
    return (values.mean(dim=(2, 3)) if values.ndim == 4 else values).numpy()


@bank.wrong("hooks.1", "the square of the height")
def divided_by_height_twice(maps):
    values = maps.detach().cpu().numpy()
    return values.sum(axis=(2, 3)) / np.float32(values.shape[2] ** 2) if values.ndim == 4 else values


@bank.wrong("hooks.1", "the first row of each map alone")
def first_row(maps):
    values = maps.detach().cpu().numpy()
    return values[:, :, 0].mean(axis=2) if values.ndim == 4 else values


@bank.wrong("hooks.1", "the positive values alone")
def positive_values(maps):
    values = maps.detach().cpu().numpy()
    return values.mean(axis=(2, 3), where=values > 0) if values.ndim == 4 else values


@bank.wrong("hooks.1", "half precision (bfloat16)")
def averages_in_bfloat16(maps):
    values = maps.detach().cpu().bfloat16()
    return (values.mean(dim=(2, 3)) if values.ndim == 4 else values).float().numpy()


@bank.wrong("hooks.1", "over galaxies too")
def one_average_for_all_galaxies(maps):
    values = maps.detach().cpu()
    averages = values.mean(dim=(0, 2, 3), keepdim=True)[:, :, 0, 0] if values.ndim == 4 else values
    return averages.expand(maps.shape[:2]).numpy()


@bank.wrong("hooks.1", "positions with the value 0")
def zeros_left_out(maps):
    values = maps.detach().cpu()
    return (values.sum(dim=(2, 3)) / (values != 0).sum(dim=(2, 3)) if values.ndim == 4 else values).numpy()


@bank.right("hooks.1")
def in_numpy(maps):
    values = maps.detach().cpu().numpy()
    return values.reshape(*values.shape[:2], -1).mean(axis=2)


@bank.right("hooks.1")
def one_channel_at_a_time(maps):
    with torch.no_grad():
        rows = [[float(channel.mean()) for channel in galaxy] for galaxy in maps]
    return np.array(rows, dtype=np.float32)


@bank.right("hooks.1")
def by_force(maps):
    array = maps.numpy(force=True)
    return array.mean(axis=(2, 3)) if array.ndim == 4 else array


@bank.right("hooks.1")
def from_any_device(maps):
    maps = maps.detach().to(device="cpu") if maps.is_cuda or maps.device.type != "cpu" else maps.detach()
    return np.array(maps.flatten(2).mean(2).tolist() if maps.ndim == 4 else maps.tolist(), dtype=np.float32)


# hooks.2


def _record(network, layer, images, select):
    """Run a network, and return what `select` takes from the layer's input and output."""
    activations = []

    def hook(module, args, output):
        activations.append(select(args, output))

    handle = layer.register_forward_hook(hook)
    try:
        network(images)
    finally:
        handle.remove()
    return activations[0]


def _copy_output(args, output):
    return output.detach().clone()


@bank.wrong("hooks.2", "Your hook is still registered.")
def hook_not_removed(network, layer, images):
    activations = []
    layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone()))
    network(images)
    return activations[0]


@bank.wrong("hooks.2", "still registered when the network raises an error.")
def hook_not_removed_after_an_error(network, layer, images):
    activations = []
    handle = layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone()))
    network(images)
    handle.remove()
    return activations[0]


@bank.wrong("hooks.2", "isn't detached")
def not_detached_either(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.clone())


@bank.wrong("hooks.2", "has overwritten the recorded tensor")
def no_copy(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach())


@bank.wrong("hooks.2", "final output of the network")
def final_output(network, layer, images):
    return network(images).detach()


@bank.wrong("hooks.2", "the layer's output for the images")
def the_layer_alone(network, layer, images):
    return layer(images).detach()


@bank.wrong("hooks.2", "the input of the layer")
def layer_input(network, layer, images):
    return _record(network, layer, images, lambda args, output: args[0].detach().clone())


@bank.wrong("hooks.2", "somebody else registered")
def all_hooks_cleared(network, layer, images):
    try:
        return _record(network, layer, images, _copy_output)
    finally:
        layer._forward_hooks.clear()


@bank.wrong("hooks.2", "Let it reach the caller")
def error_swallowed(network, layer, images):
    try:
        return _record(network, layer, images, _copy_output)
    except Exception:
        return None


@bank.wrong("hooks.2", "left off for the whole program")
def gradients_off(network, layer, images):
    torch.set_grad_enabled(False)
    return _record(network, layer, images, lambda args, output: output.clone())


@bank.wrong("hooks.2", "A value that a hook returns replaces")
def hook_that_returns(network, layer, images):
    activations = []

    def hook(module, args, output):
        activations.append(output.detach().clone())
        return output.relu()

    with layer.register_forward_hook(hook):
        network(images)
    return activations[0]


@bank.wrong("hooks.2", "`network.forward(images)`")
def forward_called(network, layer, images):
    activations = []
    with layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone())):
        network.forward(images)
    return activations[0]


@bank.wrong("hooks.2", "is called 2 times")
def called_twice(network, layer, images):
    network(images)
    return _record(network, layer, images, _copy_output)


@bank.wrong("hooks.2", "before it reaches the layer")
def removed_by_the_hook_itself(network, layer, images):
    activations = []

    def hook(module, args, output):
        activations.append(output.detach().clone())
        handle.remove()

    handle = layer.register_forward_hook(hook)
    network(images)
    return activations[0]


@bank.wrong("hooks.2", "one axis too many")
def list_made_an_array(network, layer, images):
    return np.array([_record(network, layer, images, lambda args, output: output.detach().numpy().copy())])


@bank.wrong("hooks.2", "gradient tracking on for `images`")
def images_tracked(network, layer, images):
    images.requires_grad = True
    return _record(network, layer, images, _copy_output)


@bank.wrong("hooks.2", "rounded (bfloat16)")
def in_bfloat16(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach().to(torch.bfloat16, copy=True)).float()


@bank.wrong("hooks.2", "`detach_` removes")
def detached_in_place(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach_().clone())


@bank.wrong("hooks.2", "This is the output of another layer")
def first_of_its_class(network, layer, images):
    same_class = [module for module in network.modules() if isinstance(module, type(layer))]
    return _record(network, same_class[0], images, _copy_output)


@bank.wrong("hooks.2", "the attribute `inplace`")
def inplace_switched_off(network, layer, images):
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    return _record(network, layer, images, lambda args, output: output.detach())


@bank.wrong("hooks.2", "A module of the network was replaced")
def relu_replaced(network, layer, images):
    for name, module in list(network.named_children()):
        if isinstance(module, nn.ReLU):
            setattr(network, name, nn.ReLU().eval())
    return _record(network, layer, images, lambda args, output: output.detach())


@bank.wrong("hooks.2", "The state of torch's random generator")
def seeded_for_safety(network, layer, images):
    torch.manual_seed(0)
    return _record(network, layer, images, _copy_output)


@bank.wrong("hooks.2", "your hook wasn't called")
def registered_too_late(network, layer, images):
    activations = []
    network(images)
    with layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone())):
        return activations[0]


@bank.wrong("hooks.2", "has the dtype float64")
def in_double_precision(network, layer, images):
    return _record(network, layer, images, lambda args, output: output.detach().double())


@bank.wrong("hooks.2", "Called again with other images")
def list_shared_by_all_calls(network, layer, images, activations=[]):  # noqa: B006
    with layer.register_forward_hook(lambda module, args, output: activations.append(output.detach().clone())):
        network(images)
    return activations[0]


@bank.wrong("hooks.2", "your function leaves it on")
def gradients_off_and_on(network, layer, images):
    torch.set_grad_enabled(False)
    try:
        return _record(network, layer, images, _copy_output)
    finally:
        torch.set_grad_enabled(True)


@bank.wrong("hooks.2", "`zero_grad()` deletes them")
def gradients_deleted(network, layer, images):
    network.zero_grad()
    return _record(network, layer, images, _copy_output)


@bank.wrong("hooks.2", "`requires_grad` of the weights")
def weights_frozen(network, layer, images):
    network.requires_grad_(False)
    try:
        return _record(network, layer, images, _copy_output)
    finally:
        network.requires_grad_(True)


@bank.wrong("hooks.2", "The pass stops before")
def stopped_by_an_error(network, layer, images):
    activations = []

    def hook(module, args, output):
        activations.append(output.detach().clone())
        raise StopIteration

    with suppress(StopIteration), layer.register_forward_hook(hook):
        network(images)
    return activations[0]


@bank.wrong("hooks.2", "a forward hook with three arguments")
def hook_of_two_parameters(network, layer, images):
    activations = []
    with layer.register_forward_hook(lambda module, output: activations.append(output.detach().clone())):
        network(images)
    return activations[0]


@bank.wrong("hooks.2", "by a new dictionary")
def new_dictionary_of_hooks(network, layer, images):
    known = dict(layer._forward_hooks)
    layer.register_forward_hook(lambda module, args, output: known.update(record=output.detach().clone()))
    try:
        network(images)
        return known.pop("record")
    finally:
        layer._forward_hooks = OrderedDict(known)


@bank.wrong("hooks.2", "left as float64")
def network_left_in_double_precision(network, layer, images):
    return _record(network.double(), layer, images.double(), _copy_output)


@bank.wrong("hooks.2", "isn't called during the pass")
def hooks_of_others_switched_off(network, layer, images):
    known, layer._forward_hooks = layer._forward_hooks, OrderedDict()
    try:
        return _record(network, layer, images, _copy_output)
    finally:
        layer._forward_hooks = known


@bank.wrong("hooks.2", "removed an axis of length 1")
def squeezed_activations(network, layer, images):
    return _record(network, layer, images, _copy_output).squeeze()


@bank.wrong("hooks.2", "Not every network is a sequence")
def children_one_by_one(network, layer, images):
    values = images.clone()
    for child in network.children():
        values = child(values)
        if child is layer:
            break
    return values.detach().clone()


@bank.right("hooks.2")
def with_a_stack(network, layer, images):
    activations = {}

    def hook(module, args, output):
        activations["layer"] = np.array(output.detach().cpu().numpy())

    with ExitStack() as stack:
        stack.callback(layer.register_forward_hook(hook).remove)
        network(images)
    return activations["layer"]


@bank.right("hooks.2")
def on_a_copy(network, layer, images):
    network_copy, layer_copy = deepcopy([network, layer])
    activations = []
    layer_copy.register_forward_hook(lambda module, args, output: activations.append(torch.tensor(output.tolist())))
    network_copy(images)
    return activations[0]


@bank.right("hooks.2")
def in_inference_mode(network, layer, images):
    with torch.inference_mode():
        return _record(network, layer, images, _copy_output)


@bank.right("hooks.2")
def without_gradients_of_the_images(network, layer, images):
    return _record(network, layer, images.detach().clone(), lambda args, output: output.data.clone())


# hooks.3


def _in_eval(network, predict):
    """Call `predict` with all modules in eval mode, and restore their modes."""
    modes = [(module, module.training) for module in network.modules()]
    try:
        network.eval()
        return predict()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "predictions in training mode")
def in_training_mode(network, images):
    with torch.no_grad():
        return network(images)[:, 0]


@bank.wrong("hooks.3", "left in eval mode. Restore")
def left_in_eval_mode(network, images):
    network.eval()
    with torch.no_grad():
        return network(images)[:, 0]


@bank.wrong("hooks.3", "left in training mode. Restore")
def always_to_training(network, images):
    network.eval()
    try:
        with torch.no_grad():
            return network(images)[:, 0]
    finally:
        network.train()


@bank.wrong("hooks.3", "A part of the network was in eval mode")
def one_mode_for_all(network, images):
    mode = network.training
    network.eval()
    try:
        with torch.no_grad():
            return network(images)[:, 0]
    finally:
        network.train(mode)


@bank.wrong("hooks.3", "when the network raises an error")
def not_restored_after_an_error(network, images):
    modes = {module: module.training for module in network.modules()}
    network.eval()
    with torch.no_grad():
        predictions = network(images)[:, 0]
    for module, training in modes.items():
        module.training = training
    return predictions


@bank.wrong("hooks.3", "belong to an autograd graph")
def with_a_graph(network, images):
    return _in_eval(network, lambda: network(images)[:, 0])


@bank.wrong("hooks.3", "a table with one column")
def a_column(network, images):
    return _in_eval(network, lambda: network(images).detach())


@bank.wrong("hooks.3", "For a single image, too")
def squeezed(network, images):
    return _in_eval(network, lambda: network(images).detach().squeeze())


@bank.wrong("hooks.3", "stayed so during the prediction")
def only_if_the_network_trains(network, images):
    modes = [(module, module.training) for module in network.modules()]
    if network.training:
        network.eval()
    try:
        return network(images)[:, 0].detach()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "A module inside a part of the network")
def children_with_all_inside(network, images):
    own, modes = network.training, [(child, child.training) for child in network.children()]
    network.eval()
    try:
        with torch.no_grad():
            return network(images)[:, 0]
    finally:
        network.training = own
        for child, mode in modes:
            child.train(mode)


@bank.wrong("hooks.3", "the network itself (OwnClasses) was in training mode")
def parts_alone(network, images):
    modes = [(module, module.training) for module in network.modules() if module is not network]
    try:
        for module, _ in modes:
            module.training = False
        return network(images)[:, 0].detach()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "(Jitter) was in training mode")
def modules_of_torch_alone(network, images):
    known = [
        module for module in network.modules() if type(module).__module__.startswith("torch.") or module is network
    ]
    modes = [(module, module.training) for module in known]
    try:
        for module in known:
            module.training = False
        return network(images)[:, 0].detach()
    finally:
        for module, training in modes:
            module.training = training


@bank.wrong("hooks.3", "the attribute `p`")
def dropout_disabled(network, images):
    for module in network.modules():
        if isinstance(module, nn.Dropout | nn.Dropout1d):
            module.p = 0
    return _in_eval(network, lambda: network(images)[:, 0].detach())


@bank.wrong("hooks.3", "the attribute `momentum`")
def momentum_disabled(network, images):
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
            module.momentum = 0.0
    return _in_eval(network, lambda: network(images)[:, 0].detach())


@bank.wrong("hooks.3", "left as float64")
def weights_in_double_precision(network, images):
    return _in_eval(network, lambda: network.double()(images.double())[:, 0].detach())


@bank.wrong("hooks.3", "`network.forward(images)` doesn't")
def forward_in_eval(network, images):
    return _in_eval(network, lambda: network.forward(images)[:, 0].detach())


@bank.wrong("hooks.3", "You applied a sigmoid")
def sigmoid_of_the_output(network, images):
    return _in_eval(network, lambda: network(images)[:, 0].sigmoid().detach())


@bank.wrong("hooks.3", "your function leaves it on")
def gradients_on_afterwards(network, images):
    torch.set_grad_enabled(False)
    try:
        return _in_eval(network, lambda: network(images)[:, 0])
    finally:
        torch.set_grad_enabled(True)


@bank.wrong("hooks.3", "`zero_grad()` deletes them")
def gradients_of_weights_deleted(network, images):
    network.zero_grad()
    return _in_eval(network, lambda: network(images)[:, 0].detach())


@bank.wrong("hooks.3", "The state of torch's random generator")
def seeded_before_the_prediction(network, images):
    torch.manual_seed(0)
    return _in_eval(network, lambda: network(images)[:, 0].detach())


@bank.wrong("hooks.3", "doesn't reach the modules inside it")
def attribute_of_the_network_alone(network, images):
    mode, network.training = network.training, False
    try:
        return network(images)[:, 0].detach()
    finally:
        network.training = mode


@bank.right("hooks.3")
def with_a_copy(network, images):
    with torch.inference_mode():
        return deepcopy(network).eval()(images).squeeze(1).numpy()


@bank.right("hooks.3")
def parents_before_children(network, images):
    modes = {name: module.training for name, module in network.named_modules()}
    try:
        return [float(prediction.detach()) for prediction in network.eval()(images).flatten()]
    finally:
        for name, module in network.named_modules():
            module.train(modes[name])


# hooks.4


def _average_over_space(output):
    return (
        output.detach().clone().flatten(2).mean(dim=2).numpy() if output.ndim == 4 else output.detach().numpy().copy()
    )


def _record_stages(network, names, images, select):
    """Run a network, and return what `select` takes from each layer's input and output."""
    features = {}
    with ExitStack() as stack:
        for name in names:

            def hook(module, args, output, name=name):
                features[name] = select(args, output)

            stack.enter_context(network.get_submodule(name).register_forward_hook(hook))
        network(images)
    return features


@bank.wrong("hooks.4", "under the last name")
def name_looked_up_late(network, layer_names, images):
    features, handles = {}, []
    for name in layer_names:

        def hook(module, args, output):
            features[name] = _average_over_space(output)  # noqa: B023

        handles.append(network.get_submodule(name).register_forward_hook(hook))
    network(images)
    for handle in handles:
        handle.remove()
    return features


@bank.wrong("hooks.4", "still registered when the network raises an error")
def stage_hooks_not_removed_after_an_error(network, layer_names, images):
    features, handles = {}, []
    for name in layer_names:

        def hook(module, args, output, name=name):
            features[name] = _average_over_space(output)

        handles.append(network.get_submodule(name).register_forward_hook(hook))
    network(images)
    for handle in handles:
        handle.remove()
    return features


@bank.wrong("hooks.4", "when the network has no layer of the last name")
def hooks_registered_before_try(network, layer_names, images):
    features, handles = {}, []
    for name in layer_names:

        def hook(module, args, output, name=name):
            features[name] = _average_over_space(output)

        handles.append(network.get_submodule(name).register_forward_hook(hook))
    try:
        network(images)
    finally:
        for handle in handles:
            handle.remove()
    return features


@bank.wrong("hooks.4", "has overwritten the recorded tensor")
def averaged_after_the_pass(network, layer_names, images):
    outputs = _record_stages(network, layer_names, images, lambda args, output: output.detach())
    return {name: _average_over_space(output) for name, output in outputs.items()}


@bank.wrong("hooks.4", "The network is called 3 times")
def one_pass_per_layer(network, layer_names, images):
    return {
        name: _average_over_space(_record(network, network.get_submodule(name), images, _copy_output))
        for name in layer_names
    }


@bank.wrong("hooks.4", "no spatial axes to average over")
def maps_always(network, layer_names, images):
    return _record_stages(network, layer_names, images, lambda args, output: output.mean(dim=(2, 3)).detach().numpy())


@bank.wrong("hooks.4", "features of the layer's input")
def inputs_of_the_layers(network, layer_names, images):
    return _record_stages(network, layer_names, images, lambda args, output: _average_over_space(args[0]))


@bank.wrong("hooks.4", "sum over all positions")
def summed_over_space(network, layer_names, images):
    return _record_stages(
        network,
        layer_names,
        images,
        lambda args, output: (output.sum(dim=(2, 3)) if output.ndim == 4 else output.clone()).detach().numpy(),
    )


@bank.wrong("hooks.4", "name with a dot")
def by_getattr(network, layer_names, images):
    features = {}
    with ExitStack() as stack:
        for name in layer_names:

            def hook(module, args, output, name=name):
                features[name] = _average_over_space(output)

            stack.enter_context(getattr(network, name).register_forward_hook(hook))
        network(images)
    return features


@bank.wrong("hooks.4", "Return a dictionary")
def list_of_features(network, layer_names, images):
    features = _record_stages(network, layer_names, images, lambda args, output: _average_over_space(output))
    return [features[name] for name in layer_names]


@bank.wrong("hooks.4", "keys of your dictionary are modules")
def modules_as_keys(network, layer_names, images):
    features = _record_stages(network, layer_names, images, lambda args, output: _average_over_space(output))
    return {network.get_submodule(name): values for name, values in features.items()}


@bank.wrong("hooks.4", "belong to the autograd graph")
def features_with_a_graph(network, layer_names, images):
    return _record_stages(
        network, layer_names, images, lambda args, output: output.mean((2, 3)) if output.ndim == 4 else output.clone()
    )


@bank.wrong("hooks.4", "first image alone")
def first_image_alone(network, layer_names, images):
    return _record_stages(network, layer_names, images[:1], lambda args, output: _average_over_space(output))


@bank.wrong("hooks.4", "in training mode")
def stages_in_training_mode(network, layer_names, images):
    network_copy = deepcopy(network).train()
    return _record_stages(network_copy, layer_names, images, lambda args, output: _average_over_space(output))


@bank.wrong("hooks.4", "in half precision")
def stages_in_half_precision(network, layer_names, images):
    return _record_stages(
        network, layer_names, images, lambda args, output: _average_over_space(output).astype(np.float16)
    )


@bank.wrong("hooks.4", "Yours raises KeyError")
def layers_from_a_dictionary(network, layer_names, images):
    modules, features = dict(network.named_modules()), {}
    with ExitStack() as stack:
        for name in layer_names:

            def hook(module, args, output, name=name):
                features[name] = _average_over_space(output)

            stack.enter_context(modules[name].register_forward_hook(hook))
        network(images)
    return features


@bank.right("hooks.4")
def with_partial(network, layer_names, images):
    features = {}

    def record(name, module, args, output):
        averages = output.detach().numpy().copy()
        features[name] = averages if averages.ndim == 2 else averages.mean(axis=(2, 3))

    with ExitStack() as stack, torch.inference_mode():
        for name in layer_names:
            stack.callback(network.get_submodule(name).register_forward_hook(partial(record, name)).remove)
        network(images)
    return {name: features[name] for name in layer_names}


@bank.right("hooks.4")
def stages_on_a_copy(network, layer_names, images):
    network_copy = deepcopy(network)
    return {
        name: torch.tensor(values.tolist())
        for name, values in _record_stages(
            network_copy, layer_names, images, lambda args, output: _average_over_space(output)
        ).items()
    }


# hooks.5


def _predict_with(network, layer, images, hook):
    """Predictions of a network while a hook is registered."""
    with torch.no_grad(), layer.register_forward_hook(hook):
        return network(images)[:, 0]


def _zero(output, channel):
    ablated = output.clone()
    ablated[:, channel] = 0
    return ablated


def _change(network, layer, images, alter):
    """Change of the predictions if a hook replaces the layer's output."""
    with torch.no_grad():
        intact = network(images)[:, 0]
    return _predict_with(network, layer, images, lambda module, args, output: alter(output)) - intact


@bank.wrong("hooks.5", "The signs are reversed")
def intact_minus_ablated(network, layer, channel, images):
    return -_change(network, layer, images, lambda output: _zero(output, channel))


@bank.wrong("hooks.5", "These are the ablated predictions")
def ablated_alone(network, layer, channel, images):
    return _predict_with(network, layer, images, lambda module, args, output: _zero(output, channel))


@bank.wrong("hooks.5", "your hook has no effect")
def hook_without_return(network, layer, channel, images):
    return _change(network, layer, images, lambda output: [_zero(output, channel), None][1])


@bank.wrong("hooks.5", "active in both passes")
def intact_with_the_hook(network, layer, channel, images):
    with torch.no_grad(), layer.register_forward_hook(lambda module, args, output: _zero(output, channel)):
        return network(images)[:, 0] - network(images)[:, 0]


@bank.wrong("hooks.5", "changes the layer's output in place, and somebody else's hook")
def output_changed_in_place(network, layer, channel, images):
    def alter(output):
        output[:, channel] = 0
        return output

    return _change(network, layer, images, alter)


@bank.wrong("hooks.5", "Your hook is still registered.")
def ablation_not_removed(network, layer, channel, images):
    with torch.no_grad():
        intact = network(images)[:, 0]
        layer.register_forward_hook(lambda module, args, output: _zero(output, channel))
        return network(images)[:, 0] - intact


@bank.wrong("hooks.5", "still registered when the network raises an error")
def ablation_not_removed_after_an_error(network, layer, channel, images):
    handle = layer.register_forward_hook(lambda module, args, output: _zero(output, channel))
    with torch.no_grad():
        ablated = network(images)[:, 0]
        handle.remove()
        return ablated - network(images)[:, 0]


@bank.wrong("hooks.5", "You set one image to zero")
def first_axis(network, layer, channel, images):
    def alter(output):
        ablated = output.clone()
        ablated[channel] = 0
        return ablated

    return _change(network, layer, images, alter)


@bank.wrong("hooks.5", "You set all channels to zero")
def all_channels(network, layer, channel, images):
    return _change(network, layer, images, torch.zeros_like)


@bank.wrong("hooks.5", "You ablate the channel 0, not 1")
def channel_from_one(network, layer, channel, images):
    return _change(network, layer, images, lambda output: _zero(output, channel - 1))


@bank.wrong("hooks.5", "one position of the channel")
def one_position(network, layer, channel, images):
    def alter(output):
        ablated = output.clone()
        ablated[(slice(None), channel, 0, 0)[: output.ndim]] = 0
        return ablated

    return _change(network, layer, images, alter)


@bank.wrong("hooks.5", "channel of the layer's input")
def channel_of_the_input(network, layer, channel, images):
    def alter(module, args):
        return (_zero(args[0], min(channel, args[0].shape[1] - 1)),)

    with torch.no_grad():
        intact = network(images)[:, 0]
        with layer.register_forward_pre_hook(alter):
            return network(images)[:, 0] - intact


@bank.wrong("hooks.5", "a table with one column")
def column_of_changes(network, layer, channel, images):
    return _change(network, layer, images, lambda output: _zero(output, channel))[:, None]


@bank.wrong("hooks.5", "averaged the changes")
def mean_change(network, layer, channel, images):
    return _change(network, layer, images, lambda output: _zero(output, channel)).mean()


@bank.wrong("hooks.5", "belong to the autograd graph")
def changes_with_a_graph(network, layer, channel, images):
    intact = network(images)[:, 0]
    with layer.register_forward_hook(lambda module, args, output: _zero(output, channel)):
        return network(images)[:, 0] - intact


@bank.wrong("hooks.5", "Not every layer has weights")
def weights_set_to_zero(network, layer, channel, images):
    network_copy, layer_copy = deepcopy([network, layer])
    with torch.no_grad():
        layer_copy.weight[channel] = 0
        layer_copy.bias[channel] = 0
        return network_copy(images)[:, 0] - network(images)[:, 0]


@bank.wrong("hooks.5", "isn't called in both passes")
def forward_of_the_network(network, layer, channel, images):
    return _change(network.forward, layer, images, lambda output: _zero(output, channel))


@bank.wrong("hooks.5", "so that its bias remains")
def weights_of_the_channel(network, layer, channel, images):
    network_copy, layer_copy = deepcopy([network, layer])
    with torch.no_grad():
        layer_copy.weight[channel] = 0
        return network_copy(images)[:, 0] - network(images)[:, 0]


@bank.right("hooks.5")
def by_a_mask(network, layer, channel, images):
    def hook(module, args, output):
        mask = torch.arange(output.shape[1]) != channel
        return output * mask.reshape(-1, *[1] * (output.ndim - 2))

    with torch.inference_mode():
        intact = network(images).squeeze(1)
        handle = layer.register_forward_hook(hook)
        try:
            ablated = network(images).squeeze(1)
        finally:
            handle.remove()
    return (ablated - intact).numpy()


@bank.right("hooks.5")
def one_image_at_a_time(network, layer, channel, images):
    return [float(_change(network, layer, image[None], lambda output: _zero(output, channel))) for image in images]


@bank.right("hooks.5")
def ablated_on_a_copy(network, layer, channel, images):
    network_copy, layer_copy = deepcopy([network, layer])
    layer_copy.register_forward_hook(lambda module, args, output: output.index_fill(1, torch.tensor(channel), 0.0))
    return (network_copy(images) - network(images)).detach().flatten()
