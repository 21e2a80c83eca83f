"""The lesson on training: the error by epoch, the learning rate, and the floor below which no error falls."""
