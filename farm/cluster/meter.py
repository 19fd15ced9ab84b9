"""Reports metrics through Ray, whose Prometheus endpoint on each node serves them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ray.util.metrics import Counter, Gauge, Histogram

from farm.telemetry.figures import BOUNDARIES_S, FIGURES, MetricKind


class RayMeter:
    """Keeps one instrument per name."""

    def __init__(self) -> None:
        self._instruments: dict[str, Any] = {}

    def count(self, name: str, value: float = 1.0, labels: Mapping[str, str] | None = None) -> None:
        """Add to a counter."""
        if value > 0.0:
            self._instrument(name).inc(value, dict(labels or {}))

    def gauge(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        """Set a gauge."""
        self._instrument(name).set(value, dict(labels or {}))

    def observe(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        """Add an observation to a histogram."""
        self._instrument(name).observe(value, dict(labels or {}))

    def _instrument(self, name: str) -> Any:
        if name not in self._instruments:
            self._instruments[name] = _make(name)
        return self._instruments[name]


def _make(name: str) -> Any:
    figure = FIGURES[name]
    options: dict[str, Any] = {"description": figure.description, "tag_keys": figure.labels}
    match figure.kind:
        case MetricKind.COUNTER:
            return Counter(name, **options)
        case MetricKind.GAUGE:
            return Gauge(name, **options)
        case MetricKind.HISTOGRAM:
            return Histogram(name, boundaries=list(BOUNDARIES_S), **options)
