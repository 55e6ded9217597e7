"""Links with which somebody sets the first password, or a new one: once, for a week, stored hashed, shown once. Never commits."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from office.models import Invitation, Office, Staff
from office.refusals import InvitationUnknown
from office.store import hashed

INVITATION_LIVES = timedelta(days=7)
PASSWORD_AT_LEAST = 10
PASSWORD_AT_MOST = 200


def invite(session: Session, member: Staff, *, by: int | None, now: datetime) -> str:
    """The token of a new link for `member`; those given before are worth nothing any more."""
    withdraw(session, member, now)
    token = secrets.token_urlsafe(32)
    session.add(
        Invitation(
            staff_id=member.id, token_hash=hashed(token), created_by_id=by, created_at=now, expires_at=now + INVITATION_LIVES
        )
    )
    return token


def withdraw(session: Session, member: Staff, now: datetime) -> None:
    """No link that was given to `member` works any more."""
    open_ones = (Invitation.staff_id == member.id, Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None))
    session.execute(update(Invitation).where(*open_ones).values(withdrawn_at=now))


def invited(session: Session, token: str, now: datetime) -> Staff:
    """Whose link this is. Raises InvitationUnknown when it is wrong, used, withdrawn or too old, or its person has left."""
    found = session.scalar(
        select(Staff).join(Invitation, Invitation.staff_id == Staff.id).where(*_good(token, now), Staff.active)
    )
    if found is None:
        raise InvitationUnknown()
    return found


def accept(session: Session, token: str, password_hash: str, now: datetime) -> Staff:
    """Set the password with a link. Whoever is signed in as this person elsewhere is signed out; of two at once one does it.

    Raises InvitationUnknown.
    """
    member = invited(session, token, now)
    used = update(Invitation).where(*_good(token, now)).values(used_at=now).returning(Invitation.id)
    if session.execute(used.execution_options(synchronize_session=False)).scalar() is None:
        raise InvitationUnknown()
    member.password_hash = password_hash
    member.epoch += 1
    session.flush()
    return member


def pending(session: Session, office: Office, now: datetime) -> Mapping[int, datetime]:
    """Until when the link of each member of an office (id) works, of those who have one."""
    mine = select(Invitation).join(Staff, Staff.id == Invitation.staff_id).where(Staff.office_id == office.id)
    live = mine.where(Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None), Invitation.expires_at > now)
    rows: Sequence[Invitation] = session.scalars(live).all()
    return {row.staff_id: row.expires_at for row in rows}


def _good(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Invitation.token_hash == hashed(token),
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    )
