"""DataFrame to Altair chart: no files, no results computed. Each carries a description for those who can't see it."""

from galviz.charts.distribution import label_distribution
from galviz.charts.evaluation import loss_by_epoch, true_against_predicted
from galviz.charts.scatter import image_scatter, ring_scatter
from galviz.charts.variance import explained_variance

__all__ = [
    "explained_variance",
    "image_scatter",
    "label_distribution",
    "loss_by_epoch",
    "ring_scatter",
    "true_against_predicted",
]
