"""Checking an office's log: the chain itself, its ends, the tables it tells of, and the order of the calls. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from office.models import Office
from queueing import log_store
from queueing.log_fair_rules import judge
from queueing.log_rules import START, Entry, Finding, broken, by_hand, check_chain, instant, is_printed, plain
from queueing.store import UNDONE


@dataclass
class Checked:
    """What a check looked at and what it found, the chain first. `last_hash` is the end of what was read."""

    entries: int = 0
    by_hand: int = 0
    calls: int = 0
    judged: int = 0
    last_hash: str = ""
    findings: list[Finding] = field(default_factory=list)


def check(session: Session, office: Office, on: date | None = None, printed: Sequence[str] = ()) -> Checked:
    """Check the whole log of an office, or one day of it. `printed` are hashes from paper that the log must lead to."""
    checked = Checked()
    first = log_store.first_entry(session, office)
    began_at = first.at if first is not None else None
    checked.findings += _chain(session, office, on, printed, checked)
    checked.findings += _ends(session, office, on, began_at)
    for day in [on] if on is not None else log_store.days_of(session, office):
        checked.findings += _Tables(session, office, day, began_at).findings()
        _judge(session, office, day, checked)
    return checked


# --- the chain and its ends -------------------------------------------------------------------------------------------


def _chain(session: Session, office: Office, on: date | None, printed: Sequence[str], checked: Checked) -> Iterator[Finding]:
    """The first break of the chain. A day is followed from the entry before its first one, through every n of it."""
    entries: Iterable[Entry] = log_store.all_entries(session, office)
    n, before = 0, START
    if on is not None:
        entries = its = log_store.entries_spanning(session, office, on)
        n, before = _end_before(session, office, its)
    first: Finding | None = None
    met: set[str] = set()
    for entry in entries:
        first = first or broken(entry, n, before)
        n, before = entry.n, entry.hash
        checked.entries, checked.last_hash = checked.entries + 1, entry.hash
        met.update(text for text in printed if is_printed(text, entry.hash))
    if first is not None:
        yield first
    for text in printed:
        if text not in met:
            sentence = f"The printed hash {text} is nowhere in the log: what it stood for was taken off or rewritten."
            yield Finding(None, "printed", sentence)


def day_chain(session: Session, office: Office, on: date) -> Finding | None:
    """The first break of a day's chain; None when it holds. For a page: the tables are not looked at."""
    entries = log_store.entries_spanning(session, office, on)
    return check_chain(entries, *_end_before(session, office, entries))


def _end_before(session: Session, office: Office, entries: Sequence[Entry]) -> tuple[int, str]:
    previous = log_store.entry_before(session, office, entries[0].n) if entries else None
    return (previous.n, previous.hash) if previous is not None else (0, START)


def _ends(session: Session, office: Office, on: date | None, began_at: datetime | None) -> Iterator[Finding]:
    """Whether the log still leads to where each closed day ended: what was taken off its end is missed here."""
    for closing in log_store.closings_of(session, office, on):
        day = f"{closing.on:%d/%m/%Y}"
        if not closing.log_hash:
            if began_at is not None and closing.closed_at >= began_at:
                yield Finding(None, "end", f"{day} was closed without the hash of its log.")
        elif not log_store.leads_to(session, office, closing.log_hash):
            yield Finding(None, "end", f"The log does not lead to where {day} was closed: its end was taken off or rewritten.")


# --- the tables the log tells of --------------------------------------------------------------------------------------


