"""What a head or technician changes at an office. Each is written into the audit; none commits.

What screens of the office show is changed with its row locked: that numbers the change, so every screen is drawn again.
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from office import actions as offices
from office import store as office_store
from office.models import Device, Office
from setup.refusals import DeviceRevoked, NothingToPublish


def set_notice(session: Session, office: Office, notice: str, *, staff_id: int | None, now: datetime) -> None:
    """The line of text in the lobby and on the office's page; empty takes it away."""
    office_store.lock_office(session, office)
    office.notice = notice
    offices.audit(session, "notice_changed", now, office_id=office.id, staff_id=staff_id)


def publish(session: Session, office: Office, published: bool, *, staff_id: int | None, now: datetime, tz: ZoneInfo) -> None:
    """Show the office's hours on the city page and take bookings, or stop; bookings made before stay. Raises NothingToPublish."""
    office_store.lock_office(session, office)
    if published and not _ready(session, office, tz):
        raise NothingToPublish()
    office.published = published
    offices.audit(session, "published" if published else "unpublished", now, office_id=office.id, staff_id=staff_id)


def add_device(
    session: Session,
    office: Office,
    *,
    kind: str,
    name: str,
    on_site: bool,
    printer_key: str | None,
    staff_id: int | None,
    now: datetime,
) -> Device:
    """A new kiosk or display, not paired yet."""
    device = offices.add_device(session, office, kind, name, on_site=on_site, printer_key=printer_key)
    offices.audit(session, "device_added", now, office_id=office.id, staff_id=staff_id, device=device.id)
    return device


def offer_pairing(session: Session, office: Office, device: Device, *, staff_id: int | None, now: datetime) -> str:
    """A code that makes one browser this device. The browser it was before stays it until then. Raises DeviceRevoked."""
    if device.revoked_at is not None:
        raise DeviceRevoked()
    offices.audit(session, "pairing_offered", now, office_id=office.id, staff_id=staff_id, device=device.id)
    return offices.offer_pairing(session, device, now)


def revoke(session: Session, office: Office, device: Device, *, staff_id: int | None, now: datetime) -> None:
    """The device stops working at once; a second time changes nothing."""
    if device.revoked_at is None:
        offices.revoke(device, now)
        offices.audit(session, "device_revoked", now, office_id=office.id, staff_id=staff_id, device=device.id)


def _ready(session: Session, office: Office, tz: ZoneInfo) -> bool:
    skills = office_store.skills_of(session, office)
    return any(skills.values()) and any(office_store.hours_of(session, office, tz).weekly.days)
