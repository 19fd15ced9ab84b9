"""Rows: turns a table of products (CSV or NDJSON) into one job document per row."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from math import isfinite
from typing import Any, Final

from farm.draft.draft import check_slots
from farm.errors import DocumentError, Problem, counted, did_you_mean, unknown_names
from farm.model.output_document import OutputDocument
from farm.model.parse import check_job, load_document
from farm.model.schema import Schema, json_schema, options
from farm.plugins.registry import Registry, load_registry

MAX_ROWS: Final = 20_000
"""Longer tables are refused and must be sent in parts."""
MAX_COLUMNS: Final = 500
"""Wider tables are refused."""
MAX_ROW_PROBLEMS: Final = 10
"""Problems listed per row; the rest are only counted."""
MAX_CELL_BYTES: Final = 1 << 16
LIST_MARK: Final = "|"
"""Separates list items within a cell, as in ``front.jpg|side.jpg``."""
OUTPUT_COLUMNS: Final = tuple(f"output.{name}" for name in OutputDocument.model_fields)
"""Columns that are not slots but parts of the job itself, like ``template``."""

Columns = Mapping[str, tuple[Sequence[str], Sequence[Schema]]]
"""For each column, its path in a template's slots and the schemas allowed there."""
ColumnsOf = Callable[[str], Columns]
"""Returns the columns of a template."""


@dataclass(frozen=True, slots=True)
class RowJob:
    """A row and the job it requests."""

    number: int
    """Row number from 1, not counting the header line."""
    document: Mapping[str, Any] | None
    """The job document; None if the row is invalid."""
    problems: tuple[Problem, ...]
    """Problems with the row, each at its column."""


def installed_row_jobs(text: str, kind: str, *, template: str | None, source: str) -> list[RowJob]:
    """Like :func:`row_jobs`, with the templates installed on this machine."""
    return row_jobs(text, kind, load_registry(), template=template, source=source)


def row_jobs(text: str, kind: str, registry: Registry, *, template: str | None, source: str) -> list[RowJob]:
    """Return a job document for every row, each with its own problems; media are not probed.

    Args:
        text: The table.
        kind: ``csv``, with a header line, or ``ndjson``, one object per line.
        registry: The templates.
        template: Template of rows that name none themselves.
        source: Name of the table in messages.

    Raises:
        DocumentError: the table as a whole cannot be read: no rows, too many, an unknown column.
    """
    if template is not None and template not in registry.templates:
        raise DocumentError(
            [Problem("template", registry.templates.lack(template, "template"))], source=source
        )
    text = text.removeprefix("\ufeff")
    reader = {"csv": _csv_rows, "ndjson": _ndjson_rows}.get(kind)
    if reader is None:
        raise DocumentError(
            [Problem("", f"`{kind}` is not a kind of table; allowed: csv, ndjson")], source=source
        )
    rows: list[RowJob] = []
    for number, row in reader(text, registry, template, source):
        if number > MAX_ROWS:
            message = f"more than {MAX_ROWS:,} rows; send the table in parts"
            raise DocumentError([Problem("", message)], source=source)
        if isinstance(row, Problem):
            rows.append(RowJob(number, None, (row,)))
            continue
        _, problems = check_job(row, guessed=MAX_ROW_PROBLEMS)
        problems += check_slots(row, registry, guessed=MAX_ROW_PROBLEMS)
        rows.append(RowJob(number, None if problems else row, counted(problems, MAX_ROW_PROBLEMS)))
    if not rows:
        raise DocumentError([Problem("", "the table has no rows")], source=source)
    return rows


def _ndjson_rows(
    text: str, registry: Registry, template: str | None, source: str
) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    del registry
    for number, line in enumerate((line for line in text.split("\n") if line.strip()), 1):
        if line.strip() == "null":
            yield number, Problem("", "left out by its sender as invalid")
            continue
        try:
            row = load_document(line, source=source)
        except DocumentError as error:
            yield number, error.problems[0]
            continue
        if "slots" not in row and "timeline" not in row:
            row = {"slots": row}
        if template is not None and "timeline" not in row:
            row = {"template": template, **row}
        yield number, row


