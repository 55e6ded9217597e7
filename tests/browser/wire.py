"""The wire between a browser and the server, which a test can cut: a TCP relay on a port of its own.

`cut()` breaks what is connected and refuses what comes; `freeze()` lets nothing through and says nothing of it, as when somebody
pulls the cable out of a switch; `mend()` is the wire as before.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


class Wire:
    """Relays from `port` to the server's port."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._open = threading.Event()
        self._open.set()
        self._refusing = False
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Break every connection; new ones are closed at once."""
        self._refusing = True
        for pair in self._pairs:
            for end in pair:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def freeze(self) -> None:
        """Let nothing through any more; nobody is told."""
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self._refusing = False
        self._open.set()

    def close(self) -> None:
        """The end of the wire."""
        self.mend()
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _address = self._listener.accept()
            except OSError:
                return
            try:
                far = None if self._refusing else socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                far = None
            if far is None:
                near.close()
                continue
            self._pairs.append((near, far))
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._relay, args=(one, other), daemon=True).start()

    def _relay(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                self._open.wait()
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def wire_to(server_port: int) -> Iterator[Wire]:
    """A wire until the block ends."""
    wire = Wire(server_port)
    try:
        yield wire
    finally:
        wire.close()
