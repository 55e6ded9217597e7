"""How good the forecast was: the promise against the first call that counts, the same on page, download and by hand."""

from __future__ import annotations

import csv
import io
import random
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.clock import SetClock
from core.database import Database
from queueing.models import Call, Promise, Ticket
from queueing.store import UNDONE
from tests.pages import CheckedClient
from tests.reports.test_pages import Headers, add_ticket, office_of
from tests.reports.test_pages import db as db
from tests.reports.test_pages import who as who


@pytest.fixture
def busy(db: Database, who: dict[str, Headers], clock: SetClock) -> None:
    """Forty invented people of today with promises; three of them were told nothing, every fourth had booked."""
    chance = random.Random(3)
    with db.transaction() as session:
        office = office_of(session)
        for number in range(1, 41):
            taken = clock.now() - timedelta(hours=2) + timedelta(minutes=number)
            booked = {"kind": "booked", "slot_at": taken, "arrival": "on_time"} if number % 4 == 0 else {}
            add_ticket(session, office, number, taken, chance.randint(0, 60), 7, **booked)
            ticket = session.scalars(select(Ticket).order_by(Ticket.id.desc())).first()
            assert ticket is not None
            if number > 3:
                median = chance.randint(5, 50)
                row = Promise(ticket_id=ticket.id, office_id=office.id, on=ticket.on, told_at=taken,
                              median=median, low=median - 5, high=median + chance.randint(0, 25))  # fmt: skip
                session.add(row)


def by_hand(session: Session) -> tuple[float, int, int]:
    """The same figures another way: promise by promise, call by call."""
    errors, held = [], 0
    for promise in session.scalars(select(Promise)):
        calls = session.scalars(select(Call).where(Call.ticket_id == promise.ticket_id)).all()
        counted = [call for call in calls if call.tier != UNDONE and not (call.reason == "early" and call.withdrawn_at)]
        minutes = (min(call.called_at for call in counted) - promise.told_at).total_seconds() / 60
        errors.append(abs(minutes - promise.median))
        held += promise.low - 0.5 <= minutes <= promise.high + 0.5
    return sum(errors) / len(errors), held, len(errors)


@pytest.mark.usefixtures("busy")
def test_the_figures_are_those_of_a_sum_by_hand(client: CheckedClient, who: dict[str, Headers], db: Database) -> None:
    with db.transaction() as session:
        error, held, people = by_hand(session)
    assert people == 37
    [_heading, service, whole] = csv.reader(
        io.StringIO(client.get("/reports/figures.csv", headers=who["head"]).get_data(as_text=True))
    )
    assert whole[13:16] == [f"{error:.1f}", str(held), str(people)]
    assert service[13:16] == whole[13:16], "there is one service only"
    page = client.page("/reports/", headers=who["head"])
    assert f"{round(error, 1):.1f}".replace(".", ",").replace(",0", "") + " phút" in page
    assert f"{round(100 * held / people)} %" in page
    assert "37 người. Lấy số trực tiếp:" in page
    assert "chênh lệch" in page, "the page says how it is computed"
