"""The catalog itself: query, check, back up, export; for operators."""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from pydantic import Field

from farm.contract.model import Order, Result
from farm.contract.operation import operation
from farm.contract.scope import Scope
from farm.model.access import Role


class Question(Order):
    """A query of the catalog."""

    sql: str = Field(min_length=1, max_length=20_000, description="One SELECT, or an EXPLAIN of one.")
    rows: int = Field(1_000, ge=1, le=10_000, description="Maximum number of rows.")


class Answer(Result):
    """The rows that a query returned."""

    columns: list[str]
    rows: list[list[Any]]
    cut: bool = Field(description="Whether there are more.")


class InconsistencyItem(Result):
    """An inconsistency in the catalog."""

    what: str
    count: int = Field(description="Number of rows affected.")
    examples: list[str]
    remedy: str


class CatalogCheck(Result):
    """The result of a consistency check."""

    layout: int = Field(description="Number of the last migration.")
    rows: dict[str, int] = Field(description="How many rows each table has.")
    size_bytes: int
    findings: list[InconsistencyItem]


class CatalogBackup(Result):
    """A backup that was made."""

    file: str
    size_bytes: int
    removed: list[str] = Field(description="Older backups that were removed.")


class CatalogExport(Result):
    """The Parquet files that were written."""

    folder: str
    rows: dict[str, int] = Field(description="How many rows each file has, by table.")


class CatalogService(Protocol):
    """Maintenance of the catalog."""

    @operation("POST", "/v1/catalog/query", tag="catalog", role=Role.OPERATE)
    def query(self, scope: Scope, *, question: Question) -> Answer:
        """Query the catalog with read-only SQL; aborted after 30 s."""

    @operation("POST", "/v1/catalog/check", tag="catalog", role=Role.OPERATE)
    def check(
        self,
        scope: Scope,
        *,
        files: Annotated[bool, Field(description="Also check whether the library's files exist.")] = True,
    ) -> CatalogCheck:
        """Check the catalog: list inconsistencies and how to repair them."""

    @operation("POST", "/v1/catalog/backup", tag="catalog", role=Role.OPERATE, status=201)
    def backup(self, scope: Scope) -> CatalogBackup:
        """Copy the catalog into its backup folder on the farm's machine; the newest seven are kept."""

    @operation("POST", "/v1/catalog/export", tag="catalog", role=Role.OPERATE, status=201)
    def export(self, scope: Scope) -> CatalogExport:
        """Write every table as Parquet into a folder on the farm's machine."""
