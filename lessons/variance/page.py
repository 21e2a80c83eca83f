"""Page of the lesson 'How many components?': how sure a share of variance is, and reasons to choose a number."""

import numpy as np
import pandas as pd
import streamlit as st

from galviz.charts import error_by_components, share_curves, shares_by_chance, shares_by_size
from galviz.dimension import held_out_regression, parallel_analysis, quick_bootstrap
from galviz.variance import held_out_explained_variance
from lessons import lesson
from lessons.galaxies.words import CAUSES, cause_title
from lessons.variance.words import counted, fewest_as_good, interval, reasons, width
from panels import components
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import MOST_COMPONENTS, choose_components, choose_layer, limit_components
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

TUTORIAL = (0.92, 0.97, 0.98)
TARGETS = ("metallicity", "log_mass_msun", "inclination_deg", "bulge_fraction", "dust_v_mag", "redshift")
# Components drawn beside chance.
DRAWN = 12

LESSON = lesson("variance")
opened = open_shipped_survey()
TEXT = begin(LESSON, opened)
catalogue = opened.survey.catalogue

picture = st.container()  # above the controls that decide on it
left, right = st.columns(2, gap="large")
with left:
    sample = choose_sample(opened.survey)
    asked = choose_components()
with right:
    features = components.choose_network()
    layer = choose_layer(list(features.layers))
n_channels = features.layers[layer].shape[1]
n_components = limit_components(asked, len(sample), n_channels)
found = components.shares(features, layer, sample, n_components)
n_left_out = components.most_held_out(len(sample), n_channels, n_components)
left_out = components.held_out(features, layer, sample, n_left_out)

with picture:
    with st.container(horizontal=True):
        for count in range(1, min(3, n_components) + 1):
            name = "In the first" if count == 1 else f"In {count} components"
            low, high = found.cumulative.low[count - 1], found.cumulative.high[count - 1]
            st.metric(
                name,
                f"{found.cumulative.estimate[count - 1]:.1%}",
                f"{low:.1%} to {high:.1%}",
                delta_color="off",
                delta_arrow="off",
            )
    shown = found.cumulative
    by_fold = left_out.by_fold
    curves = {
        f"these {len(sample):,} galaxies": pd.DataFrame(
            {"share": shown.estimate, "low": shown.low, "high": shown.high}
        ),
        "galaxies left out": pd.DataFrame(
            {"share": left_out.mean, "low": by_fold.min(axis=0), "high": by_fold.max(axis=0)}
        ),
        "the tutorial's 256": pd.DataFrame({"share": TUTORIAL[:n_components]}),
    }
    st.altair_chart(share_curves(curves))
    st.caption(
        f"{len(sample):,} simulated galaxies, layer {layer}. Band: where 95 % of {found.n_resamples} resamples of them "
        f"lie. Bars: from the worst to the best of {components.FOLDS} folds. The tutorial's are real galaxies and "
        "another network; it gives no interval."
    )

left, right = st.columns(2, gap="large")
left.markdown(TEXT["idea"])
right.markdown(TEXT["formula"])

st.header("How sure could the tutorial be?")
left, right = st.columns(2, gap="large")
left.markdown(TEXT["tutorial"])
with right:
    rows = {"the tutorial": [f"{share:.0%}" for share in TUTORIAL]}
    for name, words in components.NETWORKS.items():
        theirs = components.shares(components.features_of_network(name), "features", sample, min(3, len(sample)))
        rows[words] = [interval(theirs.cumulative, count) for count in range(1, min(3, len(sample)) + 1)]
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=["1 component", "2 components", "3 components"])
    st.table(table)
    st.caption(
        f"Share of the variance in the first components of the layer features, and where 95 % of the resamples of your "
        f"{len(sample):,} galaxies lie."
    )

st.header("How many galaxies?")
left, right = st.columns(2, gap="large")
by_size = components.by_sample_size(features, layer)
left.markdown(TEXT["size"])
spread = by_size.assign(width=100 * (by_size["high"] - by_size["low"])).query("components == 1").set_index("size")
left.markdown(
    f"Of this network's layer {layer}, a sample of 256 puts the first share anywhere in an interval of "
    f"**{spread.loc[256, 'width']:.1f} percentage points**, one of {spread.index[-1]:,} in one of "
    f"**{spread['width'].iloc[-1]:.1f}**. Samples of {spread.index[0]} find "
    f"**{spread['median'].iloc[0]:.0%}** in the middle, where all {spread.index[-1]:,} have "
    f"{spread['all'].iloc[0]:.0%}."
)
with right:
    st.altair_chart(shares_by_size(by_size))
    st.caption(
        "Bands: where 95 % of 200 samples lie. Dashed: all galaxies of the survey. The first scale is logarithmic."
    )

st.header("A reason for a number")
left, right = st.columns(2, gap="large")
target = right.selectbox(
    "The next use: read from the components", TARGETS, format_func=cause_title, key="target", bind="query-params"
)
readable = components.most_held_out(len(sample), n_channels, MOST_COMPONENTS + 2) - 2
next_use = None
if readable >= 1:
    next_use = components.regression(features, layer, sample, min(readable, MOST_COMPONENTS), target, catalogue[target])
chance = components.chance_shares(features, layer, sample)
most = min(MOST_COMPONENTS, len(sample), n_channels)
all_shares = components.shares(features, layer, sample, most).cumulative.estimate
all_left_out = components.held_out(features, layer, sample, components.most_held_out(len(sample), n_channels, most))
left.markdown(TEXT["choose"])
with right:
    rules = reasons(all_shares, all_left_out.mean, chance, next_use, cause_title(target))
    st.table(pd.DataFrame(rules, columns=["rule", "components"]).set_index("rule"))

left, right = st.columns(2, gap="large")
with left:
    st.subheader("Against chance")
    drawn = int((chance.chance[:DRAWN] > 0).sum())
    st.altair_chart(shares_by_chance(np.maximum(chance.observed[:drawn], 1e-6), chance.chance[:drawn]))
    st.markdown(TEXT["chance"])
with right:
    st.subheader("For the next use")
    if next_use is None:
        st.info("Too few galaxies to leave some out: take more.", icon=":material/info:")
    else:
        cause = CAUSES[target]
        st.altair_chart(
            error_by_components(
                next_use.rmse, next_use.standard_error, next_use.baseline, title=cause.name, unit=cause.unit
            )
        )
        best = int(next_use.rmse.argmin())
        st.markdown(
            f"Of your {len(sample):,} galaxies the least error, **{next_use.rmse[best]:.3g} {cause.unit}**, is reached "
            f"with {counted(best + 1)}. Within one standard error **{counted(fewest_as_good(next_use))}** will do. "
            f"With none, the error is {next_use.baseline:.3g}."
        )
    st.markdown(TEXT["next"])
lost = np.sqrt(1 - min(1.0, float(left_out.mean[-1])))
st.markdown(
    f"**What is lost.** Rebuild galaxies that were left out from {n_left_out} components: typically they miss their "
    f"place by **{lost:.0%}** of their distance from the mean. Your interval of the first share is "
    f"{width(found.cumulative, 1):.1f} percentage points wide."
)
show_code(
    quick_bootstrap,
    held_out_explained_variance,
    parallel_analysis,
    held_out_regression,
    matplotlib=figure_source(LESSON),
)
end(LESSON, TEXT)
