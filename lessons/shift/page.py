"""Page of the lesson 'Domain shift': galaxies of the Hubble deep field in the network's feature space."""

import io

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator

from galviz.analysis.novelty import fit_novelty
from galviz.artefacts.hubble import split_survey
from galviz.artefacts.real_galaxies import load_real_galaxies
from galviz.artefacts.real_results import RealGalaxies
from galviz.charts import group_histogram, group_scatter
from galviz.course.manifest import find_lesson
from galviz.network.crops import centre_crop
from galviz.network.thumbnails import SIDE_PX
from lessons.shift.words import (
    compare_controls,
    draw_sources,
    fine_tuning_words,
    learning_curve_table,
    methods_table,
)
from panels.controls import choose_number, in_url
from panels.feature_space import project, shipped_features, thumbnails
from panels.hubble_field import hubble_field, hubble_thumbnails, shipped_novelty
from panels.pictures import encode, show_pictures
from panels.sampling import choose_sample
from panels.source_code import figure_source
from panels.steps import Step, show_lesson
from panels.surveys import open_shipped_survey

SIMULATED, HUBBLE = "simulated", "Hubble deep field"
_SHOWN = 10


@st.cache_resource(show_spinner=False)
def _real_galaxies() -> RealGalaxies:
    return load_real_galaxies()


def _show_galaxies(controls: DeltaGenerator) -> None:  # this step has none
    """Draw galaxies of the deep field, and simulated ones, with their predictions."""
    field, features, survey = hubble_field(), shipped_features(), open_shipped_survey().survey
    rows = np.linspace(0, len(field.chosen) - 1, _SHOWN).astype(int)
    pictures = [Image.open(io.BytesIO(field.thumbnails[row])).convert("RGB") for row in rows]
    captions = [f"{field.predictions[row]:.2f}" for row in rows]
    st.markdown("**Hubble eXtreme Deep Field**")
    show_pictures(
        pictures, captions, [f"Galaxy of the deep field, predicted {text} dex" for text in captions], columns=5
    )
    rows = split_survey(len(survey.object_ids))[1][:_SHOWN]
    pictures = [centre_crop(survey.image(survey.object_ids[row]), SIDE_PX) for row in rows]
    captions = [f"{features.predictions[row]:.2f}" for row in rows]
    st.markdown("**Simulated galaxies**")
    show_pictures(pictures, captions, [f"Simulated galaxy, predicted {text} dex" for text in captions], columns=5)
    st.caption("Below each galaxy: the predicted metallicity in dex. Deep field: NASA, ESA and the HUDF09 Team.")


def _show_sources(controls: DeltaGenerator) -> None:
    """Draw the deep field with its sources above a threshold."""
    field = hubble_field()
    with controls:
        threshold = choose_number(
            "Threshold [standard deviations]", 2, 40, 5, key="threshold", help="Of the background's noise."
        )
        frames = in_url(st.toggle, "Frames of the 128 chosen galaxies", value=False, key="frames")
    picture, count = draw_sources(field, threshold, frames=frames)
    description = f"The Hubble eXtreme Deep Field with {count} sources marked by circles"
    st.image(encode(picture), alt=description, width="stretch", output_format="JPEG")
    st.caption(
        f"**{count}** sources stand out by {threshold} standard deviations or more. Circles: R90. "
        "Image: NASA, ESA, G. Illingworth, D. Magee, P. Oesch, R. Bouwens and the HUDF09 Team."
    )


def _show_map(controls: DeltaGenerator) -> None:
    """Draw the plane of the simulated galaxies' components, with the Hubble galaxies."""
    opened, features, field = open_shipped_survey(), shipped_features(), hubble_field()
    with controls:
        sample = choose_sample(opened.survey)
    projection = project(features, features.last_layer, sample, 2)
    simulated = pd.DataFrame(projection.coordinates, columns=["x", "y"])
    simulated["predicted"] = features.predictions[features.rows(sample)]
    simulated["image"] = thumbnails(opened, sample).to_numpy()
    hubble = pd.DataFrame(projection.transform(field.features), columns=["x", "y"])
    hubble = hubble.assign(predicted=field.predictions, image=hubble_thumbnails(), group=HUBBLE)
    points = pd.concat([simulated.assign(group=SIMULATED), hubble], ignore_index=True)
    titles = tuple(
        f"PC{number}, {ratio:.0%} of the variance"
        for number, ratio in enumerate(projection.explained_variance_ratio, start=1)
    )
    st.altair_chart(group_scatter(points, titles), key=f"map-{len(sample)}")
    st.caption(
        f"{len(sample):,} simulated galaxies and {len(hubble)} of the deep field. Components fitted to the simulated "
        "ones, in standard deviations. Point at a dot to see its image."
    )


def _choose_limit() -> tuple[int, float]:
    percentile = choose_number(
        "Percentile of the held-out galaxies", 50, 99, 99, key="percentile", help="Beyond it, a galaxy is unusual."
    )
    return percentile, shipped_novelty().limit(percentile / 100)


