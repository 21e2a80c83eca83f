"""The lesson on training: the error by epoch, the learning rate, and what is the best possible."""
