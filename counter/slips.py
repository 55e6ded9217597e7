"""The papers the desk prints: a number taken there, and "hướng dẫn bổ sung": what is missing, told once and completely."""

from __future__ import annotations

from collections.abc import Sequence
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
from queueing.views import print_reference, ticket_view


def print_guide(session: Session, office: Office, ticket: Ticket, now: datetime) -> str | None:
    """Queue the slip of the missing papers at the office's printer; its state, None where there is no printer."""
    printer = first_in_service(session, office.code)
    if printer is None:
        return None
    with force_locale(ticket.lang):
        slip = _guide(office, ticket, now)
    return submit(session, printer.key, slip, reference=print_reference(ticket.id), kind="guide", now=now).state


def print_number(session: Session, office: Office, ticket: Ticket, now: datetime) -> str | None:
    """Queue the slip of a number taken at the desk at the office's printer; its state, None where there is no printer."""
    printer = first_in_service(session, office.code)
    if printer is None:
        return None
    seen = ticket_view(session, ticket, now, config().tz)
    with force_locale(ticket.lang):
        slip = _number(office, ticket, seen["counters"], seen["people_ahead"])
    return submit(session, printer.key, slip, reference=print_reference(ticket.id), kind="ticket", now=now).state


def _number(office: Office, ticket: Ticket, counters: Sequence[int], ahead: int | None) -> Slip:
    return Slip(
        office=_("UBND %(office)s", office=office.name).upper(),
        unit=_("Điểm phục vụ hành chính công"),
        number=ticket.label,
        service=service_name(ticket.service, ticket.lang),
        badge=_("ƯU TIÊN") if ticket.priority else None,
        counters=_("Quầy %(n)s", n=", ".join(str(number) for number in counters)) if counters else "",
        people_ahead=ahead,
        url=f"{config().public_url}/t/{ticket.token}",
        taken_at=f"{local(ticket.arrived_at):%H:%M, %d/%m/%Y}",
        notes=(_("Gọi 3 lần vắng mặt: đến quầy hướng dẫn, số vẫn còn."), _("Lấy số miễn phí.")),
        hotline=office.hotline,
        lang=ticket.lang,
        labels={"nobody": _("Sắp đến lượt bạn")},
    )


def _guide(office: Office, ticket: Ticket, now: datetime) -> Slip:
    return Slip(
        office=office.name.upper(),
        unit=_("Điểm phục vụ hành chính công"),
        number=ticket.label,
        service=service_name(ticket.service, ticket.lang),
        badge=_("CÒN THIẾU GIẤY TỜ"),
        notes=(
            *(f"• {paper}" for paper in ticket.missing_papers),
            _("Quay lại trong hôm nay, ông/bà không phải chờ lại từ đầu."),
        ),
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
