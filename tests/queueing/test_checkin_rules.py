"""The door: who is in time, early, late, or on the wrong day or at the wrong office."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from queueing.checkin_rules import Booking, check_in, still_expected
from queueing.policy import Policy

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(clock: str, day: int = 23) -> datetime:
    """An instant of November 2026 by the office's wall clock, "HH:MM" or "HH:MM:SS"."""
    return datetime.fromisoformat(f"2026-11-{day:02} {clock}").replace(tzinfo=HANOI).astimezone(UTC)


NINE = Booking(at("09:00"))


@pytest.mark.parametrize(
    ("now", "outcome", "due_at"),
    [
        (at("07:30"), "expected", at("09:00")),
        (at("08:49:59"), "expected", at("09:00")),
        (at("08:50"), "on_time", at("09:00")),
        (at("09:00"), "on_time", at("09:00")),
        (at("09:04:30"), "on_time", at("09:04:30")),
        (at("09:10"), "on_time", at("09:10")),
        (at("09:10:40"), "on_time", at("09:10:40")),
        (at("09:11"), "late", at("09:11")),
        (at("16:59"), "late", at("16:59")),
        (at("00:00"), "expected", at("09:00")),
        (at("23:59"), "late", at("23:59")),
        (at("23:59", day=22), "other_day_future", None),
        (at("00:00", day=24), "other_day_past", None),
    ],
)
def test_the_hour_of_arrival_decides_what_a_booking_is_worth(now: datetime, outcome: str, due_at: datetime | None) -> None:
    arrival = check_in(NINE, Policy(), now, HANOI)
    assert (arrival.outcome, arrival.due_at) == (outcome, due_at)
    assert (arrival.call_from, arrival.arrive_from, arrival.arrive_until) == (at("08:54"), at("08:50"), at("09:10"))


LATER = Booking(at("14:00"), also_at=at("09:00"))
EARLIER = Booking(at("09:00"), also_at=at("14:00"))
A_LITTLE = Booking(at("09:15"), also_at=at("09:00"))
NEXT_DAY = Booking(at("10:00", day=24), also_at=at("09:00"))
DAY_BEFORE = Booking(at("10:00", day=23), also_at=at("09:00", day=25))


@pytest.mark.parametrize(
    ("booking", "now", "outcome", "hour", "due_at"),
    [
        # Who did not hear of the new hour comes at the old one, on whatever day it is, and is on time.
        (LATER, at("08:52"), "on_time", at("09:00"), at("09:00")),
        (LATER, at("09:10:40"), "on_time", at("09:00"), at("09:10:40")),
        (NEXT_DAY, at("08:50"), "on_time", at("09:00"), at("09:00")),
        (NEXT_DAY, at("09:07"), "on_time", at("09:00"), at("09:07")),
        # Who heard of it comes at the new one.
        (LATER, at("13:50"), "on_time", at("14:00"), at("14:00")),
        (LATER, at("14:10"), "on_time", at("14:00"), at("14:10")),
        (NEXT_DAY, at("10:03", day=24), "on_time", at("10:00", day=24), at("10:03", day=24)),
        (EARLIER, at("08:55"), "on_time", at("09:00"), at("09:00")),
        (EARLIER, at("14:01"), "on_time", at("14:00"), at("14:01")),
        # Within the tolerance of both hours the earlier counts.
        (A_LITTLE, at("09:06"), "on_time", at("09:00"), at("09:06")),
        (A_LITTLE, at("09:11"), "on_time", at("09:15"), at("09:15")),
        (A_LITTLE, at("08:55"), "on_time", at("09:00"), at("09:00")),
        # Otherwise the nearer one of this day.
        (LATER, at("08:00"), "expected", at("09:00"), at("09:00")),
        (LATER, at("10:00"), "late", at("09:00"), at("10:00")),
        (LATER, at("13:00"), "expected", at("14:00"), at("14:00")),
        (LATER, at("15:00"), "late", at("14:00"), at("15:00")),
        (A_LITTLE, at("08:30"), "expected", at("09:00"), at("09:00")),
        (A_LITTLE, at("09:26"), "late", at("09:15"), at("09:26")),
        # Only one of them is of this day.
        (NEXT_DAY, at("07:00"), "expected", at("09:00"), at("09:00")),
        (NEXT_DAY, at("16:00"), "late", at("09:00"), at("16:00")),
        (NEXT_DAY, at("09:00", day=24), "expected", at("10:00", day=24), at("10:00", day=24)),
        (NEXT_DAY, at("16:00", day=24), "late", at("10:00", day=24), at("16:00", day=24)),
        # None of them is.
        (NEXT_DAY, at("09:00", day=22), "other_day_future", at("10:00", day=24), None),
        (NEXT_DAY, at("09:00", day=25), "other_day_past", at("10:00", day=24), None),
        (DAY_BEFORE, at("09:00", day=24), "other_day_future", at("09:00", day=25), None),
        (DAY_BEFORE, at("09:00", day=22), "other_day_future", at("10:00", day=23), None),
        (DAY_BEFORE, at("09:00", day=26), "other_day_past", at("10:00", day=23), None),
    ],
)
def test_a_booking_the_office_moved_is_met_at_its_old_and_its_new_hour(
    booking: Booking, now: datetime, outcome: str, hour: datetime, due_at: datetime | None
) -> None:
    arrival = check_in(booking, Policy(), now, HANOI)
    assert (arrival.outcome, arrival.slot_at, arrival.due_at) == (outcome, hour, due_at)
    assert arrival.call_from == hour - timedelta(minutes=6)
    assert (arrival.arrive_from, arrival.arrive_until) == (hour - timedelta(minutes=10), hour + timedelta(minutes=10))


