"""Ways to a printer. A device takes a finished page and says truthfully what became of it.

To add one: a class with `form`, `check` and `deliver`, a kind in `models.PRINTER_KINDS`, a line in `open_device`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import urlsplit

from printer.network import NetworkDevice
from printer.outcome import Condition, Outcome


class Device(Protocol):
    """A printer that can be reached from this process."""

    @property
    def form(self) -> Literal["png", "escpos"]:
        """What `deliver` takes: a form of `printer.render.page`."""
        ...

    def check(self) -> Condition:
        """How the printer is. Takes seconds at most and prints nothing."""
        ...

    def deliver(self, page: bytes, name: str) -> Outcome:
        """Bring `page` to paper, once. "printed" only when the printer has acknowledged it. `name` is for files."""
        ...


@dataclass(frozen=True)
class FileDevice:
    """A folder in place of a printer: each page becomes a PNG, so that a desk without printer shows what would come out."""

    folder: Path
    form: Literal["png", "escpos"] = "png"

    def check(self) -> Condition:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return Condition("off", str(error))
        return Condition("ok") if os.access(self.folder, os.W_OK) else Condition("off", f"{self.folder} is read-only")

    def deliver(self, page: bytes, name: str) -> Outcome:
        """Write `<folder>/<name>.png`, whole or not at all, and on the disk before it counts as printed."""
        target = self.folder / f"{_file_name(name)}.png"
        draft = target.with_suffix(".part")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with draft.open("wb") as file:
                file.write(page)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
            _sync_folder(self.folder)
        except OSError as error:
            return Outcome("blocked", str(error), "off")
        return Outcome("printed", target.name, "ok")


def open_device(kind: str, address: str, key: str, folder: Path) -> Device:
    """The device of a printer's row; file printers write below `folder`. Raises ValueError for an address that is none."""
    if kind == "network":
        return NetworkDevice(*network_address(address))
    if kind == "file":
        below = (folder / (address or _file_name(key))).resolve()
        if not below.is_relative_to(folder.resolve()):
            raise ValueError(f"{address} is not below the printing folder")
        return FileDevice(below)
    raise ValueError(f"unknown kind of printer: {kind}")


def network_address(address: str) -> tuple[str, int]:
    """Host and port of "host", "host:port" or "[IPv6]:port"; 9100 is the port every network printer listens on."""
    parts = urlsplit(f"//{address}")
    if not parts.hostname or parts.path or parts.query or parts.username:
        raise ValueError(f"not a printer's address: {address!r}")
    return parts.hostname, parts.port or 9100


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip(".-") or "page"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
