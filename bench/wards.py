"""Wards as the demo is furnished, with every counter open and people waiting: what `hot`, `history` and `ward` press at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import cycle

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database import Database
from core.migrate import upgrade
from core.rights import ANONYMOUS
from core.words import fold
from office import actions as office_actions
from office.commands import PROCEDURES
from office.models import Counter, Office, Service, WeeklyHours
from office.plans import plan_of
from office.store import office_by_code
from printer.models import Printer
from queueing import actions
from setup import demo
from tests.builders import make_device, make_staff, make_token, open_counter
from tests.conftest import HANOI, import_models

NOW = datetime(2026, 11, 23, 9, 0, 1, tzinfo=HANOI)


@dataclass
class Ward:
    """One office: its kiosk's token, its service codes in turn, and each counter's id with its officer's token."""

    code: str
    kiosk: str
    services: cycle[str]
    desks: list[tuple[int, str]]
    turn: cycle[tuple[int, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.turn = cycle(self.desks)


def furnish(url: str, wards: int, waiting: int, now: datetime = NOW) -> list[Ward]:
    """So many wards in a fresh database, open round the clock, with so many people waiting at each since some minutes."""
    import_models()
    upgrade(url)
    database = Database(url)
    with database.transaction() as session:
        office_actions.import_procedures(session, PROCEDURES, valid_from=now.date())
    made = []
    for number in range(wards):
        with database.transaction() as session:
            made.append(_ward(session, f"{70 + number:05}", now))
    database.dispose()
    fill(url, made, waiting, now)
    return made


def fill(url: str, wards: list[Ward], waiting: int, now: datetime = NOW) -> None:
    """Let so many people wait at each of these wards, one after another since 25 minutes ago."""
    database = Database(url)
    for ward in wards if waiting else ():
        with database.transaction() as session:
            office = office_by_code(session, ward.code)
            plan = plan_of(session, office, HANOI)
            for nth in range(waiting):
                service, at = plan.service(next(ward.services)), now - timedelta(minutes=25) + timedelta(seconds=20 * nth)
                actions.take_ticket(session, office, service, now=at, tz=HANOI, source="kiosk", actor=ANONYMOUS)
    database.dispose()


def _ward(session: Session, code: str, now: datetime) -> Ward:
    name = f"Phường Mẫu {code}"
    office = Office(code=code, unit_code=code, name=name, folded=fold(name), published=True, settings={"last_number_rule": False})
    session.add(office)
    session.flush()
    demo.furnish(session, office, now.date())
    for weekday in range(7):
        session.add(WeeklyHours(office_id=office.id, weekday=weekday, opens=0, closes=1440))
    key = f"{code}/kiosk-1"
    session.add(Printer(key=key, place=code, name="Máy in ki-ốt", kind="file"))
    kiosk = make_device(session, office, printer_key=key)
    desks = []
    for counter in session.scalars(select(Counter).where(Counter.office_id == office.id).order_by(Counter.number)):
        officer = make_staff(session, office, f"canbo{counter.number}-{code}")
        open_counter(counter, officer, now - timedelta(minutes=30))
        desks.append((counter.id, make_token(session, officer)))
    offered = session.scalars(select(Service).where(Service.office_id == office.id, Service.active).order_by(Service.id)).all()
    return Ward(code, kiosk, cycle([service.code for service in offered]), desks)

