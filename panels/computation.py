"""A computation that takes a while: offered by a button, shown by its progress, and cancelled by another button."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

import streamlit as st

from galviz.training.duration import format_duration

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


@dataclass(frozen=True)
class Computation:
    """One offer to compute; it is drawn where `is_asked_for` is called.

    Attributes
    ----------
    name : str
        Tells this offer from the others of a session.
    key : hashable
        What is to be computed. Asked for one thing, another is not computed.
    """

    name: str
    key: Hashable

    @property
    def _state(self) -> str:
        return f"computation_asked_{self.name}"

    def is_asked_for(self, label: str, *, help: str | None = None) -> bool:
        """Draw the button that asks for the computation, and the one that cancels it; say whether it is asked for.

        A press on Cancel, or on any other widget, reruns the page: the next report of progress then ends the
        computation.
        """
        asked = st.session_state.get(self._state) == self.key
        with st.container(horizontal=True):
            # Disabled and not gone: what a page leaves out is drawn at its end, faded, until the run is over.
            st.button(
                label,
                type="primary",
                icon=":material/play_arrow:",
                disabled=asked,
                help=help,
                on_click=lambda: st.session_state.update({self._state: self.key}),
            )
            if asked:
                st.button("Cancel", icon=":material/close:", on_click=self._forget)
        return asked

    def run(self, compute: Callable[["DeltaGenerator"], object]) -> object:
        """Compute, with a progress bar that `compute` is given; whoever comes back later is asked again.

        PyTorch takes some seconds to load, which the bar says at first.
        """
        bar = st.progress(0.0, "Loading PyTorch …")
        try:
            return compute(bar)
        finally:
            self._forget()

    def _forget(self) -> None:
        st.session_state.pop(self._state, None)


def report_in(bar: "DeltaGenerator") -> Callable[[int, int], None]:
    """A `progress` for `extract` that draws itself in a progress bar, with the time that is left.

    Time is taken from the first report on: what comes before, a first batch, is slower than the others.
    """
    first: tuple[int, float] | None = None

    def report(done: int, total: int) -> None:
        nonlocal first
        now = monotonic()
        first = first or (done, now)
        since, began = done - first[0], first[1]
        left = (now - began) * (total - done) / since if since else None
        bar.progress(done / total, format_progress(done, total, left))

    return report


def format_progress(done: int, total: int, seconds_left: float | None) -> str:
    """How far a computation is: ``1,200 of 130,000 galaxies, about 35 min left``."""
    text = f"{done:,} of {total:,} galaxies"
    return text if seconds_left is None else f"{text}, about {format_duration(seconds_left)} left"
