"""The spool: takes the queued jobs to their printers, one at a time per printer, while the server runs.

Several processes may run it on one database: a job is claimed under the printer's row lock and the commit comes before
the first byte, so a page is sent by one of them, once. It is woken by the event of a new job; for jobs written by other
processes it looks once a second.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TypeVar

from core.clock import Clock
from core.database import Database
from core.patience import in_a_thread
from printer import actions, store
from printer.devices import Device, open_device
from printer.events import PrintJobChanged
from printer.handed import EscposDevice
from printer.models import Printer, PrintJob
from printer.network import USUAL, Patience
from printer.outcome import WELL, Condition, Outcome
from printer.presence import Presence
from printer.renderer import Renderer, RenderFailed

log = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
FAREWELL_S = 10.0
"""How long pages under way may take to end when the server stops."""

Answer = TypeVar("Answer")


class Spool:
    """The printers' workers of one process. `folder` is the server's printing folder; file printers write below it.

    Thread-like throughout, so that under gevent's patches each worker is a greenlet.
    """

    def __init__(self, database: Database, clock: Clock, folder: Path, patience: Patience = USUAL) -> None:
        self._database = database
        self._patience = patience
        self._clock = clock
        self._folder = folder
        self._renderer = Renderer()
        self._wake = threading.Event()
        self._workers: dict[int, threading.Thread] = {}
        self._presence: Presence | None = None

    def on_job_changed(self, event: PrintJobChanged) -> None:
        """Subscribe this to the bus: a new job is taken at once."""
        if event.state == "queued":
            self._wake.set()

    def run(self, stop: threading.Event) -> None:
        """Print until `stop` is set; then wait for the pages under way."""
        with closing(self._renderer):
            while not stop.is_set():
                self._wake.wait(LOOK_EVERY_S)
                self._wake.clear()
                try:
                    self._start_workers()
                except Exception:  # the database may be away for a while: printing goes on when it is back
                    log.exception("the spool could not look for work")
            for worker in list(self._workers.values()):
                worker.join(FAREWELL_S)
        self._alive().leave()

    def run_once(self) -> int:
        """Do here and now everything that is to be done; the number of jobs taken. For tests and the command line."""
        done = 0
        while True:
            taken = sum(self.serve(printer_id) for printer_id in self._due())
            if not taken:
                return done
            done += taken

    def serve(self, printer_id: int) -> int:
        """Take this printer's jobs until none is left, then ask how it is if that is due; the number of jobs taken.

        A printer of a print agent, one out of service and one that is not well are tended besides.
        """
        with self._database.reading() as session:
            printer = session.get_one(Printer, printer_id)
        here = printer.active and printer.kind != "agent"
        if not here or printer.state not in store.MAY_PRINT:
            with self._database.transaction() as session:
                actions.tend(session, printer_id, self._clock.now())
        if not here:
            return 0
        done = self._drain(printer_id)
        if self._ask(printer_id):
            done += self._drain(printer_id)
        return done

    def close(self) -> None:
        """End the drawing process, where `run` was not used."""
        self._renderer.close()
        if self._presence is not None:
            self._presence.leave()

    def _alive(self) -> Presence:
        # Made at first use and not before: the server forks between making its parts and running them.
        if self._presence is None:
            self._presence = Presence(self._folder / ".workers")
        return self._presence

    def _due(self) -> list[int]:
        self._bury_the_dead()
        with self._database.reading() as session:
            return list(store.printers_with_work(session, self._clock.now()))

    def _bury_the_dead(self) -> None:
        with self._database.reading() as session:
            senders = store.sending_workers(session)
        dead = self._alive().dead_among(senders)
        if dead:
            with self._database.transaction() as session:
                actions.give_up(session, dead, self._clock.now())
        self._alive().tidy(senders - dead)

    def _start_workers(self) -> None:
        self._workers = {key: worker for key, worker in self._workers.items() if worker.is_alive()}
        for printer_id in self._due():
            if printer_id not in self._workers:
                worker = threading.Thread(target=partial(self._work, printer_id), daemon=True)
                self._workers[printer_id] = worker
                worker.start()

    def _work(self, printer_id: int) -> None:
        try:
            if self.serve(printer_id):
                # A job may have come between the last look and now, when this worker still counted as busy.
                self._wake.set()
        except Exception:
            log.exception("the worker of printer %s failed", printer_id)

    def _drain(self, printer_id: int) -> int:
        done = 0
        while (job := self._claim(printer_id)) is not None:
            outcome = self._print(job)
            with self._database.transaction() as session:
                actions.settle(session, job.id, outcome, self._clock.now())
            done += 1
        return done

    def _claim(self, printer_id: int) -> PrintJob | None:
        with self._database.transaction() as session:
            return actions.claim(session, printer_id, self._alive().name, self._clock.now())

    def _print(self, job: PrintJob) -> Outcome:
        try:
            device = self._device(job.printer)
        except ValueError as error:
            return Outcome("blocked", str(error), "off")
        try:
            page = self._renderer.page(job.document, job.printer.width_dots, device.form)
        except RenderFailed as error:
            log.error("print job %s cannot be drawn: %s", job.id, error)
            return Outcome("failed", str(error))
        try:
            return _beside(device, partial(device.deliver, page, f"{job.id}-{job.document.get('number', '')}"))
        except Exception:  # a fault of ours, perhaps after the first byte: nobody knows what is on the paper
            log.exception("delivering print job %s failed", job.id)
            return Outcome("uncertain", "internal error while sending")

    def _ask(self, printer_id: int) -> bool:
        """Ask the printer how it is, if that is due; whether it was found well (and blocked jobs are queued again)."""
        with self._database.transaction() as session:
            printer = store.claim_asking(session, printer_id, self._clock.now())
        if printer is None:
            return False
        try:
            device = self._device(printer)
            found = _beside(device, device.check)
        except ValueError as error:
            found = Condition("off", str(error))
        with self._database.transaction() as session:
            actions.note_printer(session, printer_id, found.state, found.detail, self._clock.now())
        return found.state in WELL

    def _device(self, printer: Printer) -> Device:
        return open_device(printer.kind, printer.address, printer.key, self._folder, self._patience)


def _beside(device: Device, call: Callable[[], Answer]) -> Answer:
    """`call`, in a thread of its own where it would hold up every socket: libusb and Windows wait where gevent cannot see."""
    return in_a_thread(call) if isinstance(device, EscposDevice) else call()