class _Tables:
    """Whether the tickets of a day, their stretches and their calls are still what the log says of them.

    What is older than the log itself has no entry, and is passed over.
    """

    def __init__(self, session: Session, office: Office, on: date, began_at: datetime | None) -> None:
        self._session, self._office, self._on, self._began_at = session, office, on, began_at
        self._entries = log_store.entries_about(session, office, on)
        self._numbers = log_store.counter_numbers(session, office)

    def findings(self) -> Iterator[Finding]:
        """In the order tickets, stretches, calls."""
        for entry in log_store.entries_of_lost_tickets(self._session, self._office, self._on):
            yield Finding(entry.n, "gone", f"{entry.name}: its ticket is gone from the tables.")
        yield from self._tickets()
        yield from self._stretches()
        yield from self._calls()

    def _tickets(self) -> Iterator[Finding]:
        last = {entry.ticket: entry for entry in self._entries}
        states = {entry.ticket: entry for entry in self._entries if "state" in entry.detail}
        for row in log_store.ticket_rows(self._session, self._office, self._on).values():
            what = f"ticket {row.label} stands otherwise now"
            facts = {
                "number": row.label, "kind": row.kind, "due_at": instant(row.due_at), "service": row.service_id,
                "priority": row.priority,
            }  # fmt: skip
            if row.id in last:
                yield from _differs(last[row.id], facts, what)
            if row.id in states:
                yield from _differs(states[row.id], {"state": row.state}, what)

    def _stretches(self) -> Iterator[Finding]:
        rows = log_store.interval_rows(self._session, self._office, self._on)
        for entry in self._entries:
            if "interval" not in entry.detail:
                continue
            row = rows.pop(entry.detail["interval"], None)
            if row is None or row.ticket_id != entry.ticket:
                yield Finding(entry.n, "gone", f"{entry.name}: the stretch it tells of is gone from the tables.")
                continue
            stands = {
                "state": row.state, "counter": self._numbers.get(row.counter_id), "staff": row.staff_id,
                "device": row.device_id, "since": instant(row.from_at), "why": row.why,
            }  # fmt: skip
            yield from _differs(entry, stands, "the stretch it tells of was changed afterwards")
        for row in rows.values():
            if self._is_ours(row.from_at):
                what = f"a stretch ({row.state} since {instant(row.from_at)})"
                yield Finding(None, "untold", f"Ticket {row.ticket_id} has {what} that no entry tells of.")

    def _calls(self) -> Iterator[Finding]:
        rows = log_store.call_rows(self._session, self._office, self._on)
        recalls: dict[int | None, int] = defaultdict(int)
        taken_back = {entry.ticket: entry.n for entry in self._entries if entry.what == "undone"}
        for entry in reversed(self._entries):
            recalls[entry.ticket] += entry.what == "recalled"
            told = entry.detail.get("call")
            if told is None:
                continue
            row = rows.pop(told["id"], None)
            if row is None or row.ticket_id != entry.ticket:
                yield Finding(entry.n, "gone", f"{entry.name}: the call it tells of is gone from the tables.")
                continue
            back = row.tier == UNDONE and taken_back.get(entry.ticket, 0) > entry.n
            stands = self._call(row) | ({"tier": told["tier"]} if back else {})
            says = _call_told(entry, told, times=1 + recalls.pop(entry.ticket, 0))
            yield from _differences(entry, says, stands, "the call it tells of was changed afterwards")
        for row in rows.values():
            if self._is_ours(row.called_at):
                what = f"a call ({row.reason} at {instant(row.called_at)})"
                yield Finding(None, "untold", f"Ticket {row.ticket_id} has {what} that no entry tells of.")

    def _call(self, row: Any) -> dict[str, Any]:
        return {
            "tier": row.tier, "reason": row.reason, "params": plain(row.params), "at": instant(row.called_at),
            "times": row.times, "counter": self._numbers.get(row.counter_id),
        }  # fmt: skip

    def _is_ours(self, at: datetime) -> bool:
        return self._began_at is not None and at >= self._began_at


def _call_told(entry: Entry, told: Mapping[str, Any], times: int) -> dict[str, Any]:
    """A call as its entry tells it, said `times` by then."""
    own = {name: told[name] for name in ("tier", "reason", "params")}
    return own | {"at": told.get("at", instant(entry.at)), "times": times, "counter": entry.detail.get("counter")}


def _differs(entry: Entry, stands: Mapping[str, Any], what: str) -> Iterator[Finding]:
    """What stands in a table against the entry's own detail, where no value, no text and false are all left out."""
    told = {name: entry.detail.get(name) for name in stands}
    if "since" in stands:
        told["since"] = entry.detail.get("since", instant(entry.at))
    yield from _differences(entry, told, {name: None if value in ("", False) else value for name, value in stands.items()}, what)


def _differences(entry: Entry, told: Mapping[str, Any], stands: Mapping[str, Any], what: str) -> Iterator[Finding]:
    """One finding that names every member that is not as the entry tells it."""
    changed = [f"{name} was {told[name]}, is {stands[name]}" for name in stands if told[name] != stands[name]]
    if changed:
        yield Finding(entry.n, "row", f"{entry.name}: {what} ({'; '.join(changed)}).")


# --- the order of the calls -------------------------------------------------------------------------------------------


def _judge(session: Session, office: Office, on: date, checked: Checked) -> None:
    entries = log_store.entries_of_day(session, office, on)
    before = log_store.policy_before(session, office, entries[0].n) if entries else None
    judged = judge(entries, before.detail.get("rules", {}) if before is not None else {})
    checked.calls += judged.calls
    checked.judged += judged.judged
    checked.by_hand += len(by_hand(entries))
    checked.findings += judged.findings
