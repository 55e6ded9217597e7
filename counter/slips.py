"""The papers the desk prints: a number taken there, and "hướng dẫn bổ sung": what is missing, told once and completely."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.rights import actor
from core.web import config, local
from office.actions import audit
from office.models import Office
from office.words import service_name
from printer.actions import reprint, submit
from printer.slip import Slip
from printer.store import first_in_service, latest_job
from queueing.models import Ticket
from queueing.prospects import Foreseen
from queueing.slips import ticket_slip
from queueing.views import print_reference, ticket_view


def print_guide(session: Session, office: Office, ticket: Ticket, now: datetime) -> str | None:
    """Queue the slip of the missing papers at the office's printer; its state, None where there is no printer."""
    printer = first_in_service(session, office.code)
    if printer is None:
        return None
    with force_locale(ticket.lang):
        slip = _guide(office, ticket, now)
    return submit(session, printer.key, slip, reference=print_reference(ticket.id), kind="guide", now=now).state


def print_number(session: Session, office: Office, ticket: Ticket, foreseen: Foreseen, now: datetime) -> str | None:
    """Queue the slip of a number taken at the desk at the office's printer; its state, None where there is no printer."""
    printer = first_in_service(session, office.code)
    if printer is None:
        return None
    seen, url = ticket_view(session, ticket, now, config().tz), config().public_url
    slip = ticket_slip(
        office, ticket, counters=seen["counters"], ahead=seen["people_ahead"], tz=config().tz, public_url=url, foreseen=foreseen
    )
    return submit(session, printer.key, slip, reference=print_reference(ticket.id), kind="ticket", now=now).state


def _guide(office: Office, ticket: Ticket, now: datetime) -> Slip:
    missing = len(ticket.missing_papers)
    return Slip(
        office=_("UBND %(office)s", office=office.name).upper(),
        unit=_("Điểm phục vụ hành chính công"),
        number=ticket.label,
        service=service_name(ticket.service, ticket.lang),
        badge=_("CÒN THIẾU GIẤY TỜ"),
        checklist_title=_("Cần mang thêm %(n)s giấy tờ", n=missing) if missing > 1 else _("Cần mang thêm"),
        checklist=tuple(ticket.missing_papers),
        notes=(_("Quay lại trong hôm nay, ông/bà không phải chờ lại từ đầu."),),
        url=f"{config().public_url}/t/{ticket.token}",
        taken_at=f"{local(now):%H:%M, %d/%m/%Y}",
        hotline=office.hotline,
        lang=ticket.lang,
        labels={
            "title": _("HƯỚNG DẪN BỔ SUNG"),
            "scan": _("Đưa mã này ở ki-ốt hoặc bàn hướng dẫn khi quay lại"),
            "taken": _("In lúc {at}"),
        },
    )


def print_again(session: Session, ticket: Ticket, now: datetime) -> str | None:
    """The ticket's newest slip once more, marked as a reprint, and who asked for it written down; its state.

    None when none was ever printed.
    """
    job = latest_job(session, print_reference(ticket.id))
    if job is None:
        return None
    again, who = reprint(session, job.id, now=now), actor()
    if again.reprint and again.id != job.id:
        by = {"staff_id": who.id} if who.kind == "staff" else {"device_id": who.id}
        audit(session, "slip_reprinted", now, office_id=ticket.office_id, **by, job=again.id, of=job.id, reference=job.reference)
    return again.state
