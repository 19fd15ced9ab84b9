"""Farm on Ray: the only room that knows Ray and Serve."""
