"""Data types: time, colour, curves, assets, timelines and jobs. Depends only on :mod:`farm.errors`."""
