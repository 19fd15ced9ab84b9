"""What Prometheus would make of a farm's figures: scraped samples, the part of PromQL that the alerts use, and alerts.

Its answers are held against promtool's where that is installed (``tests/unit/test_alerts.py``).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from math import isnan
from typing import Any, Final

from farm.telemetry.figures import BOUNDARIES_S, FIGURES, MetricKind

EVERY_S: Final = 15.0
"""How often is scraped and alerts are looked at."""
LOOKBACK_S: Final = 300.0
"""A series without a newer sample is gone."""

Labels = frozenset[tuple[str, str]]
Vector = dict[Labels, float]
Series = list[tuple[float, float]]


@dataclass
class Scrapes:
    """A meter whose figures are scraped at times that a test says."""

    now: dict[tuple[str, Labels], float] = field(default_factory=dict)
    """The figures as they stand, under the names that Ray serves them by."""
    series: dict[tuple[str, Labels], Series] = field(default_factory=dict)
    """Samples by time."""

    def count(self, name: str, value: float = 1.0, labels: Mapping[str, str] | None = None) -> None:
        self._add(name, value, self._labels(MetricKind.COUNTER, name, labels))

    def gauge(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        self.now[f"ray_{name}", self._labels(MetricKind.GAUGE, name, labels)] = value

    def observe(self, name: str, value: float, labels: Mapping[str, str] | None = None) -> None:
        key = self._labels(MetricKind.HISTOGRAM, name, labels)
        self._add(f"{name}_sum", value, key)
        self._add(f"{name}_count", 1.0, key)
        for bound in (*BOUNDARIES_S, float("inf")):
            le = "+Inf" if bound == float("inf") else str(bound)
            self._add(f"{name}_bucket", float(value <= bound), key | {("le", le)})

    def scrape(self, at_s: float) -> None:
        """Take a sample of every figure."""
        for key, value in self.now.items():
            self.series.setdefault(key, []).append((at_s, value))

    def forget_gauges(self) -> None:
        """Drop every series that is not reported again before the next scrape, as Ray does."""
        gauges = {f"ray_{name}" for name, figure in FIGURES.items() if figure.kind is MetricKind.GAUGE}
        self.now = {key: value for key, value in self.now.items() if key[0] not in gauges}

    def _add(self, name: str, value: float, labels: Labels) -> None:
        key = (f"ray_{name}", labels)
        self.now[key] = self.now.get(key, 0.0) + value

    @staticmethod
    def _labels(kind: MetricKind, name: str, labels: Mapping[str, str] | None) -> Labels:
        assert FIGURES[name].kind is kind
        assert set(labels or {}) == set(FIGURES[name].labels), name
        return frozenset((labels or {}).items())


def fires(rule: Mapping[str, Any], scrapes: Scrapes, at_s: float) -> bool:
    """Whether an alert's condition has held for as long as it has to, for one and the same series."""
    for_s = duration_s(rule.get("for", "0s"))
    holding: set[Labels] | None = None
    looks = int(for_s / EVERY_S)
    for back in range(looks + 1):
        found = evaluate(rule["expr"], scrapes, at_s - back * EVERY_S)
        assert isinstance(found, dict)
        holding = set(found) if holding is None else holding & set(found)
    return bool(holding)


def duration_s(text: str) -> float:
    """Return how long ``5m`` is, seconds."""
    return float(text[:-1]) * {"s": 1.0, "m": 60.0, "h": 3600.0}[text[-1]]


def evaluate(expression: str, scrapes: Scrapes, at_s: float) -> float | Vector:
    """Return what an expression is at a time.

    Raises:
        SyntaxError: it uses what this part of PromQL lacks.
    """
    parser = _Parser(expression)
    node = parser.expression()
    if parser.peek():
        raise SyntaxError(f"`{parser.peek()}` in {expression}")
    return node(scrapes, at_s)


Node = Callable[[Scrapes, float], float | Vector]
Range = Callable[[Scrapes, float], dict[Labels, Series]]
_TOKEN = re.compile(
    r"\s*(\d+(?:\.\d+)?(?:e\d+)?(?![\w:])|\d+[smh]|\"[^\"]*\"|[a-zA-Z_]\w*|>=|<=|==|!=|=~|!~|[-+*/<>=(){}\[\],:])"
)
_COMPARE: Final[dict[str, Callable[[float, float], bool]]] = {
    ">": lambda a, b: a > b,
    "<": lambda a, b: a < b,
    ">=": lambda a, b: a >= b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
}
_AGGREGATE: Final[dict[str, Callable[[Iterable[float]], float]]] = {"sum": sum, "min": min, "max": max}


