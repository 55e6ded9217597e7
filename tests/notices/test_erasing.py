"""What is erased is gone from the outbox and from the channel's own files, whoever is sending or writing just then."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import date, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from core.clock import SetClock
from core.database import Database
from notices import actions, store
from notices.channels import FileChannel, Outgoing
from notices.day_files import DayFiles
from notices.models import Message
from notices.outbox import LEASE, Outbox
from tests.notices.test_outbox import PHONE, TEXT, ListChannel, enqueue, messages

TODAY = date(2026, 11, 23)
Between = Callable[[], None]


def erase(database: Database, clock: SetClock, *references: str) -> int:
    with database.transaction() as session:
        return actions.erase(session, references, clock.now())


def personal(folder: Path) -> list[str]:
    """The files below `folder` that hold the phone or the text."""
    found = [path for path in folder.rglob("*") if path.is_file() and ".sqlite" not in path.name]
    return [path.name for path in found if any(word.encode() in path.read_bytes() for word in (PHONE, TEXT))]


class Interrupted(FileChannel):
    """A file channel in which something happens after the line is written and before the outbox hears of it."""

    def __init__(self, data_dir: Path, meanwhile: Between) -> None:
        super().__init__(data_dir)
        self._meanwhile = meanwhile

    def send(self, message: Outgoing) -> str:
        receipt = super().send(message)
        self._meanwhile()
        return receipt


def test_an_erased_message_leaves_table_and_file_and_the_others_stay(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    enqueue(database, clock, 3)
    channel = FileChannel(tmp_path / "data")
    outbox = Outbox(database, clock, [channel])
    outbox.run_once()
    assert erase(database, clock, "appointment:2") == 1
    gone = messages(database)[1]
    assert (gone.to, gone.text, gone.detail, gone.sent_at) == ("", "", "", None)
    assert outbox.forget_once() == 1
    assert [message.reference for message in messages(database)] == ["appointment:1", "appointment:3"]
    lines = channel.files.of(TODAY).read_text().splitlines()
    assert [json.loads(line)["reference"] for line in lines] == ["appointment:1", "appointment:3"]


def test_what_was_erased_does_not_lie_beside_the_database_either(database: Database, clock: SetClock, tmp_path: Path) -> None:
    enqueue(database, clock)
    outbox = Outbox(database, clock, [FileChannel(tmp_path / "data")])
    outbox.run_once()
    erase(database, clock, "appointment:1")
    outbox.forget_once()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path.name for path in files if PHONE.encode() in path.read_bytes()] == []


def test_erasing_twice_is_the_same_as_once(database: Database, clock: SetClock, tmp_path: Path) -> None:
    enqueue(database, clock)
    outbox = Outbox(database, clock, [FileChannel(tmp_path / "data")])
    outbox.run_once()
    assert (erase(database, clock, "appointment:1"), erase(database, clock, "appointment:1")) == (1, 0)
    assert (outbox.forget_once(), outbox.forget_once()) == (1, 0)
    assert personal(tmp_path) == []


def test_it_is_forgotten_at_once_whatever_the_time_zone_of_now(database: Database, clock: SetClock) -> None:
    enqueue(database, clock)
    with database.transaction() as session:
        actions.erase(session, ["appointment:1"], clock.now().astimezone(timezone(timedelta(hours=7))))
    assert Outbox(database, clock, [ListChannel()]).forget_once() == 1


def test_a_message_erased_before_it_left_is_never_sent(database: Database, clock: SetClock) -> None:
    enqueue(database, clock, 2)
    erase(database, clock, "appointment:1")
    channel = ListChannel()
    outbox = Outbox(database, clock, [channel])
    for _hour in range(3):
        outbox.run_once()
        outbox.forget_once()
        clock.advance(timedelta(hours=1))
    assert [message.reference for message in channel.sent] == ["appointment:2"]


def test_the_file_of_a_day_goes_with_its_last_line(database: Database, clock: SetClock, tmp_path: Path) -> None:
    enqueue(database, clock, 2)
    channel = FileChannel(tmp_path / "data")
    outbox = Outbox(database, clock, [channel])
    outbox.run_once()
    erase(database, clock, "appointment:1", "appointment:2")
    outbox.forget_once()
    assert not channel.files.of(TODAY).exists()


def test_a_message_erased_while_it_is_being_sent_is_forgotten_by_its_sender(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    enqueue(database, clock)

    def meanwhile() -> None:
        erase(database, clock, "appointment:1")

    channel = Interrupted(tmp_path / "data", meanwhile)
    Outbox(database, clock, [channel]).run_once()
    assert personal(tmp_path) == []


def test_a_sender_slower_than_its_lease_leaves_nothing_behind(database: Database, clock: SetClock, tmp_path: Path) -> None:
    enqueue(database, clock)
    other = Outbox(database, clock, [FileChannel(tmp_path / "data")])

    def meanwhile() -> None:
        erase(database, clock, "appointment:1")
        clock.advance(2 * LEASE)
        other.forget_once()
        channel.files.append(TODAY, {"id": 1, "to": PHONE, "text": TEXT})

    channel = Interrupted(tmp_path / "data", meanwhile)
    Outbox(database, clock, [channel]).run_once()
    assert messages(database) == []
    assert personal(tmp_path) == []


def test_a_sender_that_died_with_the_line_written_leaves_it_to_the_end_of_its_lease(
    database: Database, clock: SetClock, tmp_path: Path
) -> None:
    enqueue(database, clock)
    channel = FileChannel(tmp_path / "data")
    with database.transaction() as session:
        [taken] = store.claim(session, clock.now(), lease=LEASE, limit=1)
    channel.send(Outgoing(taken.id, taken.to, taken.text, taken.reference, TODAY))
    erase(database, clock, "appointment:1")
    outbox = Outbox(database, clock, [channel])
    assert outbox.forget_once() == 0
    clock.advance(LEASE)
    assert outbox.forget_once() == 1
    assert personal(tmp_path) == []


def test_a_channel_that_cannot_forget_now_is_asked_again(
    database: Database, clock: SetClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    enqueue(database, clock)
    channel = FileChannel(tmp_path / "data")
    outbox = Outbox(database, clock, [channel])
    outbox.run_once()
    erase(database, clock, "appointment:1")
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _full_disk)
        assert outbox.forget_once() == 1
    assert len(messages(database)) == 1
    clock.advance(LEASE)
    outbox.forget_once()
    assert messages(database) == []
    assert personal(tmp_path) == []


def _full_disk(_descriptor: int) -> None:
    raise OSError("no space left")


def test_old_messages_are_erased_from_the_oldest_on(database: Database, clock: SetClock) -> None:
    enqueue(database, clock, 3)
    clock.advance(timedelta(days=2))
    enqueue(database, clock)
    with database.transaction() as session:
        before = clock.now() - timedelta(days=1)
        assert actions.erase_written_before(session, before, clock.now(), limit=2) == 2
        assert actions.erase_written_before(session, before, clock.now(), limit=2) == 1
        assert actions.erase_written_before(session, before, clock.now(), limit=2) == 0
        assert session.scalars(select(Message.text).where(Message.state == "queued")).all() == [TEXT]


def test_codes_are_erased_by_what_they_are(database: Database, clock: SetClock) -> None:
    with database.transaction() as session:
        for reference in ("phone-code", "appointment:1"):
            actions.enqueue(session, channel="file", to=PHONE, text=TEXT, reference=reference, now=clock.now())
    clock.advance(timedelta(days=1))
    with database.transaction() as session:
        assert actions.erase_written_before(session, clock.now(), clock.now(), limit=9, reference="phone-code") == 1
    assert [(message.reference, message.text) for message in messages(database)] == [("phone-code", ""), ("appointment:1", TEXT)]


# --- the files themselves -----------------------------------------------------------------------------------------------


def test_whole_days_are_taken_away_and_with_them_what_has_no_day(tmp_path: Path) -> None:
    files = DayFiles(tmp_path, "outbox")
    files.forget_before(TODAY)
    for days in (2, 1, 0):
        files.append(TODAY - timedelta(days=days), {"id": days})
    for left_over in ("outbox-2026-11-23.jsonl.new", "outbox.jsonl"):
        (tmp_path / left_over).write_text(PHONE)
    files.forget_before(TODAY - timedelta(days=1))
    assert sorted(path.name for path in tmp_path.glob("*.jsonl*")) == ["outbox-2026-11-22.jsonl", "outbox-2026-11-23.jsonl"]


def test_a_torn_line_goes_at_the_next_rewriting(tmp_path: Path) -> None:
    files = DayFiles(tmp_path, "outbox")
    files.append(TODAY, {"id": 1})
    files.append(TODAY, {"id": 2})
    with files.of(TODAY).open("ab") as file:
        file.write(b'{"id": 3, "to": "+84')
    files.forget(TODAY, [1])
    assert files.of(TODAY).read_text() == '{"id": 2}\n'


def test_a_rewriting_cut_off_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = DayFiles(tmp_path, "outbox")
    files.append(TODAY, {"id": 1})
    files.append(TODAY, {"id": 2})
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _full_disk)
        with pytest.raises(OSError):
            files.forget(TODAY, [1])
    assert files.of(TODAY).read_text() == '{"id": 1}\n{"id": 2}\n'
    files.forget(TODAY, [1])
    assert files.of(TODAY).read_text() == '{"id": 2}\n'


def test_two_processes_append_while_a_third_takes_away_and_no_line_is_lost(tmp_path: Path) -> None:
    """Every line with an odd id is taken away as soon as it may be there; every other must be there at the end, once."""
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_append_many, args=(tmp_path, first)) for first in (0, 1000)]
    for writer in writers:
        writer.start()
    files = DayFiles(tmp_path, "outbox")
    odd = range(1, 2000, 2)
    while any(writer.is_alive() for writer in writers):
        files.forget(TODAY, odd)
    files.forget(TODAY, odd)
    assert [writer.exitcode for writer in writers] == [0, 0]
    ids = [json.loads(line)["id"] for line in files.of(TODAY).read_text().splitlines()]
    assert sorted(ids) == [*range(0, 300, 2), *range(1000, 1300, 2)]


def _append_many(folder: Path, first: int) -> None:
    for nth in range(first, first + 300):
        DayFiles(folder, "outbox").append(TODAY, {"id": nth, "text": TEXT})


def test_the_lock_of_a_process_that_was_killed_is_free(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    held = context.Event()
    holder = context.Process(target=_hold_for_ever, args=(tmp_path, held))
    holder.start()
    assert held.wait(30)
    assert holder.pid is not None
    os.kill(holder.pid, signal.SIGKILL)
    holder.join()
    assert DayFiles(tmp_path, "outbox").append(TODAY, {"id": 1}) == "outbox-2026-11-23.jsonl"


def _hold_for_ever(folder: Path, held: object) -> None:
    with DayFiles(folder, "outbox")._locked():
        held.set()  # type: ignore[attr-defined]
        signal.pause()
