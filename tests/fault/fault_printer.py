"""A network printer that can be told to fail: a real TCP server on this machine.

It answers DLE EOT as told, takes the page up to its GS r 1, and acknowledges, keeps silent, or breaks the connection.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

ASB_OK = b"\x10\x00\x00\x00"
ASB_PAPER_OUT = b"\x18\x00\x0c\x00"
ASB_COVER = b"\x38\x00\x00\x00"
WELL = {1: b"\x12", 2: b"\x12", 4: b"\x12"}
PAPER_OUT = {1: b"\x1a", 2: b"\x32", 4: b"\x7e"}
COVER = {1: b"\x1a", 2: b"\x16", 4: b"\x12"}


@dataclass
class FaultPrinter:
    """`status` maps n of DLE EOT n to its answer; a missing n is not answered. Use it as a context manager."""

    status: dict[int, bytes] = field(default_factory=lambda: dict(WELL))
    acknowledgement: bytes = b"\x00"
    greeting: bytes = b""
    """Sent as soon as somebody connects."""
    reads_pages: bool = True
    reset_after: int | None = None
    """Bytes of the page after which the connection is reset."""
    reset_at_share: float | None = None
    """The same as a share of `page_size`."""
    page_size: int = 0
    half_closes: bool = False
    """It says farewell before the page comes, and goes on reading."""
    pause: float = 0.0
    """Seconds of rest after each 4 kB of a page."""
    acknowledges_after: float = 0.0
    echoes: bool = False
    """No printer at all: it sends back what it gets."""
    one_at_a_time: bool = False
    """Further connections wait, unanswered, as at most small printers."""
    port: int = 0
    pages: list[bytes] = field(default_factory=list)
    """What was received of each page."""
    page_began: threading.Event = field(default_factory=threading.Event)
    status_asked: threading.Event = field(default_factory=threading.Event)
    most_at_once: int = 0

    def __enter__(self) -> FaultPrinter:
        self._closing = threading.Event()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        # Closing alone would not wake the thread that waits in accept().
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in list(self._open):
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def papers(self) -> int:
        """Pages that came whole: each is a paper."""
        return sum(page.endswith(b"\x1dr\x01") for page in self.pages)

    @property
    def scraps(self) -> int:
        """Pages that came in part: a torn paper, or nothing."""
        return len(self.pages) - self.papers

    def wait_until_idle(self) -> None:
        """Until nobody is connected any more: what a dead sender had sent has been read."""
        give_up_at = time.monotonic() + 20
        while self._open and time.monotonic() < give_up_at:
            self._closing.wait(0.01)
        assert not self._open

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link, _ = self._listener.accept()
                self._open.append(link)
                self.most_at_once = max(self.most_at_once, len(self._open))
                if self.one_at_a_time:
                    self._talk(link)
                else:
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
            if self.echoes and data:
                link.sendall(data)
                continue
            if not data.startswith(b"\x10\x04"):
                return data
            self.status_asked.set()
            link.sendall(self.status.get(data[2], b""))
            if self.half_closes and data[2] == 4:
                link.shutdown(socket.SHUT_WR)

    def _take_page(self, link: socket.socket, first: bytes) -> None:
        page = bytearray(first)
        self.pages.append(b"")
        number = len(self.pages) - 1
        self.page_began.set()
        if not self.reads_pages:
            self._closing.wait()
            return
        limit = self.reset_after
        if self.reset_at_share is not None:
            limit = max(1, round(self.reset_at_share * self.page_size))
        while not page.endswith(b"\x1dr\x01"):
            data = link.recv(4096 if limit is None else min(4096, max(1, limit - len(page))))
            if not data:
                return
            page += data
            self.pages[number] = bytes(page)
            if limit is not None and len(page) >= limit:
                # Closing with linger 0 sends a reset instead of a farewell.
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            if self.pause:
                self._closing.wait(self.pause)
        if self.acknowledges_after:
            self._closing.wait(self.acknowledges_after)
        if not self.half_closes:
            link.sendall(self.acknowledgement)
        while link.recv(256):
            pass


@contextlib.contextmanager
def black_hole(port: int = 0) -> Iterator[int]:
    """A port whose waiting room is full: the kernel drops every further attempt, as if the cable were pulled."""
    with socket.create_server(("127.0.0.1", port), backlog=0) as listener, contextlib.ExitStack() as waiting:
        found: int = listener.getsockname()[1]
        for _ in range(3):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", found))
        yield found
