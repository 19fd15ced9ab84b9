"""Numbers of counters are written as their form says."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farm.model.look import NumberForm


@pytest.mark.parametrize(
    ("form", "value", "text"),
    [
        ({}, 0, "0"),
        ({}, 0.5, "1"),
        ({}, -0.4, "0"),
        ({}, -0.5, "-1"),
        ({}, 1e12, "1000000000000"),
        ({"thousands": ","}, 999, "999"),
        ({"thousands": ","}, 1000, "1,000"),
        ({"thousands": " "}, -1234567, "-1 234 567"),
        ({"decimals": 2}, 1.125, "1.13"),
        ({"decimals": 2, "point": ",", "thousands": "."}, 1234.5, "1.234,50"),
        ({"decimals": 1}, 0.95, "1.0"),
        ({"digits": 4}, 7, "0007"),
        ({"digits": 4, "thousands": ","}, 7, "0,007"),
        ({"clock": True}, 0, "0:00"),
        ({"clock": True}, 59.6, "1:00"),
        ({"clock": True}, 3599, "59:59"),
        ({"clock": True}, 3600, "1:00:00"),
        ({"clock": True, "digits": 2}, 75, "01:15"),
        ({"clock": True, "decimals": 1}, 9.25, "0:09.3"),
        ({"clock": True}, -75, "-1:15"),
        ({"text": "¥{} only"}, 5, "¥5 only"),
    ],
)
def test_a_number_is_written(form: dict[str, Any], value: float, text: str) -> None:
    assert NumberForm(**form).written(value) == text


@given(st.floats(0, 1e9), st.integers(0, 4), st.sampled_from(["", ",", " "]))
def test_a_rolled_number_is_the_same_as_one_that_is_replaced(
    value: float, decimals: int, thousands: str
) -> None:
    form = NumberForm(decimals=decimals, thousands=thousands)
    text = form.number(value)
    digits = [int(char) for char in text if char.isdigit()]
    assert form.rolled(digits, False) == text
