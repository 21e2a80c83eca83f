"""The lesson on hooks: recording the activations of a layer during a forward pass."""
