"""The paper of "hướng dẫn bổ sung": which papers are missing, told once and completely, with the QR that reopens the visit."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.web import config, local
from office.models import Office
from office.words import service_name
from printer.actions import reprint, submit
from printer.slip import Slip
from printer.store import first_in_service, latest_job
from queueing.models import Ticket
from queueing.views import print_reference


def print_guide(session: Session, office: Office, ticket: Ticket, now: datetime) -> str | None:
    """Queue the slip of the missing papers at the office's printer; its state, None where there is no printer."""
    printer = first_in_service(session, office.code)
    if printer is None:
        return None
    with force_locale(ticket.lang):
        slip = _guide(office, ticket, now)
    return submit(session, printer.key, slip, reference=print_reference(ticket.id), kind="guide", now=now).state


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
    """The ticket's newest slip once more, marked as a reprint; its state, None when none was ever printed."""
    job = latest_job(session, print_reference(ticket.id))
    return None if job is None else reprint(session, job.id, now=now).state
