"""The lesson on training: the loss by epoch, gradient descent, the learning rate, and the floor of the loss."""
