"""What no proper client sends, against the real server: cut, torn and oversized requests."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.running import Running, office_command, server

pytestmark = pytest.mark.slow

BOOK = b"POST /api/v1/offices/00070/appointments HTTP/1.1\r\nHost: x\r\n"
SOCKET = (
    b"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nUpgrade: websocket\r\n"
    b"Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("torn")
    office_command(folder, "init")
    with server(folder) as served:
        yield served


def status(running: Running, sent: bytes) -> int:
    """The status of the answer to these bytes."""
    place = urlsplit(running.url)
    with socket.create_connection((place.hostname or "", place.port or 0), 10) as line:
        line.sendall(sent)
        return int(line.recv(4096).split(b" ")[1])


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (BOOK + b"Transfer-Encoding: chunked\r\n\r\nZZZ\r\n", 400),
        (BOOK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{}", 400),
        (BOOK + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n", 400),
        (BOOK + b"Content-Length: 99999999999\r\n\r\n{}", 413),
        (BOOK + b"Content-Length: -1\r\n\r\n{}", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", 431),
        (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"\x00\xff\xfe\r\n\r\n", 400),
        (b"GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (SOCKET % (b"127.0.0.1", b"http://evil.example"), 400),
    ],
)
def test_a_torn_request_is_its_senders_fault(running: Running, sent: bytes, expected: int) -> None:
    if sent.endswith(b"5\r\n{}"):
        place = urlsplit(running.url)
        with socket.create_connection((place.hostname or "", place.port or 0), 10) as line:
            line.sendall(sent)
            line.shutdown(socket.SHUT_WR)
            assert line.recv(4096).split(b" ")[1] == b"400"
    else:
        assert status(running, sent) == expected
    assert "Traceback" not in running.log.read_text(errors="replace")
    assert status(running, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n") == 200
