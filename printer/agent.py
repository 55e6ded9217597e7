"""The ward's print agent: `python -m printer.agent --server URL --token T --device network://192.168.1.50:9100`

For a printer that the server cannot reach: behind a router, or on a cable of this PC. It asks the server for slips, draws them,
prints them, and tells what became of each. It needs the packages of `printer` only, no database and no web server.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

from printer.agent_ledger import Ledger, LedgerInUse
from printer.agent_link import Declined, Lease, Link, LinkDown, TokenRefused
from printer.agent_unit import install_unit
from printer.devices import Device, device_of_url
from printer.outcome import WELL, Condition, Outcome
from printer.render import page

log = logging.getLogger("printer.agent")

WAIT_S = 10.0
ASK_WELL_S = 30.0
ASK_UNWELL_S = 3.0
"""How often the printer is asked how it is, and how long a question for work stays open while it is not well."""

PAUSES_S = (1.0, 2.0, 4.0, 8.0, 15.0)
"""Between tries while the server does not answer: each once, then the last one again and again."""

TOO_SOON_S = 0.5
"""A server that has no work and answers at once, although asked to wait, is not asked again at once."""

TOO_LATE = "the page was drawn too late"


class Agent:
    """One printer's agent. `stop` ends it after the page under way."""

    def __init__(self, link: Link, device: Device, ledger: Ledger, stop: threading.Event) -> None:
        self._link, self._device, self._ledger, self._stop = link, device, ledger, stop
        self._told: Condition | None = None
        self._ask_at = 0.0
        self._failures = 0

    def run(self) -> None:
        """Until `stop` is set. Raises `TokenRefused`."""
        while not self._stop.is_set():
            try:
                self.step()
                self._failures = 0
            except LinkDown as error:
                self._pause(f"the server does not answer: {error}")
            except Declined as error:
                self._pause(f"the server says no: {error}")

    def step(self) -> bool:
        """Tell what is to be told, take one job and print it; whether there was one."""
        for mark, job, outcome in self._ledger.untold():
            self._tell(mark, job, outcome)
        self._tell_state()
        wait = WAIT_S if self._told is None or self._told.state in WELL else ASK_UNWELL_S
        asked_at = time.monotonic()
        lease = self._link.lease(self._ledger.begun(), wait)
        if lease is None:
            if time.monotonic() - asked_at < TOO_SOON_S:
                self._stop.wait(TOO_SOON_S)
            return False
        self._print(lease, _clock() + lease.within_s)
        return True

    def _print(self, lease: Lease, latest: float) -> None:
        outcome = self._ledger.end_of(lease.mark) or self._delivered(lease, latest)
        self._ledger.end(lease.mark, lease.job, outcome)
        log.info("job %s: %s %s", lease.job, outcome.state, outcome.detail)
        if outcome.printer_state is not None and self._told is not None and outcome.printer_state != self._told.state:
            self._ask_at = 0.0
        self._tell(lease.mark, lease.job, outcome)

    def _delivered(self, lease: Lease, latest: float) -> Outcome:
        """Draw and print, once. Nothing is sent before the ledger is on the disk."""
        try:
            drawn = page(lease.slip, lease.width, self._device.form)
        except Exception as error:  # whatever is wrong with one slip must not end the agent for the next
            log.exception("job %s cannot be drawn", lease.job)
            return Outcome("failed", f"{type(error).__name__}: {error}")
        if _clock() > latest:  # the PC slept: its person has gone, and the server has given the slip up
            return Outcome("blocked", TOO_LATE)
        try:
            self._ledger.begin(lease.mark, lease.job)
        except OSError as error:
            return Outcome("blocked", f"the agent cannot write its list: {error}", "off")
        try:
            return self._device.deliver(drawn, f"{lease.job}-{lease.slip.get('number', '')}")
        except Exception:  # a fault of ours, perhaps after the first byte: nobody knows what is on the paper
            log.exception("delivering job %s failed", lease.job)
            return Outcome("uncertain", "internal error while sending")

    def _tell(self, mark: str, job: int, outcome: Outcome) -> None:
        try:
            self._link.tell_result(job, mark, outcome)
        except Declined as error:  # the server knows no such job any more, for example since a backup was put back
            log.warning("job %s: %s", job, error)
        self._ledger.told(mark)

    def _tell_state(self) -> None:
        if time.monotonic() < self._ask_at:
            return
        found = self._device.check()
        self._link.tell_state(found)
        if self._told is None or self._told.state != found.state:
            log.info("printer: %s %s", found.state, found.detail)
        self._told = found
        self._ask_at = time.monotonic() + (ASK_WELL_S if found.state in WELL else ASK_UNWELL_S)

    def _pause(self, why: str) -> None:
        pause = PAUSES_S[min(self._failures, len(PAUSES_S) - 1)]
        if self._failures == 0:
            log.warning("%s; trying again", why)
        self._failures += 1
        self._ask_at = 0.0
        self._stop.wait(pause)


