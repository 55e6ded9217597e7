"""A network printer that can be told to fail: a real TCP server on this machine.

It answers DLE EOT as told, takes the page up to its GS r 1, and acknowledges, keeps silent, or breaks the connection.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field

ASB_OK = b"\x10\x00\x00\x00"
ASB_PAPER_OUT = b"\x18\x00\x0c\x00"


@dataclass
class FaultPrinter:
    """`status` maps n of DLE EOT n to its answer; a missing n is not answered. Use it as a context manager."""

    status: dict[int, bytes] = field(default_factory=lambda: {1: b"\x12", 2: b"\x12", 4: b"\x12"})
    acknowledgement: bytes = b"\x00"
    greeting: bytes = b""
    """Sent as soon as somebody connects."""
    reads_pages: bool = True
    reset_after: int | None = None
    """Bytes of the page after which the connection is reset."""
    pages: list[bytes] = field(default_factory=list)
    """What was received of each page."""
    page_began: threading.Event = field(default_factory=threading.Event)
    most_at_once: int = 0

    def __enter__(self) -> FaultPrinter:
        self._closing = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # Closing alone would not wake the thread that waits in accept().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in list(self._open):
            link.close()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._listener.accept()
                self._open.append(link)
                self.most_at_once = max(self.most_at_once, len(self._open))
                threading.Thread(target=self._talk, args=(link,), daemon=True).start()

    def _talk(self, link: socket.socket) -> None:
        with contextlib.suppress(OSError):
            link.sendall(self.greeting)
            first = self._answer_status(link)
            if first:
                self._take_page(link, first)
        if link in self._open:
            self._open.remove(link)
        link.close()

    def _answer_status(self, link: socket.socket) -> bytes:
        """Answer each DLE EOT; the first bytes that are none belong to a page."""
        while True:
            data = link.recv(3)
            if not data.startswith(b"\x10\x04"):
                return data
            link.sendall(self.status.get(data[2], b""))

    def _take_page(self, link: socket.socket, first: bytes) -> None:
        page = bytearray(first)
        self.pages.append(b"")
        self.page_began.set()
        if not self.reads_pages:
            self._closing.wait()
            return
        while not page.endswith(b"\x1dr\x01"):
            page += link.recv(4096)
            self.pages[-1] = bytes(page)
            if self.reset_after is not None and len(page) >= self.reset_after:
                # Closing with linger 0 sends a reset instead of a farewell.
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
        link.sendall(self.acknowledgement)
        while link.recv(256):
            pass
