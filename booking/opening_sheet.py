"""Today's bookings as a page to print, saved before each opening: the office goes on by hand without power or server.

The file DATA_DIR/bookings/<office>-<day>.html needs nothing beside it. It has masked names and the last three digits of phones,
no more, and nobody but the owner of the process reads it. Any number of workers write it: each writes the whole page beside the
old one and puts it in its place, so the file is always whole, and twice is the same as once. When a booking changes or its data
are erased, the page is written again; whoever has written looks once more, so the last page written is never older than the
bookings. Pages of days that are over are thrown away.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from sqlalchemy.orm import Session

from booking import city_store
from booking.events import BookingsChanged
from booking.masks import masked_name, masked_phone
from booking.sheet_rules import opening_due
from booking.store import live_on
from core.clock import Clock
from core.database import Database
from core.patience import give_way, in_a_thread
from core.rights import NotFound
from office.hours import local_day
from office.models import Office
from office.store import hours_by_id, office_by_code
from office.words import service_name

log = logging.getLogger(__name__)

PAUSE_S = 5.0
LOOK_EVERY = timedelta(seconds=30)
"""How often it is looked whether an opening is near; changed bookings are written at the next pause."""
AT_ONCE = 50
"""Offices whose hours are looked at before others get their turn: a few milliseconds."""
LOOKS_AGAIN = 5
"""So often a page is written anew because bookings changed while it was written; the change itself brings the next time."""
SAVED_FOR = re.compile(r'name="saved-for" content="([^"]+)"')
_NAME = re.compile(r"(.+)-(\d{4}-\d{2}-\d{2})\.html")
STYLE = Path(__file__).parent / "static" / "booking" / "opening_sheet.css"


@dataclass(frozen=True)
class SheetRow:
    """One booking: when, its code, what for, who (masked), the last digits of the phone, how many people."""

    hour: str
    code: str
    service: str
    name: str
    phone: str
    people: int


def rows_of(session: Session, office: Office, on: date, tz: ZoneInfo) -> list[SheetRow]:
    """The live bookings of a day, by hour."""
    return [
        SheetRow(
            f"{each.starts_at.astimezone(tz):%H:%M}",
            each.code,
            service_name(each.service),
            masked_name(each.name) if each.name.strip() else "",
            masked_phone(each.phone) if each.phone else "",
            1 + len(each.people),
        )
        for each in live_on(session, office, on)
    ]


class OpeningSheets:
    """Saves the pages. One for each process; `context` is what texts are translated in."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        tz: ZoneInfo,
        folder: Path,
        context: Callable[[], AbstractContextManager[object]],
    ) -> None:
        self._database, self._clock, self._tz, self._folder, self._context = database, clock, tz, folder, context
        self._changed: set[str] = set()
        self._looked_at: datetime | None = None
        self._lock = threading.Lock()

    def on_bookings_changed(self, event: BookingsChanged) -> None:
        """Write the pages of that office again, soon."""
        with self._lock:
            self._changed.add(event.office)

    def run(self, stop: threading.Event) -> None:
        """Keep the pages until `stop` is set. What fails is logged and tried again."""
        while not stop.is_set():
            try:
                self.rewrite_changed()
                if self._looked_at is None or not timedelta(0) <= self._clock.now() - self._looked_at < LOOK_EVERY:
                    self.save_due()
            except Exception:
                log.exception("the page of today's bookings could not be saved; it is tried again")
                self._looked_at = None
            stop.wait(PAUSE_S)

    def save_due(self) -> None:
        """Save what is due and not saved yet, and throw away what is over."""
        now = self._clock.now()
        self._looked_at = now
        self._forget_before(local_day(now, self._tz))
        for code, opening in self._due(now).items():
            on = local_day(opening, self._tz)
            if self._saved_for(code, on) != opening:
                self._write(code, on, opening)

    def rewrite_changed(self) -> None:
        """Write the pages of offices whose bookings changed, where there are any. What could not be written is tried again."""
        with self._lock:
            changed, self._changed = self._changed, set()
        try:
            for code in sorted(changed):
                for path in self._pages_of(code):
                    on = _day_of(path)
                    saved_for = self._saved_for(code, on)
                    if saved_for is not None:
                        self._write(code, on, saved_for)
        except Exception:
            with self._lock:
                self._changed |= changed
            raise

    def path(self, code: str, on: date) -> Path:
        """Where the page of an office's day is."""
        return self._folder / f"{code}-{on.isoformat()}.html"

    def _pages_of(self, code: str) -> list[Path]:
        today = local_day(self._clock.now(), self._tz)
        return [path for path in (self.path(code, today), self.path(code, today + timedelta(days=1))) if path.exists()]

    def _due(self, now: datetime) -> dict[str, datetime]:
        """The opening each published office has to have a page for, by code."""
        with self._database.reading() as session:
            published = city_store.published(session)
        due: dict[str, datetime] = {}
        everybody = list(published.items())
        for first in range(0, len(everybody), AT_ONCE):
            give_way()
            some = everybody[first : first + AT_ONCE]
            keys = [key for _code, key in some]
            with self._database.reading() as session:
                hours, before = hours_by_id(session, keys, self._tz), city_store.numbers_before(session, keys)
            openings = ((code, opening_due(hours[key], now, before[key])) for code, key in some)
            due |= {code: opening for code, opening in openings if opening is not None}
        return due

    def _saved_for(self, code: str, on: date) -> datetime | None:
        """The opening a page was saved for; None where there is none, or none that can be read."""
        try:
            found = SAVED_FOR.search(self.path(code, on).read_text(encoding="utf-8"))
            return datetime.fromisoformat(found[1]) if found else None
        except (OSError, ValueError):
            return None

    def _write(self, code: str, on: date, opening: datetime) -> None:
        give_way()  # at half past seven, or after a template, hundreds of pages are written in a row
        written: Sequence[SheetRow] | None = None
        for _look in range(LOOKS_AGAIN):
            with self._context(), self._database.reading() as session:
                try:
                    office = office_by_code(session, code)
                except NotFound:
                    return
                rows = rows_of(session, office, on, self._tz)
                if rows == written:
                    return
                page = self._drawn(office, on, opening, rows)
            in_a_thread(self._put, self.path(code, on), page)  # hundreds in a row, each waiting for the disk
            written = rows

    def _drawn(self, office: Office, on: date, opening: datetime, rows: Sequence[SheetRow]) -> str:
        return render_template(
            "booking/opening_sheet.html",
            office=office,
            on=on,
            rows=rows,
            style=STYLE.read_text(encoding="utf-8"),
            saved_for=opening.isoformat(),
            saved_at=self._clock.now().astimezone(self._tz),
        )

    def _put(self, path: Path, page: str) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(page)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)

    def _forget_before(self, today: date) -> None:
        """Pages of days that are over, and drafts somebody died over; a draft of this moment is another worker's."""
        if not self._folder.exists():
            return
        for path in self._folder.iterdir():
            day = _NAME.fullmatch(path.name.partition(".html")[0] + ".html")
            if day is None or date.fromisoformat(day[2]) < today:
                path.unlink(missing_ok=True)


def _day_of(path: Path) -> date:
    found = _NAME.fullmatch(path.name)
    assert found is not None
    return date.fromisoformat(found[2])


def opening_sheets() -> OpeningSheets:
    """Those of the present application."""
    return cast(OpeningSheets, current_app.extensions["opening-sheets"])
