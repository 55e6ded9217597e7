"""Who asks to join is let in with all who ask at the same time, each by its own right."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from core.admission import ADMITTED_AT_ONCE, MOST_ROOMS, Admission, Asking
from core.database import Database
from core.feeds import Feed
from core.refusals import Refusal
from core.rooms import Rooms
from counter.live import LINE
from display.live import BOARD
from office import signin
from office.models import ApiToken
from office.signin import Shown
from office.store import hashed
from tests import builders
from tests.builders import LONG_AGO
from tests.queries import counted

OFFICE = "00070"


class Door:
    """The doors of a process, with an office behind them; its officer's token is in `shown`. Everybody is there but `gone`."""

    def __init__(self, database: Database) -> None:
        self.rooms, self.gone, self.asked = Rooms(), set[str](), 0
        feeds = {feed.namespace: feed for feed in (LINE, BOARD)}
        self.admission = Admission(database, signin, feeds, self.rooms, lambda sid, _namespace: sid not in self.gone)
        with database.transaction() as session:
            office = builders.make_office(session)
            self.staff = builders.make_staff(session, office).id
            self.shown = Shown(bearer=hashed(builders.make_token(session, builders.make_staff(session, office, "canbo2"))))

    def ask(self, sid: str, shown: Shown | None = None, feed: Feed = LINE, key: str = OFFICE) -> None:
        self.admission.wait(Asking(feed, sid, key, None if feed is BOARD else shown or self.shown))

    def admit(self) -> dict[str, Any]:
        """The office or the code of the refusal, by socket."""
        told: dict[str, Any] = {}
        while self.admission.somebody_waits():
            for asking, answer in self.admission.admit():
                told[asking.sid] = answer.code if isinstance(answer, Refusal) else answer
        return told

    def inside(self, feed: Feed = LINE) -> set[str]:
        return set(self.rooms.sockets((feed.namespace, OFFICE), OFFICE))


@pytest.fixture
def door(database: Database) -> Door:
    return Door(database)


def test_each_of_those_who_come_together_is_let_in_or_refused_by_its_own_right(door: Door) -> None:
    door.ask("officer")
    door.ask("stranger", Shown())
    door.ask("forger", Shown(bearer=hashed("guessed")))
    door.ask("display", feed=BOARD)
    door.ask("lost", key="99999")
    door.ask("colleague")
    refused = {"stranger": "not_signed_in", "forger": "not_signed_in", "lost": "not_found"}
    assert door.admit() == refused | dict.fromkeys(("officer", "display", "colleague"), OFFICE)
    assert door.inside() == {"officer", "colleague"}
    assert door.inside(BOARD) == {"display"}
    assert set(door.admission.guarded) == {("/line", "officer"), ("/line", "colleague")}, "and who may be there is asked again"


def test_hundreds_who_come_together_cost_one_statement_a_portion_and_one_an_office(door: Door, database: Database) -> None:
    with database.transaction() as session:
        session.add_all(ApiToken(staff_id=door.staff, token_hash=f"{n}", created_at=LONG_AGO) for n in range(300))
    for n in range(300):
        door.ask(f"console-{n}", Shown(bearer=f"{n}"))
    with counted(database.engine) as asked:
        told = door.admit()
    assert set(told.values()) == {OFFICE}
    assert len(door.inside()) == 300
    assert len([each for each in asked if not each.startswith("BEGIN")]) <= 300 / ADMITTED_AT_ONCE + 1 <= 4, asked


def test_who_has_hung_up_before_its_turn_is_in_no_room(door: Door) -> None:
    door.ask("gone")
    door.ask("there")
    door.gone.add("gone")
    assert door.admit() == {"there": OFFICE}
    assert door.inside() == {"there"}
    assert set(door.admission.guarded) == {("/line", "there")}


def test_nobody_comes_into_too_many_rooms_by_asking_for_all_at_once(door: Door, database: Database) -> None:
    with database.transaction() as session:
        codes = [builders.make_office(session, f"2{n:04}", services="A", counters=1).code for n in range(MOST_ROOMS + 1)]
    told = []
    for code in codes:
        door.ask("greedy", feed=BOARD, key=code)
    while door.admission.somebody_waits():
        told += [isinstance(answer, Refusal) for _asking, answer in door.admission.admit()]
    assert told == [False] * MOST_ROOMS + [True]


def test_what_goes_wrong_for_one_keeps_nobody_else_out(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    def office_of(_session: Any, key: str) -> str:
        raise RuntimeError(key)

    broken = replace(LINE, office_of=office_of)
    door.ask("before")
    door.ask("unlucky", feed=broken, key="00071")
    door.ask("after")
    with caplog.at_level(logging.ERROR):
        assert door.admit() == {"before": OFFICE, "after": OFFICE}
    assert door.inside() == {"before", "after"}
    assert "could not let a socket in" in caplog.text


def test_somebody_is_called_once_for_all_who_wait_and_again_for_who_comes_later(door: Door) -> None:
    asking = Asking(BOARD, "display", OFFICE, None)
    assert [door.admission.wait(asking), door.admission.wait(asking)] == [True, False]
    door.admit()
    assert door.admission.wait(asking)
