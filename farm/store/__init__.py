"""Persistent storage: content-addressed blobs, uploads, fonts and productions."""
