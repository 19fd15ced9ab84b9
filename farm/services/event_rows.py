"""Events as submitted: NDJSON or CSV, one per row, validated one by one."""

from __future__ import annotations

import csv
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from math import isfinite
from typing import Any, Final

from farm.errors import DocumentError, Problem, counted, did_you_mean, unknown_names
from farm_catalog.events import KINDS, Event

FIELDS: Final = (
    "id", "production", "kind", "at", "platform", "viewer", "count", "watched_s", "share", "value", "currency",
)  # fmt: skip
"""Fields that a row may have; the first four are required."""
REQUIRED: Final = FIELDS[:4]
SKEW_S: Final = 300.0
"""How many seconds a sender's clock may be ahead of this machine's."""
EARLIEST_S: Final = 946_684_800.0
"""The start of 2000: an earlier time is evidently not in seconds since the epoch."""
MAX_ROW_PROBLEMS: Final = 10
"""How many problems of an event are listed; the rest are only counted."""
MOST_COUNT: Final = 1_000_000_000
_LONGEST: Final = {"id": 200, "production": 80, "platform": 60, "viewer": 200}

Row = Mapping[str, Any]
Line = tuple[int, Row | Problem]
"""A line's number, from 1, and its content: a row, or why there is none."""


def read_rows(lines: Iterable[str], kind: str, source: str) -> Iterator[Line]:
    """Yield the rows of an event table with their line numbers; only their syntax is checked.

    Args:
        lines: The table.
        kind: ``ndjson``, one object per line, or ``csv``, with a header line.
        source: Its name in messages.

    Raises:
        DocumentError: the table as a whole cannot be read.
    """
    if kind == "ndjson":
        yield from _objects(lines)
    elif kind == "csv":
        yield from _cells(lines, source)
    else:
        raise DocumentError(
            [Problem("", f"`{kind}` is not a table format; allowed: csv, ndjson")], source=source
        )


def event_of(row: Row, now_s: float | None = None) -> Event | list[Problem]:
    """Return the event that a row describes, or all its problems."""
    problems = unknown_names(row, FIELDS, what="unknown field", guessed=MAX_ROW_PROBLEMS)
    problems += [
        Problem(name, "is missing") for name in REQUIRED if not str(_or_empty(row.get(name))).strip()
    ]
    reader = _Reader(row, problems)
    at_s = reader.moment("at", time.time() if now_s is None else now_s)
    kind = reader.text("kind")
    if kind and kind not in KINDS:
        problems.append(Problem("kind", f"`{kind[:40]}` is not a kind of event{did_you_mean(kind, KINDS)}"))
    value = reader.number("value", 0.0, 1e12) or 0.0
    currency = reader.text("currency")
    if currency and not re.fullmatch(r"[A-Z]{3}", currency):
        problems.append(
            Problem("currency", f"`{currency[:20]}` is not a currency; write three capital letters, e.g. CNY")
        )
    if value and not currency:
        problems.append(
            Problem("currency", "is required with a value; write three capital letters, e.g. CNY")
        )
    count = reader.number("count", 0, MOST_COUNT, whole=True)
    made = Event(
        event_id=reader.text("id"),
        production=reader.text("production"),
        kind=kind,
        at_s=at_s,
        platform=reader.text("platform"),
        viewer=reader.text("viewer"),
        count=1 if count is None else int(count),
        watched_s=reader.number("watched_s", 0.0, 86_400.0),
        share=reader.number("share", 0.0, 1.0),
        value=value,
        currency=currency if value else "",
    )
    return list(counted(problems, MAX_ROW_PROBLEMS)) or made


