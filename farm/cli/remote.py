"""Talking to a running farm over HTTP: submit, wait, download."""
from __future__ import annotations
def running_farm(settings): return None
def submit_to(*a, **k): raise SystemExit
