"""Exercises of 'What do the components mean?'. Write in your own copy: `python -m galviz start meaning` makes it."""

import numpy as np
import pandas as pd


def permute(values: np.ndarray, seed: int) -> np.ndarray:
    """Return a shuffled copy of some values.

    Shuffled values are a control: whatever depends on their order is gone, and only chance is left. Each value occurs
    in the copy as often as in the input. All orders are equally likely, including the original one.

    Use a random generator of your own that starts from `seed`, such as ``np.random.default_rng(seed)``. Don't change
    the state of the global generators in `random` and `np.random`, because the whole program uses them.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        One value or more. A value may occur twice, and NaN (unknown) may occur too: shuffle NaN like any other value.
        Don't modify the input.
    seed : int
        0 or more. The same seed always gives the same order; another seed gives another order, except by chance.
        Use the seed as it is, without changing it first.

    Returns
    -------
    ndarray of float64, shape (n,)
        A new array, even if there is only one value.

    Examples
    --------
    >>> values = np.array([7.0, 8.0, 8.0, 9.0])
    >>> shuffled = permute(values, seed=1)
    >>> sorted(shuffled.tolist())  # the same values
    [7.0, 8.0, 8.0, 9.0]
    >>> permute(values, seed=1).tolist() == shuffled.tolist()  # the same seed, the same order
    True
    """
    raise NotImplementedError("meaning.0")


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Compute Pearson's r of two quantities, if some values are unknown.

    r = Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²). A galaxy counts if both its x and its y are known. Leave all other
    galaxies out of every sum and of both means.

    Parameters
    ----------
    x, y : ndarray of float64, shape (n,)
        One number per galaxy, NaN if it is unknown; 0 is a known value. Different values may be close together:
        1,000,000 and 1,000,000.001 are two values, and so are 1e-18 and 2e-18. So compute in float64, subtract the
        means first, and add no small number, such as 1e-9, to the denominator. Don't modify the inputs.

    Returns
    -------
    float
        From −1 to 1, not rounded. At least one galaxy counts, and two are enough for a number. NaN if only one galaxy
        counts, or if x or y is the same for all galaxies that count.

        To find out whether all values are the same, compare the values themselves. Because of rounding, the variance of
        equal values may be more than 0: the mean of 0.1, 0.1 and 0.1 isn't exactly 0.1.

    Examples
    --------
    >>> nan = float("nan")
    >>> x = np.array([1.0, 2.0, 3.0, nan, 6.0])
    >>> y = np.array([4.0, 2.0, 8.0, 5.0, 6.0])
    >>> round(float(correlation(x, y)), 3)
    0.478
    >>> float(correlation(x, np.array([0.1, 0.1, 0.1, 0.5, 0.1])))
    nan
    """
    raise NotImplementedError("meaning.1")


def which_cause(component: np.ndarray, causes: pd.DataFrame) -> str:
    """Find the cause that a component follows most closely: the one with the largest |r|.

    The sign of a component is arbitrary, so r = −0.9 is as close as r = 0.9. The units of the causes differ, so use
    Pearson's r, which has no unit.

    Parameters
    ----------
    component : ndarray of float64, shape (n,)
        The coordinate of each galaxy along the component, without NaN. Don't modify the input.
    causes : DataFrame of n rows
        One column of numbers per cause, with its name; one row per galaxy, in the order of `component`. The numbers of
        a cause may all be small, such as 1e-15. The index is the objID, a string, and isn't sorted. Don't modify the
        table.

        NaN means that this cause of this galaxy is unknown. Leave the galaxy out of this cause's r only: it still
        counts for the other causes. It doesn't matter how few galaxies a cause is known for. But a cause has no r if
        it is the same for all galaxies for which it is known, or if it is known for none. Never return such a cause.
        At least one cause has an r, but even the largest |r| may be small.

    Returns
    -------
    str
        The name of one column. No two causes have the same |r|, but two may be close: don't round.

    Examples
    --------
    >>> component = np.array([-2.0, -1.0, 1.0, 2.0])
    >>> nan = float("nan")
    >>> causes = pd.DataFrame(
    ...     {"seeing": [1.1, 1.1, 1.1, 1.1], "mass": [9.0, 10.0, 9.5, 10.5], "inclination": [80.0, 70.0, nan, 10.0]},
    ...     index=["0042", "0007", "0019", "0003"],
    ... )
    >>> which_cause(component, causes)
    'inclination'
    """
    raise NotImplementedError("meaning.2")


def chance(component: np.ndarray, cause: np.ndarray, n_shuffles: int, seed: int) -> float:
    """Measure how often chance alone gives such a strong correlation, with a permutation test.

    Shuffle the values of the cause across the galaxies, `n_shuffles` times. Only chance relates a shuffled cause to the
    component. Count the shuffles whose |r| is at least as large as the |r| of the original order. The result is called
    the *p-value*: (1 + count) / (1 + n_shuffles). The two ones stand for the original order, so it is never 0.

    Each shuffle contains the same values as the cause, in a random order. All orders are equally likely in every
    shuffle. So an order may occur twice, and the original order may occur too, which counts.

    Parameters
    ----------
    component, cause : ndarray of float64, shape (n,)
        One number per galaxy, without NaN. Neither is the same for all galaxies. Don't modify the inputs.
    n_shuffles : int
        1 or more.
    seed : int
        Seed of the random numbers, 0 or more. The same seed gives the same result; another seed gives other shuffles.
        Use the seed as it is, without changing it first.
        Use a generator of your own, such as ``np.random.default_rng(seed)``. Don't change the state of the global
        generators in `random` and `np.random`, because the whole program uses them.

    Returns
    -------
    float
        A share: more than 0, at most 1.

    Examples
    --------
    Here no shuffle is likely to reach the original |r|, so count is 0:

    >>> component = np.arange(30.0)
    >>> float(chance(component, 5 - 2 * component, n_shuffles=99, seed=1))
    0.01
    """
    raise NotImplementedError("meaning.3")


def response(sweep: pd.DataFrame) -> tuple[float, float]:
    """Measure how the prediction responds to an intervention, and how the label does.

    Correlations can't separate causes, but an intervention can. One cause of a galaxy, such as its mass, was set to
    several values. Whatever doesn't follow from this cause was kept unchanged. Each time, the galaxy was rendered
    again, and the network predicted its label from the new image.

    For each galaxy, fit two straight lines by least squares: predicted against value, and true against value. Return
    the mean slope of each over the galaxies. Each galaxy counts once, whatever its number of rows.

    Leave out a galaxy with fewer than two different values, because it has no slope. Compare the values themselves:
    because of rounding, the variance of equal values may be more than 0. Different values may be close together, such
    as 100 and 100.0001, or small, such as 1e-9. So subtract the mean first, compare without a tolerance, and add no
    small number. A galaxy whose label stays the same has the slope 0, which counts. Slopes may be as small as 1e-9.

    Parameters
    ----------
    sweep : DataFrame of one row or more
        One row per image. These columns matter; there may be others, in any order:

        - ``objID``: the galaxy, a string. '0042' and '42' are two galaxies, and so are 'a' and 'A'.
        - ``value``: what the cause was set to. A value may occur twice in a galaxy.
        - ``true``: the label that the simulator gives the changed galaxy.
        - ``predicted``: the network's prediction.

        The numbers are floats, never NaN. Rows are in any order, those of a galaxy needn't be neighbours, and galaxies
        may differ in their number of rows. The index may be anything. Don't modify the table.

    Returns
    -------
    tuple of two floats
        The mean slope of predicted, then that of true, not rounded. Both are NaN if no galaxy is left.

    Examples
    --------
    The slopes of predicted are 1 for galaxy 'a' and 0 for 'b', those of true 2 and 4. Galaxy 'c' is left out:

    >>> sweep = pd.DataFrame(
    ...     {
    ...         "objID": ["a", "b", "a", "b", "a", "c"],
    ...         "value": [1.0, 5.0, 2.0, 6.0, 3.0, 9.0],
    ...         "true": [10.0, 20.0, 12.0, 24.0, 14.0, 0.0],
    ...         "predicted": [11.0, 20.0, 12.0, 20.0, 13.0, 0.0],
    ...     }
    ... )
    >>> predicted, true = response(sweep)
    >>> round(float(predicted), 3), round(float(true), 3)
    (0.5, 3.0)

    Try it with the interventions that galviz ships, of 24 galaxies and 13 causes (``sweeps.causes``):

        from galviz.artefacts.sweeps import SWEEPS

        sweeps = SWEEPS.load()
        for cause in ("log_mass_msun", "disc_colour_mag", "inclination_deg"):
            print(cause, response(pd.concat([sweeps.sweep(galaxy, cause) for galaxy in sweeps.object_ids])))

    The metallicity depends on the first cause, not on the other two: a slope of 1e-15 is 0, apart from rounding. Does
    the prediction follow? And does it change although the metallicity doesn't?

    These interventions are stored, because rendering needs GalSim. If it is installed
    (``pip install -e ".[simulate]"``), you can choose your own. `intervene` sets one cause of a catalogue row and
    recomputes all columns that follow from it. To change one column and nothing else, use
    ``render({**row, "seeing_arcsec": 2.0})``, with ``row`` as below:

        import galviz
        from galviz.network.forward import preprocess
        from galviz.simulate import intervene, render

        network, row = galviz.load_model(), galviz.load_survey().catalogue.iloc[0].to_dict()
        changed = intervene(row, "disc_colour_mag", 0.9)
        network(preprocess([render(changed)], network.card))  # predicted; true is changed["metallicity"]
    """
    raise NotImplementedError("meaning.4")
