"""Product names from shops, adapted for the screen: plain text, widths, headlines, short names."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final

from farm.model.script import Language

_BRACKETS = re.compile(r"[（(【\[《<][^（）()【】\[\]《》<>]*[）)】\]》>]")
_NO_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
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
"""Nouns that a Chinese headline may end with; where one is a prefix of another, the longer comes first."""
_WIDEST_ZH: Final = 36
_WIDEST_EN: Final = 44
"""Maximum width of headlines, in half-width columns: three lines on a phone."""


def is_chinese(text: str) -> bool:
    """Return whether the text contains Chinese characters."""
    return any("\u3400" <= char <= "\u9fff" for char in text)


def columns(text: str) -> int:
    """Return the width in half-width columns: two for a Chinese character, one for a letter."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def clean(text: str) -> str:
    """Return shop text as plain text: entities decoded, tags removed, blanks collapsed."""
    plain = _resolved(_resolved(text))
    return " ".join(re.sub(r"<[^<>]{1,80}>", " ", plain).split())


def _resolved(text: str) -> str:
    # A reference with thousands of digits is invalid, and Python refuses to parse it as a number.
    return html.unescape(_NO_REFERENCE.sub("", text))


def headline(name: str) -> str:
    """Return the leading meaningful part of a product name, short enough for three lines of large type."""
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
    """Return ``kept`` plus as much of the overlong ``token`` as fits and ends with a noun, if any."""
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


def language_of(*texts: str) -> Language:
    """Return ``zh`` if any of the texts contains Chinese characters, else ``en``."""
    return "zh" if any(map(is_chinese, texts)) else "en"


_NARROW: Final = 16
"""Names up to this many columns need no shortening."""
_BRAND_BESIDE = re.compile(r"^([\u3400-\u9fff]{2,8})[（(]\s*([A-Za-z][A-Za-z0-9 .&'-]{1,24})\s*[）)]")
_BRAND_FIRST = re.compile(r"^([A-Z][A-Za-z&'-]{2,20})(?=[\u3400-\u9fff\s])")


def brand_of(name: str) -> str:
    """Return the brand that a Chinese shop name begins with, as in ``惠普（HP）战66``; empty if it names none.

    English names are skipped: their first word is just as often an ordinary word.
    """
    text = clean(name)
    if not is_chinese(text):
        return ""
    if match := _BRAND_BESIDE.match(text):
        return match.group(1)
    match = _BRAND_FIRST.match(text)
    return match.group(1) if match else ""


def goods_in(name: str) -> str:
    """Return the first known product noun in a Chinese name, such as ``连衣裙``; empty if there is none."""
    found = [match.group(0) for match in _GOODS.finditer(clean(name)) if match.group(0) != "系列"]
    return found[0] if found else ""


def title(name: str, brand: str = "") -> str:
    """Return a product name as a headline, with the noun for its kind of product if that fits."""
    head = headline(name)
    if not is_chinese(head):
        return head
    beside = _BRAND_BESIDE.match(clean(name))
    if beside and brand == beside.group(1):
        # `珑骧（longchamp） longchamp …`: the same brand three times.
        kept = [word for word in head.split(" ") if word.lower() != beside.group(2).lower()]
        head = " ".join(kept)
    noun = goods_in(name)
    if noun and not _GOODS.search(head) and not is_plain_latin(head.split(" ")[0]):
        longer = f"{head} {noun}"
        return longer if columns(longer) <= _WIDEST_ZH else head
    return head


def is_plain_latin(text: str) -> bool:
    """Return whether the text has letters and none of them is Chinese."""
    return bool(re.search("[A-Za-z]", text)) and not is_chinese(text)


def short_name(name: str, brand: str = "") -> str:
    """Return a name of a few syllables, for use within a script.

    Chinese: brand and noun. English: the name without brand, brackets and anything after a dash or comma.
    """
    head = title(name, brand)
    if not is_chinese(head):
        return _short_en(head, brand)
    if columns(head) <= _NARROW:
        return head
    latin = re.match(r"[A-Za-z][\x20-\x7e]{5,24}(?=\s|$)", head)
    if latin and columns(latin.group(0).strip()) >= _NARROW // 2 and " " in latin.group(0).strip():
        return re.sub(r"\s+\d+(?:GB|TB|G|T)$", "", latin.group(0).strip())
    noun = goods_in(name)
    if noun and brand and columns(brand + noun) <= 2 * _NARROW:
        return f"{brand}{noun}"
    if noun and head.find(noun) in range(1, 8):
        return head[: head.find(noun) + len(noun)]
    return noun or head


def _short_en(head: str, brand: str) -> str:
    bare = re.sub(r"(?i)^" + re.escape(brand) + r"\s+", "", head) if brand else head
    bare = re.sub(r"[™®©]", "", bare).strip() or head
    return _first_words(bare, 32)
