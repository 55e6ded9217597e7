"""What the page and the download of a day's log show: the entries in words, moves by hand marked. Reads only."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from sqlalchemy.orm import Session

from core.i18n import gettext as _
from office.models import Office
from queueing import log_store
from queueing.log_check import day_chain
from queueing.log_rules import Entry, Finding, by_hand, by_hand_of_staff, in_groups
from queueing.log_words import came_words, hand_words, sentence, what_words
from reports.export import BYTE_ORDER_MARK, cell


@dataclass(frozen=True)
class Row:
    """One entry in words. `came` is how its person came into the line; `code` what a spreadsheet can filter by."""

    n: int
    at: datetime
    code: str
    what: str
    by_hand: bool
    number: str
    counter: int | None
    came: str
    told: str
    who: str


@dataclass(frozen=True)
class DayLog:
    """A day of an office's log. `rows` are the calls and the moves by hand, or everything; `all_rows` counts them all.

    `broken` is the first place where the chain does not hold. `closed_hash` is the hash that was printed when the day was
    closed. `hands` counts the moves by hand by the name of who made them.
    """

    office: Office
    on: date
    rows: Sequence[Row]
    all_rows: int
    calls: int
    by_hand: int
    last_hash: str
    closed_hash: str
    broken: Finding | None
    hands: Mapping[str, int]

    @property
    def grouped(self) -> str:
        """The hash of the day's last entry, as people compare it."""
        return in_groups(self.last_hash)

    @property
    def closed_grouped(self) -> str:
        """The hash printed at the close of the day."""
        return in_groups(self.closed_hash)


def day_log(session: Session, office: Office, on: date, tz: tzinfo, *, everything: bool) -> DayLog:
    """The log of one day; without `everything` only its calls and the moves by hand."""
    entries = log_store.entries_of_day(session, office, on)
    names = log_store.staff_names(session, {int(entry.detail["staff"]) for entry in entries if "staff" in entry.detail})
    rows = list(_rows(entries, names, tz))
    closings = log_store.closings_of(session, office, on)
    return DayLog(
        office=office,
        on=on,
        rows=[row for row in rows if everything or row.by_hand or row.code == "called"],
        all_rows=len(rows),
        calls=sum(row.code == "called" for row in rows),
        by_hand=sum(row.by_hand for row in rows),
        last_hash=entries[-1].hash if entries else "",
        closed_hash=closings[0].log_hash if closings else "",
        broken=day_chain(session, office, on),
        hands={names.get(staff, str(staff)): count for staff, count in by_hand_of_staff(entries).items()},
    )


def _rows(entries: Sequence[Entry], names: Mapping[int, str], tz: tzinfo) -> Iterator[Row]:
    marked = by_hand(entries)
    came = {entry.ticket: came_words(entry.detail, tz) for entry in entries if entry.what == "taken"}
    for entry in entries:
        detail = entry.detail
        yield Row(
            n=entry.n,
            at=entry.at,
            code=entry.what,
            what=what_words(entry.what),
            by_hand=entry.n in marked,
            number=str(detail.get("number", "")),
            counter=detail.get("counter"),
            came=came.get(entry.ticket, "") if entry.ticket is not None else "",
            told=sentence(entry, tz),
            who=_who(detail, names),
        )


def _who(detail: Mapping[str, object], names: Mapping[int, str]) -> str:
    staff = detail.get("staff")
    if isinstance(staff, int):
        return names.get(staff, str(staff))
    return _("máy") if "device" in detail else ""


def as_csv(log: DayLog, tz: tzinfo) -> str:
    """One line an entry. The hash of the last one stands at the end of the file."""
    file = io.StringIO()
    lines = csv.writer(file)
    lines.writerow(
        [
            _("Dòng"), _("Giờ"), _("Quầy"), _("Số"), _("Việc"), _("Cách đến"), _("Lý do"), _("Bằng tay"), _("Người làm"),
        ]
    )  # fmt: skip
    for row in log.rows:
        mark = hand_words() if row.by_hand else ""
        words = [row.number, row.what, row.came, row.told, mark, row.who]
        counter = row.counter if row.counter is not None else ""
        lines.writerow([row.n, f"{row.at.astimezone(tz):%H:%M:%S}", counter, *(cell(word) for word in words)])
    lines.writerow([_("Mã băm cuối ngày"), log.last_hash])
    return BYTE_ORDER_MARK + file.getvalue()
