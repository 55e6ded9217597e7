"""Ways to a printer. A device takes a finished page and says truthfully what became of it.

To add one: a class with `form`, `check` and `deliver`, a kind in `models.PRINTER_KINDS`, a line in `_OPENERS`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from printer.handed import SERIAL_PATIENCE_S, USB_PATIENCE_MS, CupsDevice, EscposDevice
from printer.network import USUAL, NetworkDevice, Patience
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


def open_device(kind: str, address: str, key: str, folder: Path, patience: Patience = USUAL) -> Device:
    """The device of a printer's row; file printers write below `folder`. Raises ValueError for an address that is none."""
    if kind == "file":
        below = (folder / (address or _file_name(key))).resolve()
        if not below.is_relative_to(folder.resolve()):
            raise ValueError(f"{address} is not below the printing folder")
        return FileDevice(below)
    if kind == "agent":
        raise ValueError("a print agent drives this printer")
    device = driven(kind, address)
    return replace(device, patience=patience) if isinstance(device, NetworkDevice) else device


def device_of_url(url: str) -> Device:
    """The device an agent is told to drive: KIND://ADDRESS as in `open_device`; file:///FOLDER is a folder of the agent's own.

    Raises ValueError.
    """
    kind, mark, address = url.partition("://")
    if not mark:
        raise ValueError(f"not a device: {url!r} (e.g. network://192.168.1.50:9100)")
    if kind == "file":
        if not address:
            raise ValueError("file:// wants a folder, e.g. file:///srv/paper")
        return FileDevice(Path(address))
    return driven(kind, unquote(address))


def driven(kind: str, address: str) -> Device:
    """The device of a real printer. Raises ValueError."""
    opener = _OPENERS.get(kind)
    if opener is None:
        raise ValueError(f"unknown kind of printer: {kind}")
    return opener(address)


def network_address(address: str) -> tuple[str, int]:
    """Host and port of "host", "host:port" or "[IPv6]:port"; 9100 is the port every network printer listens on."""
    parts = urlsplit(f"//{address}")
    if not parts.hostname or parts.path or parts.query or parts.username:
        raise ValueError(f"not a printer's address: {address!r}")
    return parts.hostname, parts.port or 9100


def _usb(address: str) -> Device:
    """Like "04b8:0202", hexadecimal as lsusb prints it; "?in=0x82&out=0x01" where the printer's end points are others."""
    found = re.fullmatch(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})(?:\?(.*))?", address)
    if found is None:
        raise ValueError(f"not a USB printer: {address!r} (e.g. 04b8:0202, as lsusb prints it)")
    points = _options(found[3] or "", {"in": "in_ep", "out": "out_ep"})
    names = {"idVendor": int(found[1], 16), "idProduct": int(found[2], 16), "timeout": USB_PATIENCE_MS}
    return EscposDevice("Usb", names | points)


def _serial(address: str) -> Device:
    """Like "/dev/ttyUSB0" or "COM3"; "?baud=9600" where it is not 115200."""
    port, _mark, options = address.partition("?")
    if not port or any(sign.isspace() for sign in port):
        raise ValueError(f"not a serial port: {address!r} (e.g. /dev/ttyUSB0?baud=115200)")
    chosen = {"baudrate": 115_200} | _options(options, {"baud": "baudrate"})
    return EscposDevice("Serial", {"devfile": port, "timeout": SERIAL_PATIENCE_S} | chosen)


def _named(make: Callable[[str], Device]) -> Callable[[str], Device]:
    def opener(address: str) -> Device:
        # A name that begins with a dash would be an option of `lp`.
        if not re.fullmatch(r"[^\W_][\w .()+-]{0,120}", address):
            raise ValueError(f"not the name of a print queue: {address!r}")
        return make(address)

    return opener


_OPENERS: Mapping[str, Callable[[str], Device]] = {
    "network": lambda address: NetworkDevice(*network_address(address)),
    "usb": _usb,
    "serial": _serial,
    "cups": _named(CupsDevice),
    "win32raw": _named(lambda name: EscposDevice("Win32Raw", {"printer_name": name})),
}


def _options(query: str, names: Mapping[str, str]) -> dict[str, int]:
    """The numbers of "a=1&b=0x2", under the names the library has for them. Raises ValueError."""
    chosen: dict[str, int] = {}
    for name, value in parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query)):
        if name not in names:
            raise ValueError(f"unknown option {name!r}; known: {', '.join(names)}")
        chosen[names[name]] = int(value, 0)
    return chosen


def _file_name(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip(".-") or "page"


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # Windows opens no folder; its file system writes names down in order
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
