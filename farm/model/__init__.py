"""The nouns: time, colour, curves, assets, timelines and jobs. Knows nothing but errors."""
