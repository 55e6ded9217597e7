"""The paper of somebody who is served another day: the number, the day and from when, and the QR to be shown then."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import force_locale
from sqlalchemy.orm import Session

from core.i18n import day_words
from core.i18n import gettext as _
from core.web import config, local
from office.models import Office
from office.store import hours_of
from office.words import service_name
from printer.actions import submit
from printer.slip import Slip
from printer.store import first_in_service
from queueing.day_rules import first_opening
from queueing.models import Ticket
from queueing.views import print_reference

NO_PRINTER = "none"


def print_carried(session: Session, office: Office, ticket: Ticket, now: datetime) -> tuple[str, str]:
    """Queue the slip for another day at the office's printer; the state of the job and of the printer, "none" without one."""
    printer, on = first_in_service(session, office.code), ticket.carried_on
    if printer is None or on is None:
        return NO_PRINTER, NO_PRINTER
    opens_at = first_opening(hours_of(session, office, config().tz), on)
    with force_locale(ticket.lang):
        slip = _slip(office, ticket, on, f"{local(opens_at):%H:%M}" if opens_at else "", now)
    job = submit(session, printer.key, slip, reference=print_reference(ticket.id), kind="carried", now=now)
    return job.state, printer.state


def _slip(office: Office, ticket: Ticket, on: date, hour: str, now: datetime) -> Slip:
    return Slip(
        office=_("UBND %(office)s", office=office.name).upper(),
        unit=_("Điểm phục vụ hành chính công"),
        number=ticket.label,
        service=service_name(ticket.service, ticket.lang),
        day=_("%(day)s, từ %(hour)s", day=day_words(on), hour=hour) if hour else day_words(on),
        notes=(_("Hôm đó ông/bà được gọi trước người lấy số trong ngày."), _("Lấy số miễn phí.")),
        url=f"{config().public_url}/t/{ticket.token}",
        taken_at=f"{local(now):%H:%M, %d/%m/%Y}",
        hotline=office.hotline,
        lang=ticket.lang,
        labels={
            "title": _("PHIẾU CHO NGÀY SAU"),
            "scan": _("Đưa mã này vào ki-ốt hoặc bàn hướng dẫn hôm đó"),
            "taken": _("In lúc {at}"),
        },
    )
