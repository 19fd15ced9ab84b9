"""Products as shops list them, for the tests of scripts."""

from __future__ import annotations

import json
from pathlib import Path

from farm.draft.starter_library import starter_folder
from farm.model.script import ProductDocument
from farm.model.shelf import ShelvedScript
from farm.script.document import FolderShelf
from farm.script.product import read_product

RECORDS: tuple[dict[str, object], ...] = (
    {"id": "b", "name": "Fusion Backpack", "price": 59.0, "currency": "USD", "category": ["Gear", "Bags"],
     "brand": "Luma", "description": "With it strapped on, every trek is an adventure. Durable nylon construction. "
     "2 main zippered compartments. Mesh side pouches. Padded, adjustable straps. Top carry handle.",
     "photos": [{"file": "1.jpg"}, {"file": "2.jpg"}]},
    {"name": "Running Shoe", "price": "$44.95", "original_price": "60.00", "currency": "USD",
     "category": ["Sports & Outdoor", "Footwear"], "brand": "Adi",
     "description": "These running shoes are made with an airy, lightweight mesh upper. The durable rubber outsole "
     "grips the pavement for added stability. A cushioned midsole brings comfort to each step."},
    {"name": "Mug", "price": 8.99, "category": ["kitchen"], "brand": None,
     "description": "A simple mug with a mustard interior."},
    {"name": "Old Print", "description": ""},
    {"name": "Watch", "price": 109.99, "currency": "EUR", "category": "accessories",
     "points": ["Gold-tone steel", "Sapphire glass", "30 m water resistant"],
     "facts": [{"name": "Case", "value": "40 mm"}], "tagline": "A second look."},
    {"name": "联想笔记本电脑小新16轻薄本 英特尔酷睿i5 16英寸超薄本(13代标压i5-13500H 16G 512G)灰 商务办公学生",
     "price": 2100.12, "price_max": 2100.12, "original_price": " 9200.00", "currency": "CNY",
     "category": ["笔记本电脑"], "brand": None, "language": "zh"},
    {"name": "SHIROMA 香港潮牌夏天显瘦长裙性感女装气质女神范衣服收腰修身包臀礼服无袖连衣裙 西瓜红 S", "price": 120.0,
     "original_price": " 160.00", "currency": "CNY", "category": ["连衣裙"], "language": "zh"},
    {"name": "CohnimKevin轻奢品牌女士包包女包单肩斜挎手提七夕情人节生日礼物送女友老婆 【时尚轻奢】c02054米白色",
     "price": 130.0, "original_price": " 700.00", "currency": "CNY", "category": ["箱包"],
     "description": " 送女友老婆最佳选择"},
    {"name": "手冲咖啡壶", "currency": "CNY", "language": "zh"},
    {"name": "猫粮 冻干双拼 2kg", "price": 99, "currency": "CNY", "category": "宠物用品", "brand": "喵家",
     "points": ["鸡肉冻干", "2kg装"]},
)  # fmt: skip
"""With and without prices, discounts, points and facts, in both languages."""

PRODUCTS: tuple[ProductDocument, ...] = tuple(read_product(json.dumps(one)).product for one in RECORDS)


def starter_scripts() -> list[ShelvedScript]:
    """Return the starter set."""
    return FolderShelf(Path(starter_folder()) / "scripts").list()
