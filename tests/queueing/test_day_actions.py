"""The day's edges on a real database: numbers before opening, lunch, slips for the next day, closing, a field that stops."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.rights import NotFound
from office import stops
from office.models import Stop
from office.refusals import AlreadyStopped, FieldStopped
from office.stops import EVERYTHING, Stopped
from queueing import actions, day_actions, day_store, views
from queueing.day_refusals import CarriedLater, CarryFull, DayNotOver, Undecided
from queueing.hall import Hall
from queueing.line_views import line_view
from queueing.models import CarryQuota, DayClosing, Ticket
from queueing.refusals import WrongState
from tests import builders
from tests.queueing.ward import HANOI, NINE, Ward

MONDAY, TUESDAY = NINE.date(), NINE.date() + timedelta(days=1)


def at(ward: Ward, clock: str, on: date = MONDAY) -> None:
    hour, minute = map(int, clock.split(":"))
    ward.now = NINE.replace(day=on.day, hour=hour, minute=minute)


def carry(ward: Ward, ticket: Ticket) -> Ticket:
    return day_actions.carry(ward.session, ticket, actor=ward.actor, now=ward.now, tz=HANOI)


def show_slip(ward: Ward, ticket: Ticket) -> tuple[Ticket, bool]:
    return day_actions.take_carried_ticket(
        ward.session, ward.office, ticket, now=ward.now, tz=HANOI, source="kiosk", actor=ward.actor
    )


def close(ward: Ward, on: date = MONDAY, *, expire_missed: bool = False) -> DayClosing:
    return day_actions.close_day(
        ward.session, ward.office, on, expire_missed=expire_missed, actor=ward.actor, now=ward.now, tz=HANOI
    )


def shown(ward: Ward, ticket: Ticket) -> views.View:
    ward.session.flush()
    return views.ticket_view(ward.session, ticket, ward.now, HANOI)


# --- before opening, and lunch ----------------------------------------------------------------------------------------


def test_a_number_taken_before_opening_is_called_first_and_its_waiting_counts_from_opening(ward: Ward) -> None:
    at(ward, "07:40")
    early = ward.take("A")
    assert datetime.fromisoformat(shown(ward, early)["resumes_at"]) == NINE.replace(hour=8)
    at(ward, "08:00")
    ward.take("A")
    at(ward, "08:05")
    [first, _second] = line_view(ward.session, ward.office, ward.now, HANOI)["waiting"]
    assert (first["number"], first["waited"]) == (early.label, 5)
    ward.open(1)
    assert ward.called(1) == early.label


def test_over_lunch_people_keep_their_place_and_are_told_when_it_goes_on(ward: Ward) -> None:
    at(ward, "11:50")
    first, second = ward.take("A"), ward.take("A")
    at(ward, "12:10")
    for ticket, ahead in ((first, 0), (second, 1)):
        told = shown(ward, ticket)
        assert datetime.fromisoformat(told["resumes_at"]) == NINE.replace(hour=13, minute=30)
        assert told["people_ahead"] == ahead
    assert views.board_view(ward.session, ward.office, ward.now, HANOI)["resumes_at"] is not None
    at(ward, "13:30")
    assert shown(ward, first)["resumes_at"] is None
    ward.open(1)
    assert ward.called(1) == first.label


def test_counters_that_break_in_turns_go_on_with_the_line_over_lunch(ward: Ward) -> None:
    week = {weekday: [(480, 1020)] for weekday in range(5)}
    builders.set_hours(ward.session, ward.office, week, ward.counter(2))
    at(ward, "12:10")
    mine, of_three = ward.take("A"), ward.take("C")
    assert shown(ward, mine)["resumes_at"] is None, "counter 2 is planned to be there"
    assert shown(ward, of_three)["resumes_at"] is not None
    ward.open(2)
    assert ward.called(2) == mine.label


def test_an_officer_who_works_through_the_break_keeps_the_line_going(ward: Ward) -> None:
    at(ward, "12:10")
    mine = ward.take("A")
    assert Hall(ward.session, ward.office, ward.now, HANOI).resumes_at() is not None
    ward.open(1)
    assert shown(ward, mine)["resumes_at"] is None


# --- a slip for the next working day ----------------------------------------------------------------------------------


def test_a_slip_makes_a_ticket_on_the_next_day_before_who_came_early_and_only_once(ward: Ward) -> None:
    mine = ward.take("A", priority=True)
    carry(ward, mine)
    assert (mine.state, mine.outcome, mine.carried_on) == ("expired", "carried", TUESDAY)
    assert ward.life(mine) == ["waiting", "expired"]
    at(ward, "07:40", TUESDAY)
    early = ward.take("A", priority=True)
    at(ward, "08:30", TUESDAY)
    made, new = show_slip(ward, mine)
    again, new_again = show_slip(ward, mine)
    assert (new, new_again, again) == (True, False, made)
    assert (made.kind, made.arrival, made.carried_from_id, made.priority, made.on) == (
        "walk_in",
        "carried",
        mine.id,
        True,
        TUESDAY,
    )
    assert shown(ward, mine)["continued"] == made.token
    waiting = line_view(ward.session, ward.office, ward.now, HANOI)["waiting"]
    assert [each["number"] for each in waiting] == [made.label, early.label]
    assert waiting[0]["reason"]["code"] == "carried"


def test_the_database_lets_a_slip_become_one_ticket_only(ward: Ward) -> None:
    mine, other = ward.take("A"), ward.take("A")
    other.carried_from_id = mine.id
    ward.session.flush()
    third = ward.take("A")
    third.carried_from_id = mine.id
    with pytest.raises(IntegrityError):
        ward.session.flush()
    ward.session.rollback()


def test_a_slip_is_good_on_its_day_only_and_says_so(ward: Ward) -> None:
    mine = carry(ward, ward.take("A"))
    with pytest.raises(CarriedLater) as refused:
        show_slip(ward, mine)
    assert (refused.value.code, refused.value.details) == ("wrong_day", {"day": TUESDAY.isoformat(), "hour": "08:00"})
    with pytest.raises(NotFound):
        show_slip(ward, ward.take("A"))


def test_slips_have_a_quota_of_their_own_and_one_taken_back_is_free_again(ward: Ward) -> None:
    ward.office.settings = {"carry_quota": 2}
    first, second, third = (ward.take("A") for _each in range(3))
    carry(ward, first)
    carry(ward, second)
    with pytest.raises(CarryFull):
        carry(ward, third)
    assert third.state == "waiting"
    actions.undo(ward.session, second, actor=ward.actor, now=ward.now)
    day_actions.take_slip_back(ward.session, second)
    assert (second.state, second.carried_on, day_actions.slip_day(second)) == ("waiting", None, None)
    carry(ward, third)
    assert day_store.carry_places(ward.session, ward.office, TUESDAY, 2) == (2, 2)


def test_a_smaller_quota_set_later_takes_no_slip_away(ward: Ward) -> None:
    ward.office.settings = {"carry_quota": 2}
    carry(ward, ward.take("A"))
    carry(ward, ward.take("A"))
    ward.office.settings = {"carry_quota": 1}
    with pytest.raises(CarryFull):
        carry(ward, ward.take("A"))
    assert day_store.carry_places(ward.session, ward.office, TUESDAY, 1) == (2, 2)
    ward.office.settings = {"carry_quota": 3}
    carry(ward, ward.take("A"))


def test_the_database_gives_no_slip_over_the_quota(session: Session, ward: Ward) -> None:
    session.add(CarryQuota(office_id=ward.office.id, on=TUESDAY, used=3, places=2))
    with pytest.raises(IntegrityError):
        session.flush()
    session.rollback()


def test_who_is_being_served_is_served_on_and_gets_no_slip(ward: Ward) -> None:
    mine = ward.take("A")
    ward.open(1)
    ward.call(1)
    ward.do("serve", mine)
    with pytest.raises(WrongState):
        carry(ward, mine)


# --- the end of the day -----------------------------------------------------------------------------------------------


def test_a_day_is_closed_when_everybody_is_decided_and_not_before(ward: Ward) -> None:
    ward.open(1)
    done, missed, waits = ward.take("A"), ward.take("A"), ward.take("A")
    ward.call(1)
    ward.do("finish", done)
    ward.call(1)
    ward.do("absent", missed)
    at(ward, "17:05")
    with pytest.raises(Undecided) as refused:
        close(ward)
    assert refused.value.details["numbers"] == [missed.label, waits.label]
    with pytest.raises(Undecided) as refused:
        close(ward, expire_missed=True)
    assert refused.value.details["numbers"] == [waits.label], "who waits is for somebody to decide on"
    assert day_store.closing_of(ward.session, ward.office, MONDAY) is None


def test_closing_expires_who_missed_the_call_and_a_second_time_changes_nothing(ward: Ward) -> None:
    ward.open(1)
    missed = ward.take("A")
    ward.call(1)
    ward.do("absent", missed)
    at(ward, "17:05")
    closed = close(ward, expire_missed=True)
    assert (missed.state, missed.outcome) == ("expired", "missed")
    assert closed.staff_id == ward.actor.id
    ward.pass_minutes(5)
    assert close(ward).closed_at == closed.closed_at


def test_a_day_to_come_is_not_closed(ward: Ward) -> None:
    with pytest.raises(DayNotOver):
        close(ward, TUESDAY)


def test_what_was_decided_on_a_closed_day_is_not_taken_back(ward: Ward) -> None:
    mine = ward.take("A")
    ward.do("cancel", mine)
    close(ward)
    assert mine.undo is None


def test_whoever_joins_the_line_after_closing_opens_the_day_again(ward: Ward) -> None:
    close(ward)
    ward.take("A")
    assert ward.session.scalars(select(DayClosing)).all() == []


def test_a_ticket_of_a_past_day_is_in_no_line_and_has_expired_for_its_person(ward: Ward) -> None:
    mine = ward.take("A")
    at(ward, "08:10", TUESDAY)
    assert mine.state == "waiting"
    assert shown(ward, mine)["state"] == "expired"
    assert line_view(ward.session, ward.office, ward.now, HANOI)["waiting"] == []
    ward.open(1)
    assert ward.called(1) is None
    assert day_store.undecided_before(ward.session, ward.office, TUESDAY) == {MONDAY: 1}


def test_a_forgotten_day_is_closed_with_one_press_and_frees_its_counter(ward: Ward) -> None:
    served, waits = ward.take("A"), ward.take("A")
    ward.open(1)
    ward.call(1)
    ward.do("serve", served)
    at(ward, "08:10", TUESDAY)
    with pytest.raises(Undecided):
        close(ward)
    close(ward, expire_missed=True)
    assert [(each.state, each.outcome) for each in (served, waits)] == [("done", "served"), ("expired", None)]
    assert served.counter_id is None
    assert day_store.undecided_before(ward.session, ward.office, TUESDAY) == {}


def test_a_forgotten_person_gets_a_slip_for_today(ward: Ward) -> None:
    mine = ward.take("A")
    at(ward, "08:10", TUESDAY)
    carry(ward, mine)
    assert mine.carried_on == TUESDAY
    made, new = show_slip(ward, mine)
    assert new
    assert made.on == TUESDAY


def test_a_round_the_clock_office_keeps_yesterdays_line_and_tells_nobody_that_it_is_over(session: Session, ward: Ward) -> None:
    builders.set_hours(session, ward.office, builders.ROUND_THE_CLOCK)
    mine = ward.take("A")
    at(ward, "00:30", TUESDAY)
    assert shown(ward, mine)["state"] == "waiting"
    with pytest.raises(Undecided):
        close(ward, MONDAY, expire_missed=True)


# --- a field that stops -----------------------------------------------------------------------------------------------

JUSTICE = "Tư pháp"


def stop(ward: Ward, field: str = JUSTICE) -> Stop:
    return stops.put(ward.session, ward.office, Stopped(field, "Mất điện", MONDAY), staff_id=None, now=ward.now)


@pytest.mark.parametrize("field", [JUSTICE, EVERYTHING])
def test_a_stopped_field_gives_no_numbers_until_it_is_lifted_and_who_waits_stays(ward: Ward, field: str) -> None:
    waits = ward.take("A")
    said = stop(ward, field)
    with pytest.raises(FieldStopped) as refused:
        ward.take("A")
    assert refused.value.details == {"field": field, "reason": "Mất điện"}
    with pytest.raises(FieldStopped):
        ward.check_in("09:15")
    ward.open(1)
    assert day_store.waiting_of_field(ward.session, ward.office, field, MONDAY) == 1
    assert ward.called(1) == waits.label
    assert stops.lift(ward.session, said, ward.now)
    assert not stops.lift(ward.session, said, ward.now)
    assert ward.take("A").state == "waiting"


def test_another_field_goes_on_and_so_does_the_next_day(ward: Ward) -> None:
    stop(ward, "Đất đai")
    assert ward.take("A").state == "waiting"
    stop(ward)
    at(ward, "08:10", TUESDAY)
    assert ward.take("A").state == "waiting"


def test_a_field_is_stopped_once_at_a_time(ward: Ward) -> None:
    said = stop(ward)
    with pytest.raises(AlreadyStopped):
        stop(ward)
    stops.lift(ward.session, said, ward.now)
    assert stop(ward).lifted_at is None


def test_the_board_says_what_is_stopped_and_why(ward: Ward) -> None:
    stop(ward)
    [told] = views.board_view(ward.session, ward.office, ward.now, HANOI)["stops"]
    assert (told["field"], told["reason"]) == (JUSTICE, "Mất điện")
