"""When an office is open. Pure: weekly hours and dated exceptions in, aware UTC spans out.

Wall-clock times are minutes after the local midnight, so 24:00 (1440) can be said and a round-the-clock office is
simply open 00:00-24:00 on seven days. A span never crosses midnight; two spans that touch (also at midnight) are one
session. Days are the office's own days, never UTC's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

MINUTES_A_DAY = 24 * 60
LOOK_AHEAD_DAYS = 60
"""How far the next opening is searched: longer than any closing for Tết or a rebuilt office hall's first month."""

_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-\u2013]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True, order=True)
class WeeklySpan:
    """One span of a weekday, in minutes after the local midnight: 0 <= opens < closes <= 1440."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= MINUTES_A_DAY:
            raise ValueError(f"not a span of one day: {self.opens}-{self.closes} minutes")

    @classmethod
    def parse(cls, text: str) -> WeeklySpan:
        """The span written as "08:00-11:30"; "24:00" is the end of the day. Raises ValueError on anything else."""
        match = _SPAN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"hours are written as 08:00-11:30, not {text!r}")
        from_hour, from_minute, to_hour, to_minute = (int(group) for group in match.groups())
        if max(from_minute, to_minute) > 59:
            raise ValueError(f"an hour has 60 minutes: {text!r}")
        return cls(from_hour * 60 + from_minute, to_hour * 60 + to_minute)

    def __str__(self) -> str:
        return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (self.opens, self.closes))


def _refuse_overlap(spans: Sequence[WeeklySpan]) -> None:
    for before, after in pairwise(spans):
        if after.opens < before.closes:
            raise ValueError(f"spans of one day overlap or are not in order: {before} and {after}")


@dataclass(frozen=True)
class Weekly:
    """The spans of the seven weekdays, Monday first, each day's sorted and not overlapping."""

    days: tuple[tuple[WeeklySpan, ...], ...]

    def __post_init__(self) -> None:
        if len(self.days) != 7:
            raise ValueError("a week has seven days, Monday first")
        for spans in self.days:
            _refuse_overlap(spans)

    @classmethod
    def parse(cls, days: Mapping[str, Sequence[str]]) -> Weekly:
        """From {"0": ["08:00-11:30", "13:30-17:00"], ...}, "0" being Monday; a missing weekday is closed.

        Raises ValueError on an unknown weekday, a wrong time or spans that overlap.
        """
        if unknown := sorted(set(days) - set("0123456")):
            raise ValueError(f"weekdays are 0 (Monday) to 6 (Sunday), not {', '.join(unknown)}")
        return cls(tuple(parse_spans(days.get(str(weekday), ())) for weekday in range(7)))

    def written(self) -> dict[str, list[str]]:
        """The same as `parse` takes, without the closed weekdays."""
        return {str(weekday): [str(span) for span in spans] for weekday, spans in enumerate(self.days) if spans}


def parse_spans(texts: Iterable[str]) -> tuple[WeeklySpan, ...]:
    """The spans of one day, sorted. Raises ValueError on a wrong time or an overlap."""
    spans = tuple(sorted(WeeklySpan.parse(text) for text in texts))
    _refuse_overlap(spans)
    return spans


ROUND_THE_CLOCK = Weekly.parse({str(weekday): ["00:00-24:00"] for weekday in range(7)})
OFFICE_HOURS = Weekly.parse({str(weekday): ["08:00-11:30", "13:30-17:00"] for weekday in range(5)})
"""Default hours of a ward (domain.md): Monday to Friday, morning and afternoon."""


@dataclass(frozen=True)
class DayException:
    """One date on which the weekly hours do not hold.

    `spans` are the hours of that date; none of them means closed (a holiday, when `holiday` says so). An extra working
    day names in `works_as` the weekday (0 Monday) whose hours it copies: all of them when `spans` is None, else those
    of counters with hours of their own, cut by `spans`.
    """

    on: date
    spans: tuple[WeeklySpan, ...] | None = ()
    works_as: int | None = None
    holiday: bool = False
    note: str = ""

    def __post_init__(self) -> None:
        if self.spans is None and self.works_as is None:
            raise ValueError("a day without spans of its own says which weekday's hours it works")


