"""The dashboard as one HTML page."""
