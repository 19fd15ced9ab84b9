"""Tables of products: what each cell becomes, and the messages about wrong ones."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.draft import rows
from farm.draft.rows import RowJob, row_jobs
from farm.errors import DocumentError
from farm.plugins.registry import load_registry

REGISTRY = load_registry()


def read(text: str, kind: str = "csv", template: str | None = "retail.sale") -> list[RowJob]:
    return row_jobs(text, kind, REGISTRY, template=template, source="t")


def slots(row: RowJob) -> Any:
    assert row.document is not None, row.problems
    return row.document["slots"]


def refused(text: str, kind: str = "csv", template: str | None = "retail.sale") -> list[tuple[str, str]]:
    with pytest.raises(DocumentError) as caught:
        read(text, kind, template)
    return [(one.path, one.message) for one in caught.value.problems]


def test_cells_become_what_their_slots_take() -> None:
    text = (
        "\ufeffname , product.price,was,photos,points,output.size\r\n"
        '"Watch, ""gold""\nsteel",9.5,12,a.jpg | b.jpg|,30 米防水|轻,720x1280\r\n'
        ",,,,,\r\n"
        "\r\n"
        "Strap,9,12,a.jpg,,\r\n"
    )
    first, second = read(text)
    assert (first.number, second.number) == (1, 2)
    assert slots(first)["product"] == {
        "name": 'Watch, "gold"\nsteel',
        "price": 9.5,
        "was": 12,
        "points": ["30 米防水", "轻"],
    }
    assert slots(first)["photos"] == ["a.jpg", "b.jpg"]
    assert first.document is not None
    assert first.document["output"] == {"size": "720x1280"}
    assert "points" not in slots(second)["product"]


def test_wrong_cells_are_reported_in_their_rows() -> None:
    good, wrong, long, huge = read(
        "name,price,was,photos\nW,9,12,a.jpg\nW,nine,12,a.jpg\nW,9,12,a.jpg,x\n"
        + "x" * 70_000
        + ",9,12,a.jpg\n"
    )
    assert good.problems == ()
    assert wrong.document is None
    assert [one.path for one in wrong.problems] == ["slots.product.price"]
    assert "5 cells, but the table has 4 columns" in long.problems[0].message
    assert "at most 64 KiB" in huge.problems[0].message


@pytest.mark.parametrize("cell", ["NaN", "Infinity", "1e999", "9" * 5000, "[" * 5000, "true", "0x1"])
def test_no_cell_is_a_number_that_is_none(cell: str) -> None:
    (row,) = read(f"name,price,was,photos\nW,{cell},12,a.jpg\n")
    assert [one.path for one in row.problems] == ["slots.product.price"]


@pytest.mark.parametrize(
    ("header", "path", "expected"),
    [
        ("", "", "must contain the column names"),
        ("name,pirce", "pirce", "did you mean `price`?"),
        ("name,name", "name", "this column is repeated"),
        ("price,product.price", "product.price", "the same slot as the column `price`"),
        ("name,output.sise", "output.sise", "did you mean `output.size`?"),
        ("name,output", "output", "there is no such column"),
    ],
)
def test_wrong_columns_are_reported(header: str, path: str, expected: str) -> None:
    ((where, message),) = refused(f"{header}\nx,y\n")
    assert where == path
    assert expected in message


def test_each_row_may_name_its_template() -> None:
    text = (
        "template,name,price,was,photos\nretail.sale,W,9,12,a.jpg\n,W,9,12,a.jpg\nretail.slae,W,9,12,a.jpg\n"
    )
    first, second, third = read(text, template=None)
    assert first.document is not None
    assert first.document["template"] == "retail.sale"
    assert second.problems[0].path == third.problems[0].path == "template"
    assert "did you mean `retail.sale`?" in third.problems[0].message
    (other,) = read("template,nmae\nretail.sale,W\n", template=None)
    assert "did you mean `name`?" in other.problems[0].message
    assert refused("name\nW\n", template=None)[0][0] == "template"
    assert "did you mean `retail.sale`?" in refused("name\nW\n", template="retail.slae")[0][1]


@pytest.mark.parametrize("text", ['name\n"W\n', 'name\n"W"x\n', "name\n" + "x" * 200_000 + "\n"])
def test_malformed_csv_names_its_line(text: str) -> None:
    assert "line " in refused(text)[0][1]


def test_ndjson_rows_are_slots_or_whole_jobs() -> None:
    product = {"product": {"name": "W", "price": 9, "was": 12}, "photos": ["a.jpg"]}
    lines = [
        json.dumps(product),
        json.dumps({"template": "retail.sale", "slots": product, "name": "n"}),
        "",
        "null",
        "{",
        json.dumps({"product": {}}),
    ]
    read_rows = read("\ufeff" + "\r\n".join(lines), "ndjson")
    assert [row.number for row in read_rows] == [1, 2, 3, 4, 5]
    assert slots(read_rows[0]) == slots(read_rows[1]) == product
    assert "left out by its sender" in read_rows[2].problems[0].message
    assert all(row.document is None for row in read_rows[2:])


def test_tables_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MAX_ROWS", 2)
    assert len(read("name\nA\nB\n")) == 2
    assert "more than 2 rows" in refused("name\nA\nB\nC\n")[0][1]
    assert "no rows" in refused("name\n")[0][1]
    assert "allowed: csv, ndjson" in refused("name\nA\n", "xlsx")[0][1]


CELLS = (
    st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)
PHOTOS = CELLS.filter(lambda one: "|" not in one)


@given(
    st.lists(
        st.tuples(
            CELLS,
            st.decimals(1, 10**6, places=2),
            st.lists(CELLS.filter(lambda one: "|" not in one), min_size=1),
        ),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_csv_writer_writes_comes_back(table: list[Any], end: str, quoting: Any) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=end, quoting=quoting)
    writer.writerow(["name", "price", "photos"])
    writer.writerows((name, price, "|".join(photos)) for name, price, photos in table)
    for row, (name, price, photos) in zip(
        rows._csv_rows(text.getvalue(), REGISTRY, "retail.sale", "t"), table, strict=True
    ):
        _, document = row
        assert isinstance(document, dict)
        assert document["slots"]["product"] == {"name": name, "price": float(price)}
        assert document["slots"]["photos"] == [photo.strip() for photo in photos]
