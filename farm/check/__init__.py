"""Gates on the finished file."""
