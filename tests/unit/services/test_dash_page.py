"""The dashboard's page: whole in itself, readable without its charts, and safe whatever things are called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from farm.contract.audience import Dashboard
from farm.contract.scope import Scope, everybody
from farm.dashboard.charts import band, bars, columns, intervals
from farm.dashboard.page import page
from farm.dashboard.tables import percent, rate, tables
from farm.model.access import Role
from farm.services.audience import CatalogAudience
from farm_catalog.catalog import Catalog
from farm_catalog.events import Event
from tests.unit.catalog.productions_made import make
from tests.unit.catalog.test_catalog import record

EVIL = '<script>alert("x")</script>'
VOID = {"meta", "rect", "line", "polygon", "polyline", "br"}


class Reader(HTMLParser):
    """Checks that elements are closed in order and notes what is there."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with Catalog.open(tmp_path / "catalog.duckdb") as opened:
        make(opened, [("p1", "shop", EVIL, "watch"), ("p2", "shop", "story.clean", "鞋子")])
        opened.runs.add([record()])
        opened.events.add(
            [
                Event(
                    f"{kind}{day}{production}", production, kind, 1_780_000_000.0 + 86_400 * day, count=count
                )
                for day in range(4)
                for production in ("p1", "p2")
                for kind, count in (("view", 900), ("play", 500), ("click", 20 + day))
            ]
            + [Event("o", "p1", "order", 1_780_000_000.0, value=99.0, currency="CNY")]
        )
        yield opened


@pytest.fixture
def dashboard(catalog: Catalog) -> Dashboard:
    return CatalogAudience(lambda: catalog).dash(everybody())


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def test_the_page_asks_for_nothing_and_runs_nothing(dashboard: Dashboard) -> None:
    html = page(dashboard)
    found = read(html).found
    assert not {tag for tag, _ in found} & {"script", "link", "img", "iframe", "object"}
    assert not re.search(r"""(src=|url\(|@import|https?://)""", html)
    assert any("default-src 'none'" in str(attributes.get("content")) for _, attributes in found)


def test_names_are_shown_and_never_markup(dashboard: Dashboard) -> None:
    html = page(dashboard)
    assert EVIL not in html
    assert EVIL in read(html).text


def test_every_chart_has_a_name_and_its_figures_as_a_table(dashboard: Dashboard) -> None:
    html = page(dashboard)
    found = read(html).found
    pictures = [attributes for _, attributes in found if attributes.get("role") == "img"]
    assert len(pictures) >= 6
    assert all(attributes["aria-label"] for attributes in pictures)
    assert html.count("<details>") >= 6
    regions = [attributes for _, attributes in found if attributes.get("role") == "region"]
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in regions)
    ids = [attributes["id"] for _, attributes in found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(attributes["href"])[1:] for tag, attributes in found if tag == "a"]
    assert set(links) <= set(ids)
    # The order of the keyboard is that of the page.
    assert links == [one for one in ids if one in links]
    assert "prefers-color-scheme: dark" in html


def test_figures_of_page_and_tables_are_those_of_the_data(dashboard: Dashboard) -> None:
    by_key = {table.key: table for table in tables(dashboard)}
    assert by_key["template"].rows[0][:3] == (EVIL, "1", "2,000")
    assert by_key["funnel"].rows[3][1:3] == ("172", "of plays")
    assert "99 CNY" in page(dashboard)
    assert len(by_key["day"].rows) == 4
    assert all(len(row) == len(table.columns) for table in by_key.values() for row in table.rows)


def test_a_page_without_data_says_so(tmp_path: Path) -> None:
    with Catalog.open(tmp_path / "empty.duckdb") as catalog:
        audience = CatalogAudience(lambda: catalog)
        assert "No data yet" in read(page(audience.dash(everybody()))).text
        assert "Machines" not in read(page(audience.dash(Scope("shop", Role.READ), days=7))).text


def test_rates_have_as_many_digits_as_they_need() -> None:
    assert [percent(share) for share in (None, 0.0, 0.0432, 0.5, 1.0)] == [
        "–",
        "0.00 %",
        "4.32 %",
        "50.0 %",
        "100.0 %",
    ]
    assert rate({"ctr": 0.05, "ctr_low": 0.04, "ctr_high": 0.06}, "ctr") == "5.00 % (4.00–6.00)"
    assert rate({"ctr": None}, "ctr") == "–"


def test_shapes_stay_within_their_picture() -> None:
    drawn = [
        bars([("a", 5.0, "5"), ("b", 0.0, "0")], "t"),
        intervals(
            [("a", 0.999, 0.98, 1.0, "x"), ("b", 0.0, 0.0, 0.001, "y"), ("c", None, None, None, "–")], "t"
        ),
        columns([("d1", 3.0), ("d2", 70_000.0)], "t", 60_000),
        columns([], "t"),
        band([("d1", 0.5, 0.4, 0.6), ("d2", None, None, None), ("d3", 0.1, 0.0, 0.2)], "t"),
    ]
    for html in drawn:
        for shape in re.findall(r"<rect [^>]*>", html):
            x, width = (float(re.search(rf'{name}="([^"]+)"', shape)[1]) for name in ("x", "width"))  # type: ignore[index]
            assert x >= 0
            assert x + width <= 100.01
        for x, y in re.findall(r"([\d.-]+),([\d.-]+)", " ".join(re.findall(r'points="([^"]+)"', html))):
            assert 0 <= float(x) <= 100
            assert -0.01 <= float(y) <= 60.01
