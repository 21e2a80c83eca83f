"""The first lesson: what the galaxies look like, and what is known of them."""
