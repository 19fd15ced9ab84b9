"""Timeline to segments: where to cut, what each segment is called, what it will cost."""
