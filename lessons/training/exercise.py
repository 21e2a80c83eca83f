"""Exercises of the lesson 'Training'. Write in your own copy: `python -m galviz start training` makes it."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # for editors only: this import doesn't run
    import torch


def batches(object_ids: list[str], batch_size: int) -> list[list[str]]:
    """Divide galaxies into the batches of an epoch.

    The first batch has the first `batch_size` ids, the second batch the next ones, and so on. The ids keep their order:
    don't shuffle or sort them. If their number isn't a multiple of `batch_size`, the last batch is smaller. No batch is
    empty, and each id is in exactly one batch.

    Parameters
    ----------
    object_ids : list of str
        Any number of ids; the list may be empty. Don't modify it.
    batch_size : int
        1 or more. It may be larger than the number of ids.

    Returns
    -------
    list of list of str
        The batches in order. For an empty list of ids, there are no batches, so the result is an empty list.

    Examples
    --------
    >>> batches(["12", "7", "30", "45", "8"], batch_size=2)
    [['12', '7'], ['30', '45'], ['8']]
    """
    raise NotImplementedError("training.0")


def gradient_step(
    weight: np.ndarray, bias: float, x: np.ndarray, y: np.ndarray, rate: float
) -> tuple[np.ndarray, float]:
    """Take one step of gradient descent, for a model that is a single weighted sum.

    The model predicts ŷᵢ = xᵢ · weight + bias for galaxy i. The loss is the mean squared error over all n galaxies,
    L = (1/n) Σ (ŷᵢ − yᵢ)², without a root and without a factor of ½.

    Compute the derivative of L with respect to each weight and to the bias, all with the old weights and the old bias.
    Then subtract the learning rate times the derivative from each of them. Don't clip or normalise the gradient, don't
    shrink the weights (no weight decay), don't rescale `x` or `y`, and use all galaxies at once, not in batches.

    Parameters
    ----------
    weight : ndarray of float, shape (d,)
        One weight per feature, d ≥ 1. Don't modify the input.
    bias : float
    x : ndarray of float, shape (n, d)
        Features, one row per galaxy, n ≥ 1. Don't modify the input.
    y : ndarray of float, shape (n,)
        Labels. Don't modify the input.
    rate : float
        The learning rate, greater than 0. It may exceed 1.

    Returns
    -------
    weight : ndarray of float, shape (d,)
        The new weights, not rounded.
    bias : float
        The new bias, not rounded.

    Examples
    --------
    >>> x, y = np.array([[1.0, 0.0], [2.0, 1.0]]), np.array([1.0, 4.0])
    >>> weight, bias = gradient_step(np.array([1.0, -1.0]), bias=0.5, x=x, y=y, rate=0.1)
    >>> weight.round(6).tolist(), round(float(bias), 6)
    ([1.45, -0.75], 0.7)
    """
    raise NotImplementedError("training.1")


def split(object_ids: list[str], share: float, seed: int) -> tuple[list[str], list[str]]:
    """Divide galaxies at random into a training set and a validation set.

    Each galaxy is in exactly one of the two sets. The validation set has ``round(share * n)`` of the n galaxies, with
    Python's `round`, which rounds 2.5 to 2. Every subset of that size is equally likely.

    Create a random generator of your own, such as ``np.random.default_rng(seed)``. Don't use or seed the global
    generators of `random` and `np.random`, because the rest of the program may use them.

    Parameters
    ----------
    object_ids : list of str
        One or more ids, each once. Don't modify the list.
    share : float
        Share of the galaxies in the validation set, from 0 to 1. For 0 the validation set is empty, and for 1 the
        training set is.
    seed : int
        0 or more. The same list, share and seed always give the same two lists, in the same order, even after Python is
        restarted. The order of a set of strings changes then, so don't rely on it. Another seed gives another split.

    Returns
    -------
    training : list of str
        Ids of the training set, in any order.
    validation : list of str
        Ids of the validation set, in any order.

    Examples
    --------
    >>> training, validation = split(["12", "7", "30", "45", "8"], share=0.4, seed=1)
    >>> len(training), len(validation)
    (3, 2)
    >>> sorted([*training, *validation])
    ['12', '30', '45', '7', '8']
    """
    raise NotImplementedError("training.2")


def fit(
    network: "torch.nn.Module",
    images: "torch.Tensor",
    labels: "torch.Tensor",
    n_epochs: int,
    learning_rate: float,
    seed: int,
) -> list[float]:
    """Train a network.

    Set the network to training mode (``network.train()``). Create one optimiser, ``torch.optim.Adam``, for all
    parameters of the network (``network.parameters()``), with this learning rate and with Adam's other settings
    unchanged. In each epoch:

    - Shuffle the galaxies: each epoch has a new random order. Images and labels must stay together.
    - Divide them into batches of 32. The last batch may be smaller, and is used too.
    - For each batch, compute the predictions and their *mean squared error*: (1/n) Σ (ŷᵢ − yᵢ)² for its n galaxies,
      without a root. Compute the gradients of this loss, and let the optimiser take one step. The next batch must not
      start with the gradients of this one, because PyTorch adds new gradients to old ones.

    At the end, set the network to evaluation mode (``network.eval()``).

    The network returns predictions of the shape (n, 1), but labels have the shape (n,). If you subtract these two, you
    get n × n numbers, and no error: bring them to the same shape first.

    Create one random generator of your own from `seed`, such as ``torch.Generator().manual_seed(seed)`` or
    ``np.random.default_rng(seed)``. Don't use or seed the global generators (``torch.manual_seed``), because the rest
    of the program may use them.

    Try it with a small network, trained on 200 galaxies of the shipped survey and tested on 100 others:

        import galviz, numpy as np, torch
        from torch import nn

        survey = galviz.load_survey()
        ids = survey.object_ids[:300]
        pixels = np.stack([np.asarray(survey.image(i).crop((24, 24, 136, 136)).resize((32, 32))) for i in ids]) / 255
        pixels = (pixels - pixels.mean(axis=(0, 1, 2))) / pixels.std(axis=(0, 1, 2))
        images = torch.tensor(pixels, dtype=torch.float32).permute(0, 3, 1, 2)
        labels = torch.tensor(survey.catalogue.loc[ids, "metallicity"].to_numpy(), dtype=torch.float32)
        labels = labels - labels[:200].mean()
        convolutions = [nn.Conv2d(3, 8, 3, stride=2), nn.ReLU(), nn.Conv2d(8, 16, 3, stride=2), nn.ReLU()]
        network = nn.Sequential(*convolutions, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 1))
        losses = fit(network, images[:200], labels[:200], n_epochs=60, learning_rate=0.005, seed=4)
        with torch.no_grad():
            errors = network(images[200:])[:, 0] - labels[200:]
        print(errors.square().mean().sqrt(), labels[200:].square().mean().sqrt())

    The first number is the RMSE of the 100 others, in dex. The second is the RMSE if each prediction is the mean label
    of the 200, which ignores the images. Then train a new network for 500 epochs, and compare the first number with the
    root of the last loss. If the first number is much larger, what is that called?

    Parameters
    ----------
    network : torch.nn.Module
        Maps images to a tensor of shape (n, 1), for any n. It may be in training or in evaluation mode. Train it *in
        place*: its own weights change, so don't train a copy.
    images : tensor of float32, shape (n, channels, height, width) or (n, d)
        One image or one row of features per galaxy; n is at least 1. Don't modify them: they are normalised already.
    labels : tensor of float32, shape (n,)
        One label per galaxy. They may be negative. Don't modify them.
    n_epochs : int
        1 or more.
    learning_rate : float
        Greater than 0. It stays the same during the training.
    seed : int
        0 or more. With the same seed, network and data, the result is the same. Another seed gives other orders.

    Returns
    -------
    list of float
        One number per epoch, the mean of the losses of its batches as they were during training: before the step of
        the batch. Numbers, not tensors (see ``.item()``). It is up to you whether a smaller last batch counts as much
        as the others, or in proportion to its size.

    Examples
    --------
    >>> import torch
    >>> features = torch.linspace(-1, 1, 100).reshape(100, 1)
    >>> labels = 3 * features[:, 0] + 0.5
    >>> network = torch.nn.Linear(1, 1)
    >>> losses = fit(network, features, labels, n_epochs=60, learning_rate=0.1, seed=4)
    >>> len(losses), losses[-1] < 0.001 * losses[0]
    (60, True)
    >>> round(network.weight.item(), 1), round(network.bias.item(), 1)
    (3.0, 0.5)
    """
    raise NotImplementedError("training.3")
