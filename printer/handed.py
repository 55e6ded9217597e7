"""Printers that cannot acknowledge: USB, serial, Windows raw (through python-escpos) and CUPS (through `lp`).

What they are given is `handed`, never "printed": the library's send returns for bytes nobody read, and a print queue says
nothing of paper (printing.md). What fails before the first byte was given away is `blocked`, and may be tried again.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from printer.outcome import ACKNOWLEDGE, Condition, Outcome

TELLS_NOTHING = "connected; it cannot tell of paper or cover"
LP_PATIENCE_S = 15.0
USB_PATIENCE_MS = 15_000
"""A page of 62 kB takes 5 s at the slowest USB printer; a full buffer with the cover open takes for ever."""

SERIAL_PATIENCE_S = 30.0
"""62 kB at 115200 baud are 5.4 s, at 38400 they are 16."""


@dataclass(frozen=True)
class EscposDevice:
    """A printer opened by a class of python-escpos, e.g. `Usb`, with its arguments. It is opened for each page anew."""

    maker: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    form: Literal["png", "escpos"] = "escpos"

    def check(self) -> Condition:
        opened = self._open()
        if isinstance(opened, Condition):
            return opened
        opened.close()
        return Condition("ok", TELLS_NOTHING)

    def deliver(self, page: bytes, name: str) -> Outcome:
        opened = self._open()
        if isinstance(opened, Condition):
            return Outcome("blocked", opened.detail, opened.state)
        try:
            # Nobody would read the answer to the request for an acknowledgement.
            opened._raw(page.removesuffix(ACKNOWLEDGE))
            opened.close()
        except Exception as error:  # each transport has errors of its own; from the first byte on all mean the same
            with contextlib.suppress(Exception):
                opened.close()
            return Outcome("uncertain", f"broke off while sending: {error}", "off")
        return Outcome("handed", TELLS_NOTHING, "ok")

    def _open(self) -> Any:
        """The opened printer, or how it is when it cannot be opened."""
        try:
            printer = escpos_class(self.maker)(**self.arguments)
            printer.open()
            if hasattr(printer.device, "write_timeout"):  # a serial port; the library sets a limit for reading only
                printer.device.write_timeout = SERIAL_PATIENCE_S
        except Exception as error:  # the libraries below raise whatever they like: none of it is a byte on paper
            return Condition("off", " ".join(str(error).split()) or type(error).__name__)
        return printer


def escpos_class(maker: str) -> Callable[..., Any]:
    """A printer class of python-escpos, imported now: that takes 0.3 s, and leaves a folder behind unless told where."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", folder)
        made: Callable[..., Any] = getattr(importlib.import_module("escpos.printer"), maker)
    if not made.is_usable():  # type: ignore[attr-defined]  # every class of the library has it
        raise RuntimeError(f"printing by {maker} needs a library that is not installed (pip install 'dung-gio[agent]')")
    return made


@dataclass(frozen=True)
class CupsDevice:
    """A queue of CUPS, asked and fed with its own commands: `lp` says whether the queue took the page."""

    queue: str
    form: Literal["png", "escpos"] = "escpos"

    def check(self) -> Condition:
        if shutil.which("lpstat") is None:
            return Condition("off", "CUPS is not installed here")
        try:
            asked = _run(["lpstat", "-p", self.queue])
        except (OSError, subprocess.TimeoutExpired) as error:
            return Condition("off", f"CUPS does not answer: {error}")
        said = " ".join((asked.stdout + asked.stderr).decode(errors="replace").split())
        if asked.returncode != 0 or "disabled" in said:
            return Condition("off", said or f"no queue {self.queue}")
        return Condition("ok", TELLS_NOTHING)

    def deliver(self, page: bytes, name: str) -> Outcome:
        found = self.check()
        if found.state != "ok":
            return Outcome("blocked", found.detail, found.state)
        command = ["lp", "-d", self.queue, "-o", "raw", "-t", name, "-"]
        try:
            done = _run(command, page.removesuffix(ACKNOWLEDGE))
        except subprocess.TimeoutExpired:
            return Outcome("uncertain", "lp did not end", "off")
        except OSError as error:
            return Outcome("blocked", str(error), "off")
        if done.returncode != 0:
            return Outcome("blocked", " ".join(done.stderr.decode(errors="replace").split()), "off")
        return Outcome("handed", TELLS_NOTHING, "ok")


def _run(command: list[str], sent: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    english = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(  # noqa: S603 (a list, never a shell; the queue's name was checked)
        command, input=sent, capture_output=True, timeout=LP_PATIENCE_S, env=english, check=False
    )
