"""Time is exact: what is written is read back, neighbours share boundaries, nothing drifts."""

from __future__ import annotations

import struct
from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from farm.model.timebase import (
    MAX_RATE,
    MIN_RATE,
    NTSC,
    clock,
    parse_rate,
    parse_seconds,
    to_frame,
    to_seconds,
)

RATES = [Fraction(n) for n in (1, 24, 25, 30, 50, 60, 120, 240)] + list(NTSC.values())
rates = st.sampled_from(RATES)
frames = st.integers(0, 10**6)


@given(frames, rates)
def test_a_frame_written_is_the_frame_read(frame: int, rate: Fraction) -> None:
    assert to_frame(parse_seconds(f"{frame}f", rate), rate) == frame
    assert to_frame(to_seconds(frame, rate), rate) == frame


@given(st.floats(-9e5, 9e5, allow_nan=False), rates)
def test_a_number_is_read_as_it_is_written(seconds: float, rate: Fraction) -> None:
    assert float(parse_seconds(seconds, rate)) == seconds


@given(st.integers(0, 9), st.integers(0, 59), st.integers(0, 59), st.integers(0, 999))
def test_clock_times_are_exact(hours: int, minutes: int, seconds: int, millis: int) -> None:
    wanted = hours * 3600 + minutes * 60 + seconds + Fraction(millis, 1000)
    assert parse_seconds(f"{hours}:{minutes:02}:{seconds:02}.{millis:03}", Fraction(25)) == wanted
    assert parse_seconds(f"-{hours}:{minutes:02}:{seconds:02}.{millis:03}", Fraction(25)) == -wanted


@given(st.lists(st.fractions(Fraction(1, 1000), 20), min_size=1, max_size=60), rates)
def test_neighbours_share_boundaries_and_nothing_drifts(lengths: list[Fraction], rate: Fraction) -> None:
    edges = [to_frame(seconds, rate) for seconds in accumulate(lengths, initial=Fraction(0))]
    assert all(b >= a for a, b in pairwise(edges))
    # However many clips there are, the end is within half a frame of where it should be.
    assert abs(edges[-1] - sum(lengths) * rate) <= Fraction(1, 2)
    for length, (start, stop) in zip(lengths, pairwise(edges), strict=True):
        assert abs((stop - start) - length * rate) <= 1


@given(st.fractions(0, 1000), rates)
def test_a_time_is_at_most_half_a_frame_away(seconds: Fraction, rate: Fraction) -> None:
    assert abs(to_seconds(to_frame(seconds, rate), rate) - seconds) <= 1 / rate / 2


def test_halves_go_up() -> None:
    assert [to_frame(Fraction(n, 2), Fraction(1)) for n in (-3, -1, 1, 3)] == [-1, 0, 1, 2]


@pytest.mark.parametrize(
    "rate",
    [Fraction(n * 1000, 1001) for n in (12, 15, 24, 30, 48, 60, 120, 240)]
    + [Fraction(100, 3), Fraction(50, 3), Fraction(200, 3), Fraction(24), Fraction(240), Fraction(1)],
)
@pytest.mark.parametrize("digits", range(3, 17))
def test_any_decimal_of_a_known_rate_is_that_rate(rate: Fraction, digits: int) -> None:
    rounded, cut = round(rate, digits), Fraction(int(rate * 10**digits), 10**digits)
    for decimal in (rounded, cut):
        if MIN_RATE <= decimal <= MAX_RATE:
            assert parse_rate(f"{decimal.numerator / decimal.denominator:.{digits}f}") == rate
    assert parse_rate(float(rate)) == rate
    assert parse_rate(f"{float(rate):.2f}") == rate
    assert parse_rate(struct.unpack("f", struct.pack("f", float(rate)))[0]) == rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("12.5", Fraction(25, 2)),
        ("29.5", Fraction(59, 2)),
        ("12.34", Fraction(617, 50)),
        ("29.98", Fraction(1499, 50)),
    ],
)
def test_other_decimals_stay_as_they_are_written(text: str, rate: Fraction) -> None:
    assert parse_rate(text) == parse_rate(float(text)) == rate


@given(st.one_of(st.floats(), st.integers(), st.text(max_size=12), st.fractions(0, 300).map(str)))
@example(10**5000)
@example("1e999999999")
@example("9" * 5000)
@example("123456789/4115227")
def test_no_rate_passes_that_a_file_cannot_count(value: int | float | str) -> None:
    try:
        rate, message = parse_rate(value), ""
    except ValueError as error:
        rate, message = Fraction(0), str(error)
    if message:
        assert "frame" in message
        assert len(message) < 200
        return
    assert MIN_RATE <= rate <= MAX_RATE
    # An hour in ticks fits the 32 bits of an MP4's track header, and the ratio those of x264.
    assert rate.numerator * 3600 < 2**32


@pytest.mark.parametrize("value", [10**4000, "9" * 5000, 1e300, float("inf"), "1" + "0" * 13])
def test_silly_times_are_refused_in_a_sentence(value: int | float | str) -> None:
    with pytest.raises(ValueError, match="time") as caught:
        parse_seconds(value, Fraction(30))
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(("text", "rate"), [*NTSC.items(), ("30", Fraction(30)), ("12.5", Fraction(25, 2))])
def test_rates_mean_what_everybody_means(text: str, rate: Fraction) -> None:
    assert parse_rate(text) == rate
    assert parse_rate(float(text)) == rate
    assert parse_rate(str(rate)) == rate


@pytest.mark.parametrize("value", ["", "abc", "1/0", 0, -30, 241, "nan", "inf", 10**30])
def test_other_rates_are_refused(value: int | str) -> None:
    with pytest.raises(ValueError, match="frame rate"):
        parse_rate(value)


@pytest.mark.parametrize(
    "value", ["", "soon", "1:2:3:4", "f", "1.5f", True, float("nan"), float("inf"), 10**400, "1e3"]
)
def test_other_times_are_refused(value: int | float | str) -> None:
    with pytest.raises(ValueError, match="a time"):
        parse_seconds(value, Fraction(30))


def test_clock_reads_well() -> None:
    assert [clock(s) for s in (0, 9.96, 75.25, 3600)] == ["0:00.0", "0:10.0", "1:15.2", "60:00.0"]
