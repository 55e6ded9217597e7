"""What replayed days came to: waits per kind, promptness of booked people, overtaking, forecast error, utilisation. Pure.

| figure             | meaning                                                                                            |
|--------------------|----------------------------------------------------------------------------------------------------|
| `wait`             | minutes from due (walk-in: arrival; booking: slot, or check-in if later) to the call, not below 0  |
| `stay`             | mean minutes from arrival to the call: what everybody together spends in the hall                  |
| `punctual`         | of the booked people who were not late: the share called within 5 and 10 minutes of due            |
| `overtaken`        | of the walk-ins over the guard: how many bookings and priority people were called before them      |
| `forecast`         | mean absolute error of the median told at check-in, how often the call came within the range told  |
| `counters`         | minutes planned and worked; utilisation above 1 is work after closing                              |

Kinds: `booked` (not late), `late` (booked, came too late, a walk-in by the rule), `walk_in`, and `all` of them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any, TextIO

from queueing.simulator import Replayed, Served, at, minutes_of, opening_of
from queueing.waiting_rules import Span, waited_open_minutes

KINDS = ("booked", "late", "walk_in", "all")


def summary(days: Sequence[Replayed]) -> dict[str, Any]:
    """Every figure above as plain data, over all people of all days."""
    served = [person for day in days for person in day.served]
    return {
        "days": len(days),
        "never_came": sum(day.never_came for day in days),
        "wait": {kind: waits([person.wait for person in _of(served, kind)]) for kind in KINDS},
        "stay": {kind: _mean([person.stay for person in _of(served, kind)]) for kind in KINDS},
        "punctual": _punctual(_of(served, "booked")),
        "overtaken": _overtaken(days),
        "forecast": _forecast(served),
        "counters": _counters(days),
    }


def waits(minutes: Iterable[float]) -> dict[str, float | int | None]:
    """n, mean, p50, p95 and max; a percentile is the smallest wait that so many do not exceed."""
    ordered = sorted(minutes)
    if not ordered:
        return {"n": 0, "mean": None, "p50": None, "p95": None, "max": None}
    at_most = {f"p{p}": round(ordered[max(0, ceil(len(ordered) * p / 100) - 1)], 2) for p in (50, 95)}
    return {"n": len(ordered), "mean": _mean(ordered), **at_most, "max": round(ordered[-1], 2)}


def change(figure: float | None, reference: float | None) -> float | None:
    """By which share `figure` is above (or below) `reference`."""
    return None if figure is None or not reference else round(figure / reference - 1, 4)


def overtakings(day: Replayed) -> list[tuple[Served, float, int]]:
    """Each walk-in who went over the guard, when (minutes after opening), and how often it was overtaken from then on.

    An overtaking is a call, at a counter that takes its service, of a booking or a priority person.
    """
    opening = opening_of(day.counters)
    takes = {counter.counter: counter.services for counter in day.counters}
    return [
        (
            who,
            over,
            sum(
                other.reason != "guard" and over < other.called < who.called and who.person.service in takes[other.counter]
                for other in day.served
            ),
        )
        for who in day.served
        if who.kind != "booked" and (over := _over_the_guard(who, opening, day.policy.guard)) is not None
    ]


def write_calls(day: Replayed, file: TextIO) -> None:
    """`calls.csv`: who was called where and when (minutes after opening), why, and what was told at check-in."""
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(("person", "counter", "called", "reason", "forecast_median", "forecast_low", "forecast_high"))
    for who in day.served:
        told = ("", "", "") if who.told is None else (_short(who.told.median), _short(who.told.low), _short(who.told.high))
        rows.writerow((who.person.person, who.counter, _short(who.called), who.reason, *told))


def _short(minutes: float) -> str:
    return f"{minutes:.6f}".rstrip("0").rstrip(".")


def _of(served: Iterable[Served], kind: str) -> list[Served]:
    return [person for person in served if kind in (person.kind, "all")]


def _mean(values: Sequence[float], digits: int = 2) -> float | None:
    return round(sum(values) / len(values), digits) if values else None


def _punctual(booked: Sequence[Served]) -> dict[str, float | int | None]:
    shares = {f"within_{most}": _mean([who.called - who.due <= most for who in booked], 4) for most in (5, 10)}
    return {"n": len(booked), **shares}


def _over_the_guard(who: Served, opening: Sequence[Span], guard: int) -> float | None:
    """When the person went over the guard; None when it was called before."""
    if waited_open_minutes([Span(at(who.due))], opening, at(who.called)) <= guard:
        return None
    left, moment = float(guard), who.due
    for span in opening:
        start, end = max(minutes_of(span.start), who.due), minutes_of(span.end or span.start)
        if end <= start:
            continue
        if end - start > left:
            return start + left
        left, moment = left - (end - start), end
    return moment


def _overtaken(days: Sequence[Replayed]) -> dict[str, float | int | None]:
    counts = [times for day in days for _who, _over, times in overtakings(day)]
    return {"n": len(counts), "mean": _mean(counts), "max": max(counts, default=None)}


def _forecast(served: Iterable[Served]) -> dict[str, float | int | None] | None:
    told = [(who, who.told) for who in served if who.told is not None]
    if not told:
        return None
    return {
        "n": len(told),
        "mean_absolute_error": _mean([abs(who.stay - said.median) for who, said in told]),
        "range_held": _mean([said.low <= who.stay <= said.high for who, said in told], 4),
    }


def _counters(days: Sequence[Replayed]) -> dict[str, dict[str, float]]:
    planned: dict[str, float] = defaultdict(float)
    worked: dict[str, float] = defaultdict(float)
    for day in days:
        for counter in day.counters:
            planned[counter.counter] += sum(closes - opens for opens, closes in counter.spans)
        for who in day.served:
            worked[who.counter] += who.person.minutes
    return {
        name: {
            "planned": round(planned[name], 2),
            "worked": round(worked[name], 2),
            "utilisation": round(worked[name] / planned[name], 4),
        }
        for name in planned
    }
