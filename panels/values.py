"""Values of a label on a page: none is rounded away, however small the label's range."""

import pandas as pd

from galviz.label import Label


def told_value(value: float, label: Label, decimals: int, *, sign: bool = False) -> str:
    """A value of a label for a page: with so many decimals, or, if its range is very small or large, as many digits."""
    kind = "f" if _is_usual(label) else "g"
    return f"{value:{'+' if sign else ''}.{decimals}{kind}}"


def rounded(points: pd.DataFrame, label: Label) -> pd.DataFrame:
    """A table of `points_table` for a page, its numbers with three decimals, unless those of the label need more."""
    values = {"true", "predicted"}
    return points.round({name: 3 for name in points if _is_usual(label) or name not in values})


def _is_usual(label: Label) -> bool:
    return 0.1 <= label.high - label.low < 1e5
