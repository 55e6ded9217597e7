"""The set-up is changed in numbered versions, each of which can be taken back; whoever it hurts is told before and after."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core.database import Database
from core.refusals import FormRefused, Refusal
from core.rights import ANONYMOUS
from office.changes import changes_of
from office.models import Counter, Office, OfficeChange, Staff
from office.store import counters_of, office_by_code, service_by_code
from queueing.actions import take_ticket
from queueing.models import LogEntry, Ticket
from setup import parts_store, plan_actions
from setup.change_rules import Parts
from setup.plan_changes import Desk, SetupChange
from setup.refusals import CounterInUse, HoursTouchMore, InUse, LastHead, MovedOn, NotUndoable, StillServing, UndoneAlready
from tests.booking.plans import HANOI
from tests.builders import make_device, make_office, make_staff, open_counter
from tests.conftest import MONDAY_MORNING
from tests.setup.lost_hours import URL, Ward

DESK = Desk(None, MONDAY_MORNING, HANOI, URL, None)


def changed(database: Database, wanted: Parts, code: str = "00070", *, desk: Desk = DESK) -> int:
    """Save a change; gives its number, or that of the newest when there was nothing to change."""
    with database.transaction() as session:
        office = office_by_code(session, code)
        plan_actions.save(session, office, SetupChange("changed", wanted), seen=None, desk=desk)
        return changes_of(session, office, before=None, most=1)[0].n


def undone(database: Database, n: int, code: str = "00070") -> None:
    with database.transaction() as session:
        office = office_by_code(session, code)
        plan_actions.save(session, office, plan_actions.undo(session, office, n), seen=None, desk=DESK)


def setup_of(database: Database, code: str = "00070") -> dict[str, dict[str, Any]]:
    with database.reading() as session:
        return parts_store.read(session, office_by_code(session, code))


# --- versions ---------------------------------------------------------------------------------------------------------


def test_a_change_is_written_down_with_what_was_and_what_is_by_whom_and_when(ward: Ward) -> None:
    with ward.database.reading() as session:
        head = session.scalars(select(Staff.id).where(Staff.username == "head")).one()
    desk = Desk(head, MONDAY_MORNING, HANOI, URL, None)
    assert changed(ward.database, {"service:A": {"minutes": 20}, "settings": {"guard": 40}}, desk=desk) == 1
    assert changed(ward.database, {"counter:1": {"services": ["B"]}}, desk=desk) == 2
    assert changed(ward.database, {"counter:1": {"services": ["B"]}}) == 2
    with ward.database.reading() as session:
        first, second = session.scalars(select(OfficeChange).order_by(OfficeChange.n))
        assert first.before == {"service:A": {"minutes": 10}, "settings": {"guard": None}}
        assert first.after == {"service:A": {"minutes": 20}, "settings": {"guard": 40}}
        assert (first.staff_id, first.at) == (head, MONDAY_MORNING)
        assert (second.before, second.after) == ({"counter:1": {"services": ["A", "B"]}}, {"counter:1": {"services": ["B"]}})
        told = session.scalars(select(LogEntry).where(LogEntry.what == "changed").order_by(LogEntry.n)).all()
        assert [entry.detail["change"] for entry in told] == [
            {"service:A": {"minutes": [10, 20]}, "settings": {"guard": [None, 40]}},
            {"counter:1": {"services": [["A", "B"], ["B"]]}},
        ]


def test_what_no_rule_of_the_line_needs_is_not_in_its_log(ward: Ward) -> None:
    changed(ward.database, {"office": {"notice": "Nghỉ sớm"}, "service:A": {"fee": "Miễn phí"}})
    with ward.database.reading() as session:
        assert session.scalars(select(LogEntry.what).where(LogEntry.what == "changed")).all() == []


def test_a_change_is_taken_back_once_and_the_taking_back_too(ward: Ward) -> None:
    start = setup_of(ward.database)
    n = changed(ward.database, {"counter:1": {"services": ["B"], "name": "Một cửa"}, "hours": {"5": ["08:00-11:30"]}})
    undone(ward.database, n)
    assert setup_of(ward.database) == start
    with pytest.raises(UndoneAlready):
        undone(ward.database, n)
    undone(ward.database, n + 1)
    assert setup_of(ward.database)["counter:1"]["services"] == ["B"]
    undone(ward.database, n + 2)
    assert setup_of(ward.database) == start


def test_what_was_changed_again_since_is_not_taken_back_but_what_stands_beside_it_is(ward: Ward) -> None:
    first = changed(ward.database, {"service:A": {"minutes": 20}})
    second = changed(ward.database, {"service:A": {"name": "Chứng thực"}})
    third = changed(ward.database, {"service:A": {"minutes": 30}})
    with pytest.raises(MovedOn) as refused:
        undone(ward.database, first)
    assert "Chứng thực" in refused.value.sentence()
    undone(ward.database, second)
    undone(ward.database, third)
    undone(ward.database, first)
    assert setup_of(ward.database)["service:A"]["minutes"] == 10


def test_a_service_somebody_booked_is_not_taken_away_by_an_undo(ward: Ward) -> None:
    fields = setup_of(ward.database)["service:A"]
    new = changed(ward.database, {"service:moi": fields | {"name": "Mới"}, "counter:1": {"services": ["A", "B", "moi"]}})
    ward.booked(service="moi")
    with pytest.raises(InUse):
        undone(ward.database, new)
    assert "service:moi" in setup_of(ward.database)


def test_a_device_that_was_revoked_stays_so(ward: Ward) -> None:
    with ward.database.transaction() as session:
        make_device(session, office_by_code(session, "00070"))
    n = changed(ward.database, {"device:1": {"revoked": True}})
    with pytest.raises(NotUndoable):
        undone(ward.database, n)


# --- any sequence of changes, taken back -----------------------------------------------------------------------------

SERVICES = [list(codes) for codes in ("", "A", "AB", "CBA", "BC")]
CHANGES = st.one_of(
    st.builds(lambda code, minutes, off: {f"service:{code}": {"minutes": minutes, "active": not off}},
              st.sampled_from("ABC"), st.integers(5, 20), st.booleans()),
    st.builds(lambda n, codes, name: {f"counter:{n}": {"services": codes, "name": name}},
              st.integers(1, 3), st.sampled_from(SERVICES), st.sampled_from(["", "Một", "Hai"])),
    st.builds(lambda n: {f"counter:{n}": {"retired": True, "planned": False, "services": []}}, st.integers(1, 3)),
    st.builds(lambda n, week: {f"counter:{n}": {"hours": week}},
              st.integers(1, 3), st.sampled_from([None, {"5": ["08:00-11:30"]}])),
    st.just({"counter:9": {"name": "", "planned": True, "retired": False, "hours": None, "services": ["A"]}}),
    st.builds(lambda day, spans: {"hours": {str(day): spans}},
              st.integers(0, 6), st.sampled_from([None, ["08:00-11:30"], ["08:00-11:30", "13:30-17:00"]])),
    st.builds(lambda spans, like: {"day:2026-12-24": {"name": "x", "holiday": False, "spans": spans, "as_weekday": like}},
              st.sampled_from([[], [[480, 660]]]), st.sampled_from([None, 0])),
    st.just({"day:2026-12-24": None}),
    st.builds(lambda name, value: {"settings": {name: value}},
              st.sampled_from(["guard", "bookable_share"]), st.sampled_from([None, 20, 60])),
    st.builds(lambda text: {"office": {"notice": text, "guidance": [text]}}, st.sampled_from(["", "Nghỉ sớm", "Đông"])),
    st.builds(lambda role, pick: {"staff:{code}": {"name": "Lan", "role": role, "active": True, "may_pick": pick}},
              st.sampled_from(["officer", "helper"]), st.booleans()),
    st.just({"staff:{code}": {"active": False}}),
    st.builds(lambda n: {"service:x": {
        "name": "Mới", "name_en": "", "field": "Mới", "prefix": "X", "minutes": n, "documents": ["Đơn"], "fee": "",
        "processing_time": "", "bookable": True, "common": False, "same_day": False, "early": None, "late": None,
        "places": None, "active": True, "position": 200, "procedure": None,
    }}, st.integers(5, 9)),
)  # fmt: skip
_codes = itertools.count(1)


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(wanted=st.lists(CHANGES, max_size=7, min_size=2))
def test_whatever_was_changed_taking_all_of_it_back_restores_every_field(database: Database, wanted: list[Parts]) -> None:
    code = f"o{next(_codes)}"
    with database.transaction() as session:
        make_office(session, code)
    start = setup_of(database, code)
    for parts in wanted:
        try:
            changed(database, {name.replace("{code}", code): fields for name, fields in parts.items()}, code)
        except (Refusal, KeyError, IndexError):  # a change of somebody who is not there, or the first that changes nothing
            continue
    with database.reading() as session:
        made = [change.n for change in changes_of(session, office_by_code(session, code), before=None, most=50)]
    assert made == list(range(len(made), 0, -1))
    for n in made:
        undone(database, n, code)
    assert setup_of(database, code) == start


# --- who is there now -------------------------------------------------------------------------------------------------


def seated(ward: Ward, *, serving: bool) -> None:
    """The officer sits at counter 1, with somebody there or not."""
    with ward.database.transaction() as session:
        office = office_by_code(session, "00070")
        officer = session.scalars(select(Staff).where(Staff.username == "officer")).one()
        counter = counters_of(session, office)[0]
        open_counter(counter, officer, MONDAY_MORNING)
        if serving:
            service = service_by_code(session, office, "A")
            ticket = take_ticket(session, office, service, now=MONDAY_MORNING, tz=HANOI, source="kiosk", actor=ANONYMOUS)
            ticket.state, ticket.counter_id = "called", counter.id


@pytest.mark.parametrize("wanted", [{"active": False}, {"role": "technician"}])
def test_who_serves_somebody_does_not_leave_and_who_only_sits_there_frees_the_counter(ward: Ward, wanted: dict[str, Any]) -> None:
    seated(ward, serving=True)
    with pytest.raises(StillServing):
        changed(ward.database, {"staff:officer": wanted})
    with ward.database.transaction() as session:
        session.scalars(select(Ticket)).one().state = "waiting"
    changed(ward.database, {"staff:officer": wanted})
    with ward.database.reading() as session:
        assert set(session.scalars(select(Counter.state))) == {"closed"}
        assert "counter_closed" in session.scalars(select(LogEntry.what)).all()


def test_an_open_counter_is_not_retired_and_a_closed_one_is_gone_until_its_number_comes_back(ward: Ward) -> None:
    gone = {"counter:1": {"retired": True, "planned": False, "services": []}}
    seated(ward, serving=False)
    with pytest.raises(CounterInUse):
        changed(ward.database, gone)
    changed(ward.database, {"staff:officer": {"active": False}})
    changed(ward.database, gone)
    with ward.database.reading() as session:
        assert [counter.number for counter in counters_of(session, office_by_code(session, "00070"))] == [2]
    changed(ward.database, {"counter:1": {"retired": False, "planned": True}})
    with ward.database.reading() as session:
        assert [counter.number for counter in counters_of(session, office_by_code(session, "00070"))] == [1, 2]


def test_the_last_head_stays_except_for_the_city(ward: Ward) -> None:
    for wanted in ({"active": False}, {"role": "helper"}):
        with pytest.raises(LastHead):
            changed(ward.database, {"staff:head": wanted})
    with pytest.raises(FormRefused):
        changed(ward.database, {"staff:officer": {"role": "city"}})
    city = Desk(None, MONDAY_MORNING, HANOI, URL, None, city=True)
    changed(ward.database, {"staff:head": {"active": False}}, desk=city)
    assert setup_of(ward.database)["staff:head"]["active"] is False


def test_of_two_heads_who_send_each_other_off_at_once_one_stays(ward: Ward) -> None:
    with ward.database.transaction() as session:
        make_staff(session, office_by_code(session, "00070"), "head2", "head")
    results = at_once(
        lambda: changed(ward.database, {"staff:head": {"active": False}}),
        lambda: changed(ward.database, {"staff:head2": {"active": False}}),
    )
    assert sorted(type(result).__name__ for result in results) == ["LastHead", "int"]


def test_of_two_heads_who_saw_the_same_and_save_at_once_the_second_looks_again(ward: Ward) -> None:
    changes = [SetupChange("changed", {"service:A": {"minutes": minutes}}) for minutes in (20, 30)]

    def saved(change: SetupChange, seen: str) -> Callable[[], object]:
        def run() -> object:
            with ward.database.transaction() as session:
                return plan_actions.save(session, office_by_code(session, "00070"), change, seen=seen, desk=DESK)

        return run

    with ward.database.reading() as session:
        office = office_by_code(session, "00070")
        seen = [plan_actions.preview(session, office, change, DESK).seen for change in changes]
    results = at_once(*(saved(change, mark) for change, mark in zip(changes, seen, strict=True)))
    assert sorted(type(result).__name__ for result in results) == ["HoursTouchMore", "Told"]
    assert issubclass(HoursTouchMore, Refusal)
    with ward.database.reading() as session:
        assert len(session.scalars(select(OfficeChange)).all()) == 1


def at_once(*actions: Callable[[], object]) -> list[object]:
    """What each of them gave or was refused with, started in the same moment."""
    start, results = Barrier(len(actions)), list[object]()

    def run(action: Callable[[], object]) -> None:
        start.wait()
        try:
            results.append(action())
        except Refusal as refusal:
            results.append(refusal)

    threads = [Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


# --- bookings ---------------------------------------------------------------------------------------------------------


def lost(ward: Ward, wanted: Parts) -> list[int]:
    with ward.database.reading() as session:
        office: Office = office_by_code(session, "00070")
        preview = plan_actions.preview(session, office, SetupChange("changed", wanted), DESK)
        return [each.appointment.id for each in preview.lost]


@pytest.mark.parametrize(
    ("wanted", "loses"),
    [
        ({"counter:1": {"services": ["B"]}}, False),
        ({"counter:1": {"services": ["B"]}, "counter:2": {"services": ["B"]}}, True),
        ({"counter:1": {"retired": True, "planned": False, "services": []}}, False),
        ({"service:A": {"active": False}}, True),
        ({"service:A": {"bookable": False}}, False),
        ({"service:A": {"minutes": 60}}, False),
        ({"settings": {"bookable_share": 0}}, True),
        ({"settings": {"slot_minutes": 20}}, False),
        ({"hours": {"1": None}}, True),
        ({"hours": {"2": None}}, False),
    ],
)
def test_every_part_of_the_set_up_is_measured_against_the_bookings_alike(ward: Ward, wanted: Parts, loses: bool) -> None:
    mine = ward.booked("10:00")
    assert lost(ward, wanted) == ([mine] if loses else [])
    changed(ward.database, wanted)
    assert [entry.appointment_id for entry in ward.entries()] == ([mine] if loses else [])
    assert ward.booking(mine).state == "booked"


def test_a_service_that_cannot_be_booked_any_more_keeps_its_hours_and_their_minutes(ward: Ward) -> None:
    ward.booked("10:00")
    changed(ward.database, {"service:A": {"bookable": False}, "counter:2": {"planned": False}})
    with ward.app.test_client() as client:
        slots = client.get("/api/v1/offices/00070/slots?service=B&day=2026-11-24").get_json()
    left = {slot["starts_at"][11:16]: slot["left"] for slot in slots}
    assert left["10:00"] < left["11:00"]
