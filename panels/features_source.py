"""The source of a page's features: the network or the features file of the app's arguments."""

from dataclasses import dataclass
from pathlib import Path

from galviz.network.card import ModelCard, read_card
from galviz.network.spec import NetworkSpec
from panels.arguments import read_arguments
from panels.markdown import escape_markdown
from panels.surveys import OpenSurvey


@dataclass(frozen=True)
class FeaturesSource:
    """A network or a features file.

    Attributes
    ----------
    model : str or None
        The network's card; None for the shipped one.
    file : str or None
        A features file to use instead of the network. Its predictions are used only if they are from the network.
    """

    model: str | None = None
    file: str | None = None

    @property
    def is_shipped(self) -> bool:
        """Whether it is the shipped network."""
        return self.model is None and self.file is None

    @property
    def name(self) -> str:
        """Its name, as it is; escape it for Markdown."""
        return Path(self.file).name if self.file is not None else self.card.name

    @property
    def description(self) -> str:
        """The network in a sentence, escaped for Markdown."""
        if self.is_shipped:
            return "the network"
        name = escape_markdown(self.name)
        return f"the network of {name}" if self.file is not None else f"your network {name}"

    @property
    def card(self) -> ModelCard:
        """The card of the network; raises CardError, which `explain_errors` shows, if it can't be read."""
        return read_card(self.model)  # a few kB: reading it each time is simpler than detecting changes

    @property
    def spec(self) -> NetworkSpec | None:
        """The specification of the network; None for a features file, whose network may be any."""
        return self.card.spec if self.file is None else None


SHIPPED = FeaturesSource()


def read_source(opened: OpenSurvey) -> FeaturesSource:
    """Return the source of the app's arguments; a features file only with the survey of the arguments."""
    arguments = read_arguments()
    is_other_survey = opened.private or (opened.shipped and arguments.survey is not None)
    return FeaturesSource(arguments.model, None if is_other_survey else arguments.features)
