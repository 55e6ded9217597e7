"""What one visit counts as in the figures. Pure: a ticket's life in, its facts out. The pages say the same in words.

A visit is cut into parts, one for each service that a counter was gone to for: a new part begins where "finish" led on to the
next service ("further"). Waiting of the first part begins when the person is due, of a further one when the counter before was
left.

| life of the ticket (A, B are services)                              | parts                                     |
|---------------------------------------------------------------------|-------------------------------------------|
| waiting A, called A, serving A, done                                 | A                                         |
| waiting A, called A, serving A, further B, called B, serving B, done | A, B                                      |
| waiting A, called A, serving A, further B, taken back, serving A     | A                                         |
| waiting A, changed to B, called B                                    | B: it is what was done that counts        |
| waiting A, called A, serving A, transferred, waiting B, called B     | B: nobody finished A                      |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

CALLED_WITHIN = timedelta(minutes=5)
"""A punctual booked person counts as called on time up to this long after being due (calling-rules.md, "Where it comes from")."""

AT_DESK = ("called", "serving", "held")
PUNCTUAL = ("on_time", "expected")
LATEST_SECONDS = 7 * 24 * 3600
"""No time of a visit is longer than a week: what says so was a clock that was wrong, and counts as this."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A ticket's time in one state; `until` None is still running. `further`: it waits for the next of its services."""

    state: str
    since: datetime
    until: datetime | None
    service: int = 0
    counter: int | None = None
    staff: int | None = None
    further: bool = False


@dataclass(frozen=True, slots=True)
class Promised:
    """What a person was told when the number was given: minutes from `told_at` until the call, and the range of 80 %."""

    told_at: datetime
    median: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A ticket as the figures see it. `slot_at` and `arrival` are a booking's; `stretches` are in order.

    `calls` are when it was called, in order: only calls that count, so none undone and no early one that nobody answered.
    """

    arrived_at: datetime
    state: str
    stretches: tuple[Stretch, ...]
    calls: tuple[datetime, ...] = ()
    slot_at: datetime | None = None
    arrival: str | None = None
    promised: Promised | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What was done for one service: by whom, how long it was waited for and took, and the local hours both began in."""

    service: int
    counter: int | None
    staff: int | None
    hour: int
    served_hour: int | None
    waited_s: int | None
    served_s: int | None


@dataclass(frozen=True, slots=True)
class Punctual:
    """Whether a booked person was called on time; `on_time` None is not decided before `limit_at`, or never (no limit)."""

    on_time: bool | None = None
    limit_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """How far the promise was from the call, in seconds, and whether its range held."""

    error_s: int
    held: bool


def due_at(visit: Visit) -> datetime:
    """When waiting begins to count: at arrival, or at the slot's start for who came before it."""
    return max(visit.slot_at or visit.arrived_at, visit.arrived_at)


def parts_of(visit: Visit, tz: tzinfo) -> list[Part]:
    """The parts of a visit, at least one."""
    cut = _cut(visit.stretches)
    starts = [due_at(visit), *(stretches[0].since for stretches in cut[1:])]
    last = len(cut) - 1
    parts = []
    for at, (stretches, start) in enumerate(zip(cut, starts, strict=True)):
        until = starts[at + 1] if at < last else None
        called_at = next((call for call in visit.calls if (at == 0 or call >= start) and (until is None or call < until)), None)
        over = at < last or visit.state == "done"
        parts.append(_part(stretches, start, called_at, over, tz))
    return parts


def _cut(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """One list of stretches for each part; a life without any row is one empty part.

    Where going on was taken back, the person is back at the counter of the part before: nothing was begun.
    """
    cut: list[list[Stretch]] = [[]]
    for stretch, following in zip(stretches, [*stretches[1:], None], strict=False):
        left = cut[-1][-1].service if cut[-1] else None
        taken_back = following is not None and following.service == left and following.state in AT_DESK
        if stretch.further and cut[-1] and not taken_back:
            cut.append([])
        cut[-1].append(stretch)
    return cut


def _part(stretches: Sequence[Stretch], start: datetime, called_at: datetime | None, over: bool, tz: tzinfo) -> Part:
    at_counter = [stretch for stretch in stretches if stretch.counter is not None]
    last = (at_counter or list(stretches))[-1] if stretches else None
    served = _served(stretches) if over else []
    began = served[0].since if served else None
    return Part(
        service=last.service if last else 0,
        counter=last.counter if last else None,
        staff=last.staff if last and served else None,
        hour=start.astimezone(tz).hour,
        served_hour=began.astimezone(tz).hour if began else None,
        waited_s=None if called_at is None else _seconds(_waited(stretches, start, called_at)),
        served_s=_seconds(sum((s.until - s.since for s in served if s.until), timedelta(0))) if served else None,
    )


def _waited(stretches: Sequence[Stretch], start: datetime, called_at: datetime) -> timedelta:
    """Time in the state waiting between `start` and the call. Held time does not count."""
    spans = ((s.since, s.until or called_at) for s in stretches if s.state == "waiting")
    counted = (min(until, called_at) - max(since, start) for since, until in spans)
    return sum((span for span in counted if span > timedelta(0)), timedelta(0))


def _served(stretches: Sequence[Stretch]) -> list[Stretch]:
    """The stretches of being served; the last one of being called where "serve" was never pressed."""
    serving = [s for s in stretches if s.state == "serving" and s.until]
    return serving or [s for s in stretches if s.state == "called" and s.until][-1:]


def punctual(visit: Visit) -> Punctual | None:
    """Whether a punctual booked person was called within CALLED_WITHIN of being due.

    None when the visit is not one, or was called off before the call was due.
    """
    if visit.slot_at is None or visit.arrival not in PUNCTUAL:
        return None
    limit = due_at(visit) + CALLED_WITHIN
    if visit.calls:
        return Punctual(visit.calls[0] <= limit)
    if visit.state == "cancelled" and visit.stretches and visit.stretches[-1].since <= limit:
        return None
    return Punctual(None, limit)


def kept(visit: Visit) -> Kept | None:
    """The promise against the first call that counts; None of who was told nothing, or was not called.

    The range was told in whole minutes, so the call is compared in whole minutes.
    """
    if visit.promised is None or not visit.calls:
        return None
    took = visit.calls[0] - visit.promised.told_at
    held = visit.promised.low <= round(took / timedelta(minutes=1)) <= visit.promised.high
    return Kept(_seconds(abs(took - timedelta(minutes=visit.promised.median))), held)


def _seconds(time: timedelta) -> int:
    return min(LATEST_SECONDS, max(0, round(time / timedelta(seconds=1))))


def nearest_rank(count: int, percent: int) -> int:
    """Which of `count` ordered values (from 1) is the percentile: always one that occurred."""
    return max(1, -(-count * percent // 100))


def percentile(values: Iterable[int], percent: int) -> int | None:
    """By nearest rank; None of no values."""
    ordered = sorted(values)
    return ordered[nearest_rank(len(ordered), percent) - 1] if ordered else None
