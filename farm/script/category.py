"""Kinds of goods: a small tree with the words that shops use for each, in Chinese and English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from farm.script.names import clean, is_chinese


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of goods."""

    name: str
    """As scripts' ``categories`` write it."""
    parent: str
    """The kind above it; empty for the topmost."""
    words: tuple[str, ...]
    """What shops call it, beside its name; English ones in the singular."""


def _kind(name: str, parent: str, words: str) -> Kind:
    return Kind(name, parent, tuple(words.split("|")))


KINDS: Final[tuple[Kind, ...]] = (
    _kind("fashion", "", "clothing|clothes|apparel|garment|wear|outfit|服装|服饰|衣服|穿搭"),
    _kind("menswear", "fashion", "men|男装"),
    _kind("womenswear", "fashion", "women|女装"),
    _kind("tops", "fashion", "top|shirt|t-shirt|tee|tank|tank top|blouse|sweater|hoodie|sweatshirt|上衣|T恤|衬衫|卫衣|毛衣|针织衫|打底衫|体恤"),
    _kind("dresses", "fashion", "dress|gown|skirt|连衣裙|长裙|短裙|半身裙|裙子|礼服"),
    _kind("bottoms", "fashion", "bottom|pant|trouser|jean|short|legging|裤子|长裤|短裤|牛仔裤|打底裤|休闲裤"),
    _kind("outerwear", "fashion", "jacket|coat|parka|blazer|vest|外套|夹克|风衣|羽绒服|大衣|棉服"),
    _kind("underwear", "fashion", "underwear|lingerie|sock|sleepwear|pajama|内衣|袜子|睡衣|家居服|文胸"),
    _kind("bags", "", "bag|backpack|handbag|tote|purse|wallet|luggage|suitcase|箱包|女包|男包|包包|背包|手提包|单肩包|双肩包|斜挎包|托特包|钱包|行李箱|拉杆箱"),
    _kind("shoes", "", "shoe|footwear|sneaker|boot|sandal|loafer|heel|slipper|running shoe|鞋|鞋靴|运动鞋|跑鞋|女鞋|男鞋|高跟鞋|凉鞋|靴子|拖鞋|板鞋"),
    _kind("accessories", "", "accessory|sunglass|glasses|eyewear|hat|cap|scarf|belt|glove|配饰|配件|墨镜|太阳镜|眼镜|帽子|围巾|腰带|手套"),
    _kind("jewellery", "accessories", "jewelry|necklace|ring|earring|bracelet|pendant|珠宝|首饰|饰品|项链|戒指|耳环|手链|手镯|吊坠"),
    _kind("watches", "accessories", "watch|timepiece|手表|腕表|钟表|机械表|石英表"),
    _kind("beauty", "", "cosmetic|makeup|perfume|fragrance|hair|hairdryer|hair dryer|lipstick|美妆|彩妆|化妆品|香水|口红|个护|美发|吹风机"),
    _kind("skincare", "beauty", "skin care|serum|cream|moisturizer|cleanser|sunscreen|mask|护肤|面霜|精华|面膜|洁面|防晒霜|乳液|爽肤水"),
    _kind("home", "", "home & garden|house|homeware|decor|decoration|vase|candle|candle holder|bedding|pillow|statue|家居|家纺|装饰|摆件|床品|四件套|香薰|收纳|窗帘"),
    _kind("plants", "home", "plant|flower|garden|cactus|orchid|fern|绿植|花卉|盆栽|鲜花|园艺|多肉"),
    _kind("furniture", "home", "sofa|chair|table|desk|bed|shelf|cabinet|家具|沙发|椅子|桌子|餐桌|书桌|床|柜子|书架|茶几"),
    _kind("kitchen", "home", "cookware|kitchenware|tableware|mug|cup|jar|pan|pot|knife|shaker|bottle|厨房|厨具|餐具|锅|杯子|水杯|保温杯|马克杯|刀具|炒锅|餐厨"),
    _kind("appliances", "home", "appliance|vacuum|air fryer|blender|kettle|coffee machine|家电|小家电|空气炸锅|吸尘器|电饭煲|破壁机|扫地机器人|加湿器|热水壶"),
    _kind("electronics", "", "electronic|gadget|tech|cable|charger|power bank|digital|数码|电子|3C|充电器|充电宝|数据线"),
    _kind("computers", "electronics", "computer|laptop|notebook|pc|gaming pc|monitor|keyboard|mouse|tablet|电脑|笔记本|笔记本电脑|台式机|显示器|键盘|鼠标|平板|平板电脑|轻薄本|游戏本"),
    _kind("phones", "electronics", "phone|smartphone|mobile|iphone|手机|智能手机"),
    _kind("audio", "electronics", "headphone|earphone|earbud|speaker|soundbar|耳机|音箱|音响|蓝牙耳机"),
    _kind("cameras", "electronics", "camera|photo|lens|tripod|photography|相机|镜头|三脚架|摄影|微单|单反"),
    _kind("toys", "", "toy|game|puzzle|lego|doll|玩具|积木|拼图|玩偶|毛绒|桌游"),
    _kind("baby", "", "baby|infant|kid|children|stroller|diaper|maternity|母婴|婴儿|宝宝|儿童|童装|纸尿裤|奶瓶|婴儿车|孕妇"),
    _kind("sports", "", "sport|fitness|gym|yoga|workout|bike|boxing|tennis|skateboard|ball|运动|健身|瑜伽|自行车|跑步|球类|羽毛球|篮球"),
    _kind("outdoor", "sports", "outdoors|camping|hiking|tent|trail|fishing|户外|露营|徒步|帐篷|登山|钓鱼"),
    _kind("food", "", "snack|grocery|chocolate|nut|fruit|noodle|sauce|食品|零食|坚果|水果|生鲜|糕点|特产|面条|调味|方便食品"),
    _kind("drinks", "food", "drink|beverage|coffee|tea|juice|wine|饮料|咖啡|茶叶|茶|果汁|酒|白酒|牛奶"),
    _kind("pets", "", "pet|dog|cat|宠物|猫粮|狗粮|猫砂|猫咪|狗狗|宠物用品"),
    _kind("books", "", "book|stationery|notebook paper|pen|图书|书籍|文具|绘本|笔记本子"),
    _kind("cars", "", "car|automotive|vehicle|tyre|tire|汽车|车载|汽车用品|轮胎"),
)  # fmt: skip
"""Every kind, parents first."""
_BY_NAME: Final = {kind.name: kind for kind in KINDS}
_ENGLISH: Final = {
    word: kind.name for kind in reversed(KINDS) for word in (kind.name, *kind.words) if not is_chinese(word)
}
_CHINESE: Final = sorted(
    ((word, kind.name) for kind in KINDS for word in kind.words if is_chinese(word)),
    key=lambda pair: -len(pair[0]),
)


