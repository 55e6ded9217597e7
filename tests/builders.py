"""A small office for tests: made with few words, everybody in it invented.

    office = make_office(session)                       # 00070: services A, B, C; counters 1..3; open round the clock
    officer = make_staff(session, office)               # canbo1
    open_counter(office.counters[0], officer, clock.now())
    client.post(..., headers=bearer(make_token(session, officer)))

Nothing here commits: the caller's transaction does.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from core.words import fold
from office.models import ApiToken, Counter, CounterService, Device, Office, Service, Staff, WeeklyHours
from office.store import hashed

PASSWORD = "mat-khau-de-thu"
LONG_AGO = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
ROUND_THE_CLOCK = {weekday: [(0, 1440)] for weekday in range(7)}
WARD_HOURS = {weekday: [(480, 720), (810, 1020)] for weekday in range(5)}
"""Monday to Friday, 8:00-12:00 and 13:30-17:00, in minutes after local midnight."""

NAMES = {"A": "Chứng thực bản sao", "B": "Đăng ký khai sinh", "C": "Đăng ký thường trú"}
_cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_PASSWORD_HASH = _cheap.hash(PASSWORD)
_secrets = itertools.count(1)


def make_office(
    session: Session,
    code: str = "00070",
    *,
    services: str = "ABC",
    counters: int = 3,
    skills: dict[int, str] | None = None,
    hours: dict[int, Sequence[tuple[int, int]]] | None = None,
    settings: dict[str, Any] | None = None,
    minutes: int = 10,
) -> Office:
    """A published office. `services` are prefixes (each is the code of its service too); `skills` says which counter
    number takes which prefixes (all, when not said); `hours` maps weekday to spans (round the clock, when not said);
    `minutes` is the planned time of every service.
    """
    name = f"Phường Thử Nghiệm {code}"
    office = Office(
        code=code, unit_code=code, name=name, folded=fold(name), published=True, settings=settings or {}, seq=0
    )
    session.add(office)
    session.flush()
    offered = {prefix: make_service(session, office, prefix, minutes=minutes) for prefix in services}
    for number in range(1, counters + 1):
        counter = Counter(office_id=office.id, number=number, state="closed")
        session.add(counter)
        session.flush()
        for position, prefix in enumerate((skills or {}).get(number, services)):
            service_id = offered[prefix].id
            session.add(CounterService(counter_id=counter.id, service_id=service_id, position=position))
    for weekday, spans in (ROUND_THE_CLOCK if hours is None else hours).items():
        for opens, closes in spans:
            session.add(WeeklyHours(office_id=office.id, weekday=weekday, opens=opens, closes=closes))
    session.flush()
    session.refresh(office)
    return office


def make_service(session: Session, office: Office, prefix: str, *, minutes: int = 10, bookable: bool = True) -> Service:
    """A service whose code is its prefix."""
    name = NAMES.get(prefix, f"Thủ tục {prefix}")
    service = Service(
        office_id=office.id,
        code=prefix,
        name=name,
        folded=fold(name),
        field="Tư pháp",
        prefix=prefix,
        minutes=minutes,
        bookable=bookable,
        position=ord(prefix[0]),
    )
    session.add(service)
    session.flush()
    return service


def make_staff(session: Session, office: Office | None, username: str = "canbo1", role: str = "officer") -> Staff:
    """Somebody who signs in with PASSWORD. The role `city` has no office."""
    staff = Staff(
        username=username,
        name=f"Nguyễn Thị Thử {username}",
        password_hash=_PASSWORD_HASH,
        role=role,
        office_id=None if office is None or role == "city" else office.id,
        created_at=LONG_AGO,
    )
    session.add(staff)
    session.flush()
    return staff


def make_token(session: Session, staff: Staff) -> str:
    """A bearer token of `staff`."""
    token = f"token-of-{staff.username}-{next(_secrets)}"
    session.add(ApiToken(staff_id=staff.id, token_hash=hashed(token), created_at=LONG_AGO))
    session.flush()
    return token


def make_device(session: Session, office: Office, kind: str = "kiosk", **fields: Any) -> str:
    """A paired device of `office` ("kiosk", "display" or "agent"); gives its bearer token."""
    token = f"token-of-a-{kind}-{next(_secrets)}"
    device = Device(office_id=office.id, kind=kind, name=f"{kind} thử", token_hash=hashed(token), paired_at=LONG_AGO)
    for name, value in fields.items():
        setattr(device, name, value)
    session.add(device)
    session.flush()
    return token


def open_counter(counter: Counter, staff: Staff, now: datetime) -> None:
    """Seat `staff` at `counter`, with nobody called yet."""
    counter.state, counter.staff_id, counter.state_at, counter.idle_at = "open", staff.id, now, now


def bearer(token: str) -> dict[str, str]:
    """The header that signs a call with `token`."""
    return {"Authorization": f"Bearer {token}"}
