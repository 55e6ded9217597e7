"""Numbers that were written by hand while the machines stood still: entered afterwards, each with its own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import Actor
from office.actions import audit
from office.hours import local_day
from office.models import Office, Service
from queueing import change_store, line_log, store
from queueing.actions import join
from queueing.changes import device_of, staff_of
from queueing.models import Ticket
from queueing.refusals import NumberTaken


@dataclass(frozen=True)
class Handwritten:
    """A slip of paper: its letters and number, for which service, and at what time of today it was given."""

    prefix: str
    number: int
    service: Service
    taken_at: time
    priority: bool = False

    @property
    def label(self) -> str:
        """The number as a machine would have printed it."""
        return f"{self.prefix}{self.number:03}"


def enter_handwritten(
    session: Session, office: Office, papers: Sequence[Handwritten], *, actor: Actor, now: datetime, tz: ZoneInfo
) -> list[Ticket]:
    """Let these people join the line as of the time on their paper, in the order given; all of them, or none.

    None of the numbers is given again today. Raises NumberTaken, and FormRefused for letters that are not the service's
    and for a time that is still to come.
    """
    on = local_day(now, tz)
    times = [datetime.combine(on, paper.taken_at, tz).astimezone(UTC) for paper in papers]
    for place, (paper, taken_at) in enumerate(zip(papers, times, strict=True)):
        _refuse_impossible(place, paper, taken_at, now)
    store.lock_line(session, office)
    _refuse_taken(papers, change_store.numbers_given(session, office, on, [(each.prefix, each.number) for each in papers]))
    last: dict[str, int] = {}
    for paper in papers:
        last[paper.prefix] = max(last.get(paper.prefix, 0), paper.number)
    change_store.raise_numbers(session, office, on, last)
    made = []
    for paper, taken_at in zip(papers, times, strict=True):
        ticket = Ticket(
            kind="walk_in", due_at=taken_at, minutes=paper.service.minutes, priority=paper.priority, lang="vi", source="paper"
        )
        made.append(join(session, office, paper.service, ticket, actor=actor, now=taken_at, tz=tz, number=paper.number))
        line_log.amend(session, ticket, at=now)
    who = {"staff_id": staff_of(actor), "device_id": device_of(actor)}
    audit(session, "handwritten", now, office_id=office.id, **who, numbers=[ticket.label for ticket in made])
    session.flush()
    return made


def _refuse_impossible(place: int, paper: Handwritten, taken_at: datetime, now: datetime) -> None:
    if paper.prefix != paper.service.prefix or paper.number < 1:
        said = _("Số %(number)s không phải số của việc này: số của việc này bắt đầu bằng %(prefix)s.",
                 number=paper.label, prefix=paper.service.prefix)  # fmt: skip
        raise FormRefused({f"tickets.{place}.number": said})
    if taken_at > now:
        at = f"{paper.taken_at:%H:%M}"
        said = _("Số %(number)s ghi giờ %(at)s, giờ đó chưa đến.", number=paper.label, at=at)
        raise FormRefused({f"tickets.{place}.taken_at": said})


def _refuse_taken(papers: Sequence[Handwritten], given: set[tuple[str, int]]) -> None:
    for paper in papers:
        if (paper.prefix, paper.number) in given:
            raise NumberTaken(number=paper.label)
        given.add((paper.prefix, paper.number))
