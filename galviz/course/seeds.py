"""Seeds that show whether a function uses the seed as it is, and the hint if it doesn't."""

from collections.abc import Mapping

from galviz.course.judge import WrongAnswer

# For each number m from 2 to 60, and for the powers of 2 and 10 up to a million, two seeds have the same remainder
# modulo m. A thousand times the largest is still below 2³², the largest seed of some generators.
SEEDS = (0, 1, 2, 3, 7, 8, 42, 49, 100, 107, 233, 1007, 65_539, 720_720, 1_000_007, 1_048_579)


def reject_equal_seeds(results: Mapping[int, object], consequence: str) -> None:
    """Raise a hint if the results of two seeds are equal.

    Parameters
    ----------
    results : dict of int to object
        What a function returns for each seed, as objects that can be compared.
    consequence : str
        What equal results are, such as ``"give the same interval"``.

    Raises
    ------
    WrongAnswer

    Examples
    --------
    >>> reject_equal_seeds({1: "a", 2: "b", 11: "a"}, "give the same interval")
    Traceback (most recent call last):
    galviz.course.judge.WrongAnswer: The seeds 1 and 11 give the same interval: use the seed as it is.
    """
    pairs = [(one, other) for one in results for other in results if one < other and results[one] == results[other]]
    if not pairs:
        return
    n_seeds = len(results)
    if len(pairs) == n_seeds * (n_seeds - 1) // 2:
        raise WrongAnswer(f"Different seeds {consequence}: use the parameter `seed`, not a fixed number.")
    hint = f"The seeds {pairs[0][0]} and {pairs[0][1]} {consequence}: use the seed as it is."
    if len(pairs) == 1 and pairs[0][0] == 0:
        hint += " A seed of 0 is a seed like any other, but is false in an `if` or `or`."
    raise WrongAnswer(hint)
