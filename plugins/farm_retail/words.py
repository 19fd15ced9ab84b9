"""Words for shops: headlines out of product names, prices, discounts, and stock phrases in two languages."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

_SYMBOLS: Final = {
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "CNY": "¥",
    "JPY": "¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "SGD": "S$",
    "AUD": "A$",
    "CAD": "C$",
    "NZD": "NZ$",
    "MXN": "MX$",
    "BRL": "R$",
    "MYR": "RM",
    "CHF": "CHF ",
}
_WHOLE: Final = ("JPY", "KRW", "VND", "IDR", "TWD")
"""Currencies that are not counted in hundredths."""

PHRASES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "cta": "Shop now",
        "price": "Now only",
        "price_plain": "Get it for",
        "off": "off",
        "save": "You save",
        "sale": "Flash Sale",
        "urgency": "While stocks last",
        "new": "Featured",
        "book": "Lookbook",
        "book_cta": "Discover the collection",
        "look": "Look",
        "why": "Why you will love it",
    },
    "zh": {
        "cta": "立即选购",
        "price": "限时到手价",
        "price_plain": "到手价",
        "off": "立减",
        "save": "立省",
        "sale": "限时特惠",
        "urgency": "数量有限 售完即止",
        "new": "好物推荐",
        "book": "穿搭手册",
        "book_cta": "探索全系列",
        "look": "造型",
        "why": "为什么选它",
    },
}
"""Stock phrases by language and use."""

_BRACKETS = re.compile(r"[（(【\[《<][^（）()【】\[\]《》<>]*[）)】\]》>]")
_NOISE = re.compile(
    "七夕礼物|七夕|情人节|生日礼物|送女友|送男友|老婆|官方旗舰店?|旗舰店|正品|包邮|爆款|热卖|新款|现货|"
    "支持移动联通电信5G|双卡双待|商务办公学生"
)
_GOODS = re.compile(
    "笔记本电脑|轻薄本|超薄本|电脑|手机|平板|耳机|音箱|相机|键盘|鼠标|显示器|手表|腕表|单肩包|斜挎包|手提包|托特包|"
    "肩背包|双肩包|女士包包|女包|男包|包包|背包|钱包|连衣裙|长裙|短裙|半身裙|T恤|衬衫|卫衣|外套|夹克|风衣|羽绒服|"
    "毛衣|上衣|长裤|牛仔裤|运动鞋|跑鞋|高跟鞋|凉鞋|靴子|鞋|口红|面霜|精华|面膜|香水|沙发|椅子|桌子|台灯|水杯|"
    "保温杯|项链|耳环|戒指|手链|系列"
)
"""Nouns that a Chinese headline may end with; of two that begin alike the longer stands first."""
_WIDEST_ZH: Final = 36
_WIDEST_EN: Final = 44
"""Longest headlines, in half-width columns: three lines on a phone."""


def is_chinese(text: str) -> bool:
    """Return whether the text holds Chinese characters."""
    return any("\u3400" <= char <= "\u9fff" for char in text)


def columns(text: str) -> int:
    """Return the width in half-width columns: two for a Chinese character, one for a letter."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clean(text: str) -> str:
    """Return shop text as people read it: entities and tags resolved, blanks joined."""
    plain = html.unescape(html.unescape(text))
    return " ".join(re.sub(r"<[^<>]{1,80}>", " ", plain).split())


def headline(name: str) -> str:
    """Return a product name short enough for three lines of large type, its leading meaningful part."""
    text = clean(name)
    if is_chinese(text):
        return _headline_zh(text)
    if columns(text) <= _WIDEST_EN:
        return text
    bare = " ".join(_BRACKETS.sub(" ", text).split()) or text
    lead = re.split(r"\s[-–—|/]\s|[,;:|]\s", bare)[0].strip()
    return _first_words(lead if len(lead) >= 8 else bare, _WIDEST_EN)


def _first_words(text: str, widest: int) -> str:
    kept = ""
    for word in text.split(" "):
        if columns(f"{kept} {word}".strip()) > widest:
            break
        kept = f"{kept} {word}".strip()
    trimmed = re.sub(r"(?i)\s+(with|for|and|of|the|in|by|to|a|an|&)$", "", kept)
    return trimmed or text[:widest]


def _headline_zh(text: str) -> str:
    if columns(text) <= _WIDEST_ZH // 2:
        return text
    bare = _BRACKETS.sub("", text)
    tokens = [token for token in re.split(r"[\s，,；;|/]+", _NOISE.sub("", bare)) if token]
    if not tokens:
        return text[: _WIDEST_ZH // 2]
    kept = ""
    for token in tokens:
        joined = f"{kept} {token}".strip()
        if columns(joined) <= _WIDEST_ZH:
            kept = joined
            continue
        return _closed(kept, token)
    return kept


def _closed(kept: str, token: str) -> str:
    """Return ``kept`` and as much of the ``token`` that is too long for it as ends with a noun."""
    spare = _WIDEST_ZH - columns(kept) - 1
    for match in _GOODS.finditer(token):
        part = token[: match.end()]
        if columns(part) <= spare and columns(kept) + columns(part) >= 12:
            return f"{kept} {part}".strip()
    if columns(kept) >= 12:
        found = _GOODS.search(token)
        noun = found.group(0) if found else ""
        return f"{kept} {noun}".strip() if columns(noun) < spare and noun != "系列" else kept
    cut = token
    while columns(cut) > spare:
        cut = cut[:-1]
    return f"{kept} {cut}".strip()


def price(amount: float, currency: str) -> str:
    """Return an amount as shops write it: ``$19.99``, ``¥199``, ``€1,299``."""
    code = currency.upper()
    whole = code in _WHOLE or abs(amount - round(amount)) < 0.005
    digits = f"{amount:,.0f}" if whole else f"{amount:,.2f}"
    if code not in _SYMBOLS:
        return f"{digits} {code}"
    return f"{_SYMBOLS[code]}{digits}"


def discount_percent(now: float | None, was: float | None) -> int:
    """Return the discount in whole percent, rounded down so that it is never overstated; 0 for none."""
    if now is None or was is None or was <= now or was <= 0:
        return 0
    return int((was - now) / was * 100 + 1e-9)


def phrase(language: str, use: str) -> str:
    """Return a stock phrase."""
    return PHRASES["zh" if language == "zh" else "en"][use]
