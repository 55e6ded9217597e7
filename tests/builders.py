"""A small office for tests: made with few words, everybody in it invented.

    office = make_office(session)                       # 00070: services A, B, C; counters 1..3; open round the clock
    officer = make_staff(session, office)               # canbo1
    open_counter(office.counters[0], officer, clock.now())
    client.post(..., headers=bearer(make_token(session, officer)))

Nothing here commits: the caller's transaction does.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.words import fold
from office.models import ApiToken, Counter, CounterService, Device, Office, Service, Staff, WeeklyHours
from office.store import hashed

PASSWORD = "mat-khau-de-thu"
Hours = Mapping[int, Sequence[tuple[int, int]]]
"""Spans in minutes after local midnight, by weekday (0 is Monday)."""

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
    hours: Hours | None = None,
    settings: dict[str, Any] | None = None,
    minutes: int | dict[str, int] = 10,
    fields: str | None = "Tư pháp",
) -> Office:
    """A published office. `services` are prefixes (each is the code of its service too); `skills` says which counter
    number takes which prefixes (all, when not said); `hours` maps weekday to spans (round the clock, when not said);
    `minutes` is the planned time of every service, or of each (10, when not said); `fields` is the field of all of them,
    None gives each one of its own.
    """
    name = f"Phường Thử Nghiệm {code}"
    office = Office(code=code, unit_code=code, name=name, folded=fold(name), published=True, settings=settings or {}, seq=0)
    session.add(office)
    session.flush()
    times = {prefix: minutes if isinstance(minutes, int) else minutes.get(prefix, 10) for prefix in services}
    offered = {
        prefix: make_service(session, office, prefix, minutes=times[prefix], field=fields or f"Lĩnh vực {prefix}")
        for prefix in services
    }
    for number in range(1, counters + 1):
        counter = Counter(office_id=office.id, number=number, state="closed")
        session.add(counter)
        session.flush()
        for position, prefix in enumerate((skills or {}).get(number, services)):
            service_id = offered[prefix].id
            session.add(CounterService(counter_id=counter.id, service_id=service_id, position=position))
    set_hours(session, office, ROUND_THE_CLOCK if hours is None else hours)
    session.refresh(office)
    return office


def make_service(
    session: Session, office: Office, prefix: str, *, minutes: int = 10, bookable: bool = True, field: str = "Tư pháp"
) -> Service:
    """A service whose code is its prefix."""
    name = NAMES.get(prefix, f"Thủ tục {prefix}")
    service = Service(
        office_id=office.id,
        code=prefix,
        name=name,
        folded=fold(name),
        field=field,
        prefix=prefix,
        minutes=minutes,
        bookable=bookable,
        position=ord(prefix[0]),
    )
    session.add(service)
    session.flush()
    return service


def set_hours(session: Session, office: Office, hours: Hours, counter: Counter | None = None) -> None:
    """Give the office, or one of its counters, these weekly hours instead of what it had."""
    whose = counter.id if counter else None
    session.execute(
        delete(WeeklyHours).where(WeeklyHours.office_id == office.id, WeeklyHours.counter_id.is_not_distinct_from(whose))
    )
    for weekday, spans in hours.items():
        for opens, closes in spans:
            session.add(WeeklyHours(office_id=office.id, counter_id=whose, weekday=weekday, opens=opens, closes=closes))
    session.flush()


def set_skills(session: Session, counter: Counter, prefixes: str) -> None:
    """Let a counter take these services of its office and no others."""
    session.execute(delete(CounterService).where(CounterService.counter_id == counter.id))
    services = session.scalars(select(Service).where(Service.office_id == counter.office_id, Service.prefix.in_(list(prefixes))))
    for position, service in enumerate(services):
        session.add(CounterService(counter_id=counter.id, service_id=service.id, position=position))
    session.flush()


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
