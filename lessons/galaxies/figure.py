"""Images of 24 simulated galaxies, sorted by metallicity, with matplotlib."""

import matplotlib.pyplot as plt

from galviz.network.crops import centre_crop
from galviz.survey.sample import draw_sample, evenly_ranked
from galviz.survey.survey import load_survey

survey = load_survey()
sample = draw_sample(survey.object_ids, 256)
metallicity = survey.catalogue.loc[sample, "metallicity"]

fig, axes = plt.subplots(3, 8, figsize=(12, 5.2), layout="constrained")
for ax, object_id in zip(axes.flat, evenly_ranked(metallicity, 24), strict=True):
    ax.imshow(centre_crop(survey.image(object_id), 72))
    ax.set_title(f"{metallicity[object_id]:.2f}", fontsize=10)
    ax.axis("off")
fig.suptitle("Simulated galaxies, sorted by metallicity, 12 + log(O/H)")
