"""A catalog with a few productions, for tests of what became of them."""

from __future__ import annotations

from collections.abc import Iterable

from farm_catalog.catalog import Catalog
from farm_catalog.productions import OrderedProduction, ProductionEnd


def make(catalog: Catalog, productions: Iterable[tuple[str, str, str, str]]) -> None:
    """Note finished productions: (name, owner, template, category)."""
    for name, owner, template, category in productions:
        parts = (("asset", f"asset of {name}"), ("effect", "basics.look"), ("music", "calm"))
        catalog.productions.order(
            [
                OrderedProduction(
                    production=name, owner=owner, work_id="w", version=1, name=name, template=f"{template}@1",
                    script="retail.hook@2", category=category, product="p", platform="douyin", document="{}",
                    parts=parts, farm="0.1.0",
                )
            ]
        )  # fmt: skip
        catalog.productions.end([ProductionEnd(name, "done", 1_780_000_000.0)])
