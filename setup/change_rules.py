"""How an office is set up, as plain data in parts, and what a change of it is. Pure.

A set-up is `{part: {field: value}}`. Parts have names that stay when rows come and go, so that a change can be taken back, and an
office be written to a file: `office`, `settings`, `hours`, `day:2026-12-24`, `service:<code>`, `counter:<number>`,
`staff:<user name>`, `device:<id>`. A field that is missing and one that is None are the same. Values are what JSON can hold.

A change knows what it touches, before and after: of a part that was and stays there only the fields that differ, of one that
comes or goes all of it (and None where it is not there). So two heads who change different things do not meet, and

| the change             | is taken back by                   | and is refused when                          |
|------------------------|------------------------------------|----------------------------------------------|
| fields a, b of a part  | putting a, b back                  | a or b is not what the change made of it     |
| a part that came       | taking it away                     | it is gone, or is not as it came             |
| a part that went       | putting it back                    | there is such a part again                   |
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Part = dict[str, Any]
Parts = dict[str, Part | None]
"""Parts by name; None: there is no such part."""

OFFICE, SETTINGS, HOURS = "office", "settings", "hours"
ALWAYS_THERE = (OFFICE, SETTINGS, HOURS)

_OF_THE_PLAN: Mapping[str, frozenset[str] | None] = {
    HOURS: None,
    "day": frozenset({"spans", "as_weekday"}),
    "counter": frozenset({"planned", "retired", "hours", "services"}),
    "service": frozenset({"active", "bookable", "places", "field", "minutes"}),
    SETTINGS: frozenset({"slot_minutes", "bookable_share", "book_days", "book_from"}),
}
"""What decides which hours can be booked and kept; None: every field of it."""

_OF_THE_LINE: Mapping[str, frozenset[str] | None] = {
    **_OF_THE_PLAN,
    "service": frozenset({"active", "bookable", "field", "minutes", "prefix", "early", "late", "same_day", "places"}),
    SETTINGS: None,
    "staff": frozenset({"role", "active", "may_pick"}),
}
"""What a rule of the line, or a right at it, depends on: it is told in the line's log."""


@dataclass(frozen=True)
class Difference:
    """What a change touches, as it was and as it becomes; the same parts, and the same fields of those that stay."""

    before: Parts
    after: Parts

    def __bool__(self) -> bool:
        return bool(self.after)

    @property
    def mark(self) -> str:
        """A short mark of exactly this difference; "" of none."""
        return _mark([self.before, self.after]) if self else ""

    @property
    def back(self) -> Difference:
        """The difference that takes this one back."""
        return Difference(self.after, self.before)

    def fields(self) -> Iterator[tuple[str, str, Any, Any]]:
        """Each field that changes: its part, its name, as it was and as it becomes."""
        for part in self.after:
            before, after = self.before[part] or {}, self.after[part] or {}
            for name in dict.fromkeys((*before, *after)):
                if before.get(name) != after.get(name):
                    yield part, name, before.get(name), after.get(name)

    def of_the_line(self) -> dict[str, dict[str, list[Any]]]:
        """What the line's log tells: by part and field, before and after. No names of people."""
        told: dict[str, dict[str, list[Any]]] = {}
        for part, name, before, after in self.fields():
            if _listed(_OF_THE_LINE, part, name):
                told.setdefault(part, {})[name] = [before, after]
        return told

    @property
    def touches_plan(self) -> bool:
        """Whether it may change which hours can be booked and kept."""
        return any(_listed(_OF_THE_PLAN, part, name) for part, name, _before, _after in self.fields())


def kind_of(part: str) -> str:
    """ "counter" of "counter:3"."""
    return part.partition(":")[0]


def name_of(part: str) -> str:
    """ "3" of "counter:3"."""
    return part.partition(":")[2]


def difference(present: Mapping[str, Part | None], wanted: Mapping[str, Part | None]) -> Difference:
    """What has to change in `present` so that it says what is `wanted`: fields of parts, whole new parts, None for none."""
    before: Parts = {}
    after: Parts = {}
    for part, fields in wanted.items():
        now = present.get(part)
        if now is None or fields is None:
            if (now is None) != (fields is None):
                before[part], after[part] = now, fields
            continue
        changed = [name for name, value in fields.items() if now.get(name) != value]
        if changed and kind_of(part) == "day":
            changed = list(fields)  # its hours, name and kind are one thing that is said of it
        if changed:
            before[part] = {name: now.get(name) for name in changed}
            after[part] = {name: fields[name] for name in changed}
    return Difference(before, after)


def merged(present: Mapping[str, Part | None], change: Difference) -> dict[str, Part]:
    """The set-up after a change; fields that became None are left out of the parts that have no fixed fields."""
    found = {part: dict(fields) for part, fields in present.items() if fields is not None}
    for part, fields in change.after.items():
        if fields is None:
            found.pop(part, None)
        else:
            whole = found.get(part, {}) | fields
            free = part in (SETTINGS, HOURS)
            found[part] = {name: value for name, value in whole.items() if value is not None or not free}
    return found


def moved_on(present: Mapping[str, Part | None], change: Difference) -> str | None:
    """The first part that is not as `change` left it, so that it cannot be taken back; None: it can."""
    for part, after in change.after.items():
        now, was = present.get(part), change.before[part]
        if (now is None) != (after is None):
            return part
        if now is None or after is None:
            continue
        names = set(after) if was is not None else {*after, *now}
        if any(now.get(name) != after.get(name) for name in names):
            return part
    return None


def shown_mark(present: Mapping[str, Part | None], parts: tuple[str, ...]) -> str:
    """The mark of these parts as a page shows them: what its form was filled in from."""
    return _mark([present.get(part) for part in parts])


def _listed(table: Mapping[str, frozenset[str] | None], part: str, name: str) -> bool:
    kind = kind_of(part)
    names = table.get(kind)
    return kind in table and (names is None or name in names)


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]
