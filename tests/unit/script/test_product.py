"""Products are read in the shapes that shops export, and wrong ones are refused with all that is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from farm.errors import DocumentError
from farm.script.product import ReadProduct, read_product, read_products
from tests.unit.script.products import RECORDS


def read(record: Any) -> ReadProduct:
    return read_product(json.dumps(record, ensure_ascii=False))


def test_a_shop_record_is_read_and_unused_fields_are_reported() -> None:
    found = read(RECORDS[0])
    assert (found.shape, found.ignored, found.photos) == ("shop", ("id",), ("1.jpg", "2.jpg"))
    assert (found.product.category, found.product.brand) == ("Bags", "Luma")


def test_prices_as_text_and_facts_in_a_name_are_read() -> None:
    found = read(RECORDS[6])
    assert (found.product.price, found.product.was, found.product.brand) == (120.0, 160.0, "SHIROMA")
    assert [(fact.name, fact.value) for fact in found.product.facts] == [("颜色", "西瓜红"), ("尺码", "S")]
    assert len(found.notes) == 2


def test_farms_own_document_is_read() -> None:
    found = read({"name": "Watch", "price": 199, "was": 299, "points": ["Steel"]})
    assert (found.shape, found.product.was, found.product.points) == ("farm", 299, ["Steel"])


def test_shopify_is_read() -> None:
    found = read({"product": {
        "title": "Canvas Tote", "vendor": "Acme", "body_html": "<ul><li>Heavy cotton canvas</li></ul>",
        "variants": [{"price": "25.00", "compare_at_price": "35.00"}, {"price": "28.00"}], "handle": "tote",
        "images": [{"src": "https://shop.example/y.jpg"}]}})  # fmt: skip
    assert (found.shape, found.product.price, found.product.was) == ("shopify", 25.0, 35.0)
    assert found.ignored == ("handle",)
    assert any("several prices" in note for note in found.notes)
    assert any("USD is assumed" in note for note in found.notes)


def test_json_ld_is_read_also_out_of_a_graph() -> None:
    node = {"@type": "Product", "name": "Trail Mug", "brand": {"@type": "Brand", "name": "Fjell"}, "image": "a.jpg",
            "offers": [{"price": "18.00", "priceCurrency": "EUR"}],
            "additionalProperty": [{"name": "Volume", "value": 350, "unitText": "ml"}]}  # fmt: skip
    for record in (node, {"@context": "https://schema.org", "@graph": [{"@type": "WebPage"}, node]}):
        found = read(record)
        assert (found.shape, found.product.price, found.product.currency) == ("schema.org", 18.0, "EUR")
        assert found.product.facts[0].value == "350 ml"
        assert found.photos == ("a.jpg",)


def test_googles_merchant_api_is_read() -> None:
    found = read({"offerId": "1", "productAttributes": {
        "title": "Lamp", "price": {"amountMicros": "45000000", "currencyCode": "GBP"},
        "salePrice": {"amountMicros": "30000000", "currencyCode": "GBP"}, "imageLink": "l.jpg",
        "productHighlights": ["Dimmable"]}})  # fmt: skip
    assert (found.shape, found.product.price, found.product.was) == ("merchant", 30.0, 45.0)
    assert (found.product.currency, found.product.points) == ("GBP", ["Dimmable"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!doctype html><p>x", "HTML"),
        ("", "empty"),
        ('[{"name": "a"}, {"name": "b"}]', "a list of 2"),
        ('"hello"', "a product is a mapping with a `name`"),
        ('{"price": 3}', "name"),
        ('{"name": "   "}', "name"),
        (json.dumps({"name": "x" * 1_000_000}), "at most 300 characters"),
        ('{"name": "x", "price": true}', "price"),
        ("{", "not valid YAML"),
    ],
)
def test_an_invalid_product_is_refused_with_a_sentence(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_product(text)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 500


def test_all_problems_are_reported_together() -> None:
    with pytest.raises(DocumentError) as caught:
        read({"price": "abc", "original_price": {}, "currency": "dollars", "id": 1})
    assert {problem.path for problem in caught.value.problems} == {
        "name",
        "price",
        "original_price",
        "currency",
    }


def test_a_former_price_that_was_not_higher_is_reported() -> None:
    found = read({"name": "x", "price": 9, "original_price": "9.00", "id": 1})
    assert any("no discount is shown" in note for note in found.notes)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "a", "price": 1' + "0" * 400 + "}",
        '{"title": "a", "link": "b", "price": {"amountMicros": "²"}}',
        '{"name": ' + "9" * 4000 + "}",
        "[" * 5000,
    ],
)
def test_numbers_and_lists_beyond_measure_are_refused(text: str) -> None:
    with pytest.raises(DocumentError):
        read_product(text)
    with pytest.raises(DocumentError):
        read_products(text)


def test_a_reference_of_thousands_of_digits_is_no_letter() -> None:
    assert (
        read_product('{"title": "a&#' + "9" * 5000 + ';b &amp;#65; c", "vendor": "x"}').product.name
        == "ab A c"
    )