@dataclass(frozen=True, slots=True)
class Match:
    """A kind of goods that something was found to be."""

    kind: str
    """Its name."""
    word: str
    """The word that says so."""
    source: str
    """``category`` or ``name``: where the word stands."""


def ancestry(kind: str) -> tuple[str, ...]:
    """Return a kind and those above it, nearest first; an unknown one alone."""
    found = [kind]
    while found[-1] in _BY_NAME and _BY_NAME[found[-1]].parent:
        found.append(_BY_NAME[found[-1]].parent)
    return tuple(found)


def kinds_of(category: str, name: str) -> tuple[Match, ...]:
    """Return what a product is, the surest first: the shop's most exact category, its other ones, then the name."""
    found: dict[str, Match] = {}
    for part in reversed(re.split(r"\s*[>/|]\s*", clean(category))):
        for match in _matches(part, "category"):
            found.setdefault(match.kind, match)
    for match in _matches(clean(name), "name"):
        found.setdefault(match.kind, match)
    return tuple(sorted(found.values(), key=lambda match: -len(ancestry(match.kind))))


def kind_named(word: str) -> str:
    """Return the kind that a script's category means: its name or one of its words; as it is where unknown."""
    small = word.strip().lower()
    if small in _BY_NAME:
        return small
    return next((match.kind for match in _matches(small, "category")), small)


def _matches(text: str, source: str) -> Iterable[Match]:
    if is_chinese(text):
        yield from _chinese(text, source)
    words = re.findall(r"[a-z0-9&-]+", text.lower())
    for length in (3, 2, 1):
        # What an English name is stands last: a `leather watch box` is a box.
        for start in range(len(words) - length, -1, -1):
            run = " ".join(words[start : start + length])
            for spelled in (run, _singular(run)):
                if spelled in _ENGLISH:
                    yield Match(_ENGLISH[spelled], run, source)
                    break


def _chinese(text: str, source: str) -> Iterable[Match]:
    taken = [False] * len(text)
    hits = []
    for word, kind in _CHINESE:
        start = text.find(word)
        while start >= 0:
            if not any(taken[start : start + len(word)]):
                hits.append((start, Match(kind, word, source)))
                taken[start : start + len(word)] = [True] * len(word)
            start = text.find(word, start + 1)
    for _, match in sorted(hits, key=lambda hit: -len(hit[1].word)):
        yield match


def _singular(text: str) -> str:
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("ches", "ch"), ("shes", "sh"), ("s", "")):
        if text.endswith(ending) and len(text) > len(ending) + 2:
            return text[: -len(ending)] + instead
    return text
