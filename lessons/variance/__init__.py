"""The lesson on how many components: how sure a share of variance is, and reasons to choose a number."""
