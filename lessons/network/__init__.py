"""The lesson on the network: its layers, a convolution, a residual block and self-attention."""
