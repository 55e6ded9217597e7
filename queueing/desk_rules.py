"""When each counter may be expected to call for the rest of today. Pure.

Cases; a *span* is one of the counter's own planned hours, *now* the one that is running:

| counter                                             | calls                                                            |
|-----------------------------------------------------|------------------------------------------------------------------|
| open                                                | now, and in its later spans; after the last it serves on         |
| open outside its own spans while the office is open | for the rest of the office's running span, and in its later ones |
| paused, and it was said until when                  | as an open one, from then on, or `SOON`                          |
| paused without a word                               | as an open one, about `PAUSE` after it began, or `SOON`          |
| closed and planned, before a span                   | about `SOON` after it begins: officers come a little late        |
| closed and planned, a span has just begun           | about `SOON` from now                                            |
| closed and planned in the middle of a span          | in later spans, as before one: nobody came, or somebody went     |
| closed and not planned, or no span left             | not at all                                                       |

Counters that are planned and closed in the middle of a span are hoped for, as if they opened about `LATE` from now, where a
service would be taken by nobody else, and all of them while nobody has come to the office in their spans: a morning in which the
first officer is late is no morning without any. "About": nobody knows, and the forecast takes it for as uncertain as that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from queueing.waiting_rules import Span

PAUSE = timedelta(minutes=15)
SOON = timedelta(minutes=3)
LATE = timedelta(minutes=10)
"""How long after the beginning of a span a closed counter is still waited for, and about how soon a hoped-for one opens."""


@dataclass(frozen=True, slots=True)
class CounterNow:
    """A counter as it stands. `spans` are its planned hours of the present days, in order and not touching one another."""

    state: str
    planned: bool
    spans: tuple[Span, ...]
    state_at: datetime | None = None
    back_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Calling:
    """When a counter calls: in these hours, not before `from_at`, and about `delay` after that."""

    hours: tuple[Span, ...]
    from_at: datetime | None = None
    delay: timedelta = timedelta(0)


def all_calling(
    counters: Mapping[int, CounterNow], skills: Mapping[int, Collection[int]], office: Sequence[Span], now: datetime
) -> dict[int, Calling]:
    """When each counter (by id) of an office calls for the rest of today; those that do not are left out.

    `skills` are the services each takes, `office` the office's hours of the present days.
    """
    plans = {key: plan for key, counter in counters.items() if (plan := calling(counter, office, now)) is not None}
    taken = {service for key in plans for service in skills.get(key, ())}
    nobody = not any(_has_come(counter, now) for counter in counters.values())
    for key, counter in counters.items():
        if set(skills.get(key, ())) - taken or (nobody and _is_later(plans.get(key), now)):
            hoped = hoped_for(counter, now)
            plans |= {key: hoped} if hoped is not None else {}
    return plans


def _has_come(counter: CounterNow, now: datetime) -> bool:
    """Whether somebody sits there, or did in the span that is running."""
    if counter.state != "closed":
        return True
    running = _running(counter.spans, now)
    return running is not None and counter.state_at is not None and counter.state_at >= running.start


def _is_later(plan: Calling | None, now: datetime) -> bool:
    return plan is None or (plan.from_at is not None and plan.from_at > now)


def calling(counter: CounterNow, office: Sequence[Span], now: datetime) -> Calling | None:
    """By the table above; `office` are the office's hours of the present days. None: the counter does not call today."""
    ahead = _ahead(counter.spans, now)
    if counter.state == "closed":
        return _closed(counter, ahead, now)
    running = _running(ahead, now) or _running(office, now)
    later = tuple(span for span in ahead if span.start > now)
    hours = ((running,) if running else ()) + later
    if counter.state == "open":
        return Calling(hours)
    if counter.back_at is not None:
        return Calling(hours, max(counter.back_at, now), SOON if counter.back_at <= now else timedelta(0))
    return Calling(hours, now, max((counter.state_at or now) + PAUSE - now, SOON))


def hoped_for(counter: CounterNow, now: datetime) -> Calling | None:
    """A closed counter that is planned to be there now, as if it opened a little later."""
    ahead = _ahead(counter.spans, now)
    if counter.state != "closed" or not counter.planned or _running(ahead, now) is None:
        return None
    return Calling(ahead, now, LATE)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """These spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start):
        before = found[-1] if found else None
        if before is None or (before.end is not None and before.end < span.start):
            found.append(span)
        elif before.end is not None:
            found[-1] = Span(before.start, None if span.end is None else max(before.end, span.end))
    return tuple(found)


def _closed(counter: CounterNow, ahead: tuple[Span, ...], now: datetime) -> Calling | None:
    running = _running(ahead, now)
    if not counter.planned or not ahead:
        return None
    if running is None:
        return _from_the_beginning(ahead)
    left = counter.state_at is not None and counter.state_at >= running.start
    if not left and now - running.start <= LATE:
        return Calling(ahead, now, SOON)
    return _from_the_beginning(ahead[1:])


def _from_the_beginning(spans: tuple[Span, ...]) -> Calling | None:
    return Calling(spans, spans[0].start, SOON) if spans else None


def _ahead(spans: Sequence[Span], now: datetime) -> tuple[Span, ...]:
    return tuple(span for span in spans if span.end is None or span.end > now)


def _running(spans: Iterable[Span], now: datetime) -> Span | None:
    return next((span for span in spans if span.start <= now and (span.end is None or now < span.end)), None)
