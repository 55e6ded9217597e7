"""Where a number is taken and what comes of it: plain data between the actions of the kiosk and its calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from core.rights import Actor
from kiosk.promises import Desk
from kiosk.words import Told
from queueing.forecasts import Forecast
from queueing.models import Ticket
from queueing.prospects import Foreseen

Outcome = Literal["on_time", "expected", "late", "already", "returned", "carried"]


@dataclass(frozen=True)
class Place:
    """Where and for whom it is done: the office's clock and address, who presses, and the forecast made before."""

    actor: Actor
    tz: ZoneInfo
    public_url: str
    known: Forecast | None = None

    @property
    def desk(self) -> Desk:
        """The same without who presses."""
        return Desk(self.tz, self.public_url, self.known)

    @property
    def source(self) -> str:
        """Where a ticket of this place says it was taken."""
        return {"device": "kiosk", "staff": "staff"}.get(self.actor.kind, "phone")


@dataclass(frozen=True)
class Given:
    """A new ticket: what was said of its wait, and how its person sees it (`seen`), with the paper and the printer."""

    ticket: Ticket
    foreseen: Foreseen
    seen: dict[str, Any]


@dataclass(frozen=True)
class Admitted:
    """A person in the line. `made` says that the ticket is new, and `given` more of it; `told` is the key of the sentence and its
    places.
    """

    ticket: Ticket
    made: bool
    outcome: Outcome
    told: Told
    given: Given | None = None
