"""The frames of a WebSocket, however a client cuts them: whole messages come out, and whoever breaks the protocol is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.frames import (
    BINARY,
    CLOSE,
    NOT_UTF8,
    PING,
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    BrokenProtocol,
    Reader,
    accept_key,
    closing,
    frame,
)

LONGEST = 1000
CONTINUED = 0


def said(kind: int, payload: bytes, *, final: bool = True, mask: bytes = b"\x01\x02\x03\x04", first: int = 0) -> bytes:
    """A client's frame."""
    size = len(payload)
    head = bytes(((0x80 if final else 0) | first | kind, 0x80 | min(size, 126)))
    longer = size.to_bytes(2) if size >= 126 else b""
    return head + longer + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def test_the_answer_to_a_key_is_that_of_the_standard() -> None:
    assert accept_key("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="


@pytest.mark.parametrize(("size", "head"), [(0, 2), (125, 2), (126, 4), (65535, 4), (65536, 10)])
def test_a_frame_of_the_server_says_how_long_it_is(size: int, head: int) -> None:
    made = frame(TEXT, b"x" * size)
    assert len(made) == head + size
    assert made[0] == 0x81
    told = made[1] if head == 2 else int.from_bytes(made[2:head])
    assert told == size, "and it is not masked"


def test_the_goodbye_carries_its_code() -> None:
    assert closing(NOT_UTF8) == bytes((0x88, 2)) + NOT_UTF8.to_bytes(2)


@given(
    messages=st.lists(
        st.tuples(st.sampled_from([TEXT, BINARY]), st.lists(st.binary(max_size=200), min_size=1, max_size=4)), max_size=4
    ),
    cuts=st.lists(st.integers(1, 50), min_size=1, max_size=20),
)
def test_messages_come_out_whole_however_they_are_cut(messages: list[tuple[int, list[bytes]]], cuts: list[int]) -> None:
    stream, wanted = b"", []
    for kind, parts in messages:
        for number, part in enumerate(parts):
            stream += said(kind if number == 0 else CONTINUED, part, final=number == len(parts) - 1) + said(PING, b"p")
            wanted.append((PING, b"p"))
        wanted.insert(-1, (kind, b"".join(parts)))
    reader, heard, at, turn = Reader(LONGEST), [], 0, 0
    while at < len(stream):
        cut = cuts[turn % len(cuts)]
        heard += reader.feed(stream[at : at + cut])
        at, turn = at + cut, turn + 1
    assert heard == wanted


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (bytes((0x81, 3)) + b"abc", PROTOCOL_ERROR),  # not masked
        (said(TEXT, b"a", first=0x40), PROTOCOL_ERROR),  # an extension that was not agreed on
        (said(3, b"a"), PROTOCOL_ERROR),
        (said(0xB, b"a"), PROTOCOL_ERROR),
        (said(PING, b"a", final=False), PROTOCOL_ERROR),
        (said(PING, b"a" * 126), PROTOCOL_ERROR),
        (said(CONTINUED, b"a"), PROTOCOL_ERROR),  # goes on with nothing
        (said(TEXT, b"a", final=False) + said(TEXT, b"b"), PROTOCOL_ERROR),  # begins before the last one has ended
        (said(TEXT, b"a" * (LONGEST + 1)), TOO_BIG),
        (said(TEXT, b"a" * (LONGEST + 1))[:4], TOO_BIG),  # it is enough that it announces so much
        (bytes((0x81, 0xFF)) + (2**63).to_bytes(8), TOO_BIG),
        (said(TEXT, b"a" * 600, final=False) + said(CONTINUED, b"a" * 600), TOO_BIG),
    ],
)
def test_who_breaks_the_protocol_is_told_with_which_code(what: bytes, code: int) -> None:
    with pytest.raises(BrokenProtocol) as broken:
        Reader(LONGEST).feed(what)
    assert broken.value.code == code


def test_a_close_is_heard_between_the_parts_of_a_message() -> None:
    reader = Reader(LONGEST)
    assert reader.feed(said(TEXT, b"a", final=False) + said(CLOSE, b"\x03\xe8")) == [(CLOSE, b"\x03\xe8")]
