"""One booking sent several times with one key: a double press, a retry after a cut connection."""

from __future__ import annotations

import httpx
from sqlalchemy import func, select

from booking.models import Appointment
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall

PRESSES = 8


def one_booking_is_pressed_often(hall: Hall) -> list[httpx.Response]:
    slot = hall.get(f"/offices/{hall.office}/slots", service="A", day="2026-11-24")[0]
    body = {
        "service": "A",
        "starts_at": slot["starts_at"],
        "name": "Nguyễn Thị Thử",
        "phone": "0912345678",
        "consent": True,
    }
    return hall.at_once([Call(f"/offices/{hall.office}/appointments", body, key="the-same-press")] * PRESSES)


def test_a_double_press_books_once_and_answers_the_same(open_hall: OpenHall) -> None:
    hall = open_hall()
    answers = one_booking_is_pressed_often(hall)
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    with hall.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Appointment)) == 1


def test_without_the_claimed_key_the_presses_differ_and_that_is_seen(open_hall: OpenHall) -> None:
    answers = one_booking_is_pressed_often(open_hall(without="key"))
    assert 201 in {answer.status_code for answer in answers}
    assert len({answer.text for answer in answers}) > 1
