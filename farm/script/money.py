"""Prices and discounts, formatted as shops write them and never rounded in the shop's favour."""

from __future__ import annotations

import math
import re
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
_DECIMALS: Final = {
    **dict.fromkeys(
        (
            *(
                "BIF",
                "CLP",
                "DJF",
                "GNF",
                "ISK",
                "JPY",
                "KMF",
                "KRW",
                "PYG",
                "RWF",
                "UGX",
                "UYI",
                "VND",
                "VUV",
            ),
            *("XAF", "XOF", "XPF"),
            *("IDR", "TWD"),  # in hundredths by ISO 4217, which no shop writes
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Decimals of currencies whose minor unit (ISO 4217) is not a hundredth."""


def price(amount: float, currency: str) -> str:
    """Return an amount as shops write it: ``$19.99``, ``¥199``, ``€1,299``, ``12.500 KWD``."""
    code = currency.upper()
    decimals = _DECIMALS.get(code, 2)
    if abs(amount - round(amount)) < 0.5 / 10**decimals:
        decimals = 0
    digits = f"{amount:,.{decimals}f}"
    if code not in _SYMBOLS:
        return f"{digits} {code}"
    return f"{_SYMBOLS[code]}{digits}"


def discount_percent(now: float | None, was: float | None) -> int:
    """Return the discount in whole percent, rounded down so that it is never overstated; 0 for none."""
    if now is None or was is None or was <= now or was <= 0:
        return 0
    return int((was - now) / was * 100 + 1e-9)


def fold(now: float | None, was: float | None) -> str:
    """Return a Chinese discount, the remaining price in tenths: ``7.5折``; empty for none.

    Rounded up, so that the discount is never overstated; what rounds up to 10 tenths counts as no discount.
    """
    if now is None or was is None or now <= 0 or was <= now:
        return ""
    tenths = math.ceil(now / was * 100 - 1e-9) / 10
    return f"{tenths:g}折" if tenths < 10 else ""


_AMOUNT = re.compile(r"^\D{0,8}?(\d{1,3}(?:[,\s]\d{3})+(?:\.\d{1,4})?|\d+(?:\.\d{1,4})?|\d+,\d{2})\D{0,8}$")


def number_of(value: object) -> float | None:
    """Return a number as a float; None if it is too large or not a number."""
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def amount_of(text: str) -> float | None:
    """Return the amount in a shop's price text (`` 9200.00``, ``$1,299.00``, ``19,99 EUR``); None if there is none."""
    match = _AMOUNT.match(text.strip())
    if match is None:
        return None
    digits = match.group(1)
    if re.fullmatch(r"\d+,\d{2}", digits):
        return float(digits.replace(",", "."))
    return float(re.sub(r"[,\s]", "", digits))