def _show_distances(controls: DeltaGenerator) -> None:
    """Draw the histogram of distances, and the share beyond the limit."""
    novelty, field = shipped_novelty(), hubble_field()
    with controls:
        percentile, limit = _choose_limit()
    distances = novelty.distances(field.features)
    groups = {f"{SIMULATED}, held out": novelty.held_out_distances, HUBBLE: distances}
    title = f"distance to the {novelty.n_neighbors} nearest [standard deviations]"
    st.altair_chart(group_histogram(groups, title, limit=limit), key=f"distances-{percentile}")
    beyond = int((distances > limit).sum())
    p_values = novelty.p_values(distances)
    st.markdown(
        f"**{beyond} of {len(distances)}** galaxies of the deep field (**{beyond / len(distances):.0%}**) lie beyond "
        f"the {percentile}th percentile of the held-out simulated galaxies, at {limit:.1f}. Median distances: "
        f"{np.median(distances):.1f} and {np.median(novelty.held_out_distances):.1f}. Median p-value: "
        f"{np.median(p_values):.3f}."
    )


def _show_controls(controls: DeltaGenerator) -> None:
    """Draw the table of changed images."""
    novelty, field, features, survey = (
        shipped_novelty(),
        hubble_field(),
        shipped_features(),
        open_shipped_survey().survey,
    )
    with controls:
        percentile, limit = _choose_limit()
    n_controls = len(field.control_ids)
    unchanged = (
        novelty.held_out_distances[:n_controls],
        features.predictions[features.rows(field.control_ids)],
    )
    table = compare_controls(field, limit, survey.catalogue[survey.label.column], unchanged)
    st.table(
        pd.DataFrame(
            {
                f"beyond the {percentile}th percentile": table["beyond"].map("{:.0%}".format),
                "median distance": table["median"].map("{:.1f}".format),
                "RMSE [dex]": table["rmse"].map("{:.3f}".format),
                "bias [dex]": table["bias"].map("{:+.3f}".format).str.replace("-", "−"),
            }
        )
    )
    labels = survey.catalogue.loc[field.control_ids, survey.label.column]
    st.caption(
        f"{n_controls} held-out simulated galaxies. Pure noise: compared with the labels of the same galaxies. "
        f"Baseline, guessing the mean: RMSE {labels.std(ddof=0):.3f} dex."
    )


def _show_predictions(controls: DeltaGenerator) -> None:  # this step has none
    """Draw the distributions of predictions."""
    field, features = hubble_field(), shipped_features()
    groups = {SIMULATED: features.predictions, HUBBLE: field.predictions}
    st.altair_chart(group_histogram(groups, "predicted metallicity [dex]", bins=30), key="predictions")
    parts = [f"{name} {np.mean(values):.2f} ± {np.std(values):.2f} dex" for name, values in groups.items()]
    st.caption(f"Mean and standard deviation of the predictions: {'; '.join(parts)}. The deep field has no labels.")


def _show_real(controls: DeltaGenerator) -> None:  # this step has none
    """Draw the table of methods on real galaxies."""
    results = _real_galaxies()
    st.table(methods_table(results))
    st.markdown(fine_tuning_words(results))
    rho = results.distance.error_correlation["zero-shot"]
    real = results.distance.groups[-1]
    st.markdown(
        f"Of these galaxies, **{real.share_beyond.value:.0%}** lie beyond the 99th percentile of held-out simulated "
        f"ones. Over all {results.survey.n_galaxies}, the distance and the size of the zero-shot error have a Spearman "
        f"correlation of **{rho.value:+.2f}** [{rho.low:+.2f}, {rho.high:+.2f}].".replace("-0.", "−0.")
    )
    st.caption(
        f"{results.survey.n_galaxies} galaxies, [95 % intervals] by bootstrap over galaxies. {results.survey.credit}. "
        f"Distance: {results.distance.definition}."
    )


def _show_remedies(controls: DeltaGenerator) -> None:  # this step has none
    """Draw the table of errors by the number of labels."""
    results = _real_galaxies()
    st.markdown("**RMSE [dex] with few real labels**")
    st.table(learning_curve_table(results))
    st.caption(
        "Mean over random draws of the labelled galaxies, and the interval that contains 95 % of the draws. All other "
        "galaxies are predicted."
    )


def page() -> None:
    """Draw the page."""
    lesson = find_lesson("shift")
    steps = [
        Step("Another telescope", _show_galaxies, ("idea",), figure=figure_source(lesson)),
        Step(
            "Find galaxies",
            _show_sources,
            ("detect",),
            (0,),
            code=("galviz/analysis/detection.py:find_galaxies", "galviz/artefacts/hubble_making.py:frame_galaxy"),
        ),
        Step("Feature space", _show_map, ("map",), (1,), code=(group_scatter,)),
        Step("Distance", _show_distances, ("distance", "standardise"), (2,), code=(fit_novelty,)),
        Step("Controls", _show_controls, ("controls",), (3,), code=(compare_controls,)),
        Step("Predictions", _show_predictions, ("predictions",), code=(group_histogram,)),
        Step("Real galaxies", _show_real, ("real",), (4,)),
        Step("What to do", _show_remedies, ("remedies",)),
    ]
    show_lesson(lesson, open_shipped_survey(), steps, badge="Simulated and real galaxies")
