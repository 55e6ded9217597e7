"""What happens when a booked person stands at the door. Pure.

Cases, for an hour s, an arrival at t, tolerance `early`/`late` (whole minutes are compared, so arriving at 09:10:40 when
told "until 09:10" is on time); the first row that fits decides:

| booking                         | outcome            | due_at                     |
|---------------------------------|--------------------|----------------------------|
| cancelled                       | `cancelled`        | none                       |
| of another office               | `other_office`     | none                       |
| already checked in, same day    | `already`          | none, the ticket has its own |
| s - early <= t <= s + late      | `on_time`          | the later of s and t       |
| a later office-local day        | `other_day_future` | none                       |
| an earlier office-local day     | `other_day_past`   | none                       |
| t < s - early                   | `expected`         | s                          |
| t > s + late, policy `walk_in`  | `late`             | t                          |
| t > s + late, policy `rebook`   | `rebook`           | none                       |

The tolerance is looked at before the day: a slot at 00:05 of an office open at night may be met at 23:58.

A booking that the office moved has two hours, the new one and the one it was moved from: who did not hear of it comes at the
old one and is right. Which of them is s; the first row that fits decides:

| t, with the two hours           | s                                                                                 |
|---------------------------------|-----------------------------------------------------------------------------------|
| within the tolerance of one     | that one                                                                          |
| within the tolerance of both    | the earlier                                                                       |
| one of them is today            | that one                                                                          |
| both today, policy `walk_in`    | the nearer one                                                                    |
| both today, policy `rebook`     | the nearer one of those to come; nobody is sent away who has an hour left today   |
| none today, one on a later day  | that one; of two the new one                                                      |
| both on earlier days            | the new one                                                                       |
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Literal

from queueing.policy import Policy

Outcome = Literal[
    "expected", "on_time", "late", "rebook", "already", "other_day_future", "other_day_past", "other_office", "cancelled"
]


@dataclass(frozen=True, slots=True)
class Booking:
    """A booking as the door sees it. `also_at`: the hour the office moved it from. `here`: it was made for this office."""

    slot_at: datetime
    also_at: datetime | None = None
    here: bool = True
    cancelled: bool = False
    checked_in: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """The outcome of a check-in with the hours to tell the person.

    `slot_at` is the hour it was judged by. `due_at` is None where no ticket is made now. `call_from` is the start of the
    booked turn, `arrive_from` and `arrive_until` the tolerance around the hour.
    """

    outcome: Outcome
    slot_at: datetime
    due_at: datetime | None
    call_from: datetime
    arrive_from: datetime
    arrive_until: datetime


def whole_minute(instant: datetime) -> datetime:
    """The minute a clock on the wall shows at `instant`."""
    return instant.replace(second=0, microsecond=0)


def check_in(booking: Booking, policy: Policy, now: datetime, tz: tzinfo) -> Arrival:
    """Decide by the table above. `tz` is the office's: it says which day it is."""
    slot_at = _hour(booking, policy, now, tz)
    outcome = _outcome(booking, slot_at, policy, now, tz)
    due_at = {"expected": slot_at, "on_time": max(slot_at, now), "late": now}.get(outcome)
    arrive_from, arrive_until = arrival_window(slot_at, policy)
    call_from = slot_at - timedelta(minutes=policy.lead)
    return Arrival(outcome, slot_at, due_at, call_from, arrive_from, arrive_until)


def arrival_window(slot_at: datetime, policy: Policy) -> tuple[datetime, datetime]:
    """From when until when a booked person is on time: what a confirmation says."""
    return slot_at - timedelta(minutes=policy.early), slot_at + timedelta(minutes=policy.late)


def still_expected(slot_at: datetime, policy: Policy, now: datetime) -> bool:
    """Whether an unchecked booking still stands on the list of those to come. Decided when read; nothing is changed."""
    return whole_minute(now) <= arrival_window(slot_at, policy)[1]


def _hour(booking: Booking, policy: Policy, now: datetime, tz: tzinfo) -> datetime:
    """Which hour of the booking an arrival is judged by: the second table."""
    hours = [booking.slot_at] if booking.also_at is None else [booking.slot_at, booking.also_at]
    met = [hour for hour in hours if _in_time(hour, policy, now)]
    if met:
        return min(met)
    todays = [hour for hour in hours if hour.astimezone(tz).date() == now.astimezone(tz).date()]
    to_come = [hour for hour in todays or hours if hour > now]
    if not todays:
        return (to_come or hours)[0]
    return min((policy.late_policy == "rebook" and to_come) or todays, key=lambda hour: abs(hour - now))


def _in_time(slot_at: datetime, policy: Policy, now: datetime) -> bool:
    arrive_from, arrive_until = arrival_window(slot_at, policy)
    return whole_minute(arrive_from) <= whole_minute(now) <= whole_minute(arrive_until)


def _outcome(booking: Booking, slot_at: datetime, policy: Policy, now: datetime, tz: tzinfo) -> Outcome:
    slot_on, today = slot_at.astimezone(tz).date(), now.astimezone(tz).date()
    in_time = _in_time(slot_at, policy, now)
    if booking.cancelled:
        return "cancelled"
    if not booking.here:
        return "other_office"
    if booking.checked_in and (in_time or slot_on == today):
        return "already"
    if in_time:
        return "on_time"
    if slot_on != today:
        return "other_day_future" if slot_on > today else "other_day_past"
    if now < slot_at:
        return "expected"
    return "late" if policy.late_policy == "walk_in" else "rebook"
