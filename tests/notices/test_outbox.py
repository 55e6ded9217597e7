"""Messages leave the house once each, and a gateway that fails is asked again, not for ever."""

from __future__ import annotations

import json
import logging
import stat
import threading
from collections.abc import Collection
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.clock import SetClock
from core.database import Database
from notices import actions, store
from notices.channels import TO_PHONE, FileChannel, Outgoing
from notices.models import Message
from notices.outbox import LEASE, MOST_ATTEMPTS, Outbox, wait_after

PHONE = "+84912000001"
TEXT = "Lịch hẹn 09:00 của ông/bà đã được xác nhận."


class ListChannel:
    """Keeps in memory what it was given; fails the first `failures` times."""

    def __init__(self, failures: int = 0, name: str = "file", reaches_phones: bool = False) -> None:
        self.name, self.reaches_phones = name, reaches_phones
        self.sent: list[Outgoing] = []
        self.tries = 0
        self._failures = failures
        self._lock = threading.Lock()

    def send(self, message: Outgoing) -> str:
        with self._lock:
            self.tries += 1
            if self.tries <= self._failures:
                raise ConnectionError(f"no answer when sending to {message.to}")
            self.sent.append(message)
            return "taken"

    def forget(self, written_on: date, ids: Collection[int]) -> None:
        self.sent = [message for message in self.sent if message.id not in ids]


def enqueue(database: Database, clock: SetClock, count: int = 1, channel: str = "file") -> None:
    with database.transaction() as session:
        for nth in range(1, count + 1):
            actions.enqueue(session, channel=channel, to=PHONE, text=TEXT, reference=f"appointment:{nth}", now=clock.now())


def messages(database: Database) -> list[Message]:
    with database.reading() as session:
        found = list(session.scalars(select(Message).order_by(Message.id)))
        session.expunge_all()
        return found


def test_a_message_goes_to_the_file_and_is_marked_sent(database: Database, clock: SetClock, tmp_path: Path) -> None:
    enqueue(database, clock)
    channel = FileChannel(tmp_path)
    assert Outbox(database, clock, [channel]).run_once() == 1
    [message] = messages(database)
    assert (message.state, message.sent_at, message.attempts) == ("sent", clock.now(), 1)
    [line] = channel.files.of(clock.now().date()).read_text().splitlines()
    assert json.loads(line) == {"id": message.id, "to": PHONE, "text": TEXT, "reference": "appointment:1"}


def test_only_the_owner_may_read_the_file_of_messages(database: Database, clock: SetClock, tmp_path: Path) -> None:
    enqueue(database, clock, 2)
    channel = FileChannel(tmp_path)
    Outbox(database, clock, [channel]).run_once()
    path = channel.files.of(clock.now().date())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(path.read_text().splitlines()) == 2


def test_a_sent_message_is_not_sent_again(database: Database, clock: SetClock) -> None:
    enqueue(database, clock)
    channel = ListChannel()
    outbox = Outbox(database, clock, [channel])
    outbox.run_once()
    clock.advance(timedelta(days=1))
    assert outbox.run_once() == 0
    assert len(channel.sent) == 1


def test_a_message_of_a_rolled_back_transaction_is_never_sent(database: Database, clock: SetClock) -> None:
    def book_and_fail() -> None:
        with database.transaction() as session:
            actions.enqueue(session, channel="file", to=PHONE, text=TEXT, reference="appointment:1", now=clock.now())
            raise RuntimeError("the booking failed")

    with pytest.raises(RuntimeError):
        book_and_fail()
    assert Outbox(database, clock, [ListChannel()]).run_once() == 0


def test_two_workers_send_each_message_once(database: Database, clock: SetClock) -> None:
    enqueue(database, clock, 40)
    channel = ListChannel()
    start = threading.Barrier(2)

    def work() -> None:
        outbox = Outbox(database, clock, [channel])
        start.wait()
        while outbox.run_once():
            pass

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    # A worker whose whole claim was lost to the other stops early; what is left is nobody's loss.
    Outbox(database, clock, [channel]).run_once()
    assert sorted(message.reference for message in channel.sent) == sorted(f"appointment:{n}" for n in range(1, 41))
    assert {message.attempts for message in messages(database)} == {1}


