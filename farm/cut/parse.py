"""Parsing what users write about works: orders, edits, and whole documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from farm.cut.edit import Edit
from farm.errors import DocumentError, Problem
from farm.model.problems import problems_of
from farm.model.work import WorkDocument
from farm.model.work_order import WorkOrder

MAX_EDITS: Final = 1000
"""Maximum edits per request; more are refused."""


class _Edits(BaseModel):
    edits: list[Edit]


def parse_order(order: Mapping[str, Any]) -> WorkOrder:
    """Parse a work order from plain data.

    Raises:
        DocumentError: with all its problems.
    """
    try:
        return WorkOrder.model_validate(dict(order))
    except ValidationError as error:
        raise DocumentError(problems_of(error, WorkOrder, at=""), source="work") from error


def parse_work(document: Mapping[str, Any]) -> WorkDocument:
    """Parse a work document from plain data.

    Raises:
        DocumentError: with all its problems.
    """
    try:
        return WorkDocument.model_validate(dict(document))
    except ValidationError as error:
        raise DocumentError(problems_of(error, WorkDocument, at=""), source="work") from error


def parse_edits(edits: Sequence[Mapping[str, Any]]) -> list[Edit]:
    """Parse edits from plain data.

    Raises:
        DocumentError: with all their problems, or if there are more than :data:`MAX_EDITS`.
    """
    if len(edits) > MAX_EDITS:
        message = f"{len(edits):,} edits; {MAX_EDITS:,} are allowed at once"
        raise DocumentError([Problem("edits", message)], source="edits")
    try:
        return _Edits.model_validate({"edits": [dict(one) for one in edits]}).edits
    except ValidationError as error:
        raise DocumentError(problems_of(error, _Edits), source="edits") from error
