"""Stock phrases of retail.story in two languages."""

from __future__ import annotations

from typing import Final

PHRASES: Final[dict[str, dict[str, str]]] = {
    "en": {
        "cta": "Shop now",
        "price": "Now only",
        "price_plain": "Get it for",
    },
    "zh": {
        "cta": "立即选购",
        "price": "限时到手价",
        "price_plain": "到手价",
    },
}
"""Stock phrases by language and use."""


def phrase(language: str, use: str) -> str:
    """Return a stock phrase."""
    return PHRASES["zh" if language == "zh" else "en"][use]