def test_a_failing_channel_is_tried_again_after_a_growing_wait(database: Database, clock: SetClock) -> None:
    enqueue(database, clock)
    channel = ListChannel(failures=2)
    outbox = Outbox(database, clock, [channel])
    outbox.run_once()
    assert outbox.run_once() == 0
    clock.advance(wait_after(1))
    outbox.run_once()
    clock.advance(wait_after(1))
    assert outbox.run_once() == 0
    clock.advance(wait_after(2) - wait_after(1))
    assert outbox.run_once() == 1
    [message] = messages(database)
    assert (message.state, message.attempts, len(channel.sent)) == ("sent", 3, 1)


def test_a_dead_channel_is_given_up_after_the_last_try(database: Database, clock: SetClock) -> None:
    enqueue(database, clock)
    channel = ListChannel(failures=100)
    outbox = Outbox(database, clock, [channel])
    for _ in range(MOST_ATTEMPTS + 3):
        outbox.run_once()
        clock.advance(timedelta(hours=1))
    [message] = messages(database)
    assert (message.state, message.attempts, channel.tries, message.sent_at) == ("failed", MOST_ATTEMPTS, MOST_ATTEMPTS, None)


def test_a_message_of_a_worker_that_died_is_taken_when_its_lease_is_over(database: Database, clock: SetClock) -> None:
    enqueue(database, clock)
    with database.transaction() as session:
        assert len(store.claim(session, clock.now(), lease=LEASE, limit=10)) == 1
    channel = ListChannel()
    outbox = Outbox(database, clock, [channel])
    assert outbox.run_once() == 0
    clock.advance(LEASE)
    assert outbox.run_once() == 1
    assert len(channel.sent) == 1


def test_a_worker_that_comes_back_after_its_lease_changes_nothing(database: Database, clock: SetClock) -> None:
    enqueue(database, clock)
    with database.transaction() as session:
        [slow] = store.claim(session, clock.now(), lease=LEASE, limit=10)
    clock.advance(LEASE)
    Outbox(database, clock, [ListChannel()]).run_once()
    with database.transaction() as session:
        store.settle(session, slow, state="failed", detail="TimeoutError")
    assert messages(database)[0].state == "sent"


def test_a_message_for_an_unknown_channel_fails_and_holds_up_nobody(database: Database, clock: SetClock) -> None:
    enqueue(database, clock, channel="pigeon")
    enqueue(database, clock)
    channel = ListChannel()
    Outbox(database, clock, [channel]).run_once()
    assert len(channel.sent) == 1
    assert messages(database)[0].detail == "UnknownChannelError"


def test_neither_phone_nor_text_reaches_the_log_or_the_detail(
    database: Database, clock: SetClock, caplog: pytest.LogCaptureFixture
) -> None:
    enqueue(database, clock)
    with caplog.at_level(logging.DEBUG):
        Outbox(database, clock, [ListChannel(failures=1)]).run_once()
    assert caplog.text
    for said in (caplog.text, messages(database)[0].detail):
        assert PHONE not in said
        assert TEXT not in said


def test_the_loop_ends_when_it_is_told_to(database: Database, clock: SetClock) -> None:
    enqueue(database, clock)
    stop = threading.Event()

    class StoppingChannel(ListChannel):
        def send(self, message: Outgoing) -> str:
            stop.set()
            return super().send(message)

    channel = StoppingChannel()
    Outbox(database, clock, [channel]).run(stop)
    assert len(channel.sent) == 1


def test_messages_are_found_by_what_they_are_about(database: Database, clock: SetClock) -> None:
    enqueue(database, clock, 2)
    with database.reading() as session:
        assert [message.reference for message in store.of_reference(session, "appointment:2")] == ["appointment:2"]


def test_the_table_refuses_a_state_it_does_not_know(database: Database, clock: SetClock) -> None:
    def lose_it() -> None:
        with database.transaction() as session:
            message = actions.enqueue(session, channel="file", to=PHONE, text=TEXT, reference="x", now=clock.now())
            message.state = "lost"

    with pytest.raises(IntegrityError):
        lose_it()


@pytest.mark.parametrize(("gateway", "taker"), [(True, "sms"), (False, "file")])
def test_a_message_for_a_telephone_leaves_by_the_gateway_else_the_file_keeps_it(
    database: Database, clock: SetClock, gateway: bool, taker: str
) -> None:
    enqueue(database, clock, channel=TO_PHONE)
    channels = {"file": ListChannel()} | ({"sms": ListChannel(name="sms", reaches_phones=True)} if gateway else {})
    Outbox(database, clock, channels.values()).run_once()
    assert {name: len(channel.sent) for name, channel in channels.items()} == {name: int(name == taker) for name in channels}
    assert messages(database)[0].state == "sent"
