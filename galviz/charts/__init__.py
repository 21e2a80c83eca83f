"""Altair charts of DataFrames and arrays, each with a description for screen readers.

Charts read no files and compute no results. This package may import types of `galviz.survey` and `galviz.analysis`.
"""

from galviz.charts.correlation import correlation_heatmap
from galviz.charts.embedding import embedding_scatter, plain_scatter
from galviz.charts.explained_variance import explained_variance_chart
from galviz.charts.export import ExportError, can_export, export_chart
from galviz.charts.groups import group_histogram, group_scatter
from galviz.charts.histograms import label_histogram, pixel_histogram
from galviz.charts.image_scatter import image_scatter
from galviz.charts.interventions import effects_chart, galaxy_strip, path_chart, sweep_chart
from galviz.charts.number_format import value_format
from galviz.charts.predictions import prediction_scatter, residual_scatter
from galviz.charts.probes import error_by_components_chart, probe_chart
from galviz.charts.scatter import column_scatter, ring_scatter
from galviz.charts.training import learning_rate_chart, loss_chart
from galviz.charts.variance_uncertainty import (
    parallel_analysis_chart,
    variance_by_sample_size_chart,
    variance_estimates_chart,
)

__all__ = [
    "ExportError",
    "can_export",
    "column_scatter",
    "correlation_heatmap",
    "effects_chart",
    "embedding_scatter",
    "error_by_components_chart",
    "explained_variance_chart",
    "export_chart",
    "galaxy_strip",
    "group_histogram",
    "group_scatter",
    "image_scatter",
    "label_histogram",
    "learning_rate_chart",
    "loss_chart",
    "parallel_analysis_chart",
    "path_chart",
    "pixel_histogram",
    "plain_scatter",
    "prediction_scatter",
    "probe_chart",
    "residual_scatter",
    "ring_scatter",
    "sweep_chart",
    "value_format",
    "variance_by_sample_size_chart",
    "variance_estimates_chart",
]
