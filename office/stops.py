""" "Đóng đột xuất": a field of work, or everything, gives no numbers and no hours for the rest of a day, until it is lifted.

A stop holds for the office's own day on which it was said, from its first moment to midnight: nobody has to remember to lift
it. Whoever gives a number or changes a stop holds the office's row (`office.store.lock_office`), so no number is given after a
stop was said; that a field is stopped once at a time the partial unique index `uq_stops_one_at_a_time` says.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.rights import NotFound
from office.models import Office, Stop
from office.plans import AnyService
from office.refusals import AlreadyStopped, FieldStopped

EVERYTHING = ""
"""The field of a stop that holds for all of them."""


_LIVE = (
    select(Stop)
    .where(Stop.office_id == bindparam("office"), Stop.on == bindparam("on"), Stop.lifted_at.is_(None))
    .order_by(Stop.from_at, Stop.id)
)


@dataclass(frozen=True)
class Stopped:
    """What is stopped on the day `on`: a field of work, or EVERYTHING; `reason` is said to the public."""

    field: str
    reason: str
    on: date

    def holds_for(self, field: str, on: date) -> bool:
        """Whether nothing of this field is given on that day."""
        return self.on == on and self.field in (EVERYTHING, field)


def covering(stops: Iterable[Stopped], fields: Iterable[str], on: date) -> Stopped | None:
    """What stops one of these fields on a day: a stop of everything says more than one of a field, so it is named first."""
    wanted = list(fields)
    holding = [stop for stop in stops if any(stop.holds_for(field, on) for field in wanted)]
    return min(holding, key=lambda stop: (stop.field != EVERYTHING, stop.field), default=None)


def as_said(stop: Stop) -> Stopped:
    """A row as plain data."""
    return Stopped(stop.field, stop.reason, stop.on)


def live(session: Session, office: Office, on: date) -> list[Stop]:
    """The stops of an office that hold on a day, in the order they were said."""
    return list(session.scalars(_LIVE, {"office": office.id, "on": on}))


def said(session: Session, office: Office, on: date) -> tuple[Stopped, ...]:
    """The same as plain data."""
    return tuple(as_said(stop) for stop in live(session, office, on))


def said_of_each(session: Session, ids: Sequence[int], on: date) -> Mapping[int, list[Stopped]]:
    """The same for many offices by id; one without any is left out."""
    rows = session.scalars(select(Stop).where(Stop.office_id.in_(ids), Stop.on == on, Stop.lifted_at.is_(None)))
    stops: dict[int, list[Stopped]] = defaultdict(list)
    for row in rows:
        stops[row.office_id].append(as_said(row))
    return stops


def refuse_if_stopped(session: Session, office: Office, service: AnyService, on: date) -> None:
    """Raise FieldStopped when no numbers of this service are given on that day. Ask with the office's row locked."""
    stop = covering(said(session, office, on), [service.field], on)
    if stop is not None:
        raise FieldStopped(field=stop.field, reason=stop.reason)


def put(session: Session, office: Office, stopped: Stopped, *, staff_id: int | None, now: datetime) -> Stop:
    """Say a stop. Raises AlreadyStopped when the field is stopped: the partial unique index is the judge."""
    stop = Stop(office_id=office.id, on=stopped.on, field=stopped.field, reason=stopped.reason, from_at=now, staff_id=staff_id)
    try:
        with session.begin_nested():
            session.add(stop)
            session.flush()
    except IntegrityError as error:
        raise AlreadyStopped(field=stopped.field) from error
    return stop


def lift(session: Session, stop: Stop, now: datetime) -> bool:
    """Take a stop back; False when somebody has done so before. Conditional update: works once."""
    lifted = update(Stop).where(Stop.id == stop.id, Stop.lifted_at.is_(None)).values(lifted_at=now).returning(Stop.id)
    done = session.execute(lifted).scalar() is not None
    session.refresh(stop)
    return done


def stop_by_id(session: Session, stop_id: int) -> Stop:
    """The stop with this id. Raises NotFound; whose it is, the caller checks with `core.rights.ensure_office`."""
    stop = session.get(Stop, stop_id)
    if stop is None:
        raise NotFound()
    return stop
