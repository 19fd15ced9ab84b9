"""Selling points are runs of the shop's own words."""

from __future__ import annotations

from farm.model.script import ProductDocument
from farm.script.names import clean
from farm.script.points import points_of, shortened
from tests.unit.script.products import PRODUCTS


def test_bullets_and_short_sentences_are_points() -> None:
    assert points_of(PRODUCTS[0])[:3] == (
        "Durable nylon construction", "2 main zippered compartments", "Mesh side pouches",
    )  # fmt: skip


def test_parts_are_cut_out_of_sentences() -> None:
    assert points_of(PRODUCTS[1]) == (
        "Airy, lightweight mesh upper", "Durable rubber outsole", "Cushioned midsole",
    )  # fmt: skip


def test_english_points_hold_no_word_that_the_shop_did_not_write() -> None:
    for product in PRODUCTS:
        if product.points or not product.name.isascii():
            continue
        written = clean(product.description).lower()
        for point in points_of(product):
            assert point.lower().removeprefix("holds") in written


def test_a_chinese_name_is_split_into_points() -> None:
    assert points_of(PRODUCTS[5]) == ("轻薄", "英特尔酷睿i5", "16英寸超薄本", "16G 512G")
    assert points_of(PRODUCTS[6]) == ("显瘦版型", "收腰修身包臀", "无袖设计")
    assert points_of(PRODUCTS[7]) == ("可单肩，可斜挎，可手提", "时尚轻奢")


def test_points_that_say_what_law_forbids_are_not_taken_from_descriptions() -> None:
    product = ProductDocument(
        name="Cream", description="Miracle cure for wrinkles. Light gel texture. Glass jar."
    )
    assert points_of(product) == ("Light gel texture", "Glass jar")


def test_the_shops_own_points_stand() -> None:
    assert points_of(PRODUCTS[4]) == ("Gold-tone steel", "Sapphire glass", "30 m water resistant")


def test_shortening_never_drops_a_restriction() -> None:
    assert (
        shortened("Water resistant to 30 metres, tested at the factory by hand", 40)
        == "Water resistant to 30 metres"
    )
    whole = "Water resistant to 30 metres, but not for use in saunas or showers"
    assert shortened(whole, 40) == whole
