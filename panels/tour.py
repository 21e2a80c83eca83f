"""The guided tour of the home page: six steps, each of which moves the map and says one thing."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from galviz.analysis.metrics import prediction_errors
from galviz.charts.point_colours import PointColours, colour_numbers, colour_residuals
from galviz.features.features import Features
from galviz.survey.label import Label
from galviz.survey.sample import spread_out
from panels.caching import cache_data
from panels.feature_space import project, thumbnails
from panels.galaxy_map import MapPoints, View
from panels.map_embedding import component_embedding
from panels.surveys import OpenSurvey

# Pictures on the map, and their least distance as a fraction of what the map shows.
_MAX_PICTURES, _MIN_DISTANCE, _MIN_DISTANCE_ZOOMED = 120, 0.065, 0.12
# Galaxies that the steps about the ends of the scale show.
_N_EXTREME = 150
_ALL = View()


@dataclass(frozen=True, eq=False)
class TourSurvey:
    """What the tour shows: the shipped galaxies, in the shipped network's layers.

    Attributes
    ----------
    opened : OpenSurvey
    features : Features
    label : Label
    true, predicted : Series, index objID
    """

    opened: OpenSurvey
    features: Features
    label: Label
    true: pd.Series
    predicted: pd.Series

    def colour(self, values: pd.Series) -> PointColours:
        """Colours of the label's scale."""
        return colour_numbers(values.to_numpy(), (self.label.low, self.label.high), scheme="spectral")


@dataclass(frozen=True)
class Step:
    """One step of the tour.

    Attributes
    ----------
    title, text : str
        Markdown; names in braces in the text stand for what `tour_facts` returns.
    layer : str
    select : callable or None
        The galaxies that are highlighted, of a `TourSurvey`; None for all of them.
    zoom : bool
        Whether the map moves to them.
    colours : {"true", "both", "residual"}
    pictures : bool
        Whether galaxies are drawn as their pictures.
    """

    title: str
    text: str
    layer: str = "features"
    select: Callable[[TourSurvey], pd.Index] | None = None
    zoom: bool = False
    colours: str = "true"
    pictures: bool = False


def _least(survey: TourSurvey) -> pd.Index:
    return survey.true.nsmallest(_N_EXTREME).index


def _most(survey: TourSurvey) -> pd.Index:
    return survey.true.nlargest(_N_EXTREME).index


STEPS = (
    Step(
        "Similar galaxies are close together",
        "A network was trained to predict a galaxy's **metallicity**, how much oxygen its gas contains, from its image "
        "alone. It describes each galaxy by 512 numbers, its *features*. This map is made of the two directions in "
        "which they vary most.",
        pictures=True,
    ),
    Step(
        "Metal-poor: small and blue",
        "At this end are galaxies with little oxygen. Most are small, blue and clumpy: few generations of stars have "
        "enriched their gas.",
        select=_least,
        zoom=True,
        pictures=True,
    ),
    Step(
        "Metal-rich: large and yellow",
        "At the other end are galaxies with much oxygen. They have more stars, which are older and yellower.",
        select=_most,
        zoom=True,
        pictures=True,
    ),
    Step(
        "How wrong is the network?",
        "Now the colour is the error. Red: the prediction is too high. Blue: too low. Pale: right. Both occur "
        "everywhere, because galaxies with similar features have similar predictions, but not the same metallicity. "
        "The root-mean-square error is {rmse:.2f} dex.",
        colours="residual",
    ),
    Step(
        "The first layer orders by something else",
        "These are the same galaxies in the first layer, whose channels respond to edges and colours. Its first two "
        "components explain {stem:.0%} of the variance of metallicity, those of the last layer {features:.0%}. Go back "
        "and forth to see the order appear.",
        layer="stem",
    ),
    Step(
        "Your turn",
        "Draw around some galaxies to select them. On *Explore* you see what they have in common, and the lessons "
        "show how all of this works.",
        colours="both",
    ),
)


@cache_data(max_entries=2, show_spinner=False)
def tour_facts(features: Features, labels: pd.Series) -> dict[str, float]:
    """Numbers in the texts of the tour.

    Returns
    -------
    dict of str to float
        For each layer, the share of the label's variance that its first two components explain by linear regression;
        ``rmse``, the root-mean-square error of the predictions, in the label's unit.
    """
    from sklearn.linear_model import LinearRegression  # here, because it takes a second to import

    values, facts = labels.loc[features.object_ids].to_numpy(float), {}
    for layer in features.layers:
        coordinates = project(features, layer, features.object_ids, 2).coordinates
        facts[layer] = float(LinearRegression().fit(coordinates, values).score(coordinates, values))
    return facts | {"rmse": prediction_errors(features.predictions, values).rmse}


def tour_points(survey: TourSurvey, step: Step) -> tuple[MapPoints, list[str], View]:
    """Compute what the map shows at a step: its points, the highlighted galaxies and the view."""
    object_ids = survey.features.object_ids
    embedding = component_embedding(survey.features, step.layer, object_ids)
    true, predicted = survey.true.loc[object_ids], survey.predicted.loc[object_ids]
    fill, ring = survey.colour(true), None
    if step.colours == "residual":
        fill = colour_residuals((predicted - true).to_numpy())
    elif step.colours == "both":
        fill, ring = survey.colour(predicted), survey.colour(true)
    selected = [] if step.select is None else list(step.select(survey))
    shown = np.array([], dtype=int)
    if step.pictures:
        rows = np.array(survey.features.rows(selected or object_ids))
        min_distance = _MIN_DISTANCE_ZOOMED if step.zoom else _MIN_DISTANCE
        shown = rows[spread_out(embedding.coordinates[rows], _MAX_PICTURES, min_distance=min_distance)]
    images = thumbnails(survey.opened, [object_ids[row] for row in shown])
    unit = f" {survey.label.unit}"
    points = MapPoints(
        object_ids=object_ids,
        coordinates=embedding.coordinates,
        fill=fill.rgb,
        ring=None if ring is None else ring.rgb,
        texts=[
            f"true {one:.2f}{unit}\npredicted {other:.2f}{unit}" for one, other in zip(true, predicted, strict=True)
        ],
        images=dict(zip(map(str, shown.tolist()), images, strict=True)),
        shown=shown,
        titles=("principal component 1", "principal component 2"),
        description=f"{len(object_ids):,} simulated galaxies in the layer {step.layer}. {step.title}.",
    )
    return points, selected, View.of(points, selected) if step.zoom else _ALL
