"""The lesson on predictions: true against predicted, three numbers for the errors, and the worst misses."""
