"""A booking on paper, for who booked at a kiosk and takes no telephone along: its hour, its code, its QR, and what to bring.

It is no number: nobody is called by it. Name and telephone do not stand on it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from flask import Blueprint
from flask_babel import force_locale
from pydantic import Field
from sqlalchemy.orm import Session

from booking.links import page_url
from booking.models import Appointment
from booking.store import appointment_by_token
from core.api import Body, Text, endpoint
from core.i18n import day_words
from core.i18n import gettext as _
from core.pages import limiter
from core.rights import NotFound, actor, requires
from core.web import config, local, now
from kiosk.guide_sheets import SHEETS, SheetOut, print_slip
from kiosk.refusals import BookingCancelled
from kiosk.served import served_office
from office.store import office_by_code
from office.words import service_name
from printer.slip import Slip
from queueing.checkin_rules import arrival_window
from queueing.store import policy_of

KIND = "booking"

blueprint = Blueprint("booking_slips", __name__)


class BookingSlipIn(Body):
    """Of which booking (its token), in which language."""

    token: Annotated[Text, Field(min_length=8, max_length=64)]
    lang: Literal["vi", "en"] = "vi"


@blueprint.post("/offices/<office>/booking-slips")
@limiter.limit(SHEETS, key_func=lambda: f"{actor().kind}:{actor().id}")
@requires("kiosk", "staff")
@endpoint(summary="Print a booking; no number", body=BookingSlipIn, answers={201: SheetOut})
def print_booking(session: Session, office: str, body: BookingSlipIn) -> tuple[SheetOut, int]:
    """At the kiosk's own printer; its state is asked as a guide sheet's. 409 `no_printer`, `cancelled`."""
    at = office_by_code(session, office)
    appointment = appointment_by_token(session, body.token)
    if appointment.erased_at is not None:
        raise NotFound()
    served_office(session, at, actor(), appointment.office.code)
    if appointment.state == "cancelled":
        raise BookingCancelled()
    slip = booking_slip(appointment, lang=body.lang, public_url=config().public_url, printed_at=local(now()))
    return print_slip(session, at, slip, kind=KIND), 201


def booking_slip(appointment: Appointment, *, lang: str, public_url: str, printed_at: datetime) -> Slip:
    """The slip: when, where, what for, the code, and the papers to bring. `printed_at` is on the office's clock."""
    office, service = appointment.office, appointment.service
    starts_at = appointment.starts_at.astimezone(printed_at.tzinfo)
    arrive_from, arrive_until = (at.astimezone(printed_at.tzinfo) for at in _window(appointment))
    with force_locale(lang):
        return Slip(
            office=_("UBND %(office)s", office=office.name).upper(),
            unit=office.address or _("Điểm phục vụ hành chính công"),
            number="",
            day=f"{day_words(starts_at.date())}/{starts_at.year}",
            badge=_("HẸN %(slot)s", slot=f"{starts_at:%H:%M}"),
            service=service_name(service, lang),
            counters=_("Mã lịch hẹn: %(code)s", code=f"{appointment.code[:3]} {appointment.code[3:]}"),
            checklist_title=_("Giấy tờ cần mang theo") if service.documents else "",
            checklist=tuple(str(paper) for paper in service.documents),
            url=page_url(public_url, appointment.token),
            taken_at=f"{printed_at:%H:%M, %d/%m/%Y}",
            notes=(
                _("Đến trong khoảng %(first)s–%(last)s.", first=f"{arrive_from:%H:%M}", last=f"{arrive_until:%H:%M}"),
                _("Khi đến, đưa mã này vào máy lấy số để vào hàng chờ."),
            ),
            hotline=office.hotline,
            lang=lang,
            labels={
                "title": _("PHIẾU HẸN"),
                "day": _("NGÀY HẸN"),
                "scan": _("Quét mã để xem, đổi hoặc hủy lịch hẹn"),
                "taken": _("In lúc {at}"),
            },
        )


def _window(appointment: Appointment) -> tuple[datetime, datetime]:
    return arrival_window(appointment.starts_at, policy_of(appointment.office, appointment.service))
