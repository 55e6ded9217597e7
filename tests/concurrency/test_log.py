"""The log of the line: eight officers sit down at the same moment, each at a counter of their own."""

from __future__ import annotations

from dataclasses import dataclass

from queueing import log_store
from queueing.log_rules import Entry, check_chain
from tests import builders
from tests.concurrency.conftest import COUNTERS, OpenHall
from tests.concurrency.hall import Call, Hall


@dataclass(frozen=True)
class Outcome:
    """How each press was answered, and the log by the database."""

    answers: list[int]
    log: list[Entry]

    @property
    def opened(self) -> list[int]:
        """The counters whose opening is told."""
        return sorted(entry.detail["counter"] for entry in self.log if entry.what == "counter_opened")


def officers_sit_down_at_once(hall: Hall) -> Outcome:
    with hall.database.transaction() as session:
        office = hall.the_office(session)
        officers = {
            counter.id: builders.make_token(session, builders.make_staff(session, office, f"canbo{counter.number}"))
            for counter in office.counters
        }
    answers = hall.at_once([Call(f"/counters/{counter}/open", {}, token) for counter, token in officers.items()])
    with hall.database.reading() as session:
        log = list(log_store.all_entries(session, hall.the_office(session)))
    return Outcome([answer.status_code for answer in answers], log)


def test_every_press_has_its_entry_and_n_has_no_gap(open_hall: OpenHall) -> None:
    outcome = officers_sit_down_at_once(open_hall())
    assert outcome.answers == [200] * COUNTERS
    assert [entry.n for entry in outcome.log] == list(range(1, COUNTERS + 2)), "the policy first, then each counter"
    assert outcome.opened == list(range(1, COUNTERS + 1))
    assert check_chain(outcome.log) is None


def test_without_the_lock_of_the_line_two_entries_follow_the_same_one_and_that_is_seen(open_hall: OpenHall) -> None:
    """UNIQUE (office, n) still lets no second one stand: who comes second is told of a fault, and the chain holds."""
    outcome = officers_sit_down_at_once(open_hall(without="log"))
    assert 500 in outcome.answers
    assert len(outcome.opened) < COUNTERS
    assert check_chain(outcome.log) is None
