"""Works from script to cut: what each shot shows and for how long, and how users edit it. Pure functions."""
