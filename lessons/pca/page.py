"""Page of the lesson 'Principal components': a sample's features on a few axes, and how much of them that keeps."""

import numpy as np
import streamlit as st

from galviz.charts import explained_variance
from galviz.projection import fit_pca
from lessons import lesson
from lessons.pca.by_hand import pca_by_svd
from panels.anatomy import begin, end
from panels.code import figure_source, show_code
from panels.controls import choose_components, choose_layer, choose_whitening, limit_components
from panels.feature_space import origin, project, shipped_features
from panels.sampling import choose_sample
from panels.surveys import open_shipped_survey

LESSON = lesson("pca")
opened, features = open_shipped_survey(), shipped_features()
TEXT = begin(LESSON, opened)

picture = st.container()  # above the controls that decide on it
left, right = st.columns(2, gap="large")
with left:
    sample = choose_sample(opened.survey)
    asked = choose_components()
with right:
    layer = choose_layer(list(features.layers))
    whiten = choose_whitening()
values = features.layers[layer][features.rows(sample)]
n_components = limit_components(asked, *values.shape)
projection = project(origin(features), layer, sample, n_components, whiten, features)
ratios = projection.explained_variance_ratio

with picture:
    with st.container(horizontal=True):
        st.metric("Numbers a galaxy", values.shape[1], help=f"Channels of the layer {layer}.")
        for count in (1, 2, 3):
            if count <= n_components:
                st.metric(f"In {'the first' if count == 1 else f'{count} components'}", f"{ratios[:count].sum():.1%}")
    st.altair_chart(explained_variance(ratios))
    st.caption(
        f"{len(sample):,} simulated galaxies, layer {layer}; other samples have other shares. The tutorial has 92, 97 "
        "and 98 %, from 256 real ones."
    )

left, right = st.columns(2, gap="large")
left.markdown(TEXT["idea"])
right.markdown(TEXT["formula"])

st.header("Whitening")
st.container(width=720).markdown(TEXT["whitening"])
widths = projection.coordinates.std(axis=0, ddof=1)
st.dataframe(
    {
        "component": [f"PC{number}" for number in range(1, n_components + 1)],
        "explained variance": [f"{ratio:.1%}" for ratio in ratios],
        "standard deviation of the coordinates": widths.round(4),
    },
    hide_index=True,
)

st.header("The same by hand")
st.container(width=720).markdown(TEXT["svd"])
by_hand, ratios_by_hand = pca_by_svd(values.astype(float), n_components)
unwhitened = project(origin(features), layer, sample, n_components, False, features).coordinates
signs = np.sign((by_hand * unwhitened).sum(axis=0))
st.markdown(
    f"Largest difference between the two, of a coordinate: **{np.abs(by_hand * signs - unwhitened).max():.1e}**; of an "
    f"explained variance ratio: **{np.abs(ratios_by_hand - ratios).max():.1e}**. Columns whose sign had to be turned: "
    f"**{int((signs < 0).sum())} of {n_components}**."
)
show_code(explained_variance, fit_pca, pca_by_svd, matplotlib=figure_source(LESSON))
end(LESSON, TEXT)
