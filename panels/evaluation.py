"""How a page says the errors of predictions."""

import math

from galviz.analysis.metrics import Errors


def correlation_in_words(errors: Errors) -> tuple[str, str]:
    """The correlation of predicted and true as a page shows it, and the help beside it."""
    if errors.n < 3:
        return "–", "Pearson's r says nothing of fewer than three galaxies"
    if math.isnan(errors.correlation):
        same = "the label" if errors.spread == 0 else "the prediction"
        return "undefined", f"Pearson's r is undefined because {same} is the same for all galaxies"
    return f"{errors.correlation:.2f}", "Pearson's r"
