"""The messages about bookings, written into the outbox in the language of whoever booked."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

import flask_babel
from flask import has_app_context
from sqlalchemy.orm import Session

from booking.links import page_url, waiting_url
from booking.models import Appointment, WaitingEntry
from booking.offers import Offer
from core.i18n import gettext as _
from notices.actions import enqueue
from notices.channels import TO_PHONE
from queueing.checkin_rules import arrival_window
from queueing.store import policy_of

CODE_REFERENCE = "phone-code"


def reference(appointment: Appointment) -> str:
    """Under which reference the messages about a booking are kept."""
    return f"appointment:{appointment.id}"


def waiting_reference(entry: WaitingEntry) -> str:
    """The same for somebody on the waiting list."""
    return f"waiting:{entry.id}"


def tell_booked(session: Session, offer: Offer, appointment: Appointment, public_url: str) -> None:
    """When to come, and the link. Also after a move."""
    early, _late = arrival_window(appointment.starts_at, policy_of(offer.office, appointment.service))
    with _in_language(appointment.lang):
        text = _(
            "%(office)s: lịch hẹn %(code)s lúc %(time)s ngày %(day)s. Mời ông/bà đến từ %(arrive)s. Xem, đổi hoặc hủy: %(link)s",
            office=offer.office.name,
            code=appointment.code,
            time=_clock(appointment.starts_at, offer),
            day=_day(appointment.starts_at, offer),
            link=page_url(public_url, appointment.token),
            arrive=_clock(early, offer),
        )
    enqueue(session, channel=TO_PHONE, to=appointment.phone, text=text, reference=reference(appointment), now=offer.now)


def tell_waiting(session: Session, offer: Offer, entry: WaitingEntry, public_url: str) -> None:
    """That somebody stands on the waiting list, with the link to leave it."""
    text = _(
        "%(office)s: ông/bà đã vào danh sách chờ ngày %(day)s. Khi có chỗ sẽ có tin nhắn. Xem hoặc thôi chờ: %(link)s",
        office=offer.office.name,
        day=f"{entry.on:%d/%m/%Y}",
        link=waiting_url(public_url, entry.token),
    )
    enqueue(session, channel=TO_PHONE, to=entry.phone, text=text, reference=waiting_reference(entry), now=offer.now)


def tell_offered(
    session: Session, offer: Offer, entry: WaitingEntry, until: datetime, starts_at: datetime, public_url: str
) -> None:
    """A place came free: until when it is theirs, and the link to accept."""
    with _in_language(entry.lang):
        text = _offer_text(offer, entry, until, starts_at, public_url)
    enqueue(session, channel=TO_PHONE, to=entry.phone, text=text, reference=waiting_reference(entry), now=offer.now)


def tell_code(session: Session, office: str, phone: str, code: str, now: datetime) -> None:
    """The code that confirms a phone. Kept under a reference of its own, so that it is erased soon."""
    text = _("%(office)s: mã xác nhận đặt lịch hẹn của ông/bà là %(code)s.", office=office, code=code)
    enqueue(session, channel=TO_PHONE, to=phone, text=text, reference=CODE_REFERENCE, now=now)


def _in_language(lang: str) -> AbstractContextManager[object]:
    """The language of whoever booked, whoever acts now: the head of an office moves bookings, too."""
    return flask_babel.force_locale(lang) if has_app_context() else nullcontext()


def _offer_text(offer: Offer, entry: WaitingEntry, until: datetime, starts_at: datetime, public_url: str) -> str:
    return _(
        "%(office)s: có chỗ trống lúc %(time)s ngày %(day)s. Chỗ được giữ cho ông/bà đến %(until)s. Nhận hoặc thôi chờ: %(link)s",
        office=offer.office.name,
        time=_clock(starts_at, offer),
        day=_day(starts_at, offer),
        until=_clock(until, offer),
        link=waiting_url(public_url, entry.token),
    )


def _clock(instant: datetime, offer: Offer) -> str:
    return f"{instant.astimezone(offer.tz):%H:%M}"


def _day(instant: datetime, offer: Offer) -> str:
    return f"{instant.astimezone(offer.tz):%d/%m/%Y}"