def _clock() -> float:
    """Seconds that also pass while the PC sleeps, where the system can tell."""
    if sys.platform == "linux":
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


def server_address(text: str) -> str:
    """The server's address. Raises ValueError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"not a server's address: {text!r} (e.g. https://mot-cua.example.vn)")
    return text.rstrip("/")


def state_file(server: str, device: str) -> Path:
    """Where this agent keeps its list: systemd's folder for it, or one in the user's home; one file for each printer."""
    folder = os.environ.get("STATE_DIRECTORY") or Path.home() / ".local" / "state" / "dung-gio-agent"
    return Path(folder) / f"{sha256(f'{server} {device}'.encode()).hexdigest()[:12]}.json"


def main(arguments: list[str] | None = None) -> int:
    """Run until told to end; the exit code."""
    options = _parser().parse_args(arguments)
    if options.install_unit is not None:
        return install_unit(options)
    try:
        server, device = server_address(options.server), device_of_url(options.device)
        token = _token(options)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201 (the agent's own command line)
        return 2
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    return _run(server, device, token, options)


def _run(server: str, device: Device, token: str, options: argparse.Namespace) -> int:
    try:
        ledger = Ledger(options.state or state_file(server, options.device))
    except LedgerInUse:
        log.error("another agent already drives %s for %s here", options.device, server)
        return 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _setter(stop))
    log.info("printing for %s at %s", server, options.device)
    try:
        Agent(Link(server, token, ledger.agent, options.printer), device, ledger, stop).run()
    except TokenRefused:
        log.error("the server does not know this token; make another with: flask --app wsgi office pair OFFICE agent")
        return 1
    return 0


def _setter(stop: threading.Event) -> Callable[..., None]:
    return lambda *_signal: stop.set()


def _token(options: argparse.Namespace) -> str:
    token = options.token or os.environ.get("AGENT_TOKEN") or (options.token_file.read_text() if options.token_file else "")
    if not token.strip():
        raise ValueError(
            "no token: give --token, --token-file or AGENT_TOKEN (made by: flask --app wsgi office pair OFFICE agent)"
        )
    return str(token).strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m printer.agent", description="Print the slips of an office.")
    parser.add_argument("--server", default="", help="address of the server, e.g. https://mot-cua.example.vn")
    parser.add_argument("--token", default="", help="made by: flask --app wsgi office pair OFFICE agent")
    parser.add_argument("--token-file", type=Path, help="a file that holds the token, so that it stands in no list of processes")
    parser.add_argument(
        "--device",
        default="",
        help="network://HOST:9100 | usb://VID:PID | serial:///dev/ttyUSB0?baud=115200 | cups://QUEUE | win32raw://NAME | file:///FOLDER",
    )
    parser.add_argument("--printer", help="key of the printer, where the office has several with agents")
    parser.add_argument("--state", type=Path, help="file that keeps what was begun (default: one for each server and device)")
    parser.add_argument(
        "--install-unit",
        nargs="?",
        const="-",
        metavar="FILE",
        help="print a systemd unit for these options, or write it to FILE",
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
