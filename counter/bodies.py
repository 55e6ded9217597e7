"""What the officers' calls take. Reasons and papers are kept as typed, never run as markup."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictBool

from core.api import Body, Id, Text

Words = Annotated[Text, Field(max_length=200)]
Code = Annotated[str, Field(min_length=1, max_length=40)]
"""The code of a service."""


class Nothing(Body):
    """A call that says all in its address."""


class OpenCounter(Body):
    """`move`: leave the counter one sits at now for this one."""

    move: StrictBool = False


class PauseCounter(Body):
    """Why the counter rests, and in how many minutes its officer means to be back."""

    reason: Words = ""
    minutes: Annotated[int, Field(strict=True, ge=1, le=240)] | None = None


class TakeAtDesk(Body):
    """For whom a number is made at the desk. `serve`: at once, before whoever waits; that wants a right and a reason."""

    service: Code
    priority: StrictBool = False
    reason: Words = ""
    serve: StrictBool = True


class HandOver(Body):
    """Who sits at the counter from now on (the id of an officer)."""

    staff: Id


class CallOutOfTurn(Body):
    """Whom, and why before the others: the reason is kept."""

    ticket: Id
    reason: Annotated[Text, Field(min_length=2, max_length=200)]


class Hold(Body):
    """Why somebody waits aside."""

    why: Words = ""


class Resume(Body):
    """At which counter a held person goes on; without one, back to the line."""

    counter: Id | None = None


class Transfer(Body):
    """To which service (its code) and, if it must be one, which counter (its id). Neither: back to the line."""

    service: Annotated[str, Field(max_length=40)] | None = None
    counter: Id | None = None


class Finish(Body):
    """`missing_papers`: told once, completely; the visit may be reopened the same day. `dossier_code`: mã số hồ sơ.

    `all`: the visit is over although something was still to be done elsewhere.
    """

    missing_papers: Annotated[list[Words], Field(max_length=40)] = Field(default_factory=list)
    dossier_code: Annotated[Text, Field(max_length=60)] | None = None
    all: StrictBool = False


class Further(Body):
    """The codes of the services still to be done after the present one, in order, each once; all of them each time."""

    services: Annotated[list[Code], Field(max_length=8)]


class Handwritten(Body):
    """A number written by hand: as on the paper ("A037"), for which service, and when ("09:12", today).

    At most three digits: after one too many ("A0377") no later number of the day would have room on screens and slips.
    """

    number: Annotated[str, Field(pattern=r"^[A-Za-z]{1,4}[0-9]{1,3}$")]
    service: Code
    taken_at: Annotated[str, Field(pattern=r"^([01]?[0-9]|2[0-3]):[0-5][0-9]$")]
    priority: StrictBool = False


class HandwrittenNumbers(Body):
    """The numbers written by hand during an outage: all of them, or none."""

    tickets: Annotated[list[Handwritten], Field(min_length=1, max_length=60)]


class ChangeService(Body):
    """The code of the service the person really wants."""

    service: Code


class Mark(Body):
    """What is marked on the ticket; what is left out stays."""

    priority: StrictBool | None = None
    needs_help: StrictBool | None = None


class Absent(Body):
    """Who of a booking's people did not come, all of them each time: 0 is who booked, from 1 on those who were to come along."""

    absent: Annotated[list[Annotated[int, Field(strict=True, ge=0, le=99)]], Field(max_length=20)]


class Search(Body):
    """What the person at the door says: a name, a code, a phone or its last digits."""

    q: Annotated[Text, Field(min_length=1, max_length=80)]
