"""The control plane: a pure scheduler, and the conductor and executors that carry out its instructions."""
