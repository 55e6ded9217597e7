"""A machine becomes a device of an office. Audited; never commits."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from office import actions as offices
from office import pair_codes
from office.models import Device, Office
from setup import parts_writing, plan_actions, store
from setup.change_rules import Part
from setup.plan_changes import Desk, SetupChange
from setup.refusals import DeviceRevoked


def read_code(typed: str) -> str:
    """The code that a machine shows, as typed. Raises FormRefused when none can show such a code."""
    code = pair_codes.read(typed)
    if code is None:
        raise FormRefused({"code": _("Không có mã như vậy. Hãy xem lại 8 ký tự trên màn hình của máy.")})
    return code


def pair_by_code(session: Session, office: Office, device: Device, code: str, *, staff_id: int | None, now: datetime) -> None:
    """Let the machine that shows `code` become `device`; it takes that up itself. Raises DeviceRevoked."""
    if device.revoked_at is not None:
        raise DeviceRevoked()
    offices.grant_pairing(session, device, code, now)
    offices.audit(session, "pairing_granted", now, office_id=office.id, staff_id=staff_id, device=device.id)


def add_device(session: Session, office: Office, made: Part, code: str | None, desk: Desk) -> None:
    """Add a device, and let the machine that shows `code` (read_code) become it. Raises what stands against it."""
    key = parts_writing.next_device_id(session)
    plan_actions.save(session, office, SetupChange("device_added", {f"device:{key}": made}), seen=None, desk=desk)
    if code:
        pair_by_code(session, office, store.device_of(session, office, key), code, staff_id=desk.staff_id, now=desk.now)
