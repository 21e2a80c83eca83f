"""The lesson on how many components: intervals for explained variance, and criteria to choose a number."""
