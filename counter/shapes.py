"""The shapes of what officers and helpers are shown; the guard that nothing else of a row gets out."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel


class ServiceShown(BaseModel):
    """A service; `minutes` as planned, `documents` the papers to bring."""

    code: str
    name: str
    minutes: int
    documents: list[str]


class FurtherService(BaseModel):
    """A service still to be done after the present one."""

    code: str
    name: str


class Why(BaseModel):
    """Why somebody is called: a stable code and a sentence for the officer."""

    code: str
    sentence: str


class PersonShown(BaseModel):
    """One person of a booking and the name of the service wanted; `absent`: said not to have come."""

    name: str
    service: str
    absent: bool


class VisitShown(BaseModel):
    """The booking somebody came with, and its people, who booked first. On the line their names are masked."""

    booking: int
    people: list[PersonShown]


class LineTicket(BaseModel):
    """A ticket as staff see it.

    `called_at` and `times` are those of its newest call, `waited` the open minutes it has waited since it was due;
    `for_counter` is the counter it was sent to or that knows the visit; `why` the reason given when it was held. `people` are
    served together in `minutes`, as planned; `visit` says who they are, where they booked. While it is called, `recall_from`
    and `absent_from` are when it may be said again and when its absence is suggested (None: not after so few calls).
    `further` is still to be done after the present service, in order; `carried_on` the day a slip of it is good for;
    `dossier_code` the mã số hồ sơ, where one was noted.
    """

    id: int
    number: str
    state: str
    state_at: datetime
    service: ServiceShown
    kind: str
    arrival: str | None
    people: int
    minutes: int
    visit: VisitShown | None = None
    slot_at: datetime | None
    arrived_at: datetime
    due_at: datetime
    priority: bool
    needs_help: bool
    lang: str
    for_counter: int | None
    called_at: datetime | None
    first_called_at: datetime | None
    recall_from: datetime | None
    absent_from: datetime | None
    times: int
    waited: int
    reason: Why | None
    why: str
    outcome: str | None
    missing_papers: list[str]
    further: list[FurtherService]
    carried_on: date | None
    dossier_code: str | None


class NextTicket(BaseModel):
    """Whom a counter would call now."""

    id: int
    number: str
    reason: Why


class Undo(BaseModel):
    """What can be taken back at a counter until `until`: these tickets' last changes, in this order, one press of an officer."""

    tickets: list[int]
    until: datetime
    sentence: str


class Seated(BaseModel):
    """Who sits at a counter."""

    id: int
    name: str


class StaffShown(BaseModel):
    """Somebody who may sit at a counter; `counter` is the number of the one they sit at."""

    id: int
    name: str
    role: str
    counter: int | None


class LineCounter(BaseModel):
    """A counter, who sits there, whom it serves and whom it would call next.

    `back_at` is when a pause should end, `seen_at` when its console was last heard of, and `silent` says that this is too long
    ago: its ticket may be released.
    """

    id: int
    number: int
    name: str
    state: str
    pause_reason: str
    back_at: datetime | None
    seen_at: datetime | None
    silent: bool
    services: list[str]
    staff: Seated | None
    ticket: LineTicket | None
    next: NextTicket | None
    undo: Undo | None


class ExpectedVisit(BaseModel):
    """A booking of today whose person has not checked in and still may in time."""

    starts_at: datetime
    service: ServiceShown


class PrinterShown(BaseModel):
    """How paper is, by the printer that most needs somebody; `replaced` is the state of one for which another prints."""

    state: str
    replaced: str | None


class StopShown(BaseModel):
    """A field ("" for everything) that gives no numbers today, why, and since when."""

    field: str
    reason: str
    from_at: datetime


class DayLeft(BaseModel):
    """A past day nobody closed, with how many tickets are not decided."""

    on: date
    undecided: int


class Closing(BaseModel):
    """How many people of today are not decided yet, and the past days that wait for somebody."""

    undecided: int
    past: list[DayLeft]


class Line(BaseModel):
    """The line of an office at `now`: waiting in calling order, and who is missed and held."""

    version: int
    now: datetime
    counters: list[LineCounter]
    waiting: list[LineTicket]
    missed: list[LineTicket]
    held: list[LineTicket]
    expected: list[ExpectedVisit]
    printer: PrinterShown | None
    stops: list[StopShown]
    closing: Closing


class Called(BaseModel):
    """Who was called and why."""

    ticket: LineTicket
    reason: Why


class Printed(BaseModel):
    """The state of a print job."""

    state: str


class BookingFound(BaseModel):
    """A booking of today for so many `people`, name and phone masked; `number` once they have checked in."""

    id: int
    starts_at: datetime
    service: str
    name: str
    phone: str
    people: int
    number: str | None


class BookingOpened(BookingFound):
    """The same with name and phone in full, and everybody who was to come, who booked first."""

    code: str
    everybody: list[PersonShown]
