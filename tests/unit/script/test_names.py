"""Names and prices of shops become words for a screen."""

from __future__ import annotations

import pytest

from farm.script.money import amount_of, discount_percent, fold, price
from farm.script.names import brand_of, clean, columns, headline, short_name, title


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
        (12.5, "KWD", "12.500 KWD"),
        (1234.125, "BHD", "1,234.125 BHD"),
        (0.0625, "OMR", "0.062 OMR"),
        (12.0004, "TND", "12 TND"),
        (12.004, "JOD", "12.004 JOD"),
        (3.25, "iqd", "3.250 IQD"),
        (9.999, "LYD", "9.999 LYD"),
        (19900, "KRW", "19,900 KRW"),
        (199000, "VND", "199,000 VND"),
        (4990.4, "CLP", "4,990 CLP"),
        (999.5, "XOF", "1,000 XOF"),
    ],
)
def test_prices_are_written_as_shops_do(amount: float, currency: str, expected: str) -> None:
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
def test_discounts_are_never_overstated(now: float | None, was: float | None, expected: int) -> None:
    assert discount_percent(now, was) == expected


def test_entities_and_tags_are_resolved() -> None:
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
def test_headlines_are_the_leading_meaningful_part(name: str, expected: str) -> None:
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
def test_headlines_fit_three_lines(name: str) -> None:
    short = headline(name)
    assert short
    assert columns(short) <= 44
    assert not short.lower().endswith((" with", " for", " and"))


@pytest.mark.parametrize(
    ("now", "was", "expected"),
    [
        (75, 100, "7.5折"),
        (2100.12, 9200, "2.3折"),
        (80, 100, "8折"),
        (99.9, 100, ""),
        (100, 100, ""),
        (None, 9, ""),
    ],
)
def test_chinese_discounts_are_rounded_against_the_shop(
    now: float | None, was: float | None, expected: str
) -> None:
    assert fold(now, was) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" 9200.00", 9200.0), ("$1,299.00", 1299.0), ("19,99 EUR", 19.99), ("¥199", 199.0), ("1 299.50", 1299.5),
        ("abc", None), ("", None), ("12-15", None), ("1.2.3", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_shops_write_them(text: str, expected: float | None) -> None:
    assert amount_of(text) == expected


@pytest.mark.parametrize(
    ("name", "brand", "short"),
    [
        (
            "惠普（HP）战66 六代 2023酷睿14英寸(英特尔13代i5-1340P 16G 1T)高性能轻薄笔记本电脑",
            "惠普",
            "惠普笔记本电脑",
        ),
        ("GUCCI古驰GG Marmont系列小号绗缝女士肩背包斜挎包 黑色 均码", "GUCCI", "GUCCI肩背包"),
        ("Apple iPhone 14 Pro Max (A2896) 256GB 暗紫色", "Apple", "Apple iPhone 14 Pro Max"),
        ("联想笔记本电脑小新16轻薄本 英特尔酷睿i5 16英寸超薄本", "", "联想笔记本电脑"),
        ("Luma Fusion Backpack", "", "Luma Fusion Backpack"),
    ],
)
def test_brands_and_short_names_come_out_of_names(name: str, brand: str, short: str) -> None:
    assert brand_of(name) == brand
    assert short_name(name, brand) == short


def test_an_english_short_name_leaves_the_maker_out() -> None:
    assert short_name("Luma Fusion Backpack™", "Luma") == "Fusion Backpack"


def test_a_title_names_the_maker_once_and_the_goods() -> None:
    name = "珑骧（longchamp） longchamp 尼龙 奔马刺绣 长柄大号 单肩包 1899 619 海军蓝"
    assert title(name, "珑骧") == "珑骧 尼龙 奔马刺绣 单肩包"
