"""What stands against a change of the set-up: the rules of guard_rules, and who sits or is waited for at a counter now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.i18n import gettext as _
from core.refusals import FormRefused
from core.rights import Actor
from office.models import Counter, Office, Staff
from office.store import seat_of
from queueing.counter_actions import shut
from queueing.models import Ticket
from setup import guard_rules
from setup.change_rules import OFFICE, Difference, Part, kind_of, name_of
from setup.refusals import CounterInUse, LastHead, NothingToPublish, NotUndoable, StillServing

_NOT_OVER = ("waiting", "held", "called", "serving")


def check(
    session: Session,
    office: Office,
    before: Mapping[str, Part],
    after: Mapping[str, Part],
    change: Difference,
    *,
    city: bool,
) -> None:
    """Raise what stands against `change`, which leads from `before` to `after`."""
    _check_letters(after, change)
    _check_people(before, after, change, city=city)
    if (change.after.get(OFFICE) or {}).get("published") and not guard_rules.ready_to_publish(after):
        raise NothingToPublish()
    if any(name == "revoked" and was for _part, name, was, _now in change.fields()):
        raise NotUndoable()
    for part in guard_rules.retiring(change):
        _check_counter(session, office, int(name_of(part)))
    for part in guard_rules.leaving(change, after):
        seat = _seat(session, office, name_of(part))
        if seat is not None and _busy(session, Ticket.counter_id == seat.id, ("called", "serving")):
            raise StillServing(counter=seat.number)


def make_room(session: Session, office: Office, change: Difference, *, staff_id: int | None, now: datetime) -> None:
    """Close the counters of those who leave; nobody is served there (`check`). Holds the office's row."""
    for part, after in change.after.items():
        if kind_of(part) != "staff" or change.before[part] is None:
            continue
        gone = after is None or after.get("active") is False or after.get("role", "officer") not in guard_rules.AT_A_COUNTER
        seat = _seat(session, office, name_of(part)) if gone else None
        if seat is not None:
            shut(session, seat, now, Actor("staff", staff_id))


def _check_letters(after: Mapping[str, Part], change: Difference) -> None:
    for part in guard_rules.prefixes_touched(change):
        against = guard_rules.prefix_against(after, part) if after[part]["active"] else None
        if against is not None:
            raise FormRefused({"prefix": _letter_words(*against, prefix=after[part]["prefix"])})


def _letter_words(why: str, other: str, *, prefix: str) -> str:
    if why == "letter":
        return _("Chữ của số là một hoặc hai chữ cái A đến Z, trừ I, O và Q vì dễ nhầm với số.")
    if why == "alike":
        return _("Chữ %(prefix)s nghe giống chữ %(other)s đang dùng khi gọi loa. Hãy chọn chữ khác.", prefix=prefix, other=other)
    return _("Chữ %(prefix)s đang dùng cho “%(other)s” của lĩnh vực khác. Hãy chọn chữ khác.", prefix=prefix, other=other)


def _check_people(before: Mapping[str, Part], after: Mapping[str, Part], change: Difference, *, city: bool) -> None:
    touched = [part for part in change.after if kind_of(part) == "staff"]
    if any(after[part]["role"] not in guard_rules.OFFICE_ROLES for part in touched if part in after):
        raise FormRefused({"role": _("Hãy chọn một vai trò trong danh sách.")})
    if touched and not city and guard_rules.heads(before) and not guard_rules.heads(after):
        raise LastHead()


def _check_counter(session: Session, office: Office, number: int) -> None:
    counter = session.scalar(select(Counter).where(Counter.office_id == office.id, Counter.number == number))
    if counter is None:
        return
    waiting = _busy(session, Ticket.for_counter_id == counter.id, _NOT_OVER)
    if counter.state != "closed" or waiting:
        raise CounterInUse(counter=number, waiting=waiting if counter.state == "closed" else 0)


def _seat(session: Session, office: Office, username: str) -> Counter | None:
    member = session.scalar(select(Staff).where(Staff.office_id == office.id, Staff.username == username))
    return seat_of(session, member.id) if member is not None else None


def _busy(session: Session, where: object, states: tuple[str, ...]) -> int:
    wanted = select(func.count()).select_from(Ticket).where(where, Ticket.state.in_(states))  # type: ignore[arg-type]
    return session.scalar(wanted) or 0
