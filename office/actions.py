"""What is done to an office's people, devices and catalogue. Never commits."""

from __future__ import annotations

import csv
import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.words import fold, nfc
from office import pair_codes, store
from office.changes import record_change
from office.holidays_vn import proposed
from office.models import ApiToken, AuditEntry, Device, Office, Pairing, Procedure, SpecialDay, Staff
from office.pair_codes import CODE_LETTERS
from office.refusals import PairingUnknown, UsernameTaken, WrongPassword

PAIRING_LIVES = timedelta(hours=24)
GRANT_LIVES = timedelta(minutes=10)
"""How long a machine that shows a code may take to notice that it was typed."""

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_hex(8))


@dataclass(frozen=True)
class Paired:
    """A device and its token, which is shown once."""

    device: Device
    token: str


def hash_password(password: str) -> str:
    """The argon2id hash of a password. Takes tens of milliseconds: not inside a write transaction."""
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind the hash `stored`.

    Takes as long when there is no such user, so that user names cannot be told apart by time.
    """
    try:
        return _hasher.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def sign_in(session: Session, username: str, password: str, check: Callable[[str | None, str], bool]) -> Staff:
    """The staff member who signs in. `check` compares, outside the event loop. Raises WrongPassword."""
    staff = store.staff_by_username(session, username)
    if not check(staff.password_hash if staff else None, password) or staff is None:
        raise WrongPassword()
    return staff


def add_staff(
    session: Session,
    *,
    username: str,
    name: str,
    password_hash: str,
    role: str,
    office: Office | None,
    now: datetime,
    may_pick: bool = True,
) -> Staff:
    """A new staff member; `may_pick`: calling somebody out of order is theirs to do. Raises UsernameTaken."""
    username = username.strip().lower()
    if session.scalar(select(Staff.id).where(Staff.username == username)) is not None:
        raise UsernameTaken()
    staff = Staff(
        username=username,
        name=nfc(name),
        password_hash=password_hash,
        role=role,
        office_id=office.id if office else None,
        may_pick=may_pick,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    return staff


def make_token(session: Session, staff: Staff, now: datetime) -> str:
    """A new bearer token of `staff`: 32 random bytes, given once, stored hashed."""
    token = secrets.token_urlsafe(32)
    session.add(ApiToken(staff_id=staff.id, token_hash=store.hashed(token), created_at=now))
    return token


def add_device(session: Session, office: Office, kind: str, name: str, **fields: Any) -> Device:
    """A new device that is not paired yet."""
    device = Device(office_id=office.id, kind=kind, name=nfc(name), **fields)
    session.add(device)
    session.flush()
    return device


def give_token(device: Device, now: datetime) -> str:
    """A new token for `device`; the one before stops working."""
    token = secrets.token_urlsafe(32)
    device.token_hash = store.hashed(token)
    device.paired_at = now
    device.revoked_at = None
    return token


def offer_pairing(session: Session, device: Device, now: datetime) -> str:
    """A code that pairs one browser as `device`, once, within a day. 8 signs of 19: 34 bits, for limited tries."""
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(8))
    session.add(
        Pairing(device_id=device.id, code_hash=store.hashed(code), created_at=now, expires_at=now + PAIRING_LIVES)
    )
    return code


def grant_pairing(session: Session, device: Device, code: str, now: datetime) -> None:
    """Let the machine that shows `code` (pair_codes.read) become `device`; it takes that up itself, within GRANT_LIVES."""
    hashed = store.hashed(pair_codes.SHOWN + code)
    session.execute(delete(Pairing).where(Pairing.code_hash == hashed))
    session.add(Pairing(device_id=device.id, code_hash=hashed, created_at=now, expires_at=now + GRANT_LIVES))


def pair(session: Session, code: str, now: datetime) -> Paired:
    """Use a pairing code. Raises PairingUnknown; of two who use it at once, one gets the device."""
    found = store.pairing_by_code(session, code, now)
    if found is None or not store.use_pairing(session, found[0], now):
        raise PairingUnknown()
    device = found[1]
    return Paired(device, give_token(device, now))


def revoke(device: Device, now: datetime) -> None:
    """The device's token stops working at once."""
    device.revoked_at = now
    device.token_hash = None


def change_settings(session: Session, office: Office, changes: Mapping[str, Any], *, now: datetime) -> None:
    """Set these of the office's settings (checked by `settings.read_changes`).

    Locks its line: a new rule begins between two calls.
    """
    if not changes:
        return
    store.lock_office(session, office)
    before = {name: office.settings.get(name) for name in changes}
    office.settings = {**office.settings, **changes}
    record_change(session, office, "settings_changed", {"settings": before}, {"settings": dict(changes)}, staff_id=None, now=now)
    audit(session, "settings", now, office_id=office.id, **changes)
    session.flush()


def audit(
    session: Session,
    what: str,
    now: datetime,
    *,
    office_id: int | None,
    staff_id: int | None = None,
    device_id: int | None = None,
    **detail: Any,
) -> None:
    """Write down who did what. `detail` holds codes and ids, never a name or phone."""
    session.add(
        AuditEntry(office_id=office_id, at=now, staff_id=staff_id, device_id=device_id, what=what, detail=detail)
    )


# --- catalogue -----------------------------------------------------------------------------------------------------


def import_units(session: Session, path: Path) -> int:
    """Every unit of a JSON list `[{code, name}]` as an office, unpublished when new; names are brought up to date.

    Returns how many units the file holds. Raises ValueError on a file of another shape.
    """
    units = json.loads(path.read_text(encoding="utf-8"))
    known = {office.code: office for office in session.scalars(select(Office))}
    for unit in units:
        if not isinstance(unit, dict) or not isinstance(unit.get("code"), str) or not isinstance(unit.get("name"), str):
            raise ValueError("a file of units is a list of objects with the texts code and name")
        name = nfc(unit["name"])
        office = known.get(unit["code"])
        if office is None:
            office = Office(code=unit["code"], unit_code=unit["code"])
            session.add(office)
        office.name, office.folded = name, fold(name)
    return len(units)


def import_procedures(session: Session, path: Path, *, valid_from: date) -> int:
    """Every procedure of a CSV file, brought up to date by code. Returns how many the file holds."""
    known = {row.code: row for row in session.scalars(select(Procedure).where(Procedure.valid_to.is_(None)))}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        procedure = known.get(row["code"])
        if procedure is None:
            procedure = Procedure(code=row["code"], valid_from=valid_from)
            session.add(procedure)
        procedure.name = nfc(row["name"])
        procedure.field = nfc(row["field"])
        procedure.agency = row["agency"]
        procedure.processing_time = row["processing_time"]
        procedure.documents = [nfc(text) for text in row["documents"].split("|") if text.strip()]
        procedure.fee = row["fee"]
        procedure.counter_minutes = int(row["counter_minutes"])
        procedure.common = row["common"] == "1"
        procedure.source = path.name
    return len(rows)


def import_holidays(session: Session, years: tuple[int, ...]) -> int:
    """The city's holidays and swapped days of these years, where the city has no row for the day yet."""
    known = set(session.scalars(select(SpecialDay.on).where(SpecialDay.office_id.is_(None))))
    rows = [row for year in years for row in proposed(year) if row.on not in known]
    for row in rows:
        session.add(SpecialDay(on=row.on, name=row.note, holiday=row.holiday, spans=[], as_weekday=row.works_as))
    return len(rows)
