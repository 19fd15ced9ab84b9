"""Templates for shops."""
