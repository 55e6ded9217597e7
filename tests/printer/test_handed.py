"""Printers that cannot acknowledge: what they are given is told as handed, and never more than that."""

from __future__ import annotations

import os
import pty
import stat
import threading
import tty
from collections.abc import Iterator
from pathlib import Path

import pytest

from printer.devices import FileDevice, device_of_url, open_device
from printer.handed import CupsDevice, EscposDevice
from printer.outcome import ACKNOWLEDGE, Outcome

INK = b"\x1b@" + bytes(range(256)) * 40
PAGE = INK + ACKNOWLEDGE


@pytest.fixture
def wire() -> Iterator[tuple[str, int]]:
    """A serial cable: the port's name, and the printer's end of it."""
    printer, port = pty.openpty()
    tty.setraw(port)
    yield os.ttyname(port), printer
    os.close(printer)
    os.close(port)


def read_all(end: int, size: int) -> bytes:
    data = b""
    while len(data) < size:
        data += os.read(end, 65536)
    return data


def test_a_serial_printer_gets_every_byte_and_is_told_as_handed(wire: tuple[str, int]) -> None:
    port, end = wire
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(read_all(end, len(INK))))
    reader.start()
    device = device_of_url(f"serial://{port}?baud=115200")
    outcome = device.deliver(PAGE, "1-A047")
    reader.join(20)
    assert (outcome.state, outcome.printer_state) == ("handed", "ok")
    assert got == [INK], "and nothing is asked that nobody would read the answer of"


def test_a_serial_printer_that_is_not_there_gets_nothing() -> None:
    device = device_of_url("serial:///dev/no-such-port")
    assert device.check().state == "off"
    assert device.deliver(PAGE, "1-A047").state == "blocked"


class Unplugged:
    """A USB printer whose cable is pulled in the middle: as pyusb shows it."""

    def __init__(self, takes: int | None) -> None:
        self.takes = takes
        self.got = b""

    def __getattr__(self, name: str) -> object:
        return lambda *_arguments, **_named: False

    def write(self, _point: int, data: bytes, _timeout: int) -> int:
        self.got += data[: self.takes]
        if self.takes is not None:
            raise OSError("no such device (it may have been disconnected)")
        return len(data)


@pytest.mark.parametrize(("takes", "state"), [(None, "handed"), (0, "uncertain"), (500, "uncertain")])
def test_a_usb_printer_unplugged_while_sending_is_uncertain(
    monkeypatch: pytest.MonkeyPatch, takes: int | None, state: str
) -> None:
    plugged = Unplugged(takes)
    monkeypatch.setattr("usb.core.find", lambda **_asked: plugged)
    monkeypatch.setattr("usb.util.dispose_resources", lambda _device: None)
    device = device_of_url("usb://04b8:0202")
    assert device.check().state == "ok"
    assert device.deliver(PAGE, "1-A047").state == state
    assert plugged.got == (INK if takes is None else INK[:takes])


def test_a_usb_printer_that_is_not_plugged_in_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("usb.core.find", lambda **_asked: None)
    device = device_of_url("usb://04b8:0202")
    outcome = device.deliver(PAGE, "1-A047")
    assert (outcome.state, outcome.printer_state, device.check().state) == ("blocked", "off", "off")


def test_windows_printing_says_what_is_missing_elsewhere() -> None:
    device = device_of_url("win32raw://EPSON%20TM-T82")
    assert device == EscposDevice("Win32Raw", {"printer_name": "EPSON TM-T82"})
    assert "not installed" in device.check().detail


@pytest.fixture
def cups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The two commands of CUPS, which do as the files `state` and `refuses` say and keep what they are sent."""
    for name, script in {
        "lpstat": f"cat {tmp_path}/state; grep -q disabled {tmp_path}/state && exit 0; [ -s {tmp_path}/state ]",
        "lp": f'echo "$@" > {tmp_path}/asked; cat > {tmp_path}/page; [ ! -e {tmp_path}/refuses ]',
    }.items():
        file = tmp_path / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "state").write_text("printer TM is idle.  enabled since today\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def test_a_queue_of_cups_gets_the_page_raw_and_is_told_as_handed(cups: Path) -> None:
    assert CupsDevice("TM").deliver(PAGE, "1-A047").state == "handed"
    assert (cups / "page").read_bytes() == INK
    assert (cups / "asked").read_text().split() == ["-d", "TM", "-o", "raw", "-t", "1-A047", "-"]


@pytest.mark.parametrize("state", ["printer TM disabled since today -\n\tPaused\n", ""])
def test_a_queue_that_is_stopped_or_unknown_gets_nothing(cups: Path, state: str) -> None:
    (cups / "state").write_text(state)
    assert CupsDevice("TM").deliver(PAGE, "1-A047").state == "blocked"
    assert not (cups / "page").exists()


def test_a_page_that_the_queue_refuses_may_be_tried_again(cups: Path) -> None:
    (cups / "refuses").touch()
    outcome = CupsDevice("TM").deliver(PAGE, "1-A047")
    assert (outcome.state, outcome.printer_state) == ("blocked", "off")


def test_an_agents_folder_is_a_printer_too(tmp_path: Path) -> None:
    device = device_of_url(f"file://{tmp_path}/paper")
    assert device == FileDevice(tmp_path / "paper")
    assert device.deliver(b"a picture", "1-A047") == Outcome("printed", "1-A047.png", "ok")


@pytest.mark.parametrize(
    "url",
    [
        "", "network", "network://", "network://host/path", "usb://epson", "usb://04b8", "usb://04b8:0202?in=x",
        "serial://", "serial:///dev/ttyUSB0?speed=9600", "cups://", "cups://-o", "cups://a;b", "win32raw://", "file://",
        "agent://x", "http://host:9100",
    ],
)  # fmt: skip
def test_a_device_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        device_of_url(url)


@pytest.mark.parametrize("kind", ["usb", "serial", "cups", "win32raw", "network", "agent", "quill"])
def test_a_printer_without_an_address_is_refused_where_one_is_needed(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r".+"):
        open_device(kind, "", "00070/a", tmp_path)
