"""What becomes of a booking once its people stand in the office: who came of a household, and whether it was the right person.

Locks the booking first (architecture.md: the booking, its slots, then the line), never commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from booking.actions import return_minutes
from booking.attendance_rules import Attendance, possible, with_absent
from booking.marks import phone_hash
from booking.models import Appointment, PhoneMark, SlotUse
from booking.refusals import NobodyCame
from core.database import insert_or
from core.i18n import gettext as _
from core.refusals import FormRefused
from office.models import Office
from office.plans import AnyService
from queueing.store import services_by_id


@dataclass(frozen=True)
class Comer:
    """One person of a booking: the full name and the service (None: the office has it no longer)."""

    name: str
    service: AnyService | None
    absent: bool


def by_id(session: Session, ids: Iterable[int]) -> Mapping[int, Appointment]:
    """These bookings by id."""
    return {each.id: each for each in session.scalars(select(Appointment).where(Appointment.id.in_(list(ids))))}


def locked(session: Session, appointment_id: int | None) -> Appointment | None:
    """The booking with this id, held until commit: nobody else says who came of it meanwhile."""
    if appointment_id is None:
        return None
    return session.get(Appointment, appointment_id, with_for_update=True, populate_existing=True)


def moved_away(session: Session, office: Office, on: date, tz: ZoneInfo) -> list[Appointment]:
    """The live bookings that the office moved from the local day `on` to another: who did not hear of it comes on this one."""
    midnight = datetime.combine(on, time(), tz)
    moved = (
        Appointment.moved_from_at >= midnight,
        Appointment.moved_from_at < midnight + timedelta(days=1),
        Appointment.on != on,
    )
    found = select(Appointment).where(Appointment.office_id == office.id, Appointment.state == "booked", *moved)
    return list(session.scalars(found.order_by(Appointment.moved_from_at, Appointment.id)))


# --- who came ---------------------------------------------------------------------------------------------------------


def comers(appointment: Appointment, present: int, services: Collection[AnyService]) -> list[Comer]:
    """The people of a booking, who booked first; `present` is how many its ticket counts, `services` are the office's."""
    by_code = {service.code: service for service in services}
    absent = _absent(appointment, present)
    booker = Comer(appointment.name, appointment.service, 0 in absent)
    others = (Comer(each["name"], by_code.get(each["service"]), bool(each.get("absent"))) for each in appointment.people)
    return [booker, *others]


def further_services(session: Session, appointment: Appointment, present: int) -> list[int]:
    """What is to be done after the booked service for who came (`present` people): ids in the order booked, each once."""
    if not appointment.people:
        return []
    people = comers(appointment, present, services_by_id(session, appointment.office).values())
    wanted = (each.service.id for each in people if each.service is not None and not each.absent)
    return [service for service in dict.fromkeys(wanted) if service != appointment.service_id]


def set_absent(
    session: Session, appointment: Appointment, absent: Collection[int], *, present: int, now: datetime, tz: ZoneInfo
) -> Attendance | None:
    """Write down who of a locked booking did not come (0 is who booked), all of them each time; None when it is known already.

    `present` is how many the ticket counts until now. The minutes of who did not come go back to slots that have not started;
    who turns up after all takes none of them away again. Raises FormRefused for nobody of the booking, NobodyCame.
    """
    known, wanted = _attendance(session, appointment, present), frozenset(absent)
    if not possible(known, wanted):
        if wanted >= frozenset(range(len(known.planned))):
            raise NobodyCame()
        raise FormRefused({"absent": _("Lịch hẹn này không có người thứ %(n)s.", n=max(wanted) + 1)})
    if wanted == known.absent:
        return None
    after = with_absent(known, wanted)
    _give_back(session, appointment, after.minutes, now, tz)
    appointment.minutes = after.minutes
    appointment.people = [
        {name: value for name, value in each.items() if name != "absent"} | ({"absent": True} if place in wanted else {})
        for place, each in enumerate(appointment.people, 1)
    ]
    session.flush()
    return after


def _attendance(session: Session, appointment: Appointment, present: int) -> Attendance:
    minutes = {service.code: service.minutes for service in services_by_id(session, appointment.office).values()}
    booked = appointment.service.minutes
    planned = (booked, *(minutes.get(each["service"], booked) for each in appointment.people))
    return Attendance(planned, _absent(appointment, present), appointment.minutes)


def _absent(appointment: Appointment, present: int) -> frozenset[int]:
    """Who is known not to have come. Of who booked only the ticket's number of people tells."""
    absent = {place for place, each in enumerate(appointment.people, 1) if each.get("absent")}
    came = len(appointment.people) - len(absent)
    return frozenset(absent | {0} if appointment.people and present == came else absent)


def _give_back(session: Session, appointment: Appointment, needed: int, now: datetime, tz: ZoneInfo) -> None:
    """Give back what the booking uses of its slots beyond `needed` minutes; asked twice, it gives back once."""
    used = session.execute(select(func.sum(SlotUse.minutes)).where(SlotUse.appointment_id == appointment.id)).scalar() or 0
    if used > needed:
        return_minutes(session, appointment, used - needed, now=now, tz=tz)


# --- the right person -------------------------------------------------------------------------------------------------


def mark_wrong_person(session: Session, appointment: Appointment, *, staff_id: int | None, now: datetime, secret: str) -> None:
    """Count a booking that somebody else came with against its phone, once however often it is said.

    The phone is kept as a keyed hash: the mark outlives the booking's data, the number does not. Of a booking whose data were
    deleted there is nothing to count.
    """
    if appointment.erased_at is not None:
        return
    session.execute(
        insert_or(session, PhoneMark)
        .values(
            phone_hash=phone_hash(appointment.phone, secret),
            appointment_id=appointment.id,
            office_id=appointment.office_id,
            staff_id=staff_id,
            marked_at=now,
        )
        .on_conflict_do_nothing(index_elements=["appointment_id"])
    )


def unmark_wrong_person(session: Session, appointment: Appointment) -> None:
    """Take the mark back: it was the right person after all."""
    session.execute(delete(PhoneMark).where(PhoneMark.appointment_id == appointment.id))
