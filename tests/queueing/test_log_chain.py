"""The chain over days, closings, rollbacks and offices; what it costs; a whole day of everything."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from core.refusals import Refusal
from office.models import Office
from queueing import actions, day_actions, line_log, log_store
from queueing.lifecycle_rules import LIVE
from queueing.log_check import check
from queueing.models import Call, DayClosing, Ticket
from tests import builders
from tests.queries import counted
from tests.queueing.log_day import called, found, log_of, served, untold, whats
from tests.queueing.ward import HANOI, NINE, Ward

# --- the chain --------------------------------------------------------------------------------------------------------


def test_a_day_follows_the_day_before_and_each_is_the_offices_own(ward: Ward) -> None:
    ward.take()
    ward.now = NINE.replace(day=24, hour=6, minute=30)  # 23:30 of the 23rd in Greenwich
    ward.take()
    first, second = (
        log_store.entries_of_day(ward.session, ward.office, date(2026, 11, day)) for day in (23, 24) if log_of(ward)
    )
    assert [[entry.n for entry in day] for day in (first, second)] == [[1, 2], [3]]
    assert found(ward) == []


def test_each_office_has_a_chain_of_its_own(ward: Ward) -> None:
    beside = builders.make_office(ward.session, "00071")
    for office, service in ((ward.office, ward.services["A"]), (beside, beside.services[0]), (ward.office, ward.services["B"])):
        actions.take_ticket(ward.session, office, service, now=ward.now, tz=HANOI, source="kiosk", actor=ward.actor)
    assert [entry.n for entry in log_of(ward)] == [1, 2, 3]
    assert [entry.n for entry in log_store.all_entries(ward.session, beside)] == [1, 2]
    assert check(ward.session, beside).findings == found(ward) == []


def test_the_close_of_a_day_keeps_where_its_log_ended(ward: Ward) -> None:
    ward.do("cancel", ward.take())
    closing = day_actions.close_day(
        ward.session, ward.office, NINE.date(), expire_missed=False, actor=ward.actor, now=ward.now, tz=HANOI
    )
    last = log_of(ward)[-1]
    assert (last.what, last.detail["day"]) == ("day_closed", "2026-11-23")
    assert closing.log_hash == last.hash == line_log.last_hash(ward.session, ward.office)
    assert found(ward) == []
    ward.pass_minutes(24 * 60)
    ward.take()
    assert found(ward) == []
    assert ward.session.scalars(select(DayClosing.log_hash)).one() == last.hash


def test_an_office_without_a_log_ends_with_nothing(ward: Ward) -> None:
    assert line_log.last_hash(ward.session, ward.office) == ""
    assert found(ward) == []


def test_what_is_rolled_back_leaves_no_entry(database: Database) -> None:
    with database.transaction() as session:
        Ward(session).take()
    with suppress(RuntimeError), database.transaction() as session:
        office, ticket = session.scalars(select(Office)).one(), session.scalars(select(Ticket)).one()
        line_log.note(session, "recalled", office_id=office.id, at=NINE, ticket=ticket)
        assert line_log.last_hash(session, office)
        raise RuntimeError
    with database.transaction() as session:
        office = session.scalars(select(Office)).one()
        assert [entry.what for entry in log_store.all_entries(session, office)] == ["policy", "taken"]


def test_what_a_savepoint_takes_back_leaves_no_entry(ward: Ward, session: Session) -> None:
    ward.take()
    with suppress(RuntimeError), session.begin_nested():
        ward.take()
        raise RuntimeError
    assert whats(ward) == ["taken"]
    assert found(ward) == []


def test_a_press_that_waited_for_another_is_told_with_both_times(ward: Ward) -> None:
    """It looked at the clock before the one it waited for: the stretches do not overlap, the call keeps its own time."""
    ward.open(1)
    ward.pass_minutes(1)
    ward.take()
    ward.pass_minutes(-0.01)
    call = ward.call(1)
    entry = log_of(ward)[-1]
    assert call is not None
    assert (entry.at - call.called_at).total_seconds() == 0.6
    assert entry.detail["call"]["at"] == "2026-11-23T02:00:59.400000Z"
    assert found(ward) == []


def test_another_time_zone_has_other_days(ward: Ward) -> None:
    ward.session.info[line_log.TZ] = ZoneInfo("America/Los_Angeles")
    ward.take()
    assert [entry.on for entry in log_of(ward)] == [date(2026, 11, 22)] * 2


# --- what it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", ["recall", "finish", "call_next"])
def test_an_action_costs_one_question_and_one_insert_more(ward: Ward, database: Database, verb: str) -> None:
    ward.open(1)
    ticket = served(ward) if verb != "recall" else called(ward)
    ward.take()
    ward.pass_minutes(1)
    log_of(ward)
    ward.call(1) if verb == "call_next" else ward.do(verb, ticket)
    ward.session.flush()
    with counted(database.engine) as asked:
        line_log.write_noted(ward.session)
    assert [statement.split()[0] for statement in asked] == ["SELECT", "INSERT"]
    assert all("line_log" in statement for statement in asked)


# --- a whole day ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_busy_day_of_everything_at_random_is_told_whole_and_kept_to_the_rule(ward: Ward, seed: int) -> None:
    """Also the control of the judge: whatever the rule really does is never called unfair."""
    dice = random.Random(seed)
    ward.open(1, 2, 3)
    for _step in range(90):
        ward.pass_minutes(dice.choice([0, 0, 1, 2, 5]))
        with suppress(Refusal), ward.session.begin_nested():
            anything(ward, dice)
        line_log.write_noted(ward.session)
        ward.session.info.clear()  # each press is a transaction of its own
    assert untold(ward) == set()
    assert found(ward) == []
    assert ward.session.scalars(select(Call)).all()


def anything(ward: Ward, dice: random.Random) -> None:
    """One press of somebody."""
    kind = dice.choice(["take", "take", "check_in", "next", "next", "next", "do", "do", "undo"])
    live = ward.session.scalars(select(Ticket).where(Ticket.state.in_(LIVE)).order_by(Ticket.id)).all()
    if kind == "take":
        ward.take(dice.choice("ABC"), priority=dice.random() < 0.2)
    elif kind == "check_in":
        minutes = ward.now.hour * 60 + ward.now.minute + dice.choice([-30, -5, 5, 25, 60])
        ward.check_in(f"{minutes // 60 % 24:02}:{minutes % 60:02}", dice.choice("ABC"))
    elif kind == "next":
        ward.call(dice.choice([1, 2, 3]))
    elif live:
        ticket = dice.choice(live)
        one = dice.choice(["serve", "absent", "hold", "resume", "transfer", "return_ticket", "cancel", "set_priority", "service"])
        more = {
            "hold": {"why": "chờ giấy"}, "transfer": {"counter": ward.counter(dice.choice([1, 2, 3]))},
            "return_ticket": {"tz": HANOI}, "set_priority": {"priority": dice.random() < 0.5},
            "resume": {"counter": ward.counter(1)}, "service": {"service": ward.services[dice.choice("ABC")]},
        }.get(one, {})  # fmt: skip
        if kind == "undo":
            ward.do("undo", ticket)
        else:
            ward.do("change_service" if one == "service" else one, ticket, **more)
