"""Farm on Ray: the only package that depends on Ray and Serve."""
