"""A number with its interval."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Interval:
    """A number with its 95 % interval.

    Attributes
    ----------
    value, low, high : float
    """

    value: float
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise ValueError(f"an interval must not end below its start; got {self.low} to {self.high}")