@dataclass(frozen=True)
class Hours:
    """Everything that decides when a place is open.

    `own` are a counter's own weekly hours (the residence desk works on Saturday mornings when the office does not);
    without them it keeps the office's. The office's exceptions cut both.
    """

    weekly: Weekly
    tz: ZoneInfo
    exceptions: Mapping[date, DayException] = field(default_factory=dict)
    own: Weekly | None = None

    @classmethod
    def of(cls, weekly: Weekly, tz: ZoneInfo, exceptions: Iterable[DayException] = ()) -> Hours:
        """An office's hours, with at most one exception a date (the last one given holds)."""
        return cls(weekly, tz, {exception.on: exception for exception in exceptions})


def for_counter(office: Hours, own: Weekly | None) -> Hours:
    """The hours of a counter of this office; `own` None means it keeps the office's hours."""
    return replace(office, own=own)


@dataclass(frozen=True, order=True)
class OpenSpan:
    """Open from `opens_at` up to, but not at, `closes_at`; aware UTC."""

    opens_at: datetime
    closes_at: datetime


def local_day(instant: datetime, tz: ZoneInfo) -> date:
    """The office's own day of an aware instant: the day that counts for tickets, slots and numbers."""
    return instant.astimezone(tz).date()


def open_spans(hours: Hours, on: date) -> list[OpenSpan]:
    """The spans of that local day, in order. An office open 00:00-24:00 has one, from midnight to midnight."""
    spans = (_instants(span, on, hours.tz) for span in _spans_of(hours, on))
    return [span for span in spans if span.opens_at < span.closes_at]


def is_open(hours: Hours, now: datetime) -> bool:
    """Whether the doors are open at `now`; open at the opening minute, closed at the closing one."""
    return any(span.opens_at <= now < span.closes_at for span in open_spans(hours, local_day(now, hours.tz)))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """The first opening after `now`; None when there is none within LOOK_AHEAD_DAYS (also: it never closes)."""
    return next((session.opens_at for session in _sessions(hours, now) if session.opens_at > now), None)


def session_end(hours: Hours, now: datetime) -> datetime | None:
    """When the session running at `now` (morning, afternoon) ends.

    None when it is closed now, and None when it stays open for all of LOOK_AHEAD_DAYS: `is_open` tells which.
    """
    for session in _sessions(hours, now):
        if session.opens_at <= now < session.closes_at:
            edge = now + timedelta(days=LOOK_AHEAD_DAYS)
            return session.closes_at if session.closes_at < edge else None
    return None


def kiosk_open(hours: Hours, now: datetime, minutes_before: int = 30) -> bool:
    """Whether numbers are given: while open, and from `minutes_before` each opening (domain.md, defaults)."""
    if is_open(hours, now):
        return True
    opening = next_opening(hours, now)
    return opening is not None and opening - now <= timedelta(minutes=minutes_before)


def _spans_of(hours: Hours, on: date) -> tuple[WeeklySpan, ...]:
    weekly = hours.own or hours.weekly
    exception = hours.exceptions.get(on)
    if exception is None:
        return weekly.days[on.weekday()]
    usual = weekly.days[on.weekday() if exception.works_as is None else exception.works_as]
    if exception.spans is None:
        return usual
    return exception.spans if hours.own is None else _common(usual, exception.spans)


def _common(one: Iterable[WeeklySpan], other: Sequence[WeeklySpan]) -> tuple[WeeklySpan, ...]:
    pairs = ((max(a.opens, b.opens), min(a.closes, b.closes)) for a in one for b in other)
    return tuple(WeeklySpan(opens, closes) for opens, closes in pairs if opens < closes)


def _instants(span: WeeklySpan, on: date, tz: ZoneInfo) -> OpenSpan:
    midnight = datetime.combine(on, time())

    def instant(minutes: int) -> datetime:
        # Wall-clock arithmetic first, zone second: right on a day that is 23 or 25 hours long.
        return (midnight + timedelta(minutes=minutes)).replace(tzinfo=tz).astimezone(UTC)

    return OpenSpan(instant(span.opens), instant(span.closes))


def _sessions(hours: Hours, now: datetime) -> Iterator[OpenSpan]:
    """Sessions from yesterday's on, in order; spans that touch, also at midnight, are joined."""
    today = local_day(now, hours.tz)
    current: OpenSpan | None = None
    for day in range(-1, LOOK_AHEAD_DAYS + 1):
        for span in open_spans(hours, today + timedelta(days=day)):
            if current is not None and span.opens_at <= current.closes_at:
                current = OpenSpan(current.opens_at, max(current.closes_at, span.closes_at))
                continue
            if current is not None:
                yield current
            current = span
    if current is not None:
        yield current
