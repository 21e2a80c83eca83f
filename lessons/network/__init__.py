"""The lesson on the network: its layers, and what three of its parts do to one galaxy."""
