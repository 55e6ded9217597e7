"""What the board and a ticket's page show: one snapshot for the socket, the JSON call and the first load.

The models are the guard that nothing else gets out: what is not a field here is dropped, and no field holds a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from core.realtime import Feed, Snapshot
from core.web import local, now
from display import announce
from office import store as offices
from office.models import Office
from queueing import store, views
from queueing.models import Ticket


class Said(BaseModel):
    """A sentence and the language it is said in."""

    lang: announce.Language
    text: str


class RecentCall(BaseModel):
    """A number called to a counter; `times` grows when it is called again, at `last_called_at`."""

    call_id: int
    number: str
    counter: int
    service: str
    called_at: datetime
    last_called_at: datetime
    times: int
    speech: list[Said]


class Serving(BaseModel):
    """The number a counter is busy with."""

    number: str
    counter: int


class FieldWaiting(BaseModel):
    """How many people wait for the services of one field."""

    field: str
    waiting: int


class Board(BaseModel):
    """The public board of an office at `now`, by the office's clock. Numbers and counters only."""

    version: int
    now: datetime
    now_serving: list[Serving]
    recent: list[RecentCall]
    waiting: int
    waiting_by_field: list[FieldWaiting]
    open_counters: int
