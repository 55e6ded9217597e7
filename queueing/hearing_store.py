"""What displays said of calls and of themselves: every query and every write of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, case, delete, func, select, update
from sqlalchemy.orm import Session

from core.database import insert_or
from office.display_options import DisplayOptions
from office.models import Device, DeviceReport, Office
from queueing import store
from queueing.hearing_rules import HOWS, How
from queueing.models import Call, CallHeard, Ticket

HeardKey = tuple[int, int, int]
"""A call's id, for the how-many-eth time it was said, and the device that heard it."""


@dataclass(frozen=True)
class Heard:
    """What a display said of a call, by the server's clock: the display's own may be wrong by hours."""

    drawn_at: datetime
    spoken_at: datetime | None
    how: How


@dataclass(frozen=True)
class Report:
    """When a display last said anything, and what of itself (None: it spoke of calls only)."""

    at: datetime
    state: Mapping[str, Any] | None


@dataclass(frozen=True)
class Display:
    """A paired display of an office: what it is set to show, and what it last said of itself."""

    id: int
    name: str
    on_site: bool
    options: DisplayOptions
    said_at: datetime | None
    state: Mapping[str, Any]


# --- writing ------------------------------------------------------------------------------------------------------------------


def paired(session: Session, ids: Collection[int]) -> set[int]:
    """Those of these devices that are still paired."""
    return set(session.scalars(select(Device.id).where(Device.id.in_(list(ids)), Device.revoked_at.is_(None))))


def said_since(session: Session, call_ids: Collection[int], since: datetime) -> dict[int, tuple[str, int]]:
    """The office and the number of times of those of these calls that were said since then and not taken back."""
    rows = session.execute(
        select(Call.id, Office.code, Call.times)
        .join(Office, Office.id == Call.office_id)
        .where(Call.id.in_(list(call_ids)), Call.last_called_at >= since, Call.tier != store.UNDONE)
    )
    return {row.id: (row.code, row.times) for row in rows}


def keep_heard(session: Session, heard: Mapping[HeardKey, Heard]) -> None:
    """Write down what was drawn and said, in the order of the keys: two processes that write the same ones do not lock each other
    out. Said twice it changes nothing; what was heard only becomes more.
    """
    if not heard:
        return
    insert = insert_or(session, CallHeard)
    rank = {how: place for place, how in enumerate(HOWS)}
    more = case(rank, value=insert.excluded.how, else_=0) > case(rank, value=CallHeard.how, else_=0)
    statement = insert.on_conflict_do_update(
        index_elements=[CallHeard.call_id, CallHeard.times, CallHeard.device_id],
        set_={
            "how": case((more, insert.excluded.how), else_=CallHeard.how),
            "spoken_at": func.coalesce(CallHeard.spoken_at, insert.excluded.spoken_at),
        },
    )
    rows = [
        {"call_id": key[0], "times": key[1], "device_id": key[2],
         "drawn_at": each.drawn_at, "spoken_at": each.spoken_at, "how": each.how}
        for key, each in sorted(heard.items())
    ]  # fmt: skip
    session.execute(statement, rows)


def keep_reports(session: Session, reports: Mapping[int, Report]) -> None:
    """Write down when each device was last heard of, and what it said of itself where it did; in the order of their ids."""
    if not reports:
        return
    in_order = sorted(reports.items())
    devices = Device.__table__
    session.connection().execute(
        update(Device).where(devices.c.id == bindparam("device_id")).values(seen_at=bindparam("at")),
        [{"device_id": device, "at": report.at} for device, report in in_order],
    )
    insert = insert_or(session, DeviceReport)
    for of_itself in (True, False):
        kept = {"at": insert.excluded.at} | ({"state": insert.excluded.state} if of_itself else {})
        statement = insert.on_conflict_do_update(index_elements=[DeviceReport.device_id], set_=kept)
        said = [
            {"device_id": device, "at": report.at, "state": dict(report.state or {})}
            for device, report in in_order
            if (report.state is not None) == of_itself
        ]
        if said:
            session.execute(statement, said)


def forget_before(session: Session, before: datetime, most: int) -> int:
    """Forget what was said of the oldest calls, of those last said before then, at most of so many; gives of how many."""
    old = session.scalars(
        select(CallHeard.call_id)
        .join(Call, Call.id == CallHeard.call_id)
        .where(Call.last_called_at < before)
        .group_by(CallHeard.call_id)
        .order_by(CallHeard.call_id)
        .limit(most)
    ).all()
    session.execute(delete(CallHeard).where(CallHeard.call_id.in_(old)))
    return len(old)


# --- reading ------------------------------------------------------------------------------------------------------------------


def displays_of(session: Session, office: Office) -> list[Display]:
    """The paired displays of an office, by name."""
    rows = session.execute(
        select(Device, DeviceReport)
        .outerjoin(DeviceReport, DeviceReport.device_id == Device.id)
        .where(
            Device.office_id == office.id, Device.kind == "display", Device.paired_at.is_not(None), Device.revoked_at.is_(None)
        )
        .order_by(Device.name, Device.id)
    )
    return [
        Display(
            device.id, device.name, device.on_site, DisplayOptions.of(device.options),
            report.at if report else None, report.state if report else {},
        )
        for device, report in rows
    ]  # fmt: skip


def called_now(session: Session, office: Office) -> Sequence[Call]:
    """The calls whose people are on their way to a counter; who stands at the desk already was not called out."""
    called = session.scalars(select(Ticket).where(Ticket.office_id == office.id, Ticket.state == "called")).all()
    calls = store.latest_calls(session, [ticket.id for ticket in called])
    return [call for call in calls.values() if not call.params.get("at_desk")]


def heard_of(session: Session, calls: Sequence[Call]) -> Sequence[CallHeard]:
    """What displays said of these calls as they were last said."""
    rows = session.scalars(select(CallHeard).where(CallHeard.call_id.in_([call.id for call in calls]))).all()
    times = {call.id: call.times for call in calls}
    return [row for row in rows if row.times == times[row.call_id]]


def lately_called(
    session: Session, office: Office, days: Sequence[date], since: datetime
) -> list[tuple[datetime, datetime | None]]:
    """When the calls since then were last said, and when each of them was first heard: the voice says them one after another."""
    heard_at = (
        select(func.min(CallHeard.spoken_at)).where(CallHeard.call_id == Call.id, CallHeard.times == Call.times).scalar_subquery()
    )
    rows = session.execute(
        select(Call.last_called_at, heard_at).where(
            Call.office_id == office.id, Call.on.in_(list(days)), Call.tier != store.UNDONE, Call.last_called_at >= since
        )
    )
    return [(row[0], row[1]) for row in rows]
