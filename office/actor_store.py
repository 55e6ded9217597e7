"""Who is behind tokens and sign-ins: one statement a kind, asked before every request and for hundreds of sockets at a time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, Select, bindparam, literal, null, select, true, union_all
from sqlalchemy.orm import Session

from office.models import ApiToken, Device, EndedSignIn, Office, Staff

_staff, _office, _device, _token, _ended = (each.__table__ for each in (Staff, Office, Device, ApiToken, EndedSignIn))
_STAFF = (
    literal("staff").label("kind"), _staff.c.id, _staff.c.role, _office.c.code.label("office"), true().label("on_site"),
    _staff.c.name,
)  # fmt: skip
Among = Callable[[ColumnElement[Any], str], ColumnElement[bool]]
"""The condition that a column is one of those asked for, which are bound under a name."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """What the cookie of a sign-in says: whose it is, as of which `epoch`, and its mark, hashed. Good from `since` to `until`
    (core/dated_cookies.py).
    """

    staff: int
    epoch: int
    mark: str
    since: int
    until: int


def _devices(among: Among) -> Select[Any]:
    return (
        select(
            literal("device").label("kind"), _device.c.id, _device.c.kind.label("role"), _office.c.code.label("office"),
            _device.c.on_site, _device.c.name, _device.c.token_hash.label("shown"),
        )
        .join_from(_device, _office, _office.c.id == _device.c.office_id)
        .where(among(_device.c.token_hash, "shown"), _device.c.revoked_at.is_(None))
    )  # fmt: skip


def _bearers(among: Among) -> CompoundSelect[Any]:
    return union_all(
        select(*_STAFF, _token.c.token_hash.label("shown"))
        .join_from(_token, _staff, _staff.c.id == _token.c.staff_id)
        .outerjoin(_office, _office.c.id == _staff.c.office_id)
        .where(among(_token.c.token_hash, "shown"), _token.c.revoked_at.is_(None), _staff.c.active),
        _devices(among),
    )


def _sign_ins(among: Among) -> CompoundSelect[Any]:
    """The active staff with their epochs, and which of the marks were ended."""
    return union_all(
        select(*_STAFF, _staff.c.epoch, null().label("ended"))
        .join_from(_staff, _office, _office.c.id == _staff.c.office_id, isouter=True)
        .where(among(_staff.c.id, "staff"), _staff.c.active),
        select(*(null() for _column in (*_STAFF, _staff.c.epoch)), _ended.c.mark).where(among(_ended.c.mark, "marks")),
    )


def _one(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column == bindparam(name)


def _many(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    return column.in_(bindparam(name, expanding=True))


_ONE, _MANY = (tuple(build(among) for build in (_bearers, _devices, _sign_ins)) for among in (_one, _many))


def by_bearer(session: Session, hashes: Collection[str]) -> Mapping[str | None, Row[Any]]:
    """Whose live bearer tokens these are (hashed), staff or device: rows `kind, id, role, office, on_site, name` by the token."""
    return {row.shown: row for row in _asked(session, 0, shown=hashes)}


def by_device_token(session: Session, hashes: Collection[str]) -> Mapping[str | None, Row[Any]]:
    """The devices whose live tokens these are (hashed); the same columns."""
    return {row.shown: row for row in _asked(session, 1, shown=hashes)}


def by_sign_in(session: Session, sign_ins: Collection[SignIn]) -> Mapping[SignIn | None, Row[Any]]:
    """The active members of staff who signed in so and have not signed out since, anywhere or here; the same columns."""
    rows = _asked(session, 2, staff=[each.staff for each in sign_ins], marks=[each.mark for each in sign_ins])
    staff = {(row.id, row.epoch): row for row in rows if row.ended is None}
    ended = {row.ended for row in rows}
    known = (each for each in sign_ins if each.mark not in ended)
    return {each: staff[each.staff, each.epoch] for each in known if (each.staff, each.epoch) in staff}


def _asked(session: Session, what: int, **asked: Collection[Any]) -> list[Row[Any]]:
    """One has a statement of its own, which costs half of what finding one among many does."""
    how_many = len(next(iter(asked.values())))
    if how_many == 0:
        return []
    if how_many == 1:
        return list(session.execute(_ONE[what], {name: next(iter(values)) for name, values in asked.items()}))
    return list(session.execute(_MANY[what], {name: list(values) for name, values in asked.items()}))
