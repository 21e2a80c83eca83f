"""The lesson on predictions: predicted against true metallicity, statistics of the errors, and outliers."""
