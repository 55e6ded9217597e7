"""Everything the page of one office shows, gathered in few readings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from booking.models import Appointment
from office.models import Office, Service
from queueing.models import Ticket
from reports import figures_store, store
from reports.figures_store import Key, Scope
from reports.models import VisitFact
from reports.rules import Counts, Figures, Ratings, Spread


@dataclass(frozen=True)
class ServiceRow:
    """One service: its visits, the bookings of it nobody came to, who lacked papers, and how it was rated."""

    code: str
    name: str
    figures: Figures
    no_shows: int
    missing: int
    ratings: Ratings


@dataclass(frozen=True)
class Slice:
    """An hour of the day or a day: people whose waiting began in it, their waits, and how long being served took in it."""

    at: int | date
    people: int
    wait: Spread | None
    service: Spread | None


@dataclass(frozen=True)
class PaperRow:
    """What was missing at one service: of `ended` visits that were done, `people` lacked something; `papers` says what."""

    name: str
    people: int
    ended: int
    papers: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class OfficeReport:
    """The figures of an office over some days. `walk_in` and `booked` are of all services."""

    office: Office
    since: date
    until: date
    whole: Figures
    no_shows: int
    walk_in: Figures
    booked: Figures
    services: tuple[ServiceRow, ...]
    hours: tuple[Slice, ...]
    days: tuple[Slice, ...]
    papers: tuple[PaperRow, ...]
    ratings: Ratings


def office_report(session: Session, office: Office, scope: Scope, today: date) -> OfficeReport:
    """The report of the one office of `scope`; `today` is not over, so nobody has missed it yet."""
    fact, offered = VisitFact, store.services_of(session, office)
    whole, service, kind, hour, day = (), (fact.service_id,), (fact.booked,), (fact.hour,), (fact.on,)
    waits = [(fact.waited_s, by) for by in (whole, service, kind, hour, day)]
    serving = [(fact.served_s, by) for by in (whole, service, (fact.served_hour,), day)]
    wait, wait_of_service, wait_of_kind, wait_at, wait_on, served, served_of, served_at, served_on = figures_store.spreads(
        session, scope, [*waits, *serving]
    )
    people = figures_store.counts(session, scope, (fact.service_id, fact.booked))
    no_shows = figures_store.no_shows(session, scope, today, (Appointment.service_id,))
    missing = figures_store.missing_papers(session, scope)
    rated = figures_store.ratings(session, scope, (Ticket.service_id,))
    taken_at, taken_on = figures_store.taken(session, scope, fact.hour, fact.on)
    of_kind = {
        booked: Figures.of(Counts.sum_of(row for key, row in people.items() if key[1] is booked), wait_of_kind.get((booked,)))
        for booked in (False, True)
    }
    figures = {id_: Figures.of(_of_service(people, id_), wait_of_service.get((id_,)), served_of.get((id_,))) for id_ in offered}
    return OfficeReport(
        office, scope.since, scope.until,
        whole=Figures.of(Counts.sum_of(people.values()), wait.get(()), served.get(())),
        no_shows=sum(no_shows.values()),
        walk_in=of_kind[False],
        booked=of_kind[True],
        services=tuple(
            ServiceRow(each.code, each.name, figures[id_], no_shows.get((id_,), 0), missing[id_][0] if id_ in missing else 0,
                       rated.get((id_,), Ratings()))
            for id_, each in offered.items()
            if any(key[0] == id_ for key in people) or (id_,) in no_shows or (id_,) in rated or id_ in missing
            or (id_,) in served_of
        ),
        hours=_slices(taken_at, wait_at, served_at),
        days=_slices(taken_on, wait_on, served_on),
        papers=_papers(missing, offered, served_of),
        ratings=Ratings.sum_of(rated.values()),
    )  # fmt: skip


def _of_service(people: Mapping[Key, Counts], service: int) -> Counts:
    return Counts.sum_of(row for key, row in people.items() if key[0] == service)


def _slices(taken: Mapping[int | date, int], waits: Mapping[Key, Spread], serving: Mapping[Key, Spread]) -> tuple[Slice, ...]:
    """In order; hours and days in which nothing was begun are left out."""
    found = sorted({*taken, *(key[0] for key in waits), *(key[0] for key in serving)})
    return tuple(Slice(at, taken.get(at, 0), waits.get((at,)), serving.get((at,))) for at in found)


def _papers(
    missing: Mapping[int, tuple[int, Mapping[str, int]]], offered: Mapping[int, Service], served: Mapping[Key, Spread]
) -> tuple[PaperRow, ...]:
    """The service where most people lacked something first, and of it the paper most lacked."""
    rows: Sequence[PaperRow] = [
        PaperRow(offered[id_].name, people, served[(id_,)].count if (id_,) in served else people,
                 tuple(sorted(papers.items(), key=lambda item: (-item[1], item[0]))))
        for id_, (people, papers) in missing.items()
        if id_ in offered
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (-row.people, row.name)))
