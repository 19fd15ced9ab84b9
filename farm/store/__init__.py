"""What lasts: content-addressed blobs and the journal of jobs."""
