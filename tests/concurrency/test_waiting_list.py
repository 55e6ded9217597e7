"""Offers of the waiting list, while others cancel, leave and accept at the same moment."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import httpx
from sqlalchemy import func, select

from booking import waiting_actions
from booking.models import Appointment, Hold, WaitingEntry
from office.models import Office
from tests.booking.desk import HANOI, URL
from tests.concurrency.conftest import OpenHall
from tests.concurrency.hall import Call, Hall
from tests.conftest import MONDAY_MORNING

PRESSES = 8
PLACES = 8
ONE_A_SLOT = {"counters": 1, "minutes": 9, "hours": {weekday: [(480, 600)] for weekday in range(7)}}
"""Eight places a day."""


@dataclass(frozen=True)
class Full:
    """The tokens of a full Tuesday's bookings, and of those who wait for it."""

    booked: list[str]
    waiting: list[str]


def full_day(hall: Hall, waiting: int) -> Full:
    with hall.desk() as desk:
        booked = [made.token for made in desk.fill_day(24)]
        assert len(booked) == PLACES
        return Full(booked, [desk.join(24).token for _person in range(waiting)])


def accept(token: str) -> Call:
    return Call(f"/waiting-list/{token}/accept")


def leave(token: str) -> Call:
    return Call(f"/waiting-list/{token}/leave")


def cancel(token: str) -> Call:
    return Call(f"/appointments/{token}", method="DELETE")


def states(hall: Hall) -> Counter[str]:
    """How many are in which state; and that each offer is somebody's own, each slot is used once, each booking is whole."""
    with hall.database.reading() as session:
        entries = session.scalars(select(WaitingEntry)).all()
        offers = set(session.scalars(select(Hold.id).where(Hold.kind == "offer")))
        live = session.scalar(select(func.count()).select_from(Appointment).where(Appointment.state == "booked"))
    assert offers == {entry.hold_id for entry in entries if entry.hold_id is not None}, "an offer that is nobody's"
    minutes = hall.minutes()
    assert set(minutes.values()) == {9}
    counted = Counter(entry.state for entry in entries)
    assert len(minutes) >= (live or 0) + counted["offered"]
    return counted


def one_offer_is_accepted_often(hall: Hall) -> list[httpx.Response]:
    day = full_day(hall, waiting=1)
    assert hall.at_once([cancel(day.booked[3])])[0].status_code == 204
    return hall.at_once([accept(day.waiting[0])] * PRESSES)


def test_an_offer_accepted_twice_at_once_is_one_booking(open_hall: OpenHall) -> None:
    hall = open_hall(**ONE_A_SLOT)
    answers = one_offer_is_accepted_often(hall)
    assert [answer.status_code for answer in answers] == [201] * PRESSES
    assert len({answer.json()["token"] for answer in answers}) == 1
    assert states(hall) == {"accepted": 1}
    assert len(hall.minutes()) == PLACES


def test_without_the_locked_entry_who_presses_twice_is_told_it_is_gone_and_that_is_seen(open_hall: OpenHall) -> None:
    answers = one_offer_is_accepted_often(open_hall("offer", **ONE_A_SLOT))
    assert {answer.status_code for answer in answers} != {201}


def four_cancel_at_once(hall: Hall) -> None:
    day = full_day(hall, waiting=6)
    answers = hall.at_once([cancel(token) for token in day.booked[:4]])
    assert {answer.status_code for answer in answers} == {204}


def test_places_freed_at_once_are_offered_to_different_people(open_hall: OpenHall) -> None:
    """Whoever is just being offered a place is passed over, so it may be any four of the six; who is left waits on."""
    hall = open_hall(**ONE_A_SLOT)
    four_cancel_at_once(hall)
    counted = states(hall)
    assert counted == {"offered": 4, "waiting": 2}
    assert hall.deadlocks() == 0


def test_without_the_claimed_entry_one_person_is_offered_several_and_that_is_seen(open_hall: OpenHall) -> None:
    hall = open_hall("claim", **ONE_A_SLOT)
    four_cancel_at_once(hall)
    with hall.database.reading() as session:
        offers = len(session.scalars(select(Hold.id).where(Hold.kind == "offer")).all())
        offered = len(session.scalars(select(WaitingEntry.id).where(WaitingEntry.state == "offered")).all())
    assert offers > offered


def test_accepting_leaving_and_cancelling_at_once_loses_nothing(open_hall: OpenHall) -> None:
    hall = open_hall(**ONE_A_SLOT)
    day = full_day(hall, waiting=8)
    for token in day.booked[:3]:
        assert hall.at_once([cancel(token)])[0].status_code == 204
    assert states(hall) == {"offered": 3, "waiting": 5}
    first, second, third, *others = day.waiting
    calls = [accept(first), leave(second), accept(third), leave(third), leave(others[0]), accept(first)]
    answers = hall.at_once([*calls, *(cancel(token) for token in day.booked[3:6])])
    assert {answer.status_code for answer in answers} <= {200, 201, 204, 409}
    assert [answer.status_code for answer in (answers[0], answers[5])] == [201, 201]
    counted = states(hall)
    assert sum(counted.values()) == 8
    assert counted["accepted"] in (1, 2)
    assert counted["left"] in (2, 3)
    assert len(hall.minutes()) == PLACES, "what nobody has is offered, or rests"
    assert hall.deadlocks() == 0


def test_an_offer_lapses_or_is_accepted_and_never_both(open_hall: OpenHall) -> None:
    """Eight offers ended a moment ago: their people accept while the offers are passed on."""
    hall = open_hall(**ONE_A_SLOT)
    day = full_day(hall, waiting=8)
    with hall.desk() as desk:
        desk.wait(minutes=-9.9)
        for token in day.booked:
            desk.cancel(Appointment(token=token))
        ids = list(desk.session.scalars(select(WaitingEntry.id).where(WaitingEntry.state == "offered")))
    assert len(ids) == PLACES

    def lapse(entry: int) -> None:
        with hall.database.transaction() as session:
            assert session.get(Office, 1)
            waiting_actions.lapse(session, entry, now=MONDAY_MORNING.replace(minute=1), tz=HANOI, public_url=URL)

    with ThreadPoolExecutor(PLACES) as clerks:
        lapses = [clerks.submit(lapse, entry) for entry in ids]
        answers = hall.at_once([accept(token) for token in day.waiting])
        for each in lapses:
            each.result()
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 409}
    assert states(hall)["accepted"] == statuses[201]
    assert hall.deadlocks() == 0
