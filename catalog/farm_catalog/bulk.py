"""Many rows in one statement: bound one by one, they take DuckDB a hundred times longer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from duckdb import DuckDBPyConnection

Row = dict[str, Any]


def insert(connection: DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    """Insert rows given as dicts by column name."""
    if not rows:
        return
    columns = connection.execute(
        "SELECT column_name, data_type FROM duckdb_columns() WHERE table_name = ? AND schema_name = 'main'",
        [table],
    ).fetchall()
    shape = {name: kind for name, kind in columns if name in rows[0]}
    connection.execute(
        f"INSERT INTO {table} BY NAME SELECT unnest(from_json(?::JSON, ?), max_depth := 2)",
        [json.dumps(rows, ensure_ascii=False), json.dumps([shape])],
    )


def values(connection: DuckDBPyConnection, sql: str, parameters: Sequence[Any] = ()) -> list[Row]:
    """Return the rows of a query as dicts by column name."""
    cursor = connection.execute(sql, list(parameters))
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def names(words: Sequence[str]) -> str:
    """Return words as the JSON list that ``IN_LIST`` takes."""
    return json.dumps(list(words), ensure_ascii=False)


IN_LIST = """(SELECT unnest(from_json(?::JSON, '["VARCHAR"]')) AS one)"""
"""A list of words as one parameter."""
