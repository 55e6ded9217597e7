"""While the head closes a day others book, move and check in: nobody waits for ever, and whoever lost the hour is listed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

from sqlalchemy import delete, select

from booking import call_store
from booking.actions import Wish, book, move
from booking.events import PlanChanged
from booking.forms import Visitor
from booking.models import Appointment, CallListEntry
from booking.stragglers import LOOKS, Stragglers
from core.refusals import Refusal
from core.rights import ANONYMOUS
from office.hours import DayException
from office.models import SpecialDay
from office.store import office_by_code
from queueing.actions import take_booked_ticket
from setup import plan_actions
from setup.plan_changes import Desk, day_change
from setup.refusals import HoursTouchMore
from tests.booking.plans import HANOI, at
from tests.setup.lost_hours import NAME, URL, Ward

CLOSED_ON = at("12:00", 24).date()
TUESDAY = day_change(DayException(CLOSED_ON))


def desk(ward: Ward) -> Desk:
    return Desk(None, ward.clock.now(), HANOI, URL, None)


def close(ward: Ward) -> None:
    """Look at whom it hurts and save, as often as the list changes meanwhile."""
    for _try in range(20):
        with ward.database.reading() as session:
            seen = plan_actions.preview(session, office_by_code(session, "00070"), TUESDAY, desk(ward)).seen
        try:
            with ward.database.transaction() as session:
                plan_actions.save(session, office_by_code(session, "00070"), TUESDAY, seen=seen, desk=desk(ward))
            return
        except HoursTouchMore:
            continue
    raise AssertionError("the list never stood still")


def booking(ward: Ward, nth: int) -> Callable[[], None]:
    def run() -> None:
        with ward.database.transaction() as session:
            wish = Wish("AB"[nth % 2], at(f"{8 + nth % 4:02}:{15 * (nth % 3):02}", 24), Visitor(NAME, f"+849876543{nth:02}"))
            office = office_by_code(session, "00070")
            book(session, office, wish, now=ward.clock.now(), tz=HANOI, public_url=URL)

    return run


def together(*actions: Callable[[], None]) -> list[BaseException]:
    """Start them in the same moment; gives what was raised and is no refusal."""
    start, failed = Barrier(len(actions)), list[BaseException]()

    def run(action: Callable[[], None]) -> None:
        start.wait()
        try:
            action()
        except Refusal:
            pass
        except BaseException as error:
            failed.append(error)

    threads = [Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return failed


def unlisted(ward: Ward) -> list[int]:
    """The live bookings of the closed day that are on no list."""
    with ward.database.reading() as session:
        listed = select(CallListEntry.appointment_id).where(CallListEntry.starts_at == Appointment.starts_at)
        live = (Appointment.state == "booked", Appointment.on == CLOSED_ON)
        return list(session.scalars(select(Appointment.id).where(*live, Appointment.id.not_in(listed))))


def stragglers(ward: Ward) -> Stragglers:
    return Stragglers(ward.database, ward.clock, HANOI, public_url=URL, channel=None, context=ward.app.app_context)


def test_whoever_books_while_the_day_is_closed_is_listed_in_the_end(ward: Ward) -> None:
    for hour in ("10:00", "10:15", "11:00"):
        ward.booked(hour)
    assert together(lambda: close(ward), *(booking(ward, nth) for nth in range(8))) == []
    ward.clock.advance(LOOKS[0])
    ward.app.extensions["stragglers"].run_once()
    assert unlisted(ward) == []


def test_who_slipped_through_is_found_by_the_second_look_at_the_latest(ward: Ward) -> None:
    mine = ward.booked("10:00")
    with ward.database.transaction() as session:
        office = office_by_code(session, "00070")
        session.add(SpecialDay(office_id=office.id, on=CLOSED_ON, name="", spans=[]))
        session.get_one(Appointment, mine).created_at = ward.clock.now()
    watch = stragglers(ward)
    watch.on_plan_changed(PlanChanged("00070"))
    watch.run_once()
    assert unlisted(ward) == [mine]
    ward.clock.advance(LOOKS[-1])
    watch.run_once()
    assert unlisted(ward) == []


def test_who_slipped_through_is_found_by_another_worker_when_the_one_that_changed_the_plan_has_ended(ward: Ward) -> None:
    mine = ward.booked("15:00")
    close(ward)
    with ward.database.transaction() as session:
        session.execute(delete(CallListEntry))  # as if it had been written after the list was
        session.get_one(Appointment, mine).created_at = ward.clock.now()
    ward.clock.advance(LOOKS[0])
    other = stragglers(ward)
    other.run_once()
    assert unlisted(ward) == [mine], "nobody has told it of the change"
    other.look_back()
    other.run_once()
    assert unlisted(ward) == []


def test_an_old_booking_that_never_fitted_is_no_straggler(ward: Ward) -> None:
    mine = ward.booked("10:00")
    with ward.database.transaction() as session:
        office = office_by_code(session, "00070")
        session.add(SpecialDay(office_id=office.id, on=CLOSED_ON, name="", spans=[]))
    watch = stragglers(ward)
    watch.on_plan_changed(PlanChanged("00070"))
    ward.clock.advance(timedelta(minutes=2))
    watch.run_once()
    assert unlisted(ward) == [mine]


def test_closing_a_day_moving_and_checking_in_do_not_wait_for_one_another_for_ever(ward: Ward) -> None:
    """A check-in holds the booking and then the line, closing a day the bookings and then the office: the same order."""
    mine = [ward.booked(hour) for hour in ("10:00", "10:15", "11:00", "11:15")]

    def moved(booking: int) -> Callable[[], None]:
        def run() -> None:
            with ward.database.transaction() as session:
                token = session.get_one(Appointment, booking).token
                move(session, token, at("15:00"), now=ward.clock.now(), tz=HANOI, public_url=URL)

        return run

    def checked_in(booking: int) -> Callable[[], None]:
        def run() -> None:
            with ward.database.transaction() as session:
                call_store.lock_appointments(session, [booking])
                found = session.get_one(Appointment, booking)
                take_booked_ticket(
                    session, found.office, found.service, appointment_id=found.id, slot_at=found.starts_at, arrival="expected",
                    due_at=found.starts_at, minutes=10, now=ward.clock.now(), tz=HANOI, source="staff", actor=ANONYMOUS,
                    people=1, lang="vi",
                )  # fmt: skip

        return run

    others = [moved(mine[0]), moved(mine[1]), checked_in(mine[2]), checked_in(mine[3])]
    assert together(lambda: close(ward), *others, lambda: close(ward)) == []
    with ward.database.reading() as session:
        assert session.scalars(select(SpecialDay.on)).all() == [CLOSED_ON]
