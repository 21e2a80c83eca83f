"""The lesson on hooks: what a layer answers, caught while the network works."""
