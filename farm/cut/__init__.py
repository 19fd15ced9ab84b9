"""Works from script to cut: content and length of each shot, and users' edits. Pure functions."""
