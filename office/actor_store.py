"""Who is behind a token or a sign-in: one statement each, asked before every request."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, literal, select, true, union_all
from sqlalchemy.orm import Session

from office.models import ApiToken, Device, EndedSignIn, Office, Staff
from office.store import hashed

_staff, _office, _device, _token = (each.__table__ for each in (Staff, Office, Device, ApiToken))
_DEVICE = (
    select(
        literal("device").label("kind"), _device.c.id, _device.c.kind.label("role"), _office.c.code.label("office"),
        _device.c.on_site, _device.c.name,
    )
    .join_from(_device, _office, _office.c.id == _device.c.office_id)
    .where(_device.c.token_hash == bindparam("hash"), _device.c.revoked_at.is_(None))
)  # fmt: skip
_BEARER = union_all(
    select(
        literal("staff").label("kind"), _staff.c.id, _staff.c.role, _office.c.code.label("office"),
        true().label("on_site"), _staff.c.name,
    )
    .join_from(_token, _staff, _staff.c.id == _token.c.staff_id)
    .outerjoin(_office, _office.c.id == _staff.c.office_id)
    .where(_token.c.token_hash == bindparam("hash"), _token.c.revoked_at.is_(None), _staff.c.active),
    _DEVICE,
)  # fmt: skip
_SIGNED_IN = (
    select(
        literal("staff").label("kind"), _staff.c.id, _staff.c.role, _office.c.code.label("office"),
        true().label("on_site"), _staff.c.name,
    )
    .join_from(_staff, _office, _office.c.id == _staff.c.office_id, isouter=True)
    .where(
        _staff.c.id == bindparam("staff"),
        _staff.c.epoch == bindparam("epoch"),
        _staff.c.active,
        ~select(EndedSignIn.mark).where(EndedSignIn.mark == bindparam("mark")).exists(),
    )
)  # fmt: skip


def by_bearer(session: Session, token: str) -> Row[Any] | None:
    """Whose live bearer token this is, staff or device: `kind, id, role, office, on_site, name`."""
    return session.execute(_BEARER, {"hash": hashed(token)}).first()


def by_device_token(session: Session, token: str) -> Row[Any] | None:
    """The device whose live token this is; the same columns."""
    return session.execute(_DEVICE, {"hash": hashed(token)}).first()


def by_sign_in(session: Session, staff_id: int, epoch: int, mark: str) -> Row[Any] | None:
    """The active member of staff who signed in with this mark and has not signed out since; the same columns."""
    return session.execute(_SIGNED_IN, {"staff": staff_id, "epoch": epoch, "mark": hashed(mark)}).first()