def _csv_rows(
    text: str, registry: Registry, template: str | None, source: str
) -> Iterator[tuple[int, dict[str, Any] | Problem]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        # Finding a template's columns is slow compared with reading a row.
        columns_of = cache(partial(_columns, registry))
        _check_header(header, columns_of, template, source)
        number = 0
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            number += 1
            if len(cells) > len(header):
                yield number, Problem("", f"{len(cells)} cells, but the table has {len(header)} columns")
                continue
            yield number, _row(dict(zip(header, cells, strict=False)), registry, columns_of, template)
    except csv.Error as error:
        message = (
            f"line {reader.line_num} is not CSV: {error}; quote cells that contain commas or line breaks"
        )
        raise DocumentError([Problem("", message)], source=source) from error


def _check_header(header: Sequence[str], columns_of: ColumnsOf, template: str | None, source: str) -> None:
    problems = []
    if not any(header):
        problems.append(Problem("", "the first line must contain the column names, e.g. `name,price,photos`"))
    if len(header) > MAX_COLUMNS:
        message = f"the table has {len(header):,} columns; {MAX_COLUMNS} are allowed"
        raise DocumentError([Problem("", message)], source=source)
    for name in sorted(name for name, times in Counter(header).items() if times > 1):
        problems.append(Problem(name, "this column is repeated"))
    if template is None and "template" not in header:
        problems.append(Problem("template", "specify a template, or add a column `template` to the table"))
    # If rows name their own templates, their columns are checked row by row.
    if template is not None and "template" not in header:
        columns = columns_of(template)
        unknown = [name for name in header if name and name not in columns and name not in OUTPUT_COLUMNS]
        problems += unknown_names(unknown, _named(columns), what="there is no such column")
        problems += _same_slot(header, columns)
    if problems:
        raise DocumentError(problems, source=source)


def _named(columns: Mapping[str, Any]) -> list[str]:
    """Return the column names to show in messages: short names where they exist."""
    full = {".".join(path) for path, _ in columns.values()}
    short = {".".join(path): name for name, (path, _) in columns.items() if name not in full}
    return sorted({short.get(name, name) for name in full} | set(OUTPUT_COLUMNS))


def _same_slot(names: Iterable[str], columns: Columns) -> list[Problem]:
    """Return a problem for each column that fills the same slot as an earlier one."""
    first: dict[str, str] = {}
    problems = []
    for name in dict.fromkeys(name for name in names if name in columns):
        slot = ".".join(columns[name][0])
        if first.setdefault(slot, name) != name:
            problems.append(Problem(name, f"the same slot as the column `{first[slot]}`; leave one out"))
    return problems


def _row(
    cells: Mapping[str, str], registry: Registry, columns_of: ColumnsOf, template: str | None
) -> dict[str, Any] | Problem:
    """Return the job document of a row's cells, or its problem; empty cells count as absent."""
    filled = {name: cell.strip() for name, cell in cells.items() if name and cell.strip()}
    name = filled.pop("template", template) or ""
    if name not in registry.templates:
        return Problem("template", registry.templates.lack(name, "template"))
    columns = columns_of(name)
    for problem in _same_slot(filled, columns):
        return problem
    job: dict[str, Any] = {"template": name, "slots": {}}
    for column, cell in filled.items():
        if len(cell.encode("utf-8", "surrogatepass")) > MAX_CELL_BYTES:
            return Problem(column, f"a cell has at most {MAX_CELL_BYTES // 1024} KiB")
        if column in OUTPUT_COLUMNS:
            _put(job, column.split("."), _number(cell) if column == "output.short_side" else cell)
        elif column in columns:
            path, allowed = columns[column]
            _put(job["slots"], path, _typed(cell, allowed))
        else:
            return Problem(column, f"no such column{did_you_mean(column, _named(columns))}")
    return job


def _columns(registry: Registry, template: str) -> Columns:
    """Return the slot path and allowed schemas of each column of a template.

    A nested slot is named in full, ``product.price``, or by its last component where that is unambiguous.
    """
    schema = json_schema(registry.templates[template].value.slots)
    columns: dict[str, tuple[list[str], list[Schema]]] = {}
    short: dict[str, list[str]] = {}

    def open_up(node: Schema, path: list[str]) -> None:
        for name, below in node.get("properties", {}).items():
            allowed = options([below], schema.get("$defs", {}))
            inner = [one for one in allowed if one.get("type") == "object" and "properties" in one]
            for one in inner:
                open_up(one, [*path, name])
            if not inner:
                columns[".".join([*path, name])] = ([*path, name], allowed)
                if path:
                    short.setdefault(name, []).append(".".join([*path, name]))

    open_up(schema, [])
    for name, full in short.items():
        if len(full) == 1 and name not in columns:
            columns[name] = columns[full[0]]
    return columns


def _typed(cell: str, allowed: Sequence[Schema]) -> Any:
    """Convert a cell to its slot's type; a cell that does not fit stays text, so that slot validation reports it."""
    kinds = {one.get("type") for one in allowed}
    if "array" in kinds:
        return [item.strip() for item in cell.split(LIST_MARK) if item.strip()]
    if "string" in kinds:
        return cell
    if "boolean" in kinds and cell.lower() in ("yes", "no", "true", "false"):
        return cell.lower() in ("yes", "true")
    return _number(cell) if kinds & {"number", "integer"} else cell


def _number(cell: str) -> Any:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        return cell
    number = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return value if number else cell


def _put(target: dict[str, Any], path: Sequence[str], value: Any) -> None:
    *above, last = path
    for name in above:
        target = target.setdefault(name, {})
    target[last] = value
