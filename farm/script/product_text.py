"""The text of a product file: one record, or a list of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from farm.errors import DocumentError, Problem, did_you_mean
from farm.model.parse import load_document
from farm.script.product_formats.format import Record

_IDS: Final = ("id", "sku", "handle", "productID", "gtin", "mpn")


def one_record(text: str, *, source: str, name: str = "") -> Record:
    """Return the only record in a YAML or JSON text, or with ``name`` the record with this id in a JSON list.

    Raises:
        DocumentError: it is not a document, or holds several records, or none with that id.
    """
    start = text.lstrip("\ufeff \t\r\n")[:200].lower()
    if start.startswith("<"):
        raise _refused(
            source, "this is HTML or XML, not a product; give its JSON or YAML, or its JSON-LD block alone"
        )
    if not start:
        raise _refused(source, "the file is empty; a product has at least a `name`")
    if name:
        found = dict(listed_records(text, source=source))
        if name not in found:
            raise _refused(source, f"there is no product with the id `{name}`{did_you_mean(name, found)}")
        return found[name]
    return _only(text, source)


def listed_records(text: str, *, source: str) -> list[tuple[str, Record]]:
    """Return (id, record) of each item of a JSON list of products, or of such a list under ``products``.

    Raises:
        DocumentError: it is no such list.
    """
    try:
        items = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise _refused(source, f"is not a JSON list of products ({error})") from error
    if isinstance(items, Mapping):
        items = items.get("products")
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise _refused(source, "is not a JSON list of products")
    return [
        (str(next((item[key] for key in _IDS if item.get(key) not in (None, "")), index + 1)), item)
        for index, item in enumerate(items)
    ]


def _only(text: str, source: str) -> Record:
    """Return the single mapping in the text; a list of one is unpacked, a longer list refused."""
    if text.lstrip("\ufeff \t\r\n").startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            return load_document(text, source=source)
        if isinstance(items, list) and len(items) == 1 and isinstance(items[0], dict):
            return items[0]
        raise _refused(
            source,
            f"this is a list of {len(items)} items; select one by FILE#ID, or write one product per file",
        )
    try:
        return load_document(text.lstrip("\ufeff"), source=source)
    except DocumentError as error:
        # The document parser's messages are about jobs.
        message = error.problems[0].message.replace(
            "a job document is a mapping with `template` or `timeline`",
            "a product is a mapping with a `name`",
        )
        raise _refused(source, message) from error


def _refused(source: str, message: str) -> DocumentError:
    return DocumentError([Problem("", message)], source=source)