@pytest.mark.parametrize(
    ("booking", "now", "outcome", "hour"),
    [
        (LATER, at("09:20"), "expected", at("14:00")),
        (EARLIER, at("09:20"), "expected", at("14:00")),
        (LATER, at("08:00"), "expected", at("09:00")),
        (LATER, at("14:11"), "rebook", at("14:00")),
        (NEXT_DAY, at("09:11"), "rebook", at("09:00")),
    ],
)
def test_where_late_people_are_sent_away_nobody_is_who_has_an_hour_left_today(
    booking: Booking, now: datetime, outcome: str, hour: datetime
) -> None:
    arrival = check_in(booking, Policy(late_policy="rebook"), now, HANOI)
    assert (arrival.outcome, arrival.slot_at) == (outcome, hour)


@pytest.mark.parametrize("now", [at("09:00"), at("12:00"), at("16:00"), at("10:00", day=24)])
def test_a_moved_booking_that_was_checked_in_is_so_on_both_its_days(now: datetime) -> None:
    booking = Booking(at("10:00", day=24), also_at=at("09:00"), checked_in=True)
    assert check_in(booking, Policy(), now, HANOI).outcome == "already"


@pytest.mark.parametrize(
    ("booking", "outcome"),
    [
        (Booking(at("09:00"), cancelled=True), "cancelled"),
        (Booking(at("09:00"), cancelled=True, here=False), "cancelled"),
        (Booking(at("09:00"), here=False), "other_office"),
        (Booking(at("09:00"), here=False, checked_in=True), "other_office"),
        (Booking(at("09:00"), checked_in=True), "already"),
        (Booking(at("15:00"), checked_in=True), "already"),
        (Booking(at("09:00", day=20), checked_in=True), "other_day_past"),
    ],
)
def test_a_booking_that_cannot_be_checked_in_says_why(booking: Booking, outcome: str) -> None:
    arrival = check_in(booking, Policy(), at("09:00"), HANOI)
    assert (arrival.outcome, arrival.due_at) == (outcome, None)


def test_an_office_may_give_late_people_the_next_free_slot_instead() -> None:
    arrival = check_in(NINE, Policy(late_policy="rebook"), at("09:11"), HANOI)
    assert (arrival.outcome, arrival.due_at) == ("rebook", None)


