"""Timeline to segments: where to cut, the key of each segment, and its estimated cost."""
