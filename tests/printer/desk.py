"""What tests of paper share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from core.clock import SetClock
from core.database import Database
from printer import actions, store
from printer.models import Printer, PrintJob
from printer.slip import Slip
from tests.printer.slips import EVERYDAY

KEY = "00070/kiosk-1"


def make_printer(session: Session, clock: SetClock, key: str = KEY, kind: str = "file", address: str = "") -> Printer:
    """A printer on 80 mm paper at office 00070."""
    return actions.set_up(
        session, key, kind=kind, address=address, place="00070", name="Ki-ốt 1", width_dots=576, now=clock.now()
    )


Submit = Callable[..., int]


@pytest.fixture
def submit(database: Database, clock: SetClock) -> Submit:
    """Queues a slip and gives the job's id."""

    def queue(reference: str = "ticket:1", slip: Slip = EVERYDAY, key: str = KEY) -> int:
        with database.transaction() as session:
            return actions.submit(session, key, slip, reference=reference, kind="ticket", now=clock.now()).id

    return queue


def job_of(database: Database, reference: str = "ticket:1") -> PrintJob:
    """The newest job of `reference`."""
    with database.reading() as session:
        job = store.latest_job(session, reference)
    assert job is not None
    return job


def printer_of(database: Database, key: str = KEY) -> Printer:
    """The printer `key`."""
    with database.reading() as session:
        printer = store.find_printer(session, key)
    assert printer is not None
    return printer
