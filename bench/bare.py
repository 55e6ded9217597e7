"""The least a websocket server can be: what the sockets of the product are measured against. `python -m bench.bare PORT`

A greenlet reads each connection, and a loop writes to all of a room.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402  (everything below must be imported patched)
import resource  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
from collections import defaultdict  # noqa: E402
from typing import Any  # noqa: E402

from gevent.server import StreamServer  # noqa: E402

from bench.snapshots import NAMESPACE, publish, snapshot  # noqa: E402
from core import frames  # noqa: E402

rooms: dict[str, set[Any]] = defaultdict(set)


def text(payload: str) -> bytes:
    """A text frame."""
    return frames.frame(frames.TEXT, payload.encode())


def send(room: str, shown: dict[str, Any]) -> None:
    """A frame to everybody in a room."""
    said = json.dumps(["snapshot", shown], ensure_ascii=False, separators=(",", ":"))
    data = text(f"42{NAMESPACE},{said}")
    for sock in list(rooms[room]):
        sock.sendall(data)


def handle(sock: Any, _address: Any) -> None:
    """One connection: the handshake, and what Socket.IO says before a room is joined."""
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = sock.recv(4096).decode()
    if not head.startswith("GET /socket.io/"):
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        return
    key = head.partition("Sec-WebSocket-Key: ")[2].partition("\r\n")[0]
    upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    sock.sendall(f"{upgrade}Sec-WebSocket-Accept: {frames.accept_key(key)}\r\n\r\n".encode() + text('0{"sid":"x"}'))
    reader, room = frames.Reader(65536), ""
    while data := sock.recv(4096):
        for _kind, payload in reader.feed(data):
            if payload.startswith(b"40"):
                sock.sendall(text(f'40{NAMESPACE},{{"sid":"x"}}'))
            elif payload.startswith(b"42"):
                room = json.loads(payload.partition(b",")[2])[1]["room"]
                rooms[room].add(sock)
                sock.sendall(text(f'42{NAMESPACE},["snapshot",{json.dumps(snapshot(room, 0))}]'))
    rooms[room].discard(sock)


if __name__ == "__main__":
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    threading.Thread(target=publish, args=(send,), daemon=True).start()
    StreamServer(("127.0.0.1", int(sys.argv[1])), handle, backlog=2048).serve_forever()
