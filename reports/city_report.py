"""The offices of the city side by side, without anybody's name, officer's or citizen's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from booking.models import Appointment
from queueing.models import Rating
from reports import city_store, figures_store, store
from reports.figures_store import Scope
from reports.office_report import Slice
from reports.rules import Counts, Figures, Ratings


@dataclass(frozen=True)
class OfficeRow:
    """One office."""

    code: str
    name: str
    figures: Figures
    no_shows: int
    ratings: Ratings


@dataclass(frozen=True)
class CityReport:
    """All offices that work with the product, the sum of them, and the days."""

    since: date
    until: date
    whole: Figures
    no_shows: int
    ratings: Ratings
    days: tuple[Slice, ...]
    offices: tuple[OfficeRow, ...]


def city_report(session: Session, scope: Scope, today: date) -> CityReport:
    """The comparison; `today` is not over, so nobody has missed it yet."""
    found = city_store.city_figures(session, scope)
    no_shows = figures_store.no_shows(session, scope, today, (Appointment.office_id,))
    rated = figures_store.ratings(session, scope, (Rating.office_id,))
    return CityReport(
        scope.since, scope.until,
        whole=Figures.of(Counts.sum_of(found.people.values()), found.wait, found.service),
        no_shows=sum(no_shows.values()),
        ratings=Ratings.sum_of(rated.values()),
        days=tuple(Slice(on, found.taken_on[on], found.waits_on.get(on), None) for on in sorted(found.taken_on)),
        offices=tuple(
            OfficeRow(
                code, name, Figures.of(found.people.get(id_, Counts()), found.waits.get(id_), found.services.get(id_)),
                no_shows.get((id_,), 0), rated.get((id_,), Ratings()),
            )
            for id_, code, name, published in store.office_names(session)
            if published or id_ in found.people or (id_,) in no_shows
        ),
    )  # fmt: skip


SORTS: dict[str, Callable[[OfficeRow], float | None]] = {
    "taken": lambda row: row.figures.taken,
    "wait": lambda row: row.figures.wait.p50 if row.figures.wait else None,
    "wait90": lambda row: row.figures.wait.p90 if row.figures.wait else None,
    "service": lambda row: row.figures.service.p50 if row.figures.service else None,
    "on_time": lambda row: _part(row.figures.punctual.met, row.figures.punctual.of),
    "no_shows": lambda row: row.no_shows,
    "missing": lambda row: row.figures.missing,
    "content": lambda row: _part(row.ratings.content.met, row.ratings.people),
}
"""What the offices may be sorted by besides the name."""
RISING = frozenset({"on_time", "content"})
"""Where the least comes first, because that is where to look."""


def _part(met: int, of: int) -> float | None:
    return met / of if of else None


def sorted_offices(offices: tuple[OfficeRow, ...], by: str) -> list[OfficeRow]:
    """What wants looking at first; offices without the figure last, and otherwise by name as they came."""
    figure = SORTS.get(by)
    if figure is None:
        return list(offices)
    with_it = [(value, row) for row in offices if (value := figure(row)) is not None]
    ordered = sorted(with_it, key=lambda pair: pair[0], reverse=by not in RISING)
    return [row for _value, row in ordered] + [row for row in offices if figure(row) is None]
