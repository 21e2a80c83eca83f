"""Where the features on a page come from: the network or the features file that the app was started with."""

from dataclasses import dataclass
from pathlib import Path

from galviz.network.card import ModelCard, read_card
from panels.arguments import read_arguments
from panels.plain import plain
from panels.surveys import OpenSurvey


@dataclass(frozen=True)
class Source:
    """A network, or a file of features.

    Attributes
    ----------
    model : str or None
        The network's card; None for the shipped one.
    file : str or None
        A features file to show instead of what the network computes. Its predictions count if they are of the network.
    """

    model: str | None = None
    file: str | None = None

    @property
    def is_shipped(self) -> bool:
        """Whether it is the network that comes with galviz, and what that computes."""
        return self.model is None and self.file is None

    @property
    def name(self) -> str:
        """What the user calls it, as Markdown shows it."""
        return plain(Path(self.file).name if self.file is not None else self.card.name)

    @property
    def seen_by(self) -> str:
        """Who sees the galaxies, in text."""
        if self.is_shipped:
            return "the network"
        return f"the network of {self.name}" if self.file is not None else f"your network {self.name}"

    @property
    def card(self) -> ModelCard:
        """The card of the network; raises CardError if it can't be read, which `explain_errors` tells the student."""
        return read_card(self.model)  # a few kB: reading it each time is simpler than noticing that it has changed


SHIPPED = Source()


def read_source(opened: OpenSurvey) -> Source:
    """What the app was started with; no features file while the page shows another survey than that of the start."""
    arguments = read_arguments()
    elsewhere = opened.shipped and arguments.survey is not None
    return Source(arguments.model, None if elsewhere else arguments.features)
