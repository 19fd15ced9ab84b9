"""Money and discounts, written as shops write them and never in the shop's favour."""

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
            *("IDR", "TWD"),  # by ISO 4217 in hundredths, which no shop writes
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}
"""Currencies that are not counted in hundredths (ISO 4217's minor units)."""


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
    """Return a Chinese discount, tenths of the price that are left: ``7.5折``; empty for none.

    Rounded up, so that the discount is never overstated; 9.95 and more is told as no discount.
    """
    if now is None or was is None or now <= 0 or was <= now:
        return ""
    tenths = math.ceil(now / was * 100 - 1e-9) / 10
    return f"{tenths:g}折" if tenths < 10 else ""


_AMOUNT = re.compile(r"^\D{0,8}?(\d{1,3}(?:[,\s]\d{3})+(?:\.\d{1,4})?|\d+(?:\.\d{1,4})?|\d+,\d{2})\D{0,8}$")


def number_of(value: object) -> float | None:
    """Return a number as a float; None where it is too large for one, or is none."""
    try:
        return float(value) if isinstance(value, int | float) else None
    except OverflowError:
        return None


def amount_of(text: str) -> float | None:
    """Return the amount in a shop's price text, as `` 9200.00``, ``$1,299.00`` or ``19,99 EUR``; None for none."""
    match = _AMOUNT.match(text.strip())
    if match is None:
        return None
    digits = match.group(1)
    if re.fullmatch(r"\d+,\d{2}", digits):
        return float(digits.replace(",", "."))
    return float(re.sub(r"[,\s]", "", digits))
