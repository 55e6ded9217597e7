"""How a message leaves the house. A new channel is a class with a name, `reaches_phones`, `send` and `forget`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from notices.day_files import DayFiles


@dataclass(frozen=True)
class Outgoing:
    """A message as a channel gets it. `id` is the same at every try, for gateways that can drop a repeated one.

    `written_on` is the day (UTC) it was written, the same at every try.
    """

    id: int
    to: str
    text: str
    reference: str
    written_on: date


class Channel(Protocol):
    """Carries messages somewhere."""

    @property
    def name(self) -> str:
        """What `Message.channel` says."""
        ...

    @property
    def reaches_phones(self) -> bool:
        """Whether what it takes arrives on somebody's telephone; where none does, people have to be called."""
        ...

    def send(self, message: Outgoing) -> str:
        """Hand the message over; gives the channel's own receipt (no personal data). Raises when it was not taken."""
        ...

    def forget(self, written_on: date, ids: Collection[int]) -> None:
        """Forget what the channel itself keeps of these messages of one day, sent or not; a second time changes nothing."""
        ...


class FileChannel:
    """Appends each message as one line of JSON to a file of its day, DATA_DIR/notices/outbox-2026-11-23.jsonl: a desk without
    any gateway.

    Phone and text are personal: only the owner may read the files, and what is erased goes from them, too. A line is on the
    disk before `send` returns. Nobody is reached by it.
    """

    name = "file"
    reaches_phones = False

    def __init__(self, data_dir: Path) -> None:
        self.files = DayFiles(data_dir / "notices", "outbox")

    def send(self, message: Outgoing) -> str:
        line = {"id": message.id, "to": message.to, "text": message.text, "reference": message.reference}
        return self.files.append(message.written_on, line)

    def forget(self, written_on: date, ids: Collection[int]) -> None:
        self.files.forget(written_on, ids)


TO_PHONE = "phone"
"""What a message says that is for somebody's telephone: whichever channel reaches telephones takes it, else the file keeps it."""

EXTENSION = "notices"
"""Under which name the application keeps its channels (wsgi.py)."""


def by_name(channels: Iterable[Channel]) -> dict[str, Channel]:
    """The channels by what `Message.channel` may say."""
    named = {channel.name: channel for channel in channels}
    takes_phones = named.get(phone_channel(named.values()) or FileChannel.name)
    return named if takes_phones is None else {**named, TO_PHONE: takes_phones}


def phone_channel(channels: Iterable[Channel]) -> str | None:
    """The name of the first of `channels` that reaches telephones; None when messages reach nobody."""
    return next((channel.name for channel in channels if channel.reaches_phones), None)
