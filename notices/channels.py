"""How a message leaves the house. A new channel is a class with a name and `send`."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Outgoing:
    """A message as a channel gets it. `id` is the same at every try, for gateways that can drop a repeated one."""

    id: int
    to: str
    text: str
    reference: str


class Channel(Protocol):
    """Carries messages somewhere."""

    @property
    def name(self) -> str:
        """What `Message.channel` says."""
        ...

    def send(self, message: Outgoing) -> str:
        """Hand the message over; gives the channel's own receipt (no personal data). Raises when it was not taken."""
        ...


class FileChannel:
    """Appends each message as one line of JSON to DATA_DIR/notices/outbox.jsonl: a desk without any gateway.

    Phone and text are personal, so only the owner may read the file. A line is on the disk before `send` returns.
    """

    name = "file"

    def __init__(self, data_dir: Path) -> None:
        self.path = data_dir / "notices" / "outbox.jsonl"

    def send(self, message: Outgoing) -> str:
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        line = {"id": message.id, "to": message.to, "text": message.text, "reference": message.reference}
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            # One write of one line in append mode: two workers never mix their lines.
            os.write(descriptor, (json.dumps(line, ensure_ascii=False) + "\n").encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        return self.path.name
