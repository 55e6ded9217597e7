"""The head sees which phones and devices book more than is usual, and never a whole number."""

from __future__ import annotations

from datetime import date, timedelta

from booking.actions import cancel
from booking.models import Appointment
from booking.visits import mark_wrong_person
from core.rights import ANONYMOUS
from queueing.actions import take_booked_ticket
from setup.booker_store import bookers_by_device, bookers_by_phone
from setup.rules import Booker, worth_a_look
from tests.booking.plans import HANOI
from tests.pages import CheckedClient
from tests.setup.lost_hours import NAME, URL, Ward

BUSY, QUIET = "+84912345678", "+84987654321"
PAGE = "/office/00070/bookings"


def history(ward: Ward) -> None:
    """The busy phone: cancelled, not come, somebody else came, one to come; the quiet one came once."""
    days = {"cancelled": 24, "not_come": 26, "wrong": 23, "coming": 25}
    made = {what: ward.booked("10:00", day, phone=BUSY, device="b" * 64) for what, day in days.items()}
    came = ward.booked("11:00", 23, phone=QUIET, device="a" * 64)
    with ward.database.transaction() as session:
        cancel(session, session.get_one(Appointment, made["cancelled"]).token, now=ward.clock.now(), tz=HANOI, public_url=URL)
        for booking in (came, made["wrong"]):
            found = session.get_one(Appointment, booking)
            take_booked_ticket(
                session, found.office, found.service, appointment_id=booking, slot_at=found.starts_at, arrival="on_time",
                due_at=found.starts_at, minutes=10, now=ward.clock.now(), tz=HANOI, source="staff", actor=ANONYMOUS, people=1,
                lang="vi",
            )  # fmt: skip
        wrong = session.get_one(Appointment, made["wrong"])
        mark_wrong_person(session, wrong, staff_id=None, now=ward.clock.now(), secret="x")
        session.get_one(Appointment, made["not_come"]).on = date(2026, 11, 20)


def test_what_became_of_the_bookings_of_a_phone_and_a_device_is_counted(ward: Ward) -> None:
    history(ward)
    today = ward.clock.now().astimezone(HANOI).date()
    with ward.database.reading() as session:
        place = session.get_one(Appointment, 1).office
        phones = worth_a_look(bookers_by_phone(session, place, today))
        devices = worth_a_look(bookers_by_device(session, place, today))
        assert bookers_by_phone(session, place, today + timedelta(days=60)) == []
    assert phones == [Booker("••• 678", 1, 0, 1, 1, 1, 1), Booker("••• 321", 0, 1, 0, 0, 0, 5)]
    assert [(each.mark, each.over_usual) for each in devices] == [("bbbbbb", True), ("aaaaaa", False)]


def test_no_whole_phone_and_no_name_stands_on_the_page(client: CheckedClient, ward: Ward) -> None:
    history(ward)
    page = client.page(PAGE, headers=ward.headers["head"])
    assert page.index("••• 678") < page.index("••• 321")
    assert page.count("Nhiều hơn thường lệ") == 2
    for secret in ("912345678", "0912 345 678", NAME, "Trần"):
        assert secret not in page


def test_deleted_data_and_bookings_without_a_device_are_nobodys(client: CheckedClient, ward: Ward) -> None:
    gone = ward.booked("10:00")
    ward.booked("10:15")
    with ward.database.transaction() as session:
        session.get_one(Appointment, gone).erased_at = ward.clock.now()
    page = client.page(PAGE, headers=ward.headers["head"])
    assert "Số điện thoại: 1" in page
    assert "Thiết bị: 0" in page
    assert "Chưa có lịch hẹn nào." in page


def test_the_bookings_of_another_office_are_not_counted(client: CheckedClient, ward: Ward) -> None:
    ward.booked("10:00")
    page = client.page("/office/00091/bookings", headers=ward.headers["beside"])
    assert "Số điện thoại: 0" in page
