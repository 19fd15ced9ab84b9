"""Stock phrases of the retail templates in two languages."""

from __future__ import annotations

from typing import Final

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


def phrase(language: str, use: str) -> str:
    """Return a stock phrase."""
    return PHRASES["zh" if language == "zh" else "en"][use]
