"""Selling points from a shop's texts: excerpts of its own wording, shortened, claiming nothing beyond it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from typing import Final

from farm.model.script import Fact, ProductDocument
from farm.script.banned import findings_in
from farm.script.names import clean, columns, is_chinese

MOST: Final = 8
"""Maximum number of points taken from a text."""
_WORDS: Final = 7
"""Maximum length of an English point, in words."""

_BREAK = re.compile(r"(?i)<\s*/?\s*(?:br|p|li|ul|ol|div|h[1-6]|tr|td)\b[^<>]{0,80}>|[\r\n]+")
_BULLETS = re.compile(r"\s*[•·‣▪●✓✔☑]\s+|\s+[*–—-]\s+(?=[A-Z0-9])")
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9•\"'])")
_REFERS = re.compile(
    r"(?i)^(?:it|its|it's|this|that|that's|these|those|they|they're|we|our|us|you|your|you're|he|she|i|my|"
    r"however|whether|with|like|as|now|here|there|also|and|but|or|so|even|plus|origin|create|add|"
    r"placing|placed|can|let|kick|work|make|discover|unleash|capture|training gloves designed|boasting)\b"
)
"""Beginnings of sentences that depend on earlier ones, or that are advertising rather than a point."""
_UNFIT = re.compile(
    r"(?i)\?|sold separately|not included|dimensions\b|\bour\b|\bwe\b|\baddition to\b|\bdog\b|©|https?:|\.\.\.|…"
)
_TAKES = re.compile(
    r"(?i)\b(?:features?|featuring|includ(?:es|ing)|made (?:of|with|from)|crafted (?:with|from)|built around|"
    r"equipped with|outfitted with|thanks to|has|have|offers?|host|with)\s+(?!(?:it|them|him|you)\b)"
    r"(?P<what>[^.;:!?]+)"
)
"""Phrases followed by a part or feature of the product."""
_HOLDS = re.compile(r"(?i)\b(?:can )?(?P<what>holds? (?:up to )?\d(?:[^.;:!?]|\.\d)*)")
_DOES = re.compile(
    r"^(?P<what>(?:[\w'’/-]+,? ){1,7}?[\w'’/-]+)\s+(?:provides?|brings?|grips?|prevents?|encourages?|ensures?|makes?|"
    r"gives?|"
    r"eliminates?|delivers?|keeps?|enhances?|includes?|features?|protects?|promotes?|is outfitted|for)\s"
)
"""A sentence that says what a part of the product does: the part comes first."""
_IS = re.compile(
    r"^(?:This|These|The|An?)\s+(?P<what>(?:[\w'’-]+,? ){2,6}?[\w'’-]+)\s+(?:is|are|will|can|has|have|was|features?)\s"
)
"""A sentence that names the product before saying what it is or does."""
_STOP = re.compile(
    r"(?i)\s*(?:,|\s[-–—]\s|\s(?:that|which|who|so|while|when|where|because|using|to|for|in|than|keeps?|lets?|"
    r"giving|helping|making|allow(?:s|ing)|designed|needed|available|strapped|and is|and are|and has|"
    r"and (?:a|an|the|your|it|intuitive|brilliant|exceptional))\b)"
)
_ARTICLE = re.compile(r"(?i)^(?:an?|the|this|these|some|such|its|their|both)\s+")
_NO_NOUN = re.compile(
    r"(?i)^(?:been|updated|as|if|when|after|all|everything|more|most|features such|advanced features|over|different|"
    r"not|no|low|comfort in mind|get|help|one|any|every|each|fortune|two other|up to|the same|several|many|you|us)\b"
)
_HANGING = re.compile(
    r"(?i)\b(?:best|you|your|yours|they|it's|all the|this|these|those|has|have|been|is|are|was|were|may|makes|able|own|"
    r"more|most|full of|aside|which|ever)\b"
)
"""Words that show that an excerpt depends on the rest of its sentence."""
_LAST = re.compile(r"(?i)\s+(?:with|for|and|of|the|in|by|to|a|an|at|on|or|but|from|per|as|up|more|&)$")


def points_of(product: ProductDocument) -> tuple[str, ...]:
    """Return a product's selling points: those given by the shop, else those found in its description and name.

    Found points never contain words that advertising law forbids or requires proof for; given ones are the shop's
    responsibility.
    """
    given = tuple(point for point in (clean(one).rstrip("。.；;，,") for one in product.points) if point)
    if given:
        return given
    found = (
        points_in_chinese(product.name, product.description)
        if is_chinese(product.name)
        else points_in_english(product.description, product.name)
    )
    return tuple(point for point in found if not findings_in(point))


def points_in_english(description: str, name: str = "") -> tuple[str, ...]:
    """Return the points made by an English description.

    Bullets and short sentences are taken as they are; from longer sentences, what is described as part of the product
    ("… features X", "… made with X"). Sentences that depend on others, and points that merely repeat the name, are
    skipped.
    """
    whole: list[str] = []
    parts: list[str] = []
    for index, sentence in enumerate(_sentences(description)):
        bare = _ARTICLE.sub("", sentence.rstrip(".!;, "))
        fits = 2 <= len(bare.split()) <= _WORDS and columns(bare) <= 44 and not sentence.endswith("!")
        if fits and not _REFERS.match(sentence) and not _UNFIT.search(sentence):
            whole.append(bare)
        elif index < 8:
            parts.extend(_parts(sentence))
    # Items of a list of facts are more reliable than excerpts from prose.
    ranked = [*whole, *parts] if len(whole) >= 2 else [*parts, *whole]
    named = _meaning(clean(name))
    return _distinct(_capital(one) for one in ranked if not named or len(_meaning(one) - named) >= 2)


def _sentences(description: str) -> list[str]:
    text = html.unescape(html.unescape(description))
    found: list[str] = []
    for block in _BREAK.split(text):
        for bullet in _BULLETS.split(block):
            found.extend(clean(one) for one in _SENTENCE.split(clean(bullet)))
    return [one for one in found if one]


def _parts(sentence: str) -> list[str]:
    found = []
    does = _DOES.match(sentence)
    if does and not _REFERS.match(sentence):
        found.append(_phrase(does.group("what")))
    if thing := _IS.match(sentence):
        found.append(_phrase(thing.group("what")))
    for pattern in (_HOLDS, _TAKES):
        found.extend(_phrase(match.group("what")) for match in pattern.finditer(sentence))
    # `can hold …` becomes `holds …`, which can stand alone.
    return [re.sub(r"^hold ", "holds ", part) for part in found if part]


def _phrase(text: str) -> str:
    """Return the noun phrase that ``text`` begins with; empty if it is not a point by itself."""
    bare = _ARTICLE.sub("", text.strip())
    stop = _STOP.search(bare)
    kept = bare[: stop.start()] if stop else bare
    if stop and stop.group(0).strip() == "," and len(kept.split()) <= 2:
        # `airy, lightweight mesh upper`: a list of adjectives, not the end of the phrase.
        rest = bare[stop.end() :]
        later = _STOP.search(rest)
        further = (rest[: later.start()] if later else rest).strip()
        kept = kept if _ARTICLE.match(further) else f"{kept}, {further}"
    if len(kept.split()) > _WORDS:
        kept = kept.split(" and ")[0]
    kept = kept.strip(" ,.;:'\"")
    while _LAST.search(kept):
        kept = _LAST.sub("", kept)
    count = len(kept.split())
    if not 2 <= count <= _WORDS or columns(kept) > 44 or _NO_NOUN.match(kept) or _UNFIT.search(kept):
        return ""
    return "" if _HANGING.search(kept) else kept


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _distinct(points: Iterable[str]) -> tuple[str, ...]:
    """Return at most ``MOST`` points; of two near-duplicates, the one that says more, in the place of the first."""
    kept: list[str] = []
    for point in points:
        words = _meaning(point)
        alike = [at for at, other in enumerate(map(_meaning, kept)) if _overlap(words, other) >= 0.6]
        if words and not alike:
            kept.append(point)
        elif len(alike) == 1 and words > _meaning(kept[alike[0]]):
            kept[alike[0]] = point
    return tuple(kept[:MOST])


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def _meaning(text: str) -> set[str]:
    if is_chinese(text):
        return {char for char in text if not char.isspace()}
    return {
        word.rstrip("s") for word in re.findall(r"[a-z0-9]+", text.lower()) if len(word) > 2 or word.isdigit()
    }


# Chinese shop names are strings of attributes without blanks; these are selling points that can be seen or measured.
_ATTRIBUTES: Final = (
    "收腰修身|收腰|修身|显瘦|包臀|无袖|宽松|圆领|V领|立领|翻领|连帽|纯色|短袖|长袖|加绒|加厚|刺绣|印花|条纹|格纹|"
    "高腰|直筒|阔腿|绗缝|头层牛皮|牛皮|真皮|羊毛|羊绒|纯棉|全棉|真丝|亚麻|尼龙|帆布|不锈钢|实木|陶瓷|玻璃|"
    "手提单肩斜挎|单肩斜挎手提|手提单肩|单肩斜挎|大容量|多隔层|防水|防滑|防风|防晒|速干|透气|轻便|轻薄|便携|可折叠|折叠|静音|"
    "长续航|快充|高刷|高色域|低功耗|护眼|降噪|蓝牙|无线|双卡双待|可拆洗|易清洗|保温|隔热|耐磨|弹力|减震|缓震|不粘|"
    "可水洗|免打孔|多功能|自动|智能"
)
_ATTRIBUTE = re.compile(f"(?:{_ATTRIBUTES})+")
_SPEC = re.compile(
    r"(?i)\d+(?:\.\d+)?\s*(?:英寸|寸|GB|TB|G|T|mAh|毫安时?|瓦|Hz|赫兹|米防水|ml|毫升|升|kg|公斤|千克|克|片装|支装|件套|档|色|层)"
)
_NOT_SAID = re.compile(
    "七夕|情人节|生日|礼物|送|老婆|女友|男友|官方|旗舰|正品|包邮|爆款|热卖|热销|新款|现货|商务办公学生|品牌|女装|男装|"
    "气质|女神|潮牌|范衣服|系列|均码|性感"
)
_COLOURS: Final = "黑|白|灰|红|蓝|绿|紫|粉|黄|橙|棕|褐|金|银|米|驼|卡其|藏青|杏"
_COLOUR = re.compile(
    rf"(?:[\u3400-\u9fff]{{0,2}}(?:{_COLOURS})(?:[\u3400-\u9fff]?色)|(?:西瓜|酒|玫|砖|海军|宝石|天|墨|军|雾霾|奶油)(?:红|蓝|绿|白)|"
    r"[黑白灰红蓝绿紫粉])$"
)
_SIZE = re.compile(r"(?:^|\s)(XS|S|M|L|XL|XXL|XXXL|[2-5]XL|均码)$")


def points_in_chinese(name: str, description: str = "") -> tuple[str, ...]:
    """Return the points made by a Chinese product name and its description.

    The name is split at brackets and blanks; a part with a specification is taken whole, from other parts the
    attributes in them. Occasions, audiences and shop jargon are skipped.
    """
    found: list[str] = []
    for text in (name, description if clean(description) != clean(name) else ""):
        found.extend(_pieces(_without_variant(clean(text))))
    found = [_readable(point) for point in found]
    # Generally understood attributes come before model numbers.
    plain = [point for point in found if not re.search(r"[A-Za-z0-9]", point)]
    return _distinct([*plain, *(point for point in found if point not in plain)])


_MATERIAL = re.compile("牛皮|头层牛皮|真皮|羊毛|羊绒|纯棉|全棉|真丝|亚麻|尼龙|帆布|不锈钢|实木|陶瓷|玻璃")
_NOUN_FOR: Final = {
    **dict.fromkeys(("宽松", "修身", "显瘦", "直筒"), "版型"),
    **dict.fromkeys(("圆领", "V领", "立领", "翻领", "无袖", "高腰", "连帽"), "设计"),
    **dict.fromkeys(("绗缝", "刺绣"), "工艺"),
}
_CARRIED = re.compile("(?:手提|单肩|斜挎|双肩)+")


def _readable(point: str) -> str:
    """Return an attribute so that it can stand alone on screen, adding the noun it describes but no claim."""
    if _MATERIAL.fullmatch(point):
        return f"{point}材质"
    if _CARRIED.fullmatch(point):
        return "，".join(f"可{point[at : at + 2]}" for at in range(0, len(point), 2))
    return point + _NOUN_FOR.get(point, "")


def _pieces(text: str) -> list[str]:
    found: list[str] = []
    memory: list[str] = []
    parts = [part for part in re.split(r"[\s，,；;|/、【】\[\]（）()。!！:：]+", text) if part]
    for index, part in enumerate(parts):
        if re.fullmatch(r"(?i)\d+(?:G|T|GB|TB)", part):
            memory.append(part)
        elif re.fullmatch(r"[A-Za-z0-9._ -]+|[\u3400-\u9fff]{1,2}\d{2,}", part):
            continue  # a brand or model name
        elif index and _whole(part):
            found.append(part)
        else:
            found.extend(match.group(0) for match in _ATTRIBUTE.finditer(part) if len(match.group(0)) >= 2)
    return [*found, " ".join(memory)] if memory else found


def _whole(part: str) -> bool:
    """Whether a part of a name is a point as written."""
    if _NOT_SAID.search(part) or _COLOUR.search(part) or re.search(r"c\d{4,}|[A-Z]{4,}\d|六代|七代", part):
        return False
    if _SPEC.search(part) or re.search("英特尔|酷睿|骁龙|锐龙|支持", part):
        return columns(part) <= 22 and not re.search("电脑$|手机$|20[12]\\d", part)
    return 2 <= len(part) <= 6 and not re.search("(?:包|鞋|裙|电脑|手机|本|系列|灰|黑|白|红|蓝)$", part)


def _without_variant(text: str) -> str:
    return _SIZE.sub("", text).strip()


def shop_facts(name: str) -> tuple[Fact, ...]:
    """Return the colour and size at the end of a Chinese name, as written by shops that list each variant."""
    text = clean(name)
    facts = []
    size = _SIZE.search(text)
    rest = _SIZE.sub("", text).strip()
    last = re.split(r"[\s)）】]", rest)[-1]
    colour = _COLOUR.fullmatch(last)
    if colour and len(last) >= 2:
        facts.append(Fact(name="颜色", value=last))
    if size and size.group(1) != "均码":
        facts.append(Fact(name="尺码", value=size.group(1)))
    return tuple(facts)


def shortened(point: str, widest: int) -> str:
    """Return a point cut at the end of a clause to at most ``widest`` half-width columns, or whole if it has none."""
    if columns(point) <= widest:
        return point
    ends = [match.start() for match in re.finditer(r"[,;，；。(（]|\s[-–—]\s|\.\s", point)]
    fitting = [end for end in ends if columns(point[:end]) <= widest and columns(point[:end]) >= 8]
    cut = point[: fitting[-1]].strip() if fitting else point
    # Cutting off a restriction would change what is claimed.
    return (
        point
        if re.search(r"(?i)\b(?:not|except|only|unless|excluding)\b|不|仅|除", point[len(cut) :])
        else cut
    )
