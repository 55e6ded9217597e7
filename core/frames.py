"""The frames of a WebSocket (RFC 6455) as the server's side reads and writes them: bytes in, whole messages out, no socket.

Only what these screens need: no extensions, no subprotocols. Whoever breaks the protocol is told with which closing code.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final

TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
_CONTINUATION: Final = 0x0
_CONTROL: Final = 0x8

PROTOCOL_ERROR: Final = 1002
NOT_UTF8: Final = 1007
GOING_AWAY: Final = 1001
TOO_BIG: Final = 1009

_LONGEST_CONTROL = 125
_SHORT, _MIDDLE = 126, 127
_ACCEPT_SALT = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""From RFC 6455, section 1.3."""


class BrokenProtocol(Exception):
    """What a client sent is no WebSocket, or more than it may say; `code` is for the closing frame."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


def accept_key(key: str) -> str:
    """The answer to a client's `Sec-WebSocket-Key`."""
    return base64.b64encode(hashlib.sha1(key.encode() + _ACCEPT_SALT, usedforsecurity=False).digest()).decode()


def frame(kind: int, payload: bytes) -> bytes:
    """One whole message from the server: never masked, never in parts."""
    size = len(payload)
    if size < _SHORT:
        return bytes((0x80 | kind, size)) + payload
    if size < 1 << 16:
        return bytes((0x80 | kind, _SHORT)) + size.to_bytes(2) + payload
    return bytes((0x80 | kind, _MIDDLE)) + size.to_bytes(8) + payload


def payload_of(message: bytes) -> bytes:
    """What `frame` was given."""
    return message[{_SHORT: 4, _MIDDLE: 10}.get(message[1], 2) :]


def closing(code: int) -> bytes:
    """The frame that says goodbye, and why."""
    return frame(CLOSE, code.to_bytes(2))


class Reader:
    """Puts a client's bytes together to messages, however they are cut. It keeps at most one message of `longest` bytes."""

    __slots__ = ("_buffer", "_kind", "_longest", "_parts")

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._buffer = b""
        self._parts = b""
        self._kind = 0

    def feed(self, data: bytes) -> list[tuple[int, bytes]]:
        """The messages and control frames that are whole now, as (kind, payload). Raises BrokenProtocol."""
        self._buffer = self._buffer + data if self._buffer else data
        whole = []
        while (one := self._next()) is not None:
            final, kind, payload = one
            if kind & _CONTROL:
                whole.append((kind, payload))
            elif (message := self._join(final, kind, payload)) is not None:
                whole.append(message)
        return whole

    def _next(self) -> tuple[bool, int, bytes] | None:
        """The next whole frame, taken out of the buffer; None while one is under way."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        final, kind, size = bool(buffer[0] & 0x80), buffer[0] & 0x0F, buffer[1] & 0x7F
        if buffer[0] & 0x70 or not buffer[1] & 0x80 or kind not in (_CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG):
            raise BrokenProtocol(PROTOCOL_ERROR)
        if kind & _CONTROL and (size > _LONGEST_CONTROL or not final):
            raise BrokenProtocol(PROTOCOL_ERROR)
        begins = {_SHORT: 4, _MIDDLE: 10}.get(size, 2)
        if len(buffer) < begins:
            return None
        if begins > 2:
            size = int.from_bytes(buffer[2:begins])
        if size + len(self._parts) > self._longest:
            raise BrokenProtocol(TOO_BIG)
        ends = begins + 4 + size
        if len(buffer) < ends:
            return None
        self._buffer = buffer[ends:]
        return final, kind, _unmasked(buffer[begins + 4 : ends], buffer[begins : begins + 4])

    def _join(self, final: bool, kind: int, payload: bytes) -> tuple[int, bytes] | None:
        if bool(self._kind) != (kind == _CONTINUATION):  # goes on with nothing, or begins before the last one ended
            raise BrokenProtocol(PROTOCOL_ERROR)
        self._kind = self._kind or kind
        self._parts = self._parts + payload if self._parts else payload
        if not final:
            return None
        message, self._kind, self._parts = (self._kind, self._parts), 0, b""
        return message


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload) ^ int.from_bytes(whole)).to_bytes(size)
