from __future__ import annotations

import dataclasses
import io
import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from core.clock import SetClock
from core.database import Database
from core.events import EventBus
from printer import actions
from printer.events import PrintJobChanged
from printer.presence import Presence
from printer.raster import draw
from printer.spool import Spool
from tests.printer.desk import KEY, Submit, job_of, make_printer, printer_of
from tests.printer.slips import EVERYDAY, LONG

PATIENCE_S = 20


@pytest.fixture(autouse=True)
def printer(database: Database, clock: SetClock) -> int:
    with database.transaction() as session:
        return make_printer(session, clock).id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "printed"


@pytest.fixture
def spool(database: Database, clock: SetClock, folder: Path) -> Iterator[Spool]:
    with closing(Spool(database, clock, folder)) as spool:
        yield spool


def test_the_first_run_shows_a_ticket_without_any_printer(database: Database, spool: Spool, submit: Submit, folder: Path) -> None:
    job_id = submit()
    assert spool.run_once() == 1
    page = (folder / "00070-kiosk-1" / f"{job_id}-A047.png").read_bytes()
    assert Image.open(io.BytesIO(page)).tobytes() == draw(EVERYDAY, 576).tobytes()
    job = job_of(database)
    assert (job.state, job.sending_at, job.finished_at) == ("printed", job.created_at, job.created_at)
    assert printer_of(database).state == "ok"


def test_every_slip_comes_out_once_and_half_files_never_stay(spool: Spool, submit: Submit, folder: Path) -> None:
    jobs = [submit(f"ticket:{n}") for n in range(5)]
    assert spool.run_once() == 5
    assert spool.run_once() == 0
    assert {path.name for path in (folder / "00070-kiosk-1").iterdir()} == {f"{job}-A047.png" for job in jobs}


def test_a_full_or_missing_disk_blocks_the_slip_and_it_comes_out_afterwards(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, folder: Path
) -> None:
    folder.mkdir()
    in_the_way = folder / "00070-kiosk-1"
    in_the_way.write_text("a file where the folder should be")
    submit()
    spool.run_once()
    assert job_of(database).state == "blocked"
    assert printer_of(database).state == "off"
    in_the_way.unlink()
    clock.advance(timedelta(seconds=3))
    spool.run_once()
    assert job_of(database).state == "printed"
    assert printer_of(database).state == "ok"


def test_a_slip_that_cannot_be_drawn_fails_and_the_next_one_prints(database: Database, spool: Spool, submit: Submit) -> None:
    submit("ticket:1", slip=dataclasses.replace(EVERYDAY, url="x" * 2000))
    submit("ticket:2")
    assert spool.run_once() == 2
    assert job_of(database, "ticket:1").state == "failed"
    assert job_of(database, "ticket:2").state == "printed"


def test_a_file_printer_never_writes_outside_its_folder(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, folder: Path
) -> None:
    with database.transaction() as session:
        make_printer(session, clock, address="../elsewhere")
    submit()
    spool.run_once()
    assert job_of(database).state == "blocked"
    assert not (folder.parent / "elsewhere").exists()


def test_two_servers_on_one_database_print_every_slip_once(
    database: Database, clock: SetClock, submit: Submit, tmp_path: Path
) -> None:
    jobs = [submit(f"ticket:{n}") for n in range(8)]
    with closing(Spool(database, clock, tmp_path / "a")) as one, closing(Spool(database, clock, tmp_path / "b")) as two:
        threads = [threading.Thread(target=spool.run_once) for spool in (one, two)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE_S)
    printed = sorted(path.name for path in tmp_path.glob("[ab]/*/*.png"))
    assert printed == sorted(f"{job}-A047.png" for job in jobs)


def test_a_new_slip_wakes_the_running_spool(database: Database, clock: SetClock, folder: Path) -> None:
    bus, printed, stop = EventBus(), threading.Event(), threading.Event()
    published = Database(str(database.engine.url.render_as_string(hide_password=False)), bus.publish)
    spool = Spool(published, clock, folder)
    bus.subscribe(PrintJobChanged, spool.on_job_changed)
    bus.subscribe(PrintJobChanged, lambda event: printed.set() if event.state == "printed" else None)
    running = threading.Thread(target=spool.run, args=(stop,))
    running.start()
    try:
        with published.transaction() as session:
            actions.submit(session, KEY, LONG, reference="ticket:1", kind="ticket", now=clock.now())
        assert printed.wait(PATIENCE_S)
    finally:
        stop.set()
        running.join(PATIENCE_S)
        published.dispose()
    assert not running.is_alive()


def test_a_slip_of_another_process_is_found_without_an_event(
    database: Database, clock: SetClock, folder: Path, submit: Submit
) -> None:
    bus, printed, stop = EventBus(), threading.Event(), threading.Event()
    published = Database(str(database.engine.url.render_as_string(hide_password=False)), bus.publish)
    bus.subscribe(PrintJobChanged, lambda event: printed.set() if event.state == "printed" else None)
    running = threading.Thread(target=Spool(published, clock, folder).run, args=(stop,))
    running.start()
    try:
        submit()
        assert printed.wait(PATIENCE_S)
    finally:
        stop.set()
        running.join(PATIENCE_S)
        published.dispose()


def test_a_living_process_is_never_taken_for_dead(
    database: Database, clock: SetClock, spool: Spool, submit: Submit, folder: Path, printer: int
) -> None:
    submit()
    other = Presence(folder / ".workers")
    with database.transaction() as session:
        actions.claim(session, printer, other.name, clock.now())
    spool.run_once()
    assert job_of(database).state == "sending"
    other.leave()
    spool.run_once()
    assert job_of(database).state == "uncertain"
    assert not (folder / ".workers" / f"{other.name}.alive").exists()