def test_an_office_may_set_another_tolerance_and_lead() -> None:
    policy = Policy(early=5, late=0, lead=3)
    assert check_in(NINE, policy, at("08:54"), HANOI).outcome == "expected"
    assert check_in(NINE, policy, at("09:00:59"), HANOI).outcome == "on_time"
    assert check_in(NINE, policy, at("09:01"), HANOI).outcome == "late"
    assert check_in(NINE, policy, at("08:54"), HANOI).call_from == at("08:57")


def test_nobody_is_called_before_the_tolerance_begins() -> None:
    assert Policy(early=5, lead=30).lead == 5


def test_a_slot_just_after_midnight_may_be_met_just_before_it() -> None:
    night = Booking(at("00:05", day=24))
    arrival = check_in(night, Policy(), at("23:58"), HANOI)
    assert (arrival.outcome, arrival.due_at) == ("on_time", at("00:05", day=24))
    assert check_in(Booking(at("23:55")), Policy(), at("00:04", day=24), HANOI).outcome == "on_time"


def test_the_day_is_the_offices_day_and_not_that_of_greenwich() -> None:
    morning = Booking(at("08:00"))
    assert check_in(morning, Policy(), at("06:30"), HANOI).outcome == "expected"


def test_an_unchecked_booking_leaves_the_expected_list_when_it_is_read_too_late() -> None:
    assert still_expected(at("09:00"), Policy(), at("09:10:59"))
    assert not still_expected(at("09:00"), Policy(), at("09:11"))


@pytest.mark.parametrize(
    "wrong", [{"early": -1}, {"ratio": 0}, {"interleave": 0}, {"priority": "sometimes"}, {"order": "lifo"}, {"late_policy": ""}]
)
def test_a_policy_no_office_can_mean_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Policy(**wrong)  # type: ignore[arg-type]  # nonsense on purpose


instants = st.integers(0, 7 * 24 * 3600).map(lambda s: datetime(2026, 11, 20, tzinfo=UTC) + timedelta(seconds=s))
policies = st.builds(
    Policy,
    early=st.integers(0, 30),
    late=st.integers(0, 30),
    lead=st.integers(0, 60),
    late_policy=st.sampled_from(["walk_in", "rebook"]),
)


@given(slot=instants, now=instants, policy=policies)
def test_a_ticket_is_due_never_before_its_slot_and_never_before_the_arrival_unless_expected(
    slot: datetime, now: datetime, policy: Policy
) -> None:
    slot = slot.replace(second=0, microsecond=0)
    arrival = check_in(Booking(slot), policy, now, HANOI)
    assert (arrival.due_at is not None) == (arrival.outcome in ("expected", "on_time", "late"))
    if arrival.due_at is not None:
        assert arrival.due_at == (slot if arrival.outcome == "expected" else max(slot, now))
    assert arrival.arrive_from <= arrival.call_from <= slot <= arrival.arrive_until


@given(slot=instants, moved_from=instants, now=instants, policy=policies)
def test_two_hours_are_never_worth_less_than_one(slot: datetime, moved_from: datetime, now: datetime, policy: Policy) -> None:
    hours = [hour.replace(second=0, microsecond=0) for hour in (slot, moved_from)]
    each = {check_in(Booking(hour), policy, now, HANOI).outcome for hour in hours}
    both = check_in(Booking(hours[0], also_at=hours[1]), policy, now, HANOI)
    assert both.outcome in each
    assert both.slot_at in hours
    assert (both.outcome == "on_time") == ("on_time" in each)
    if "expected" in each:
        assert both.outcome in ("on_time", "expected", "late")


@given(slot=instants, now=instants, policy=policies, seconds=st.integers(0, 59))
def test_the_seconds_of_a_minute_never_change_the_outcome(slot: datetime, now: datetime, policy: Policy, seconds: int) -> None:
    slot, minute = slot.replace(second=0, microsecond=0), now.replace(second=0, microsecond=0)
    outcomes = {check_in(Booking(slot), policy, minute + timedelta(seconds=s), HANOI).outcome for s in (0, seconds)}
    assert len(outcomes) == 1
