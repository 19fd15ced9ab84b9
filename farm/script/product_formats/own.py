"""Farm's own product document."""

from __future__ import annotations

from typing import Final

from farm.model.script import ProductDocument
from farm.script.product_formats.fields import ProductFields
from farm.script.product_formats.format import ProductFormat, Record

_FIELDS: Final = frozenset(ProductDocument.model_fields)


def _find(record: Record) -> Record | None:
    own = set(record) <= _FIELDS and not isinstance(record.get("category"), list)
    return record if own else None


def _read(fields: ProductFields) -> tuple[str, ...]:
    for name, value in fields.record.items():
        fields.used.add(name)
        if name in ("price", "was"):
            fields.amount(name, value, name)
        else:
            fields.set(name, value, name)
    if not str(fields.values.get("name") or "").strip():
        fields.values.pop("name", None)
    return ()


OWN: Final = ProductFormat("farm", _find, _read)
