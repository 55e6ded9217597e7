"""Whether the calls of a day kept to the order they say they were made by: replayed from the log alone. Pure.

It knows less than the rule (not the counters' services, nor the turns), so it judges only what the log proves. A call by the
rule is compared with people **of the same service** who stood in the line then and were sent to no counter of their own:
every counter that could call the one could call the other. M is who was called, at t:

| reason                         | holds when                                                                              |
|--------------------------------|-----------------------------------------------------------------------------------------|
| `booked`, `booked_overdue`     | M has a booking, of the hour in the reason, and hour - lead <= t; nobody booked earlier  |
| `booked_overdue`               | also: hour + late < t                                                                   |
| `early`                        | M has a booking and t < hour - lead; no walk-in                                         |
| `guard`                        | M is a walk-in, and its minutes are not below the guard of the policy                   |
| `priority`, `priority_first`   | M is a priority walk-in; no other one due before                                        |
| `walk_in`, `late`, ... (tier 4)| M is a walk-in; no other one due before, and no booking that is due                     |
| `by_hand`                      | a reason was given                                                                      |
| anything else                  | not judged                                                                              |
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from queueing.checkin_rules import whole_minute
from queueing.log_rules import Entry, Finding
from queueing.rules import BY_HAND

BOOKED = ("booked", "booked_overdue")
PRIORITY = ("priority", "priority_first")
IN_TURN = ("walk_in", "late", "wrong_person", "transferred", "missed", "returned", "carried")
NEVER = datetime.max.replace(tzinfo=UTC)
JUDGED = frozenset({*BOOKED, *PRIORITY, *IN_TURN, "early", "guard", BY_HAND})


@dataclass(frozen=True, slots=True)
class _Person:
    """A ticket as the log has told of it so far. `bound`: it was sent to one counter, or prefers it."""

    number: str = ""
    state: str = ""
    booked: bool = False
    service: int = 0
    due_at: datetime = NEVER
    priority: bool = False
    bound: bool = False
    slot_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a day's calls: how many were looked at, how many could be judged, and what was found."""

    calls: int
    judged: int
    findings: tuple[Finding, ...]


def judge(entries: Iterable[Entry], rules: Mapping[str, Any]) -> Judged:
    """Replay a day's entries, from its first; `rules` is the policy in force before them."""
    people: dict[int, _Person] = {}
    calls, judged, findings = 0, 0, []
    for entry in entries:
        if entry.what == "policy":
            rules = entry.detail.get("rules", rules)
        if entry.ticket is None:
            continue
        if entry.what == "called":
            call = _Call(entry, people.get(entry.ticket, _Person()), rules)
            calls, judged = calls + 1, judged + (call.code in JUDGED)
            others = [who for ticket, who in people.items() if ticket != entry.ticket and call.competes(who)]
            findings += [Finding(entry.n, "order", f"{entry.name}: {fault}.") for fault in call.faults(others)]
        people[entry.ticket] = _after(people.get(entry.ticket, _Person()), entry.detail)
    return Judged(calls, judged, tuple(findings))


def _after(person: _Person, detail: Mapping[str, Any]) -> _Person:
    return replace(
        person,
        number=str(detail.get("number", person.number)),
        state=detail.get("state", person.state),
        booked=detail.get("kind") == "booked",
        service=detail.get("service", person.service),
        due_at=datetime.fromisoformat(detail["due_at"]) if "due_at" in detail else person.due_at,
        priority=bool(detail.get("priority")),
        bound="for" in detail,
        slot_at=datetime.fromisoformat(detail["slot_at"]) if "slot_at" in detail else person.slot_at,
    )


@dataclass(frozen=True, slots=True)
class _Call:
    """A call, who was called as the log told of it before, and the policy it was made under."""

    entry: Entry
    who: _Person
    rules: Mapping[str, Any]

    @property
    def code(self) -> str:
        return str(self._told.get("reason", ""))

    @property
    def at(self) -> datetime:
        """When it was decided: before the entry where whoever decided had waited for another press."""
        told = self._told.get("at")
        return datetime.fromisoformat(told) if isinstance(told, str) else self.entry.at

    @property
    def params(self) -> Mapping[str, Any]:
        params: Mapping[str, Any] = self._told.get("params", {})
        return params

    @property
    def _told(self) -> Mapping[str, Any]:
        told: Mapping[str, Any] = self.entry.detail.get("call", {})
        return told

    def competes(self, other: _Person) -> bool:
        """Whether this counter could have called `other` just as well."""
        return other.state == "waiting" and other.service == self.who.service and not other.bound and not self.who.bound

    def faults(self, others: list[_Person]) -> Iterator[str]:
        """What about the call does not agree with its reason."""
        if self.code == BY_HAND:
            if not str(self.params.get("why", "")).strip():
                yield "it was called out of order without a reason"
        elif self.who.state and self.code in JUDGED:
            yield from self._booking(others) if self.code in (*BOOKED, "early") else self._walk_in(others)

    def _booking(self, others: list[_Person]) -> Iterator[str]:
        slot_at = self.who.slot_at
        if not self.who.booked or slot_at is None:
            yield f"its reason is {self.code}, and it has no booking that holds"
            return
        if self._hour("slot_at") != slot_at:
            yield "the hour in its reason is not the hour of its booking"
        due = self._is_due(slot_at)
        if self.code == "early":
            if due:
                yield "it was called as early, and its hour had come"
            yield from self._before((who for who in others if not who.booked), "a walk-in was waiting")
            return
        if not due:
            yield "it was called as booked before its time had come"
        if self.code == "booked_overdue" and not self._is_overdue(slot_at):
            yield "it was called as overdue within its tolerance"
        earlier = (who for who in others if who.booked and who.slot_at is not None and who.slot_at < slot_at)
        yield from self._before(earlier, "a booking of an earlier hour was waiting")

    def _walk_in(self, others: list[_Person]) -> Iterator[str]:
        if self.who.booked:
            yield f"its reason is {self.code}, and it has a booking that holds"
            return
        if self.code == "guard":
            if self.params.get("minutes", 0) < self.rules.get("guard", 0):
                yield "it was called as waiting too long and had not waited that long"
            return
        if self.code in PRIORITY and not self.who.priority:
            yield "it was called as priority and had none"
        rivals = [who for who in others if not who.booked and (who.priority or self.code not in PRIORITY)]
        sooner = (who for who in rivals if who.due_at < self.who.due_at)
        yield from self._before(sooner, "somebody who was due before was waiting")
        if self.code in IN_TURN:
            due = (who for who in others if who.booked and who.slot_at is not None and self._is_due(who.slot_at))
            yield from self._before(due, "a booking whose hour had come was waiting")

    def _before(self, passed: Iterable[_Person], what: str) -> Iterator[str]:
        """One fault for all who were passed over, with the first of them by name."""
        numbers = sorted(who.number for who in passed)
        if numbers:
            more = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
            yield f"{what} for the same service ({numbers[0]}{more})"

    def _is_due(self, slot_at: datetime) -> bool:
        lead = self._minutes("lead")
        return lead is None or slot_at - lead <= self.at

    def _is_overdue(self, slot_at: datetime) -> bool:
        late = self._minutes("late")
        return late is None or whole_minute(self.at) > slot_at + late

    def _minutes(self, name: str) -> timedelta | None:
        """The service's own minutes, or the policy's; None when the log does not say."""
        minutes = self.entry.detail.get(name, self.rules.get(name))
        return None if minutes is None else timedelta(minutes=minutes)

    def _hour(self, name: str) -> datetime | None:
        text = self.params.get(name)
        return datetime.fromisoformat(text) if isinstance(text, str) else None
