"""Errors of predictions in words."""

import math

from galviz.analysis.metrics import Errors


def format_correlation(errors: Errors) -> tuple[str, str]:
    """Format the correlation of predicted and true values, and the help text beside it.

    Examples
    --------
    >>> from galviz.analysis.metrics import prediction_errors
    >>> format_correlation(prediction_errors([8.5, 8.7, 9.0], [8.4, 8.8, 9.1]))
    ('0.98', "Pearson's r")
    """
    if errors.n < 3:
        return "–", "Pearson's r needs at least three galaxies"
    if math.isnan(errors.correlation):
        constant = "the label" if errors.spread == 0 else "the prediction"
        return "undefined", f"Pearson's r is undefined, because {constant} is constant"
    return f"{errors.correlation:.2f}", "Pearson's r"
