"""A forecast in words: rounded outwards, and in the shape that fits what is known."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.forecast_rules import Wait
from queueing.prospects import Foreseen
from queueing.wait_words import WaitSaid, rounded, wait_said
from tests.queueing.line_builders import minute

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("low", "high", "label", "value"),
    [
        (0, 2, "Chờ", "dưới 5 phút"),
        (3, 12, "Chờ", "dưới 15 phút"),
        (11, 19, "Chờ khoảng", "10–20 phút"),
        (20, 20, "Chờ khoảng", "20–25 phút"),
        (22, 37, "Chờ khoảng", "20–40 phút"),
        (41, 57, "Chờ khoảng", "40 phút đến 1 giờ"),
        (48, 75, "Chờ khoảng", "40 phút đến 1 giờ 20 phút"),
        (120, 170, "Chờ khoảng", "2 giờ đến 2 giờ 50 phút"),
    ],
)
def test_minutes_are_told_as_a_range(low: int, high: int, label: str, value: str) -> None:
    assert wait_said(Foreseen(Wait(low, low, high)), HANOI) == WaitSaid(label, value)


def test_a_break_before_the_call_is_told_by_the_clock() -> None:
    wait = Wait(140, 135, 160)
    assert wait_said(Foreseen(wait, after_break=minute(330)), HANOI) == WaitSaid("Sau giờ nghỉ trưa", "gọi từ 13:30")
    assert wait_said(Foreseen(wait, after_break=minute(120)), HANOI) == WaitSaid("Sau giờ nghỉ", "gọi từ 10:00")
    perhaps = wait_said(Foreseen(Wait(140, 12, 145), perhaps_after_break=minute(330)), HANOI)
    assert perhaps is not None
    assert perhaps.note == "Có thể phải qua giờ nghỉ: sau đó gọi từ 13:30."


def test_a_booked_person_is_told_the_hour() -> None:
    assert wait_said(Foreseen(Wait(32, 28, 40), call_about=minute(60)), HANOI) == WaitSaid("Gọi lúc khoảng", "09:00")


def test_where_nothing_is_known_nothing_is_said() -> None:
    assert wait_said(Foreseen(), HANOI) is None


@given(low=st.integers(0, 400), width=st.integers(0, 200))
def test_what_is_told_never_promises_more_than_the_forecast(low: int, width: int) -> None:
    told_low, told_high = rounded(Wait(low, low, low + width))
    assert told_low <= low <= low + width <= told_high
    assert told_low < told_high
