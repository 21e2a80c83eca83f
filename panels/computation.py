"""A long computation: a button that starts it, a progress bar and a button that cancels it."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

from galviz.training.duration import format_duration

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

T = TypeVar("T")


@dataclass(frozen=True)
class Computation:
    """A computation that starts when the user presses a button.

    Attributes
    ----------
    name : str
        Distinguishes it from other computations of the session.
    key : hashable
        Identifies the result. If it changes, the user must press the button again.
    """

    name: str
    key: Hashable

    @property
    def _state(self) -> str:
        return f"computation_requested_{self.name}"

    def is_requested(self, label: str, *, help: str | None = None) -> bool:
        """Draw the buttons that start and cancel the computation; return whether it was started.

        Pressing Cancel, or using any other widget, reruns the page, and the next progress report ends the computation.
        """
        requested = st.session_state.get(self._state) == self.key
        with st.container(horizontal=True):
            # Disabled, not removed: Streamlit keeps removed elements, faded, at the page's end until the run is over.
            st.button(
                label,
                type="primary",
                icon=":material/play_arrow:",
                disabled=requested,
                help=help,
                on_click=lambda: st.session_state.update({self._state: self.key}),
            )
            if requested:
                st.button("Cancel", icon=":material/close:", on_click=self._reset)
        return requested

    def run(self, compute: Callable[["DeltaGenerator"], T], *, first_step: str = "Loading PyTorch …") -> T:
        """Compute, and pass `compute` a progress bar that shows `first_step`. Afterwards it must be requested again."""
        bar = st.progress(0.0, first_step)
        try:
            return compute(bar)
        finally:
            self._reset()

    def _reset(self) -> None:
        st.session_state.pop(self._state, None)


def progress_in(bar: "DeltaGenerator") -> Callable[[int, int], None]:
    """Return a function progress(done, total) that updates a progress bar, with the time left.

    Time is measured from the first report, because the first batch is slower than the others.
    """
    first: tuple[int, float] | None = None

    def report(done: int, total: int) -> None:
        nonlocal first
        now = monotonic()
        first = first or (done, now)
        n_since, start = done - first[0], first[1]
        seconds_left = (now - start) * (total - done) / n_since if n_since else None
        bar.progress(done / total, format_progress(done, total, seconds_left))

    return report


def format_progress(done: int, total: int, seconds_left: float | None) -> str:
    """Format the progress of a computation.

    Examples
    --------
    >>> format_progress(1_200, 130_000, 2100)
    '1,200 of 130,000 galaxies, about 35 min left'
    """
    text = f"{done:,} of {total:,} galaxies"
    return text if seconds_left is None else f"{text}, about {format_duration(seconds_left)} left"