class _Parser:
    """Recursive descent; the loosest operator first."""

    def __init__(self, text: str) -> None:
        self._tokens = _TOKEN.findall(text)
        if re.sub(r"\s+", "", "".join(self._tokens)) != re.sub(r"\s+", "", text):
            raise SyntaxError(text)
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise SyntaxError(f"`{token}` where `{wanted}` was expected")
        self._at += 1
        return token

    def expression(self) -> Node:
        left = self._all()
        while self.peek() == "or":
            self.take()
            left = _set(left, self._all(), lambda a, b: {**b, **a})
        return left

    def _all(self) -> Node:
        left = self._comparison()
        while self.peek() in ("and", "unless"):
            kept = self.take() == "and"
            right = self._comparison()
            left = _set(left, right, _both if kept else _left_alone)
        return left

    def _comparison(self) -> Node:
        left = self._product()
        if self.peek() in _COMPARE:
            return _compared(left, self.take(), self._product())
        return left

    def _product(self) -> Node:
        left = self._primary()
        while self.peek() in ("*", "/"):
            left = _computed(left, self.take(), self._primary())
        return left

    def _primary(self) -> Node:
        token = self.take()
        if token == "(":
            inner = self.expression()
            self.take(")")
            return inner
        if token[0].isdigit():
            return lambda _scrapes, _at_s: float(token)
        if token in _AGGREGATE:
            return self._aggregate(_AGGREGATE[token])
        if token in ("rate", "increase", "deriv"):
            self.take("(")
            samples, length_s = self._range()
            self.take(")")
            return _over(token, samples, length_s)
        if token == "absent":
            self.take("(")
            inner = self.expression()
            self.take(")")
            return lambda scrapes, at_s: {} if inner(scrapes, at_s) else {frozenset(): 1.0}
        if token == "histogram_quantile":
            self.take("(")
            share = float(self.take())
            self.take(",")
            inner = self.expression()
            self.take(")")
            return lambda scrapes, at_s: _quantile(share, inner(scrapes, at_s))
        return self._selector(token)

    def _aggregate(self, how: Callable[[Iterable[float]], float]) -> Node:
        by: list[str] = []
        if self.peek() == "by":
            self.take()
            self.take("(")
            by = [self.take()]
            while self.peek() == ",":
                self.take()
                by.append(self.take())
            self.take(")")
        self.take("(")
        inner = self.expression()
        self.take(")")

        def aggregated(scrapes: Scrapes, at_s: float) -> Vector:
            groups: dict[Labels, list[float]] = {}
            found = inner(scrapes, at_s)
            assert isinstance(found, dict)
            for labels, value in found.items():
                groups.setdefault(frozenset(one for one in labels if one[0] in by), []).append(value)
            return {labels: _aggregated(how, values) for labels, values in groups.items()}

        return aggregated

    def _matchers(self) -> list[Callable[[Mapping[str, str]], bool]]:
        found: list[Callable[[Mapping[str, str]], bool]] = []
        if self.peek() == "{":
            self.take()
            while self.peek() != "}":
                name, how, text = self.take(), self.take(), self.take().strip('"')
                found.append(_matcher(name, how, text))
                if self.peek() == ",":
                    self.take()
            self.take("}")
        return found

    def _selector(self, name: str) -> Node:
        matchers = self._matchers()
        offset_s = 0.0
        if self.peek() == "offset":
            self.take()
            offset_s = duration_s(self.take())

        def instant(scrapes: Scrapes, at_s: float) -> Vector:
            found: Vector = {}
            for labels, samples in _matching(scrapes, name, matchers).items():
                last_s = at_s - offset_s
                fresh = [value for when_s, value in samples if last_s - LOOKBACK_S < when_s <= last_s]
                if fresh:
                    found[labels] = fresh[-1]
            return found

        return instant

    def _range(self) -> tuple[Range, float]:
        """Read a range of samples, or one of an expression's values: ``expression[30m:1m]``."""
        start = self._at
        name = self.take()
        if name not in _AGGREGATE:
            matchers = self._matchers()
            self.take("[")
            length_s = duration_s(self.take())
            self.take("]")
            return lambda scrapes, at_s: {
                labels: [one for one in samples if at_s - length_s <= one[0] <= at_s]
                for labels, samples in _matching(scrapes, name, matchers).items()
            }, length_s
        self._at = start
        inner = self._primary()
        self.take("[")
        length_s = duration_s(self.take())
        self.take(":")
        step_s = duration_s(self.take())
        self.take("]")

        def sampled(scrapes: Scrapes, at_s: float) -> dict[Labels, Series]:
            found: dict[Labels, Series] = {}
            for step in range(int(length_s / step_s), -1, -1):
                values = inner(scrapes, at_s - step * step_s)
                assert isinstance(values, dict)
                for labels, value in values.items():
                    found.setdefault(labels, []).append((at_s - step * step_s, value))
            return found

        return sampled, length_s


