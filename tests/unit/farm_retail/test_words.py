"""Shop words become video words."""

from __future__ import annotations

import pytest

from farm_retail.words import clean, columns, discount_percent, headline, price


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (199, "CNY", "¥199"),
        (19.99, "USD", "$19.99"),
        (1299.0, "usd", "$1,299"),
        (18.5, "EUR", "€18.50"),
        (1980.4, "JPY", "¥1,980"),
        (45, "PLN", "45 PLN"),
        (0, "USD", "$0"),
    ],
)
def test_that_prices_are_written_as_shops_do(amount: float, currency: str, expected: str) -> None:
    assert price(amount, currency) == expected


@pytest.mark.parametrize(
    ("now", "was", "expected"),
    [
        (60, 90, 33),
        (199, 299, 33),
        (50, 100, 50),
        (100, 100, 0),
        (100, 90, 0),
        (None, 90, 0),
        (9, None, 0),
        (0, 10, 100),
    ],
)
def test_that_discounts_are_never_overstated(now: float | None, was: float | None, expected: int) -> None:
    assert discount_percent(now, was) == expected


def test_that_entities_and_tags_are_resolved() -> None:
    assert clean("Helios EverCool&trade; Tee &amp;amp; <b>more</b>") == "Helios EverCool™ Tee & more"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Fusion Backpack", "Fusion Backpack"),
        (
            "联想笔记本电脑小新16轻薄本 英特尔酷睿i5 16英寸超薄本(13代标压i5-13500H 16G)灰 商务办公学生",
            "联想笔记本电脑小新16轻薄本",
        ),
        (
            "CohnimKevin轻奢品牌女士包包女包单肩斜挎手提七夕情人节生日礼物送女友老婆 【时尚轻奢】",
            "CohnimKevin轻奢品牌女士包包",
        ),
        ("卡帝乐鳄鱼（CARTELO）短袖T恤男夏季纯色短袖男士宽松上衣圆领体恤男装 深灰色 XL", "卡帝乐鳄鱼短袖T恤"),
        ("金色腕表", "金色腕表"),
    ],
)
def test_that_headlines_are_the_leading_meaningful_part(name: str, expected: str) -> None:
    assert headline(name) == expected


@pytest.mark.parametrize(
    "name",
    [
        "Professional Stainless Steel Vacuum Insulated Water Bottle with Straw Lid for Sports, 32oz",
        "Wireless Noise-Cancelling Over-Ear Headphones - 40 h battery, Bluetooth 5.3, foldable",
        "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenhalterung aus Leder",
        "珑骧（longchamp） longchamp 尼龙 奔马刺绣 长柄大号 单肩包 1899 619 海军蓝",
        "超" * 200,
        "【】（）",
        "x",
    ],
)
def test_that_headlines_fit_three_lines(name: str) -> None:
    short = headline(name)
    assert short
    assert columns(short) <= 44
    assert not short.lower().endswith((" with", " for", " and"))
