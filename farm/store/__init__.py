"""Where farm keeps things: content-addressed blobs and the journal of jobs."""
