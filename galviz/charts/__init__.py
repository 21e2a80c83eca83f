"""DataFrame to Altair chart, with a description for screen readers: no files are read, and no results computed.

It may import `galviz.survey` and `galviz.analysis` for their types.
"""

from galviz.charts.digits import value_format
from galviz.charts.distribution import label_distribution
from galviz.charts.evaluation import learning_rate, loss_by_epoch, residuals, true_against_predicted
from galviz.charts.export import ExportError, can_export, export_chart
from galviz.charts.maps import map_scatter, plain_map
from galviz.charts.meaning import correlation_map, probe_comparison
from galviz.charts.pixels import pixel_distribution
from galviz.charts.scatter import column_scatter, image_scatter, ring_scatter
from galviz.charts.shares import error_by_components, share_curves, shares_by_chance, shares_by_size
from galviz.charts.variance import explained_variance

__all__ = [
    "ExportError",
    "can_export",
    "column_scatter",
    "correlation_map",
    "error_by_components",
    "explained_variance",
    "export_chart",
    "image_scatter",
    "label_distribution",
    "learning_rate",
    "loss_by_epoch",
    "map_scatter",
    "pixel_distribution",
    "plain_map",
    "probe_comparison",
    "residuals",
    "ring_scatter",
    "share_curves",
    "shares_by_chance",
    "shares_by_size",
    "true_against_predicted",
    "value_format",
]
