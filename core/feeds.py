"""What live screens are sent, as each room describes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.rights import Actor, Who

Snapshot = dict[str, Any]


@dataclass(frozen=True)
class Feed:
    """One namespace of rooms.

    A client emits `join` with `{member: key}`; `office_of` says which office's changes concern that key (None: there is no such
    room); `snapshots` makes the present snapshots of several rooms of one office, each with a `version`. `provisional` says that
    those of an office hold something that was not worked out anew yet: they are sent once more within a second. `hears` is what
    a client in a room may say besides: by the event's name a function of who says it, the room's office, and the data, which
    may raise a refusal. It is run without a transaction of its own. An `urgent` feed is sent at once; the others give way to it,
    and to every request. Up to `hands` offices of a feed are made side by side where that is waited for: where PostgreSQL is
    asked for what is urgent, and where a process beside makes what is not (core/painter.py), whose time feeds share so.
    """

    namespace: str
    member: str
    requires: tuple[Who, ...]
    office_of: Callable[[Session, str], str | None]
    snapshots: Callable[[Session, str, Sequence[str]], Mapping[str, Snapshot]]
    provisional: Callable[[str], bool] | None = None
    hears: Mapping[str, Callable[[Actor, str, Any], None]] = field(default_factory=dict)
    urgent: bool = False
    hands: int = 1


@dataclass(frozen=True)
class Picture:
    """What rooms of one office show, read from `at` on by the office's clock: encoded as they are sent, by key.

    `version` is the oldest of theirs, 0 where they have to be made once more within a second.
    """

    at: datetime
    version: int
    encoded: Mapping[str, Any]