class _Reader:
    """Reads a row's fields and collects their problems."""

    def __init__(self, row: Row, problems: list[Problem]) -> None:
        self._row = row
        self._problems = problems

    def text(self, name: str) -> str:
        value = self._row.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int):
            self._problems.append(Problem(name, f"must be text, is {_shown(value)}"))
            return ""
        text = str(value).strip()
        longest = _LONGEST.get(name, 60)
        if len(text) > longest:
            self._problems.append(Problem(name, f"has {len(text)} characters; {longest} are allowed"))
        if "\0" in text or not text.isprintable():
            self._problems.append(Problem(name, "contains characters that cannot be printed"))
        return text

    def number(self, name: str, least: float, most: float, *, whole: bool = False) -> float | None:
        value = self._row.get(name)
        if value is None or value == "":
            return None
        kind = "a whole number" if whole else "a number"
        try:
            if isinstance(value, bool) or not isinstance(value, str | int | float):
                raise ValueError
            number = float(value)
            if not isfinite(number) or (whole and number != int(number)):
                raise ValueError
        except (ValueError, OverflowError):
            self._problems.append(Problem(name, f"must be {kind}, is {_shown(value)}"))
            return None
        if not least <= number <= most:
            self._problems.append(
                Problem(name, f"must be {kind} from {least:g} to {most:g}, is {_shown(value)}")
            )
            return None
        return number

    def moment(self, name: str, now_s: float) -> float:
        value = self._row.get(name)
        if value is None or not str(value).strip():
            return 0.0
        allowed = "seconds since the epoch, or a time like 2026-11-23T08:00:00+08:00"
        at_s = _seconds(value)
        if at_s is None:
            self._problems.append(Problem(name, f"must be {allowed}, is {_shown(value)}"))
            return 0.0
        if at_s > now_s + SKEW_S:
            message = f"{_shown(value)} is in the future, it is {datetime.fromtimestamp(now_s, UTC):%Y-%m-%dT%H:%M:%SZ}"
            hint = (
                "; these are milliseconds, write seconds"
                if EARLIEST_S <= at_s / 1000 <= now_s + SKEW_S
                else ""
            )
            self._problems.append(Problem(name, message + hint))
        elif at_s < EARLIEST_S:
            self._problems.append(
                Problem(name, f"{_shown(value)} is before the year 2000; allowed: {allowed}")
            )
        return at_s


def _seconds(value: Any) -> float | None:
    """Return a time as seconds since the epoch; without a time zone it is UTC. None if it is not a time."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
        return number if isfinite(number) else None
    except OverflowError:
        return None
    except ValueError:
        pass
    try:
        at = datetime.fromisoformat(str(value).strip())
        return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def _objects(lines: Iterable[str]) -> Iterator[Line]:
    for number, line in enumerate(lines, 1):
        text = line.removeprefix("\ufeff").strip()
        if not text:
            continue
        try:
            row = json.loads(text)
        except (ValueError, RecursionError) as error:
            yield number, Problem("", f"is not JSON: {error}")
            continue
        yield (
            number,
            row if isinstance(row, dict) else Problem("", f"must be a JSON object, is {_shown(row)}"),
        )


def _cells(lines: Iterable[str], source: str) -> Iterator[Line]:
    reader = csv.reader((line.removeprefix("\ufeff") for line in lines), strict=True)
    try:
        names = [name.strip() for name in next(reader, [])]
        problems = [
            Problem(f"column {one.path or '(empty)'}", one.message)
            for one in unknown_names(names, FIELDS, what="unknown")
        ]
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        problems += [Problem(f"column {name}", "stands twice") for name in twice]
        problems += [Problem(f"column {name}", "is missing") for name in REQUIRED if name not in names]
        if problems:
            raise DocumentError(problems, source=source)
        for cells in reader:
            if not cells:
                continue
            if len(cells) != len(names):
                yield reader.line_num, Problem("", f"has {len(cells)} cells; the columns are {len(names)}")
                continue
            yield reader.line_num, dict(zip(names, cells, strict=True))
    except csv.Error as error:
        message = (
            f"the CSV cannot be read beyond line {reader.line_num}: {error}; the rows before it were read"
        )
        yield reader.line_num, Problem("", message)


def _or_empty(value: Any) -> Any:
    return "" if value is None else value


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else f"{text[:57]}…"