def _aggregated(how: Callable[[Iterable[float]], float], values: list[float]) -> float:
    # As Prometheus has it: a sum of what holds NaN is NaN, the least or most leaves NaN out.
    numbers = values if how is sum else [one for one in values if not isnan(one)] or values
    return how(numbers)


def _matching(
    scrapes: Scrapes, name: str, matchers: list[Callable[[Mapping[str, str]], bool]]
) -> dict[Labels, Series]:
    return {
        labels: samples
        for (named, labels), samples in scrapes.series.items()
        if named == name and all(fits(dict(labels)) for fits in matchers)
    }


def _matcher(name: str, how: str, text: str) -> Callable[[Mapping[str, str]], bool]:
    if how in ("=~", "!~"):
        pattern = re.compile(f"(?:{text})")
        return lambda labels: (pattern.fullmatch(labels.get(name, "")) is not None) == (how == "=~")
    assert how in ("=", "!=")
    return lambda labels: (labels.get(name, "") == text) == (how == "=")


def _both(a: Vector, b: Vector) -> Vector:
    return {key: a[key] for key in a.keys() & b.keys()}


def _left_alone(a: Vector, b: Vector) -> Vector:
    return {key: a[key] for key in a.keys() - b.keys()}


def _set(left: Node, right: Node, join: Callable[[Vector, Vector], Vector]) -> Node:
    def joined(scrapes: Scrapes, at_s: float) -> Vector:
        a, b = left(scrapes, at_s), right(scrapes, at_s)
        assert isinstance(a, dict)
        assert isinstance(b, dict)
        return join(a, b)

    return joined


def _pairs(a: float | Vector, b: float | Vector) -> Iterable[tuple[Labels, float, float]]:
    if isinstance(a, dict) and isinstance(b, dict):
        return [(key, a[key], b[key]) for key in a.keys() & b.keys()]
    if isinstance(a, dict):
        assert not isinstance(b, dict)
        return [(key, value, b) for key, value in a.items()]
    assert isinstance(b, dict)
    return [(key, a, value) for key, value in b.items()]


def _compared(left: Node, how: str, right: Node) -> Node:
    def kept(scrapes: Scrapes, at_s: float) -> Vector:
        pairs = _pairs(left(scrapes, at_s), right(scrapes, at_s))
        return {key: a for key, a, b in pairs if _COMPARE[how](a, b)}

    return kept


def _computed(left: Node, how: str, right: Node) -> Node:
    def made(scrapes: Scrapes, at_s: float) -> Vector:
        pairs = _pairs(left(scrapes, at_s), right(scrapes, at_s))
        return {key: a * b if how == "*" else a / b if b else float("nan") for key, a, b in pairs}

    return made


def _over(how: str, samples: Range, length_s: float) -> Node:
    def found(scrapes: Scrapes, at_s: float) -> Vector:
        result: Vector = {}
        for labels, series in samples(scrapes, at_s).items():
            if len(series) < 2:
                continue
            if how == "deriv":
                result[labels] = _slope(series)
                continue
            rise = sum(b - a if b >= a else b for (_, a), (_, b) in pairwise(series))
            result[labels] = rise if how == "increase" else rise / length_s
        return result

    return found


def _slope(series: Series) -> float:
    mean_t = sum(when_s for when_s, _ in series) / len(series)
    mean_v = sum(value for _, value in series) / len(series)
    spread = sum((when_s - mean_t) ** 2 for when_s, _ in series)
    return sum((when_s - mean_t) * (value - mean_v) for when_s, value in series) / spread


def _quantile(share: float, buckets: float | Vector) -> Vector:
    assert isinstance(buckets, dict)
    groups: dict[Labels, list[tuple[float, float]]] = {}
    for labels, value in buckets.items():
        bound = float(dict(labels)["le"].replace("+Inf", "inf"))
        groups.setdefault(frozenset(one for one in labels if one[0] != "le"), []).append((bound, value))
    result: Vector = {}
    for labels, rows in groups.items():
        bounds, counts = zip(*sorted(rows), strict=True)
        if not counts[-1]:
            continue
        wanted = share * counts[-1]
        at = bisect_left(counts, wanted)
        if bounds[at] == float("inf"):
            result[labels] = bounds[at - 1]
            continue
        lower, below = (bounds[at - 1], counts[at - 1]) if at else (0.0, 0.0)
        result[labels] = lower + (bounds[at] - lower) * (wanted - below) / (counts[at] - below)
    return result
